// Random sequences of all that takes and frees time, against a naive model in memory: every answer is the one that the model gives, and
// after each step everybody is busy when the model says so. The model is a list of times, searched from end to end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { meetingLink } from "../support/agree.mjs";
import { addContacts, chosen, createCalendar, finalize, slot } from "../support/calendars.mjs";
import { overlaps } from "../support/events.mjs";
import { LONG, start } from "../support/harness.mjs";

const [HOUR, MINUTE] = [3_600_000, 60_000];
/// All that is random comes of the seed, which a failure tells.
const SEED = Number(process.env.WHITTLE_SEED ?? (LONG ? Date.now() % 100_000 : 15));
const STEPS = LONG ? 1_500 : 120;
/// The day is far enough ahead that no hold lasts until it, however often the clock is put forward.
const DAY = new Date(Date.now() + 40 * 24 * HOUR).toISOString().slice(0, 10);
const MIDNIGHT = Date.parse(`${DAY}T00:00:00Z`);
/// So few hours that everybody is in everybody's way.
const [FIRST, LAST] = [9, 13];
const NAMES = ["zo", "st", "ob"];
/// The kind of meeting that `zo` offers, in minutes.
const OFFER = { minutes: 30, step: 30, before: 15, after: 0 };
/// More open holds than this an offer does not have.
const MOST_HOLDS = 15;

let service;
const address = (name) => `${name}@localhost`;
before(async () => {
  service = await start();
  await service.db.prepare("update accounts set timezone = 'UTC', hours = null, bookable_by = 'anyone'").run();
  const page = { name: "zo-model", title: "Zo", description: "", published: true };
  const offer = { title: "Call", minutes: OFFER.minutes, step: OFFER.step, buffer_before: OFFER.before, buffer_after: OFFER.after, notice: 0, horizon_days: 365 };
  for (const [method, path, json] of [["PUT", "/api/user/booking_page/", page], ["POST", "/api/user/offers/", offer]]) {
    const { status, text } = await service.ask(method, path, { as: "zo", json });
    assert.ok([200, 201].includes(status), text);
  }
});
after(() => service.close());

/// A generator of numbers below 1 (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const meet = (a, b) => a.from < b.to && b.from < a.to;
const at = (hour) => MIDNIGHT + hour * HOUR;
/// As the API writes times of UTC: for accounts, and for guests.
const naive = (millis) => new Date(millis).toISOString().slice(0, 19).replace("T", " ");
const instant = (millis) => new Date(millis).toISOString().replace(".000", "");
const said = {
  booked: (hour) => `There is already an event booked at time slot : ${hour}`,
  unavailable: (name) => `Time slot is not available for user : ${address(name)}`,
  conflict: (name) => `Time slot is conflicting with another event for user : ${address(name)}`,
};

/// What there is: times that are taken, events, and what guests have booked.
class Model {
  now = Date.now();
  rows = [];
  events = [];
  bookings = [];

