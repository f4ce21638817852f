// The next round in place of a proposal that is still open: a time that somebody cut by mistake comes back, other people may be
// asked, and the old offer never grows. What comes after an exhausted one is in platform/races.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, ledger, links, propose, start } from "../support/harness.mjs";
import { answer, partyLink } from "../support/agree.mjs";
import { verify } from "../support/ledger.mjs";
import { FENCE, HOUR, acts, mails, pass, sent, summary, wayOut, form } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const MINUTE = HOUR / 60;
const BEA = { email: "bea@example.org", name: "Bea" };
const CYD = { email: "cyd@example.org", optional: true };
const show = async (id) => (await service.ask("GET", `/${id}/`, { as: "ob" })).json;
const round = (id, json, as = "ob") => service.ask("POST", `/${id}/round/`, { as, json });

test("the creator opens the next round while answers are due, and a time that was cut comes back", async () => {
  const details = { location: "Room 5", description: "Plans", timezone: "Asia/Kathmandu", min_duration: "00:30:00", visibility: "names" };
  const p = await propose(service, { parties: [BEA, CYD, "dan@example.org"], ...details });
  assert.equal((await answer(service, p.id, "p1", SLOTS.slice(1))).json.slots.length, SLOTS.length - 1);
  const opened = await round(p.id, { slots: SLOTS });
  assert.equal(opened.status, 201, opened.text);
  const [old, next] = [await show(p.id), await show(opened.json.id)];
  assert.deepEqual([old.state, old.slots, old.successor], ["exhausted", [], next.id]);
  assert.deepEqual([next.state, next.slots, next.predecessor], ["open", p.slots, p.id]);
  for (const field of ["title", "parties", ...Object.keys(details)]) assert.deepEqual(next[field], p[field], field);
  assert.deepEqual(next.answers.map(({ name, optional, state }) => [name, optional, state]), [["Bea", false, "invited"], [null, true, "invited"], [null, false, "invited"]]);

  const late = await answer(service, p.id, "p3", SLOTS.slice(1, 2));
  assert.deepEqual([late.status, late.json], [409, { detail: "The next round has begun; answers are taken there." }]);
  assert.equal((await answer(service, next.id, "p3", SLOTS.slice(0, 1))).status, 202);
  const again = await round(p.id, { slots: SLOTS.slice(1), parties: ["eve@example.org"] });
  assert.deepEqual([again.status, again.json.id, again.json.parties], [200, next.id, p.parties]);

  const log = verify(await ledger(service, p.id)).filter(({ act }) => act !== "view");
  assert.deepEqual(log.map(({ act, by, slots }) => [act, by, slots.length]), [
    ["create", "creator", SLOTS.length],
    ["answer", "p1", SLOTS.length - 1],
    ["exhaust", "creator", 0],
    ["round", "creator", 0],
  ]);
  assert.deepEqual(await acts(service, p.id, "round"), [{ act: "round", successor: next.id, via: "basic" }]);
});

test("people are added and left out; whoever unsubscribed stays so", async () => {
  const p = await propose(service, { parties: [BEA, CYD, "dan@example.org"] });
  await links(service, p);
  const [mail] = await mails(service, p.id, { to: "cyd@example.org" });
  assert.equal((await service.ask("POST", wayOut(mail), form({ scope: "proposal" }))).status, 200);
  for (const [parties, fault] of [
    [[], /may not be empty/],
    [["nobody"], /valid email/],
    [[CYD], /At least one party must be required/],
  ]) {
    const { status, json, text } = await round(p.id, { slots: SLOTS, parties });
    assert.equal(status, 400, text);
    assert.deepEqual(Object.keys(json), ["parties"]);
    assert.match(text, fault);
  }
  assert.equal((await show(p.id)).state, "open", "what is refused ends nothing");
  const { status, json: next } = await round(p.id, { slots: SLOTS, parties: [{ email: "eve@example.org", name: "Eve" }, "CYD@example.org", BEA] });
  assert.equal(status, 201);
  assert.deepEqual(
    next.answers.map(({ party, email, name, optional, state }) => [party, email, name, optional, state]),
    [
      ["p1", "eve@example.org", "Eve", false, "invited"],
      ["p2", "CYD@example.org", null, false, "opted_out"],
      ["p3", "bea@example.org", "Bea", false, "invited"],
    ],
  );
  assert.deepEqual((await show(p.id)).parties.length, 3, "the old one keeps its own");
  // Dan is not asked any more; the next round's p3 is somebody else.
  assert.equal((await service.ask("GET", `/${next.id}/`, { et: partyLink(p.id, 3) })).status, 401);
});

test("nobody is mailed that nothing is left, and answers that the creator was not told of still are due", async () => {
  const p = await propose(service, { parties: [BEA, "dan@example.org", { email: FENCE, optional: true }] });
  const et = await links(service, p);
  const before = summary(await mails(service, p.id, { to: "ob@localhost" }));
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: et[BEA.email], json: { slots: SLOTS.slice(1), note: "rather late" } })).status, 202);
  assert.equal((await round(p.id, { slots: SLOTS })).status, 201);
  await sent(service, p.id);
  assert.deepEqual(summary(await mails(service, p.id, { to: "ob@localhost" })), before);
  await pass(service, p.id, 11 * MINUTE);
  const told = await mails(service, p.id, { to: "ob@localhost" });
  assert.deepEqual(summary(told), [...before, "digest ob@localhost"].sort());
  assert.match(told.at(-1).text, /rather late/);
  await pass(service, p.id, 60 * MINUTE);
  assert.equal((await mails(service, p.id, { to: "ob@localhost" })).length, told.length, "told once");
});

test("after the deadline, and where everybody has answered, the next round may be opened as well; of an agreed one there is none", async () => {
  const p = await propose(service, { parties: ["ob@localhost", BEA] });
  assert.equal((await answer(service, p.id, "p2", SLOTS.slice(0, 2))).json.state, "open");
  assert.equal((await round(p.id, { slots: SLOTS })).status, 201);
  const q = await propose(service, { parties: [BEA], deadline: new Date(Date.now() + HOUR).toISOString() });
  const dev = `offset=${2 * HOUR}`;
  const late = await service.ask("POST", `/${q.id}/round/`, { as: "ob", dev, json: { slots: SLOTS } });
  assert.equal(late.status, 201, late.text);
  assert.equal(late.json.deadline, null);
  const r = await propose(service, { parties: [BEA], slots: SLOTS.slice(0, 1) });
  assert.equal((await answer(service, r.id, "p1", r.slots)).json.state, "agreed");
  const refused = await round(r.id, { slots: SLOTS });
  assert.deepEqual([refused.status, refused.json], [409, { detail: "The time is agreed, so there is no next round." }]);
});
