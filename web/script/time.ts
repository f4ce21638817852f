// Times for people, said as src/texts/when.rs says them, with the same texts. An instant is in milliseconds since 1970, UTC.
import { say } from "./texts.ts";

/** What the calendar and the clock of a time zone show at an instant. */
export interface Local {
  year: number;
  /** 1 for January. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 1 for Monday, 7 for Sunday. */
  weekday: number;
  /** Seconds that the zone is ahead of UTC. */
  offset: number;
}

/** A time with a begin and an end. */
export interface Slot {
  begin: number;
  end: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is shorter is told by its length: `00:10` of the API is ten seconds, and nobody expects that. */
const SHORTEST_RANGE = 5 * MINUTE;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone. Throws a RangeError where this browser does not know the zone. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    const number = "numeric";
    clock = new Intl.DateTimeFormat("en", {
      timeZone: zone, hourCycle: "h23", calendar: "gregory", year: number, month: number, day: number, hour: number, minute: number, second: number,
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** Whether this browser knows a zone. */
export function knows(zone: string): boolean {
  try {
    return Boolean(clockOf(zone));
  } catch {
    return false;
  }
}

/** What is shown at an instant in a zone. */
export function local(instant: number, zone: string): Local {
  const shown: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(instant)) shown[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const weekday = new Date(asUtc).getUTCDay() || 7;
  return { year, month, day, hour, minute, second, weekday, offset: Math.round((asUtc - Math.floor(instant / SECOND) * SECOND) / SECOND) };
}

/** What the device itself shows at a moment, to the minute. */
export const ofDevice = (at: Date) => local(Math.floor(at.getTime() / MINUTE) * MINUTE, Intl.DateTimeFormat().resolvedOptions().timeZone);

/** The instants at which clocks of a zone show a wall time: none where they skip it, two where they show it twice. `wall` is that wall time
 * as an instant of UTC. */
export function instantsOf(wall: number, zone: string): number[] {
  const offsets = new Set([wall - DAY, wall + DAY].map((near) => local(near, zone).offset));
  const instants = [...offsets].map((offset) => wall - offset * SECOND);
  return instants.filter((instant) => local(instant, zone).offset * SECOND === wall - instant).sort((a, b) => a - b);
}

const two = (number: number) => String(number).padStart(2, "0");

/** `2026-11-24`: for comparing and for fields. */
export const date = ({ year, month, day }: Local) => `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;

/** `09:30`, or `09:30:15` where it is not a full minute. */
export const clock = ({ hour, minute, second }: Local) => `${two(hour)}:${two(minute)}${second ? `:${two(second)}` : ""}`;

/** `Tuesday 24 November 2026` */
export function dayLong({ weekday, day, month, year }: Local): string {
  return say("day-long", { weekday: say(`weekday-${weekday}`), day, month: say(`month-${month}`), year: String(year) });
}

/** `Tue 24 Nov` */
export function dayShort({ weekday, day, month }: Local): string {
  return say("day-short", { weekday: say(`weekday-short-${weekday}`), day, month: say(`month-short-${month}`) });
}

/** `10:00 to 10:45`, `23:30 to 00:30 the next day`, or `01:11:22, 10 seconds`. */
export function clockRange({ begin, end }: Slot, zone: string): string {
  const [from, to] = [local(begin, zone), local(end, zone)];
  const isWhole = from.second === 0 && to.second === 0 && (end - begin) % MINUTE === 0;
  // Where the clocks are put back, the two ends can read wrong: a length cannot.
  if (end - begin < SHORTEST_RANGE || !isWhole || from.offset !== to.offset) {
    return say("clock-length", { from: clock(from), length: length(end - begin) });
  }
  const ends = { from: clock(from), to: clock(to) };
  if (date(from) === date(to)) return say("clock-range", ends);
  if (date(local(begin + DAY, zone)) === date(to)) return say("clock-range-next-day", ends);
  return say("clock-range-until-day", { ...ends, day: dayShort(to) });
}

/** `Tuesday 24 November 2026, 10:00 to 10:45` */
export function slotLong(slot: Slot, zone: string): string {
  return say("day-and-clock", { day: dayLong(local(slot.begin, zone)), clock: clockRange(slot, zone) });
}

/** `1 hour 30 minutes`. A fraction of a second is rounded up. */
export function length(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / SECOND);
  const parts: [string, number][] = [
    ["length-days", Math.floor(seconds / 86_400)],
    ["length-hours", Math.floor(seconds / 3_600) % 24],
    ["length-minutes", Math.floor(seconds / 60) % 60],
    ["length-seconds", seconds % 60],
  ];
  return parts.filter(([, count]) => count > 0).map(([key, count]) => say(key, { count })).join(" ");
}

/** How a slot reads in the proposal's own zone, where that shows something else. */
export function origin(slot: Slot, zone: string, own: string): string | undefined {
  const [here, there] = [local(slot.begin, zone), local(slot.begin, own)];
  if (here.offset === there.offset) return undefined;
  const time = clockRange(slot, own);
  return date(here) === date(there) ? say("time-origin", { time, zone: own }) : say("time-origin-day", { time, day: dayShort(there), zone: own });
}

/** A slot as forms carry it, `2026-11-24T09:00:00Z|00:45:00`. */
export function slotOf(value: string): Slot {
  const [from = "", lasts = ""] = value.split("|");
  const [, days, hours, minutes, seconds] = /^(?:(\d+) )?(\d+):(\d+):([\d.]+)$/.exec(lasts) ?? [];
  const begin = Date.parse(from);
  return { begin, end: begin + Number(days ?? 0) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND };
}