  alive = (row) => row.expires === undefined || row.expires > this.now;
  of = (name) => this.rows.filter((row) => row.name === name && this.alive(row));
  add = (row) => this.rows.push({ strict: false, guard: { from: row.from, to: row.to }, ...row });
  free = (source) => {
    this.rows = this.rows.filter((row) => row.source !== source);
  };
  /// What is in the way of a meeting, of all that is hard.
  inTheWay = (name, time, source, kind) => this.of(name).filter((row) => row.kind === kind && row.source !== source && meet(row, time));
  /// The reasons why these people cannot come.
  clashes(names, time, source) {
    const who = (kind, words) => names.filter((name) => this.inTheWay(name, time, source, kind).length).map(words);
    return [...who("block", said.unavailable), ...who("meeting", said.conflict)];
  }
  /// The nearest hours at which all of these are free, the later of two first.
  alternatives(names, time, source) {
    const all = [];
    for (let from = time.from - 7 * 24 * HOUR; from < time.from + 21 * 24 * HOUR; from += HOUR) {
      const other = { from, to: from + time.to - time.from };
      if (from > this.now && !this.clashes(names, other, source).length) all.push(from);
    }
    const far = (from) => Math.abs(from - time.from);
    return all.sort((a, b) => far(a) - far(b) || b - a).slice(0, 3).map(naive);
  }
  /// Whether a guest can have this time: guards are compared with meetings alone, and with their times alone.
  guestCan(time, source) {
    const guard = { from: time.from - OFFER.before * MINUTE, to: time.to + OFFER.after * MINUTE };
    const blocks = (row) => meet(row, time) || (row.kind === "meeting" && (meet(row, guard) || meet(row.guard, time)));
    return !this.of("zo").some((row) => row.source !== source && blocks(row));
  }
  guestTakes(time, source, expires) {
    const guard = { from: time.from - OFFER.before * MINUTE, to: time.to + OFFER.after * MINUTE };
    this.add({ name: "zo", ...time, kind: "meeting", source, strict: true, guard, expires });
  }
  /// When somebody is busy, merged.
  busy(name) {
    const merged = [];
    for (const { from, to } of this.of(name).sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else merged.push({ from, to });
    }
    return merged.map(({ from, to }) => ({ from: instant(from), to: instant(to) }));
  }
  /// The hours of the day any part of which is taken.
  hours = (name) => Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => this.of(name).some((row) => row.hard !== false && meet(row, { from: at(hour), to: at(hour + 1) })));
}

/// An event in the model, and what it takes.
const comes = (event) => event.people.filter((name) => !event.declined.includes(name));
const takes = (event) => (event.status === "active" ? comes(event) : []);
const time = ({ hour }) => ({ from: at(hour), to: at(hour + 1) });

