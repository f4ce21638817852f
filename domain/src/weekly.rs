//! Weekly hours: "Tuesdays and Thursdays from 9 to 17", in the wall time of a zone, and the slots that they make.
//!
//! Hours are what clocks show: 9:00 stays 9:00 on both sides of the day on which clocks are changed. Hours that begin or end
//! in a time that clocks skip begin or end where clocks go on; of a time that clocks show twice the first is meant
//! ([`WallTime::resolve_forward`]). Each slot that is not as long as its hours say, or that has such an end, is told.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::Preference;
use crate::slot::Slot;
use crate::wall::{Unresolved, WallTime};
use crate::zone::Zone;

/// The minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All days, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The name in English, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// The day of this English name, without regard to case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.name().eq_ignore_ascii_case(name))
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    #[must_use]
    pub const fn number(self) -> i8 {
        match self {
            Self::Monday => 1,
            Self::Tuesday => 2,
            Self::Wednesday => 3,
            Self::Thursday => 4,
            Self::Friday => 5,
            Self::Saturday => 6,
            Self::Sunday => 7,
        }
    }
}

/// A date of the calendar, without a zone. `Display` writes `2026-11-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Reads `2026-11-24`. `None` if the text is written otherwise or the calendar has no such date.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let looks_right = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if looks_right { text.parse().ok().map(Self) } else { None }
    }

    /// The number of days from another date to this one; negative where this one is earlier.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        let hours = self.0.duration_since(earlier.0).as_hours();
        i32::try_from(hours.div_euclid(24)).unwrap_or(i32::MAX)
    }

    /// The date that the calendar of this zone shows at an instant.
    #[must_use]
    pub fn of(instant: Instant, zone: &Zone) -> Option<Self> {
        WallTime::at(instant, zone).map(|(wall, _)| Self(wall.date()))
    }

    /// The day so many days later, or earlier. `None` where the calendar ends.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Self)
    }

    /// Its day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        let number = self.0.weekday().to_monday_one_offset();
        Weekday::ALL.into_iter().find(|day| day.number() == number).unwrap_or(Weekday::Monday)
    }

    /// What clocks show this many minutes after the beginning of this day, 0 to 1440, as if no clock were changed on it.
    #[must_use]
    pub fn at(self, minutes: u16) -> Option<WallTime> {
        let day = if minutes >= DAY_MINUTES { self.0.tomorrow().ok()? } else { self.0 };
        let minutes = minutes.checked_rem(DAY_MINUTES)?;
        let hour = i8::try_from(minutes.div_euclid(60)).ok()?;
        let minute = i8::try_from(minutes.rem_euclid(60)).ok()?;
        Some(WallTime::new(day.to_datetime(Time::new(hour, minute, 0, 0).ok()?)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Hours on a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "WrittenHours")]
pub struct WeeklyHours {
    weekday: Weekday,
    from: u16,
    to: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    preference: Option<Preference>,
}

/// Hours as they are stored, before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHours {
    weekday: Weekday,
    from: u16,
    to: u16,
    preference: Option<Preference>,
}

impl TryFrom<WrittenHours> for WeeklyHours {
    type Error = &'static str;
    fn try_from(written: WrittenHours) -> Result<Self, Self::Error> {
        let hours = Self::new(written.weekday, written.from, written.to, written.preference);
        hours.ok_or("hours end after they begin, and on the same day")
    }
}

impl WeeklyHours {
    /// Hours from one minute of the day to another, counted from midnight: 0 to 1439, and 1 to 1440. `None` if they do not
    /// end after they begin, on the same day.
    #[must_use]
    pub const fn new(weekday: Weekday, from: u16, to: u16, preference: Option<Preference>) -> Option<Self> {
        if from < to && to <= DAY_MINUTES { Some(Self { weekday, from, to, preference }) } else { None }
    }

    /// On which day.
    #[must_use]
    pub const fn weekday(&self) -> Weekday {
        self.weekday
    }

    /// From which minute of the day on, 0 to 1439.
    #[must_use]
    pub const fn from(&self) -> u16 {
        self.from
    }

