//! Wall time: what clocks in a time zone show, and how it becomes instants. This is the only place where that happens.
//!
//! Where clocks are put forward, some wall times do not exist (a *gap*); where they are put back, some come twice (an
//! *overlap*). Neither is guessed: a wall time in a gap is refused, and in an overlap a [`Fold`] has to say which one is meant.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::instant::{self, Instant};
use crate::zone::Zone;

/// A date and a time of day without a UTC offset, in whole microseconds.
///
/// `Display` writes `2026-03-29T02:30`, with seconds if they are not zero and with six fractional digits if they are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(DateTime);

/// Which of two equal wall times is meant, as `fold` in PEP 495.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fold {
    /// 0: the earlier one, before clocks were put back. Also the only one.
    First,
    /// 1: the later one, after clocks were put back.
    Second,
}

/// One of the instants at which clocks show an ambiguous wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The instant.
    pub instant: Instant,
    /// The UTC offset of the time zone at this instant.
    offset: Offset,
}

/// Why a wall time does not become an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// Clocks are put forward and never show this time.
    Gap {
        /// The last whole minute that they show before the gap.
        before: WallTime,
        /// The first time that they show after the gap.
        after: WallTime,
    },
    /// Clocks are put back and show this time twice, and no [`Fold`] was given.
    Overlap {
        /// The earlier one, [`Fold::First`].
        first: Reading,
        /// The later one, [`Fold::Second`].
        second: Reading,
    },
    /// The instant would be outside the range of [`Instant`].
    OutOfRange,
}

impl WallTime {
    pub(crate) const fn new(civil: DateTime) -> Self {
        Self(civil)
    }

    /// The date.
    pub(crate) fn date(self) -> jiff::civil::Date {
        self.0.date()
    }

