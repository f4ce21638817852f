// What staff see and do: lists with search and pages, acts on accounts with a fresh password, addresses that get mail again, the test
// mail, health, and the ledger of it all, which verifies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, propose, start, until } from "../support/harness.mjs";
import { session } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ob = (method, path, json, headers) => service.ask(method, path, { as: "ob", json, headers });
const list = async (name, query = "") => {
  const { status, json, text, headers } = await ob("GET", `/admin/${name}/${query}`);
  assert.equal(status, 200, text);
  return { rows: json, next: /<([^>]+)>/.exec(headers.get("link") ?? "")?.[1] };
};
const sql = async (text, ...values) => (await service.db.prepare(text).bind(...values).all()).results;
let last = 2000;
async function account(more = {}) {
  const id = ++last;
  const { verified = 1, active = 1, staff = 0 } = more;
  await service.db
    .prepare(
      `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
       select ?1, ?2, ?3, ?3, ?4, ?5, ?6, 1, password, ?1 from accounts where id = 1`,
    )
    .bind(id, `person${id}`, `person${id}@example.org`, verified, active, staff)
    .run();
  return { id, name: `person${id}`, address: `person${id}@example.org` };
}
const act = (id, what, password = "p") => ob("POST", `/admin/accounts/${id}/`, { act: what, password });

test("proposals are listed by number, with their parties and how many times they offer, and found by a party", async () => {
  const parties = ["lena@example.org", "noor@example.net"];
  const { id } = await propose(service, { title: "Moving day", parties });
  const { rows } = await list("proposals", "?search=NOOR@example");
  assert.equal(rows.length, 1);
  const [row] = rows;
  assert.deepEqual([row.id, row.title, row.parties, row.state, row.creator, row.url], [id, "Moving day", parties, "open", "ob", `/${id}/`]);
  assert.ok(row.slots > 0);
  assert.equal((await list("proposals", `?search=${id}`)).rows.length, 1);
  assert.deepEqual((await list("proposals", "?search=nobody@")).rows, []);
  const logs = (await list("logs", `?search=${id}`)).rows;
  assert.deepEqual([logs[0].kind, logs[0].title, logs[0].url], ["proposal", "Moving day", `/${id}/log/`]);
  const ids = (await list("proposals")).rows.map((one) => one.id);
  assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
});

test("a list is read page by page: each row comes once, in order", async () => {
  const made = [];
  for (let n = 0; n < 120; n++) made.push(await account());
  const seen = [];
  let path = "/admin/accounts/?search=person";
  while (path) {
    const { json, headers, status } = await ob("GET", path);
    assert.equal(status, 200);
    assert.ok(json.length <= 50);
    seen.push(...json.map(({ id }) => id));
    path = /<([^>]+)>/.exec(headers.get("link") ?? "")?.[1]?.replace(ORIGIN, "");
  }
  assert.deepEqual(seen, made.map(({ id }) => id).reverse());
  const insert = service.db.prepare("insert into suppressions (address_key, reason, at) values (?1, 'bounced', 5)");
  await service.db.batch(Array.from({ length: 70 }, (_, n) => insert.bind(`gone${n}@example.com`)));
  const { rows, next } = await list("suppressions", "?search=gone");
  const second = await ob("GET", next.replace(ORIGIN, ""));
  assert.deepEqual([rows.length, second.json.length], [50, 20]);
  assert.equal(new Set([...rows, ...second.json].map(({ email }) => email)).size, 70);
});

