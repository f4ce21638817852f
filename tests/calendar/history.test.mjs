// Random histories of calendars by HTTP, beside a model in plain code: the same answers, the same suggestions, the same meetings.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LONG, start, until } from "../support/harness.mjs";
import { best, scoreOf, ways } from "../support/brute.mjs";
import { addContacts, asChosen, at, calendarLink, clock, confirm, createCalendar, date, finalize, named, respond, slot } from "../support/calendars.mjs";

let service;
let people;
before(async () => {
  service = await start();
  people = await addContacts(service, 6);
});
after(() => service.close());

/// Numbers that are the same in every run (mulberry32).
function random(seed) {
  let a = seed * 7919;
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (from, to) => from + Math.floor(next() * (to - from + 1));
  return { int, pick: (list) => list[int(0, list.length - 1)], chance: (share) => next() < share };
}

const INVALID = { error: "Invalid token" };
const FINALIZED = { error: "Calendar is already finalized" };
const SUBMITTED = { success_message: "Availability submitted successfully." };

/// A calendar as its rules have it, and nothing else: who is asked, who has answered what, and when the owner can.
class Model {
  constructor({ contacts, slots, length, step }) {
    this.invitees = contacts.map((contact, n) => ({ number: n + 1, contact }));
    this.slots = slots.map((own, n) => ({ id: n + 1, ...own }));
    this.slotIds = slots.length;
    Object.assign(this, { length, step, meetings: null });
  }
  get active() {
    return this.invitees.filter((invitee) => !invitee.removed);
  }
  of(contact) {
    return this.active.find((invitee) => invitee.contact === contact);
  }
  answer(number, replace, times) {
    const invitee = this.invitees.find((one) => one.number === number);
    if (!invitee || invitee.removed) return [401, INVALID];
    if (this.meetings) return [400, FINALIZED];
    if (invitee.answer && !replace) return [400, { error: "Already responded" }];
    invitee.answer = times;
    return [200, SUBMITTED];
  }
  edit({ add_invitees = [], remove_invitees = [], add_availabilities = [], remove_availabilities = [] }) {
    if (this.meetings) return [409];
    if (add_invitees.some((contact) => this.of(contact))) return [400, { add_invitees: ["This contact is already invited."] }];
    for (const contact of remove_invitees) {
      const invitee = this.of(contact);
      if (invitee) invitee.removed = true;
    }
    for (const contact of add_invitees) this.invitees.push({ number: this.invitees.length + 1, contact });
    this.slots = this.slots.filter(({ id }) => !remove_availabilities.includes(id));
    for (const own of add_availabilities) this.slots.push({ id: ++this.slotIds, ...own });
    return [200];
  }
  /// The problem, once all have answered.
  problem() {
    if (this.active.some((invitee) => !invitee.answer)) return undefined;
    const span = ({ day, from, to, level }) => ({ begin: instant(day, from), end: instant(day, to), preference: level });
    return ways({
      length: this.length,
      step: this.step,
      owner: this.slots.map(span),
      busy: [],
      invitees: this.active.map(({ contact, answer }) => ({ id: contact, available: answer.map(span) })),
    });
  }
  /// What finalising says of a schedule of `{ contact, day, from, to }`.
  finalize(schedule) {
    if (this.meetings) return [404, FINALIZED];
    if (schedule.some(({ contact }) => !this.of(contact))) return [400, { error: "Contact not invited to calendar" }];
    if (new Set(schedule.map(({ contact }) => contact)).size < schedule.length) return [400, { error: "Contact is scheduled twice" }];
    const span = ({ day, from, to }) => [instant(day, from), instant(day, to)];
    const clash = (a, b) => a !== b && span(a)[0] < span(b)[1] && span(b)[0] < span(a)[1];
    if (schedule.some((a) => schedule.some((b) => clash(a, b)))) return [400, { error: "Meeting times overlap" }];
    const covered = ({ contact, day, from, to }) => {
      const { answer } = this.of(contact);
      if (!answer) return true;
      for (let m = from; m < to; m++) if (!answer.some((one) => one.day === day && one.from <= m && m < one.to)) return false;
      return true;
    };
    const wrong = schedule.find((one) => !covered(one));
    if (wrong) return [400, { error: `Invalid meeting time for contact: ${wrong.contact}` }];
    this.meetings = schedule;
    return [200];
  }
}