test(`all answers and all busy times are those of a naive model (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  const random = generator(SEED);
  const upTo = (n) => Math.floor(random() * n);
  const one = (list) => list[upTo(list.length)];
  const some = (list) => list.filter(() => random() < 0.5);
  const hour = () => FIRST + upTo(LAST - FIRST + 1);
  const model = new Model();
  const begun = Date.now();
  const dev = () => `offset=${model.now - begun}`;
  const ask = (method, path, options) => service.ask(method, path, { ...options, dev: dev() });
  const counts = {};
  let step = 0;
  const trail = [];

  /// Writes an event anew as the model has it now: what it takes, and no more.
  const rewrite = (event) => {
    model.free(event.source);
    for (const name of takes(event)) model.add({ name, ...time(event), kind: "meeting", source: event.source });
  };
  /// Changes an event, by one of its participants: to this, if those who come anew can.
  const change = async (event, as, json, next) => {
    const moved = next.hour !== event.hour;
    const before = moved ? [] : takes(event);
    const others = next.people.filter((name) => name !== next.organiser);
    const anew = [...others, next.organiser].filter((name) => takes(next).includes(name) && !before.includes(name));
    const clashes = model.clashes(anew, time(next), event.source);
    const alternatives = model.alternatives(takes(next), time(next), event.source);
    const { status, json: body, text } = await ask("PATCH", `/api/event/${event.id}/`, { as, json });
    if (clashes.length) {
      assert.deepEqual([status, body.err_message], [409, clashes], text);
      free(body.alternatives, alternatives, takes(next), event.source);
      return "refused";
    }
    assert.equal(status, 200, text);
    Object.assign(event, next);
    rewrite(event);
    const shown = event.status === "cancelled" ? "cancelled" : event.declined.includes(as) ? "declined" : "active";
    assert.deepEqual([body.response.status, body.response.time_slot], [shown, naive(at(event.hour))]);
    return "done";
  };
  /// What is offered instead are the nearest times at which all are free.
  const free = (offered, expected, names, source) => {
    assert.deepEqual(offered, expected);
    for (const text of offered) {
      const from = Date.parse(`${text.replace(" ", "T")}Z`);
      assert.deepEqual(model.clashes(names, { from, to: from + HOUR }, source), []);
    }
  };

  const acts = {
    async block() {
      const [name, hours] = [one(NAMES), [...new Set([hour(), hour()])].sort((a, b) => a - b)];
      const hits = hours.filter((at_) => model.inTheWay(name, { from: at(at_), to: at(at_ + 1) }, undefined, "meeting").length);
      const { status, json, text } = await ask("POST", "/api/user/block_slots/", { as: name, json: { date: DAY, blocked_slots: hours } });
      if (hits.length) {
        assert.deepEqual([status, json], [409, { err_message: hits.map(said.booked) }], text);
        return "refused";
      }
      assert.equal(status, 200, text);
      for (const at_ of hours) {
        model.free(`block ${name} ${at_}`);
        model.add({ name, from: at(at_), to: at(at_ + 1), kind: "block", source: `block ${name} ${at_}` });
      }
      return "done";
    },
    async unblock() {
      const [name, at_] = [one(NAMES), hour()];
      const { status, text } = await ask("DELETE", "/api/user/block_slots/", { as: name, json: { date: DAY, blocked_slots: [at_] } });
      assert.equal(status, 200, text);
      model.free(`block ${name} ${at_}`);
      return "done";
    },
    async book() {
      const organiser = one(NAMES);
      const others = some(NAMES.filter((name) => name !== organiser));
      const event = { source: `event ${step}`, organiser, people: [...others, organiser], hour: hour(), status: "active", declined: [] };
      const json = { title: `Step ${step}`, time_slot: naive(at(event.hour)), description: "", participants: others.map(address) };
      const clashes = model.clashes(event.people, time(event));
      const alternatives = model.alternatives(event.people, time(event));
      const { status, json: body, text } = await ask("POST", "/api/event/", { as: organiser, json });
      if (clashes.length) {
        assert.deepEqual([status, body.err_message], [409, clashes], text);
        free(body.alternatives, alternatives, event.people);
        return "refused";
      }
      assert.equal(status, 201, text);
      model.events.push(Object.assign(event, { id: body.response.id }));
      rewrite(event);
      return "done";
    },
    async move() {
      const event = one(model.events);
      if (!event) return "none";
      const to = hour();
      // Of another time nobody has said that it does not suit.
      const next = { ...event, hour: to, declined: to === event.hour ? event.declined : [] };
      return change(event, one(event.people), { time_slot: naive(at(to)) }, next);
    },
    async cancel() {
      const event = one(model.events);
      return event ? change(event, one(event.people), { status: "cancelled" }, { ...event, status: "cancelled" }) : "none";
    },
    async reactivate() {
      const event = one(model.events);
      if (!event) return "none";
      const as = one(event.people);
      return change(event, as, { status: "active" }, { ...event, status: "active", declined: event.declined.filter((name) => name !== as) });
    },
    async decline() {
      const event = one(model.events.filter(({ status }) => status === "active"));
      if (!event) return "none";
      const as = one(event.people);
      return change(event, as, { status: "declined" }, { ...event, declined: [...new Set([...event.declined, as])] });
    },
    async hold() {
      if (model.rows.filter((row) => row.expires > model.now).length >= MOST_HOLDS) return "none";
      const from = at(hour()) + upTo(2) * 30 * MINUTE;
      const when = { from, to: from + OFFER.minutes * MINUTE };
      const can = model.guestCan(when);
      const json = { start: instant(from), name: "Guest", email: `guest${step}@example.org`, answers: [], zone: "UTC" };
      const { status, json: body, text } = await ask("POST", "/book/zo-model/call/", { json, headers: { "CF-Connecting-IP": `198.51.${step >> 8}.${step & 255}` } });
      if (!can) {
        assert.equal(status, 409, text);
        assert.ok(body.err_message.length && body.alternatives.length && body.alternatives.length <= 3, text);
        for (const start of body.alternatives.map(Date.parse)) assert.ok(model.guestCan({ from: start, to: start + OFFER.minutes * MINUTE }), text);
        return "refused";
      }
      assert.deepEqual([status, body.status], [201, "held"], text);
      const booking = { id: body.meeting, source: `guest ${step}`, when, status: "held" };
      model.bookings.push(booking);
      model.guestTakes(when, booking.source, model.now + 30 * MINUTE);
      return "done";
    },
    async confirm() {
      const booking = one(model.bookings.filter(({ status }) => status !== "cancelled"));
      if (!booking) return "none";
      const can = booking.status === "confirmed" || model.guestCan(booking.when, booking.source);
      const { status, json, text } = await ask("POST", `/meetings/${booking.id}/confirm/`, { et: meetingLink(booking.id, 1) });
      if (!can) {
        assert.equal(status, 409, text);
        for (const start of json.alternatives.map(Date.parse)) assert.ok(model.guestCan({ from: start, to: start + OFFER.minutes * MINUTE }), text);
        return "refused";
      }
      assert.deepEqual([status, json.status], [200, "confirmed"], text);
      if (booking.status === "held") {
        model.free(booking.source);
        model.guestTakes(booking.when, booking.source);
      }
      booking.status = "confirmed";
      return "done";
    },
    async leave() {
      const booking = one(model.bookings.filter(({ status }) => status === "confirmed"));
      if (!booking) return "none";
      const { status, text } = await ask("DELETE", `/meetings/${booking.id}/`, { et: meetingLink(booking.id, 1) });
      assert.equal(status, 204, text);
      model.free(booking.source);
      booking.status = "cancelled";
      return "done";
    },
    async expire() {
      // Nothing is asked: every hold that is open ends by the time alone.
      model.now += 31 * MINUTE;
      return "done";
    },
    async finalise() {
      const from = hour();
      const [contact] = await addContacts(service, 1);
      const caller = { as: "zo", dev: dev() };
      const { id } = await createCalendar(service, [contact.id], [slot(DAY, FIRST * 60, (LAST + 1) * 60)], {}, caller);
      const when = { from: at(from), to: at(from + 1) };
      const can = !model.of("zo").some((row) => meet(row, when));
      const { status, json, text } = await finalize(service, id, [chosen(contact.id, DAY, from * 60, from * 60 + 60)], caller);
      if (!can) {
        assert.deepEqual([status, json], [400, { error: "Unresolved availability conflict" }], text);
        return "refused";
      }
      assert.equal(status, 200, text);
      model.add({ name: "zo", ...when, kind: "meeting", source: `calendar ${id}` });
      return "done";
    },
  };
  const WEIGHTS = { block: 4, unblock: 4, book: 8, move: 6, cancel: 4, reactivate: 4, decline: 4, hold: 6, confirm: 5, leave: 2, expire: 1, finalise: LONG ? 1 : 2 };
  const bag = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));

  try {
    for (step = 1; step <= STEPS; step++) {
      const name = one(bag);
      const outcome = await acts[name]();
      trail.push(`${step} ${name} ${outcome}`);
      if (outcome !== "none") counts[`${name}, ${outcome}`] = (counts[`${name}, ${outcome}`] ?? 0) + 1;
      const range = new URLSearchParams({ from: instant(MIDNIGHT), to: instant(MIDNIGHT + 24 * HOUR) });
      await Promise.all(
        NAMES.map(async (as) => {
          const [told, day] = await Promise.all([ask("GET", `/api/user/freebusy/?${range}`, { as }), ask("GET", `/api/user/get_available_slots/?date=${DAY}`, { as })]);
          assert.deepEqual(told.json?.busy, model.busy(as), `${as} after ${name}: ${told.text}`);
          assert.deepEqual(day.json?.response.blocked_slots, model.hours(as), `${as} after ${name}: ${day.text}`);
        }),
      );
    }
  } catch (error) {
    error.message = `seed ${SEED}, after ${trail.slice(-12).join("; ")}, in step ${step}: ${error.message}`;
    throw error;
  }
  console.log(`${STEPS} steps of seed ${SEED}:`, counts);
  assert.deepEqual(await overlaps(service.db, model.now), []);
  // Every act has gone through, and all that can be refused was refused: the hours are few.
  for (const name of Object.keys(WEIGHTS)) assert.ok(counts[`${name}, done`], `${name} was done`);
  for (const name of ["block", "book", "move", "hold", "finalise"]) assert.ok(counts[`${name}, refused`], `${name} was refused`);
});