test("bad questions are told what is wrong with them, and change nothing", async () => {
  const { id } = await account();
  const before = await sql("select * from accounts where id = ?1", id);
  for (const [body, said] of [
    [{}, { act: ["This field is required."], password: ["This field is required."] }],
    [{ act: "delete", password: "p" }, { act: ['"delete" is not a valid choice.'] }],
    [{ act: "deactivate", password: "" }, { password: ["This field may not be blank."] }],
    [{ act: "deactivate", password: "wrong" }, { password: ["This is not your password."] }],
    [{ act: ["deactivate"], password: "p" }, { act: ["Not a valid string."] }],
  ]) {
    const { status, json } = await ob("POST", `/admin/accounts/${id}/`, body);
    assert.deepEqual([status, json], [400, said]);
  }
  for (const path of ["/admin/accounts/?after=x", "/admin/accounts/?after=1", `/admin/logs/?search=${"x".repeat(257)}`]) assert.equal((await ob("GET", path)).status, 400, path);
  for (const path of ["/admin/secrets/", "/admin/accounts/0/", "/admin/accounts/x/", "/admin/accounts/1/2/"]) assert.equal((await ob("GET", path)).status, 404, path);
  assert.deepEqual(await sql("select * from accounts where id = ?1", id), before);
});

test("an account that is deactivated is signed out everywhere, and comes in again once it is activated", async () => {
  const { id, name } = await account();
  const browser = (await session(service, name)).headers;
  const { token } = (await service.ask("POST", "/api-token-auth/", { json: { username: name, password: "p" } })).json;
  assert.equal((await service.ask("GET", "/accounts/me/", { headers: browser })).status, 200);
  const off = await act(id, "deactivate");
  assert.deepEqual([off.status, off.json.active, off.json.sign_ins], [200, false, 0], off.text);
  for (const options of [{ headers: browser }, { token }, { as: name }]) assert.equal((await service.ask("GET", "/accounts/me/", options)).status, 401);
  const count = (await sql("select count(*) as n from staff_ledger"))[0].n;
  assert.equal((await act(id, "deactivate")).status, 200, "what is so already stays so");
  assert.equal((await sql("select count(*) as n from staff_ledger"))[0].n, count, "and is no entry");
  assert.equal((await act(id, "activate")).json.active, true);
  assert.equal((await service.ask("GET", "/accounts/me/", { as: name })).status, 200);
  assert.equal((await service.ask("GET", "/accounts/me/", { token })).status, 401, "what it was signed in with stays void");
});

test("staff make staff of who has a confirmed address, and nobody locks themselves out", async () => {
  const [one, unproven] = [await account(), await account({ verified: 0 })];
  assert.equal((await service.ask("GET", "/admin/", { as: one.name })).status, 403);
  assert.equal((await act(one.id, "promote")).json.staff, true);
  assert.equal((await service.ask("GET", "/admin/", { as: one.name })).status, 200);
  assert.equal((await act(unproven.id, "promote")).json.staff, false);
  for (const what of ["deactivate", "demote"]) {
    const { status, json } = await act(1, what);
    assert.deepEqual([status, json], [400, { act: ["You cannot do this to your own account."] }]);
  }
  assert.equal((await act(one.id, "demote")).json.staff, false);
  assert.equal((await service.ask("GET", "/admin/", { as: one.name })).status, 403);
});

test("an account whose mail is used up is unlocked, whether its address is verified or not", async () => {
  for (const verified of [1, 0]) {
    const { id, address, name } = await account({ verified });
    const sender = verified ? address : `account ${id}`;
    const insert = service.db.prepare("insert into mail_counts (id, recipient, sender, kind, about, at, if_over) values (?1, 'x@example.org', ?2, 'proposal', 1, ?3, 'skip')");
    await service.db.batch(Array.from({ length: 200 }, (_, n) => insert.bind(`count${n}-${name}`, sender, Date.now() - 1000)));
    assert.equal((await ob("GET", `/admin/accounts/${id}/`)).json.mails, 200);
    assert.equal((await act(id, "unlock")).json.mails, 0);
  }
});

