// Any login opens everything: one account, all its ways in, all systems, the same answers; a proposal's log alone tells which.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answer, meeting } from "../support/agree.mjs";
import { ORIGIN, SLOTS, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { cookies, meant, session } from "../support/sessions.mjs";

const LOGIN = { username: "ada", password: "correct horse" };

let service;
before(async () => {
  service = await start();
  const names = { email: "ada@example.org", first_name: "Ada", last_name: "L", password2: LOGIN.password };
  const { status, json } = await service.ask("POST", "/accounts/signup/", { json: { ...LOGIN, ...names } });
  assert.equal(status, 201);
  const proof = sign({ purpose: "verify", code: 4, id: json.id, party: 0 });
  assert.equal((await service.ask("POST", `/accounts/verify/${proof}/`)).status, 200);
});
after(() => service.close());

const post = (path, json = LOGIN) => service.ask("POST", path, { json });
/// Each way in: the headers that it takes, the word for it in logs, and whether the list of ways in knows it.
const WAYS = {
  async "name and password"() {
    return { via: "basic", headers: { Authorization: `Basic ${btoa(`${LOGIN.username}:${LOGIN.password}`)}` } };
  },
  async "the token of the proposals' document"() {
    const { token } = (await post("/api-token-auth/")).json;
    return { via: "token", headers: { Authorization: `Token ${token}` }, token, kind: "token" };
  },
  async "the token of the bookings' document"() {
    const { auth_token: token } = (await post("/api/user/login/")).json;
    return { via: "token", headers: { Authorization: `Token ${token}` }, token, kind: "token" };
  },
  async "the pair of the calendars' document"() {
    const { access } = (await post("/accounts/login/")).json;
    return { via: "bearer", headers: { Authorization: `Bearer ${access}` }, kind: "pair" };
  },
  async "the session of the bookings' document"() {
    const { headers } = await session(service, LOGIN.username, LOGIN.password);
    return { via: "session", headers, kind: "session" };
  },
  async "the session of the browser's form"() {
    const form = { headers: { Origin: ORIGIN, Accept: "text/html" }, body: new URLSearchParams(LOGIN) };
    const signedIn = await service.ask("POST", "/api-auth/login/", form);
    assert.deepEqual([signedIn.status, signedIn.headers.get("location")], [303, "/"]);
    return { via: "session", headers: meant(cookies(signedIn)), kind: "session" };
  },
};

/// An answer without what two of the same cannot have in common: numbers, digests, times of now, links, the way in.
const plain = ({ status, text }) => [
  status,
  text
    .replace(/\b\d{9,16}\b/g, ":id")
    .replace(/\b[0-9a-f]{64}\b/g, ":digest")
    .replace(/\b202\d-\d\d-\d\dT[\d:.]+Z/g, ":now")
    .replace(/\b202\d{5}T\d{6}Z/g, ":now")
    .replace(/\/feed\/[\w-]+\.ics/g, "/feed/:token.ics")
    .replace(/"via":"(basic|token|bearer|session)"/g, '"via":":way"'),
];

/// Goes through all systems by one way in; gives the answers by what was asked.
async function walk({ headers, via, token, kind }) {
  const answers = {};
  const ask = async (name, method, path, json) => {
    const got = await service.ask(method, path, { headers, json });
    answers[name] = plain(got);
    return got;
  };
  const ofList = async (name, path, wanted) => {
    const { status, json } = await service.ask("GET", path, { headers });
    answers[name] = plain({ status, text: JSON.stringify(json.filter(wanted)) });
    return json.filter(wanted);
  };

  // Find a time.
  const proposal = { title: "cybes", parties: ["bea@example.org", "cyd@example.org"], slots: SLOTS };
  const { id } = (await ask("propose", "POST", "/", proposal)).json;
  await ofList("list", "/", (one) => one.id === id);
  await ask("show", "GET", `/${id}/`);
  const left = SLOTS.slice(1);
  await ask("narrow", "PATCH", `/${id}/`, { slots: left });
  await ask("notify", "POST", `/${id}/notify/`, { parties: ["bea@example.org"], slots: left });
  for (const party of ["p1", "p2"]) assert.equal((await answer(service, id, party, left)).status, 202);
  await ask("fix", "POST", `/${id}/fix/`, { slot: left[0] });
  const log = await ask("log", "GET", `/${id}/log/`);
  await meeting(service, id);

  // Meetings.
  await ask("meeting", "GET", `/meetings/${id}/`);
  await ask("calendar", "GET", `/${id}/calendar.ics`);
  await ask("move", "PATCH", `/meetings/${id}/`, { begin: "2030-02-01T10:00:00Z" });
  await ask("decline", "POST", `/meetings/${id}/decline/`);
  await ask("accept", "POST", `/meetings/${id}/accept/`);
  await ask("cancel", "DELETE", `/meetings/${id}/`);
  const { url } = (await ask("feed's link", "GET", "/feed/")).json;
  await ask("another link", "POST", "/feed/");
  assert.equal((await service.ask("GET", new URL(url).pathname)).status, 401, "it is another one");
  await ask("close", "DELETE", `/${id}/`);

  // Contacts.
  const at = "/schedules/contacts/";
  const contact = { first_Name: "A", last_Name: "B", email: "a@b.c" };
  const { id: contact_id } = (await ask("add a contact", "POST", at, contact)).json;
  await ask("change it", "PATCH", at, { contact_id, first_Name: "C" });
  await ask("put it", "PUT", at, { contact_id, groups: ["team"] });
  await ask("groups", "GET", `${at}groups/`);
  const csv = "first_Name,last_Name,email\nD,E,d@b.c";
  await ask("preview", "POST", `${at}import/?preview=true`, { csv });
  await ask("import", "POST", `${at}import/`, { csv });
  await ask("export contacts", "GET", `${at}export/`);
  for (const one of await ofList("contacts", at, () => true)) {
    await ask(`remove ${one.email}`, "DELETE", at, { contact_id: one.id });
  }

  // The account.
  await ask("me", "GET", "/accounts/me/");
  await ask("change me", "PATCH", "/accounts/me/", { timezone: "Europe/Berlin", mail: "decisions" });
  await ask("change me back", "PATCH", "/accounts/me/", { timezone: "UTC", mail: "all" });
  await ask("verify again", "POST", "/accounts/verify/");
  await ask("ask for another address", "POST", "/accounts/address/", { email: "new@example.org", password: LOGIN.password });
  const detail = await service.ask("GET", "/api/user/get_detail/", { headers });
  assert.equal(detail.json.auth_token, token ?? null, "the token that was sent");
  answers.detail = plain({ status: detail.status, text: JSON.stringify(detail.json.user) });
  const ways = (await service.ask("GET", "/accounts/sessions/", { headers })).json;
  assert.deepEqual(ways.filter(({ current }) => current).map((way) => way.kind), kind ? [kind] : []);
  answers.ways = ways.map(({ kind, agent }) => `${kind} ${agent}`).sort();
  const exported = (await service.ask("GET", "/accounts/export/", { headers })).json;
  answers.export = plain({ status: 200, text: JSON.stringify([exported.account, exported.contacts]) });
  const has = (part) => exported[part].some(({ url }) => url.endsWith(`/${id}/`));
  assert.ok(has("proposals") && has("meetings"));
  await ask("export as a calendar", "GET", "/accounts/export/?format=ics");

  // Whose entries these are: the account's by this way in, the parties' by their links.
  const told = log.json.entries.map(({ data }) => [data.act, data.via]);
  const links = told.filter(([, word]) => word === "link");
  const rest = told.filter(([, word]) => !["link", "system"].includes(word));
  assert.equal(links.length, 2, JSON.stringify(told));
  assert.ok(rest.length >= 4, JSON.stringify(told));
  assert.deepEqual([...new Set(rest.map(([, word]) => word))], [via]);
  return answers;
}

test("any login opens everything, and answers are the same", async () => {
  // All ways in at once, so that each list of them is the same.
  const ways = [];
  for (const [name, open] of Object.entries(WAYS)) ways.push([name, await open()]);
  const walks = [];
  for (const [name, way] of ways) walks.push([name, await walk(way)]);
  const [[, first], ...others] = walks;
  // What is refused is refused for what it is: an organiser who is no party neither comes nor stays away.
  const refused = Object.entries(first).filter(([, [status]]) => status >= 400);
  assert.deepEqual(refused.map(([name, [status]]) => [name, status]), [["decline", 403], ["accept", 403]]);
  for (const [name, answers] of others) {
    for (const key of Object.keys(first)) assert.deepEqual(answers[key], first[key], `${name}: ${key}`);
  }
});

test("each way in ends by itself, and the others go on", async () => {
  const token = await WAYS["the token of the bookings' document"]();
  const pair = await WAYS["the pair of the calendars' document"]();
  const cookie = await WAYS["the session of the browser's form"]();
  const open = async ({ headers }) => (await service.ask("GET", "/accounts/me/", { headers })).status;
  for (const [way, others] of [[cookie, [token, pair]], [token, [pair]], [pair, []]]) {
    const list = (await service.ask("GET", "/accounts/sessions/", { headers: way.headers })).json;
    const { id } = list.find(({ current }) => current);
    assert.equal((await service.ask("DELETE", `/accounts/sessions/${id}/`, { headers: way.headers })).status, 204);
    assert.equal(await open(way), 401);
    for (const other of others) assert.equal(await open(other), 200);
  }
});
