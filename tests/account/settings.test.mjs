// What an account is and wants: its settings, how much it is mailed, and its ways in.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { agree, mails as meetingMails, meetingLink, partyLink } from "../support/agree.mjs";
import { SLOTS, links, propose, start, until } from "../support/harness.mjs";
import { OTHER, PASSWORD, WAYS, basic, mailed, open, person, row, stranger, told, ways } from "../support/people.mjs";
import { FENCE, HOUR, arrived, mails, pass, sent, summary } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const MINUTE = HOUR / 60;
const at = (name) => `${name}@example.org`;
const fence = { email: FENCE, optional: true };
const me = (who, options = basic(who)) => service.ask("GET", "/accounts/me/", options);
const patch = (who, json, options = basic(who)) => service.ask("PATCH", "/accounts/me/", { json, ...options });
const keep = (p, party, slots) => service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, party), json: { slots } });

// What it is and wants

test("an account sees what it is, by every way in; nobody sees another's", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  const { status, json } = await me(who);
  assert.equal(status, 200);
  assert.match(json.created_at, /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const { created_at } = json;
  const wanted = {
    id: who.id, username: who.username, email: who.email, verified: true, first_name: "John", last_name: "Smith",
    timezone: "UTC", bookable_by: "contacts", mail: "all", staff: false, created_at,
  };
  assert.equal(JSON.stringify(json), JSON.stringify(wanted), "in this order, and no more");
  for (const name of WAYS.slice(0, -1)) assert.deepEqual(told(await me(who, mine[name])), [200, wanted], name);
  assert.equal((await me(who, {})).status, 401);
  assert.equal((await me(await stranger(service))).json.verified, false);
});

test("each field is changed by itself or with others, and nothing else is", async () => {
  const who = await person(service);
  let wanted = (await me(who)).json;
  const before = await row(service, who);
  for (const [sent, kept = sent] of [
    [{ first_name: " Ann " }, { first_name: "Ann" }],
    [{ last_name: "\u00d6zg\u00fcr" }],
    [{ first_name: "" }],
    [{ timezone: "europe/berlin" }, { timezone: "Europe/Berlin" }],
    [{ bookable_by: "contacts" }],
    [{ bookable_by: "nobody" }],
    [{ mail: "none" }],
    [{ mail: "decisions" }],
    [{ first_name: "Eve" }],
    [{ timezone: "Asia/Tokyo" }],
    [{ first_name: "x".repeat(150), last_name: "", timezone: "UTC", bookable_by: "anyone", mail: "all" }],
    [{ mail: "decisions", staff: true, verified: false, id: 7, created_at: "2020-01-01T00:00:00Z" }, { mail: "decisions" }],
  ]) {
    wanted = { ...wanted, ...kept };
    assert.deepEqual(told(await patch(who, sent)), [200, wanted], JSON.stringify(sent).slice(0, 80));
    assert.deepEqual((await me(who)).json, wanted);
  }
  const now = await row(service, who);
  for (const column of ["staff", "verified", "password", "epoch", "address", "active"]) assert.deepEqual(now[column], before[column], column);
});

test("every fault of every field is told at once, and what is changed elsewhere says where", async () => {
  const who = await person(service);
  const elsewhere = {
    email: ["POST /accounts/address/ changes the address."],
    password: ["POST /accounts/password/ changes the password."],
    username: ["The name stays as it is."],
  };
  const many = ["Ensure this field has no more than 150 characters."];
  const sent = { first_name: "x".repeat(151), last_name: "x".repeat(151), timezone: "Mars/Base", bookable_by: "friends", mail: "some", email: at("a"), password: OTHER, username: "x" };
  assert.deepEqual(told(await patch(who, sent)), [
    400,
    {
      first_name: many,
      last_name: many,
      timezone: ["Not a time zone of the IANA database."],
      bookable_by: ['"friends" is not a valid choice. Use one of: anyone, contacts, nobody.'],
      mail: ['"some" is not a valid choice. Use one of: none, decisions, all.'],
      ...elsewhere,
    },
  ]);
  const nothing = ["This field may not be null."];
  const noText = ["Not a valid string."];
  for (const [json, faults] of [
    [{}, { non_field_errors: ["No input."] }],
    [{ staff: true, verified: true }, { non_field_errors: ["No input."] }],
    [{ first_name: null, timezone: null, mail: null, bookable_by: null }, { first_name: nothing, timezone: nothing, mail: nothing, bookable_by: nothing }],
    [{ last_name: [], timezone: {}, mail: true }, { last_name: noText, timezone: noText, mail: noText }],
    [{ first_name: "a\nb" }, { first_name: ["Control characters, line breaks and bidirectional overrides are not allowed."] }],
    [{ mail: "none", username: "x" }, { username: elsewhere.username }],
  ]) {
    assert.deepEqual(told(await patch(who, json)), [400, faults], JSON.stringify(json));
  }
  assert.equal((await patch(who, { mail: "none" }, {})).status, 401);
  const { mail, bookable_by } = (await me(who)).json;
  assert.deepEqual([mail, bookable_by], ["all", "contacts"]);
});

