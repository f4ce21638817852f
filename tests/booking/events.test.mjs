// Events: who may book and change them, whom a change takes time of, what is refused with which alternatives, which mails follow, and
// that nobody is booked twice however many ask at once.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { agree, meetingLink } from "../support/agree.mjs";
import { chosen, createCalendar, date, finalize, slot } from "../support/calendars.mjs";
import { account, body, book, booked, overlaps, parts, patch, told } from "../support/events.mjs";
import { LONG, start, until } from "../support/harness.mjs";
import { person, quiet } from "../support/people.mjs";

let service;
let ann, bob, cyd;
before(async () => {
  service = await start();
  [ann, bob, cyd] = await Promise.all(["ann", "bob", "cyd"].map((first_name) => person(service, { first_name, last_name: "Lee" })));
  // As if each had signed up with the password `p`.
  await service.db.prepare("update accounts set password = (select password from accounts where username = 'zo')").run();
});
after(() => service.close());
beforeEach(async () => {
  await service.db.batch(["busy", "blocked_days", "contacts", "meetings", "meeting_attendees", "outbox", "dev_outbox"].map((table) => service.db.prepare(`delete from ${table}`)));
  await service.db.prepare("update accounts set timezone = 'UTC', hours = null, hours_version = 0, bookable_by = 'anyone'").run();
});

const set = (as, column, value) => service.db.prepare(`update accounts set ${column} = ? where username = ?`).bind(value, as).run();
const hours = async (as, json) => {
  const { status, text } = await service.ask("PUT", "/api/user/working_hours/", { as, json });
  assert.equal(status, 200, text);
};
const block = async (as, date, blocked_slots) => {
  const { status, text } = await service.ask("POST", "/api/user/block_slots/", { as, json: { date, blocked_slots } });
  assert.equal(status, 200, text);
};
const list = async (as, query = "") => (await service.ask("GET", `/api/event/${query}`, { as })).json;
const show = async (as, { id }) => (await service.ask("GET", `/api/event/${id}/`, { as })).json;
const clash = (...who) => who.map((name) => `Time slot is conflicting with another event for user : ${name}`);
const unavailable = (...who) => who.map((name) => `Time slot is not available for user : ${name}`);
const rows = async ({ id }) => (await service.db.prepare("select a.username, b.starts_at, b.hard from busy b join accounts a on a.id = b.account where kind = 'meeting' and source = ? order by a.username").bind(id).all()).results.map(({ username, starts_at, hard }) => [username, new Date(starts_at).toISOString(), hard]);
async function soft(as, from, to) {
  const { id } = await account(service, as);
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  await service.db.prepare("insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (?1, ?2, ?3, ?2, ?3, 0, 0, 'import', 5)").bind(id, begin, end).run();
}

test("every clash is told, who is not available first, and the alternatives are free for all", async () => {
  const who = { ann: ann.username, bob: bob.username, cyd: cyd.username };
  await booked(service, who.bob, "2030-06-03 10:00:00", [who.cyd]);
  await block(who.ann, "2030-06-03", [10, 11]);
  await block(who.cyd, "2030-06-03", [9]);
  await hours(who.cyd, { timezone: "UTC", weekly: [{ weekday: "monday", from: "11:00", to: "15:00" }], exceptions: [] });
  const refused = await book(service, "zo", "2030-06-03 10:00:00", [who.bob, who.ann, who.cyd]);
  assert.equal(refused.status, 409, refused.text);
  assert.deepEqual(refused.json.err_message, [...unavailable(ann.email, cyd.email), ...clash(bob.email, cyd.email)]);
  assert.deepEqual(refused.json.alternatives, ["2030-06-03 12:00:00", "2030-06-03 13:00:00", "2030-06-03 14:00:00"]);
  for (const time of refused.json.alternatives) await booked(service, "zo", time, [who.bob, who.ann, who.cyd]);
  assert.deepEqual(await overlaps(service.db), []);
});

test("an account's own hours bind others and not itself, and its blocks bind everybody", async () => {
  const as = ann.username;
  await hours(as, { timezone: "UTC", weekly: [{ weekday: "tuesday", from: "09:00", to: "12:00" }], exceptions: [] });
  assert.deepEqual(told(await book(service, "zo", "2030-06-05 09:00:00", [as]))[1].err_message, unavailable(ann.email));
  await booked(service, as, "2030-06-05 09:00:00", ["zo"]);
  await block(as, "2030-06-05", [13]);
  assert.deepEqual(told(await book(service, as, "2030-06-05 13:00:00", ["zo"]))[1].err_message, unavailable(ann.email));
});

