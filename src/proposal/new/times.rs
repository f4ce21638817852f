//! The times of the page: those that are chosen, those that are being typed, and those of a series.
//!
//! All of them are wall time in the zone of the page. They become instants where they are checked, so that another zone can be
//! chosen at any time.

use std::fmt;

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::series::Series;
use whittle_domain::slot::Slot;
use whittle_domain::wall::{Fold, Unresolved, WallTime};
use whittle_domain::zone::Zone;

use crate::http::form::Form;

/// How many empty rows a page has for more times.
pub const EMPTY_ROWS: usize = 3;
/// The most rows of a form that are read.
const MOST_ROWS: usize = 60;
/// The longest time, in minutes: two weeks.
const LONGEST: u32 = 14 * 24 * 60;

/// A time that is chosen: `2026-11-24T10:00 45 -`, which is when it begins, its minutes, and which of two equal wall times is
/// meant (`0`, `1`, or `-` where that was not asked).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub begin: WallTime,
    pub minutes: u32,
    pub fold: Option<Fold>,
    /// Whether it is still ticked.
    pub keep: bool,
}

/// A date and a time of day as they are typed, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub date: String,
    pub clock: String,
    pub minutes: String,
    pub fold: String,
}

/// Why what is typed is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The date or the time of day is missing.
    Incomplete,
    /// One of them is none.
    Unreadable,
    /// Clocks are put forward then; these are its neighbours.
    Gap { at: WallTime, before: WallTime, after: WallTime },
    /// Clocks are put back then: it comes twice, with these offsets.
    Twice { at: WallTime, first: String, second: String },
    /// It is over.
    Passed,
    /// The minutes are none.
    Length,
}

impl Listed {
    /// Reads it as [`fmt::Display`] writes it.
    pub fn parse(text: &str, keep: bool) -> Option<Self> {
        let mut parts = text.split(' ');
        let (begin, minutes, fold) = (parts.next()?, parts.next()?, parts.next()?);
        let begin = WallTime::parse(begin)?;
        let minutes = minutes.parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes))?;
        Some(Self { begin, minutes, fold: parse_fold(fold), keep })
    }

    /// The slot in this zone.
    pub fn slot(&self, zone: &Zone, now: Instant) -> Result<Slot, Wrong> {
        let begin = resolve(self.begin, self.fold, zone)?;
        if begin <= now {
            return Err(Wrong::Passed);
        }
        let length = Duration::from_seconds(i64::from(self.minutes).saturating_mul(60));
        Slot::new(begin, length).map_err(|_| Wrong::Unreadable)
    }

    /// The time as it would be typed.
    pub fn row(&self) -> Row {
        let begin = self.begin.to_string();
        let (date, clock) = begin.split_once('T').unwrap_or_default();
        Row {
            date: date.to_owned(),
            clock: clock.to_owned(),
            minutes: self.minutes.to_string(),
            fold: written_fold(self.fold).to_owned(),
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fold = match written_fold(self.fold) {
            "" => "-",
            fold => fold,
        };
        write!(f, "{} {} {fold}", self.begin, self.minutes)
    }
}

fn parse_fold(text: &str) -> Option<Fold> {
    text.parse().ok().and_then(Fold::of)
}

const fn written_fold(fold: Option<Fold>) -> &'static str {
    match fold {
        None => "",
        Some(Fold::First) => "0",
        Some(Fold::Second) => "1",
    }
}

/// The instant of a wall time.
pub fn resolve(at: WallTime, fold: Option<Fold>, zone: &Zone) -> Result<Instant, Wrong> {
    at.resolve(zone, fold).map_err(|why| match why {
        Unresolved::Gap { before, after } => Wrong::Gap { at, before, after },
        Unresolved::Overlap { first, second } => {
            Wrong::Twice { at, first: first.offset(), second: second.offset() }
        }
        Unresolved::OutOfRange => Wrong::Unreadable,
    })
}

impl Row {
    /// The rows that are typed: `t0-date`, `t0-clock`, `t0-minutes`, `t0-fold` and so on.
    pub fn of_form(form: &Form) -> Vec<Self> {
        let rows = (0..MOST_ROWS).map(|number| Self::named(form, &format!("t{number}")));
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// The row whose fields have this prefix.
    pub fn named(form: &Form, prefix: &str) -> Self {
        let text = |name: &str| form.get(&format!("{prefix}-{name}")).unwrap_or_default().to_owned();
        Self { date: text("date"), clock: text("clock"), minutes: text("minutes"), fold: text("fold") }
    }

    /// Its fields with this prefix.
    pub fn fields(&self, prefix: &str) -> Vec<(String, String)> {
        let all =
            [("date", &self.date), ("clock", &self.clock), ("minutes", &self.minutes), ("fold", &self.fold)];
        all.into_iter().map(|(name, value)| (format!("{prefix}-{name}"), value.clone())).collect()
    }

    /// Whether nobody has typed into it: the minutes stand there by themselves.
    pub fn is_empty(&self) -> bool {
        self.date.is_empty() && self.clock.is_empty()
    }

    /// The wall time and its instant.
    pub fn moment(&self, zone: &Zone, now: Instant) -> Result<(WallTime, Instant), Wrong> {
        if self.date.is_empty() || self.clock.is_empty() {
            return Err(Wrong::Incomplete);
        }
        let at = WallTime::parse(&format!("{}T{}", self.date, self.clock)).ok_or(Wrong::Unreadable)?;
        let instant = resolve(at, parse_fold(&self.fold), zone)?;
        if instant <= now { Err(Wrong::Passed) } else { Ok((at, instant)) }
    }

    /// The time that it names.
    pub fn time(&self, zone: &Zone, now: Instant) -> Result<Listed, Wrong> {
        let (begin, _) = self.moment(zone, now)?;
        let minutes = self.minutes.parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes));
        let fold = parse_fold(&self.fold);
        Ok(Listed { begin, minutes: minutes.ok_or(Wrong::Length)?, fold, keep: true })
    }
}

