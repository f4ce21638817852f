//! The times at which the owner is available: those that are chosen, those that are being typed, and those of a weekly pattern.
//!
//! All of them are wall time in the zone of the page, with a preference. They become instants where they are checked, so that another
//! zone can be chosen at any time.

use std::fmt;

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::wall::{Fold, WallTime};
use whittle_domain::weekly::{Day, HoursOfDay, Weekday, Weekly, WeeklyError, WeeklyHours};
use whittle_domain::zone::Zone;

use crate::http::form::Form;
use crate::proposal::new::times::{Listed, Row, Wrong, minute_of_day, resolve};

/// How many empty rows a page has for more times.
pub const EMPTY_ROWS: usize = 3;
/// The most rows of a form that are read.
const MOST_ROWS: usize = 60;
/// A day, in minutes.
const DAY: u16 = 24 * 60;

/// A time that is chosen, with how much the owner likes it: `2026-11-24T09:00 480 - 3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub time: Listed,
    pub level: u8,
}

impl Offered {
    /// Reads it as [`fmt::Display`] writes it.
    pub fn parse(text: &str, keep: bool) -> Option<Self> {
        let (time, level) = text.rsplit_once(' ')?;
        let time = Listed::parse(time, keep).filter(|time| time.minutes <= u32::from(DAY))?;
        Some(Self { time, level: Preference::new(level.parse().ok()?)?.level() })
    }

    /// The time in this zone. It ends when clocks show its end, also on a day on which they are changed.
    pub fn slot(&self, zone: &Zone, now: Instant) -> Result<Slot, Wrong> {
        let begin = resolve(self.time.begin, self.time.fold, zone)?;
        let length = Duration::from_seconds(i64::from(self.time.minutes).saturating_mul(60));
        let shown_end = later(self.time.begin, length).and_then(|wall| wall.resolve(zone, None).ok());
        let end = shown_end.filter(|end| *end > begin).unwrap_or_else(|| begin.saturating_add(length));
        if end <= now {
            return Err(Wrong::Passed);
        }
        let length = Duration::from_micros(end.micros().saturating_sub(begin.micros()));
        Slot::new(begin, length).map_err(|_| Wrong::Unreadable)
    }

    pub fn preferred(&self, zone: &Zone, now: Instant) -> Option<PreferredSlot> {
        Some(PreferredSlot { slot: self.slot(zone, now).ok()?, preference: Preference::new(self.level)? })
    }

    /// What a form carries for a slot that there is already.
    pub fn of_slot(slot: &PreferredSlot, zone: &Zone) -> Option<Self> {
        let (begin, fold) = WallTime::at(slot.slot.begin(), zone)?;
        let (end, _) = WallTime::at(slot.slot.end(), zone)?;
        let length = utc(end).micros().saturating_sub(utc(begin).micros());
        let minutes =
            u32::try_from(length.div_euclid(60_000_000)).ok().filter(|n| (1..=u32::from(DAY)).contains(n))?;
        let fold = begin.resolve(zone, None).is_err().then_some(fold);
        let time = Listed { begin, minutes, fold, keep: true };
        Some(Self { time, level: slot.preference.level() })
    }

    /// The time as it would be typed.
    pub fn row(&self) -> SpanRow {
        let length = Duration::from_seconds(i64::from(self.time.minutes).saturating_mul(60));
        let end = later(self.time.begin, length).map(|end| end.to_string());
        let to = end.as_deref().and_then(|end| end.split_once('T')).map(|(_, clock)| clock.to_owned());
        SpanRow { at: self.time.row(), to: to.unwrap_or_default(), level: self.level.to_string() }
    }
}

impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.time, self.level)
    }
}

/// A wall time as an instant of UTC, which has no gaps.
fn utc(wall: WallTime) -> Instant {
    wall.resolve(&Zone::default(), None).unwrap_or_else(|_| Instant::from_millis(0))
}

/// What clocks that are never changed show after this length.
fn later(wall: WallTime, length: Duration) -> Option<WallTime> {
    WallTime::at(utc(wall).checked_add(length)?, &Zone::default()).map(|(wall, _)| wall)
}

/// A date, from when to when, and a preference, as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanRow {
    /// Date, begin, and which of two equal times is meant.
    pub at: Row,
    pub to: String,
    pub level: String,
}

impl SpanRow {
    /// The rows that are typed: `t0-date`, `t0-clock`, `t0-to`, `t0-level` and so on.
    pub fn of_form(form: &Form) -> Vec<Self> {
        let rows = (0..MOST_ROWS).map(|number| Self::named(form, &format!("t{number}")));
        rows.filter(|row| !row.is_empty()).collect()
    }

