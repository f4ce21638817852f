// Reads a calendar file (RFC 5545) with ical.js: when its events begin, again and again, in the wall time that it says. What that is in
// UTC, and what of it counts, is the domain's to say (domain/src/busy/), which judges what this file gives like any input.
//
// Nothing can end what runs here, so all of it is bounded: a rule that never comes true, a distance of a billion days, and lists of
// thousands of weekdays would keep ical.js busy for ever.
/*! Contains ical.js, under the MPL-2.0; its source is the npm package ical.js. */
import ICAL from "ical.js";

/// The most steps of all rules of a file. A daily event of fifty years with a COUNT takes 18,000; all of them take less than a second.
const MOST_STEPS = 200_000;
/// The most values of one rule: all days of a year, from both ends, are 732.
const MOST_VALUES = 800;
/// The most times of a file that are given to the domain, which takes far fewer.
const MOST_TIMES = 6_000;
/// The most components of a file, and the most zones.
const MOST_COMPONENTS = 5_000;
const MOST_ZONES = 60;
/// The most days by which a rule is stepped at once: more than four years. The next time is beyond what matters.
const MOST_DAYS = 1_500;
const DAY = 86_400_000;

/// Why a file is not read: `trouble` is one of `broken`, `often` and `fine`, which means every second or minute.
class Trouble extends Error {
  constructor(trouble, title = "") {
    super(trouble);
    this.trouble = trouble;
    this.title = title;
  }
}

/// A rule has come to what is too late to matter.
class Late extends Error {}

let steps = 0;
let title = "";

function spend(some) {
  steps += some;
  if (steps > MOST_STEPS) throw new Trouble("often", title);
}

const values = (rule) => Object.values(rule.parts).reduce((sum, list) => sum + list.length, 0);

// Each loop of ical.js over a rule goes through one of these. A rule of a time zone is stepped by them, too; it has no `last`.
const iterator = ICAL.RecurIterator.prototype;
for (const [name, cost] of [
  ["check_contracting_rules", () => 1],
  ["increment_month", () => 1],
  ["increment_year", () => 1],
  ["increment_monthday", (_, days) => Math.ceil(days / 30)],
  ["next_month", (rule) => 1 + values(rule)],
  ["next_weekday_by_week", (rule) => 1 + values(rule)],
  ["expand_year_days", (rule) => 10 + 10 * values(rule)],
]) {
  const unbounded = iterator[name];
  iterator[name] = function (...given) {
    const { rule, last } = this;
    if (dayOf(last) > rule.last || (name === "increment_monthday" && given[0] > MOST_DAYS)) throw new Late();
    spend(cost(rule, ...given));
    return unbounded.apply(this, given);
  };
}

const numbers = (number, digits) => String(number).padStart(digits, "0");

/// A time as the domain reads it. A zone that the file itself defines comes with its offset in seconds.
function told(time, property) {
  const date = `${numbers(time.year, 4)}-${numbers(time.month, 2)}-${numbers(time.day, 2)}`;
  if (time.isDate) return { at: date };
  const at = `${date}T${numbers(time.hour, 2)}:${numbers(time.minute, 2)}:${numbers(time.second, 2)}`;
  if (time.zone === ICAL.Timezone.utcTimezone) return { at, zone: "UTC" };
  const named = property?.getFirstParameter("tzid");
  if (!named) return { at };
  const defined = time.zone && time.zone !== ICAL.Timezone.localTimezone;
  return defined ? { at, zone: String(named), offset: time.utcOffset() } : { at, zone: String(named) };
}

/// The days of a time since 1970, by its wall time.
function dayOf({ year, month, day }) {
  return Math.floor(Date.UTC(year, month - 1, day) / DAY);
}

/// The times of a property that may come several times, with a length where one is a period.
function* times(component, name) {
  for (const property of component.getAllProperties(name)) {
    for (const value of property.getValues()) {
      if (value instanceof ICAL.Time) yield told(value, property);
      if (value instanceof ICAL.Period) yield { ...told(value.start, property), seconds: lengthOf(value) };
    }
  }
}

const lengthOf = (period) => (period.duration ?? period.end.subtractDateTz(period.start)).toSeconds();

/// Whether a rule says this day: ical.js takes 30 February for 2 March, the birthday of 29 February for 1 March, and leaves out
/// numbers of weeks beside months.
function isMeant({ freq, parts, wkst }, start, time) {
  const { year, month, day } = time;
  if (freq === "YEARLY" && Object.keys(parts).length === 0) return day === start.day;
  const days = ICAL.Time.daysInMonth(month, year);
  const named = (list, ...numbers) => !list || list.some((number) => numbers.includes(number));
  // Weeks that are counted from the end of the year are taken as ical.js has them.
  const weeks = parts.BYWEEKNO?.every((week) => week > 0) ? parts.BYWEEKNO : undefined;
  return named(parts.BYMONTH, month) && named(parts.BYMONTHDAY, day, day - days - 1) && named(weeks, time.weekNumber(wkst));
}

