// Mail that does not arrive: staff see it once it fails for good reason, its cause is mended, it is sent again, and arrives once, with a link
// that is good for as long as any. The provider is played by this test; what the Worker fetches passes through it.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { SLOTS, propose, start, tokenOf, until } from "../support/harness.mjs";
import { addContacts, at, createCalendar, date, respondToken, slot } from "../support/calendars.mjs";
import { DAY } from "../support/post.mjs";

const API = "http://mail.test";
const realFetch = globalThis.fetch;
/// Who is refused, what was tried, and what has arrived: a message by its key once.
const refused = new Set();
let attempts = [];
let arrived = new Map();
let service;

async function take(request) {
  const key = new Headers(request.headers).get("idempotency-key");
  const body = await new Response(request.body).text();
  const [to] = JSON.parse(body).to;
  attempts.push({ key, body, to });
  if (refused.has(to)) return new Response("no", { status: 500 });
  // As the provider does: the same key with another message is a fault of the sender.
  if (arrived.has(key) && arrived.get(key).body !== body) return new Response("another message", { status: 409 });
  arrived.set(key, { to, body, mail: JSON.parse(body) });
  return new Response(JSON.stringify({ id: key }));
}

before(async () => {
  globalThis.fetch = (url, init) => (String(url).startsWith(API) ? take(init) : realFetch(url, init));
  service = await start({ vars: { MAIL_API_URL: API }, secrets: { MAIL_API_KEY: "secret" } });
});
after(async () => {
  globalThis.fetch = realFetch;
  await service?.close();
});
beforeEach(() => {
  refused.clear();
  [attempts, arrived] = [[], new Map()];
});

const zo = { as: "zo" };
const [BEA, CYD] = ["bea@example.org", "cyd@example.org"];
const to = (address) => [...arrived.values()].filter((mail) => mail.to === address);
const failures = async (subject) => (await service.db.prepare("select * from mail_failures where subject = ? order by recipient").bind(subject).all()).results;
const row = async (subject) => (await failures(subject))[0];
const retry = (mail, json = {}) => service.ask("POST", "/admin/outbox/retry/", { as: "ob", json: { mail, password: "p", ...json } });
const listed = async (search) => (await service.ask("GET", `/admin/outbox/?search=${encodeURIComponent(search)}`, { as: "ob" })).json;
const retries = async (subject) =>
  (await service.ask("GET", "/admin/ledger/?format=jsonl", { as: "ob" })).text
    .trimEnd().split("\n").flatMap((line) => JSON.parse(line).entry ?? []).filter((entry) => entry.act === "retry" && entry.subject === subject).length;
/// When a link's token expires, in seconds: eight bytes before the signature.
const expires = (token) => Number(Buffer.from(token, "base64url").subarray(0, -32).readBigInt64BE(Buffer.from(token, "base64url").length - 40));

/// Proposes as zo, and has the parties asked; gives the proposal.
async function asked(parties = [BEA, CYD]) {
  const p = await propose(service, { parties }, zo);
  const { status, text } = await service.ask("POST", `/${p.id}/notify/`, { ...zo, json: { parties, slots: SLOTS } });
  assert.equal(status, 202, text);
  return { ...p, path: `/${p.id}/` };
}

/// The mail of an object that waits, as it is stored.
const waiting = (id) => service.rows(id, "select id, status, attempts, error, due_at from outbox");
/// Moves an object's clock on until its one mail has been tried so often, or has died.
let offsets = new Map();
async function on(object, millis) {
  offsets.set(object.id, (offsets.get(object.id) ?? 0) + millis);
  const { status, text } = await service.ask("GET", object.path, { ...zo, dev: `offset=${offsets.get(object.id)}` });
  assert.equal(status, 200, text);
}
/// Waits until the mail was tried so often, and the attempt is over.
async function tried(object, times) {
  await until(`${times} attempts`, async () => {
    const [mail] = waiting(object.id);
    if (mail.attempts === times && mail.error) {
      // A claim holds for a minute; a postponed mail is due by the back-off.
      return true;
    }
    if (mail.attempts < times) await on(object, 70_000);
    return false;
  }, 60);
}
async function dies(object) {
  await tried(object, 1);
  await on(object, DAY);
  return until("the dead mail", async () => {
    const found = (await failures(object.id)).filter(({ status }) => status === "dead");
    return found.length > 0 && found[0];
  }, 60);
}