test("a half hour of another event is enough to refuse, and one's own part of the time is not", async () => {
  const event = await booked(service, ann.username, "2030-06-06 10:00:00", [bob.username]);
  const move = (begin) => service.ask("PATCH", `/meetings/${event.id}/`, { as: bob.username, json: { begin } });
  assert.equal((await move("2030-06-06T10:15:00Z")).status, 202, "by a participant, onto a part of its own time");
  assert.equal((await show(ann.username, event)).time_slot, "2030-06-06 10:15:00");
  for (const hour of [10, 11]) {
    assert.deepEqual(told(await book(service, "zo", `2030-06-06 ${hour}:00:00`, [bob.username]))[1].err_message, clash(bob.email));
  }
  // What it has already is not refused where all of it is sent, although it is no whole hour.
  const whole = await body(service, "2030-06-06 10:15:00", [ann.username, bob.username], { status: "active", title: "Other" });
  assert.equal((await service.ask("PUT", `/api/event/${event.id}/`, { as: bob.username, json: whole })).status, 200);
  await booked(service, "zo", "2030-06-06 13:00:00", [bob.username]);
  const refused = await move("2030-06-06T12:30:00Z");
  assert.deepEqual(told(refused), [409, { err_message: clash(bob.email), alternatives: ["2030-06-06 12:00:00", "2030-06-06 14:00:00", "2030-06-06 11:00:00"] }]);
  assert.deepEqual(told(await move("2020-06-06T12:00:00Z")), [400, { begin: ["This time has begun already."] }]);
  assert.deepEqual(await overlaps(service.db), []);
});

test("any participant updates, an outsider finds nothing, and an unverified caller is told why", async () => {
  const event = await booked(service, ann.username, "2030-06-07 10:00:00", [bob.username]);
  assert.equal((await patch(service, bob.username, event, { title: "By Bob" })).status, 200);
  for (const as of [cyd.username]) {
    assert.deepEqual(told(await patch(service, as, event, { title: "Mine" })), [404, { detail: "Not found." }]);
    assert.deepEqual(told(await service.ask("GET", `/api/event/${event.id}/`, { as })), [404, { detail: "Not found." }]);
    assert.deepEqual((await list(as)).results, []);
  }
  const said = { err_message: ["Verify your address first: then you can see when others are free, and book them."] };
  for (const [method, path, json] of [
    ["POST", "/api/event/", { participants: ["nobody@x.org", ann.email], time_slot: "x" }],
    ["PATCH", `/api/event/${event.id}/`, { title: "x" }],
    ["PUT", `/api/event/${event.id}/`, {}],
    ["GET", `/api/event/suggest/?participants=${ann.email},nobody@x.org`, undefined],
  ]) {
    assert.deepEqual(told(await service.ask(method, path, { as: "un", json })), [403, said], `${method} ${path}`);
  }
  assert.deepEqual((await service.ask("GET", "/api/event/", { as: "un" })).json.results, []);
});

test("who may not book somebody gets what an unknown address gets; who was booked before stays", async () => {
  const [as, other] = [ann.username, bob.username];
  const event = await booked(service, as, "2030-06-10 09:00:00", [other]);
  const refused = (email) => [400, { participants: { 0: [`Invalid email "${email}" - object does not exist.`] } }];
  await set(other, "bookable_by", "nobody");
  assert.deepEqual(told(await book(service, as, "2030-06-10 11:00:00", [other])), refused(bob.email));
  await set(other, "bookable_by", "contacts");
  assert.deepEqual(told(await book(service, as, "2030-06-10 11:00:00", [other])), refused(bob.email));
  const suggest = await service.ask("GET", `/api/event/suggest/?participants=${bob.email}`, { as });
  assert.deepEqual(told(suggest), refused(bob.email));
  // The event of before goes on: who stays is not asked about again.
  assert.equal((await patch(service, as, event, { time_slot: "2030-06-10 10:00:00", participants: [bob.email, ann.email] })).status, 200);
  const json = { first_Name: "Ann", last_Name: "Lee", email: ann.email };
  assert.equal((await service.ask("POST", "/schedules/contacts/", { as: other, json })).status, 201);
  await booked(service, as, "2030-06-10 11:00:00", [other]);
  await set(other, "verified", 0);
  assert.deepEqual(told(await book(service, as, "2030-06-10 13:00:00", [other])), refused(bob.email));
  await set(other, "verified", 1);
});

