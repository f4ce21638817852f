// What is painted, and the times that it makes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allTimes, fits, parse, repaint, splitOf, timesOf, valueOf, without } from "../../web/script/offer/runs.ts";

const DATE = "2026-11-24";
const run = (from, to, more = {}) => ({ date: DATE, from: from * 60, minutes: (to - from) * 60, fold: "-", ...more });
/// The rows of a day of half hours of which these hours are painted.
const rows = (...hours) => Array.from({ length: 48 }, (_, row) => Number(hours.some(([from, to]) => row >= from * 2 && row < to * 2)));
const painted = (runs, was, ...hours) => repaint(runs, DATE, new Set(was), rows(...hours), 30).map((one) => [one.from / 60, (one.from + one.minutes) / 60, one.split && timesOf(one).length]);

test("a time is read as the form carries it, and written the same", () => {
  for (const value of ["2026-11-24T10:00 45 -", "2026-10-25T02:30 45 1", "2027-01-01T00:00 1440 0", "2026-11-24T09:00 480 - 3"]) assert.equal(valueOf(parse(value)), value);
  for (const value of ["", "2026-11-24T10:00", "2026-11-24T10:00:30 45 -", "2026-11-24T10:00 45 2", "2026-11-24 10:00 45 -", "2026-11-24T10:00 45 - 4"]) assert.equal(parse(value), undefined);
});

test("a stretch without a gap is one run", () => {
  assert.deepEqual(painted([], [], [9, 11], [13, 13.5], [23, 24]), [[9, 11, undefined], [13, 13.5, undefined], [23, 24, undefined]]);
});

test("what is painted anew leaves the runs as they were that it does not touch", () => {
  const [one, other, elsewhere] = [run(9, 10), run(10, 11), { ...run(9, 10), date: "2026-11-25" }];
  const unfit = { ...run(15, 16), from: 15 * 60 + 10 };
  const runs = [one, other, unfit, elsewhere];
  const next = repaint(runs, DATE, new Set([one, other]), rows([9, 11], [20, 21]), 30);
  assert.deepEqual(next.map(valueOf), ["2026-11-24T09:00 60 -", "2026-11-24T10:00 60 -", "2026-11-24T15:10 60 -", "2026-11-24T20:00 60 -", "2026-11-25T09:00 60 -"], "neighbours are not made one");
  assert.ok([one, other, unfit, elsewhere].every((same) => next.includes(same)));
  assert.deepEqual(painted([one, other], [one, other], [9, 11.5]), [[9, 11.5, undefined]], "what grows is one run");
  assert.deepEqual(painted([one, other], [one, other], [9, 10]), [[9, 10, undefined]]);
});

test("a run is split by length and step, and stays split when it is painted on", () => {
  const split = splitOf(run(9, 17), 45, 60);
  assert.deepEqual(timesOf(split).map(valueOf).slice(0, 2), ["2026-11-24T09:00 45 -", "2026-11-24T10:00 45 -"]);
  assert.equal(timesOf(split).length, 8);
  assert.deepEqual(painted([split], [split], [9, 18]), [[9, 18, 9]]);
  assert.deepEqual(painted([split], [split], [9, 12], [13, 17]), [[9, 12, 3], [13, 17, 4]]);
  assert.deepEqual(painted([split], [split], [9, 9.5]), [[9, 9.5, undefined]], "what is too short for that is one time");
  for (const [length, every] of [[0, 60], [45, 0], [1.5, 60], [NaN, 60], [500, 60]]) assert.equal(splitOf(run(9, 17), length, every), undefined);
});

test("one time of a split run can be removed, and the last one removes the run", () => {
  const split = splitOf(run(9, 11), 45, 60);
  const rest = without(split, 540);
  assert.deepEqual(timesOf(rest).map(valueOf), ["2026-11-24T10:00 45 -"]);
  assert.equal(without(rest, 600), undefined);
});

test("a time that two runs make is offered once", () => {
  assert.equal(allTimes([run(9, 10), splitOf(run(9, 11), 60, 60)]).length, 2);
});

test("a run fits where it begins and ends with a row", () => {
  assert.deepEqual([[run(9, 10), 30], [run(9.25, 10), 30], [run(9.25, 10), 15], [{ ...run(23, 24), minutes: 90 }, 30]].map(([one, step]) => fits(one, step)), [true, false, true, false]);
});

test("neighbours of another level are times of their own, and another level is another time", () => {
  const rows = Array.from({ length: 48 }, (_, row) => (row >= 18 && row < 20 ? 3 : row >= 20 && row < 22 ? 1 : 0));
  const made = repaint([], DATE, new Set(), rows, 30, true);
  assert.deepEqual(made.map(valueOf), ["2026-11-24T09:00 60 - 3", "2026-11-24T10:00 60 - 1"]);
  const again = repaint(made, DATE, new Set(made), rows.map((level) => level && 2), 30, true);
  assert.deepEqual(again.map(valueOf), ["2026-11-24T09:00 120 - 2"]);
  assert.deepEqual(repaint(again, DATE, new Set(again), rows.map((level) => level && 2), 30, true), again);
});
