//! A series of times: "Tuesdays and Thursdays from 9 to 17, 45 minutes, every hour, for two weeks".
//!
//! A series is wall time, as people mean it: 9:00 stays 9:00 on both sides of the day on which clocks are changed.

use jiff::civil::{Date, Time, Weekday};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, Slots};
use crate::wall::{Fold, WallTime};
use crate::zone::Zone;

/// The maximum number of weeks of a series: half a year is further than people plan.
pub const MAX_WEEKS: u16 = 26;
/// The minutes of a day.
const DAY: u16 = 24 * 60;
/// The maximum number of times that are looked at one by one. A longer series is far too long, and is counted by multiplication.
const MAX_COUNTED: usize = 2_000;

/// What a series is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The days of the week, 1 for Monday to 7 for Sunday (ISO 8601).
    pub weekdays: Vec<i8>,
    /// When the earliest time of a day begins, in minutes from midnight, 0 to 1439.
    pub from: u16,
    /// When the latest time of a day ends, in minutes from midnight, 1 to 1440.
    pub to: u16,
    /// How long each time is, in minutes.
    pub minutes: u16,
    /// How many minutes after the beginning of a time the next one of that day begins.
    pub every: u16,
    /// For how many weeks, 1 to [`MAX_WEEKS`].
    pub weeks: u16,
    /// The first day, as `2026-11-24`.
    pub first_day: String,
}

/// A time of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesTime {
    /// What clocks show when it begins.
    pub begin: WallTime,
    /// The time itself. Where clocks show its beginning twice, the first is meant.
    pub slot: Slot,
    /// Whether clocks show its beginning twice.
    pub is_twice: bool,
}

/// The times that a series makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The times, in order.
    pub times: Vec<SeriesTime>,
    /// Beginnings that do not exist, because clocks are put forward then: they are left out.
    pub missing: Vec<WallTime>,
    /// How many times are left out because they have passed.
    pub passed: usize,
}

/// Why a series makes no times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesError {
    /// No day of the week is chosen.
    NoWeekday,
    /// The first day is no date of the calendar.
    FirstDay,
    /// The latest end is not after the earliest beginning.
    Hours,
    /// The length is zero, or no time of this length fits between the hours.
    Length,
    /// The distance between two times is zero.
    Every,
    /// The number of weeks is zero or more than [`MAX_WEEKS`].
    Weeks,
    /// The series has no time: its days do not occur, or all of it has passed.
    Empty,
    /// The series has this many times, more than the [`Slots::MAX`] of a proposal.
    TooMany(usize),
}

impl Series {
    /// The times of the series in this time zone that begin after `now`.
    ///
    /// # Errors
    /// All that is wrong, see [`SeriesError`].
    pub fn times(&self, zone: &Zone, now: Instant) -> Result<Times, Vec<SeriesError>> {
        let first_day = self.check()?;
        let all = self.days(first_day).count().saturating_mul(self.beginnings().count());
        if all > MAX_COUNTED {
            return Err(vec![SeriesError::TooMany(all)]);
        }
        let mut times = Times::default();
        let mut count = 0_usize;
        for day in self.days(first_day) {
            for minute in self.beginnings() {
                let Some(begin) = wall_time(day, minute) else { continue };
                let Ok(instant) = begin.resolve(zone, Some(Fold::First)) else {
                    times.missing.push(begin);
                    continue;
                };
                if instant <= now {
                    times.passed = times.passed.saturating_add(1);
                    continue;
                }
                count = count.saturating_add(1);
                let length = Duration::from_seconds(i64::from(self.minutes).saturating_mul(60));
                // What is beyond the maximum is counted and not kept.
                if let (true, Ok(slot)) = (count <= Slots::MAX, Slot::new(instant, length)) {
                    let is_twice = begin.resolve(zone, None).is_err();
                    times.times.push(SeriesTime { begin, slot, is_twice });
                }
            }
        }
        match count {
            0 => Err(vec![SeriesError::Empty]),
            _ if count > Slots::MAX => Err(vec![SeriesError::TooMany(count)]),
            _ => Ok(times),
        }
    }

    fn check(&self) -> Result<Date, Vec<SeriesError>> {
        let first_day: Option<Date> = self.first_day.parse().ok();
        let ends_later = self.to > self.from && self.to <= DAY && self.from < DAY;
        let fits = self.minutes > 0 && self.minutes <= self.to.saturating_sub(self.from);
        let faults = [
            (self.weekdays.is_empty(), SeriesError::NoWeekday),
            (first_day.is_none(), SeriesError::FirstDay),
            (!ends_later, SeriesError::Hours),
            (ends_later && !fits, SeriesError::Length),
            (self.every == 0, SeriesError::Every),
            (self.weeks == 0 || self.weeks > MAX_WEEKS, SeriesError::Weeks),
        ];
        let faults: Vec<SeriesError> =
            faults.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).collect();
        first_day.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The days of the series, in order.
    fn days(&self, first: Date) -> impl Iterator<Item = Date> {
        let chosen = |day: Weekday| self.weekdays.contains(&day.to_monday_one_offset());
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        days.take(usize::from(self.weeks).saturating_mul(7)).filter(move |day| chosen(day.weekday()))
    }

    /// When the times of a day begin, in minutes from midnight.
    fn beginnings(&self) -> impl Iterator<Item = u16> {
        let last = self.to.saturating_sub(self.minutes);
        (self.from..=last).step_by(usize::from(self.every).max(1))
    }
}

