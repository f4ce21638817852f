//! Wall time becomes the instants that it stands for, in all time zones of the database.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may panic"
)]

mod common;

use common::cases;
use jiff::Timestamp;
use jiff::civil::DateTime;
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::{Just, Strategy};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::wall::{Fold, Unresolved, WallTime};
use whittle_domain::zone::Zone;

const HOUR: i64 = 3_600_000_000;
/// 1880-01-01 and 2100-01-01 in microseconds: from local mean times to rules that go on for ever.
const YEARS: std::ops::Range<i64> = -2_840_140_800_000_000..4_102_444_800_000_000;

fn zone() -> impl Strategy<Value = Zone> {
    let names: Vec<String> =
        jiff::tz::TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
    let zones: Vec<Zone> = names.iter().filter_map(|name| Zone::parse(name)).collect();
    assert!(zones.len() > 400, "{} zones", zones.len());
    prop::sample::select(zones)
}

/// The next change of the zone's offset after this time, if there is one.
fn change_after(zone: &Zone, micros: i64) -> Option<Instant> {
    let rules = zone.time_zone();
    let start = Timestamp::from_microsecond(micros).unwrap();
    let mut changes = rules.following(start).map(|change| change.timestamp()).take(200);
    let changed = |at: &Timestamp| {
        rules.to_offset(*at) != rules.to_offset(Timestamp::from_microsecond(at.as_microsecond() - 1).unwrap())
    };
    changes.find(changed).and_then(|at| Instant::from_micros(at.as_microsecond()))
}

/// A zone with an instant, most of them within three hours of a change of its offset.
fn moment() -> impl Strategy<Value = (Zone, Instant)> {
    let near = prop_oneof![Just(0), Just(-1), -3 * HOUR..3 * HOUR];
    (zone(), YEARS, near, any::<bool>()).prop_map(|(zone, micros, near, anywhere)| {
        let change = change_after(&zone, micros).filter(|_| !anywhere);
        let moved = change.and_then(|at| at.checked_add(Duration::from_micros(near)));
        let instant = moved.or_else(|| Instant::from_micros(micros)).unwrap();
        (zone, instant)
    })
}

fn wall(civil: DateTime) -> WallTime {
    WallTime::parse(&civil.to_string()).unwrap()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_wall_time_of_every_instant_resolves_back_to_it((zone, instant) in moment()) {
        let (shown, fold) = WallTime::at(instant, &zone).unwrap();
        prop_assert_eq!(WallTime::parse(&shown.to_string()), Some(shown));
        prop_assert_eq!(shown.resolve(&zone, Some(fold)), Ok(instant));
        match shown.resolve(&zone, None) {
            Ok(only) => prop_assert_eq!((only, fold), (instant, Fold::First)),
            Err(Unresolved::Overlap { first, second }) => {
                prop_assert!(first.instant < second.instant);
                for (reading, which) in [(first, Fold::First), (second, Fold::Second)] {
                    prop_assert_eq!(WallTime::at(reading.instant, &zone), Some((shown, which)));
                    prop_assert_eq!(shown.resolve(&zone, Some(which)), Ok(reading.instant));
                }
                prop_assert_eq!(instant, if fold == Fold::First { first.instant } else { second.instant });
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    /// The clocks go straight from the one neighbour to the other, and both can be asked for.
    #[test]
    fn nothing_in_a_gap_resolves(zone in zone(), micros in YEARS, part in 0.0..1.0) {
        let rules = zone.time_zone();
        // The first change at or after this time that puts clocks forward.
        let mut at = micros;
        let gap = loop {
            let Some(change) = change_after(&zone, at) else { return Ok(()) };
            let timestamp = Timestamp::from_microsecond(change.micros()).unwrap();
            let before = rules.to_offset(Timestamp::from_microsecond(change.micros() - 1).unwrap());
            let after = rules.to_offset(timestamp);
            if after > before {
                break (before.to_datetime(timestamp), after.to_datetime(timestamp));
            }
            at = change.micros();
        };
        let length = gap.0.duration_until(gap.1).as_micros();
        let inside = (length as f64 * part) as i64;
        for micros in [0, inside, length as i64 - 1] {
            let missing = wall(gap.0 + jiff::SignedDuration::from_micros(micros));
            for fold in [None, Some(Fold::First), Some(Fold::Second)] {
                let Err(Unresolved::Gap { before, after }) = missing.resolve(&zone, fold) else {
                    return Err(proptest::test_runner::TestCaseError::fail(format!("{missing} in {zone}")));
                };
                prop_assert_eq!(after, wall(gap.1));
                prop_assert!(before < wall(gap.0) && wall(gap.0 - jiff::SignedDuration::from_secs(60)) <= before);
                prop_assert!(before.resolve(&zone, Some(Fold::First)).is_ok());
                prop_assert!(after.resolve(&zone, Some(Fold::First)).is_ok());
            }
        }
    }
}
