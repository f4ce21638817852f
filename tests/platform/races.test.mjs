// Meetings in hard times: many acts at once, fixes and next rounds that race, and a directory that fails while a time is
// agreed.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, files, ledger, propose, start, until } from "../support/harness.mjs";
import { about, acts, agree, agreedMails, answer, mails, meeting, meetingLink, part, partyLink, read, recipients, span } from "../support/agree.mjs";
import { verify } from "../support/ledger.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const fix = (id, slot) => ask("POST", `/${id}/fix/`, { as: "ob", json: { slot } });
const show = async (id) => (await ask("GET", `/${id}/`, { as: "ob" })).json;
const move = (id, json) => ask("PATCH", `/meetings/${id}/`, { as: "ob", json });
const entries = async (id) => verify(await ledger(service, id));

test("of twenty moves and declines at once each is applied or refused, one after the other", async () => {
  const parties = Array.from({ length: 10 }, (_, n) => `guest${n + 1}@example.org`);
  const p = await agree(service, { parties });
  const invited = (await mails(service, p.id)).length;
  assert.equal(invited, 11);
  const moves = Array.from({ length: 10 }, (_, n) => () => move(p.id, { begin: `2030-05-${String(n + 10)}T10:00:00Z` }));
  const declines = parties.map((_, n) => () => ask("POST", `/meetings/${p.id}/decline/`, { et: meetingLink(p.id, n + 1) }));
  const answers = await Promise.all(moves.flatMap((one, n) => [one(), declines[n]()]));
  const applied = answers.filter(({ status }) => status === 202);
  console.log(`applied ${applied.length} of 20`);
  for (const { status, text, headers } of answers) {
    assert.ok(status === 202 || (status === 503 && headers.get("Retry-After")), `${status} ${text}`);
  }
  assert.ok(applied.length >= 5);
  // Each applied act made one version, the moves among them one sequence number each.
  const changes = applied.map(({ json }) => json).sort((a, b) => a.version - b.version);
  assert.deepEqual(changes.map(({ version }) => version), changes.map((_, n) => n + 2));
  const moved = answers.filter(({ status }, n) => status === 202 && n % 2 === 0).map(({ json }) => json).sort((a, b) => a.version - b.version);
  assert.ok(moved.length > 0);
  assert.deepEqual(moved.map(({ sequence }) => sequence), moved.map((_, n) => n + 1));
  const m = await meeting(service, p.id);
  // Each caller is told which attendee it is.
  assert.deepEqual({ ...m, you: null }, { ...changes.at(-1), you: null }, "the last one is how it stands");
  const all = (await mails(service, p.id)).slice(invited);
  const parts = about(all, "was moved");
  assert.equal(parts.length, 11 * moved.length, "a set of mails for each applied move");
  assert.equal(about(all, "cannot come").length, applied.length - moved.length, "one for each applied decline");
  assert.equal(all.length, parts.length + applied.length - moved.length);
  const told = read(...parts.map(part)).map(({ events: [event] }, n) => ({ to: parts[n].to[0], ...event }));
  for (const { sequence, begin, duration } of moved) {
    const set = told.filter((event) => event.sequence === sequence);
    assert.deepEqual(set.map(({ to }) => to).sort(), [...parties, "ob@localhost"].sort());
    for (const event of set) assert.deepEqual([event.uid, event.begin, event.end], [m.uid, span({ begin, duration }).begin, span({ begin, duration }).end]);
  }
  const { results } = await service.db.prepare("select distinct version from meetings where id = ?").bind(p.id).all();
  assert.deepEqual(results, [{ version: applied.length + 1 }]);
});

/// The last answer comes while D1 is out of order; `mend` puts it right.
async function agreedWhileDown(spoil, mend) {
  const p = await propose(service, { slots: SLOTS.slice(0, 1) });
  await answer(service, p.id, "p1", p.slots);
  await spoil();
  let served;
  try {
    const last = await answer(service, p.id, "p2", p.slots);
    assert.deepEqual([last.status, last.json.state], [202, "agreed"], last.text);
    assert.equal(last.json.meeting_url, `${ORIGIN}/meetings/${p.id}/`);
    assert.equal((await answer(service, p.id, "p1", [])).status, 409, "agreed is agreed");
    const calendar = await ask("GET", `/${p.id}/calendar.ics`, { et: partyLink(p.id, 1) });
    assert.equal(calendar.status, 200, calendar.text);
    [served] = read(calendar.text);
    assert.deepEqual([served.method, served.events[0].status, served.events[0].begin], ["PUBLISH", "CONFIRMED", span(SLOTS[0]).begin]);
    assert.equal(service.rows(p.id, "select count(*) as n from tasks where kind = 'make_meeting'")[0].n, 1, "the meeting is owed");
  } finally {
    await mend();
  }
  // Nobody touches the proposal any more: its alarm alone makes the meeting.
  const query = "select count(*) as n from meetings where id = ?";
  await until("the meeting", async () => (await service.db.prepare(query).bind(p.id).first()).n === 1, 60);
  const all = await mails(service, p.id);
  assert.deepEqual(recipients(all), ["bea@example.org", "cyd@example.org", "ob@localhost"]);
  const m = await meeting(service, p.id);
  assert.deepEqual([m.version, m.sequence, m.status], [1, 0, "confirmed"]);
  for (const { method, events } of read(...all.map(part))) {
    assert.deepEqual([method, events.map(({ uid }) => uid)], ["REQUEST", [served.events[0].uid]]);
  }
  const [late] = read((await ask("GET", `/${p.id}/calendar.ics`, { et: partyLink(p.id, 1) })).text);
  assert.deepEqual(late, served, "the meeting is what was served before it was there");
}

