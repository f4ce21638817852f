// When somebody can be booked: working hours, blocked hours with the document's words, available hours, and free and busy time, on days
// of 23, 24 and 25 hours.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import ICAL from "ical.js";
import { start } from "../support/harness.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());
beforeEach(async () => {
  for (const table of ["busy", "blocked_days", "contacts"]) await service.db.prepare(`delete from ${table}`).run();
  await service.db.prepare("update accounts set timezone = 'UTC', hours = null, hours_version = 0, bookable_by = 'anyone'").run();
});

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const without = (...hours) => HOURS.filter((hour) => !hours.includes(hour));
const zone = (as, timezone) => service.db.prepare("update accounts set timezone = ? where username = ?").bind(timezone, as).run();
const address = async (as) => (await service.db.prepare("select address from accounts where username = ?").bind(as).first()).address;
const number = async (as) => (await service.db.prepare("select id from accounts where username = ?").bind(as).first()).id;
const block = (as, date, hours, method = "POST") => service.ask(method, "/api/user/block_slots/", { as, json: { date, blocked_slots: hours } });
const unblock = (as, date, hours) => block(as, date, hours, "DELETE");
const available = (as, date, user) => service.ask("GET", `/api/user/get_available_slots/?${new URLSearchParams({ date, ...(user === undefined ? {} : { user }) })}`, { as });
const freebusy = (as, query = {}, options = {}) => service.ask("GET", `/api/user/freebusy/?${new URLSearchParams(query)}`, { as, ...options });
const set = (as, json, headers = {}) => service.ask("PUT", "/api/user/working_hours/", { as, json, headers });
/// A row of `busy` as another part of the service writes it.
async function engage(as, from, to, { hard = 1, kind = "meeting", source = 77, made = 0, expires = null } = {}) {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const sql = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, expires_at, kind, source) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  await service.db.prepare(sql).bind(await number(as), begin, end, begin, end, hard, made, expires, kind, source).run();
}
const blocks = async () => (await service.db.prepare("select starts_at, ends_at from busy where kind = 'block' order by starts_at").all()).results.map(({ starts_at, ends_at }) => [new Date(starts_at).toISOString(), new Date(ends_at).toISOString()]);
const ok = ({ status, json, text }) => {
  assert.equal(status, 200, text);
  return json.response ?? json;
};
const fails = ({ status, json, text }, wanted, body) => {
  assert.equal(status, wanted, text);
  assert.deepEqual(json, body);
};

test("blocked hours are shown as the document shows them, and the rest is available", async () => {
  const before = ok(await available("zo", "2030-04-25"));
  assert.deepEqual([before.id, before.blocked_slots, before.available_time_slots], [null, [], HOURS]);
  const { status, json } = await block("zo", "2030-04-25", [17, 10, 15, 10]);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["response"]);
  const { id, created, modified, ...rest } = json.response;
  assert.deepEqual(rest, {
    user: { id: await number("zo"), username: "zo", email: await address("zo") },
    date: "2030-04-25",
    blocked_slots: [10, 15, 17],
    available_time_slots: without(10, 15, 17),
  });
  assert.ok(Number.isSafeInteger(id) && id > 0);
  assert.match(created, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.equal(modified, created);
  // What is blocked stays so: the union. Again, nothing changes.
  const more = ok(await block("zo", "2030-04-25", [3, 10]));
  assert.deepEqual([more.id, more.blocked_slots, more.created], [id, [3, 10, 15, 17], created]);
  const rows = await blocks();
  assert.deepEqual(ok(await block("zo", "2030-04-25", [10, 3])), more);
  assert.deepEqual(await blocks(), rows);
  assert.equal(rows.length, 4);
  assert.deepEqual(ok(await available("zo", "2030-04-25")), more);
  // Other days and other people have nothing of it.
  assert.deepEqual(ok(await available("zo", "2030-04-26")).available_time_slots, HOURS);
  assert.deepEqual(ok(await available("st", "2030-04-25")).available_time_slots, HOURS);
  // The times of the row are told in the zone of whoever asks.
  await zone("zo", "Asia/Kathmandu");
  const there = ok(await available("zo", "2030-04-25"));
  assert.equal(Date.parse(`${there.created.replace(" ", "T")}+05:45`), Date.parse(`${created.replace(" ", "T")}Z`));
});

