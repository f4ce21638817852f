// A week of days to paint on, in the proposal's zone: what its cells are, and why some of them are closed.
import type { Cell, Shape } from "../grid/model.ts";
import { say } from "../texts.ts";
import { clockRange, date as dateOf, dayLong, dayShort, instantsOf, knows, length, local, type Slot } from "../time.ts";
import { clockOf, covers, DAY, fits, type Run } from "./runs.ts";

const MINUTE = 60_000;

/** A wall time as an instant of UTC, which formats as itself there. */
const wallOf = (date: string, minutes = 0) => Date.parse(`${date}T00:00Z`) + minutes * MINUTE;

export const shift = (date: string, days: number) => dateOf(local(wallOf(date, days * DAY), "UTC"));

/** The Monday of a day's week. */
export const mondayOf = (date: string) => shift(date, 1 - local(wallOf(date), "UTC").weekday);

/** The seven days from a Monday on. */
export const daysFrom = (monday: string) => Array.from({ length: 7 }, (_, n) => shift(monday, n));

/** Today in a zone. */
export const today = (zone: string) => dateOf(local(Date.now(), sure(zone)));

/** The zone, or UTC where this browser does not know it: the server judges every time anyway. */
const sure = (zone: string) => (knows(zone) ? zone : "UTC");

/** What a level is called. */
export const levelName = (level: number) => (level === 3 ? say("paint-level-3") : level === 2 ? say("paint-level-2") : say("paint-level-1"));

/** A time as the page says it. */
export interface Told {
  day: string;
  /** With the offset, where clocks show it twice. */
  clock: string;
  length: string;
}

export function told(run: Run, zone: string): Told {
  const known = sure(zone);
  const wall = wallOf(run.date, run.from);
  const instants = instantsOf(wall, known);
  // A time that the clocks leave out is told as it was typed; the server says what is wrong with it.
  const [begin, shown] = instants.length ? [instants[run.fold === "1" ? instants.length - 1 : 0]!, known] : [wall, "UTC"];
  const slot: Slot = { begin, end: begin + run.minutes * MINUTE };
  const here = local(begin, shown);
  const clock = clockRange(slot, shown);
  const offset = `${here.offset < 0 ? "-" : "+"}${clockOf(Math.abs(here.offset) / 60)}`;
  return { day: dayLong(here), clock: instants.length > 1 ? say("zone-name", { name: clock, offset }) : clock, length: length(run.minutes * MINUTE) };
}

/** For the rows of a day, why each cannot be painted: it has passed, clocks leave it out, or they show it twice, and painting could not
 * say which of the two is meant. */
function reasons(date: string, step: number, zone: string): (string | undefined)[] {
  const rows = Array.from({ length: DAY / step }, (_, row) => row * step);
  const instants = (minute: number) => instantsOf(wallOf(date, minute), zone);
  const [begins, ends] = [instants(0), instants(DAY)];
  // On nearly all days the clocks are not changed, and midnight says it all: asking for each row would take long.
  const isPlain = begins.length === 1 && ends.length === 1 && ends[0]! - begins[0]! === DAY * MINUTE;
  return rows.map((from) => {
    const [first, last] = isPlain ? [[begins[0]! + from * MINUTE], [0]] : [instants(from), instants(from + step - 1)];
    if (!first?.length || !last?.length) return say("paint-gap");
    if (first.length > 1 || last.length > 1) return say("paint-twice");
    return first[0]! <= Date.now() ? say("paint-passed") : undefined;
  });
}

export interface Week {
  shape: Shape;
  /** Whether a run is painted: it covers whole rows that are open. */
  isPainted(run: Run): boolean;
}

/** A week to paint on, with one level or with three. Times that its rows cannot show close what they touch, so that nothing is painted over
 * them. */
export function weekOf(monday: string, step: number, zone: string, runs: readonly Run[], leveled = false): Week {
  const days = daysFrom(monday);
  const minutes = Array.from({ length: DAY / step }, (_, row) => row * step);
  const why = days.map((date) => reasons(date, step, sure(zone)));
  const isPainted = (run: Run) => {
    const closed = why[days.indexOf(run.date)];
    return !!closed && fits(run, step) && minutes.every((from, row) => !covers(run, from) || closed[row] === undefined);
  };
  const here = runs.filter(({ date }) => days.includes(date));
  const painted = here.filter(isPainted);
  const others = here.filter((run) => !painted.includes(run));
  const cell = (column: number, row: number): Cell => {
    const [date, from] = [days[column], row * step];
    const taken = others.find((run) => run.date === date && run.from < from + step && from < run.from + run.minutes);
    const reason = taken ? say("paint-taken", { time: told(taken, zone).clock }) : why[column]?.[row];
    // Where times overlap, the one that is liked best counts.
    const level = Math.max(0, ...painted.filter((run) => run.date === date && covers(run, from)).map((run) => run.level ?? 1));
    return { level, ...(reason !== undefined && { closed: reason }) };
  };
  const shape: Shape = {
    label: say("paint-label"),
    columns: days.map((date) => ({ short: dayShort(local(wallOf(date), "UTC")), long: dayLong(local(wallOf(date), "UTC")) })),
    rows: minutes.map((from) => ({ short: clockOf(from), long: say("clock-range", { from: clockOf(from), to: clockOf((from + step) % DAY) }) })),
    levels: [
      { name: say("paint-no"), mark: "" },
      ...(leveled ? [1, 2, 3].map((level) => ({ name: levelName(level), mark: String(level) })) : [{ name: say("paint-yes"), mark: "✓" }]),
    ],
    cell,
    major: (row) => (row * step) % 60 === 0,
    copyTargets: (column) => [
      { label: say("paint-copy-work"), columns: [0, 1, 2, 3, 4].filter((other) => other !== column) },
      { label: say("paint-copy-all"), columns: [0, 1, 2, 3, 4, 5, 6].filter((other) => other !== column) },
    ],
  };
  return { shape, isPainted };
}