test("a directory that fails delays no agreement, and the meeting follows with one invitation each", () =>
  agreedWhileDown(
    () => service.db.prepare("alter table meetings rename to gone").run(),
    () => service.db.prepare("alter table gone rename to meetings").run(),
  ));

test("a directory that is locked delays no agreement, and the meeting follows with one invitation each", async () => {
  const path = files(service.tmp).find((name) => name.includes("D1DatabaseObject") && name.endsWith(".sqlite") && !name.endsWith("metadata.sqlite"));
  const lock = new DatabaseSync(path);
  await agreedWhileDown(
    () => lock.exec("begin immediate"),
    () => lock.exec("rollback"),
  );
  lock.close();
});

test("what is agreed and closed again while the directory fails ends cancelled, with both mails in their order", async () => {
  const p = await propose(service, { slots: SLOTS.slice(0, 1), parties: ["bea@example.org"] });
  await service.db.prepare("alter table meetings rename to gone").run();
  try {
    assert.equal((await answer(service, p.id, "p1", p.slots)).json.state, "agreed");
    assert.equal((await ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  } finally {
    await service.db.prepare("alter table gone rename to meetings").run();
  }
  const m = await until("the meeting to be cancelled", async () => {
    const { json } = await ask("GET", `/meetings/${p.id}/`, { as: "ob" });
    return json.status === "cancelled" && json;
  }, 60);
  assert.deepEqual([m.version, m.sequence], [2, 1]);
  const all = await mails(service, p.id);
  assert.deepEqual(all.map(({ to: [to] }) => to).sort(), ["bea@example.org", "bea@example.org", "ob@localhost", "ob@localhost"]);
  assert.deepEqual([agreedMails(all).length, about(all, "is cancelled").length], [2, 2]);
});

/// Everything that a finished race left says the same.
async function consistent(id, state, slot, other = "cyd@example.org") {
  const p = await show(id);
  assert.equal(p.state, state);
  const log = await entries(id);
  const decided = log.filter(({ act }) => act === "fix" || act === "agree" || act === "exhaust");
  assert.equal(decided.length, 1, "the log tells of one outcome");
  assert.deepEqual(log.at(-1).slots, p.slots);
  const count = "select count(*) as n from meetings where id = ?";
  if (state !== "agreed") {
    assert.equal((await service.db.prepare(count).bind(id).first()).n, 0);
    return decided[0].act;
  }
  assert.deepEqual(p.slots, [slot]);
  assert.deepEqual(span(await meeting(service, id)), span(slot));
  assert.equal((await service.db.prepare(count).bind(id).first()).n, 1);
  const invitations = agreedMails(await mails(service, id));
  assert.deepEqual(recipients(invitations), ["bea@example.org", other, "ob@localhost"].sort());
  return decided[0].act;
}

/// Two slots that everybody keeps.
async function undecided(other = "cyd@example.org") {
  const p = await propose(service, { slots: SLOTS.slice(0, 2), parties: ["bea@example.org", other] });
  for (const party of ["p1", "p2"]) assert.equal((await answer(service, p.id, party, p.slots)).json.state, "open");
  return p;
}

test("of two that fix different slots at once one does, and the other is told", async () => {
  for (let n = 0; n < 6; n++) {
    const p = await undecided();
    const slots = n % 2 ? p.slots : [...p.slots].reverse();
    const answers = await Promise.all(slots.map((slot) => fix(p.id, slot)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409]);
    const won = slots[answers.findIndex(({ status }) => status === 202)];
    assert.equal(await consistent(p.id, "agreed", won), "fix");
  }
});

test("of a fix and an answer at once the first decides, and the log tells which", async () => {
  const outcomes = {};
  // Until each of them has been first; which one is, is chance.
  for (let n = 0; n < 12 || (n < 90 && Object.keys(outcomes).length < 3); n++) {
    const p = await undecided("zo@localhost");
    const [one, two] = p.slots;
    // The other slot, the same slot, none.
    const slots = [[two], [one], []][n % 3];
    const answered = () => ask("PATCH", `/${p.id}/`, { as: "zo", json: { slots } });
    const [first, second] = n % 2 ? [answered(), fix(p.id, one)] : [fix(p.id, one), answered()];
    const [fixed, kept] = await Promise.all(n % 2 ? [second, first] : [first, second]);
    const byFix = fixed.status === 202;
    assert.deepEqual([fixed.status, kept.status], byFix ? [202, 409] : [409, 202]);
    const [state, slot] = byFix ? ["agreed", one] : slots.length ? ["agreed", slots[0]] : ["exhausted"];
    const act = await consistent(p.id, state, slot, "zo@localhost");
    assert.equal(act, byFix ? "fix" : slots.length ? "agree" : "exhaust");
    outcomes[act] = (outcomes[act] ?? 0) + 1;
  }
  console.log(`fix against answer: ${JSON.stringify(outcomes)}`);
  assert.deepEqual(Object.keys(outcomes).sort(), ["agree", "exhaust", "fix"], "each was first at least once");
});

test("a next round asked for twice at once, and again, is one, and both know of each other", async () => {
  const p = await propose(service, {
    title: "Plan",
    parties: [{ email: "bea@example.org", name: "Bea" }, { email: "cyd@example.org", optional: true }],
    location: "Room 5",
    description: "One\n\nTwo",
    timezone: "Asia/Kathmandu",
    min_duration: "00:30:00",
    visibility: "names",
  });
  const round = (json = { slots: SLOTS.slice(1) }, options = { as: "ob" }) => ask("POST", `/${p.id}/round/`, { json, ...options });
  await answer(service, p.id, "p1", []);
  assert.equal((await show(p.id)).state, "exhausted");
  for (const [options, status] of [[{}, 401], [{ as: "st" }, 403], [{ et: partyLink(p.id, 1) }, 403]]) {
    assert.equal((await round(undefined, options)).status, status);
  }
  for (const [body, field] of [[{}, "slots"], [{ slots: [] }, "slots"], [{ slots: [{ begin: SLOTS[0].begin, duration: 60 }] }, "slots"], [{ slots: SLOTS, deadline: "2020-01-01" }, "deadline"]]) {
    const { status, json, text } = await round(body);
    assert.equal(status, 400, text);
    assert.deepEqual(Object.keys(json), [field]);
  }
  const answers = await Promise.all([round(), round({ slots: SLOTS.slice(0, 1) }), round()]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 201]);
  const [next, ...others] = answers.sort((a, b) => b.status - a.status);
  for (const { json } of others) assert.deepEqual(json, next.json);
  const { id } = next.json;
  assert.equal(next.headers.get("Location"), `${ORIGIN}/${id}/`);
  const again = await round({ slots: SLOTS });
  assert.deepEqual([again.status, again.json], [200, next.json], "what a second one offers is of no matter");
  const [old, fresh] = [await show(p.id), await show(id)];
  assert.deepEqual([old.state, old.slots, old.successor, old.predecessor], ["exhausted", [], id, null], "the old offer does not grow");
  assert.deepEqual([fresh.state, fresh.predecessor, fresh.successor], ["open", p.id, null]);
  for (const field of ["title", "location", "description", "parties", "timezone", "min_duration", "visibility"]) assert.deepEqual(fresh[field], old[field], field);
  assert.deepEqual(fresh.answers.map(({ name, optional, kept }) => [name, optional, kept]), [["Bea", false, null], [null, true, null]]);
  assert.deepEqual(acts(await entries(p.id)).filter((act) => act === "round"), ["round"]);
  assert.deepEqual(acts(await entries(id)), ["create"]);
  const listed = (await ask("GET", "/", { as: "ob" })).json.filter((one) => one.predecessor === p.id);
  assert.deepEqual(listed.map((one) => one.id), [id], "there is one successor");
  assert.equal((await answer(service, p.id, "p1", SLOTS.slice(1))).status, 409);

  await answer(service, id, "p1", SLOTS.slice(1, 2));
  assert.equal((await show(id)).state, "agreed");
  assert.equal((await ask("POST", `/${id}/round/`, { as: "ob", json: { slots: SLOTS } })).status, 409, "of an agreed one there is none");
  await ask("DELETE", `/${p.id}/`, { as: "ob" });
  assert.equal((await round()).status, 410);
  assert.equal((await show(id)).state, "agreed", "the next round goes on");
});
