// Reads a calendar file (RFC 5545): what of it is busy within a range. It is loaded when somebody gives a file, and runs in a Web Worker of its
// own, which is ended if it takes too long: a rule that never comes true would keep ical.js busy for ever. It imports nothing that the
// page's script has, so that esbuild leaves it in a file of its own.
/*! Contains ical.js, under the MPL-2.0; its source is the npm package ical.js. */
import ICAL from "ical.js";

/** A time that is busy, in milliseconds since 1970, UTC. */
export interface Busy {
  begin: number;
  end: number;
  /** What it is; empty where the calendar does not say. */
  title: string;
  isAllDay: boolean;
}

/** From one instant to another. */
export interface Range {
  begin: number;
  end: number;
}

/** Why a file cannot be read: it is no calendar, an event of it (`title`) repeats too often, or it took too long. */
export type Trouble = { trouble: "broken" | "slow" } | { trouble: "often"; title: string };

/** What a file says: what is busy, or why it cannot be read. */
export type Reading = Busy[] | Trouble;

/** The most steps of one rule until the range is over: every hour for two years. */
const MOST_STEPS = 20_000;
/** The most busy times of a file within the range. */
const MOST_BUSY = 2_000;
/** After so many milliseconds a file is given up: two hundred daily events of twenty years take a tenth of it. */
const PATIENCE = 10_000;

const SECOND = 1000;
const DAY = 86_400_000;

class TooOften extends Error {}

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();

/** The clock of a zone; `undefined` where this browser does not know it. */
function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!clocks.has(zone)) {
    const number = "numeric";
    const fields = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const;
    let clock: Intl.DateTimeFormat | undefined;
    try {
      clock = new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", calendar: "gregory", ...fields });
    } catch {
      // A name of the calendar's own.
    }
    clocks.set(zone, clock);
  }
  return clocks.get(zone);
}

/** The instant of a wall time, which is given as an instant of UTC. Where clocks skip it, it is as long after the gap as it was in it. */
function instantOf(wall: number, zone: string): number {
  const shift = (at: number) => {
    const shown: Record<string, number> = {};
    for (const { type, value } of clockOf(zone)?.formatToParts(at) ?? []) shown[type] = Number(value);
    return Date.UTC(shown.year ?? 0, (shown.month ?? 1) - 1, shown.day, shown.hour, shown.minute, shown.second) - Math.floor(at / SECOND) * SECOND;
  };
  const near = wall - shift(wall);
  return wall - shift(near);
}

/** The wall time of a time, as an instant of UTC. */
const wallOf = ({ year, month, day, hour, minute, second }: ICAL.Time) => Date.UTC(year, month - 1, day, hour, minute, second);

/** The days of a date since 1970. */
const dayOf = (time: ICAL.Time) => Math.floor(wallOf(time) / DAY);

/** The times of a component. */
class Times {
  readonly title: string;
  readonly isBusy: boolean;
  readonly isAllDay: boolean;
  readonly length: number;
  readonly start: ICAL.Time;
  private readonly component: ICAL.Component;
  private readonly zone: string;

  constructor(component: ICAL.Component, start: ICAL.Time, zone: string) {
    const said = (name: string) => String(component.getFirstPropertyValue(name) ?? "");
    this.component = component;
    this.zone = zone;
    this.start = start;
    this.title = said("summary").trim();
    this.isBusy = said("transp").toUpperCase() !== "TRANSPARENT" && said("status").toUpperCase() !== "CANCELLED";
    this.isAllDay = start.isDate;
    this.length = this.lengthOf();
  }

  /** The instant of a time that a property of the component says. A zone that the file does not define is the browser's of that name; a time
   * without a zone, and a date, are of the reader's. */
  at(time: ICAL.Time, property = "dtstart"): number {
    if (time.zone !== ICAL.Timezone.localTimezone && !time.isDate) return time.toUnixTime() * SECOND;
    const named = String(this.component.getFirstProperty(property)?.getFirstParameter("tzid") ?? "");
    return instantOf(wallOf(time), !time.isDate && clockOf(named) ? named : this.zone);
  }

  /** In milliseconds, or in days for what lasts all day. */
  private lengthOf(): number {
    const end = this.component.getFirstPropertyValue("dtend");
    const duration = this.component.getFirstPropertyValue("duration");
    if (this.isAllDay) {
      if (end instanceof ICAL.Time) return Math.max(dayOf(end) - dayOf(this.start), 1);
      return duration instanceof ICAL.Duration ? Math.max(Math.floor((duration.toSeconds() * SECOND) / DAY), 1) : 1;
    }
    if (end instanceof ICAL.Time) return this.at(end, "dtend") - this.at(this.start);
    return duration instanceof ICAL.Duration ? duration.toSeconds() * SECOND : 0;
  }

  /** The time that begins then and is as long as the component. */
  busy(begin: ICAL.Time, length = this.length): Busy {
    const from = this.at(begin);
    const end = this.isAllDay ? instantOf(wallOf(begin) + length * DAY, this.zone) : from + length;
    return { begin: from, end, title: this.title, isAllDay: this.isAllDay };
  }

  /** What tells an instance from the others. */
  key = (time: ICAL.Time, property?: string): string => (time.isDate ? `day ${dayOf(time)}` : String(this.at(time, property)));

  /** The values of a property that are times. */
  values(name: string): (ICAL.Time | ICAL.Period)[] {
    return this.component.getAllProperties(name).flatMap((property) => property.getValues()).filter((value) => value instanceof ICAL.Time || value instanceof ICAL.Period);
  }