/// The fields of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesFields {
    pub days: Vec<i8>,
    pub from: String,
    pub to: String,
    pub minutes: String,
    pub every: String,
    pub weeks: String,
    pub first_day: String,
}

impl SeriesFields {
    /// What stands there before anything is typed.
    pub fn usual() -> Self {
        let [from, to, minutes, every, weeks] = ["09:00", "17:00", "60", "60", "1"].map(ToOwned::to_owned);
        Self { from, to, minutes, every, weeks, ..Self::default() }
    }

    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Self {
            days: form.all("series-day").filter_map(|day| day.parse().ok()).collect(),
            from: text("series-from"),
            to: text("series-to"),
            minutes: text("series-minutes"),
            every: text("series-every"),
            weeks: text("series-weeks"),
            first_day: text("series-first-day"),
        }
    }

    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let days = self.days.iter().map(|day| ("series-day", day.to_string()));
        let others = [
            ("series-from", &self.from),
            ("series-to", &self.to),
            ("series-minutes", &self.minutes),
            ("series-every", &self.every),
            ("series-weeks", &self.weeks),
            ("series-first-day", &self.first_day),
        ];
        days.chain(others.map(|(name, value)| (name, value.clone()))).collect()
    }

    /// The series. What is not understood becomes a value that the domain refuses with the fault of its field.
    pub fn series(&self) -> Series {
        let number = |text: &str| text.parse().unwrap_or(0);
        let midnight = |minutes: u16| if minutes == 0 { 24 * 60 } else { minutes };
        Series {
            weekdays: self.days.clone(),
            from: minute_of_day(&self.from).unwrap_or(u16::MAX),
            to: minute_of_day(&self.to).map_or(0, midnight),
            minutes: number(&self.minutes),
            every: number(&self.every),
            weeks: number(&self.weeks),
            first_day: self.first_day.clone(),
        }
    }
}

/// `09:30` in minutes from midnight.
pub fn minute_of_day(clock: &str) -> Option<u16> {
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| hours.saturating_mul(60).saturating_add(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn row(date: &str, clock: &str, minutes: &str, fold: &str) -> Row {
        let [date, clock, minutes, fold] = [date, clock, minutes, fold].map(ToOwned::to_owned);
        Row { date, clock, minutes, fold }
    }

    #[test]
    fn a_row_becomes_a_time_or_says_why_not() {
        let now = Instant::parse("2026-01-01").unwrap();
        let judged = |date, clock, minutes, fold| row(date, clock, minutes, fold).time(&berlin(), now);
        let wall = |text| WallTime::parse(text).unwrap();
        let good = judged("2026-11-24", "10:00", "45", "").unwrap();
        assert_eq!(
            (good.to_string(), good.row()),
            ("2026-11-24T10:00 45 -".into(), row("2026-11-24", "10:00", "45", ""))
        );
        assert_eq!(Listed::parse(&good.to_string(), true), Some(good.clone()));
        assert_eq!(good.slot(&berlin(), now).unwrap().begin().to_string(), "2026-11-24T09:00:00Z");
        assert_eq!(judged("2026-11-24", "", "45", ""), Err(Wrong::Incomplete));
        assert_eq!(judged("24.11.", "10:00", "45", ""), Err(Wrong::Unreadable));
        assert_eq!(judged("2026-11-24", "10:00", "0", ""), Err(Wrong::Length));
        assert_eq!(judged("2025-11-24", "10:00", "45", ""), Err(Wrong::Passed));
        let gap = Wrong::Gap {
            at: wall("2026-03-29T02:30"),
            before: wall("2026-03-29T01:59"),
            after: wall("2026-03-29T03:00"),
        };
        assert_eq!(judged("2026-03-29", "02:30", "45", "1"), Err(gap));
        let twice =
            Wrong::Twice { at: wall("2026-10-25T02:30"), first: "+02:00".into(), second: "+01:00".into() };
        assert_eq!(judged("2026-10-25", "02:30", "45", ""), Err(twice));
        let second = judged("2026-10-25", "02:30", "45", "1").unwrap();
        assert_eq!(second.slot(&berlin(), now).unwrap().begin().to_string(), "2026-10-25T01:30:00Z");
        assert_eq!(second.to_string(), "2026-10-25T02:30 45 1");
    }

    #[test]
    fn a_value_that_no_page_of_ours_has_is_left_out() {
        for bad in [
            "",
            "x",
            "2026-11-24T10:00",
            "2026-11-24T10:00 0 -",
            "2026-11-24T10:00Z 5 -",
            "2026-11-24T10:00 99999 -",
        ] {
            assert_eq!(Listed::parse(bad, true), None, "{bad}");
        }
    }

    #[test]
    fn clock_times_of_a_series() {
        assert_eq!(
            ["00:00", "09:30", "23:59", "09:30:00"].map(minute_of_day),
            [Some(0), Some(570), Some(1439), Some(570)]
        );
        assert_eq!(["24:00", "9", "", "9:5", "x:30"].map(minute_of_day), [None; 5]);
        let midnight = SeriesFields { to: "00:00".into(), ..SeriesFields::usual() };
        assert_eq!((midnight.series().from, midnight.series().to), (540, 1440));
    }
}
