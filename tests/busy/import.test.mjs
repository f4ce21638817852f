// The times at which an account is busy, from a calendar file: what of it counts, what is changed by importing again, and what
// is refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import ICAL from "ical.js";
import { start } from "../support/harness.mjs";
import { agree } from "../support/agree.mjs";
import { at, calendar, day, engagements, event, times, upload } from "../support/busy.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());
beforeEach(async () => {
  for (const table of ["busy_imports", "busy"]) await service.db.prepare(`delete from ${table}`).run();
});

const PATH = "/api/user/busy/import/";
const hour = (uid, days, time = "090000") => event(uid, `DTSTART:${day(days)}T${time}Z`, "DURATION:PT1H");
const counts = ({ added, changed, unchanged, removed }) => [added, changed, unchanged, removed];
const refused = async (text, said) => {
  const { status, json, text: body } = await upload(service, text);
  assert.equal(status, 400, body);
  assert.deepEqual(Object.keys(json), ["calendar"]);
  assert.match(json.calendar[0], said);
  assert.deepEqual(await engagements(service), [], "nothing is imported");
};
const zone = (name, as = "zo") => service.ask("PATCH", "/accounts/me/", { as, json: { timezone: name } });

test("the same file again changes nothing, and a changed event replaces what it brought", async () => {
  const first = await upload(service, calendar(hour("a", 1), hour("b", 2)));
  assert.deepEqual([first.status, first.json], [200, { added: 2, changed: 0, unchanged: 0, removed: 0, free: 0, instances: 2 }]);
  const rows = async () => (await service.db.prepare("select * from busy order by id").all()).results;
  const before = await rows();
  assert.deepEqual(before.map(({ hard, strict, kind, expires_at }) => [hard, strict, kind, expires_at]), [[0, 0, "import", null], [0, 0, "import", null]]);
  assert.deepEqual(counts((await upload(service, calendar(hour("b", 2), hour("a", 1)))).json), [0, 0, 2, 0]);
  assert.deepEqual(await rows(), before, "not even a row is another");
  // One is moved, one is new, one is not in the file: that stays, until it is asked to go.
  assert.deepEqual(counts((await upload(service, calendar(hour("a", 3), hour("c", 4)))).json), [1, 1, 0, 0]);
  assert.deepEqual(times(await engagements(service)), [2, 3, 4].map((days) => `${at(days, "09:00:00")}/${at(days, "10:00:00")}`));
  assert.deepEqual(counts((await upload(service, calendar(hour("a", 3)), { query: "?replace=true" })).json), [0, 0, 1, 2]);
  assert.deepEqual(times(await engagements(service)), [`${at(3, "09:00:00")}/${at(3, "10:00:00")}`]);
  // What is cancelled brings nothing any more.
  const cancelled = event("a", `DTSTART:${day(3)}T090000Z`, "DURATION:PT1H", "STATUS:CANCELLED");
  assert.deepEqual((await upload(service, calendar(cancelled))).json, { added: 0, changed: 0, unchanged: 0, removed: 1, free: 1, instances: 0 });
  assert.deepEqual(await rows(), []);
});

test("an event every week keeps its hour when clocks change, by whoever defines the zone", async () => {
  // A year has both changes, whenever the test runs.
  const rule = (name) => event(name, `DTSTART;TZID=${name}:20240102T090000`, `DTEND;TZID=${name}:20240102T103000`, "RRULE:FREQ=WEEKLY");
  const change = (kind, start, from, to, month, week) => [`BEGIN:${kind}`, `DTSTART:${start}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=${week}SU`, `END:${kind}`];
  const defined = ["BEGIN:VTIMEZONE", "TZID:Our zone", change("DAYLIGHT", "19700329T020000", "+0100", "+0200", 3, -1), change("STANDARD", "19701025T030000", "+0200", "+0100", 10, -1), "END:VTIMEZONE"];
  for (const [name, ...zones] of [["Europe/Berlin"], ["Our zone", defined]]) {
    const { json, text } = await upload(service, calendar(...zones, rule(name)), { query: "?replace=1" });
    assert.ok(json.instances === 52 || json.instances === 53, text);
    const clock = new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const found = await engagements(service);
    assert.deepEqual([...new Set(found.flatMap(({ from, to }) => [clock.format(new Date(from)), clock.format(new Date(to))]))], ["Tue 09:00", "Tue 10:30"], name);
    assert.equal(new Set(found.map(({ from }) => from.slice(11))).size, 2, "two hours of UTC");
    assert.deepEqual(Object.keys(found[0]), ["kind", "from", "to", "title", "url"]);
    assert.deepEqual([found[0].kind, found[0].title, found[0].url], ["import", null, null]);
  }
});