    /// Reads a wall time in the spellings of [`Instant::parse`]. `None` if the text is not in this format or has an offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match instant::pieces(text)? {
            (civil, None) => Some(Self(civil)),
            (_, Some(_)) => None,
        }
    }

    /// What clocks in this time zone show at `instant`, and which of two equal times that is.
    #[must_use]
    pub fn at(instant: Instant, zone: &Zone) -> Option<(Self, Fold)> {
        let time_zone = zone.time_zone();
        let timestamp = jiff::Timestamp::from_microsecond(instant.micros()).ok()?;
        let offset = time_zone.to_offset(timestamp);
        let civil = offset.to_datetime(timestamp);
        let fold = match time_zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Fold { after, .. } if after == offset => Fold::Second,
            _ => Fold::First,
        };
        Some((Self(civil), fold))
    }

    /// The instant at which clocks in this time zone show this time. `fold` counts where there are two, and only there.
    ///
    /// # Errors
    /// See [`Unresolved`].
    pub fn resolve(self, zone: &Zone, fold: Option<Fold>) -> Result<Instant, Unresolved> {
        let time_zone = zone.time_zone();
        let reading = |offset: Offset| {
            let instant = self.with_offset(offset).ok_or(Unresolved::OutOfRange)?;
            Ok(Reading { instant, offset })
        };
        match time_zone.to_ambiguous_timestamp(self.0).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok(reading(offset)?.instant),
            AmbiguousOffset::Fold { before, after } => {
                let (first, second) = (reading(before)?, reading(after)?);
                match fold {
                    Some(Fold::First) => Ok(first.instant),
                    Some(Fold::Second) => Ok(second.instant),
                    None => Err(Unresolved::Overlap { first, second }),
                }
            }
            AmbiguousOffset::Gap { before, after } => {
                let (before, after) =
                    self.neighbours(&time_zone, before, after).ok_or(Unresolved::OutOfRange)?;
                Err(Unresolved::Gap { before, after })
            }
        }
    }

    /// The first instant at which clocks in this time zone show this time or a later one: hours that begin or end in a gap
    /// begin or end with it. `None` if the instant would be outside the range of [`Instant`].
    #[must_use]
    pub fn resolve_forward(self, zone: &Zone) -> Option<Instant> {
        match self.resolve(zone, Some(Fold::First)) {
            Ok(instant) => Some(instant),
            Err(Unresolved::Gap { after, .. }) => after.resolve(zone, Some(Fold::First)).ok(),
            Err(_) => None,
        }
    }

    /// The instant that a calendar means by this time (RFC 5545, 3.3.5): of two equal times the first, and in a gap the time
    /// as it would be by the UTC offset of before the gap. `None` if the instant would be outside the range of [`Instant`].
    #[must_use]
    pub fn resolve_as_calendar(self, zone: &Zone) -> Option<Instant> {
        match zone.time_zone().to_ambiguous_timestamp(self.0).offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Fold { before: offset, .. }
            | AmbiguousOffset::Gap { before: offset, .. } => self.with_offset(offset),
        }
    }

    /// The instant of this time by a UTC offset in seconds. `None` where either is out of range.
    #[must_use]
    pub fn resolve_by_offset(self, seconds: i32) -> Option<Instant> {
        self.with_offset(Offset::from_seconds(seconds).ok()?)
    }

    /// The same time of day so many days later, or earlier. `None` where the calendar ends.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Self)
    }

    /// The wall time so many minutes later, as a clock without any changes would show it. `None` where the calendar ends.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_minutes(minutes).ok()?).ok().map(Self)
    }

    /// The seconds from another wall time to this one, as a clock without any changes would count them.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.duration_since(earlier.0).as_secs()
    }

    fn with_offset(self, offset: Offset) -> Option<Instant> {
        Instant::from_micros(offset.to_timestamp(self.0).ok()?.as_microsecond())
    }

    /// The last whole minute before the gap that this time is in, and the first time after it. `before` and `after` are the
    /// offsets on both sides.
    fn neighbours(self, time_zone: &TimeZone, before: Offset, after: Offset) -> Option<(Self, Self)> {
        // With the offset of after the gap, this time is an instant before the clocks are put forward.
        let earlier = after.to_timestamp(self.0).ok()?;
        let is_in = |change: jiff::Timestamp| {
            before.to_datetime(change) <= self.0 && self.0 < after.to_datetime(change)
        };
        let change = time_zone.following(earlier).map(|change| change.timestamp()).find(|at| is_in(*at))?;
        let last = before.to_datetime(change).checked_sub(jiff::Span::new().microseconds(1)).ok()?;
        let minute = last.with().second(0).subsec_nanosecond(0).build().ok()?;
        Some((Self(minute), Self(after.to_datetime(change))))
    }
}

impl Fold {
    /// The fold of this number, 0 or 1.
    #[must_use]
    pub const fn of(number: u64) -> Option<Self> {
        match number {
            0 => Some(Self::First),
            1 => Some(Self::Second),
            _ => None,
        }
    }

    /// 0 or 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }
}

