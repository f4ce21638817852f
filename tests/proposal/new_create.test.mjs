// What the form of a preview makes: one proposal, however often it is sent, and one mail for each who is asked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start, until } from "../support/harness.mjs";
import { typed, words } from "../support/forms.mjs";
import { mails } from "../support/post.mjs";
import { invited, person, proposals, shown, whole } from "../support/proposing.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

test("sent, everybody is invited, the page says so, and the mail is the one that was shown", async () => {
  const ob = await person(service, "ob");
  const { addresses, fields } = whole({ optional: "Cyd <cyd@example.org>", location: "Room 5", description: "Plans", "deadline-date": "2030-12-24", shortest: "15" });
  const preview = await (await ob.open()).press("preview", fields);
  const sent = await preview.press("send");
  assert.equal(sent.status, 303, sent.words);
  const made = await shown(service, sent.location);
  assert.deepEqual([made.title, made.location, made.description, made.timezone, made.visibility], [fields.title, "Room 5", "Plans", "Europe/Berlin", "names"]);
  assert.deepEqual([made.deadline, made.min_duration], ["2030-12-24T17:00:00Z", "00:15:00"]);
  assert.deepEqual(made.slots, [
    { begin: "2031-01-07T09:00:00Z", duration: "00:45:00" },
    { begin: "2031-01-08T22:30:00Z", duration: "01:00:00" },
  ]);
  const party = ({ email, name, optional, state }) => [email, name, optional, state];
  assert.deepEqual(made.answers.map(party), [
    ["ob@localhost", "Ob Server", false, "kept"],
    [addresses[0], "Lee, Ana", false, "invited"],
    [addresses[1], null, false, "invited"],
    ["cyd@example.org", "Cyd", true, "invited"],
  ]);
  const got = await invited(service, made.id, 3);
  assert.deepEqual(got.map(({ kind, to }) => [kind, to[0]]).sort(), [addresses[0], addresses[1], "cyd@example.org"].sort().map((to) => ["invitation", to]));
  const { subject } = got.find(({ to }) => to[0] === addresses[0]);
  assert.ok(preview.words.includes(words(subject).trim()), "the subject that was shown");
  const notice = /notice=([^;]+)/.exec(sent.headers.get("set-cookie"))[1];
  const next = await service.ask("GET", sent.location, { headers: { ...ob.headers, Cookie: `${ob.headers.Cookie}; notice=${notice}` } });
  assert.match(words(next.text), /Your proposal is sent to 3 people\./);
});

test("sent twice, at once or later, there is one proposal and one mail for each", async () => {
  const ob = await person(service, "ob");
  const { fields } = whole();
  const preview = await (await ob.open()).press("preview", fields);
  const before = await proposals(service);
  const body = preview.form({ do: "send" });
  const answers = await Promise.all([1, 2, 3, 4].map(() => ob.send("/", body)));
  assert.deepEqual(answers.map(({ status }) => status), [303, 303, 303, 303], answers.map((answer) => answer.words).join("\n"));
  const again = await ob.send("/", body);
  const places = new Set([...answers, again].map(({ location }) => location));
  assert.equal(places.size, 1);
  assert.equal(await proposals(service), before + 1);
  const made = await shown(service, again.location);
  await invited(service, made.id, 2);
  const { json } = await service.ask("GET", `/${made.id}/log/`, { as: "ob" });
  assert.equal(json.entries.filter(({ data }) => data.act === "notify").length, 2, "one for each person");
  // Another account makes another proposal of the same fields, and nobody one of a preview that is none of ours.
  const zo = await person(service, "zo");
  const others = await zo.send("/", typed(body, { csrfmiddlewaretoken: (await zo.open()).field("csrfmiddlewaretoken") }));
  assert.equal(others.status, 303);
  assert.ok(!places.has(others.location));
  for (const once of ["", "k1.", "k1.00", "k9.00000000000000000000000000000000", "x"]) {
    const forged = await ob.send("/", typed(body, { once }));
    assert.equal(forged.status, 400, once);
    assert.match(forged.words, /Check before you send/);
  }
  assert.equal(await proposals(service), before + 2);
});