test("declining frees one's hour alone, and coming after all is judged anew", async () => {
  const event = await booked(service, ann.username, "2030-06-11 10:00:00", [bob.username]);
  const declined = await patch(service, bob.username, event, { status: "declined" });
  assert.deepEqual([declined.json.response.status, declined.json.response.declined], ["declined", [bob.email]]);
  assert.deepEqual((await rows(event)).map(([name]) => name), [ann.username]);
  assert.equal((await show(ann.username, event)).status, "active");
  for (const [status, found] of [["active", 0], ["declined", 1], ["cancelled", 0]]) assert.equal((await list(bob.username, `?status=${status}`)).count, found);
  const between = await booked(service, "zo", "2030-06-11 10:00:00", [bob.username]);
  const back = await patch(service, bob.username, event, { status: "active" });
  assert.deepEqual([back.status, back.json.err_message], [409, clash(bob.email)]);
  const byLink = await service.ask("POST", `/meetings/${event.id}/accept/`, { et: meetingLink(event.id, 1, 1) });
  assert.equal(byLink.status, 409, byLink.text);
  assert.equal((await patch(service, "zo", between, { status: "cancelled" })).status, 200);
  assert.equal((await patch(service, bob.username, event, { status: "active" })).json.response.status, "active");
  assert.deepEqual((await rows(event)).length, 2);
});

test("cancelling frees all, and reactivating is judged again, by hours as well", async () => {
  const event = await booked(service, ann.username, "2030-06-12 10:00:00", [bob.username, cyd.username]);
  assert.equal((await patch(service, bob.username, event, { status: "cancelled" })).json.response.status, "cancelled");
  assert.deepEqual(await rows(event), []);
  const other = await booked(service, "zo", "2030-06-12 10:00:00", [cyd.username]);
  await hours(bob.username, { timezone: "UTC", weekly: [{ weekday: "friday", from: "09:00", to: "12:00" }], exceptions: [] });
  const refused = await patch(service, ann.username, event, { status: "active" });
  assert.deepEqual([refused.status, refused.json.err_message], [409, [...unavailable(bob.email), ...clash(cyd.email)]]);
  assert.equal((await show(ann.username, event)).status, "cancelled");
  await patch(service, "zo", other, { status: "cancelled" });
  await hours(bob.username, { timezone: "UTC", weekly: null, exceptions: [] });
  const again = await patch(service, ann.username, event, { status: "active" });
  assert.equal(again.json.response.status, "active");
  assert.equal((await rows(event)).length, 3);
});

test("adding and removing participants takes and frees their time, and the organiser stays", async () => {
  const event = await booked(service, ann.username, "2030-06-13 10:00:00", [bob.username]);
  await booked(service, "zo", "2030-06-13 10:00:00", [cyd.username]);
  const both = [cyd.email, ann.email];
  const refused = await patch(service, bob.username, event, { participants: both });
  assert.deepEqual([refused.status, refused.json.err_message], [409, clash(cyd.email)]);
  assert.deepEqual((await rows(event)).map(([name]) => name).sort(), [ann.username, bob.username].sort());
  const done = await patch(service, bob.username, event, { participants: both, time_slot: "2030-06-13 11:00:00" });
  assert.deepEqual(done.json.response.participants, both);
  assert.deepEqual((await rows(event)).map(([name, at]) => `${name} ${at}`).sort(), [ann, cyd].map(({ username }) => `${username} 2030-06-13T11:00:00.000Z`).sort());
  assert.equal((await patch(service, bob.username, event, { title: "x" })).status, 404, "who is removed has nothing to do with it");
  const removed = await service.ask("GET", `/meetings/${event.id}/`, { et: meetingLink(event.id, 1, 1) });
  assert.equal(removed.status, 401, "and its link is void");
});

