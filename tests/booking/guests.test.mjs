// Guests' bookings: held, confirmed, approved, moved, cancelled and expired, by the links that are mailed. The clock of a request is
// moved by the test's own header; no right depends on when the clocks of the mail run.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { between, until, start } from "../support/harness.mjs";
import { person, basic, stranger } from "../support/people.mjs";
import { overlaps, told } from "../support/events.mjs";
import { confirm, confirmed, date, DAY, elsewhere, free, guest, held, hold, HOUR, link, mailed, MINUTE, publish, rows, starts, stored } from "../support/guests.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const dev = (offset) => ({ dev: `offset=${offset}` });
const TAKEN = ["This time is taken."];
const at = (days, time) => `${date(days)}T${time}:00Z`;

/// A new account that publishes one offer; gives its name, password and page.
async function owner(offer, page) {
  const who = basic(await person(service));
  const set = await service.ask("PUT", "/api/user/booking_page/", { ...who, json: { name: `o-${who.as}`, title: "The office", ...page } });
  assert.equal(set.status, 200, set.text);
  const added = await service.ask("POST", "/api/user/offers/", { ...who, json: { title: "Call", minutes: 60, notice: 0, ...offer } });
  assert.equal(added.status, 201, added.text);
  const account = await service.db.prepare("select id, address from accounts where username = ?").bind(who.as).first();
  return { who, name: `o-${who.as}`, path: `/book/o-${who.as}/${added.json.slug}/`, slug: added.json.slug, ...account };
}
const change = (owner, json) => service.ask("PATCH", `/api/user/offers/${owner.slug}/`, { ...owner.who, json });
async function hours(owner, weekly, timezone) {
  assert.equal((await service.ask("PATCH", "/accounts/me/", { ...owner.who, json: { timezone } })).status, 200);
  return service.ask("PUT", "/api/user/working_hours/", { ...owner.who, json: { weekly, exceptions: [] } });
}
const cancel = (booking, options) => service.ask("DELETE", `/meetings/${booking.meeting}/`, options);
const move = (booking, begin, options) => service.ask("PATCH", `/meetings/${booking.meeting}/`, { et: booking.et, json: { begin }, ...options });

test("a guest sees free times, holds one, confirms it by the mailed link, and both are invited", async () => {
  const page = await owner({ questions: ["Why?", "Who else?"], location: "Room 5", description: "A talk" });
  const day = date(2);
  const seen = await free(service, page, { from: day, days: "1", zone: "Asia/Kathmandu" });
  assert.equal(seen.status, 200);
  const { starts: found, earlier, later, ...rest } = seen.json;
  assert.deepEqual(rest, {
    name: page.name,
    title: "The office",
    offer: { slug: "call", title: "Call", description: "A talk", location: "Room 5", minutes: 60, questions: ["Why?", "Who else?"], approval: false, notice: 0 },
    timezone: "Asia/Kathmandu",
    from: day,
    days: 1,
  });
  assert.equal(found.length, 24);
  assert.equal(found[0], `${day}T00:45:00+05:45`, "in the guest's zone, by the owner's clock");
  assert.ok(earlier.endsWith(`?from=${date(1)}&days=1&zone=Asia/Kathmandu`) && later.includes(`from=${date(3)}`));

  const gus = guest({ answers: ["Because"], zone: "Asia/Kathmandu" });
  const booking = await held(service, page, found[0], gus);
  const { meeting, confirm_by, url, et, email, ...said } = booking;
  assert.deepEqual(said, { status: "held", awaits: "guest", start: found[0], end: `${day}T01:45:00+05:45` });
  assert.equal(url, `http://127.0.0.1:8787/meetings/${meeting}/`);
  const left = Date.parse(confirm_by) - Date.now();
  assert.ok(left > 29 * MINUTE && left <= 30 * MINUTE, confirm_by);
  assert.ok(!(await starts(service, page, { from: day, days: "1", zone: "Asia/Kathmandu" })).includes(found[0]));
  const [mail] = await mailed(service, booking, email, 1);
  assert.match(mail.text, /^Confirm your booking: Call/);
  assert.ok(!mail.text.includes(page.address) && mail.text.includes("The office"));
  assert.equal((await service.outbox()).filter((m) => m.to[0] === page.address && m.text.includes(String(meeting))).length, 0, "the owner is not mailed yet");

  const mailedLink = /et=(\S+)/.exec(mail.text)[1];
  for (const _ of [1, 2]) {
    const looked = await service.ask("GET", `/meetings/${meeting}/`, { et: mailedLink });
    assert.deepEqual([looked.status, looked.json.status, looked.json.organiser], [200, "held", { email: null, name: "The office" }]);
  }
  assert.equal((await stored(service, booking)).status, "held", "a look changes nothing");
  const done = await service.ask("POST", `/meetings/${meeting}/confirm/`, { et: mailedLink });
  assert.deepEqual([done.status, done.json.status, done.json.booking.awaits], [200, "confirmed", null]);
  assert.deepEqual(done.json.booking.answers, [{ question: "Why?", answer: "Because" }, { question: "Who else?", answer: "" }]);
  const again = await service.ask("POST", `/meetings/${meeting}/confirm/`, { et: mailedLink });
  assert.deepEqual([again.status, again.json.version], [200, done.json.version], "confirmed twice is confirmed");
  const [, invitation] = await mailed(service, booking, email, 2);
  assert.equal(invitation.attachments.length, 1);
  const [told] = await mailed(service, booking, page.address, 1);
  assert.ok(told.text.includes("Because") && told.text.includes("Gus Guest"));
  const [row, ...others] = await rows(service, booking);
  assert.deepEqual([row.account, row.hard, row.strict, row.expires_at, others.length], [page.id, 1, 1, null, 0]);
});