    fn named(form: &Form, prefix: &str) -> Self {
        let text = |name: &str| form.get(&format!("{prefix}-{name}")).unwrap_or_default().to_owned();
        Self { at: Row::named(form, prefix), to: text("to"), level: text("level") }
    }

    fn is_empty(&self) -> bool {
        self.at.is_empty() && self.to.is_empty()
    }

    /// The time that it names.
    pub fn time(&self, zone: &Zone, now: Instant) -> Result<Offered, Wrong> {
        let Row { date, clock, fold, .. } = &self.at;
        if date.is_empty() || clock.is_empty() || self.to.is_empty() {
            return Err(Wrong::Incomplete);
        }
        let begin = WallTime::parse(&format!("{date}T{clock}")).ok_or(Wrong::Unreadable)?;
        let (from, to) = (minute_of_day(clock), minute_of_day(&self.to));
        let (Some(from), Some(to)) = (from, to) else { return Err(Wrong::Unreadable) };
        let minutes = length(from, to).map(u32::from).ok_or(Wrong::Length)?;
        let fold = fold.parse().ok().and_then(Fold::of);
        let offered =
            Offered { time: Listed { begin, minutes, fold, keep: true }, level: level(&self.level) };
        offered.slot(zone, now).map(|_| offered)
    }
}

/// Minutes from a minute of a day to another; midnight is the end of the day. None where that is not later.
fn length(from: u16, to: u16) -> Option<u16> {
    let to = if to == 0 { DAY } else { to };
    to.checked_sub(from).filter(|minutes| *minutes > 0)
}

/// A preference as it is typed; the best where it is none.
pub fn level(text: &str) -> u8 {
    text.parse().ok().and_then(Preference::new).map_or(3, Preference::level)
}

/// The fields of a weekly pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternFields {
    pub days: Vec<i8>,
    pub from: String,
    pub to: String,
    pub first_day: String,
    pub last_day: String,
    pub level: String,
}

/// Why a weekly pattern makes no times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternFault {
    Weekday,
    Hours,
    FirstDay,
    LastDay,
    TooLong,
    Empty,
}

/// What a weekly pattern makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    pub times: Vec<Offered>,
    /// Times that clocks leave out.
    pub missing: Vec<WallTime>,
    /// How many have passed.
    pub passed: usize,
}

