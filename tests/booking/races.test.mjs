// Many who want the same time at once: of bookings by different organisers with overlapping participants, of guests' holds, of a calendar
// that is being finalised, of blocks. Whatever stands is free of overlaps and cannot be added to; whoever is refused is offered what is
// really free. In the end the database itself is searched for hard rows that overlap.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { meetingLink } from "../support/agree.mjs";
import { addContacts, chosen, createCalendar, date, finalize, slot } from "../support/calendars.mjs";
import { overlaps, patch } from "../support/events.mjs";
import { publish } from "../support/booking_page.mjs";
import { LONG, start } from "../support/harness.mjs";

/// How many book at once. Each books for itself; its participants are of the first few.
const BOOKERS = LONG ? 200 : 60;
const POOL = 40;
/// How many of those who were refused take what they were offered.
const TAKERS = LONG ? 100 : 12;

let service;
before(async () => {
  service = await start();
  // An account is as that of the demo: the password is `p`.
  const add = `insert into accounts (id, username, address, address_key, verified, active, demo, bookable_by, password, created_at)
    select 1000 + value, 'b' || value, 'b' || value || '@localhost', 'b' || value || '@localhost', 1, 1, 1, 'anyone', a.password, 0
    from json_each(?1), accounts a where a.username = 'zo'`;
  await service.db.prepare(add).bind(JSON.stringify(Array.from({ length: BOOKERS }, (_, n) => n))).run();
  await service.db.prepare("update accounts set bookable_by = 'anyone', timezone = 'UTC'").run();
});
after(() => service.close());
beforeEach(async () => {
  for (const table of ["busy", "blocked_days", "bookings"]) await service.db.prepare(`delete from ${table}`).run();
});

const email = (n) => `b${n}@localhost`;
/// The numbers of those whom the n-th booker invites: two or three, each of them wanted by many.
const invited = (n) => [...new Set([(n * 7) % POOL, (n * 11 + 3) % POOL, (n * 13 + 5) % POOL])].filter((other) => other !== n).slice(0, 2 + (n % 2));
const book = (n, time_slot, participants = invited(n)) =>
  service.ask("POST", "/api/event/", { as: `b${n}`, json: { title: `Of b${n}`, time_slot, description: "", participants: participants.map(email) } });
const people = (n) => [n, ...invited(n)];
/// Whose time is taken at an instant by a hard row that has not expired.
async function taken(at) {
  const select = "select account from busy where hard = 1 and starts_at <= ?1 and ends_at > ?1 and (expires_at is null or expires_at > ?2)";
  const { results } = await service.db.prepare(select).bind(Date.parse(at), Date.now()).all();
  return results.map(({ account }) => account);
}

test("of many bookings of one hour those that stand do not overlap, and no other could be added", { timeout: 600_000 }, async () => {
  const hour = `${date(40)} 10:00:00`;
  const all = Array.from({ length: BOOKERS }, (_, n) => n);
  const answers = await Promise.all(all.map((n) => book(n, hour)));
  for (const { status, text } of answers) assert.ok([201, 409].includes(status), text);
  const won = all.filter((n) => answers[n].status === 201);
  const lost = all.filter((n) => answers[n].status === 409);
  const busy = won.flatMap(people);
  assert.equal(new Set(busy).size, busy.length, "nobody is in two of them");
  assert.deepEqual((await taken(`${date(40)}T10:00:00Z`)).sort((a, b) => a - b), busy.map((n) => 1000 + n).sort((a, b) => a - b));
  assert.deepEqual(await overlaps(service.db), []);
  for (const n of lost) {
    const clashing = people(n).filter((other) => busy.includes(other));
    assert.ok(clashing.length, `b${n} could have come`);
    const { err_message, alternatives } = answers[n].json;
    assert.ok(err_message.length && err_message.every((words) => clashing.some((other) => words === `Time slot is conflicting with another event for user : ${email(other)}`)), answers[n].text);
    assert.equal(alternatives.length, 3);
    assert.ok(!alternatives.includes(hour));
  }
  assert.ok(won.length >= 5 && lost.length >= 20, `${won.length} won, ${lost.length} lost`);
  // Nobody else has taken anything since: what was offered is still free.
  for (const n of lost.slice(0, TAKERS)) {
    const { status, json, text } = await book(n, answers[n].json.alternatives[n % 3]);
    assert.equal(status, 201, `b${n}: ${text}`);
    assert.equal((await patch(service, `b${n}`, json.response, { status: "cancelled" })).status, 200);
  }
  console.log(`${won.length} of ${BOOKERS} bookings stand`);
});