test("what has begun is not changed, moved or cancelled any more", async () => {
  const event = await booked(service, ann.username, "2030-06-14 10:00:00", [bob.username]);
  const offset = Date.parse("2030-06-14T10:00:00Z") - Date.now() + 60_000;
  const dev = `offset=${offset}`;
  const past = [400, { err_message: ["Event can not be booked for past datetime : 2030-06-14 10:00:00"] }];
  for (const json of [{ status: "cancelled" }, { title: "x" }, { time_slot: "2030-06-20 10:00:00" }, { status: "declined" }]) {
    assert.deepEqual(told(await patch(service, bob.username, event, json, { dev })), past, JSON.stringify(json));
  }
  const begun = [409, { detail: "This meeting has begun. It cannot be changed any more." }];
  assert.deepEqual(told(await service.ask("DELETE", `/meetings/${event.id}/`, { as: ann.username, dev })), begun);
  assert.deepEqual(told(await service.ask("POST", `/meetings/${event.id}/decline/`, { as: bob.username, dev })), begun);
  assert.deepEqual(told(await service.ask("PATCH", `/meetings/${event.id}/`, { as: bob.username, json: { begin: "2030-06-20T10:00:00Z" }, dev })), begun);
  assert.equal((await list(ann.username)).count, 1);
  const later = await service.ask("GET", "/api/event/", { as: ann.username, dev });
  assert.equal(later.json.count, 0, "no future event");
  assert.equal((await service.ask("GET", "/api/event/?future=false", { as: ann.username, dev })).json.count, 1);
});

test("times are of the caller's zone: whole hours there, the first of two, none that clocks skip", async () => {
  const as = ann.username;
  await set(as, "timezone", "Europe/Berlin");
  const gap = await book(service, as, "2030-03-31 02:00:00");
  assert.equal(gap.status, 400);
  assert.match(gap.json.time_slot[0], /does not exist in Europe\/Berlin/);
  const fold = await booked(service, as, "2030-10-27 02:00:00");
  assert.deepEqual((await rows(fold)).map(([, at]) => at), ["2030-10-27T00:00:00.000Z"]);
  assert.equal(fold.time_slot, "2030-10-27 02:00:00");
  const second = await booked(service, as, "2030-10-27T02:00:00+01:00");
  assert.deepEqual((await rows(second)).map(([, at]) => at), ["2030-10-27T01:00:00.000Z"]);
  const same = await patch(service, as, second, { time_slot: second.time_slot });
  assert.deepEqual([same.status, same.json.response.version], [200, 1], "the hour that it has, not the first of that name");
  await set(as, "timezone", "Asia/Kathmandu");
  assert.equal((await book(service, as, "2030-10-28T10:00:00Z")).status, 400);
  const event = await booked(service, as, "2030-10-28 10:00:00", [bob.username]);
  assert.equal((await show(bob.username, event)).time_slot, "2030-10-28 04:15:00");
  const clashing = await book(service, bob.username, "2030-10-28 05:00:00", [as]);
  assert.deepEqual([clashing.json.err_message, clashing.json.alternatives], [clash(ann.email, bob.email), ["2030-10-28 06:00:00", "2030-10-28 07:00:00", "2030-10-28 03:00:00"]]);
});

test("the caller's own soft rows are a warning, and nobody else's", async () => {
  await soft(ann.username, "2030-06-17T10:30:00Z", "2030-06-17T11:30:00Z");
  await soft(bob.username, "2030-06-17T10:00:00Z", "2030-06-17T12:00:00Z");
  const { status, json } = await book(service, ann.username, "2030-06-17 10:00:00", [bob.username]);
  assert.equal(status, 201);
  assert.deepEqual(json.warnings, ["The calendar that you imported has you busy from 2030-06-17 10:30:00 to 2030-06-17 11:30:00."]);
  const moved = await patch(service, bob.username, json.response, { time_slot: "2030-06-17 11:00:00" });
  assert.deepEqual(moved.json.warnings, ["The calendar that you imported has you busy from 2030-06-17 10:00:00 to 2030-06-17 12:00:00."]);
  assert.equal((await patch(service, bob.username, json.response, { title: "No time" })).json.warnings, undefined);
});

test("the same submit sent twice shows one's own booking and mails nothing", async () => {
  const args = [service, ann.username, "2030-06-18 10:00:00", [bob.username]];
  const event = await booked(...args);
  await quiet(service);
  const { results: before } = await service.db.prepare("select id from outbox").all();
  const again = await book(...args);
  assert.deepEqual(told(again), [200, { response: event }]);
  assert.deepEqual((await service.db.prepare("select id from outbox").all()).results, before);
  const other = await book(service, ann.username, "2030-06-18 10:00:00", [bob.username], { title: "Another" });
  assert.equal(other.status, 409, "another event is another");
  const headers = { "Idempotency-Key": "once" };
  const first = await book(service, ann.username, "2030-06-18 12:00:00", [bob.username], {}, { headers });
  const second = await book(service, ann.username, "2030-06-18 12:00:00", [bob.username], {}, { headers });
  assert.deepEqual([second.status, second.text], [201, first.text]);
  const together = await Promise.all(Array.from({ length: 8 }, () => book(service, ann.username, "2030-06-18 14:00:00", [bob.username])));
  assert.deepEqual(new Set(together.map(({ json }) => json.response.id)).size, 1);
  assert.equal(together.filter(({ status }) => status === 201).length, 1);
});

