// What an account has under way: what needs it, what waits for others, what is agreed; each complete, each alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, propose, start, until } from "../support/harness.mjs";
import { agree, answer } from "../support/agree.mjs";
import { basic, person, stranger } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const HOUR = 3_600_000;
/// Somebody with nothing under way, and what comes of it.
async function somebody(make = person) {
  const who = await make(service);
  const read = async (query = "") => {
    const { status, json, text } = await ask("GET", `/api/home/${query}`, basic(who));
    assert.equal(status, 200, text);
    return json;
  };
  const own = (proposal = {}) => propose(service, { parties: ["bea@example.org", "cyd@example.org"], ...proposal }, basic(who));
  return { ...who, as: basic(who), read, own };
}
/// The flags of the rows, by what their titles say of them.
const rows = ({ items }) => items.map(({ todo, mine, answered, required_left, proposal }) => [proposal.title, todo, mine, answered, required_left]);
const titles = ({ items }) => items.map((item) => item.title ?? item.proposal.title);
const counts = ({ needs_you, waiting, agreed }) => [needs_you, waiting, agreed].map(({ total }) => total);
const asks = (who, proposal) => propose(service, { ...proposal, parties: [who.email, ...(proposal.parties ?? [])] }, { as: "ob" });

test("with nothing under way everything is empty, and only accounts have a home", async () => {
  const who = await somebody();
  const empty = { total: 0, next: null, items: [] };
  assert.deepEqual(await who.read(), { needs_you: empty, waiting: empty, agreed: empty });
  const p = await who.own();
  assert.equal((await ask("GET", "/api/home/")).status, 401);
  assert.equal((await ask("GET", `/api/home/?et=${p.id}`)).status, 401);
});

test("a proposal needs who has not answered, and then waits for the others", async () => {
  const who = await somebody();
  const p = await asks(who, { title: "asked", parties: ["bea@example.org", { email: "cyd@example.org", optional: true }] });
  await propose(service, { title: "optional", parties: ["bea@example.org", { email: who.email, optional: true }] });
  await propose(service, { title: "of others" });
  const home = await who.read();
  assert.deepEqual(rows(home.needs_you), [["optional", "answer", false, false, 1], ["asked", "answer", false, false, 2]]);
  assert.deepEqual([counts(home), home.waiting.items], [[2, 0, 0], []]);
  assert.deepEqual(home.needs_you.items[1].proposal, (await ask("GET", `/${p.id}/`, { as: "ob" })).json, "as the list shows it");

  await answer(service, p.id, "p1", SLOTS.slice(1));
  const then = await who.read();
  assert.deepEqual([titles(then.needs_you), rows(then.waiting)], [["optional"], [["asked", null, false, true, 1]]]);
  await answer(service, p.id, "p2", []);
  assert.deepEqual(counts(await who.read()), [1, 0, 0], "what is exhausted is its creator's");
});

test("one's own proposal waits for others, then for its creator", async () => {
  const who = await somebody();
  const p = await who.own({ title: "kept", parties: ["bea@example.org", { email: "cyd@example.org", optional: true }] });
  const q = await who.own({ title: "cut" });
  await who.own({ title: "with me", parties: [who.email, "bea@example.org"] });
  assert.deepEqual(rows((await who.read()).waiting), [["with me", null, true, true, 1], ["cut", null, true, null, 2], ["kept", null, true, null, 1]]);
  await answer(service, p.id, "p1", SLOTS.slice(1));
  await answer(service, q.id, "p1", []);
  const home = await who.read();
  assert.deepEqual(rows(home.needs_you), [["cut", "round", true, null, 0], ["kept", "fix", true, null, 0]]);
  assert.deepEqual([counts(home), titles(home.waiting)], [[2, 1, 0], ["with me"]]);

  assert.equal((await ask("POST", `/${q.id}/round/`, { ...who.as, json: { slots: SLOTS, title: "again" } })).status, 201);
  await ask("DELETE", `/${p.id}/`, who.as);
  const then = await who.read();
  assert.deepEqual([counts(then), titles(then.waiting)], [[0, 2, 0], ["again", "with me"]]);
});

test("after the deadline it is the creator's turn", async () => {
  const [who, guest] = [await somebody(), await somebody()];
  const deadline = new Date(Date.now() + 3_000).toISOString();
  await who.own({ title: "late", parties: [guest.email], deadline });
  assert.deepEqual([counts(await who.read()), counts(await guest.read())], [[0, 1, 0], [1, 0, 0]]);
  await until("the deadline to pass", async () => (await who.read()).needs_you.total);
  assert.deepEqual(rows((await who.read()).needs_you), [["late", "fix", true, null, 1]]);
  const home = await guest.read();
  assert.deepEqual([counts(home), rows(home.waiting)], [[0, 1, 0], [["late", null, false, false, 1]]]);
  assert.equal(home.waiting.items[0].proposal.deadline, deadline.replace(/\.(\d{3})Z$/, (_, ms) => (ms === "000" ? "Z" : `.${ms}000Z`)));
});