test("a hiccup is told to nobody, a fourth failure is told to staff, and what arrives after all is not told any more", async () => {
  refused.add(BEA);
  const p = await asked();
  await tried(p, 3);
  assert.deepEqual(await failures(p.id), []);
  await tried(p, 4);
  const { mail, ...told } = await until("the row", () => row(p.id));
  const { first_at, next_at } = told;
  assert.deepEqual(told, { kind: "proposal", subject: p.id, status: "due", recipient: BEA, template: "invitation", account: 2, attempts: 4, error: "status 500", first_at, next_at });
  assert.ok(first_at < next_at);
  assert.deepEqual((await listed(BEA)).map(({ id, source, state, attempts }) => [id, source, state, attempts]), [[mail, `proposal/${p.id}`, "due", 4]]);
  // A mail that lives is not sent again by staff.
  assert.equal((await retry(mail)).status, 404);
  assert.equal(await retries(`proposal/${p.id}`), 0);
  await tried(p, 5);
  await until("five attempts", async () => (await row(p.id)).attempts === 5);
  refused.clear();
  await on(p, 70_000);
  await until("no row", async () => (await failures(p.id)).length === 0);
  assert.equal(to(BEA).length, 1);
  assert.equal(to(BEA)[0].body, attempts.find((one) => one.to === BEA).body, "the same bytes each time");
});

for (const [kind, make] of [
  ["proposal", () => asked()],
  ["calendar", async () => {
    const [contact] = await addContacts(service, 1);
    refused.add(contact.email);
    const made = await createCalendar(service, [contact.id], [slot(date(7), 540, 720)]);
    return { ...made, path: at(made.id, "details/"), to: contact.email };
  }],
]) {
  test(`a dead letter of a ${kind} is found, sent again once its cause is mended, and arrives once`, async () => {
    refused.add(BEA);
    const object = await make();
    const address = object.to ?? BEA;
    const { mail, ...told } = await dies(object);
    assert.deepEqual([told.kind, told.recipient, told.error], [kind, address, "status 500"]);
    assert.deepEqual((await listed(address)).map(({ id, state }) => [id, state]), [[mail, "dead"]]);
    const [{ body: first }] = attempts.filter((one) => one.to === address);
    assert.equal((await retry(mail, { password: "wrong" })).status, 400);
    assert.equal((await retry(mail, {})).status, 202);
    await until("another attempt", () => attempts.filter((one) => one.to === address).length > 2);
    // The cause is still there: it is as a new mail, and fails as one.
    await until("a failure", () => waiting(object.id)[0]?.error);
    assert.deepEqual(await failures(object.id), []);
    refused.clear();
    await on(object, 70_000);
    // The calendar's own reminder may be due by then, too.
    const { subject } = JSON.parse(first);
    const again = () => to(address).filter(({ mail: sent }) => sent.subject === subject);
    await until("it to arrive", () => again().length === 1);
    await until("an empty outbox", () => waiting(object.id).length === 0);
    await on(object, DAY);
    assert.equal(again().length, 1, "once");
    assert.deepEqual(await failures(object.id), []);
    assert.equal((await retry(mail)).status, 404);
    assert.equal(await retries(`${kind}/${object.id}`), 1);
    // Its link is good for as long as at first.
    const token = (text) => (kind === "proposal" ? tokenOf(JSON.parse(text)) : respondToken(JSON.parse(text)));
    const [before, then] = [first, again()[0].body].map((text) => expires(token(text)));
    assert.ok(then - before >= DAY / 1000 && then - before < 2 * DAY / 1000, `${then - before} s more`);
  });
}

