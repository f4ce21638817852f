// Declining and accepting by the proposal's link, which is the one that a person has on the proposal's page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, propose, start } from "../support/harness.mjs";
import { agree, answer, meeting, meetingLink, partyLink, recipients, mails, about } from "../support/agree.mjs";
import { arrived } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const act = (id, verb, options) => ask("POST", `/${id}/${verb}/`, options);
const partstats = ({ attendees }) => attendees.map(({ attendee, partstat }) => `${attendee} ${partstat}`);
const PARTIES = ["ob@localhost", "zo@localhost", { email: "bea@example.org", name: "Bea" }];

test("a party declines and comes after all by its own link or account, and the organiser is told", async () => {
  const p = await agree(service, { parties: PARTIES });
  for (const [verb, options, told] of [
    ["decline", { et: partyLink(p.id, 3) }, ["p1 accepted", "p2 accepted", "p3 declined"]],
    ["decline", { et: partyLink(p.id, 3) }, ["p1 accepted", "p2 accepted", "p3 declined"]],
    ["decline", { as: "zo" }, ["p1 accepted", "p2 declined", "p3 declined"]],
    ["accept", { et: partyLink(p.id, 3) }, ["p1 accepted", "p2 declined", "p3 accepted"]],
    ["decline", { as: "ob" }, ["p1 declined", "p2 declined", "p3 accepted"]],
  ]) {
    const done = await act(p.id, verb, options);
    assert.equal(done.status, 202, done.text);
    const now = await meeting(service, p.id);
    assert.deepEqual([partstats(done.json), done.json.url], [told, now.url]);
    assert.equal(done.headers.get("ETag"), `"${now.version}"`);
    assert.deepEqual(partstats(now), told);
  }
  await arrived(service, p.id, { kind: "accepted" });
  const sent = (await mails(service, p.id)).filter(({ subject }) => /(?:cannot|will) come: /.test(subject));
  assert.deepEqual(recipients(sent), ["ob@localhost", "ob@localhost", "ob@localhost"], "not of an act of its own, and once of each");
});

test("before a time is agreed, and after the meeting is cancelled, there is nothing to decline", async () => {
  const p = await propose(service, { parties: PARTIES });
  const open = await act(p.id, "decline", { et: partyLink(p.id, 3) });
  assert.deepEqual([open.status, open.json], [409, { detail: "No time is agreed." }]);
  await answer(service, p.id, "p3", []);
  assert.equal((await act(p.id, "accept", { et: partyLink(p.id, 3) })).status, 409, "nothing is left");
  const q = await agree(service, { parties: PARTIES });
  await ask("DELETE", `/meetings/${q.id}/`, { as: "ob" });
  const cancelled = await act(q.id, "decline", { et: partyLink(q.id, 3) });
  assert.deepEqual([cancelled.status, cancelled.json], [409, { detail: "This meeting is cancelled." }]);
});

test("the proposal says whose link it is: a void one declines nothing, a new one does at once", async () => {
  const p = await agree(service, { parties: PARTIES });
  for (const et of [meetingLink(p.id, 3), partyLink(p.id, 9), partyLink(p.id, 3, 1)]) {
    assert.equal((await act(p.id, "decline", { et })).status, 401);
  }
  assert.equal((await ask("POST", `/${p.id}/revoke/`, { as: "ob", json: { party: "p3" } })).status, 202);
  assert.equal((await act(p.id, "decline", { et: partyLink(p.id, 3) })).status, 401);
  // As long as the directory has not heard of the new generation, the proposal still vouches for its link.
  await service.db.prepare("update meeting_attendees set generation = 0 where meeting = ?").bind(p.id).run();
  const done = await act(p.id, "decline", { et: partyLink(p.id, 3, 1) });
  assert.deepEqual([done.status, partstats(done.json).at(-1)], [202, "p3 declined"]);
});

test("under names the answer shows no other address", async () => {
  const p = await agree(service, { parties: PARTIES, visibility: "names" });
  const { status, text } = await act(p.id, "accept", { et: partyLink(p.id, 3) });
  assert.equal(status, 202);
  assert.doesNotMatch(text, /localhost"/);
});