impl PatternFields {
    /// What stands there before anything is typed.
    pub fn usual() -> Self {
        let [from, to, level] = ["09:00", "17:00", "3"].map(ToOwned::to_owned);
        Self { from, to, level, ..Self::default() }
    }

    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Self {
            days: form.all("series-day").filter_map(|day| day.parse().ok()).collect(),
            from: text("series-from"),
            to: text("series-to"),
            first_day: text("series-first-day"),
            last_day: text("series-last-day"),
            level: text("series-level"),
        }
    }

    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let days = self.days.iter().map(|day| ("series-day", day.to_string()));
        let others = [
            ("series-from", &self.from),
            ("series-to", &self.to),
            ("series-first-day", &self.first_day),
            ("series-last-day", &self.last_day),
            ("series-level", &self.level),
        ];
        days.chain(others.map(|(name, value)| (name, value.clone()))).collect()
    }

    /// The times of the pattern, or all that is wrong with it.
    pub fn times(&self, zone: &Zone, now: Instant) -> Result<Pattern, Vec<PatternFault>> {
        let clocks = minute_of_day(&self.from).zip(minute_of_day(&self.to));
        let minutes = clocks.and_then(|(from, to)| Some((from, from.checked_add(length(from, to)?)?)));
        let (first, last) = (Day::parse(&self.first_day), Day::parse(&self.last_day));
        let mut faults = Vec::new();
        faults.extend(self.days.is_empty().then_some(PatternFault::Weekday));
        faults.extend(minutes.is_none().then_some(PatternFault::Hours));
        faults.extend(first.is_none().then_some(PatternFault::FirstDay));
        faults.extend(last.is_none().then_some(PatternFault::LastDay));
        let (Some((from, to)), Some(first), Some(last), true) = (minutes, first, last, faults.is_empty())
        else {
            return Err(faults);
        };
        let level = Preference::new(level(&self.level));
        let days = Weekday::ALL.into_iter().filter(|day| self.days.contains(&day.number()));
        let week = Weekly::new(days.filter_map(|day| WeeklyHours::new(day, from, to, level)));
        let made = week.unwrap_or_default().expand(zone, first, last, now).map_err(|fault| match fault {
            WeeklyError::TooLong => vec![PatternFault::TooLong],
            WeeklyError::Order | WeeklyError::OutOfRange => vec![PatternFault::LastDay],
        })?;
        let offered = |hours: &HoursOfDay| {
            let preferred = PreferredSlot { slot: hours.slot, preference: hours.preference.or(level)? };
            Offered::of_slot(&preferred, zone)
        };
        let times: Vec<Offered> = made.hours.iter().filter_map(offered).collect();
        match times.is_empty() {
            true => Err(vec![PatternFault::Empty]),
            false => Ok(Pattern { times, missing: made.skipped, passed: made.passed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn row(date: &str, from: &str, to: &str) -> SpanRow {
        let at = Row { date: date.to_owned(), clock: from.to_owned(), ..Row::default() };
        SpanRow { at, to: to.to_owned(), level: "2".to_owned() }
    }

    fn span(offered: &Offered) -> (String, String) {
        let slot = offered.slot(&berlin(), Instant::from_millis(0)).unwrap();
        (slot.begin().to_string(), slot.end().to_string())
    }

    #[test]
    fn a_row_becomes_a_time_or_says_why_not() {
        let now = Instant::parse("2026-01-01").unwrap();
        let judged = |date, from, to| row(date, from, to).time(&berlin(), now);
        let good = judged("2026-11-24", "09:00", "17:00").unwrap();
        assert_eq!(
            (good.to_string(), good.row()),
            ("2026-11-24T09:00 480 - 2".to_owned(), {
                let mut row = row("2026-11-24", "09:00", "17:00");
                row.at.minutes = "480".to_owned();
                row
            })
        );
        assert_eq!(Offered::parse(&good.to_string(), true), Some(good.clone()));
        assert_eq!(span(&good), ("2026-11-24T08:00:00Z".into(), "2026-11-24T16:00:00Z".into()));
        assert_eq!(judged("2026-11-24", "09:00", ""), Err(Wrong::Incomplete));
        assert_eq!(judged("2026-11-24", "09:00", "09:00"), Err(Wrong::Length));
        assert_eq!(judged("2025-11-24", "09:00", "10:00"), Err(Wrong::Passed));
        let evening = judged("2026-11-24", "18:00", "00:00").unwrap();
        assert_eq!(span(&evening).1, "2026-11-24T23:00:00Z");
        assert_eq!(
            (evening.row().to, judged("24.11.", "1:00", "x")),
            ("00:00".into(), Err(Wrong::Unreadable))
        );
    }

    #[test]
    fn a_day_on_which_clocks_are_changed_ends_when_they_show_its_end() {
        let long = Offered::parse("2026-10-25T00:00 1440 - 3", true).unwrap();
        assert_eq!(span(&long), ("2026-10-24T22:00:00Z".into(), "2026-10-25T23:00:00Z".into()));
        let slot = long.preferred(&berlin(), Instant::from_millis(0)).unwrap();
        assert_eq!(Offered::of_slot(&slot, &berlin()), Some(long));
    }

    #[test]
    fn a_pattern_makes_its_days_and_says_what_it_leaves_out() {
        let fields = PatternFields {
            days: vec![2, 4],
            first_day: "2026-03-23".to_owned(),
            last_day: "2026-04-05".to_owned(),
            ..PatternFields::usual()
        };
        let made = fields.times(&berlin(), Instant::parse("2026-03-25").unwrap()).unwrap();
        let days: Vec<String> = made.times.iter().map(ToString::to_string).collect();
        assert_eq!((made.passed, days.len(), days[0].as_str()), (1, 3, "2026-03-26T09:00 480 - 3"));
        let night =
            PatternFields { days: vec![7], from: "02:10".into(), to: "02:50".into(), ..fields.clone() };
        let made = night.times(&berlin(), Instant::parse("2026-01-01").unwrap()).unwrap();
        assert_eq!((made.times.len(), made.missing), (1, vec![WallTime::parse("2026-03-29T02:10").unwrap()]));
        let bad =
            PatternFields { days: Vec::new(), to: "08:00".into(), last_day: String::new(), ..fields.clone() };
        let faults = [PatternFault::Weekday, PatternFault::Hours, PatternFault::LastDay];
        assert_eq!(bad.times(&berlin(), Instant::from_millis(0)), Err(faults.to_vec()));
        let long = PatternFields { last_day: "2027-04-05".into(), ..fields };
        assert_eq!(long.times(&berlin(), Instant::from_millis(0)), Err(vec![PatternFault::TooLong]));
    }
}