test("instances are left out, moved and added, as ical.js itself has them", async () => {
  const start = `DTSTART;TZID=America/New_York:${day(2)}T100000`;
  const lines = [start, "DURATION:PT45M", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=9", `EXDATE;TZID=America/New_York:${day(4)}T100000,${day(8)}T100000`, `RDATE;TZID=America/New_York:${day(3)}T153000`];
  const moved = event("x", `RECURRENCE-ID;TZID=America/New_York:${day(6)}T100000`, `DTSTART;TZID=America/New_York:${day(6)}T180000`, "DURATION:PT2H");
  await upload(service, calendar(event("x", ...lines), moved));
  const found = await engagements(service);
  const shown = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
  const local = (days, time, minutes) => [`${day(days).replace(/(....)(..)(..)/, "$1-$2-$3")}, ${time}`, minutes];
  const expected = [local(2, "10:00", 45), local(3, "15:30", 45), local(6, "18:00", 120), ...[10, 12, 14, 16, 18].map((days) => local(days, "10:00", 45))];
  assert.deepEqual(found.map(({ from, to }) => [shown.format(new Date(from)), (Date.parse(to) - Date.parse(from)) / 60_000]), expected);
  // The same from the library's own way through an event.
  const component = new ICAL.Component(ICAL.parse(calendar(event("x", ...lines))));
  const iterator = new ICAL.Event(component.getFirstSubcomponent("vevent")).iterator();
  let steps = 0;
  for (let next = iterator.next(); next; next = iterator.next()) steps++;
  assert.equal(steps, expected.length, "the moved one in its old place");
});

test("days are those of the file or the account, times without a zone the account's, and what is free is not busy", async () => {
  await zone("Asia/Kathmandu");
  const free = event("free", `DTSTART:${day(3)}T000000Z`, "DURATION:PT1H", "TRANSP:TRANSPARENT");
  const components = [event("day", `DTSTART;VALUE=DATE:${day(3)}`), event("floating", `DTSTART:${day(5)}T120000`, "DURATION:PT1H"), free];
  await upload(service, calendar(...components));
  const berlin = await upload(service, calendar("X-WR-TIMEZONE:UTC", ...components));
  assert.deepEqual([counts(berlin.json), berlin.json.free], [[0, 1, 1, 0], 1]);
  assert.deepEqual(times(await engagements(service)), [`${at(3)}/${at(4)}`, `${at(5, "06:15:00")}/${at(5, "07:15:00")}`]);
  await upload(service, calendar(...components));
  assert.deepEqual(times(await engagements(service))[0], `${at(2, "18:15:00")}/${at(3, "18:15:00")}`);
  await zone("UTC");
  const list = ["BEGIN:VFREEBUSY", "UID:list", "DTSTAMP:20260101T000000Z", `FREEBUSY;FBTYPE=BUSY:${day(7)}T080000Z/PT1H,${day(7)}T100000Z/${day(7)}T103000Z`, `FREEBUSY;FBTYPE=FREE:${day(7)}T120000Z/PT1H`, "END:VFREEBUSY"];
  await upload(service, calendar(list), { query: "?replace=true" });
  assert.deepEqual(times(await engagements(service)), [`${at(7, "08:00:00")}/${at(7, "09:00:00")}`, `${at(7, "10:00:00")}/${at(7, "10:30:00")}`]);
});

test("a rule without an end is taken for a year, and one that never comes true is none", async () => {
  const weekly = event("for ever", "DTSTART:19900101T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU");
  const never = ["YEARLY;BYMONTH=2;BYMONTHDAY=30", "DAILY;BYMONTH=2;BYMONTHDAY=30", "MONTHLY;BYDAY=MO;BYSETPOS=7", "DAILY;COUNT=99999999;BYMONTH=2;BYMONTHDAY=31", "WEEKLY;INTERVAL=99999999", "YEARLY;BYWEEKNO=53;BYMONTH=6"];
  const events = never.map((rule, n) => event(`never ${n}`, "DTSTART:20200105T090000Z", "DURATION:PT1H", `RRULE:FREQ=${rule}`));
  const began = Date.now();
  const { status, json, text } = await upload(service, calendar(weekly, ...events));
  assert.equal(status, 200, text);
  assert.ok(json.added === 1 && (json.instances === 52 || json.instances === 53), text);
  assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
  const found = await engagements(service);
  assert.ok(found.every(({ from }) => new Date(from).getUTCDay() === 2 && from >= at(0) && from < at(366)));
});

test("what would never end is refused, and soon", async () => {
  const rule = (text, more = []) => calendar(event("r", "DTSTART:20200105T090000Z", "DURATION:PT1H", "SUMMARY:Tick", `RRULE:FREQ=${text}`, ...more));
  const zone = (rule) => ["BEGIN:VTIMEZONE", "TZID:Z", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100", `RRULE:FREQ=${rule}`, "END:STANDARD", "END:VTIMEZONE"];
  const inZone = event("z", `DTSTART;TZID=Z:${day(1)}T090000`, "DURATION:PT1H");
  for (const [text, said] of [
    [rule("SECONDLY"), /“Tick” repeats every second or every minute/],
    [rule("MINUTELY;INTERVAL=1440"), /“Tick” repeats every second or every minute/],
    [rule("HOURLY"), /With “Tick” the file has more than 1000 busy times/],
    [rule("DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5"), /more than 1000/],
    [calendar(zone("SECONDLY"), inZone), /not a calendar file/],
    [calendar(zone("DAILY"), inZone), /not a calendar file/],
    [calendar(...Array.from({ length: 2_000 }, (_, n) => event(`b${n}`, "DTSTART:20200101T090000Z", "RRULE:FREQ=WEEKLY"))), /more than 1000/],
  ]) {
    const began = Date.now();
    await refused(text, said);
    assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms: ${text.slice(0, 200)}`);
  }
});

test("a rule that says the same thousands of times says it once, and soon", async () => {
  const began = Date.now();
  const { json, text } = await upload(service, calendar(event("r", "DTSTART:20200106T090000Z", "DURATION:PT1H", `RRULE:FREQ=WEEKLY;BYDAY=${"MO,".repeat(60_000)}MO`)));
  assert.ok(json.instances === 52 || json.instances === 53, text);
  assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
});

test("a thousand times are taken, one more is not, and an account has five such files", async () => {
  const file = (count, name = "n") => calendar(event(name, `DTSTART:${day(1)}T000000Z`, "DURATION:PT5M", "SUMMARY:Many", `RRULE:FREQ=HOURLY;COUNT=${count}`));
  assert.equal((await upload(service, file(1_000))).json.instances, 1_000);
  assert.equal((await engagements(service)).length, 1_000, "twenty pages");
  const more = await upload(service, file(1_001, "m"));
  assert.deepEqual([more.status, more.json], [400, { calendar: ["With “Many” the file has more than 1000 busy times within the next year, which is the most that can be imported."] }]);
  for (const name of ["o", "p", "q", "r"]) assert.equal((await upload(service, file(1_000, name))).status, 200);
  const sixth = await upload(service, file(1, "s"));
  assert.deepEqual([sixth.status, sixth.json], [400, { calendar: ["An account has 5000 imported busy times at most."] }]);
  assert.equal((await service.db.prepare("select count(*) as n from busy").first()).n, 5_000, "nothing of it is written");
  assert.equal((await upload(service, file(1, "n"))).json.changed, 1, "what replaces is counted after what goes");
});

test("a file that is none, or too large, or in a zone that nobody knows, is refused", async () => {
  for (const text of ["BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "hello", "{}", "\u0000", "BEGIN:VCALENDAR\r\n".repeat(9_000)]) await refused(text, /^This is not a calendar file/);
  await refused(" \n", /^This file is empty\.$/);
  await refused(calendar(event("z", `DTSTART;TZID=Mars/Base:${day(1)}T090000`, "DURATION:PT1H")), /^The time zone “Mars\/Base” is not known, and the file does not define it\.$/);
  const long = calendar(hour("a", 1), event("b", `DESCRIPTION:${"x".repeat(256 * 1024)}`));
  assert.equal((await upload(service, long)).status, 413);
  assert.equal((await upload(service, Buffer.from([0xff, 0xfe]))).status, 400);
  const bad = await upload(service, calendar(hour("a", 1)), { query: "?replace=ture" });
  assert.deepEqual([bad.status, bad.json], [400, { replace: ["Must be a valid boolean."] }]);
  assert.equal((await upload(service, "x", { headers: { "Content-Type": "text/csv" } })).status, 415);
  assert.deepEqual(await engagements(service), []);
  // An event without a begin is on no day; one without an end takes no time; broken events are refused as a whole.
  const odd = calendar(event("no begin"), event("no end", `DTSTART:${day(1)}T090000Z`), event("backwards", `DTSTART:${day(2)}T090000Z`, `DTEND:${day(2)}T080000Z`), event("", `DTSTART:${day(3)}T090000Z`, "DURATION:PT1H"));
  assert.deepEqual((await upload(service, odd)).json, { added: 1, changed: 0, unchanged: 0, removed: 0, free: 0, instances: 1 });
});

test("a file comes as a field of JSON or a form, too", async () => {
  const text = calendar(hour("a", 1));
  assert.equal((await service.ask("POST", PATH, { as: "zo", json: { calendar: text, replace: true } })).status, 200);
  assert.equal((await service.ask("POST", PATH, { as: "zo", body: new URLSearchParams({ calendar: text }) })).json.unchanged, 1);
  const form = new FormData();
  form.set("calendar", new Blob([text], { type: "text/calendar" }), "mine.ics");
  form.set("replace", "on");
  assert.equal((await service.ask("POST", PATH, { as: "zo", body: form })).json.unchanged, 1);
  for (const json of [{}, { calendar: null }, { calendar: 7 }, { calendar: ["x"] }, { calendar: text, replace: "ture" }]) {
    assert.equal((await service.ask("POST", PATH, { as: "zo", json })).status, 400, JSON.stringify(json));
  }
});

test("everybody has engagements of one's own: they are listed by range, forgotten, exported and deleted", async () => {
  const meeting = await agree(service, { title: "Kick-off", parties: ["zo@localhost"] }, { as: "ob" });
  await upload(service, calendar(hour("a", 1), hour("b", 40)));
  await upload(service, calendar(hour("c", 1)), { as: "ob" });
  const of = (from, to) => engagements(service, { from, to });
  assert.deepEqual(times(await of(at(1, "09:30:00"), at(1, "09:31:00"))), [`${at(1, "09:00:00")}/${at(1, "10:00:00")}`], "what overlaps");
  assert.deepEqual(await of(at(1, "10:00:00"), at(1, "11:00:00")), [], "what touches does not");
  const four = (await service.ask("GET", "/api/user/busy/", { as: "zo" })).json;
  assert.equal(four.filter(({ kind }) => kind === "import").length, 1, "four weeks where nothing is said");
  const begin = meeting.begin ?? (await service.ask("GET", `/meetings/${meeting.id}/`, { as: "ob" })).json.begin;
  const [own] = await of(begin, new Date(Date.parse(begin) + 60_000).toISOString());
  assert.deepEqual([own.kind, own.title, own.url.endsWith(`/meetings/${meeting.id}/`)], ["meeting", "Kick-off", true]);
  for (const query of ["?from=soon", "?to=", `?from=${at(2)}&to=${at(1)}`, `?to=${at(400)}`, "?after=x"]) {
    const { status, text } = await service.ask("GET", `/api/user/busy/${query}`, { as: "zo" });
    assert.equal(status, 400, `${query}: ${text}`);
  }
  const exported = (await service.ask("GET", "/accounts/export/", { as: "zo" })).json.imported_busy_times;
  assert.deepEqual(exported, [1, 40].map((days) => ({ from: at(days, "09:00:00"), to: at(days, "10:00:00") })));
  assert.equal((await service.ask("DELETE", PATH, { as: "zo" })).status, 204);
  assert.equal((await service.ask("DELETE", PATH, { as: "zo" })).status, 204);
  assert.deepEqual((await engagements(service)).map(({ kind }) => kind).filter((kind) => kind === "import"), []);
  assert.equal((await engagements(service, { as: "ob" })).filter(({ kind }) => kind === "import").length, 1, "the other's stay");
});

test("two imports at once are one after the other", async () => {
  const file = calendar(...Array.from({ length: 20 }, (_, n) => hour(`e${n}`, n + 1)));
  const answers = await Promise.all(Array.from({ length: 6 }, () => upload(service, file, { query: "?replace=true" })));
  assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
  assert.deepEqual(answers.map(({ json }) => json.added).sort((a, b) => a - b), [0, 0, 0, 0, 0, 20]);
  assert.equal((await engagements(service)).length, 20);
});

test("imported times refuse no meeting, and a meeting over them is made", async () => {
  const begin = day(20);
  await upload(service, calendar(event("all", `DTSTART;VALUE=DATE:${begin}`)));
  const slots = [{ begin: at(20, "09:00:00"), duration: "01:00:00" }];
  const { id } = await agree(service, { slots, parties: ["zo@localhost"] }, { as: "ob" });
  assert.equal((await service.ask("GET", `/meetings/${id}/`, { as: "ob" })).status, 200);
  const kinds = (await engagements(service, { from: at(20), to: at(21) })).map(({ kind }) => kind).sort();
  assert.deepEqual(kinds, ["import", "meeting"]);
});

test("the migration and the whole schema say the same of imports", () => {
  const read = (name) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8").replace(/ *--.*$/gm, "").replace(/\s+/g, " ");
  const table = /create table busy_imports \(.*?\) strict;.*?create trigger busy_imports_end.*?end;/;
  assert.equal(table.exec(read("migrations/0004_imports.sql"))[0], table.exec(read("schema.sql"))[0]);
});