test("bookings, holds, blocks and a calendar that is finalised want one hour, and each account has one of them", { timeout: 600_000 }, async () => {
  const [day, owners] = [date(41), [0, 1, 2, 3]];
  const [hour, begin] = [`${day} 10:00:00`, `${day}T10:00:00Z`];
  const offer = { title: "Call", minutes: 60, step: 30, notice: 0, horizon_days: 365, buffer_before: 15 };
  const pages = [];
  for (const n of owners) pages.push(await publish(service, { as: `b${n}`, name: `races-${n}`, offers: [offer], weekly: null, timezone: "UTC" }));
  const [contact] = await addContacts(service, 1, { as: "b0" });
  const calendar = await createCalendar(service, [contact.id], [slot(day, 540, 720)], {}, { as: "b0" });
  const bookers = Array.from({ length: BOOKERS / 2 }, (_, n) => n);
  let guests = 0;
  const hold = (owner, start) => {
    const n = ++guests;
    const json = { start, name: `Guest ${n}`, email: `races${n}@example.org`, answers: [], zone: "UTC" };
    return service.ask("POST", `${pages[owner].path}call/`, { json, headers: { "CF-Connecting-IP": `198.51.100.${n}` } });
  };
  const [booked, held, blocked, finalized] = await Promise.all([
    Promise.all(bookers.map((n) => book(n, hour))),
    Promise.all(owners.flatMap((owner) => ["10:00", "10:30", "09:30", "10:00"].map(async (clock) => ({ owner, ...(await hold(owner, `${day}T${clock}:00Z`)) })))),
    Promise.all(owners.map((n) => service.ask("POST", "/api/user/block_slots/", { as: `b${n}`, json: { date: day, blocked_slots: [10] } }))),
    finalize(service, calendar.id, [chosen(contact.id, day, 600, 660)], { as: "b0" }),
  ]);
  assert.deepEqual(await overlaps(service.db), []);
  for (const { status, text } of booked) assert.ok([201, 409].includes(status), text);
  for (const { status, text } of held) assert.ok([201, 409].includes(status), text);
  for (const { status, text } of blocked) assert.ok([200, 409].includes(status), text);
  assert.ok([200, 400].includes(finalized.status), finalized.text);
  const at = new Set([...(await taken(begin)), ...(await taken(`${day}T10:30:00Z`))]);
  for (const n of bookers) if (booked[n].status === 409) assert.ok(people(n).some((other) => at.has(1000 + other)), `b${n} could have come`);
  for (const { owner, status, json, text } of held) {
    if (status !== 409) continue;
    assert.ok(at.has(1000 + owner), text);
    for (const start of json.alternatives) assert.ok(Math.abs(Date.parse(start) - Date.parse(begin)) >= 3_600_000, `${start} is free`);
  }
  // Each owner's hour went to one of all those, to two half hours beside each other at most.
  for (const n of owners) {
    const won = [blocked[n].status === 200, n === 0 && finalized.status === 200, ...bookers.map((m) => booked[m].status === 201 && people(m).includes(n))];
    const holds = held.filter(({ owner, status }) => owner === n && status === 201).length;
    assert.ok(won.filter(Boolean).length + Math.min(holds, 1) === 1, `b${n}: ${won.filter(Boolean).length} and ${holds} holds`);
  }
  // Holds are confirmed while all others try again: a hold keeps its time.
  const stands = held.filter(({ status }) => status === 201);
  const [confirmed] = await Promise.all([
    Promise.all(stands.map(({ json }) => service.ask("POST", `/meetings/${json.meeting}/confirm/`, { et: meetingLink(json.meeting, 1) }))),
    Promise.all(bookers.map((n) => book(n, hour))),
    Promise.all(owners.map((owner) => hold(owner, begin))),
  ]);
  for (const { status, json, text } of confirmed) assert.deepEqual([status, json.status], [200, "confirmed"], text);
  assert.deepEqual(await overlaps(service.db), []);
  // One that was refused takes what it was offered.
  for (const { owner, status, json } of held.filter(({ status }) => status === 409).slice(0, 4)) {
    const free = await service.ask("GET", `${pages[owner].path}call/?from=${json.alternatives[0].slice(0, 10)}&days=1&zone=UTC`);
    assert.equal(status, 409);
    if (!free.json.starts.map((start) => Date.parse(start)).includes(Date.parse(json.alternatives[0]))) continue;
    const now = await hold(owner, json.alternatives[0]);
    assert.equal(now.status, 201, now.text);
  }
  assert.deepEqual(await overlaps(service.db), []);
});