fn wall_time(day: Date, minute: u16) -> Option<WallTime> {
    let (hour, minute) =
        (i8::try_from(minute.div_euclid(60)).ok()?, i8::try_from(minute.rem_euclid(60)).ok()?);
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some(WallTime::new(day.to_datetime(time)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::LocalTime;
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn long_ago() -> Instant {
        Instant::parse("2000-01-01").unwrap()
    }

    fn series(weekdays: &[i8], from: u16, to: u16, first_day: &str) -> Series {
        Series {
            weekdays: weekdays.to_vec(),
            from,
            to,
            minutes: 45,
            every: 60,
            weeks: 1,
            first_day: first_day.to_owned(),
        }
    }

    fn begins(times: &Times) -> Vec<String> {
        times.times.iter().map(|time| time.begin.to_string()).collect()
    }

    #[test]
    fn tuesdays_and_thursdays_from_nine_to_seventeen() {
        let times = series(&[2, 4], 9 * 60, 17 * 60, "2026-11-23").times(&berlin(), long_ago()).unwrap();
        let begins = begins(&times);
        assert_eq!(
            (begins.len(), begins[0].as_str(), begins[15].as_str()),
            (16, "2026-11-24T09:00", "2026-11-26T16:00")
        );
        assert_eq!(times.times[0].slot.begin().to_string(), "2026-11-24T08:00:00Z");
        assert_eq!(times.times[0].slot.duration(), Duration::from_seconds(45 * 60));
    }

    #[test]
    fn the_hour_that_is_left_out_is_left_out_and_the_one_that_comes_twice_is_the_first() {
        let spring = series(&[7], 60, 5 * 60, "2026-03-29").times(&berlin(), long_ago()).unwrap();
        assert_eq!(begins(&spring), ["2026-03-29T01:00", "2026-03-29T03:00", "2026-03-29T04:00"]);
        assert_eq!(spring.missing.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-03-29T02:00"]);
        let autumn = series(&[7], 60, 4 * 60, "2026-10-25").times(&berlin(), long_ago()).unwrap();
        let twice: Vec<(String, bool)> =
            autumn.times.iter().map(|time| (time.slot.begin().to_string(), time.is_twice)).collect();
        assert_eq!(
            twice,
            [
                ("2026-10-24T23:00:00Z".into(), false),
                ("2026-10-25T00:00:00Z".into(), true),
                ("2026-10-25T02:00:00Z".into(), false)
            ]
        );
    }

    #[test]
    fn what_has_passed_is_left_out() {
        let noon = Instant::parse("2026-11-24T11:00:00Z").unwrap();
        let times = series(&[2], 9 * 60, 17 * 60, "2026-11-24").times(&berlin(), noon).unwrap();
        assert_eq!((times.passed, begins(&times)[0].as_str()), (4, "2026-11-24T13:00"));
        let later = Instant::parse("2026-11-25").unwrap();
        assert_eq!(
            series(&[2], 540, 1020, "2026-11-24").times(&berlin(), later),
            Err(vec![SeriesError::Empty])
        );
    }

    #[test]
    fn too_many_are_counted_and_none_is_made() {
        let all = Series { weeks: 2, ..series(&[1, 2, 3, 4, 5], 540, 1020, "2026-11-23") };
        assert_eq!(all.times(&berlin(), long_ago()), Err(vec![SeriesError::TooMany(80)]));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let bad = Series {
            weekdays: vec![],
            from: 600,
            to: 600,
            minutes: 0,
            every: 0,
            weeks: 27,
            first_day: "soon".into(),
        };
        let faults = bad.times(&berlin(), long_ago()).unwrap_err();
        use SeriesError::{Every, FirstDay, Hours, NoWeekday, Weeks};
        assert_eq!(faults, [NoWeekday, FirstDay, Hours, Every, Weeks]);
        let long = Series { minutes: 481, ..series(&[1], 540, 1020, "2026-11-23") };
        assert_eq!(long.times(&berlin(), long_ago()), Err(vec![SeriesError::Length]));
    }

    fn any_series() -> impl Strategy<Value = Series> {
        let days = prop::collection::vec(1..=7_i8, 0..4);
        // Days around the changes of clocks among them.
        let first =
            select(vec!["2026-03-25", "2026-10-22", "2026-09-30", "2026-11-23", "9999-12-20", "2026-02-30"]);
        (days, 0..1500_u16, 0..1500_u16, 0..300_u16, 0..300_u16, 0..28_u16, first).prop_map(
            |(weekdays, from, to, minutes, every, weeks, first)| Series {
                weekdays,
                from,
                to,
                minutes,
                every,
                weeks,
                first_day: first.to_owned(),
            },
        )
    }

    proptest! {
        #[test]
        fn each_time_is_what_was_asked_for(
            series in any_series(),
            zone in select(vec!["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
            now in any::<bool>(),
        ) {
            let zone = Zone::parse(zone).unwrap();
            let now = Instant::parse(if now { "2026-10-26T10:00:00Z" } else { "2000-01-01" }).unwrap();
            match series.times(&zone, now) {
                Err(faults) => prop_assert!(!faults.is_empty()),
                Ok(made) => {
                    prop_assert!((1..=Slots::MAX).contains(&made.times.len()));
                    for time in &made.times {
                        let shown = LocalTime::of(time.slot.begin(), &zone);
                        prop_assert!(series.weekdays.contains(&shown.weekday) && time.slot.begin() > now);
                        let minute = shown.minute_of_day();
                        prop_assert_eq!((minute - series.from) % series.every, 0);
                        prop_assert!(minute >= series.from && minute + series.minutes <= series.to);
                        prop_assert_eq!(format!("{}T{}", shown.date(), shown.clock()), time.begin.to_string());
                    }
                    prop_assert!(made.times.windows(2).all(|pair| pair[0].begin < pair[1].begin));
                }
            }
        }
    }
}