test("a new proposal is in the account's time zone, unless it names another", async () => {
  const who = await person(service);
  assert.equal((await propose(service, {}, basic(who))).timezone, "UTC");
  await patch(who, { timezone: "Asia/Tokyo" });
  assert.equal((await propose(service, {}, basic(who))).timezone, "Asia/Tokyo");
  assert.equal((await propose(service, { timezone: "Europe/Berlin" }, basic(who))).timezone, "Europe/Berlin");
});

// How much mail

test("an account is mailed about its own proposals as much as it wants; agreements always; others as ever", { timeout: 240_000 }, async () => {
  for (const [level, wanted] of [
    ["all", ["accepted", "agreed", "answered", "deadline", "declined", "digest", "exhausted"]],
    ["decisions", ["accepted", "agreed", "answered", "deadline", "declined", "exhausted"]],
    ["none", ["agreed"]],
  ]) {
    const who = await person(service);
    assert.equal((await patch(who, { mail: level })).json.mail, level);
    const own = (proposal) => propose(service, proposal, basic(who));
    const bea = at(`bea-${level}`);
    const seen = [];
    const collect = async (p) => {
      await sent(service, p.id);
      const all = await mails(service, p.id);
      seen.push(...all.filter(({ to }) => to[0] === who.email).map(({ kind }) => kind));
      return summary(all.filter(({ to }) => ![who.email, FENCE].includes(to[0])));
    };

    const one = await own({ parties: [bea, at("gus"), fence], deadline: new Date(Date.now() + 5 * HOUR).toISOString() });
    await links(service, one, [bea]);
    assert.equal((await keep(one, 1, SLOTS.slice(1))).status, 202);
    await pass(service, one.id, 11 * MINUTE);
    await pass(service, one.id, 5.1 * HOUR);
    assert.deepEqual(await collect(one), [`invitation ${bea}`]);

    const two = await own({ parties: [bea, at("cyd"), fence] });
    for (const party of [1, 2]) assert.equal((await keep(two, party, SLOTS.slice(1))).status, 202);
    await pass(service, two.id, MINUTE);
    assert.deepEqual(await collect(two), []);

    const three = await own({ parties: [bea, at("cyd"), fence] });
    assert.equal((await keep(three, 1, [])).status, 202);
    await until("it to be exhausted", async () => (await service.ask("GET", `/${three.id}/`, { as: "ob" })).json.state === "exhausted");
    await collect(three);

    const four = await agree(service, { parties: [bea, at("cyd")] }, basic(who));
    const meeting = (act) => service.ask("POST", `/meetings/${four.id}/${act}/`, { et: meetingLink(four.id, 1) });
    assert.deepEqual([(await meeting("decline")).status, (await meeting("accept")).status], [202, 202]);
    await meetingMails(service, four.id);
    assert.deepEqual(await collect(four), [`agreed ${bea}`, `agreed ${at("cyd")}`]);
    assert.deepEqual(seen.sort(), wanted, level);
  }
});

