// What a calendar file says is busy. How its parser is kept from running for ever is tested in a browser (tests/pages/calendar.test.mjs).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readNow } from "../../web/script/calendar/parser.ts";

const file = (name) => readFileSync(new URL(`../support/fixtures/calendars/${name}`, import.meta.url), "utf8");
const range = (from, to) => ({ begin: Date.parse(`${from}T00:00:00Z`), end: Date.parse(`${to}T00:00:00Z`) });
/// What is busy, as `begin/end title` in UTC.
const said = (name, from, to, zone = "Europe/Berlin") => {
  const reading = readNow(file(name), range(from, to), zone);
  assert.ok(Array.isArray(reading), JSON.stringify(reading));
  return reading.map(({ begin, end, title }) => `${iso(begin)}/${iso(end)} ${title}`);
};
const iso = (at) => new Date(at).toISOString().replace(/:00\.000Z$/, "Z");

test("a series keeps its time of day when clocks are put back; exceptions, additions, cancellations and free time count", () => {
  assert.deepEqual(said("berlin.ics", "2026-10-01", "2027-01-31"), [
    "2026-10-19T08:00Z/2026-10-19T08:15Z Standup",
    "2026-10-21T07:00Z/2026-10-21T07:15Z Standup",
    "2026-10-24T23:00Z/2026-10-25T03:00Z Night of four hours",
    "2026-10-26T09:00Z/2026-10-26T09:15Z Standup",
    "2026-11-09T14:00Z/2026-11-09T15:00Z Standup, late",
    "2026-12-07T09:00Z/2026-12-07T09:15Z Standup",
    "2026-12-14T09:00Z/2026-12-14T09:15Z Standup",
  ]);
});

test("only what touches the range is told", () => {
  assert.deepEqual(said("berlin.ics", "2026-10-25", "2026-10-26"), ["2026-10-24T23:00Z/2026-10-25T03:00Z Night of four hours"]);
  assert.deepEqual(said("berlin.ics", "2026-11-09", "2026-11-10"), ["2026-11-09T14:00Z/2026-11-09T15:00Z Standup, late"], "one that was moved is where it was moved to");
  assert.deepEqual(said("berlin.ics", "2025-10-25", "2025-10-26"), []);
});

test("what lasts all day lasts the days of the reader's zone, unless it is marked as free", () => {
  assert.deepEqual(said("days.ics", "2026-10-20", "2026-11-10"), [
    "2026-10-23T22:00Z/2026-10-25T23:00Z Holiday",
    "2026-10-27T23:00Z/2026-10-28T23:00Z On duty",
    "2026-10-29T08:00Z/2026-10-29T08:30Z Wherever I am",
    "2026-10-29T13:00Z/2026-10-29T13:30Z In a zone that the file does not define",
    "2026-10-30T23:00Z/2026-10-31T23:00Z On duty, moved",
    "2026-11-02T23:00Z/2026-11-03T23:00Z On duty",
    "2026-11-04T12:00Z/2026-11-04T12:30Z Noon",
    "2026-11-06T12:00Z/2026-11-06T12:30Z Noon",
  ]);
  assert.equal(said("days.ics", "2026-10-20", "2026-10-27", "Asia/Tokyo")[0], "2026-10-23T15:00Z/2026-10-25T15:00Z Holiday");
  const [holiday] = readNow(file("days.ics"), range("2026-10-20", "2026-11-10"), "UTC");
  assert.equal(holiday.isAllDay, true);
});

test("a zone of the file's own counts, and a change of this and all later ones", () => {
  assert.deepEqual(said("own_zone.ics", "2026-10-01", "2026-11-01"), [
    "2026-10-19T08:15Z/2026-10-19T09:15Z Noon at the office",
    "2026-10-20T08:45Z/2026-10-20T09:15Z Later at the office",
    "2026-10-21T08:45Z/2026-10-21T09:15Z Later at the office",
  ]);
});

test("published busy times count, without a title", () => {
  assert.deepEqual(said("free_busy.ics", "2026-10-20", "2026-10-21"), ["2026-10-20T08:00Z/2026-10-20T09:00Z ", "2026-10-20T10:00Z/2026-10-20T10:30Z ", "2026-10-20T14:00Z/2026-10-20T14:15Z "]);
});

test("a file may hold several calendars, its lines may be folded and end with CRLF", () => {
  const folded = file("free_busy.ics").replace(/(.{30})(?=.)/g, "$1\n ").replaceAll("\n", "\r\n") + file("berlin.ics");
  assert.equal(readNow(folded, range("2026-10-20", "2026-10-22"), "UTC").length, 4);
});

test("a rule that repeats without end is given up, with its title", () => {
  const begun = performance.now();
  assert.deepEqual(readNow(file("secondly.ics"), range("2026-10-20", "2026-10-27"), "UTC"), { trouble: "often", title: "Tick" });
  assert.deepEqual(readNow(file("minutely.ics"), range("2026-10-20", "2026-11-20"), "UTC"), { trouble: "often", title: "Ping" });
  assert.equal(said("minutely.ics", "2026-10-20", "2026-10-21").length, 288, "every five minutes of a day is no trouble");
  assert.ok(performance.now() - begun < 10_000);
});

test("what is no calendar is said to be none", () => {
  const whole = file("berlin.ics");
  for (const text of ["", "hello", "{}", file("card.vcf"), whole.slice(0, 700), whole.replace("20261019T100000", "soon"), whole.replace("FREQ=WEEKLY", "FREQ=OFTEN"), "\u0000".repeat(100)]) {
    assert.deepEqual(readNow(text, range("2026-10-01", "2026-11-01"), "UTC"), { trouble: "broken" }, text.slice(0, 40));
  }
});