  /** When it begins, again and again, until the range is over. What was given another time or was taken out is among it. */
  *starts(until: number): Generator<ICAL.Time> {
    yield this.start;
    for (const date of this.values("rdate")) yield date instanceof ICAL.Period ? date.start : date;
    for (const property of this.component.getAllProperties("rrule")) {
      const rule = property.getFirstValue() as ICAL.Recur;
      const iterator = rule.iterator(this.start);
      for (let steps = 0, next = iterator.next(); next && this.at(next) < until; next = iterator.next()) {
        if (++steps > MOST_STEPS) throw new TooOften(this.title);
        yield next.clone();
      }
    }
  }
}

/** What is busy within the range; `zone` is the reader's. Throws what ical.js throws at a file that is broken. */
function* parse(text: string, range: Range, zone: string): Generator<Busy> {
  const parsed = ICAL.parse(text) as unknown[];
  if (parsed.length === 0) throw new Error("empty");
  for (const jcal of typeof parsed[0] === "string" ? [parsed] : parsed) {
    const calendar = new ICAL.Component(jcal as ConstructorParameters<typeof ICAL.Component>[0]);
    if (calendar.name !== "vcalendar") throw new Error(calendar.name);
    for (const change of calendar.getAllSubcomponents("vtimezone").flatMap((zone) => zone.getAllSubcomponents())) {
      // A zone changes at the begin of a component, too, where it also names dates: ical.js reads the dates alone.
      const start = change.getFirstPropertyValue("dtstart");
      if (start instanceof ICAL.Time && change.hasProperty("rdate") && !change.hasProperty("rrule")) change.addPropertyWithValue("rdate", start);
    }
    yield* events(calendar, range, zone);
    for (const component of calendar.getAllSubcomponents("vfreebusy")) {
      for (const property of component.getAllProperties("freebusy")) {
        if (String(property.getFirstParameter("fbtype") ?? "BUSY").toUpperCase() === "FREE") continue;
        for (const period of property.getValues()) {
          if (!(period instanceof ICAL.Period)) continue;
          yield { begin: period.start.toUnixTime() * SECOND, end: period.getEnd().toUnixTime() * SECOND, title: "", isAllDay: false };
        }
      }
    }
  }
}

function* events(calendar: ICAL.Component, range: Range, zone: string): Generator<Busy> {
  const masters: Times[] = [];
  /** By UID, the instances that were given another time or were cancelled; and how all later ones changed. */
  const changed = new Map<string, Set<string>>();
  const shifted = new Map<string, { from: number; by: number; times: Times }[]>();
  const uids = new Map<Times, string>();
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const start = component.getFirstPropertyValue("dtstart");
    // An event without a begin is on no day.
    if (!(start instanceof ICAL.Time)) continue;
    const times = new Times(component, start, zone);
    const uid = String(component.getFirstPropertyValue("uid") ?? "");
    uids.set(times, uid);
    const id = component.getFirstPropertyValue("recurrence-id");
    if (!(id instanceof ICAL.Time)) {
      masters.push(times);
      continue;
    }
    changed.set(uid, (changed.get(uid) ?? new Set()).add(times.key(id, "recurrence-id")));
    if (component.getFirstProperty("recurrence-id")?.getFirstParameter("range")) {
      const from = times.at(id, "recurrence-id");
      shifted.set(uid, [...(shifted.get(uid) ?? []), { from, by: times.at(start) - from, times }].sort((a, b) => a.from - b.from));
    }
    if (times.isBusy) yield times.busy(start);
  }
  for (const times of masters) {
    const uid = uids.get(times) ?? "";
    const later = uid ? (shifted.get(uid) ?? []) : [];
    if (!times.isBusy && !later.length) continue;
    const gone = new Set(uid ? changed.get(uid) : []);
    for (const date of times.values("exdate")) if (date instanceof ICAL.Time) gone.add(times.key(date, "exdate"));
    for (const begin of times.starts(range.end)) {
      // What a day takes out, it takes out at whatever time of that day.
      if (gone.has(times.key(begin)) || gone.has(`day ${dayOf(begin)}`)) continue;
      // One that two rules say comes once.
      gone.add(times.key(begin));
      const shift = later.findLast(({ from }) => from <= times.at(begin));
      if (!shift) {
        if (times.isBusy) yield times.busy(begin);
      } else if (shift.times.isBusy) {
        const moved = times.at(begin) + shift.by;
        yield { ...shift.times.busy(begin), begin: moved, end: moved + (shift.times.isAllDay ? shift.times.length * DAY : shift.times.length) };
      }
    }
  }
}

/** Reads a file here and now, with no end to the time that it takes. */
export function readNow(text: string, range: Range, zone: string): Reading {
  const found: Busy[] = [];
  try {
    for (const busy of parse(text, range, zone)) {
      if (busy.begin >= range.end || busy.end <= range.begin || busy.end <= busy.begin) continue;
      if (found.push(busy) > MOST_BUSY) return { trouble: "often", title: busy.title };
    }
  } catch (fault) {
    return fault instanceof TooOften ? { trouble: "often", title: fault.message } : { trouble: "broken" };
  }
  return found.sort((a, b) => a.begin - b.begin || a.end - b.end);
}

/** Reads a file in a Web Worker, which is ended after some seconds. */
export function read(text: string, range: Range, zone: string, patience = PATIENCE): Promise<Reading> {
  const worker = new Worker(import.meta.url, { type: "module" });
  return new Promise<Reading>((resolve) => {
    setTimeout(() => resolve({ trouble: "slow" }), patience);
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve({ trouble: "broken" });
    worker.postMessage([text, range, zone]);
  }).finally(() => worker.terminate());
}

// This file is the Worker's, too.
if ("WorkerGlobalScope" in globalThis) {
  onmessage = ({ data: [text, range, zone] }: MessageEvent<[string, Range, string]>) => postMessage(readNow(text, range, zone));
}
