// The ledger of staff has each act of theirs on a proposal, a calendar and a meeting, once: also where the directory fails, and where two
// acts want the same place in the chain. tests/platform/kill_staff.test.mjs has what becomes of kills.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { SLOTS, ROOT, between, propose, start, until } from "../support/harness.mjs";
import { agree, partyLink } from "../support/agree.mjs";
import { addContacts, at, createCalendar, date, slot } from "../support/calendars.mjs";
import { booked } from "../support/events.mjs";
import { domain, python } from "../support/verifiers.mjs";
import { verify } from "../../web/script/ledger.ts";

let service;
before(async () => {
  execFileSync("cargo", ["build", "--quiet", "--workspace", "--example", "verify"], { cwd: ROOT });
  service = await start();
});
after(() => service?.close());

const staff = { as: "ob" };
const exported = async () => (await service.ask("GET", "/admin/ledger/?format=jsonl", staff)).text;
/// The entries of the ledger with who acted, of this subject where one is given.
async function entries(subject) {
  const lines = (await exported()).trimEnd().split("\n").map((line) => JSON.parse(line));
  const who = (seq) => lines.find(({ opening }) => opening?.seq === seq && opening.field === "staff")?.opening.value.email;
  const all = lines.flatMap(({ entry }) => (entry ? [{ ...entry, who: who(entry.seq) }] : []));
  return all.filter((entry) => subject === undefined || entry.subject === subject);
}
const told = (found) => found.map(({ act, at, via, who }) => `${act} ${at} ${via} ${who}`).sort();
/// What staff have done to an object, by its own log.
async function inOwnLog(log) {
  const { status, text } = await service.ask("GET", `${log}?format=jsonl`, staff);
  assert.equal(status, 200, text);
  const own = text.trimEnd().split("\n").flatMap((line) => JSON.parse(line).entry ?? []);
  return own.filter((entry) => entry.by === "staff");
}
const changes = (own) => own.filter((entry) => entry.kind !== "VIEW").map((entry) => ({ ...entry, who: "ob@localhost" }));
/// Asks as staff for what must be done.
async function must(method, path, json, status = 202) {
  const answer = await service.ask(method, path, { ...staff, json });
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
  return answer;
}
/// Holds that all verifiers take the ledger for whole.
async function holds() {
  const text = await exported();
  const { fault } = await verify(Buffer.from(text), "staff");
  assert.equal(fault, undefined);
  assert.deepEqual([await domain([[text, [[0, 0, []]]]]), await python([[text, [[0, 0, []]]]])], [["ok"], ["ok"]]);
}
const zo = { as: "zo" };
const parties = ["bea@example.org", "cyd@example.org", "dan@example.org"];

test("each act of staff on a proposal is in the ledger once, as in the log of the proposal", async () => {
  const p = await propose(service, { parties }, zo);
  await must("GET", `/${p.id}/`, undefined, 200);
  await must("PATCH", `/${p.id}/`, { title: "another", location: "Room 5", deadline: "2030-01-05T08:00:00Z" });
  await must("POST", `/${p.id}/notify/`, { parties: ["p1", "p2"], slots: p.slots });
  await must("POST", `/${p.id}/parties/p3/link/`, undefined, 201);
  await must("PATCH", `/${p.id}/parties/p3/`, { optional: true });
  await must("PUT", `/${p.id}/parties/p3/`, { email: "eve@example.org" });
  await must("POST", `/${p.id}/revoke/`, { party: "p2" });
  await must("DELETE", `/${p.id}/parties/p3/`, undefined, 204);
  await must("PATCH", `/${p.id}/`, { slots: SLOTS.slice(1), note: "not then" });
  for (const party of [1, 2]) assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, party, party - 1), json: { slots: SLOTS.slice(1) } })).status, 202);
  await must("POST", `/${p.id}/fix/`, { slot: SLOTS[1] });
  await must("DELETE", `/${p.id}/`, undefined, 204);
  const own = await inOwnLog(`/${p.id}/log/`);
  const acts = new Set(changes(own).map(({ act }) => act));
  for (const act of ["title", "location", "deadline", "notify", "link", "optional", "replace", "revoke", "withdraw", "cut", "fix", "close"]) assert.ok(acts.has(act), act);
  const found = await entries(`proposal/${p.id}`);
  assert.deepEqual(told(found), told(changes(own)));
  assert.ok(found.every(({ kind, by, about }) => kind === "UPDATE" && by === "staff" && about === undefined));

  const q = await propose(service, { parties }, zo);
  await must("POST", `/${q.id}/round/`, { slots: [{ begin: "2030-02-07T09:00:00Z", duration: "01:00:00" }] }, 201);
  assert.deepEqual(told(await entries(`proposal/${q.id}`)), told(changes(await inOwnLog(`/${q.id}/log/`))));
  await holds();
});

test("a look of staff is in the log of the proposal, by page and by API, and not in the ledger", async () => {
  const p = await propose(service, {}, zo);
  await must("GET", `/${p.id}/`, undefined, 200);
  await must("PATCH", `/${p.id}/`, { title: "another" });
  const page = await service.ask("GET", `/${p.id}/`, { ...staff, headers: { Accept: "text/html" } });
  assert.equal(page.status, 200);
  assert.deepEqual((await inOwnLog(`/${p.id}/log/`)).map(({ kind, act }) => `${kind} ${act}`), ["VIEW view", "UPDATE title", "VIEW view"]);
  assert.deepEqual((await entries(`proposal/${p.id}`)).map(({ act }) => act), ["title"]);
});