/// When a rule says that an event begins, from one day to another. `until` is for the domain, which knows the zones.
function recurring(rule, start, property, from, to) {
  if (rule.freq === "SECONDLY" || rule.freq === "MINUTELY") throw new Trouble("fine", title);
  if (values(rule) > MOST_VALUES) throw new Trouble("often", title);
  const found = [];
  const until = rule.until && told(rule.until, rule.until.zone === ICAL.Timezone.utcTimezone ? undefined : property);
  const open = rule.clone();
  open.until = null;
  // A day more, for a zone can be a day behind.
  open.last = rule.until ? Math.min(to, dayOf(rule.until) + 2) : to;
  // What repeats is wall time. As that of no zone it is compared without asking the zone each time.
  const first = start.clone();
  first.zone = ICAL.Timezone.localTimezone;
  // Without a COUNT nobody needs the times before: whole periods of them are skipped.
  const days = from - dayOf(start) - 1;
  const period = { HOURLY: rule.interval, DAILY: rule.interval * 24, WEEKLY: rule.interval * 24 * 7 }[rule.freq];
  if (!rule.count && period && days > 0) {
    const hours = Math.floor((days * 24) / period) * period;
    first.adjust(Math.floor(hours / 24), hours % 24, 0, 0);
  }
  try {
    const iterator = new ICAL.RecurIterator({ rule: open, dtstart: first });
    for (let next = iterator.next(); next && dayOf(next) <= open.last; next = iterator.next()) {
      spend(1);
      // The first is given whether the rule says it or not; it is before, or the begin of the event, which the domain takes anyway.
      if (dayOf(next) < from || !isMeant(rule, start, next)) continue;
      const time = next.clone();
      time.zone = start.zone;
      if (found.push(told(time, property)) > MOST_TIMES) throw new Trouble("often", title);
    }
  } catch (fault) {
    if (!(fault instanceof Late)) throw fault;
  }
  return { until, times: found };
}

function event(component, from, to) {
  const text = (name) => String(component.getFirstPropertyValue(name) ?? "").trim();
  title = text("summary").slice(0, 100);
  const property = component.getFirstProperty("dtstart");
  const start = property?.getFirstValue();
  if (!(start instanceof ICAL.Time)) return undefined;
  const end = component.getFirstPropertyValue("dtend");
  const duration = component.getFirstPropertyValue("duration");
  const instead = component.getFirstProperty("recurrence-id");
  const about = instead?.getFirstValue();
  const length = end instanceof ICAL.Time ? dayOf(end) - dayOf(start) : duration instanceof ICAL.Duration ? Math.ceil(duration.toSeconds() / 86_400) : 0;
  const since = from - Math.max(length, 0) - 2;
  return {
    uid: text("uid"),
    title,
    busy: text("transp").toUpperCase() !== "TRANSPARENT" && text("status").toUpperCase() !== "CANCELLED",
    start: told(start, property),
    end: end instanceof ICAL.Time ? told(end, component.getFirstProperty("dtend")) : undefined,
    duration:
      duration instanceof ICAL.Duration && !duration.isNegative
        ? [duration.weeks * 7 + duration.days, duration.hours * 3600 + duration.minutes * 60 + duration.seconds]
        : undefined,
    also: [...times(component, "rdate")],
    without: [...times(component, "exdate")],
    instead: about instanceof ICAL.Time ? told(about, instead) : undefined,
    onward: Boolean(instead?.getFirstParameter("range")),
    rules: component.getAllProperties("rrule").map((rule) => recurring(rule.getFirstValue(), start, property, since, to)),
  };
}

/// The busy times of a component that is a list of them.
function freeBusy(component) {
  const also = [];
  for (const property of component.getAllProperties("freebusy")) {
    if (String(property.getFirstParameter("fbtype") ?? "BUSY").toUpperCase() === "FREE") continue;
    for (const period of property.getValues()) {
      if (period instanceof ICAL.Period) also.push({ ...told(period.start, property), seconds: lengthOf(period) });
    }
  }
  return { uid: String(component.getFirstPropertyValue("uid") ?? ""), title: "", busy: true, also, without: [], rules: [] };
}

function read(text, from, to) {
  const parsed = ICAL.parse(text);
  if (parsed.length === 0) throw new Trouble("broken");
  const found = { timezone: undefined, events: [] };
  let given = 0;
  for (const jcal of typeof parsed[0] === "string" ? [parsed] : parsed) {
    const calendar = new ICAL.Component(jcal);
    const zones = calendar.getAllSubcomponents("vtimezone");
    if (calendar.name !== "vcalendar" || zones.length > MOST_ZONES) throw new Trouble("broken");
    if (jcal[2].length > MOST_COMPONENTS) throw new Trouble("often");
    found.timezone ??= calendar.getFirstPropertyValue("x-wr-timezone") ?? undefined;
    for (const change of zones.flatMap((zone) => zone.getAllSubcomponents())) {
      // Clocks are changed some times a year. A rule that changes them each day since 1601 would only cost time.
      const rules = change.getAllProperties("rrule").map((rule) => rule.getFirstValue());
      if (rules.some((rule) => rule.freq !== "YEARLY" && rule.freq !== "MONTHLY")) throw new Trouble("broken");
      // A zone changes at the begin of a component, too, where it also names dates: ical.js reads the dates alone.
      const start = change.getFirstPropertyValue("dtstart");
      if (start instanceof ICAL.Time && change.hasProperty("rdate") && !change.hasProperty("rrule")) change.addPropertyWithValue("rdate", start);
    }
    const events = [
      ...calendar.getAllSubcomponents("vevent").map((component) => event(component, from, to)),
      ...calendar.getAllSubcomponents("vfreebusy").map(freeBusy),
    ];
    for (const one of events) {
      if (!one) continue;
      given += one.also.length + one.without.length + one.rules.reduce((sum, rule) => sum + rule.times.length, 1);
      if (given > MOST_TIMES) throw new Trouble("often", one.title);
      found.events.push(one);
    }
  }
  return found;
}

/// What a calendar file says, as JSON; times from one day to another, counted from 1970. The file has 256 KiB at most.
export function readCalendar(text, from, to) {
  steps = 0;
  title = "";
  try {
    return JSON.stringify(read(text, from, to));
  } catch (fault) {
    const { trouble = "broken", title = "" } = fault instanceof Trouble ? fault : {};
    return JSON.stringify({ trouble, title });
  }
}
