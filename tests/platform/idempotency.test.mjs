// Idempotency-Key: what creates or sends something may be sent again, and is done once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, propose, start } from "../support/harness.mjs";
import { CALENDAR } from "../support/busy.mjs";
import { answer, partyLink } from "../support/agree.mjs";
import { addContacts, at, chosen, createCalendar, date, slot } from "../support/calendars.mjs";
import { idempotent } from "../support/routes.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

let count = 0;
const fresh = () => `key-${(count += 1)}-${process.pid}`;
const rows = async () => (await service.db.prepare("select * from idempotency_keys").all()).results;
const PROPOSAL = { title: "once", parties: ["bea@example.org"], slots: SLOTS };
/// Sends a request with a key.
const keyed = (key, method, path, { headers, ...options }) => service.ask(method, path, { ...options, headers: { ...headers, "Idempotency-Key": key } });
const told = ({ status, text, headers }) => [status, text, headers.get("location"), headers.get("etag"), headers.get("content-type")];
const created = async (title) =>
  (await service.db.prepare("select count(*) as n from proposals where json_extract(shown, '$.title') = ?").bind(title).first()).n;

let accounts = 500;
/// Another account with the password `p`.
async function account(verified = 1) {
  const id = ++accounts;
  const name = `n${id}`;
  const add = `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
    select ?1, ?2, ?3, ?3, ?4, 1, 0, 1, password, 0 from accounts where id = 1`;
  await service.db.prepare(add).bind(id, name, `${name}@localhost`, verified).run();
  return { id, name, address: `${name}@localhost` };
}

const DAY = date(30);
async function newCalendar(who) {
  const [{ id }] = await addContacts(service, 1, { as: who.name });
  return { name: "Talks", description: "", deadline: `${date(20)}T00:00:00Z`, invitees: [id], available_slots: [slot(DAY, 480, 720)] };
}
/// A calendar with one invitee, whose contact is `one`.
async function calendar(who) {
  const { invitees: [one], available_slots } = await newCalendar(who);
  return { ...(await createCalendar(service, [one], available_slots, {}, { as: who.name })), one };
}

/// The routes that take a key: what is sent there, and what comes of it once.
const ROUTES = {
  Propose: async (who) => ["POST", "/", 201, { as: who.name, json: { ...PROPOSAL, title: `once ${who.id}` } }],
  Notify: async (who) => {
    const p = await propose(service, {}, { as: who.name });
    return ["POST", `/${p.id}/notify/`, 202, { as: who.name, json: { parties: ["p1"], slots: SLOTS } }];
  },
  Resend: async (who) => {
    const p = await propose(service, {}, { as: who.name });
    return ["POST", `/${p.id}/resend/`, 202, { et: partyLink(p.id, 1) }];
  },
  Fix: async (who) => {
    const p = await propose(service, { parties: ["bea@example.org"] }, { as: who.name });
    await answer(service, p.id, "p1", SLOTS);
    return ["POST", `/${p.id}/fix/`, 202, { as: who.name, json: { slot: SLOTS[0] } }];
  },
  Round: async (who) => {
    const p = await propose(service, { parties: ["bea@example.org"] }, { as: who.name });
    await answer(service, p.id, "p1", []);
    return ["POST", `/${p.id}/round/`, 201, { as: who.name, json: { slots: SLOTS } }];
  },
  SignUp: (who) => {
    const json = { username: `s${who.id}`, email: `s${who.id}@example.org`, first_name: "A", last_name: "B", password: "Test@1234", password2: "Test@1234" };
    return ["POST", "/accounts/signup/", 201, { json }];
  },
  ApiSignUp: (who) => ["POST", "/api/user/sign_up/", 201, { json: { username: `t${who.id}`, email: `t${who.id}@example.org`, password: "Test@1234" } }],
  AskReset: (who) => ["POST", "/accounts/password/reset/", 202, { json: { email: who.address } }],
  TestMail: () => ["POST", "/admin/health/mail/", 202, { as: "ob", json: { password: "p" } }],
  VerifyAgain: async () => ["POST", "/accounts/verify/", 202, { as: (await account(0)).name }],
  ChangeAddress: (who) => ["POST", "/accounts/address/", 202, { as: who.name, json: { email: `other-${who.address}`, password: "p" } }],
  AddContact: (who) => ["POST", "/schedules/contacts/", 201, { as: who.name, json: { first_Name: "Bo", last_Name: "Lee", email: "bo@example.org" } }],
  CreateCalendar: async (who) => ["POST", "/schedules/calendars/create/", 201, { as: who.name, json: await newCalendar(who) }],
  CopyCalendar: async (who) => ["POST", at((await calendar(who)).id, "copy/"), 201, { as: who.name }],
  Remind: async (who) => {
    const { id, one } = await calendar(who);
    return ["POST", `/schedules/calendars/remind/${id}/${one}/`, 200, { as: who.name }];
  },
  Finalize: async (who) => {
    const { id, one } = await calendar(who);
    return ["POST", at(id, "confirm/"), 200, { as: who.name, json: { finalized_schedule: [chosen(one, DAY, 540, 600)] } }];
  },
  BookEvent: async (who) => {
    const json = { title: "Review", time_slot: `${DAY}T09:00:00Z`, description: "", participants: [(await account()).address] };
    return ["POST", "/api/event/", 201, { as: who.name, json }];
  },
  ImportBusy: (who) => ["POST", "/api/user/busy/import/", 200, { as: who.name, json: { calendar: CALENDAR } }],
  ImportContacts: (who) => ["POST", "/schedules/contacts/import/", 200, { as: who.name, json: { csv: "first_Name,last_Name,email\nCy,Lee,cy@example.org" } }],
};