test("of many bookings of an hour at once one stands, and what the others are offered is free", async () => {
  const names = [ann, bob, cyd].map(({ username }) => username);
  const many = LONG ? 200 : 24;
  const bookers = [...names, "zo"];
  const wanted = [];
  for (let n = 0; n < many; n++) {
    const as = bookers[n % 4];
    const other = bookers[(n * 7 + 1 + (n % 4)) % 4];
    wanted.push([as, await body(service, "2030-06-19 10:00:00", other === as ? [] : [other], { title: `Try ${n}` })]);
  }
  // Nothing is read between the requests, so that they are really on their way at once.
  const answers = await Promise.all(wanted.map(([as, json]) => service.ask("POST", "/api/event/", { as, json })));
  assert.deepEqual(await overlaps(service.db), []);
  assert.ok(answers.every(({ status }) => [201, 409].includes(status)), JSON.stringify(answers.map(told)));
  const free = answers.filter(({ status }) => status === 409);
  assert.ok(free.length > 0 && free.every(({ json }) => json.alternatives.length === 3 && !json.alternatives.includes("2030-06-19 10:00:00")));
});

test("a booking is not written by working hours that were changed meanwhile", async () => {
  // The database itself tells what came first: the event, or the hours that leave no room for it.
  const notes = [
    "create table order_of_writes (n integer primary key, what text, day text)",
    "create trigger note_event after insert on meetings begin insert into order_of_writes (what, day) values ('event', date(new.starts_at / 1000, 'unixepoch')); end",
    "create trigger note_hours after update of hours on accounts begin insert into order_of_writes (what, day) values ('hours', new.hours -> 'exceptions' -> 0 ->> 'date'); end",
  ];
  const forget = ["drop trigger note_hours", "drop trigger note_event", "drop table order_of_writes"];
  await service.db.batch(notes.map((sql) => service.db.prepare(sql)));
  try {
    for (let n = 0; n < (LONG ? 60 : 20); n++) {
      const day = `2030-07-${String((n % 28) + 1).padStart(2, "0")}`;
      const closed = { timezone: "UTC", weekly: null, exceptions: [{ date: day, hours: [] }] };
      await service.db.prepare("update accounts set hours = null where username = ?").bind(ann.username).run();
      await service.db.batch(["order_of_writes", "busy", "meetings", "meeting_attendees"].map((table) => service.db.prepare(`delete from ${table}`)));
      const [event] = await Promise.all([book(service, "zo", `${day} 10:00:00`, [ann.username]), hours(ann.username, closed)]);
      const { results } = await service.db.prepare("select what from order_of_writes where day = ? order by n").bind(day).all();
      const order = results.map(({ what }) => what);
      assert.deepEqual([event.status, order], event.status === 201 ? [201, ["event", "hours"]] : [409, ["hours"]], event.text);
      if (event.status === 409) assert.deepEqual(event.json.err_message, unavailable(ann.email));
    }
  } finally {
    await service.db.batch(forget.map((sql) => service.db.prepare(sql)));
  }
});