test("unblocking frees these hours and no others, and is done again without a change", async () => {
  ok(await block("zo", "2030-04-25", [9, 10, 11]));
  const after = ok(await unblock("zo", "2030-04-25", [10, 5]));
  assert.deepEqual(after.blocked_slots, [9, 11]);
  assert.deepEqual(ok(await unblock("zo", "2030-04-25", [10, 5])), after);
  assert.deepEqual(ok(await unblock("zo", "2030-04-25", HOURS)).blocked_slots, []);
  assert.deepEqual(await blocks(), []);
  const never = ok(await unblock("st", "2030-04-25", [1]));
  assert.deepEqual([never.id, never.blocked_slots], [null, []]);
});

test("every wrong body is told in the document's words", async () => {
  const past = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  for (const method of ["POST", "DELETE"]) {
    const send = (json) => service.ask(method, "/api/user/block_slots/", { as: "zo", json });
    fails(await send({ date: past, blocked_slots: [1] }), 400, { date: ["Slots can't be defined for past date"] });
    fails(await send({ date: "2030-04-25", blocked_slots: [] }), 400, { blocked_slots: ["This list may not be empty."] });
    fails(await send({ date: "2030-04-25", blocked_slots: [24, "x", -1] }), 400, {
      blocked_slots: { 0: ["Ensure this value is less than or equal to 23."], 1: ["A valid integer is required."], 2: ["Ensure this value is greater than or equal to 0."] },
    });
    fails(await send({ date: "25.04.2030", blocked_slots: 7 }), 400, {
      date: ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
      blocked_slots: ['Expected a list of items but got type "int".'],
    });
    fails(await send({}), 400, { date: ["This field is required."], blocked_slots: ["This field is required."] });
  }
  fails(await service.ask("GET", "/api/user/get_available_slots/", { as: "zo" }), 400, { date: ["This field is required."] });
  fails(await available("zo", "soon"), 400, { date: ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."] });
  ok(await available("zo", "2020-04-25"));
  for (const date of ["9999-12-31", "0000-01-01", "2030-02-30"]) assert.ok([200, 400].includes((await available("zo", date)).status), date);
  ok(await block("zo", "9999-12-31", [0, 23]));
  assert.deepEqual(await blocks(), []);
});

test("the present day can be blocked, and which day that is depends on the zone", async () => {
  const now = Date.now();
  const day = (offset) => new Date(now + offset).toISOString().slice(0, 10);
  const dev = `offset=${Date.parse(`${day(0)}T23:30:00Z`) - now}`;
  const send = (as) => service.ask("POST", "/api/user/block_slots/", { as, dev, json: { date: day(0), blocked_slots: [23] } });
  await zone("st", "Europe/Berlin");
  ok(await send("zo"));
  fails(await send("st"), 400, { date: ["Slots can't be defined for past date"] });
});

test("an hour that is booked is not blocked, and every one is told", async () => {
  await engage("zo", "2030-04-25T15:00Z", "2030-04-25T16:30Z");
  await engage("zo", "2030-04-25T12:00Z", "2030-04-25T13:00Z", { hard: 0, kind: "import" });
  await engage("zo", "2030-04-25T18:00Z", "2030-04-25T19:00Z", { expires: Date.now() - 1 });
  const said = (hour) => `There is already an event booked at time slot : ${hour}`;
  fails(await block("zo", "2030-04-25", [14, 15]), 409, { err_message: [said(15)] });
  fails(await block("zo", "2030-04-25", HOURS), 409, { err_message: [said(15), said(16)] });
  assert.deepEqual(await blocks(), [], "nothing of it is blocked");
  // What is soft refuses nothing, nor does a hold that has expired.
  assert.deepEqual(ok(await block("zo", "2030-04-25", [12, 18])).blocked_slots, [12, 15, 16, 18]);
  // Unblocking touches no meeting.
  assert.deepEqual(ok(await unblock("zo", "2030-04-25", HOURS)).blocked_slots, [15, 16]);
});

test("of a block and a booking at once one wins, whoever is first", async () => {
  const day = "2030-05-02";
  const book = (hour) => engage("zo", `${day}T${String(hour).padStart(2, "0")}:00:00Z`, `${day}T${String(hour).padStart(2, "0")}:59:59Z`).then(
    () => true,
    () => false,
  );
  const outcomes = await Promise.all(HOURS.flatMap((hour) => [book(hour), block("zo", day, [hour])]));
  for (const hour of HOURS) {
    const [booked, { status, json }] = outcomes.slice(2 * hour, 2 * hour + 2);
    assert.equal(status, booked ? 409 : 200, JSON.stringify(json));
    if (booked) assert.deepEqual(json.err_message, [`There is already an event booked at time slot : ${hour}`]);
  }
  const { n } = await service.db.prepare("select count(*) as n from busy a join busy b on a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at").first();
  assert.equal(n, 0);
});

test("on a day of 23 hours the hour that is skipped is never available", async () => {
  await zone("zo", "Europe/Berlin");
  assert.deepEqual(ok(await available("zo", "2030-03-31")).blocked_slots, [2]);
  assert.deepEqual(ok(await block("zo", "2030-03-31", [1, 2, 3])).blocked_slots, [1, 2, 3]);
  assert.deepEqual(await blocks(), [["2030-03-31T00:00:00.000Z", "2030-03-31T01:00:00.000Z"], ["2030-03-31T01:00:00.000Z", "2030-03-31T02:00:00.000Z"]]);
  assert.deepEqual(ok(await unblock("zo", "2030-03-31", HOURS)).blocked_slots, [2]);
});

test("on a day of 25 hours the hour that comes twice is blocked twice", async () => {
  await zone("zo", "Europe/Berlin");
  assert.deepEqual(ok(await block("zo", "2030-10-27", [2])).blocked_slots, [2]);
  assert.deepEqual(await blocks(), [["2030-10-27T00:00:00.000Z", "2030-10-27T02:00:00.000Z"]]);
  assert.deepEqual(ok(await available("zo", "2030-10-27")).available_time_slots, without(2));
  ok(await unblock("zo", "2030-10-27", [2]));
  // Busy in the second of the two, it is busy.
  await engage("zo", "2030-10-27T01:15Z", "2030-10-27T01:30Z");
  assert.deepEqual(ok(await available("zo", "2030-10-27")).blocked_slots, [2]);
  fails(await block("zo", "2030-10-27", [2]), 409, { err_message: ["There is already an event booked at time slot : 2"] });
});

test("clocks that are changed by half an hour make an hour longer or shorter", async () => {
  await zone("zo", "Australia/Lord_Howe");
  ok(await block("zo", "2030-04-07", [1]));
  assert.deepEqual(await blocks(), [["2030-04-06T14:00:00.000Z", "2030-04-06T15:30:00.000Z"]]);
  ok(await unblock("zo", "2030-04-07", [1]));
  ok(await block("zo", "2030-10-06", [2]));
  assert.deepEqual(await blocks(), [["2030-10-05T15:30:00.000Z", "2030-10-05T16:00:00.000Z"]]);
});

test("an hour that was blocked in another zone is unblocked by exactly what is asked for", async () => {
  ok(await block("zo", "2030-04-25", [9, 10]));
  await zone("zo", "Asia/Kathmandu");
  // 9:00 to 11:00 of UTC are 14:45 to 16:45 there.
  assert.deepEqual(ok(await available("zo", "2030-04-25")).blocked_slots, [14, 15, 16]);
  assert.deepEqual(ok(await unblock("zo", "2030-04-25", [15])).blocked_slots, [14, 16]);
  assert.deepEqual(await blocks(), [["2030-04-25T09:00:00.000Z", "2030-04-25T09:15:00.000Z"], ["2030-04-25T10:15:00.000Z", "2030-04-25T11:00:00.000Z"]]);
  // Blocking it again fills what is missing, and nothing is twice.
  assert.deepEqual(ok(await block("zo", "2030-04-25", [14, 15, 16])).blocked_slots, [14, 15, 16]);
  const rows = await blocks();
  assert.deepEqual([rows[0][0], rows.at(-1)[1]], ["2030-04-25T08:15:00.000Z", "2030-04-25T11:15:00.000Z"]);
  assert.ok(rows.every(([from], n) => n === 0 || rows[n - 1][1] === from), JSON.stringify(rows));
  assert.deepEqual(ok(await unblock("zo", "2030-04-25", [14, 16])).blocked_slots, [15]);
  assert.deepEqual(await blocks().then((rows) => [rows[0][0], rows.at(-1)[1]]), ["2030-04-25T09:15:00.000Z", "2030-04-25T10:15:00.000Z"]);
});

test("others are looked up by verified accounts alone, and only where they may be booked", async () => {
  const zo = await address("zo");
  const nobody = (email) => [400, { user: [`Invalid email "${email}" - object does not exist.`] }];
  const asked = [(as, user) => available(as, "2030-04-25", user), (as, user) => freebusy(as, { user })];
  for (const ask of asked) {
    fails(await ask("st", "zz"), ...nobody("zz"));
    assert.equal((await ask("st", ` ${zo.toUpperCase()} `)).status, 200);
    // An account that is not verified learns nothing, whoever it asks about; about itself it does.
    for (const user of ["zz", zo]) {
      const { status, json } = await ask("un", user);
      assert.deepEqual([status, Object.keys(json)], [403, ["err_message"]]);
    }
    assert.equal((await ask("un", "UN@localhost")).status, 200);
    assert.equal((await ask("un", "")).status, 200);
    // Nobody, then those among the contacts.
    const bookable = (by) => service.db.prepare("update accounts set bookable_by = ? where username = 'zo'").bind(by).run();
    await bookable("nobody");
    fails(await ask("st", zo), ...nobody(zo));
    assert.equal((await ask("zo", zo)).status, 200);
    await bookable("contacts");
    fails(await ask("st", zo), ...nobody(zo));
    const contact = "insert into contacts (id, owner, first_name, last_name, email, email_key, first_folded, last_folded, email_folded, in_groups, created_at, updated_at) values (?, ?, 'B', 'B', ?, ?, 'b', 'b', 'b', '[]', 0, 0)";
    const st = await address("st");
    // It counts who stands among hers, not among whose she stands.
    await service.db.prepare(contact).bind(1, await number("st"), zo, zo.toLowerCase()).run();
    fails(await ask("st", zo), ...nobody(zo));
    await service.db.prepare(contact).bind(2, await number("zo"), st, st.toLowerCase()).run();
    assert.equal((await ask("st", zo)).status, 200);
    await service.db.prepare("delete from contacts").run();
    await bookable("anyone");
    // An address that is not verified is nobody's, nor is one whose account is shut.
    fails(await ask("st", "un@localhost"), ...nobody("un@localhost"));
    await service.db.prepare("update accounts set active = 0 where username = 'zo'").run();
    fails(await ask("st", zo), ...nobody(zo));
    await service.db.prepare("update accounts set active = 1 where username = 'zo'").run();
  }
});

test("working hours are kept as they were set, with a version", async () => {
  const none = await service.ask("GET", "/api/user/working_hours/", { as: "zo" });
  assert.deepEqual([none.status, none.json, none.headers.get("etag")], [200, { timezone: "UTC", weekly: null, exceptions: [], version: 0 }, '"0"']);
  const weekly = [
    { weekday: "monday", from: "09:00", to: "12:00" },
    { weekday: "monday", from: "13:00", to: "24:00" },
    { weekday: "sunday", from: "00:00", to: "00:30" },
  ];
  const exceptions = [
    { date: "2030-12-24", hours: [{ from: "09:00", to: "12:00" }] },
    { date: "2030-12-25", hours: [] },
  ];
  const past = { date: "2020-01-01", hours: [] };
  const first = await set("zo", { timezone: "UTC", weekly: weekly.toReversed(), exceptions: [exceptions[1], past, exceptions[0]], version: 9 });
  const shown = { timezone: "UTC", weekly, exceptions, version: 1 };
  assert.deepEqual([first.status, first.json, first.headers.get("etag")], [200, shown, '"1"']);
  assert.deepEqual((await service.ask("GET", "/api/user/working_hours/", { as: "zo" })).json, shown);
  // The same again is no other version; a version that is over is refused with what there is.
  assert.deepEqual((await set("zo", { weekly, exceptions }, { "If-Match": '"1"' })).json, shown);
  const stale = await set("zo", { weekly: [], exceptions }, { "If-Match": '"0"' });
  assert.deepEqual([stale.status, stale.json, stale.headers.get("etag")], [412, shown, '"1"']);
  assert.deepEqual((await set("zo", { weekly: [] }, { "If-Match": 'W/"1"' })).json, { timezone: "UTC", weekly: [], exceptions: [], version: 2 });
  assert.deepEqual((await set("zo", { weekly: null })).json, { timezone: "UTC", weekly: null, exceptions: [], version: 3 });
  assert.equal((await service.db.prepare("select hours from accounts where username = 'zo'").first()).hours, null);
  // Of many at once that know one version one is in time.
  const { token } = (await service.ask("POST", "/api-token-auth/", { json: { username: "zo", password: "p" } })).json;
  const once = (n) => service.ask("PUT", "/api/user/working_hours/", { token, headers: { "If-Match": '"3"' }, json: { weekly: [{ weekday: "friday", from: "09:00", to: `10:${n}` }] } });
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => once(n + 10)));
  assert.deepEqual(many.map(({ status }) => status).toSorted(), [200, ...Array.from({ length: 19 }, () => 412)]);
});