const instant = (day, minute) => Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
const order = (list, key) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/// Tells one history; gives how often what happened.
async function history(seed) {
  const { int, pick, chance } = random(seed);
  // Each history has days of its own: the calendars are one owner's, and what one takes the others may not have.
  const days = [date(30 + 2 * seed), date(31 + 2 * seed)];
  const time = () => {
    const from = 540 + 15 * int(0, 10);
    return { day: pick(days), from, to: from + 15 * int(2, 10), level: int(1, 3) };
  };
  const times = (most) => Array.from({ length: int(0, most) }, time);
  const [length, step] = pick([[60, 15], [45, 30], [30, 20], [90, 60]]);
  const contacts = people.slice(0, int(1, 3)).map(({ id }) => id);
  const slots = [time(), ...times(2)];
  const written = ({ day, from, to, level }) => slot(day, from, to, level);
  const model = new Model({ contacts, slots, length, step });
  const more = { meeting_minutes: length, step_minutes: step, deadline: `${date(25)}T00:00:00Z`, timezone: "UTC" };
  const { id } = await createCalendar(service, contacts, slots.map(written), more);
  const counts = {};
  const same = async (what, [status, body], answer) => {
    counts[`${what} ${status}`] = (counts[`${what} ${status}`] ?? 0) + 1;
    assert.equal(answer.status, status, `seed ${seed}, ${what}: ${answer.text}`);
    if (body) assert.deepEqual(answer.json, body, `seed ${seed}, ${what}`);
  };

  const acts = {
    async answer() {
      const number = int(1, model.invitees.length + 1);
      const given = times(3);
      const method = chance(0.5) ? "PUT" : "POST";
      const expected = model.answer(number, method === "PUT", given);
      await same(method, expected, await respond(service, id, calendarLink(id, number), given.map(({ day, from, to, level }) => named(day, from, to, level)), { method }));
    },
    async edit() {
      const json = {};
      if (chance(0.3)) json.add_invitees = [pick(people).id];
      else if (chance(0.4)) json.remove_invitees = [pick(people).id];
      const added = chance(0.5) ? [time()] : [];
      if (chance(0.3)) json.remove_availabilities = [int(1, model.slotIds)];
      if (added.length) json.add_availabilities = added;
      if (!Object.keys(json).length) json.remove_availabilities = [];
      const expected = model.edit(json);
      const sent = { ...json, ...(added.length && { add_availabilities: added.map(written) }) };
      await same("edit", expected, await service.ask("PUT", at(id, "details/"), { as: "zo", json: sent }));
    },
    async choose() {
      const some = order(model.active, () => int(0, 9)).slice(0, int(1, 3));
      const schedule = some.map(({ contact, answer }) => {
        const { day, from, to } = answer?.length && chance(0.8) ? pick(answer) : time();
        return { contact: chance(0.1) ? pick(people).id : contact, day, from, to: Math.min(to, from + length) };
      });
      if (!schedule.length) return;
      const expected = model.finalize(schedule);
      const sent = schedule.map(({ contact, day, from, to }) => {
        const { start_time, end_time } = named(day, from, to);
        return { contact_id: contact, start_time, end_time };
      });
      await same("finalise", expected, await finalize(service, id, sent));
    },
  };

  for (let n = 0; n < int(8, 14); n++) {
    await acts[pick(["answer", "answer", "answer", "edit", n > 5 ? "choose" : "answer"])]();
    await look();
  }
  // Whoever is left answers, and the best schedule is chosen as it was suggested.
  for (const { number, answer } of model.active) {
    if (answer || model.meetings) continue;
    const given = [...slots.slice(0, 1), ...times(2)];
    await same("POST", model.answer(number, false, given), await respond(service, id, calendarLink(id, number), given.map(({ day, from, to, level }) => named(day, from, to, level))));
  }
  const suggested = await look();
  if (!model.meetings && suggested?.length) {
    const minutes = (naive) => Number(naive.slice(11, 13)) * 60 + Number(naive.slice(14, 16));
    const schedule = suggested[0].map((one) => ({ contact: one.id, day: one.start_time.slice(0, 10), from: minutes(one.start_time), to: minutes(one.end_time) }));
    await same("finalise", model.finalize(schedule), await finalize(service, id, asChosen(suggested[0])));
    await look();
  }
  return counts;

  /// What the owner sees is what the model has; gives the suggested schedules.
  async function look() {
    const { status, json } = await service.ask("GET", at(id, "details/"), { as: "zo" });
    assert.equal(status, 200);
    const shown = (one) => ({ date: one.day, start_time: clock(one.from), end_time: clock(one.to), preference_level: one.level });
    assert.deepEqual(json.Calendar.invitees, model.active.map((invitee) => invitee.contact), `seed ${seed}`);
    assert.equal(json.Calendar.finalized, model.meetings !== null);
    assert.deepEqual(order(json.Owner_availability.slots, (one) => one.id), model.slots.map((one) => ({ id: one.id, ...shown(one) })));
    assert.deepEqual(
      json.Invitee_availability.map((one) => [one.contact.id, one.status, one.slots]),
      model.active.map(({ contact, answer }) => [contact, answer !== undefined, (answer ?? []).map(shown)]),
    );
    if (model.meetings) return meetings();
    const { suggested_schedules, unanswered, analysis } = await confirm(service, id);
    assert.deepEqual(unanswered.map((one) => one.id), model.active.filter((one) => !one.answer).map((one) => one.contact));
    const problem = model.problem();
    if (!problem) {
      assert.deepEqual([suggested_schedules, analysis], [[], null]);
      return suggested_schedules;
    }
    const expected = best(problem, 3);
    const found = suggested_schedules.map((schedule) => scoreOf(problem, schedule.map((one) => ({ id: one.id, begin: Date.parse(`${one.start_time}Z`), end: Date.parse(`${one.end_time}Z`) }))));
    assert.deepEqual(found, expected, `seed ${seed}`);
    counts.suggested = (counts.suggested ?? 0) + 1;
    return suggested_schedules;
  }

  /// The meetings are those that were chosen, each once, and so are the times that the owner has taken.
  async function meetings() {
    const written = ({ contact, day, from, to }) => ({ contact, start_time: `${day}T${clock(from)}`, end_time: `${day}T${clock(to)}` });
    const expected = order(model.meetings.map(written), (one) => one.start_time);
    const found = await until(`the meetings of seed ${seed}`, async () => {
      const { status, json } = await service.ask("GET", at(id, "meetings/"), { as: "zo" });
      return status === 200 && json.length === expected.length && json;
    });
    const times = ({ id: contact, start_time, end_time }) => ({ contact, start_time, end_time });
    assert.deepEqual(order(found.map(times), (one) => one.start_time), expected);
    const { results } = await service.db
      .prepare("select b.starts_at as begin, b.ends_at as end, b.hard from busy b join meetings m on m.id = b.source where b.kind = 'meeting' and m.source = 'calendar' and m.source_id = ? and b.account = m.organiser order by b.starts_at")
      .bind(id)
      .all();
    assert.deepEqual(results, order(model.meetings, (one) => instant(one.day, one.from)).map(({ day, from, to }) => ({ begin: instant(day, from), end: instant(day, to), hard: 1 })));
    return undefined;
  }
}

test("random histories are what a model in plain code says", { timeout: LONG ? 600_000 : 60_000 }, async () => {
  const counts = {};
  const most = LONG ? 120 : 10;
  // Several at a time: their days are apart, so none of them takes another's time.
  for (let seed = 1; seed <= most; seed += 5) {
    const some = await Promise.all(Array.from({ length: 5 }, (_, n) => history(seed + n)));
    for (const [what, count] of some.flatMap(Object.entries)) counts[what] = (counts[what] ?? 0) + count;
  }
  console.log(`${most} histories:`, counts);
  for (const what of ["POST 200", "PUT 200", "POST 400", "POST 401", "edit 200", "edit 400", "finalise 200", "suggested"]) assert.ok(counts[what] > 0, what);
});
