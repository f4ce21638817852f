//! When an offer can be booked: its free starts.
//!
//! Starts count in wall time of the owner, in steps from the beginning of each stretch of hours. Where clocks are put back, a wall
//! time that comes twice is two starts; one that is skipped is none. What is taken is judged as the database judges it
//! (`busy_never_overlaps` in schema.sql), so that what is listed can be booked.

use crate::booking::hours::WorkingHours;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::wall::{Fold, WallTime};
use crate::weekly::Day;
use crate::zone::Zone;

use super::offer::Offer;

/// The milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// How many alternatives a refusal names.
pub const ALTERNATIVES: usize = 3;

/// A time that the owner has taken, in milliseconds. Guards are its buffers; of what is no meeting they are `None`, for buffers hold
/// between meetings alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// From when.
    pub begin: i64,
    /// Until when.
    pub end: i64,
    /// From when on no guest's meeting may end, and until when none may begin.
    pub guard: Option<(i64, i64)>,
}

/// What decides when an offer can be booked.
#[derive(Clone, Copy, Debug)]
pub struct Bookable<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// The owner's hours.
    pub hours: &'a WorkingHours,
    /// The owner's zone.
    pub zone: &'a Zone,
    /// What the owner has taken, hard and soft.
    pub taken: &'a [Taken],
    /// The owner's dates, such as `2026-11-24`, that have as many bookings as they may.
    pub full: &'a [String],
    /// When it is asked.
    pub now: Instant,
}

/// Why an offer cannot be booked for a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBookable {
    /// It is outside the hours, or between two steps.
    NoStart,
    /// It begins earlier than the notice allows.
    TooSoon,
    /// It is beyond the horizon.
    TooFar,
    /// The time is taken, or the day has as many bookings as it may.
    Taken,
}