test("a start that is not offered is refused with a clear text, and one that is taken with alternatives", async () => {
  const page = await owner({ step: 30, notice: 120, horizon_days: 10 });
  const why = async (start) => {
    const { status, json } = await hold(service, page, start);
    return [status, json.start?.[0]];
  };
  assert.deepEqual(await why(at(2, "10:15")), [400, "This is not one of the times that are offered."]);
  assert.deepEqual(await why(`${date(2)}T10:00:01Z`), [400, "This is not one of the times that are offered."]);
  const soon = new Date(Math.ceil(Date.now() / (30 * MINUTE)) * 30 * MINUTE + 30 * MINUTE).toISOString();
  assert.deepEqual(await why(soon), [400, "This must be booked 120 minutes before it begins, or earlier."]);
  assert.deepEqual(await why(at(-1, "10:00")), [400, "This must be booked 120 minutes before it begins, or earlier."]);
  assert.deepEqual(await why(at(11, "00:00")), [400, "This can be booked 10 days ahead at most."]);
  assert.deepEqual([(await starts(service, page, { from: date(10), days: "1" })).length, (await starts(service, page, { from: date(11), days: "1" })).length], [48, 0], "the last day is whole");
  assert.deepEqual(await why("9999-01-01T00:00:00Z"), [400, "This can be booked 10 days ahead at most."]);
  assert.deepEqual(await why("soon"), [400, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."]);
  const faults = await service.ask("POST", page.path, { json: { start: at(2, "10:00"), name: "", email: "x", answers: ["a"], zone: "Mars" } });
  assert.deepEqual([faults.status, Object.keys(faults.json).sort()], [400, ["answers", "email", "name", "zone"]]);
  await confirmed(service, page, at(2, "10:00"));
  for (const start of [at(2, "10:00"), at(2, "10:30"), at(2, "09:30")]) {
    const refused = await hold(service, page, start, guest({ zone: "Europe/Berlin" }));
    assert.deepEqual([refused.status, refused.json.err_message, refused.json.alternatives.length], [409, TAKEN, 3]);
    for (const other of refused.json.alternatives) {
      assert.match(other, /\+0[12]:00$/);
      assert.ok((await starts(service, page, { from: date(1), days: "3", zone: "Europe/Berlin" })).includes(other), other);
    }
    const [nearest] = refused.json.alternatives;
    const booked = await hold(service, page, nearest);
    assert.equal(booked.status, 201, `an alternative is really free: ${booked.text}`);
    await cancel(booked.json, { et: link(booked.json.meeting) });
  }
});

test("the same start and address again answers as the first time and mails nothing", async () => {
  const page = await owner();
  const gus = guest();
  const first = await hold(service, page, at(2, "10:00"), gus);
  const again = await hold(service, page, `${date(2)}T11:00:00+01:00`, { ...gus, email: gus.email.toUpperCase(), name: "Other" });
  assert.deepEqual([again.status, again.json], [201, first.json]);
  await confirm(service, first.json);
  assert.deepEqual((await hold(service, page, at(2, "10:00"), gus)).json, first.json, "whoever sends it learns nothing more");
  await mailed(service, first.json, gus.email, 2);
  const both = await Promise.all([1, 2, 3, 4].map(() => hold(service, page, at(3, "10:00"), guest({ email: "twice@guests.example" }))));
  assert.deepEqual(both.map(({ status }) => status), [201, 201, 201, 201]);
  assert.equal(new Set(both.map(({ json }) => json.meeting)).size, 1);
  assert.equal((await mailed(service, both[0].json, "twice@guests.example", 1)).length, 1);
  const counts = await service.db.prepare("select count(*) as n from meetings where organiser = ?").bind(page.id).first();
  assert.equal(counts.n, 2);
});

test("of many guests who want one hour at once, one has it", async () => {
  const page = await owner();
  const all = await Promise.all(Array.from({ length: 12 }, () => hold(service, page, at(4, "10:00"), guest(), elsewhere())));
  assert.equal(all.filter(({ status }) => status === 201).length, 1);
  for (const { status, json, text } of all.filter(({ status }) => status !== 201)) {
    assert.deepEqual([status, json.err_message, json.alternatives?.length], [409, TAKEN, 3], text);
  }
  assert.deepEqual(await overlaps(service.db), []);
});

test("two at once cannot exceed a daily cap of one, and the day is listed no more", async () => {
  const page = await owner({ daily_cap: 1 });
  const times = ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00"];
  const all = await Promise.all(times.map((time) => hold(service, page, at(5, time), guest(), elsewhere())));
  assert.equal(all.filter(({ status }) => status === 201).length, 1, all.map(({ text }) => text).join("\n"));
  for (const { json } of all.filter(({ status }) => status !== 201)) {
    assert.deepEqual(json.err_message, TAKEN);
    for (const other of json.alternatives) assert.ok(!other.startsWith(date(5)), other);
  }
  assert.deepEqual(await starts(service, page, { from: date(5), days: "1" }), []);
  assert.equal((await starts(service, page, { from: date(6), days: "1" })).length, 24);
  const one = all.find(({ status }) => status === 201).json;
  assert.equal((await cancel(one, { et: link(one.meeting) })).status, 204);
  assert.equal((await starts(service, page, { from: date(5), days: "1" })).length, 24, "cancelled, it does not count");
});

test("a daily cap counts the owner's days", async () => {
  const page = await owner({ daily_cap: 1 });
  assert.equal((await service.ask("PATCH", "/accounts/me/", { ...page.who, json: { timezone: "Asia/Tokyo" } })).status, 200);
  // In Tokyo it is one o'clock of the next day.
  const booking = await held(service, page, at(5, "16:00"));
  assert.equal((await stored(service, booking)).day, date(6));
  await confirm(service, booking);
  assert.equal((await stored(service, booking)).day, date(6));
  const listed = async (days) => (await starts(service, page, { from: date(days), days: "1", zone: "Asia/Tokyo" })).length;
  assert.deepEqual([await listed(5), await listed(6), await listed(7)], [24, 0, 24]);
  assert.equal((await hold(service, page, at(6, "10:00"))).status, 409);
  assert.equal((await hold(service, page, at(5, "10:00"))).status, 201, "the day before in Tokyo, and the same in UTC");
});

test("a hold ends after half an hour, whether its row is still there or not, and may be confirmed later if the time is free", async () => {
  const page = await owner();
  const [early, late] = [dev(29 * MINUTE), dev(31 * MINUTE)];
  const booking = await held(service, page, at(3, "10:00"));
  const before = await starts(service, page, { from: date(3), days: "1" }, early);
  const after = await starts(service, page, { from: date(3), days: "1" }, late);
  assert.deepEqual([before.length, after.length], [23, 24]);
  assert.equal((await hold(service, page, at(3, "10:00"), guest(), early)).status, 409);
  // The clock has not run: its row is there, and refuses nothing.
  const other = await held(service, page, at(3, "10:00"), guest(), late);
  const refused = await confirm(service, booking, late);
  assert.deepEqual([refused.status, refused.json.err_message, refused.json.alternatives.length], [409, TAKEN, 3]);
  assert.equal((await cancel(other, { et: other.et, ...late })).status, 204);
  assert.deepEqual([(await confirm(service, booking, late)).json.status], ["confirmed"]);
  assert.equal((await rows(service, booking)).length, 1);
  await mailed(service, booking, page.address, 1);
  const heard = (await service.outbox()).filter(({ to, text }) => to[0] === page.address && text.includes(`/meetings/${other.meeting}/`));
  assert.deepEqual(heard, [], "of what its guest has not confirmed its owner hears nothing, whatever becomes of it");

  // What has ended fills no day, and whoever asks again holds the time anew. A clock that was moved above would end it at once.
  await resetClocks();
  const capped = await owner({ daily_cap: 1 });
  const gus = guest();
  const first = await held(service, capped, at(3, "10:00"), gus);
  assert.deepEqual([(await starts(service, capped, { from: date(3), days: "1" }, early)).length, (await starts(service, capped, { from: date(3), days: "1" }, late)).length], [0, 24]);
  const anew = await held(service, capped, at(3, "10:00"), gus, late);
  assert.notEqual(anew.meeting, first.meeting);

  const second = await held(service, page, at(3, "14:00"));
  await wakeAt(31 * MINUTE, second.meeting);
  await until("the clock to give up the hold", async () => (await stored(service, second)).status === "expired");
  assert.deepEqual([(await stored(service, second)).ended, (await rows(service, second)).length], [1, 0]);
  assert.equal((await mailed(service, second, second.email, 1)).length, 1, "nobody is mailed that a hold has ended");
  const shown = await service.ask("GET", `/meetings/${second.meeting}/`, { et: second.et });
  assert.equal(shown.json.status, "expired");
  assert.equal((await cancel(second, { et: second.et })).status, 409);
  const done = await confirm(service, second, late);
  assert.deepEqual([done.status, done.json.status, (await stored(service, second)).ended], [200, "confirmed", 0]);
  await resetClocks();
});

/// Has the clock of a meeting's shard run, so much later: another hold in it makes it look for what is due by then.
async function wakeAt(offset, meeting) {
  const id = 16 * 1_000_000 * Math.ceil(Math.random() * 1_000_000) + (meeting % 16);
  await held(service, await owner(), at(4, "10:00"), guest(), { ...elsewhere(), dev: `offset=${offset}; id=${id}` });
}

/// Sets all clocks right that a test has moved: what is due later is not due for the next test.
async function resetClocks() {
  for (let shard = 0; shard < 16; shard++) await wakeAt(0, shard);
}

test("holds are three for a place, one for an address and offer, twenty for an offer", async () => {
  const page = await owner();
  const here = elsewhere();
  const gus = guest();
  for (const time of ["01:00", "02:00", "03:00"]) assert.equal((await hold(service, page, at(2, time), time === "01:00" ? gus : guest(), here)).status, 201);
  const fourth = await hold(service, page, at(2, "04:00"), guest(), here);
  assert.deepEqual([fourth.status, fourth.json.detail, fourth.headers.get("Retry-After")], [429, "Too many bookings from here wait to be confirmed.", "1800"]);
  const second = await hold(service, page, at(2, "05:00"), gus, elsewhere());
  assert.deepEqual([second.status, second.json.err_message], [409, ["A booking with this address waits to be confirmed. Confirm it by the link in the mail, or wait until it ends."]]);
  const other = await owner();
  assert.equal((await hold(service, other, at(2, "05:00"), gus, elsewhere())).status, 201, "of another offer");
  for (let n = 0; n < 17; n++) {
    const { status, text } = await hold(service, page, at(3, `${String(n).padStart(2, "0")}:00`), guest(), elsewhere());
    assert.equal(status, 201, text);
  }
  const last = await hold(service, page, at(4, "04:00"), guest(), elsewhere());
  assert.deepEqual([last.status, last.json.detail], [429, "Too many bookings of this kind wait to be confirmed."]);
  assert.equal((await hold(service, page, at(4, "04:00"), guest(), { ...here, ...dev(31 * MINUTE) })).status, 201, "holds that have ended count no more");
  const { results } = await service.db.prepare("select * from bookings where owner = ?").bind(page.id).all();
  assert.ok(!JSON.stringify(results).includes("guests.example") && !JSON.stringify(results).includes("198.51"), "addresses and places are kept as keyed hashes");
  await resetClocks();
});

test("with approval the owner confirms or declines, and the guest hears either way", async () => {
  const page = await owner({ approval: true });
  const approve = (booking, options = page.who) => service.ask("POST", `/meetings/${booking.meeting}/approve/`, options);
  const booking = await held(service, page, at(3, "10:00"));
  assert.equal((await approve(booking)).status, 409, "the guest has to confirm first");
  const asked = await confirm(service, booking);
  assert.deepEqual([asked.status, asked.json.status, asked.json.booking.awaits], [200, "held", "owner"]);
  const left = Date.parse(asked.json.booking.until) - Date.now();
  assert.ok(left > 47 * HOUR && left <= 48 * HOUR);
  const [mail] = await mailed(service, booking, page.address, 1);
  assert.match(mail.text, /^Gus Guest would like to book Call/);
  assert.equal((await mailed(service, booking, booking.email, 2)).length, 2);
  assert.equal((await hold(service, page, at(3, "10:00"))).status, 409, "its time is kept");
  assert.deepEqual(told(await confirm(service, booking))[1].booking.awaits, "owner");
  for (const who of [{ et: booking.et }, { as: "st" }]) assert.notEqual((await approve(booking, who)).status, 200);
  const approved = await approve(booking);
  assert.deepEqual([approved.status, approved.json.status, approved.json.attendees[0].email], [200, "confirmed", booking.email]);
  assert.equal((await approve(booking)).json.version, approved.json.version);
  assert.equal((await mailed(service, booking, booking.email, 3))[2].attachments.length, 1);

  const second = await held(service, page, at(4, "10:00"));
  await confirm(service, second);
  assert.equal((await cancel(second, { ...page.who, json: { message: "I am away then" } })).status, 204);
  const refusal = (await mailed(service, second, second.email, 3))[2];
  assert.match(refusal.text, /^Your booking does not take place: Call/);
  assert.ok(refusal.text.includes("I am away then") && !refusal.text.includes(page.address));
  assert.deepEqual([(await stored(service, second)).status, (await rows(service, second)).length], ["cancelled", 0]);
  assert.equal((await approve(second)).status, 409);

  const third = await held(service, page, at(5, "10:00"));
  await confirm(service, third);
  const [row] = await rows(service, third);
  assert.ok(Math.abs(row.expires_at - Date.now() - 48 * HOUR) < MINUTE);
  await wakeAt(49 * HOUR, third.meeting);
  await until("the clock to give it up", async () => (await stored(service, third)).status === "expired");
  assert.match((await mailed(service, third, third.email, 3))[2].text, /has not answered your booking/);
  assert.equal((await approve(third, { ...page.who, ...dev(49 * HOUR) })).json.status, "confirmed", "late, and its time is free");

  const soon = await held(service, page, (await starts(service, page))[0]);
  const shown = (await confirm(service, soon)).json;
  assert.equal(shown.booking.until, shown.begin, "it does not wait beyond its own begin");
  await resetClocks();
});

test("a guest moves and cancels by the link until the notice, and the owner at any time before it begins", async () => {
  const page = await owner({ minutes: 30, step: 15, notice: 24 * 60 });
  const booking = await confirmed(service, page, at(3, "10:00"));
  const times = await service.ask("GET", `/meetings/${booking.meeting}/times/?from=${date(3)}&days=1&zone=UTC`, { et: booking.et });
  assert.equal(times.status, 200, times.text);
  for (const time of ["09:45", "10:00", "10:15"]) assert.ok(times.json.starts.includes(`${date(3)}T${time}:00+00:00`), `${time}: its own time is free`);
  assert.ok(!(await starts(service, page, { from: date(3), days: "1" })).includes(`${date(3)}T10:15:00+00:00`));
  assert.equal((await service.ask("GET", `/meetings/${booking.meeting}/times/?month=2026-13`, { et: booking.et })).status, 400);
  assert.equal((await service.ask("GET", `/meetings/${booking.meeting}/times/`, { as: "st" })).status, 404);
  const moved = await move(booking, at(3, "10:15"));
  assert.deepEqual([moved.status, moved.json.begin, moved.json.attendees[0].partstat], [202, at(3, "10:15"), "accepted"], "by a quarter of an hour, onto a part of its own time");
  assert.equal((await stored(service, booking)).day, date(3));
  assert.match((await mailed(service, booking, page.address, 2))[1].text, /moved/);
  for (const [json, status] of [[{ begin: at(3, "10:20") }, 400], [{ title: "Mine" }, 403], [{ begin: at(3, "11:00"), duration: "02:00:00" }, 403], [{ begin: at(1, "00:00") }, 400], [{}, 403]]) {
    assert.equal((await move(booking, undefined, { json })).status, status, JSON.stringify(json));
  }
  const other = await confirmed(service, page, at(3, "12:00"));
  const refused = await move(booking, at(3, "12:15"));
  assert.deepEqual([refused.status, refused.json.err_message, refused.json.alternatives.length], [409, TAKEN, 3]);
  const late = dev(2 * DAY + 11 * HOUR + (Date.parse(at(0, "00:00")) - Date.now()) + 0);
  const TOO_LATE = { err_message: ["It is too late to change this booking."] };
  assert.deepEqual(told(await move(booking, at(4, "10:00"), late)), [409, TOO_LATE]);
  assert.deepEqual(told(await cancel(booking, { et: booking.et, ...late })), [409, TOO_LATE]);
  const begun = dev(3 * DAY + 11 * HOUR + (Date.parse(at(0, "00:00")) - Date.now()));
  assert.equal((await cancel(booking, { et: booking.et, ...begun })).status, 409);
  assert.equal((await cancel(booking, { ...page.who, ...begun })).status, 409, "what has begun is not cancelled");
  assert.equal((await cancel(other, { et: other.et, json: { message: "I am ill" } })).status, 204);
  assert.ok((await mailed(service, other, page.address, 2))[1].text.includes("I am ill"));
  assert.deepEqual([(await rows(service, other)).length, (await stored(service, other)).ended], [0, 1]);
  assert.equal((await cancel(other, { et: other.et })).status, 204, "cancelled twice is cancelled");
  assert.equal((await move(other, at(4, "10:00"))).status, 409);
  assert.equal((await confirm(service, other)).status, 409, "what is cancelled is not confirmed");
  assert.equal((await cancel(booking, { ...page.who, json: { message: "Sorry!" }, ...late })).status, 204);
  assert.ok((await mailed(service, booking, booking.email, 4)).at(-1).text.includes("Sorry!"));
  await resetClocks();
});

test("the owner moves a booking as it likes, and its buffers go with it", async () => {
  const page = await owner({ buffer_before: 30, buffer_after: 60, daily_cap: 1 });
  const booking = await confirmed(service, page, at(3, "10:00"));
  const moved = await move(booking, at(4, "10:17"), { et: undefined, ...page.who });
  assert.equal(moved.status, 202, moved.text);
  const [row] = await rows(service, booking);
  assert.deepEqual([row.guard_start, row.guard_end, row.strict, row.hard].map(Number), [Date.parse(at(4, "09:47")), Date.parse(at(4, "12:17")), 0, 1]);
  assert.deepEqual([(await stored(service, booking)).day, (await starts(service, page, { from: date(3), days: "1" })).length, (await starts(service, page, { from: date(4), days: "1" })).length], [date(4), 24, 0]);
  await change(page, { daily_cap: null });
  const open = await starts(service, page, { from: date(4), days: "1" });
  assert.ok(open.includes(`${date(4)}T08:00:00+00:00`) && !open.includes(`${date(4)}T09:00:00+00:00`) && !open.includes(`${date(4)}T12:00:00+00:00`) && open.includes(`${date(4)}T13:00:00+00:00`), open.join());
});

test("a confirmation that comes late does not go around the notice", async () => {
  const page = await owner({ notice: 60 });
  const first = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 2 * HOUR);
  const booking = await held(service, page, first.toISOString());
  const minutesBefore = (minutes) => dev(first - Date.now() - minutes * MINUTE);
  assert.deepEqual(told(await confirm(service, booking, minutesBefore(10))), [409, { err_message: ["It is too late to change this booking."] }]);
  assert.equal((await confirm(service, booking, minutesBefore(-10))).status, 409);
  assert.equal((await confirm(service, booking, minutesBefore(70))).json.status, "confirmed");
  await resetClocks();
});

test("what its owner changes while a guest books is what the booking is judged by", async () => {
  const page = await owner({ step: 30 });
  const booking = (start, happens) => between(service, "into bookings", () => hold(service, page, start), happens);
  const NO_START = [400, { start: ["This is not one of the times that are offered."] }];
  assert.deepEqual(told(await booking(at(3, "10:30"), () => change(page, { step: 60 }))), NO_START);
  const nine = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((weekday) => ({ weekday, from: "09:00", to: "12:00" }));
  assert.deepEqual(told(await booking(at(3, "14:00"), () => hours(page, nine, "UTC"))), NO_START);
  assert.equal((await booking(at(3, "10:00"), () => change(page, { paused: true }))).status, 404);
  await change(page, { paused: false });
  const { results } = await service.db.prepare("select * from bookings where owner = ?").bind(page.id).all();
  assert.deepEqual(results, []);
});

test("soft engagements are taken for guests: agreed proposals and imported times", async () => {
  const page = await owner();
  const soft = (kind, time, source) =>
    service.db
      .prepare("insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (?1, ?2, ?3, ?2, ?3, 0, 0, ?4, ?5)")
      .bind(page.id, Date.parse(at(3, time)), Date.parse(at(3, time)) + HOUR, kind, source)
      .run();
  await soft("import", "10:30", 91);
  await soft("meeting", "15:00", 92);
  const open = await starts(service, page, { from: date(3), days: "1" });
  assert.equal(open.length, 21);
  for (const time of ["10:00", "11:00", "15:00"]) assert.equal((await hold(service, page, at(3, time))).status, 409, time);
  // What comes after the hold makes its confirmation a clash: it is judged anew.
  const booking = await held(service, page, at(3, "20:00"));
  await soft("import", "20:15", 93);
  assert.deepEqual((await confirm(service, booking)).json.err_message, TAKEN);
  assert.equal((await stored(service, booking)).status, "held");
});

test("the hours of the owner, its blocks and its events bind guests, by the owner's clock", async () => {
  const page = await owner({ minutes: 45, step: 30 });
  const set = await hours(page, ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((weekday) => ({ weekday, from: "09:10", to: "11:00" })), "Asia/Kolkata");
  assert.equal(set.status, 200, set.text);
  const day = date(3);
  assert.deepEqual(await starts(service, page, { from: day, days: "1", zone: "Asia/Kolkata" }), ["09:10", "09:40", "10:10"].map((time) => `${day}T${time}:00+05:30`));
  const blocked = await service.ask("POST", "/api/user/block_slots/", { ...page.who, json: { date: day, blocked_slots: [10] } });
  assert.equal(blocked.status, 200, blocked.text);
  assert.deepEqual(await starts(service, page, { from: day, days: "1", zone: "Asia/Kolkata" }), [`${day}T09:10:00+05:30`]);
  assert.equal((await hold(service, page, `${day}T10:10:00+05:30`)).status, 409);
  assert.equal((await hold(service, page, `${day}T11:10:00+05:30`)).status, 400);
});

test("on the day that clocks are put back both of two equal times are listed, and told apart by their offsets", async () => {
  const page = await owner({ horizon_days: 365 });
  assert.equal((await service.ask("PATCH", "/accounts/me/", { ...page.who, json: { timezone: "America/New_York" } })).status, 200);
  // The first Sunday of November.
  const year = new Date().getUTCFullYear();
  const sunday = (y) => `${y}-11-0${1 + ((7 - new Date(Date.UTC(y, 10, 1)).getUTCDay()) % 7)}`;
  const day = sunday(year) > date(1) ? sunday(year) : sunday(year + 1);
  const listed = await starts(service, page, { from: day, days: "1" });
  assert.deepEqual([listed.length, listed.slice(1, 4)], [25, [`${day}T01:00:00-04:00`, `${day}T01:00:00-05:00`, `${day}T02:00:00-05:00`]]);
  await confirmed(service, page, listed[2]);
  const left = await starts(service, page, { from: day, days: "1" });
  assert.ok(left.includes(listed[1]) && !left.includes(listed[2]) && left.length === 24);
});

test("whoever is signed in with a verified address needs no hold, and gets soft time of its own", async () => {
  const page = await owner();
  const booker = await person(service);
  const book = (time, more = {}) => service.ask("POST", page.path, { ...basic(booker), json: { start: at(3, time), ...more } });
  const first = await book("10:00");
  assert.deepEqual([first.status, first.json.status, first.json.awaits, first.json.confirm_by], [201, "confirmed", null, null]);
  assert.deepEqual((await book("10:00")).json, first.json, "sent twice it is one's own");
  const own = await rows(service, first.json);
  const mine = own.find(({ account }) => account === booker.id);
  assert.deepEqual([own.length, mine.hard, mine.strict, mine.guard_start === mine.starts_at], [2, 0, 0, true]);
  assert.equal((await mailed(service, first.json, booker.email, 1)).length, 1);
  const elses = await book("11:00", { email: "else@guests.example", name: "Else" });
  assert.equal(elses.json.status, "held", "another address has to be proven");
  const unproven = await service.ask("POST", page.path, { ...basic(await stranger(service)), json: { start: at(3, "17:00") } });
  assert.deepEqual([unproven.status, unproven.json.status, unproven.json.awaits], [201, "held", "guest"], "so has one that is not verified");
  await change(page, { approval: true });
  const asked = await book("12:00");
  assert.deepEqual([asked.json.status, asked.json.awaits], ["held", "owner"]);
  // A guest's confirmation counts for the account of the same, verified address.
  const other = await person(service);
  await change(page, { approval: false });
  const booking = await confirmed(service, page, at(3, "15:00"), { name: "O", email: other.email });
  assert.deepEqual((await rows(service, booking)).map(({ account, hard }) => [account, hard]).sort(), [[page.id, 1], [other.id, 0]].sort());
});

test("every wrong range, month and zone is 400, and beyond the calendar as well", async () => {
  const page = await owner();
  for (const query of [
    "month=2026-13", "month=2026-00", "month=2026-1", "month=", "month=2026-11-01", "month=x", "from=2026-02-30", "from=", "from=tomorrow", "days=0", "days=32",
    "days=", "days=x", "days=-1", "days=1.5", "zone=Mars", "zone=", "zone=../etc", "month=2026-11&days=3", "month=2026-11&from=2026-11-01", "from=9999-12-31&days=31",
  ]) {
    const { status, text } = await service.ask("GET", `${page.path}?${query}`);
    assert.equal(status, 400, `${query} ${text}`);
  }
  for (const query of ["month=2026-02", "from=0001-01-02&days=1", "from=9998-12-01", `month=${date(0).slice(0, 7)}`, "zone=asia/tokyo", "x=y"]) {
    const { status, text } = await service.ask("GET", `${page.path}?${query}`);
    assert.equal(status, 200, `${query} ${text}`);
  }
  const month = (await service.ask("GET", `${page.path}?month=${date(32).slice(0, 7)}&zone=UTC`)).json;
  assert.match(month.earlier, /\?month=\d{4}-\d\d&zone=UTC$/);
  assert.equal((await service.ask("GET", `${page.path}?from=${date(300)}&days=7`)).json.later, null, "beyond the horizon");
  assert.equal((await service.ask("GET", page.path)).json.earlier, null);
});

test("a guest never learns what is busy, nor the owner's address", async () => {
  const page = await owner();
  const secret = await person(service, { first_name: "Sesame", last_name: "Secretname" });
  const event = await service.ask("POST", "/api/event/", { ...page.who, json: { title: "Secrettitle", time_slot: `${date(3)} 10:00:00`, description: "Secretreason", participants: [] } });
  assert.equal(event.status, 201, event.text);
  const booking = await confirmed(service, page, at(3, "12:00"), { name: secret.username, email: secret.email });
  const gus = guest();
  const mine = await held(service, page, at(3, "16:00"), gus);
  const seen = [];
  const look = async (method, path, options) => {
    const { text, headers } = await service.ask(method, path, options);
    seen.push(text, JSON.stringify([...headers]));
  };
  await look("GET", `/book/${page.name}/`);
  await look("GET", `${page.path}?from=${date(3)}&days=2`);
  for (const time of ["10:00", "12:00"]) await look("POST", page.path, { json: { start: at(3, time), ...guest() } });
  await look("GET", `/meetings/${mine.meeting}/`, { et: mine.et });
  await look("POST", `/meetings/${mine.meeting}/confirm/`, { et: mine.et });
  await look("GET", `/meetings/${mine.meeting}/`, { et: mine.et });
  await look("GET", `/meetings/${mine.meeting}/times/?from=${date(3)}&days=1`, { et: mine.et });
  await look("PATCH", `/meetings/${mine.meeting}/`, { et: mine.et, json: { begin: at(3, "10:00") } });
  await look("GET", `/meetings/${mine.meeting}/calendar.ics`, { et: mine.et });
  for (const html of [`/book/${page.name}/`, page.path]) await look("GET", html, { headers: { Accept: "text/html" } });
  await look("DELETE", `/meetings/${mine.meeting}/`, { et: mine.et });
  const mails = await mailed(service, mine, gus.email, 3);
  seen.push(...mails.map((mail) => `${JSON.stringify(mail)} ${(mail.attachments ?? []).map(({ content }) => atob(content)).join()}`));
  const all = seen.join("\n");
  const account = page.who.as;
  for (const word of ["Secret", secret.email, secret.username, page.address, `"${account}"`, String(booking.meeting), String(event.json.response.id), `"busy"`]) {
    assert.ok(!all.includes(word), `a guest reads ${word}: ${all.slice(Math.max(0, all.indexOf(word) - 200), all.indexOf(word) + 100)}`);
  }
});