test("who wants no mail about its own proposals is mailed about others' as a party, and about who may sign in", async () => {
  const who = await person(service);
  await patch(who, { mail: "none" });
  const p = await propose(service, { parties: [who.email, at("bea"), fence], deadline: new Date(Date.now() + 80 * HOUR).toISOString() });
  await links(service, p, [who.email, FENCE]);
  await pass(service, p.id, 9 * HOUR);
  const q = await agree(service, { parties: [who.email, at("bea")] });
  assert.equal((await service.ask("PATCH", `/meetings/${q.id}/`, { as: "ob", json: { begin: "2030-03-01T10:00:00Z" } })).status, 202);
  assert.equal((await service.ask("DELETE", `/meetings/${q.id}/`, { as: "ob" })).status, 204);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await arrived(service, p.id, { to: who.email, kind: "closed" });
  await meetingMails(service, q.id);
  const kinds = [...(await mails(service, p.id, { to: who.email })), ...(await mails(service, q.id, { to: who.email }))].map(({ kind }) => kind);
  assert.deepEqual(kinds, ["invitation", "reminder", "closed", "agreed", "moved", "cancelled"]);
  await service.ask("POST", "/accounts/password/", { json: { old_password: PASSWORD, new_password: OTHER }, ...basic(who) });
  await mailed(service, who.email, "changed");
});

// Ways in

const sessions = async (options) => (await service.ask("GET", "/accounts/sessions/", options)).json;

test("an account lists its ways in, and ends one: it opens nothing from then on", async () => {
  const [who, other] = [await person(service), await person(service)];
  const json = { username: who.username, password: PASSWORD };
  await service.ask("POST", "/api-token-auth/", { json, headers: { "User-Agent": "Firefox 1" } });
  const [mine, others] = [await ways(service, who), await ways(service, other)];
  const list = await sessions(mine.session);
  assert.deepEqual(list.map(({ kind }) => kind).sort(), ["pair", "session", "token", "token", "token"]);
  for (const one of list) {
    assert.deepEqual(Object.keys(one), ["id", "kind", "agent", "created_at", "used_at", "current"]);
    assert.match(one.id, /^[0-9a-f]{16}$/);
    assert.match(one.used_at, /^2\d{3}-.*Z$/);
  }
  assert.equal(list.filter(({ agent }) => agent === "Firefox 1").length, 1);
  for (const [name, kind] of [["session", "session"], ["Token", "token"], ["access", "pair"]]) {
    assert.deepEqual((await sessions(mine[name])).filter(({ current }) => current).map((one) => one.kind), [kind], name);
  }
  assert.deepEqual((await sessions(basic(who))).filter(({ current }) => current), []);

  const end = (id, options = basic(who)) => service.ask("DELETE", `/accounts/sessions/${id}/`, options);
  const [foreign] = await sessions(basic(other));
  const whole = createHash("sha256").update(mine.secrets.token).digest("hex");
  for (const id of [foreign.id, "0".repeat(16), "x", whole, whole.slice(0, 15), mine.secrets.token, "%25"]) {
    assert.deepEqual(told(await end(id)), [404, { detail: "Not found." }], id);
  }
  assert.equal((await end(list[0].id, {})).status, 401);
  assert.equal((await sessions(basic(who))).length, 5);
  assert.deepEqual(await open(service, others), WAYS);

  let left = WAYS;
  for (const [name, gone] of [["Token", ["Token"]], ["session", ["session"]], ["access", ["access", "refresh"]]]) {
    const [{ id }] = (await sessions(mine[name])).filter(({ current }) => current);
    assert.deepEqual(await open(service, mine), left);
    assert.equal((await end(id)).status, 204);
    left = left.filter((one) => !gone.includes(one));
    assert.deepEqual(await open(service, mine), left, "at once");
    assert.equal((await end(id)).status, 404);
  }
  assert.deepEqual(await open(service, others), WAYS);
});

test("ending all others leaves the one that asks; by name and password it leaves none", async () => {
  const [who, other] = [await person(service), await person(service)];
  const others = await ways(service, other);
  for (const [name, ended, left] of [
    ["session", 3, ["Basic", "session"]],
    ["Token", 3, ["Basic", "Token"]],
    ["access", 3, ["Basic", "access", "refresh"]],
    ["Basic", 4, ["Basic"]],
  ]) {
    await service.ask("DELETE", "/accounts/sessions/", basic(who));
    const mine = await ways(service, who);
    assert.deepEqual(told(await service.ask("DELETE", "/accounts/sessions/", mine[name])), [200, { ended }], name);
    assert.deepEqual(await open(service, mine), left);
  }
  assert.equal((await service.ask("DELETE", "/accounts/sessions/")).status, 401);
  assert.deepEqual(await open(service, others), WAYS);
});