test("a daily cap holds however many book at once", async () => {
  const day = date(42);
  const page = await publish(service, { as: "b5", name: "races-cap", offers: [{ title: "Two a day", slug: "two", minutes: 30, step: 30, notice: 0, horizon_days: 365, daily_cap: 2 }], weekly: null, timezone: "UTC" });
  const starts = Array.from({ length: 12 }, (_, n) => `${day}T${String(8 + Math.floor(n / 2)).padStart(2, "0")}:${n % 2 ? "30" : "00"}:00Z`);
  const answers = await Promise.all(
    starts.map((start, n) => service.ask("POST", `${page.path}two/`, { json: { start, name: "Guest", email: `cap${n}@example.org`, answers: [], zone: "UTC" }, headers: { "CF-Connecting-IP": `203.0.113.${n}` } })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, ...Array.from({ length: 10 }, () => 409)]);
  for (const { status, json } of answers) if (status === 409) assert.ok(json.alternatives.every((start) => !start.startsWith(day)), "that day is full");
});

test("a meeting that a calendar has made refuses a booking, and the reverse", async () => {
  const day = date(43);
  const zo = "zo@localhost";
  const [contact] = await addContacts(service, 1);
  const { id } = await createCalendar(service, [contact.id], [slot(day, 540, 720)]);
  assert.equal((await finalize(service, id, [chosen(contact.id, day, 570, 630)])).status, 200);
  for (const hour of ["09", "10"]) {
    const refused = await service.ask("POST", "/api/event/", { as: "b7", json: { title: "Late", time_slot: `${day} ${hour}:00:00`, description: "", participants: [zo] } });
    assert.deepEqual([refused.status, refused.json.err_message], [409, [`Time slot is conflicting with another event for user : ${zo}`]], refused.text);
    assert.ok(!refused.json.alternatives.some((time) => [`${day} 09:00:00`, `${day} 10:00:00`].includes(time)));
  }
  const booked = await service.ask("POST", "/api/event/", { as: "b7", json: { title: "Early", time_slot: `${day} 11:00:00`, description: "", participants: [zo] } });
  assert.equal(booked.status, 201, booked.text);
  const [other] = await addContacts(service, 1);
  const second = await createCalendar(service, [other.id], [slot(day, 540, 780)]);
  const clash = await finalize(service, second.id, [chosen(other.id, day, 690, 750)]);
  assert.deepEqual([clash.status, clash.json], [400, { error: "Unresolved availability conflict" }], clash.text);
  assert.equal((await finalize(service, second.id, [chosen(other.id, day, 720, 780)])).status, 200);
  assert.deepEqual(await overlaps(service.db), []);
});