    /// Until which minute of the day, 1 to 1440.
    #[must_use]
    pub const fn to(&self) -> u16 {
        self.to
    }

    /// How much they are liked, where that is said.
    #[must_use]
    pub const fn preference(&self) -> Option<Preference> {
        self.preference
    }
}

/// The hours of a week, ordered by day and time, each once. Hours of one day may overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<WeeklyHours>")]
pub struct Weekly(Vec<WeeklyHours>);

/// A week would have more than [`Weekly::MAX`] hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyHours;

impl fmt::Display for TooManyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a week has {} hours at most", Weekly::MAX)
    }
}

impl TryFrom<Vec<WeeklyHours>> for Weekly {
    type Error = TooManyHours;
    fn try_from(hours: Vec<WeeklyHours>) -> Result<Self, TooManyHours> {
        Self::new(hours)
    }
}

/// Hours of one date, as they become a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursOfDay {
    /// When clocks are to show that they begin.
    pub from: WallTime,
    /// When clocks are to show that they end.
    pub to: WallTime,
    /// The slot.
    pub slot: Slot,
    /// See [`WeeklyHours::preference`].
    pub preference: Option<Preference>,
    /// What clocks do to them, if anything.
    pub change: Option<ClockChange>,
}

/// What a change of the clocks does to hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// Clocks skip a part of them: the slot is shorter than they say.
    Shorter,
    /// Clocks show a part of them twice: the slot is longer than they say.
    Longer,
    /// Clocks show their begin or their end twice; the first is meant.
    Twice,
}

/// The slots that weekly hours make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The slots, ordered by date and then as the hours are.
    pub hours: Vec<HoursOfDay>,
    /// Hours that are left out because clocks skip all of them: when they would begin.
    pub skipped: Vec<WallTime>,
    /// How many slots are left out because they have begun already.
    pub passed: usize,
}

/// Why no slots are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeeklyError {
    /// The last day is before the first.
    Order,
    /// There are more than [`Weekly::MAX_DAYS`] days.
    TooLong,
    /// The days are out of the range of [`Instant`].
    OutOfRange,
}

impl Weekly {
    /// The most hours of a week: seven a day.
    pub const MAX: usize = 49;
    /// The most days that hours are expanded over, the first and the last included: twelve weeks.
    pub const MAX_DAYS: i32 = 84;

    /// The week of these hours.
    ///
    /// # Errors
    /// More than [`Self::MAX`] different hours.
    pub fn new(hours: impl IntoIterator<Item = WeeklyHours>) -> Result<Self, TooManyHours> {
        let mut hours: Vec<WeeklyHours> = hours.into_iter().collect();
        hours.sort_unstable();
        hours.dedup();
        if hours.len() > Self::MAX { Err(TooManyHours) } else { Ok(Self(hours)) }
    }

    /// The hours, ordered by day and time.
    pub fn iter(&self) -> std::slice::Iter<'_, WeeklyHours> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slots of the days from `first` to `last`, both included, that begin after `now`.
    ///
    /// # Errors
    /// See [`WeeklyError`].
    pub fn expand(&self, zone: &Zone, first: Day, last: Day, now: Instant) -> Result<Expanded, WeeklyError> {
        let days = last.days_since(first);
        if days < 0 {
            return Err(WeeklyError::Order);
        }
        if days >= Self::MAX_DAYS {
            return Err(WeeklyError::TooLong);
        }
        let mut expanded = Expanded::default();
        let dates = std::iter::successors(Some(first.0), |day| day.tomorrow().ok());
        for date in dates.take_while(|date| *date <= last.0) {
            let weekday = date.weekday().to_monday_one_offset();
            for hours in self.0.iter().filter(|hours| hours.weekday.number() == weekday) {
                expanded.add(hours, Day(date), zone, now).ok_or(WeeklyError::OutOfRange)?;
            }
        }
        Ok(expanded)
    }
}