test("a calendar's meeting refuses a booking, and the reverse; its move is judged as well", async () => {
  const as = ann.username;
  const contact = await service.ask("POST", "/schedules/contacts/", { as, json: { first_Name: "Bob", last_Name: "Lee", email: bob.email } });
  assert.equal(contact.status, 201, contact.text);
  const day = date(20);
  const calendar = async (from) => {
    const { id } = await createCalendar(service, [contact.json.id], [slot(day, 480, 1080)], {}, { as });
    return finalize(service, id, [chosen(contact.json.id, day, from, from + 60)], { as });
  };
  const done = await calendar(540);
  assert.equal(done.status, 200, done.text);
  const [{ meeting_id }] = done.json.meetings;
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${meeting_id}/`, { as })).status === 200);
  const refused = await book(service, "zo", `${day} 09:00:00`, [as, bob.username]);
  assert.deepEqual([refused.status, refused.json.err_message], [409, clash(ann.email)], "the invitee has not chosen the time: soft");
  assert.deepEqual(refused.json.alternatives, [`${day} 10:00:00`, `${day} 08:00:00`, `${day} 11:00:00`]);
  await booked(service, "zo", `${day} 11:00:00`, [as]);
  const taken = await calendar(660);
  assert.deepEqual(told(taken), [400, { error: "Unresolved availability conflict" }]);
  const moved = await service.ask("PATCH", `/meetings/${meeting_id}/`, { as, json: { begin: `${day}T11:30:00Z` } });
  assert.deepEqual(told(moved), [409, { err_message: clash(ann.email), alternatives: [`${day}T12:00:00+00:00`, `${day}T13:00:00+00:00`, `${day}T10:00:00+00:00`] }]);
  assert.deepEqual(await overlaps(service.db), []);
});

test("an agreed proposal warns whoever books over it, and refuses nothing", async () => {
  const slots = [{ begin: "2030-08-05T10:00:00Z", duration: "01:00:00" }];
  await agree(service, { parties: [bob.email, ann.email], slots }, { as: ann.username });
  const { status, json } = await book(service, ann.username, "2030-08-05 10:00:00", [bob.username]);
  assert.deepEqual([status, json.warnings], [201, ["You have agreed on a meeting from 2030-08-05 10:00:00 to 2030-08-05 11:00:00."]]);
});

test("the list shows ten a page, in order, with its neighbours", async () => {
  const days = Array.from({ length: 12 }, (_, n) => `2030-09-${String(n + 1).padStart(2, "0")} 10:00:00`);
  for (const day of [...days].reverse()) await booked(service, ann.username, day, [bob.username]);
  const first = await list(bob.username);
  assert.deepEqual([first.count, first.previous, first.results.map(({ time_slot }) => time_slot)], [12, null, days.slice(0, 10)]);
  assert.match(first.next, /\/api\/event\/\?page=2$/);
  const second = await list(bob.username, "?page=2&future=false");
  assert.deepEqual([second.count, second.next, second.results.map(({ time_slot }) => time_slot)], [12, null, days.slice(10)]);
  assert.match(second.previous, /\/api\/event\/\?future=false$/);
  assert.deepEqual((await list(bob.username, "?page=last")).results, second.results);
  assert.equal((await service.ask("GET", "/api/event/?page=3", { as: bob.username })).status, 404);
  const one = await service.ask("GET", `/api/event/${first.results[0].id}/`, { as: bob.username });
  assert.deepEqual([one.headers.get("etag"), one.json], ['"1"', first.results[0]]);
  const stale = await patch(service, bob.username, first.results[0], { title: "x" }, { headers: { "If-Match": '"7"' } });
  assert.deepEqual([stale.status, stale.json], [412, first.results[0]]);
});

test("each change mails whom it concerns, with a calendar part of a rising SEQUENCE", async () => {
  const event = await booked(service, ann.username, "2030-10-01 10:00:00", [bob.username]);
  const invited = await parts(service, event.id, 2);
  assert.deepEqual(invited, { [ann.email]: ["REQUEST 0 CONFIRMED"], [bob.email]: ["REQUEST 0 CONFIRMED"] });
  await patch(service, bob.username, event, { time_slot: "2030-10-01 12:00:00" });
  await parts(service, event.id, 4);
  await patch(service, ann.username, event, { participants: [cyd.email, ann.email] });
  assert.deepEqual(await parts(service, event.id, 7), {
    [ann.email]: ["REQUEST 0 CONFIRMED", "REQUEST 1 CONFIRMED", "REQUEST 2 CONFIRMED"],
    [bob.email]: ["REQUEST 0 CONFIRMED", "REQUEST 1 CONFIRMED", "CANCEL 2 CANCELLED"],
    [cyd.email]: ["REQUEST 2 CONFIRMED"],
  });
  await patch(service, cyd.username, event, { status: "cancelled" });
  await parts(service, event.id, 9);
  await patch(service, ann.username, event, { status: "active" });
  const all = await parts(service, event.id, 11);
  assert.deepEqual([all[ann.email].slice(3), all[cyd.email].slice(1)], [["CANCEL 3 CANCELLED", "REQUEST 4 CONFIRMED"], ["CANCEL 3 CANCELLED", "REQUEST 4 CONFIRMED"]]);
  assert.equal(all[bob.email].length, 3, "who is removed hears no more");
  await patch(service, cyd.username, event, { status: "declined" });
  const answered = await parts(service, event.id, 12);
  assert.equal(answered[ann.email].length, 6, "the organiser is told who declines");
});
