//! The hours 0 to 23 of a date in a time zone, as blocks and events count them.
//!
//! * On a day of 23 hours clocks skip one: it does not exist, nobody can be booked then, and it counts as occupied.
//! * On a day of 25 hours clocks show one twice: whoever blocks it blocks both, and whoever books it books the first.
//! * Zones whose clocks are changed by half an hour have an hour that is as much shorter or longer.

use crate::instant::Instant;
use crate::slot::Slot;
use crate::wall::Fold;
use crate::weekly::Day;
use crate::zone::Zone;

use super::freebusy::merged;

/// The microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// By how much a date can be off its date in UTC, in microseconds: more than any zone ever was.
const FARTHEST: i64 = 26 * HOUR;
/// The microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Hours of a day, each of 0 to 23 in it or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HourSet(u32);

impl HourSet {
    /// All hours.
    pub const ALL: Self = Self(0xff_ffff);

    /// Whether an hour is in it.
    #[must_use]
    pub fn contains(self, hour: u8) -> bool {
        self.0 & Self::bit(hour) != 0
    }

    /// The hours of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The hours of both that are in each.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The hours that are not in it.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    /// Whether none is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The hours in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..24).filter(move |hour| self.contains(*hour))
    }

    fn bit(hour: u8) -> u32 {
        1_u32.checked_shl(u32::from(hour)).unwrap_or(0) & Self::ALL.0
    }
}

impl FromIterator<u8> for HourSet {
    /// Numbers of more than 23 are no hours.
    fn from_iter<I: IntoIterator<Item = u8>>(hours: I) -> Self {
        Self(hours.into_iter().fold(0, |set, hour| set | Self::bit(hour)))
    }
}

/// A date in a time zone, with when clocks show which of its hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    day: Day,
    zone: Zone,
    /// When clocks show an hour: ordered, and of one hour several where they show it twice with something between.
    pieces: Vec<(u8, Slot)>,
}

impl DayHours {
    /// The hours of this date in this zone. Hours out of the range of [`Instant`] do not exist.
    #[must_use]
    pub fn new(day: Day, zone: &Zone) -> Self {
        let mut pieces = Vec::with_capacity(24);
        let offsets = offsets(day, zone);
        for hour in 0..24_u8 {
            let Some(from) = midnight(day).and_then(|at| at.checked_add(i64::from(hour).checked_mul(HOUR)?))
            else {
                continue;
            };
            let shown = offsets.iter().filter_map(|(begin, end, offset)| {
                let from = from.checked_sub(*offset)?;
                let (from, to) = (from.max(*begin), from.checked_add(HOUR)?.min(*end));
                Slot::between(Instant::from_micros(from)?, Instant::from_micros(to)?)
            });
            pieces.extend(merged(shown.collect()).into_iter().map(|slot| (hour, slot)));
        }
        Self { day, zone: zone.clone(), pieces }
    }

    /// The date.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }

    /// When clocks show this hour: what is blocked with it. None where they skip it; two where they show it twice and something
    /// else between.
    pub fn pieces(&self, hour: u8) -> impl Iterator<Item = Slot> {
        self.pieces.iter().filter(move |(of, _)| *of == hour).map(|(_, slot)| *slot)
    }

    /// What is booked with this hour: sixty minutes from when clocks show its full hour first. `None` where they never do.
    #[must_use]
    pub fn slot(&self, hour: u8) -> Option<Slot> {
        let wall = self.day.at(u16::from(hour).checked_mul(60)?)?;
        let begin = wall.resolve(&self.zone, Some(Fold::First)).ok().filter(|_| hour < 24)?;
        Slot::between(begin, Instant::from_micros(begin.micros().checked_add(HOUR)?)?)
    }

    /// From the begin of its first hour to the end of its last. `None` where no hour exists.
    #[must_use]
    pub fn range(&self) -> Option<Slot> {
        let begin = self.pieces.iter().map(|(_, slot)| slot.begin()).min()?;
        let end = self.pieces.iter().map(|(_, slot)| slot.end()).max()?;
        Slot::between(begin, end)
    }

    /// The hours that do not exist: clocks skip them.
    #[must_use]
    pub fn skipped(&self) -> HourSet {
        self.pieces.iter().map(|(hour, _)| *hour).collect::<HourSet>().complement()
    }

    /// The hours any part of which is busy.
    #[must_use]
    pub fn touched(&self, busy: &[Slot]) -> HourSet {
        let is_busy = |slot: &Slot| busy.iter().any(|other| other.overlaps(slot));
        self.pieces.iter().filter(|(_, slot)| is_busy(slot)).map(|(hour, _)| *hour).collect()
    }