impl Expanded {
    /// Adds these hours of this date. `None` if they are out of range.
    fn add(&mut self, hours: &WeeklyHours, day: Day, zone: &Zone, now: Instant) -> Option<()> {
        let (from, to) = (day.at(hours.from)?, day.at(hours.to)?);
        let (begin, end) = (from.resolve_forward(zone)?, to.resolve_forward(zone)?);
        let length = Duration::from_micros(end.micros().checked_sub(begin.micros())?);
        let Ok(slot) = Slot::new(begin, length) else {
            self.skipped.push(from);
            return Some(());
        };
        if begin <= now {
            self.passed = self.passed.saturating_add(1);
            return Some(());
        }
        let twice = |wall: WallTime| matches!(wall.resolve(zone, None), Err(Unresolved::Overlap { .. }));
        let meant = Duration::from_seconds(to.seconds_since(from));
        let change = match length.cmp(&meant) {
            std::cmp::Ordering::Less => Some(ClockChange::Shorter),
            std::cmp::Ordering::Greater => Some(ClockChange::Longer),
            std::cmp::Ordering::Equal if twice(from) || twice(to) => Some(ClockChange::Twice),
            std::cmp::Ordering::Equal => None,
        };
        self.hours.push(HoursOfDay { from, to, slot, preference: hours.preference, change });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::LocalTime;
    use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn long_ago() -> Instant {
        Instant::parse("2000-01-01").unwrap()
    }

    fn hours(weekday: Weekday, from: u16, to: u16) -> WeeklyHours {
        WeeklyHours::new(weekday, from, to, Preference::new(2)).unwrap()
    }

    fn expand(weekly: &[WeeklyHours], zone_name: &str, first: &str, last: &str) -> Expanded {
        let weekly = Weekly::new(weekly.iter().copied()).unwrap();
        weekly.expand(&zone(zone_name), day(first), day(last), long_ago()).unwrap()
    }

    fn told(expanded: &Expanded) -> Vec<(String, String, Option<ClockChange>)> {
        let one = |h: &HoursOfDay| (h.slot.begin().to_string(), h.slot.end().to_string(), h.change);
        expanded.hours.iter().map(one).collect()
    }

    #[test]
    fn tuesdays_and_thursdays_from_nine_to_seventeen() {
        let week = [hours(Weekday::Thursday, 540, 1020), hours(Weekday::Tuesday, 540, 1020)];
        let made = expand(&week, "Europe/Berlin", "2026-10-20", "2026-10-29");
        let begins: Vec<String> = made.hours.iter().map(|h| h.slot.begin().to_string()).collect();
        // Clocks are put back on 25 October.
        assert_eq!(
            begins,
            ["2026-10-20T07:00:00Z", "2026-10-22T07:00:00Z", "2026-10-27T08:00:00Z", "2026-10-29T08:00:00Z"]
        );
        assert!(made.hours.iter().all(|h| h.slot.duration() == Duration::from_seconds(8 * 3600)));
        assert!(made.skipped.is_empty() && made.hours.iter().all(|h| h.change.is_none()));
    }

    #[test]
    fn where_clocks_are_put_forward_hours_are_shortened_or_left_out_and_it_is_told() {
        let week = [
            hours(Weekday::Sunday, 60, 150),
            hours(Weekday::Sunday, 120, 180),
            hours(Weekday::Sunday, 150, 240),
            hours(Weekday::Sunday, 180, 240),
        ];
        let made = expand(&week, "Europe/Berlin", "2026-03-29", "2026-03-29");
        let shorter = Some(ClockChange::Shorter);
        assert_eq!(
            told(&made),
            [
                ("2026-03-29T00:00:00Z".into(), "2026-03-29T01:00:00Z".into(), shorter),
                ("2026-03-29T01:00:00Z".into(), "2026-03-29T02:00:00Z".into(), shorter),
                ("2026-03-29T01:00:00Z".into(), "2026-03-29T02:00:00Z".into(), None),
            ]
        );
        let skipped: Vec<String> = made.skipped.iter().map(ToString::to_string).collect();
        assert_eq!(skipped, ["2026-03-29T02:00"]);
    }

    #[test]
    fn where_clocks_are_put_back_the_first_of_two_is_meant_and_it_is_told() {
        let week = [
            hours(Weekday::Sunday, 60, 150),
            hours(Weekday::Sunday, 60, 240),
            hours(Weekday::Sunday, 150, 240),
        ];
        let made = expand(&week, "Europe/Berlin", "2026-10-25", "2026-10-25");
        assert_eq!(
            told(&made),
            [
                ("2026-10-24T23:00:00Z".into(), "2026-10-25T00:30:00Z".into(), Some(ClockChange::Twice)),
                ("2026-10-24T23:00:00Z".into(), "2026-10-25T03:00:00Z".into(), Some(ClockChange::Longer)),
                ("2026-10-25T00:30:00Z".into(), "2026-10-25T03:00:00Z".into(), Some(ClockChange::Longer)),
            ]
        );
    }

    #[test]
    fn a_day_can_end_at_midnight_and_be_left_out_by_the_calendar() {
        let week = [hours(Weekday::Friday, 0, DAY_MINUTES)];
        let made = expand(&week, "UTC", "2026-11-27", "2026-11-27");
        assert_eq!(told(&made), [("2026-11-27T00:00:00Z".into(), "2026-11-28T00:00:00Z".into(), None)]);
        // Samoa had no 30 December 2011.
        let made = expand(&week, "Pacific/Apia", "2011-12-30", "2011-12-30");
        assert_eq!((made.hours.len(), made.skipped.len()), (0, 1));
    }

    #[test]
    fn what_has_begun_is_left_out() {
        let weekly = Weekly::new([hours(Weekday::Tuesday, 540, 1020)]).unwrap();
        let now = Instant::parse("2026-11-24T09:00:00Z").unwrap();
        let made = weekly.expand(&zone("UTC"), day("2026-11-24"), day("2026-12-01"), now).unwrap();
        assert_eq!((made.passed, made.hours.len()), (1, 1));
    }

    #[test]
    fn what_is_no_range_of_days_is_refused() {
        let weekly = Weekly::new([hours(Weekday::Tuesday, 540, 1020)]).unwrap();
        for (first, last, error) in [
            ("2026-11-24", "2026-11-23", WeeklyError::Order),
            ("2026-11-24", "2027-02-16", WeeklyError::TooLong),
            ("9999-12-27", "9999-12-31", WeeklyError::OutOfRange),
        ] {
            let made = weekly.expand(&zone("UTC"), day(first), day(last), long_ago());
            let other = Weekly::new([hours(Weekday::Friday, 540, 1440)]).unwrap();
            let made = made.and_then(|_| other.expand(&zone("UTC"), day(first), day(last), long_ago()));
            assert_eq!(made, Err(error), "{first} {last}");
        }
        assert!(weekly.expand(&zone("UTC"), day("2026-11-24"), day("2027-02-15"), long_ago()).is_ok());
        for bad in ["2026-02-30", "2026-2-03", "20260203", "2026-02-03T00:00", "-026-02-03", "", "+2026-02-3"]
        {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn hours_end_after_they_begin_and_a_week_has_so_many() {
        for (from, to) in [(540, 540), (541, 540), (0, 1441), (1440, 1440)] {
            assert_eq!(WeeklyHours::new(Weekday::Monday, from, to, None), None);
        }
        let many = (0..50).map(|from| hours(Weekday::Monday, from, 100));
        assert_eq!(Weekly::new(many), Err(TooManyHours));
        let same = (0..50).map(|_| hours(Weekday::Monday, 0, 100));
        assert_eq!(Weekly::new(same).unwrap().iter().count(), 1);
        assert_eq!(Weekday::parse("TuesDay"), Some(Weekday::Tuesday));
        assert_eq!(Weekday::parse("tue"), None);
    }

    #[test]
    fn the_stored_format_is_pinned() {
        let stored = r#"[{"weekday":"tuesday","from":540,"to":1020,"preference":3},{"weekday":"sunday","from":0,"to":1440}]"#;
        let weekly: Weekly = whittle_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&weekly).unwrap(), stored);
        for bad in [
            r#"[{"weekday":"tuesday","from":540,"to":540}]"#,
            r#"[{"weekday":"tuesday","from":0,"to":1441}]"#,
            r#"[{"weekday":"someday","from":0,"to":1}]"#,
            r#"[{"weekday":"tuesday","from":0,"to":1,"preference":4}]"#,
        ] {
            assert!(whittle_json::from_str::<Weekly>(bad).is_err(), "{bad}");
        }
    }

    fn any_week() -> impl Strategy<Value = Weekly> {
        let one = (select(Weekday::ALL.to_vec()), 0..DAY_MINUTES, 1..=DAY_MINUTES);
        let one = one.prop_filter_map("order", |(day, from, to)| WeeklyHours::new(day, from, to, None));
        prop::collection::vec(one, 0..20).prop_map(|hours| Weekly::new(hours).unwrap())
    }

    fn any_zone() -> impl Strategy<Value = Zone> {
        let named =
            ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"];
        prop_oneof![select(named.map(str::to_owned).to_vec()), select(Zone::names()), Just("UTC".to_owned())]
            .prop_map(|name| zone(&name))
    }

    proptest! {
        /// The slots are what a clock in the zone shows: minute by minute, inside a slot clocks show hours of the week, and a
        /// minute that clocks show once inside the hours is inside a slot.
        #[test]
        fn each_slot_is_what_clocks_show(
            weekly in any_week(),
            zone in any_zone(),
            first in select(vec!["2026-03-27", "2026-03-06", "2026-10-23", "2026-10-30", "2026-04-03", "2011-12-28", "2026-02-13"]),
            days in 0..6_i32,
        ) {
            let first = day(first);
            let last = Day(first.0.checked_add(jiff::Span::new().days(days)).unwrap());
            let made = weekly.expand(&zone, first, last, long_ago()).unwrap();
            let count = made.hours.len() + made.skipped.len();
            let dates = (0..=days).map(|n| first.0.checked_add(jiff::Span::new().days(n)).unwrap());
            let wanted = dates.map(|date| {
                let number = date.weekday().to_monday_one_offset();
                weekly.iter().filter(|hours| hours.weekday().number() == number).count()
            });
            prop_assert_eq!(count, wanted.sum::<usize>());
            for of_day in &made.hours {
                let length = of_day.slot.duration().micros() / 60_000_000;
                let meant = of_day.to.seconds_since(of_day.from) / 60;
                prop_assert_eq!(of_day.change == Some(ClockChange::Shorter), length < meant);
                prop_assert_eq!(of_day.change == Some(ClockChange::Longer), length > meant);
                // Clocks show the begin, or skip it and go on at the begin of the slot.
                let begin = LocalTime::of(of_day.slot.begin(), &zone);
                let shown = WallTime::parse(&format!("{}T{}", begin.date(), begin.clock())).unwrap();
                prop_assert!(shown >= of_day.from);
                prop_assert!(shown == of_day.from || of_day.change == Some(ClockChange::Shorter), "{:?}", of_day);
                for minute in (0..length).step_by(13) {
                    let at = of_day.slot.begin().saturating_add(Duration::from_seconds(minute * 60));
                    let local = LocalTime::of(at, &zone);
                    let shown = WallTime::parse(&format!("{}T{}", local.date(), local.clock())).unwrap();
                    // A clock that is put back can show a moment before the begin, or after the end, once more.
                    let again = shown.resolve(&zone, None).is_err();
                    prop_assert!(again || (of_day.from <= shown && shown < of_day.to), "{shown} {of_day:?}");
                }
            }
        }

        #[test]
        fn the_same_hours_are_made_whether_a_range_is_cut_or_whole(weekly in any_week(), zone in any_zone(), cut in 0..20_i32) {
            let (first, last) = (day("2026-10-15"), day("2026-11-04"));
            let whole = weekly.expand(&zone, first, last, long_ago()).unwrap();
            let middle = Day(first.0.checked_add(jiff::Span::new().days(cut)).unwrap());
            let next = Day(middle.0.tomorrow().unwrap());
            let mut parts = weekly.expand(&zone, first, middle, long_ago()).unwrap();
            let rest = weekly.expand(&zone, next, last, long_ago()).unwrap();
            parts.hours.extend(rest.hours);
            parts.skipped.extend(rest.skipped);
            prop_assert_eq!(parts, whole);
        }
    }
}
