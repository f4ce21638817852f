// Times as the script says them. That the Worker says the same is held in a browser (tests/pages/zones.test.mjs).
import assert from "node:assert/strict";
import { test } from "node:test";
import "../support/script.mjs";

const { instantsOf, length, local, origin, slotLong, slotOf } = await import("../../web/script/time.ts");

test("a slot is said in a zone as the Worker says it", () => {
  for (const [value, zone, words] of [
    ["2026-11-24T09:00:00Z|00:45:00", "Europe/Berlin", "Tuesday 24 November 2026, 10:00 to 10:45"],
    ["2026-11-24T22:30:00Z|01:00:00", "Europe/Berlin", "Tuesday 24 November 2026, 23:30 to 00:30 the next day"],
    ["2026-11-24T09:00:00Z|2 01:00:00", "UTC", "Tuesday 24 November 2026, 09:00 to 10:00 on Thu 26 Nov"],
    ["2022-11-01T01:11:22Z|00:00:10", "UTC", "Tuesday 1 November 2022, 01:11:22, 10 seconds"],
    ["2026-10-25T00:30:00Z|01:00:00", "Europe/Berlin", "Sunday 25 October 2026, 02:30, 1 hour"],
    ["2026-11-24T09:00:00.000001Z|00:45:00.5", "UTC", "Tuesday 24 November 2026, 09:00, 45 minutes 1 second"],
  ]) {
    assert.equal(slotLong(slotOf(value), zone), words);
  }
});

test("the origin's time stands beside where clocks differ", () => {
  const slot = slotOf("2026-11-24T22:30:00Z|01:00:00");
  assert.equal(origin(slot, "Europe/Berlin", "Europe/Paris"), undefined);
  assert.equal(origin(slot, "Europe/Berlin", "Europe/London"), "22:30 to 23:30 in Europe/London");
  assert.equal(origin(slot, "Asia/Tokyo", "UTC"), "Tue 24 Nov, 22:30 to 23:30 in UTC");
});

test("a length is said in units", () => {
  assert.equal(length(5_400_000), "1 hour 30 minutes");
  assert.equal(length(1_500 * 86_400_000), "1500 days");
});

test("a wall time has no instant, one or two", () => {
  const hours = (text, zone) => instantsOf(Date.parse(`${text}Z`), zone).map((instant) => new Date(instant).toISOString().slice(0, 16));
  assert.deepEqual(hours("2027-03-28T02:30", "Europe/Berlin"), []);
  assert.deepEqual(hours("2027-10-31T02:30", "Europe/Berlin"), ["2027-10-31T00:30", "2027-10-31T01:30"]);
  assert.deepEqual(hours("2027-06-01T10:00", "Asia/Kathmandu"), ["2027-06-01T04:15"]);
  assert.deepEqual(hours("2027-04-04T01:45", "Australia/Lord_Howe"), ["2027-04-03T14:45", "2027-04-03T15:15"]);
  assert.deepEqual(hours("2011-12-30T12:00", "Pacific/Apia"), []);
});

test("every instant of a year is one of those of its wall time", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham"]) {
    for (let instant = Date.UTC(2027, 0, 1); instant < Date.UTC(2028, 0, 1); instant += 5_400_000) {
      const wall = instant + local(instant, zone).offset * 1000;
      assert.ok(instantsOf(wall, zone).includes(instant), `${zone} ${new Date(instant).toISOString()}`);
    }
  }
});