    /// The hours any part of which is busy, and those that do not exist.
    #[must_use]
    pub fn occupied(&self, busy: &[Slot]) -> HourSet {
        self.touched(busy).union(self.skipped())
    }

    /// Whether the date is over where the zone is.
    #[must_use]
    pub fn is_past(&self, now: Instant) -> bool {
        Day::of(now, &self.zone).is_some_and(|today| self.day < today)
    }
}

/// The midnight with which a date would begin in UTC, in microseconds.
fn midnight(day: Day) -> Option<i64> {
    let micros = i64::from(day.days_since(Day::parse("1970-01-01")?)).checked_mul(24)?.checked_mul(HOUR)?;
    Some(micros)
}

/// The UTC offsets of a zone around a date: from when to when each holds, and how much it is, in microseconds.
fn offsets(day: Day, zone: &Zone) -> Vec<(i64, i64, i64)> {
    let Some(midnight) = midnight(day) else { return Vec::new() };
    let time_zone = zone.time_zone();
    let (first, last) = (midnight.saturating_sub(FARTHEST), midnight.saturating_add(24 * HOUR + FARTHEST));
    let stamp = |micros: i64| jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MIN);
    let offset = |micros: i64| i64::from(time_zone.to_offset(stamp(micros)).seconds()).saturating_mul(SECOND);
    let changes = time_zone.following(stamp(first)).map(|change| change.timestamp().as_microsecond());
    let mut begins: Vec<i64> = vec![first];
    begins.extend(changes.take_while(|at| *at < last));
    let ends = begins.iter().skip(1).copied().chain([last]);
    begins.iter().zip(ends).map(|(begin, end)| (*begin, end, offset(*begin))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wall::WallTime;
    use proptest::prelude::{prop_assert_eq, proptest};
    use proptest::sample::select;

    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "America/St_Johns",
        "America/Havana",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Africa/Casablanca",
        "America/Nuuk",
    ];

    fn day(text: &str, zone: &str) -> DayHours {
        DayHours::new(Day::parse(text).unwrap(), &Zone::parse(zone).unwrap())
    }

    fn told(slots: impl IntoIterator<Item = Slot>) -> Vec<String> {
        slots.into_iter().map(|slot| format!("{} {}", slot.begin(), slot.end())).collect()
    }

    fn slot(from: &str, to: &str) -> Slot {
        Slot::between(Instant::parse(from).unwrap(), Instant::parse(to).unwrap()).unwrap()
    }

    #[test]
    fn a_day_of_24_hours_has_each_once() {
        for zone in ["UTC", "Asia/Kathmandu"] {
            let day = day("2026-11-24", zone);
            assert_eq!(day.skipped(), HourSet::default());
            for hour in 0..24 {
                assert_eq!(day.pieces(hour).collect::<Vec<_>>(), [day.slot(hour).unwrap()]);
            }
        }
        let kathmandu = day("2026-11-24", "Asia/Kathmandu");
        assert_eq!(told(kathmandu.slot(0)), ["2026-11-23T18:15:00Z 2026-11-23T19:15:00Z"]);
        assert_eq!(told(kathmandu.range()), ["2026-11-23T18:15:00Z 2026-11-24T18:15:00Z"]);
        assert_eq!(kathmandu.slot(24), None);
    }

    #[test]
    fn an_hour_that_clocks_skip_does_not_exist_and_is_occupied() {
        let berlin = day("2026-03-29", "Europe/Berlin");
        assert_eq!(berlin.skipped().iter().collect::<Vec<_>>(), [2]);
        assert_eq!((berlin.slot(2), berlin.pieces(2).count()), (None, 0));
        assert_eq!(told(berlin.slot(3)), ["2026-03-29T01:00:00Z 2026-03-29T02:00:00Z"]);
        assert_eq!(berlin.occupied(&[]).iter().collect::<Vec<_>>(), [2]);
        assert_eq!(told(berlin.range()), ["2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"]);
        // A whole day was left out.
        let apia = day("2011-12-30", "Pacific/Apia");
        assert_eq!((apia.skipped(), apia.range()), (HourSet::ALL, None));
    }

    #[test]
    fn an_hour_that_clocks_show_twice_is_blocked_twice_and_booked_once() {
        let berlin = day("2026-10-25", "Europe/Berlin");
        assert_eq!(told(berlin.pieces(2)), ["2026-10-25T00:00:00Z 2026-10-25T02:00:00Z"]);
        assert_eq!(told(berlin.slot(2)), ["2026-10-25T00:00:00Z 2026-10-25T01:00:00Z"]);
        assert_eq!(
            berlin.occupied(&[slot("2026-10-25T01:30", "2026-10-25T01:31")]).iter().collect::<Vec<_>>(),
            [2]
        );
        // Two hours are shown twice, one after the other.
        let troll = day("2026-10-25", "Antarctica/Troll");
        assert_eq!(
            told(troll.pieces(1)),
            ["2026-10-24T23:00:00Z 2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z 2026-10-25T02:00:00Z"]
        );
        assert_eq!(told(troll.slot(1)), ["2026-10-24T23:00:00Z 2026-10-25T00:00:00Z"]);
    }

    #[test]
    fn a_change_of_half_an_hour_makes_an_hour_shorter_or_longer() {
        let longer = day("2026-04-05", "Australia/Lord_Howe");
        assert_eq!(told(longer.pieces(1)), ["2026-04-04T14:00:00Z 2026-04-04T15:30:00Z"]);
        assert_eq!(told(longer.slot(1)), ["2026-04-04T14:00:00Z 2026-04-04T15:00:00Z"]);
        let shorter = day("2026-10-04", "Australia/Lord_Howe");
        assert_eq!(told(shorter.pieces(2)), ["2026-10-03T15:30:00Z 2026-10-03T16:00:00Z"]);
        // Clocks never show 2:00.
        assert_eq!((shorter.slot(2), shorter.skipped()), (None, HourSet::default()));
    }

    #[test]
    fn an_hour_is_busy_if_any_part_of_it_is() {
        let day = day("2026-11-24", "Asia/Kathmandu");
        let busy =
            [slot("2026-11-24T04:00", "2026-11-24T05:15"), slot("2026-11-24T07:14", "2026-11-24T07:15")];
        assert_eq!(day.occupied(&busy).iter().collect::<Vec<_>>(), [9, 10, 12]);
        assert_eq!(day.occupied(&busy).complement().iter().count(), 21);
        assert_eq!(day.occupied(&[]), HourSet::default());
    }

    #[test]
    fn a_day_is_past_when_it_is_over_where_the_zone_is() {
        let now = Instant::parse("2026-11-22T23:30").unwrap();
        let past = |date, zone| day(date, zone).is_past(now);
        assert!(past("2026-11-22", "Europe/Berlin") && !past("2026-11-22", "UTC"));
        assert!(!past("2026-11-23", "Europe/Berlin") && past("2026-11-22", "Asia/Kathmandu"));
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_like_others_as_far_as_there_are_instants() {
        for zone in ZONES {
            for date in ["0000-01-01", "0001-01-01", "9999-12-30", "9999-12-31"] {
                let day = day(date, zone);
                assert_eq!(day.occupied(&[]), day.skipped(), "{date} {zone}");
            }
        }
    }

    proptest! {
        /// Minute by minute, the hour that clocks show is the one whose piece it is in.
        #[test]
        fn the_pieces_are_what_clocks_show(zone in select(&ZONES[..]), days in 0i32..800, change in 0usize..3) {
            let zone_of = Zone::parse(zone).unwrap();
            // Days of changes are drawn more often than others.
            let base = Day::parse("2026-01-01").unwrap().plus_days(days).unwrap();
            let around = zone_of.time_zone().following(jiff::Timestamp::from_second(1_767_225_600).unwrap())
                .nth(change).map(|at| Instant::from_micros(at.timestamp().as_microsecond()).unwrap());
            let date = around.filter(|_| days % 3 > 0).and_then(|at| Day::of(at, &zone_of)).unwrap_or(base);
            let made = DayHours::new(date, &zone_of);
            let noon = midnight(date).unwrap();
            for minute in (-26 * 60_i64..50 * 60).step_by(15) {
                let at = Instant::from_micros(noon + minute * 60_000_000).unwrap();
                let local = crate::local::LocalTime::of(at, &zone_of);
                let shown = (local.date() == date.to_string()).then_some(local.hour as u8);
                let one = Slot::between(at, Instant::from_micros(at.micros() + 60_000_000).unwrap()).unwrap();
                let found: Vec<u8> = made.touched(&[one]).iter().collect();
                prop_assert_eq!(found, shown.into_iter().collect::<Vec<_>>(), "{} {} {}", date, zone, at);
            }
            for hour in 0..24 {
                let Some(slot) = made.slot(hour) else { continue };
                let (wall, fold) = WallTime::at(slot.begin(), &zone_of).unwrap();
                prop_assert_eq!((wall.to_string(), fold), (format!("{date}T{hour:02}:00"), Fold::First));
                prop_assert_eq!(made.pieces(hour).next().map(|piece| piece.begin()), Some(slot.begin()));
            }
        }
    }
}