/// All mails that were ever queued or counted, and all that a route can make.
async function made() {
  const tables = ["mail_counts", "proposals", "calendars", "meetings", "accounts", "contacts", "address_changes", "busy_imports", "staff_ledger"];
  const counts = await service.db.batch(tables.map((name) => service.db.prepare(`select count(*) as n from ${name}`)));
  return counts.map(({ results }) => results[0].n);
}

test("every route that takes a key stands here", () => {
  assert.deepEqual(Object.keys(ROUTES).sort(), idempotent().sort());
});

test("what is sent again with its key gets the first answer again, and nothing more is done", async () => {
  for (const [route, make] of Object.entries(ROUTES)) {
    const who = await account();
    const [method, path, status, options] = await make(who);
    const key = fresh();
    const first = await keyed(key, method, path, options);
    assert.equal(first.status, status, `${route}: ${first.text}`);
    const then = await made();
    const again = await keyed(key, method, path, options);
    assert.deepEqual(told(again), told(first), route);
    assert.deepEqual(await made(), then, route);
    // With another key it is another request.
    const other = await keyed(fresh(), method, path, options);
    if (["Propose", "Notify", "Resend"].includes(route)) assert.equal(other.status, status, route);
  }
});

test("a key belongs to its caller, its route, and its request", async () => {
  const key = fresh();
  const json = { ...PROPOSAL, title: "scoped" };
  const first = await keyed(key, "POST", "/", { as: "ob", json });
  const reused = await keyed(key, "POST", "/", { as: "ob", json: { ...json, title: "other" } });
  assert.deepEqual([reused.status, Object.keys(reused.json)], [422, ["detail"]]);
  const spelled = await keyed(key, "POST", "/", { as: "ob", body: JSON.stringify({ slots: json.slots, title: json.title, parties: json.parties }, null, 2), headers: { "Content-Type": "application/json" } });
  assert.equal(spelled.json.id, first.json.id, "the same members in another order are the same body");
  const { token } = (await service.ask("POST", "/api-token-auth/", { json: { username: "ob", password: "p" } })).json;
  assert.equal((await keyed(key, "POST", "/", { token, json })).json.id, first.json.id, "the account, whichever way it came");
  const theirs = await keyed(key, "POST", "/", { as: "zo", json });
  assert.equal(theirs.status, 201);
  assert.notEqual(theirs.json.id, first.json.id);
  const notice = { parties: ["p1"], slots: SLOTS };
  for (const { id } of [first.json, theirs.json]) {
    assert.equal((await keyed(key, "POST", `/${id}/notify/`, { as: "ob", json: notice })).status, 202, "ids are part of the route");
  }
  const csv = { csv: "first_Name,last_Name,email\nCy,Lee,cy@example.org" };
  const preview = await keyed(key, "POST", "/schedules/contacts/import/?preview=true", { as: "ob", json: csv });
  assert.equal(preview.status, 200);
  assert.equal((await keyed(key, "POST", "/schedules/contacts/import/", { as: "ob", json: csv })).status, 422, "the query counts");
});

test("of many at once one acts; while it is under way the others are 409", async () => {
  const key = fresh();
  const json = { ...PROPOSAL, title: "at once" };
  const answers = await Promise.all(Array.from({ length: 8 }, () => keyed(key, "POST", "/", { as: "ob", json })));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id));
  assert.equal(ids.size, 1);
  assert.ok(answers.every(({ status }) => status === 201 || status === 409), answers.map(({ status }) => status).join(" "));
  assert.equal(await created("at once"), 1);
});

test("a claim that was cut off is under way for a minute, and then free", async () => {
  const key = fresh();
  const json = { ...PROPOSAL, title: "cut off" };
  const first = await keyed(key, "POST", "/", { as: "ob", json });
  const cut = (age) =>
    service.db.prepare("update idempotency_keys set answer = null, claimed_at = ? where json_extract(answer, '$.body') like '%\"cut off\"%' or answer is null").bind(Date.now() - age).run();
  await cut(30_000);
  const busy = await keyed(key, "POST", "/", { as: "ob", json });
  assert.deepEqual([busy.status, Object.keys(busy.json)], [409, ["detail"]]);
  assert.equal((await keyed(key, "POST", "/", { as: "ob", json: PROPOSAL })).status, 422);
  await cut(61_000);
  const taken = await keyed(key, "POST", "/", { as: "ob", json });
  assert.equal(taken.status, 201);
  assert.notEqual(taken.json.id, first.json.id);
  assert.equal((await keyed(key, "POST", "/", { as: "ob", json })).json.id, taken.json.id);
});