test("what staff do as creator, party, organiser or attendee is their own, and what is refused or changes nothing is no act", async () => {
  const own = await propose(service, {});
  await must("PATCH", `/${own.id}/`, { title: "another" });
  const party = await propose(service, { parties: ["ob@localhost", "bea@example.org"] }, zo);
  await must("PATCH", `/${party.id}/`, { slots: SLOTS.slice(1) });
  const other = await propose(service, {}, zo);
  await must("PATCH", `/${other.id}/`, { title: "" }, 400);
  await must("PATCH", `/${other.id}/`, { title: "cybes" });
  for (const { id } of [own, party, other]) assert.deepEqual(await entries(`proposal/${id}`), []);
  const day = [7, 8, 9].map(date).find((day) => ![0, 6].includes(new Date(day).getUTCDay()));
  const event = await booked(service, "zo", `${day} 14:00:00`, ["ob"]);
  await must("PATCH", `/meetings/${event.id}/`, { title: "mine as well" });
  assert.deepEqual(await entries(`meeting/${event.id}`), []);
});

test("a calendar that staff close is in the ledger", async () => {
  const contacts = await addContacts(service, 2);
  const made = await createCalendar(service, contacts.map(({ id }) => id), [slot(date(7), 540, 720)]);
  const id = made.id ?? made.calendar_id;
  await must("DELETE", at(id), undefined, 204);
  const own = await inOwnLog(at(id, "log/"));
  assert.deepEqual(changes(own).map(({ act }) => act), ["close"]);
  assert.deepEqual(told(await entries(`calendar/${id}`)), told(changes(own)));
});

test("a meeting that staff move, change and cancel is in the ledger, in the batch that does it", async () => {
  const { id } = await agree(service, {}, zo);
  await must("PATCH", `/meetings/${id}/`, { begin: "2030-01-10T09:00:00Z" });
  await must("PATCH", `/meetings/${id}/`, { title: "renamed" });
  await must("PATCH", `/meetings/${id}/`, { title: "renamed" });
  await must("PATCH", `/meetings/${id}/`, { duration: "nonsense" }, 400);
  await must("DELETE", `/meetings/${id}/`, undefined, 204);
  await must("PATCH", `/meetings/${id}/`, { title: "too late" }, 410).catch(() => undefined);
  const found = await entries(`meeting/${id}`);
  assert.deepEqual(found.map(({ act, via, who }) => `${act} ${via} ${who}`), ["move basic ob@localhost", "update basic ob@localhost", "cancel basic ob@localhost"]);
  // What the proposal's creator does is no act of staff.
  const other = await agree(service, {}, zo);
  assert.equal((await service.ask("DELETE", `/meetings/${other.id}/`, zo)).status, 204);
  assert.deepEqual(await entries(`meeting/${other.id}`), []);
});

test("of two acts that want the same place in the chain one comes after the other", async () => {
  const one = await agree(service, {}, zo);
  const two = await propose(service, {}, zo);
  const three = await agree(service, {}, zo);
  await between(service, "insert into staff_ledger", () => must("PATCH", `/meetings/${one.id}/`, { title: "first" }), async () => {
    await must("DELETE", `/${two.id}/`, undefined, 204);
    await must("PATCH", `/meetings/${three.id}/`, { title: "between" });
  });
  // Acts on objects and on meetings at once.
  await Promise.all([
    must("PATCH", `/${one.id}/`, { title: "third" }),
    must("PATCH", `/${three.id}/`, { title: "fourth" }),
    must("PATCH", `/meetings/${three.id}/`, { location: "Room 5" }),
  ]);
  assert.deepEqual((await entries(`meeting/${one.id}`)).map(({ act }) => act), ["update"]);
  for (const { id } of [one, three]) await until("the task of the proposal", async () => (await entries(`proposal/${id}`)).length === 1);
  assert.deepEqual((await entries(`proposal/${two.id}`)).map(({ act }) => act), ["close"]);
  assert.deepEqual((await entries(`meeting/${three.id}`)).map(({ act }) => act), ["update", "update"]);
  await holds();
});

test("where the directory fails the act is done, and is in the ledger as soon as the directory answers", async () => {
  const p = await propose(service, {}, zo);
  await service.db.prepare("alter table staff_ledger rename to away").run();
  try {
    await must("PATCH", `/${p.id}/`, { title: "another" });
    const waits = service.rows(p.id, "select kind, attempts from tasks where kind = 'staff_ledger'");
    assert.deepEqual(waits, [{ kind: "staff_ledger", attempts: 1 }]);
  } finally {
    await service.db.prepare("alter table away rename to staff_ledger").run();
  }
  await until("the entry", async () => {
    await service.ask("GET", `/${p.id}/`, { ...zo, dev: "offset=120000" });
    return (await entries(`proposal/${p.id}`)).length > 0;
  });
  await until("no task", () => service.rows(p.id, "select count(*) as n from tasks")[0].n === 0);
  assert.deepEqual((await entries(`proposal/${p.id}`)).map(({ act }) => act), ["title"]);
  await holds();
});

test("nobody can change or delete what is in the ledger", async () => {
  assert.ok((await entries()).length > 10);
  for (const sql of ["delete from staff_ledger where seq = 1", "update staff_ledger set source = 'x' where seq = 1", "insert into staff_ledger values (1000, '{}', '[]', '', null)"]) {
    await assert.rejects(service.db.prepare(sql).run(), /staff_ledger/);
  }
});