impl Bookable<'_> {
    /// The starts within a range that can be booked, ordered.
    #[must_use]
    pub fn starts(&self, range: Slot) -> Vec<Instant> {
        let (first, last) = (self.first(), self.beyond());
        let closed = self.closed();
        let mut rest = closed.as_slice();
        let mut starts = self.steps(range);
        starts.retain(|start| {
            let at = start.millis();
            while let [(_, until), more @ ..] = rest
                && *until <= at
            {
                rest = more;
            }
            let is_closed = rest.first().is_some_and(|(from, _)| *from < at);
            *start >= first && last.is_none_or(|last| *start < last) && !is_closed && !self.is_full(*start)
        });
        starts
    }

    /// Whether a start can be booked.
    ///
    /// # Errors
    /// See [`NotBookable`]; what cannot be mended by waiting for somebody else goes first.
    pub fn judge(&self, start: Instant) -> Result<(), NotBookable> {
        let instant = Slot::new(start, Duration::from_micros(1));
        if !instant.is_ok_and(|range| self.steps(range).contains(&start)) {
            return Err(NotBookable::NoStart);
        }
        if start < self.first() {
            return Err(NotBookable::TooSoon);
        }
        if self.beyond().is_some_and(|beyond| start >= beyond) {
            return Err(NotBookable::TooFar);
        }
        let at = start.millis();
        let is_closed = self.closed().iter().any(|(from, until)| *from < at && at < *until);
        if is_closed || self.is_full(start) { Err(NotBookable::Taken) } else { Ok(()) }
    }

    /// The free starts within a range that are nearest to one that is not free, ordered.
    #[must_use]
    pub fn nearest(&self, start: Instant, range: Slot) -> Vec<Instant> {
        let starts = self.starts(range);
        let at = starts.partition_point(|other| *other < start);
        let around = at.saturating_sub(ALTERNATIVES)..at.saturating_add(ALTERNATIVES).min(starts.len());
        let mut nearest = starts.get(around).unwrap_or_default();
        let far = |other: &Instant| other.micros().abs_diff(start.micros());
        while let [first, between @ .., last] = nearest
            && nearest.len() > ALTERNATIVES
        {
            nearest = if far(first) > far(last) {
                nearest.get(1..).unwrap_or_default()
            } else {
                nearest.get(..between.len().saturating_add(1)).unwrap_or_default()
            };
        }
        nearest.to_vec()
    }

    /// The first instant that the notice allows.
    fn first(&self) -> Instant {
        self.now.saturating_add(minutes(self.offer.notice))
    }

    /// The first instant beyond the horizon: the end of its last day.
    #[must_use]
    pub fn beyond(&self) -> Option<Instant> {
        let days = i32::try_from(self.offer.horizon_days.saturating_add(1)).ok()?;
        Day::of(self.now, self.zone)?.plus_days(days)?.at(0)?.resolve_forward(self.zone)
    }

    fn is_full(&self, start: Instant) -> bool {
        !self.full.is_empty()
            && Day::of(start, self.zone).is_some_and(|day| self.full.contains(&day.to_string()))
    }

    /// The times, ordered and apart, between whose ends no start is free.
    fn closed(&self) -> Vec<(i64, i64)> {
        let offer = self.offer;
        let [length, before, after] = [offer.minutes, offer.buffer_before, offer.buffer_after]
            .map(|minutes| minutes.saturating_mul(MINUTE));
        let mut closed: Vec<(i64, i64)> = Vec::with_capacity(self.taken.len());
        closed.extend(self.taken.iter().map(|taken| match taken.guard {
            None => (taken.begin.saturating_sub(length), taken.end),
            // Each one's buffer holds towards the other's time: the larger one counts.
            Some((guard_begin, guard_end)) => (
                taken.begin.saturating_sub(after).min(guard_begin).saturating_sub(length),
                taken.end.saturating_add(before).max(guard_end),
            ),
        }));
        closed.sort_unstable();
        closed.dedup_by(|next, last| {
            // What only meets leaves a start between.
            let joins = next.0 < last.1;
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        closed
    }

    /// The starts within a range, free or not: the steps of each stretch of hours after which the whole meeting is within the hours.
    fn steps(&self, range: Slot) -> Vec<Instant> {
        let length = minutes(self.offer.minutes);
        let first = Day::of(range.begin(), self.zone).and_then(|day| day.plus_days(-1));
        // A meeting may go on in the hours of the next day.
        let last = Day::of(range.end().saturating_add(length), self.zone);
        let days = std::iter::successors(first, |day| day.plus_days(1));
        let days = days.take_while(|day| last.is_some_and(|last| *day <= last));
        let mut stretches: Vec<Slot> = days.flat_map(|day| self.hours.of_day(day, self.zone)).collect();
        stretches.sort_unstable();
        // Until when it stays open after each.
        let mut open_until: Vec<Instant> = Vec::with_capacity(stretches.len());
        for (at, stretch) in stretches.iter().enumerate().rev() {
            let next = stretches.get(at.saturating_add(1)).filter(|next| next.begin() <= stretch.end());
            let goes_on = next.and(open_until.last()).copied();
            open_until.push(goes_on.map_or(stretch.end(), |until| until.max(stretch.end())));
        }
        let mut starts: Vec<Instant> = Vec::new();
        for (stretch, until) in stretches.iter().zip(open_until.iter().rev()) {
            let fits = |start: &Instant| {
                *start >= range.begin() && *start < range.end() && start.saturating_add(length) <= *until
            };
            starts.extend(self.steps_of(*stretch).into_iter().filter(fits));
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// The steps of one stretch, by the clock of the owner's zone.
    fn steps_of(&self, stretch: Slot) -> Vec<Instant> {
        let (begin, end) = (stretch.begin(), stretch.end());
        let step = self.offer.step.max(1);
        let Some((wall, _)) = WallTime::at(begin, self.zone) else { return Vec::new() };
        let clock = WallTime::at(end, self.zone).map(|(wall_end, _)| wall_end.seconds_since(wall));
        let length = end.seconds().saturating_sub(begin.seconds());
        if clock == Some(length) {
            // No clock is changed in it.
            let all = std::iter::successors(Some(begin), |at| at.checked_add(minutes(step)));
            return all.take_while(|at| *at < end).collect();
        }
        // A day longer than it is, so that what comes twice is there, wherever it is.
        let most = length.saturating_add(86_400).div_euclid(step.saturating_mul(60));
        let walls = (0..most).filter_map(|n| wall.plus_minutes(n.saturating_mul(step)));
        let both = walls
            .flat_map(|wall| [Fold::First, Fold::Second].map(|fold| wall.resolve(self.zone, Some(fold))));
        both.flatten().filter(|at| begin <= *at && *at < end).collect()
    }
}

pub(super) fn minutes(minutes: i64) -> Duration {
    Duration::from_seconds(minutes.saturating_mul(60))
}

/// So many days of a zone from a date on. `None` where the calendar ends.
#[must_use]
pub fn days(from: Day, days: i32, zone: &Zone) -> Option<Slot> {
    let midnight = |day: Day| day.at(0)?.resolve_forward(zone);
    Slot::between(midnight(from)?, midnight(from.plus_days(days)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;
    use proptest::prelude::{Just, any, prop, prop_assert_eq, prop_oneof, proptest};
    use proptest::strategy::Strategy as _;
    use serde_json::{Value, json};

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn object(value: Value) -> serde_json::Map<String, Value> {
        let Value::Object(object) = value else { panic!() };
        object
    }

    /// An offer of an hour without notice, with these members changed.
    fn offer(changes: Value) -> Offer {
        let mut body = object(json!({ "title": "Call", "minutes": 60, "notice": 0, "horizon_days": 365 }));
        body.extend(object(changes));
        input::parse_offer(&body, None).unwrap()
    }

    fn hours(days: &[&str], from: &str, to: &str) -> WorkingHours {
        let weekly: Vec<Value> =
            days.iter().map(|day| json!({ "weekday": day, "from": from, "to": to })).collect();
        WorkingHours::stored(&json!({ "weekly": weekly, "exceptions": [] })).unwrap()
    }

    const ALL: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    struct World {
        offer: Offer,
        hours: WorkingHours,
        zone: Zone,
        taken: Vec<Taken>,
        full: Vec<String>,
        now: Instant,
    }

    impl World {
        fn new(changes: Value, hours: WorkingHours, zone: &str) -> Self {
            let zone = Zone::parse(zone).unwrap();
            Self {
                offer: offer(changes),
                hours,
                zone,
                taken: Vec::new(),
                full: Vec::new(),
                now: at("2026-01-01T00:00Z"),
            }
        }

        fn bookable(&self) -> Bookable<'_> {
            let Self { offer, hours, zone, taken, full, now } = self;
            Bookable { offer, hours, zone, taken, full, now: *now }
        }

        /// The starts of a date, as the owner's clock and offset show them.
        fn shown(&self, day: &str) -> Vec<String> {
            let range = days(Day::parse(day).unwrap(), 1, &self.zone).unwrap();
            let local = |at: &Instant| crate::local::LocalTime::of(*at, &self.zone);
            self.bookable()
                .starts(range)
                .iter()
                .map(|at| format!("{}{}", local(at).clock(), local(at).utc_offset()))
                .collect()
        }

        fn take(&mut self, begin: &str, end: &str, guard: Option<(i64, i64)>) {
            let (begin, end) = (at(begin).millis(), at(end).millis());
            let guard = guard.map(|(before, after)| (begin - before * MINUTE, end + after * MINUTE));
            self.taken.push(Taken { begin, end, guard });
        }
    }

    #[test]
    fn starts_are_steps_from_the_beginning_of_each_stretch_of_hours() {
        let hours = WorkingHours::stored(&json!({ "weekly": [
            { "weekday": "tuesday", "from": "09:10", "to": "11:30" }, { "weekday": "tuesday", "from": "14:00", "to": "15:00" },
        ], "exceptions": [] })).unwrap();
        let world = World::new(json!({ "step": 30 }), hours, "Europe/Berlin");
        assert_eq!(world.shown("2026-11-24"), ["09:10+01:00", "09:40+01:00", "10:10+01:00", "14:00+01:00"]);
        assert_eq!(world.shown("2026-11-25"), [""; 0]);
    }

    #[test]
    fn a_meeting_may_go_on_where_hours_go_on_after_midnight_and_not_where_they_end() {
        let night = |days: &[&str]| World::new(json!({ "step": 30 }), hours(days, "22:00", "24:00"), "UTC");
        assert_eq!(night(&["monday"]).shown("2026-11-23").last().unwrap(), "23:00+00:00");
        let always = World::new(json!({ "step": 30 }), WorkingHours::default(), "UTC");
        assert_eq!(always.shown("2026-11-23").last().unwrap(), "23:30+00:00");
        assert_eq!(always.shown("2026-11-23").len(), 48);
    }

    #[test]
    fn a_time_that_clocks_show_twice_is_two_starts_and_one_they_skip_is_none() {
        let world = |zone| World::new(json!({ "minutes": 30 }), WorkingHours::default(), zone);
        let back = world("America/New_York").shown("2026-11-01");
        assert_eq!(back.len(), 50);
        assert_eq!(back[2..6], ["01:00-04:00", "01:30-04:00", "01:00-05:00", "01:30-05:00"]);
        let forward = world("America/New_York").shown("2026-03-08");
        assert_eq!(forward.len(), 46);
        assert_eq!(forward[3..5], ["01:30-05:00", "03:00-04:00"]);
        // Lord Howe Island changes its clocks by half an hour.
        assert_eq!(world("Australia/Lord_Howe").shown("2026-04-05").len(), 49);
        let hours = hours(&ALL, "01:00", "03:00");
        let world = World::new(json!({}), hours, "America/New_York");
        assert_eq!(world.shown("2026-11-01"), ["01:00-04:00", "01:00-05:00", "02:00-05:00"]);
    }

    #[test]
    fn notice_and_horizon_are_kept() {
        let mut world = World::new(
            json!({ "notice": 90, "horizon_days": 2 }),
            hours(&ALL, "09:00", "12:00"),
            "Europe/Berlin",
        );
        world.now = at("2026-11-24T08:30Z");
        assert_eq!(world.shown("2026-11-24"), ["11:00+01:00"]);
        assert_eq!([world.shown("2026-11-26").len(), world.shown("2026-11-27").len()], [3, 0]);
        for (start, why) in [
            ("2026-11-24T09:00Z", NotBookable::TooSoon),
            ("2026-11-27T08:00Z", NotBookable::TooFar),
            ("2026-11-24T10:30Z", NotBookable::NoStart),
            ("2026-11-24T07:00Z", NotBookable::NoStart),
            ("2026-11-24T11:00Z", NotBookable::NoStart),
            ("2026-11-24T10:00:01Z", NotBookable::NoStart),
        ] {
            assert_eq!(world.bookable().judge(at(start)), Err(why), "{start}");
        }
        assert_eq!(world.bookable().judge(at("2026-11-24T10:00Z")), Ok(()));
    }

    #[test]
    fn between_neighbours_the_larger_buffer_counts_and_not_the_sum() {
        let of = |before: i64, after: i64, guard: Option<(i64, i64)>| {
            let changes =
                json!({ "minutes": 30, "step": 10, "buffer_before": before, "buffer_after": after });
            let mut world = World::new(changes, hours(&ALL, "08:00", "13:00"), "UTC");
            world.take("2026-11-24T10:00Z", "2026-11-24T11:00Z", guard);
            let starts = world.shown("2026-11-24");
            let next = starts.iter().position(|start| start.as_str() >= "11:00").unwrap();
            format!("{} {}", &starts[next - 1][..5], &starts[next][..5])
        };
        assert_eq!(of(0, 0, Some((0, 0))), "09:30 11:00");
        assert_eq!(of(20, 30, Some((0, 0))), "09:00 11:20");
        assert_eq!(of(0, 0, Some((10, 40))), "09:20 11:40");
        assert_eq!(of(20, 30, Some((10, 40))), "09:00 11:40");
        // Blocked hours and imports have no buffers, and meetings keep none from them.
        assert_eq!(of(20, 30, None), "09:30 11:00");
    }

    #[test]
    fn a_day_with_as_many_bookings_as_it_may_have_has_no_starts() {
        let mut world = World::new(json!({}), hours(&ALL, "09:00", "11:00"), "Europe/Berlin");
        world.full = vec!["2026-11-24".to_owned()];
        assert_eq!([world.shown("2026-11-24").len(), world.shown("2026-11-25").len()], [0, 2]);
        assert_eq!(world.bookable().judge(at("2026-11-24T08:00Z")), Err(NotBookable::Taken));
    }

    #[test]
    fn the_nearest_starts_are_free_and_in_order() {
        let mut world = World::new(json!({}), hours(&ALL, "09:00", "17:00"), "UTC");
        world.take("2026-11-24T10:00Z", "2026-11-24T12:00Z", None);
        let range = days(Day::parse("2026-11-24").unwrap(), 2, &world.zone).unwrap();
        let nearest = |start: &str| -> Vec<String> {
            world
                .bookable()
                .nearest(at(start), range)
                .iter()
                .map(|at| at.to_string()[8..16].to_owned())
                .collect()
        };
        assert_eq!(nearest("2026-11-24T11:00Z"), ["24T09:00", "24T12:00", "24T13:00"]);
        assert_eq!(nearest("2026-11-24T07:00Z"), ["24T09:00", "24T12:00", "24T13:00"]);
        assert_eq!(nearest("2026-11-25T20:00Z"), ["25T14:00", "25T15:00", "25T16:00"]);
    }

    /// The rules once more, minute by minute, in the words of the specification and of the trigger.
    fn naive(world: &World, day: &str) -> Vec<Instant> {
        let range = days(Day::parse(day).unwrap(), 1, &world.zone).unwrap();
        let offer = &world.offer;
        let (length, zone) = (minutes(offer.minutes), &world.zone);
        let stretches: Vec<Slot> = (-2..=2)
            .flat_map(|n| world.hours.of_day(Day::parse(day).unwrap().plus_days(n).unwrap(), zone))
            .collect();
        let is_open = |minute: Instant| stretches.iter().any(|s| s.begin() <= minute && minute < s.end());
        let every = |from: Instant, until: Instant| {
            std::iter::successors(Some(from), |at| at.checked_add(minutes(1)))
                .take_while(move |at| *at < until)
        };
        let is_step = |at: Instant| {
            stretches.iter().filter(|s| s.begin() <= at && at < s.end()).any(|s| {
                let wall = |at| WallTime::at(at, zone).unwrap().0;
                wall(at).seconds_since(wall(s.begin())).rem_euclid(offer.step * 60) == 0
            })
        };
        let is_free = |at: Instant| {
            let (starts, ends) = (at.millis(), at.saturating_add(length).millis());
            let (guard_start, guard_end) =
                (starts - offer.buffer_before * MINUTE, ends + offer.buffer_after * MINUTE);
            !world.taken.iter().any(|b| {
                (starts < b.end && b.begin < ends)
                    || b.guard.is_some_and(|(begin, end)| {
                        (guard_start < b.end && b.begin < guard_end) || (starts < end && begin < ends)
                    })
            })
        };
        every(range.begin(), range.end())
            .filter(|at| is_step(*at) && every(*at, at.saturating_add(length)).all(is_open) && is_free(*at))
            .collect()
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(60))]

        #[test]
        fn free_starts_are_those_that_the_rules_allow(
            (length, step) in (1_i64..30, 1_i64..20).prop_map(|(length, step)| (length * 5, step * 5)),
            (before, after) in (0_i64..60, 0_i64..60),
            (from, until) in (0_i64..22, 1_i64..6),
            (zone, day) in prop_oneof![
                Just(("Europe/Berlin", "2026-10-25")), Just(("Europe/Berlin", "2026-03-29")), Just(("America/St_Johns", "2026-11-01")),
                Just(("Asia/Kathmandu", "2026-11-24")), Just(("Australia/Lord_Howe", "2026-04-05")),
            ],
            always in any::<bool>(),
            taken in prop::collection::vec((0_i64..1_500, 1_i64..200, prop::option::of((0_i64..60, 0_i64..60))), 0..5),
        ) {
            let until = (from + until).min(24);
            let hours = if always { WorkingHours::default() } else { hours(&ALL, &format!("{from:02}:15"), &format!("{until:02}:00")) };
            let changes = json!({ "minutes": length, "step": step, "buffer_before": before, "buffer_after": after });
            let mut world = World::new(changes, hours, zone);
            let midnight = days(Day::parse(day).unwrap(), 1, &world.zone).unwrap().begin().millis();
            world.taken = taken.iter().map(|(from, length, guard)| {
                let (begin, end) = (midnight + from * MINUTE, midnight + (from + length) * MINUTE);
                Taken { begin, end, guard: guard.map(|(before, after)| (begin - before * MINUTE, end + after * MINUTE)) }
            }).collect();
            let range = days(Day::parse(day).unwrap(), 1, &world.zone).unwrap();
            let starts = world.bookable().starts(range);
            prop_assert_eq!(&starts, &naive(&world, day));
            for start in &starts {
                prop_assert_eq!(world.bookable().judge(*start), Ok(()));
            }
        }
    }
}