test("an address that bounced gets mail again; one whose owner wants none does not", async () => {
  await service.db.batch(
    [["back@example.org", "bounced"], ["no@example.org", "unsubscribed"]].map((row) => service.db.prepare("insert into suppressions (address_key, reason, at) values (?1, ?2, 0)").bind(...row)),
  );
  const release = (email) => ob("POST", "/admin/suppressions/release/", { email, password: "p" });
  assert.deepEqual([(await release("Back@example.org")).status, (await release("back@example.org")).status, (await release("no@example.org")).status], [202, 404, 404]);
  assert.deepEqual((await sql("select address_key from suppressions where address_key in ('back@example.org', 'no@example.org')")).map((row) => row.address_key), ["no@example.org"]);
  const { rows } = await list("ledger", "?search=release");
  assert.deepEqual([rows[0].act, rows[0].subject, rows[0].about, rows[0].staff, rows[0].via], ["release", "address", "Back@example.org", "ob@localhost", "basic"]);
});

test("a test mail goes to whoever asks, once for one key", async () => {
  const headers = { "Idempotency-Key": "staff-test-mail" };
  const [one, again] = [await ob("POST", "/admin/health/mail/", { password: "p" }, headers), await ob("POST", "/admin/health/mail/", { password: "p" }, headers)];
  assert.deepEqual([one.status, one.json, again.status], [202, { email: "ob@localhost" }, 202]);
  const mails = async () => (await service.outbox()).filter(({ subject, to }) => /arrives/.test(subject) && to[0] === "ob@localhost");
  await until("the test mail", async () => (await mails()).length > 0);
  assert.equal((await mails()).length, 1);
});

test("health says what is not set, and how to mend it", async () => {
  const { status, json } = await ob("GET", "/admin/health/");
  assert.equal(status, 200);
  const by = Object.fromEntries(json.checks.map((check) => [check.check, check]));
  for (const name of ["database", "object", "secrets", "origin", "mail", "limits"]) assert.equal(by[name].status, "ok", name);
  assert.equal(by.staff.status, "failing");
  assert.match(by.staff.why, /STAFF_ADDRESSES is not set/);
  assert.match(by.staff.mend, /wrangler\.toml/);
});

test("numbers have a day for each of the last thirty, today the last", async () => {
  const { days } = (await ob("GET", "/admin/")).json;
  assert.equal(days.length, 30);
  assert.equal(days.at(-1).day, new Date().toISOString().slice(0, 10));
  assert.ok(days.at(-1).proposals >= 1);
});

test("twenty acts at the same moment are twenty entries of one chain", async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => account()));
  const before = (await sql("select count(*) as n from staff_ledger"))[0].n;
  const answers = [];
  // More at once than are chained anew are asked to try again: nothing of them is done.
  let waiting = people;
  while (waiting.length) {
    const asked = await Promise.all(waiting.map(async (one) => ({ one, answer: await act(one.id, "deactivate") })));
    answers.push(...asked.filter(({ answer }) => answer.status === 200));
    const again = asked.filter(({ answer }) => answer.status !== 200);
    for (const { answer, one } of again) {
      assert.equal(answer.status, 503, answer.text);
      assert.equal((await sql("select active from accounts where id = ?1", one.id))[0].active, 1);
    }
    waiting = again.map(({ one }) => one);
  }
  const rows = await sql("select seq, entry, hash from staff_ledger order by seq");
  assert.equal(rows.length, before + 20);
  for (const [n, row] of rows.entries()) {
    assert.equal(row.seq, n + 1);
    if (n) assert.equal(JSON.parse(row.entry).prev, rows[n - 1].hash);
    assert.doesNotMatch(row.entry, /@/);
  }
});

test("nobody changes the ledger: not by SQL either", async () => {
  for (const text of ["delete from staff_ledger", "update staff_ledger set hash = hash", "insert into staff_ledger select seq + 5, entry, openings, hash, null from staff_ledger order by seq desc limit 1"]) {
    await assert.rejects(service.db.prepare(text).run(), /staff_ledger/, text);
  }
});