test("created without sending, nobody is mailed until the same preview is sent", async () => {
  const ob = await person(service, "ob");
  const preview = await (await ob.open()).press("preview", whole().fields);
  const created = await preview.press("create");
  assert.equal(created.status, 303);
  const { id, answers } = await shown(service, created.location);
  assert.equal(answers.length, 3);
  const acts = async () => (await service.ask("GET", `/${id}/log/`, { as: "ob" })).json.entries.map(({ data }) => data.act);
  assert.ok(!(await acts()).includes("notify"));
  const sent = await preview.press("send");
  assert.deepEqual([sent.status, sent.location], [303, created.location]);
  await invited(service, id, 2);
  assert.equal((await acts()).filter((act) => act === "notify").length, 2);
});

test("whoever has not confirmed the address is told that the mails wait", async () => {
  const un = await person(service, "un");
  const page = await un.open();
  assert.match(page.words, /The mails wait until you have confirmed that un@localhost is your address/);
  const preview = await page.press("preview", whole().fields);
  assert.match(preview.words, /The mails wait until you have confirmed/);
  const sent = await preview.press("send");
  assert.equal(sent.status, 303, sent.words);
  assert.match(sent.headers.get("set-cookie"), /notice=held\.2/);
  const { id, answers } = await shown(service, sent.location, "un");
  assert.deepEqual(answers.map(({ name }) => name), ["Ob Server", "Lee, Ana", null]);
  const held = await until("held mail", async () => (await service.rows(id, "select count(*) as n from outbox")).at(0)?.n >= 2);
  assert.ok(held);
  assert.equal((await mails(service, id)).length, 0);
});

test("by session nothing is done without its token", async () => {
  const ob = await person(service, "ob");
  const preview = await (await ob.open()).press("preview", whole().fields);
  const before = await proposals(service);
  for (const [path, body] of [["/new/", (await ob.open()).form({ do: "preview" })], ["/", preview.form({ do: "send" })]]) {
    assert.equal((await ob.send(path, typed(body, { csrfmiddlewaretoken: [] }))).status, 403, path);
    assert.equal((await ob.send(path, typed(body, { csrfmiddlewaretoken: "k1.00" }))).status, 403, path);
    assert.equal((await ob.send(path, body, { "Sec-Fetch-Site": "cross-site" })).status, 403, path);
  }
  assert.equal(await proposals(service), before);
});

test("a used-up budget leaves a proposal that says how to send it", async () => {
  const other = await start({ vars: { BUDGET_SENDER: "3" } });
  try {
    const ob = await person(other, "ob");
    const first = whole();
    assert.equal((await (await (await ob.open()).press("preview", first.fields)).press("send")).status, 303);
    const preview = await (await ob.open()).press("preview", whole().fields);
    const unsent = await preview.press("send");
    assert.deepEqual([unsent.status, Number(unsent.headers.get("retry-after")) > 0], [429, true]);
    assert.match(unsent.words, /Your proposal is saved, but not sent/);
    const [, path] = /href="(\/\d+\/)"/.exec(unsent.text);
    const made = await shown(other, path);
    assert.equal(made.answers.length, 3);
    assert.equal((await unsent.press("send")).status, 429, "not yet");
    await other.db.prepare("update mail_counts set at = at - 2 * 86400000").run();
    const sent = await unsent.press("send");
    assert.deepEqual([sent.status, sent.location], [303, path]);
  } finally {
    await other.close();
  }
});

test("a used-up quota keeps the preview, and makes nothing", async () => {
  const other = await start({ vars: { QUOTA_PROPOSALS_DAY: "1" } });
  try {
    const ob = await person(other, "ob");
    const previews = [];
    for (let n = 0; n < 2; n++) previews.push(await (await ob.open()).press("preview", whole().fields));
    assert.equal((await previews[0].press("create")).status, 303);
    const refused = await previews[1].press("create");
    assert.equal(refused.status, 429);
    assert.match(refused.words, /1 proposals a day at most|one proposal a day/);
    assert.match(refused.words, /Check before you send/);
    assert.equal((await previews[0].press("create")).status, 303, "what is made already is found again");
  } finally {
    await other.close();
  }
});