impl Reading {
    /// The UTC offset, such as `+01:00`.
    #[must_use]
    pub fn offset(&self) -> String {
        instant::format_offset(self.offset)
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.0;
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())?;
        match (t.second(), t.subsec_nanosecond().div_euclid(1_000)) {
            (0, 0) => Ok(()),
            (second, 0) => write!(f, ":{second:02}"),
            (second, micros) => write!(f, ":{second:02}.{micros:06}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, zone: &str, fold: Option<Fold>) -> Result<String, Unresolved> {
        let wall = WallTime::parse(text).unwrap();
        wall.resolve(&Zone::parse(zone).unwrap(), fold).map(|instant| instant.to_string())
    }

    #[test]
    fn a_wall_time_that_comes_once_is_an_instant_whatever_the_fold() {
        for (text, zone, instant) in [
            ("2026-03-29T01:59:59.999999", "Europe/Berlin", "2026-03-29T00:59:59.999999Z"),
            ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("2026-07-01 09:00", "Europe/Berlin", "2026-07-01T07:00:00Z"),
            ("2026-12-01", "Asia/Kathmandu", "2026-11-30T18:15:00Z"),
            ("2026-10-25T02:30", "UTC", "2026-10-25T02:30:00Z"),
            ("1800-01-01T12:00", "Africa/Abidjan", "1800-01-01T12:16:08Z"),
        ] {
            for fold in [None, Some(Fold::First), Some(Fold::Second)] {
                assert_eq!(resolved(text, zone, fold).as_deref(), Ok(instant), "{text} {fold:?}");
            }
        }
    }

    #[test]
    fn a_wall_time_in_a_gap_is_refused_with_its_neighbours() {
        for (text, zone, neighbours) in [
            ("2026-03-29T02:00", "Europe/Berlin", ["2026-03-29T01:59", "2026-03-29T03:00"]),
            ("2026-03-29T02:59:59.999999", "Europe/Berlin", ["2026-03-29T01:59", "2026-03-29T03:00"]),
            ("2026-10-04T02:10", "Australia/Lord_Howe", ["2026-10-04T01:59", "2026-10-04T02:30"]),
            // A whole day was left out.
            ("2011-12-30T12:00", "Pacific/Apia", ["2011-12-29T23:59", "2011-12-31T00:00"]),
            // Local mean time ended.
            ("1920-01-01T00:06:00", "Asia/Dubai", ["1919-12-31T23:59", "1920-01-01T00:18:48"]),
        ] {
            for fold in [None, Some(Fold::First), Some(Fold::Second)] {
                let Err(Unresolved::Gap { before, after }) = resolved(text, zone, fold) else {
                    panic!("{text} in {zone}");
                };
                assert_eq!([before.to_string(), after.to_string()], neighbours, "{text}");
            }
        }
    }

    #[test]
    fn a_wall_time_in_an_overlap_needs_a_fold() {
        let (text, zone) = ("2026-10-25T02:30", "Europe/Berlin");
        assert_eq!(resolved(text, zone, Some(Fold::First)).as_deref(), Ok("2026-10-25T00:30:00Z"));
        assert_eq!(resolved(text, zone, Some(Fold::Second)).as_deref(), Ok("2026-10-25T01:30:00Z"));
        let Err(Unresolved::Overlap { first, second }) = resolved(text, zone, None) else { panic!() };
        assert_eq!([first.offset(), second.offset()], ["+02:00", "+01:00"]);
        assert_eq!(
            [first.instant.to_string(), second.instant.to_string()],
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
        );
    }

    #[test]
    fn hours_and_calendars_go_on_across_a_gap_and_take_the_first_of_two() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        for (text, forward, calendar) in [
            ("2026-03-29T01:30", "2026-03-29T00:30:00Z", "2026-03-29T00:30:00Z"),
            ("2026-03-29T02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
            ("2026-03-29T03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            ("2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
        ] {
            let wall = WallTime::parse(text).unwrap();
            assert_eq!(wall.resolve_forward(&berlin).unwrap().to_string(), forward, "{text}");
            assert_eq!(wall.resolve_as_calendar(&berlin).unwrap().to_string(), calendar, "{text}");
        }
        let wall = WallTime::parse("2026-03-29T02:30").unwrap();
        assert_eq!(wall.resolve_by_offset(-9_000).unwrap().to_string(), "2026-03-29T05:00:00Z");
        assert_eq!(wall.resolve_by_offset(i32::MAX), None);
        assert_eq!(wall.plus_days(-29).unwrap().to_string(), "2026-02-28T02:30");
        assert_eq!(wall.plus_days(i32::MAX), None);
        assert_eq!(wall.seconds_since(wall.plus_days(-1).unwrap()), 86_400);
    }

    #[test]
    fn a_text_with_an_offset_is_no_wall_time() {
        for text in ["2026-03-29T02:30Z", "2026-03-29T02:30+02:00", "soon", "2026-02-30T00:00", "02:30", ""] {
            assert_eq!(WallTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_outside_the_range_of_instants_is_refused() {
        for (text, zone) in [("0001-01-01T00:00", "Asia/Tokyo"), ("9999-12-31T00:00", "UTC")] {
            assert_eq!(resolved(text, zone, None), Err(Unresolved::OutOfRange), "{text}");
        }
    }
}