test("a dead letter is not sent to who is not to be asked any more, and what is closed has none", async () => {
  refused.add(BEA).add(CYD);
  const p = await asked();
  await dies(p);
  await until("both", async () => (await failures(p.id)).filter(({ status }) => status === "dead").length === 2);
  const [bea] = await failures(p.id);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p1/`, zo)).status, 204);
  refused.clear();
  assert.equal((await retry(bea.mail)).status, 202);
  await until("it to be gone", () => waiting(p.id).length === 1);
  await until("the row to be gone", async () => (await failures(p.id)).length === 1);
  assert.deepEqual(to(BEA), []);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, zo)).status, 204);
  await until("no dead mail", async () => !waiting(p.id).some(({ status }) => status === "dead") && (await failures(p.id)).length === 0);
  assert.ok(!to(CYD).some(({ mail }) => / asks when you can/.test(mail.subject)));
});

test("what is suppressed, or belongs to nobody any more, is told no more", async () => {
  refused.add(BEA);
  const p = await asked();
  await tried(p, 4);
  await until("the row", () => row(p.id));
  await service.db.prepare("insert into suppressions (address_key, reason, at) values (?, 'bounced', 1)").bind(BEA).run();
  try {
    await on(p, 70_000);
    await until("no row", async () => (await failures(p.id)).length === 0 && waiting(p.id).length === 0);
  } finally {
    await service.db.prepare("delete from suppressions").run();
  }
});

test("while the directory fails nothing is told, and all of it afterwards", async () => {
  refused.add(BEA);
  const p = await asked();
  await tried(p, 3);
  await service.db.prepare("alter table mail_failures rename to away").run();
  try {
    await tried(p, 4);
    await until("the task", () => service.rows(p.id, "select 1 from tasks where kind = 'mail_failures' and attempts > 0").length === 1);
  } finally {
    await service.db.prepare("alter table away rename to mail_failures").run();
  }
  await on(p, 120_000);
  const { attempts: told } = await until("the row", () => row(p.id));
  assert.ok(told >= 4);
});

test("what staff saw too late is mended by what they do", async () => {
  const p = await asked();
  await until("an empty outbox", () => waiting(p.id).length === 0);
  await service.db.prepare("insert into mail_failures values ('late', 'proposal', ?, 'dead', 'x@y.org', null, 2, 9, 'status 500', 1, 2)").bind(p.id).run();
  assert.equal((await retry("late")).status, 404);
  assert.deepEqual(await failures(p.id), []);
  assert.equal(await retries(`proposal/${p.id}`), 0);
});

test("a dead letter of the directory is sent again, with a link as good as at first, and arrives once", async () => {
  refused.add("new@example.org");
  const { status, text } = await service.ask("POST", "/accounts/signup/", { json: { username: "newone", first_name: "New", last_name: "One", email: "new@example.org", password: "a long enough phrase", password2: "a long enough phrase" } });
  assert.ok(status < 300, text);
  const find = () => service.db.prepare("select * from outbox where body ->> 'to' = 'new@example.org'").first();
  const stored = await until("a failure", async () => ((await find())?.error ? find() : undefined));
  await service.db.prepare("update outbox set status = 'dead', created_at = created_at - ?").bind(DAY + 1000).run();
  refused.clear();
  assert.equal((await retry(stored.id)).status, 202);
  await until("it to arrive", () => to("new@example.org").length === 1);
  await until("an empty outbox", async () => !(await find()));
  assert.equal((await retry(stored.id)).status, 404);
  assert.equal(await retries("mail"), 1);
  const link = (body) => JSON.parse(body).text.match(/[\w-]{70,}/)[0];
  const [before, then] = [attempts[0].body, to("new@example.org")[0].body].map((body) => expires(link(body)));
  assert.ok(then - before > DAY / 1000, `${then - before} s more`);
});