test("every wrong hour is told at once, and nothing is changed", async () => {
  const time = ["Must be a time of day in whole minutes: HH:MM or HH:MM:SS."];
  const body = {
    timezone: "Europe/Berlin",
    weekly: [{ weekday: "someday", from: "9", to: "24:01" }, { weekday: "monday", from: "10:00", to: "09:00" }],
    exceptions: [{ date: "2030-02-30", hours: [] }],
  };
  fails(await set("zo", body), 400, {
    timezone: ["Hours are in the time zone of the account. Change it with the account's settings."],
    weekly: [{ weekday: ["Must be a day of the week, from monday to sunday."], from: time, to: time }, { to: ["End time must be after start time."] }],
    exceptions: [{ date: ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."] }],
  });
  fails(await set("zo", {}), 400, { weekly: ["This field is required."] });
  assert.equal((await service.ask("GET", "/api/user/working_hours/", { as: "zo" })).json.version, 0);
});

test("outside of its working hours an account is there for itself alone", async () => {
  const zo = await address("zo");
  await zone("zo", "Asia/Kathmandu");
  const weekly = [{ weekday: "thursday", from: "09:00", to: "12:30" }];
  assert.equal((await set("zo", { weekly, exceptions: [{ date: "2030-05-02", hours: [] }] })).status, 200);
  // 9:00 to 12:30 there are 3:15 to 6:45 of UTC: whole hours are 4:00 and 5:00.
  assert.deepEqual(ok(await available("st", "2030-04-25", zo)).available_time_slots, [4, 5]);
  assert.deepEqual(ok(await available("zo", "2030-04-25")).available_time_slots, HOURS);
  assert.deepEqual(ok(await available("zo", "2030-04-25", zo)).available_time_slots, HOURS);
  assert.deepEqual(ok(await available("st", "2030-05-02", zo)).available_time_slots, []);
  assert.deepEqual(ok(await available("st", "2030-04-26", zo)).available_time_slots, []);
  const range = { from: "2030-04-25T00:00:00Z", to: "2030-04-26T00:00:00Z" };
  assert.deepEqual(ok(await freebusy("st", { user: zo, ...range })).busy, [
    { from: "2030-04-25T00:00:00Z", to: "2030-04-25T03:15:00Z" },
    { from: "2030-04-25T06:45:00Z", to: "2030-04-26T00:00:00Z" },
  ]);
  assert.deepEqual(ok(await freebusy("zo", range)).busy, []);
});

test("free and busy time is merged, without reasons, as JSON and as a calendar", async () => {
  const zo = await address("zo");
  await engage("zo", "2030-04-25T09:00Z", "2030-04-25T10:00Z");
  await engage("zo", "2030-04-25T09:30Z", "2030-04-25T11:15Z", { hard: 0, kind: "import" });
  await engage("zo", "2030-04-25T23:00Z", "2030-04-26T01:00Z", { source: 78 });
  await engage("zo", "2030-04-25T14:00Z", "2030-04-25T15:00Z", { source: 79, made: 1, expires: 2 });
  await engage("zo", "2030-04-25T16:00Z", "2030-04-25T16:30Z", { source: 80, expires: Date.now() + 600_000 });
  ok(await block("zo", "2030-04-25", [11]));
  const query = { user: zo, from: "2030-04-25T00:00:00Z", to: "2030-04-26T00:00:00Z" };
  const told = ok(await freebusy("st", query));
  const busy = [
    { from: "2030-04-25T09:00:00Z", to: "2030-04-25T12:00:00Z" },
    { from: "2030-04-25T16:00:00Z", to: "2030-04-25T16:30:00Z" },
    { from: "2030-04-25T23:00:00Z", to: "2030-04-26T00:00:00Z" },
  ];
  assert.deepEqual(told, { ...query, busy });
  assert.deepEqual(ok(await freebusy("zo", { from: query.from, to: query.to })), told);
  for (const answer of [await freebusy("st", { ...query, format: "ics" }), await freebusy("st", query, { headers: { Accept: "text/calendar" } })]) {
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/calendar; charset=utf-8"]);
    const [part] = new ICAL.Component(ICAL.parse(answer.text)).getAllSubcomponents("vfreebusy");
    const periods = part.getAllProperties("freebusy").flatMap((property) => property.getValues());
    const shown = periods.map((period) => ({ from: period.start.toJSDate().toISOString().replace(".000", ""), to: period.end.toJSDate().toISOString().replace(".000", "") }));
    assert.deepEqual(shown, busy);
    assert.equal(part.getFirstPropertyValue("dtstart").toUnixTime() * 1000, Date.parse(query.from));
    assert.doesNotMatch(answer.text, /SUMMARY|import|block|meeting/i);
  }
  // A time without an offset is the caller's.
  await zone("st", "Asia/Kathmandu");
  const there = ok(await freebusy("st", { user: zo, from: "2030-04-25 15:00:00", to: "2030-04-25T16:00:00" }));
  assert.deepEqual(there, { user: zo, from: "2030-04-25T09:15:00Z", to: "2030-04-25T10:15:00Z", busy: [{ from: "2030-04-25T09:15:00Z", to: "2030-04-25T10:15:00Z" }] });
  fails(await freebusy("st", { from: "2030-01-01", to: "2030-03-05" }), 400, { to: ["Ask for 62 days at most."] });
  fails(await freebusy("st", { from: "2030-01-01", to: "2030-01-01" }), 400, { to: ["This must be after `from`."] });
  assert.equal((await freebusy("st", { from: "soon" })).status, 400);
});

test("whoever looks others up is counted, as a deployment counts", async () => {
  const deployed = await start({ env: undefined });
  try {
    const ask = (user) => deployed.ask("GET", `/api/user/freebusy/?${new URLSearchParams({ user })}`, { as: "st" });
    const statuses = [];
    for (let n = 0; n < 101; n++) statuses.push((await ask(`nobody${n}@example.org`)).status);
    assert.deepEqual([...new Set(statuses)], [400, 429]);
    assert.ok(statuses.indexOf(429) >= 90);
    assert.equal((await ask("")).status, 200, "of oneself nothing is counted");
  } finally {
    await deployed.close();
  }
});