test("whoever is withdrawn, replaced or not verified is not asked", async () => {
  const [gone, replaced, unproven] = [await somebody(), await somebody(), await somebody(stranger)];
  const p = await propose(service, { parties: ["bea@example.org", gone.email, replaced.email, unproven.email] });
  assert.deepEqual(await Promise.all([gone, replaced, unproven].map(async (who) => counts(await who.read()))), [[1, 0, 0], [1, 0, 0], [0, 0, 0]]);
  assert.equal((await ask("DELETE", `/${p.id}/parties/p2/`, { as: "ob" })).status, 204);
  assert.equal((await ask("PUT", `/${p.id}/parties/p3/`, { as: "ob", json: { email: "new@example.org" } })).status, 202);
  assert.deepEqual(await Promise.all([gone, replaced].map(async (who) => counts(await who.read()))), [[0, 0, 0], [0, 0, 0]]);
  await unproven.own({ title: "mine" });
  assert.deepEqual(titles((await unproven.read()).waiting), ["mine"]);
});

test("under names a party is shown no other address; the creator and staff are", async () => {
  const [who, guest] = [await somebody(), await somebody()];
  const { id } = await who.own({ parties: [guest.email, "bea@example.org"], visibility: "names" });
  const of = (home) => [...home.needs_you.items, ...home.waiting.items].find(({ proposal }) => proposal.id === id).proposal;
  assert.deepEqual(of(await guest.read()).parties, ["p1", "p2"]);
  assert.deepEqual(of(await who.read()).parties, [guest.email, "bea@example.org"]);
});

test("what is agreed is there until it has ended, with whether one comes", async () => {
  const [who, guest] = [await somebody(), await somebody()];
  const at = (hours) => [{ begin: new Date(Date.now() + hours * HOUR).toISOString().replace(/\.\d+Z/, ".000Z"), duration: "01:00:00" }];
  const parties = [guest.email, "bea@example.org"];
  const made = (title, hours, more = {}) => agree(service, { title, slots: at(hours), parties, ...more }, who.as);
  const later = await made("later", 48, { location: "Room 5", timezone: "Asia/Kathmandu" });
  const now = await made("now", -0.5, { parties: [...parties, who.email] });
  await made("past", -2);
  const off = await made("off", 24);
  assert.equal((await ask("DELETE", `/meetings/${off.id}/`, who.as)).status, 204);
  assert.equal((await ask("POST", `/${now.id}/decline/`, guest.as)).status, 202);
  const [own, others] = [await who.read(), await guest.read()];
  assert.deepEqual([counts(own), counts(others)], [[0, 0, 2], [0, 0, 2]]);
  const of = ({ agreed }) => agreed.items.map(({ title, mine, partstat }) => [title, mine, partstat]);
  assert.deepEqual(of(own), [["now", true, "accepted"], ["later", true, null]]);
  assert.deepEqual(of(others), [["now", false, "declined"], ["later", false, "accepted"]]);
  const { begin, duration } = later.slots[0];
  assert.deepEqual(own.agreed.items[1], {
    id: later.id, url: `${ORIGIN}/meetings/${later.id}/`, title: "later", location: "Room 5", begin, duration,
    timezone: "Asia/Kathmandu", mine: true, partstat: null,
  });
});

test("a part has twenty rows a page, and the whole is counted", async () => {
  const who = await somebody();
  for (let n = 0; n < 23; n++) await who.own({ title: `waiting ${n}` });
  await asks(who, { title: "needs" });
  const first = await who.read();
  assert.deepEqual([counts(first), first.waiting.items.length, first.needs_you.next], [[1, 23, 0], 20, null]);
  const next = new URL(first.waiting.next);
  assert.equal(`${next.origin}${next.pathname}`, `${ORIGIN}/api/home/`);
  const second = await who.read(next.search);
  assert.deepEqual([counts(second), titles(second.needs_you), second.waiting.next], [[1, 23, 0], ["needs"], null]);
  const all = [...titles(first.waiting), ...titles(second.waiting)];
  assert.deepEqual(all, Array.from({ length: 23 }, (_, n) => `waiting ${22 - n}`));
  for (const part of ["needs_you_before", "waiting_before", "agreed_after"]) {
    const { status, json } = await ask("GET", `/api/home/?${part}=soon`, who.as);
    assert.deepEqual([status, json], [400, { [part]: ["Not a place in this list."] }]);
  }
});