test("an answer is kept for a day, and cron forgets it", async () => {
  const key = fresh();
  const json = { ...PROPOSAL, title: "a day" };
  const first = await keyed(key, "POST", "/", { as: "ob", json });
  const age = (millis) => service.db.prepare("update idempotency_keys set claimed_at = ?").bind(Date.now() - millis).run();
  await age(86_400_000 - 60_000);
  assert.equal((await keyed(key, "POST", "/", { as: "ob", json })).json.id, first.json.id);
  await age(86_400_000 + 1_000);
  assert.notEqual((await keyed(key, "POST", "/", { as: "ob", json })).json.id, first.json.id);
  await age(86_400_000 + 1_000);
  await service.worker.scheduled({ cron: "* * * * *" });
  assert.deepEqual(await rows(), []);
});

test("a key is 1 to 255 visible ASCII characters", async () => {
  const json = { ...PROPOSAL, title: "keys" };
  for (const key of ["", "x".repeat(256), "a b", "\u00e4", "a\tb"]) {
    const { status, json: said } = await keyed(key, "POST", "/", { as: "ob", json });
    assert.deepEqual([status, Object.keys(said)], [400, ["detail"]], JSON.stringify(key));
  }
  for (const key of ["x", "y".repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"']) {
    assert.equal((await keyed(key, "POST", "/", { as: "ob", json })).status, 201, key);
  }
});

test("a refusal is kept; one of the caller or of the body, or a fault, is not", async () => {
  const before = (await rows()).length;
  const p = await propose(service, { parties: ["zo@localhost"] }, { as: "ob" });
  const early = fresh();
  const refused = await keyed(early, "POST", `/${p.id}/fix/`, { as: "ob", json: { slot: p.slots[0] } });
  assert.equal(refused.status, 409, refused.text);
  assert.deepEqual(told(await keyed(early, "POST", `/${p.id}/fix/`, { as: "ob", json: { slot: p.slots[0] } })), told(refused));
  assert.equal((await rows()).length, before + 1);
  const mended = fresh();
  for (const parties of [[], "nobody"]) assert.equal((await keyed(mended, "POST", "/", { as: "ob", json: { parties } })).status, 400);
  assert.equal((await rows()).length, before + 1);
  assert.equal((await keyed(mended, "POST", "/", { as: "ob", json: PROPOSAL })).status, 201);
  assert.equal((await rows()).length, before + 2);
  const key = fresh();
  assert.equal((await keyed(key, "POST", "/", { as: "ob", password: "wrong", json: PROPOSAL })).status, 401);
  assert.equal((await keyed(key, "POST", `/${p.id}/round/`, { as: "zo", json: { slots: SLOTS } })).status, 403);
  await service.db.prepare("alter table accounts rename to gone").run();
  try {
    assert.equal((await keyed(key, "POST", "/accounts/password/reset/", { json: { email: "ob@localhost" } })).status, 503);
  } finally {
    await service.db.prepare("alter table gone rename to accounts").run();
  }
  assert.equal((await rows()).length, before + 2);
});

test("without the header nothing of it is asked, and routes that hand out secrets do not take it", async () => {
  await service.db.prepare("alter table idempotency_keys rename to gone").run();
  try {
    assert.equal((await service.ask("POST", "/", { as: "ob", json: PROPOSAL })).status, 201);
    const login = ["POST", "/api-token-auth/", { json: { username: "ob", password: "p" } }];
    const key = fresh();
    const [one, other] = [await keyed(key, ...login), await keyed(key, ...login)];
    assert.deepEqual([one.status, other.status], [200, 200]);
    assert.notEqual(one.json.token, other.json.token);
    assert.equal((await keyed(key, "POST", "/feed/", { as: "ob" })).status, 200);
    assert.equal((await keyed(key, "POST", "/", { as: "ob", json: PROPOSAL })).status, 503, "with it, it is needed");
  } finally {
    await service.db.prepare("alter table gone rename to idempotency_keys").run();
  }
});

test("neither key nor password is kept, and an account's rows go with it", async () => {
  const key = fresh();
  const json = { username: "keyed", email: "keyed@example.org", password: "Secret@1234" };
  assert.equal((await keyed(key, "POST", "/api/user/sign_up/", { json })).status, 201);
  const who = await account();
  assert.equal((await keyed(fresh(), "POST", "/", { as: who.name, json: PROPOSAL })).status, 201);
  const kept = await rows();
  assert.ok(kept.some(({ account }) => account === who.id));
  for (const secret of [key, "Secret@1234"]) assert.ok(!JSON.stringify(kept).includes(secret), secret);
  await service.db.prepare("delete from accounts where id = ?").bind(who.id).run();
  assert.ok(!(await rows()).some(({ account }) => account === who.id));
});
