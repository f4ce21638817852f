//! The rules of all time zones, compared with those of the whole database.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]

use jiff::civil::{DateTime, date};
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};
use whittle_domain::zone::Zone;

/// The whole database's rules and ours, by name. It is the bundled one: that of the machine can be older.
fn zones() -> impl Iterator<Item = (String, TimeZone, TimeZone)> {
    let whole = tz::TimeZoneDatabase::bundled();
    let names: Vec<String> =
        whole.available().map(|name| name.to_string()).filter(|name| name != "Etc/Unknown").collect();
    names.into_iter().map(move |name| {
        let zone = Zone::parse(&name).unwrap();
        assert_eq!(zone.to_string(), name);
        let rules = whole.get(&name).unwrap();
        (name, rules, zone.time_zone())
    })
}

fn year(year: i16) -> Timestamp {
    tz::Offset::UTC.to_timestamp(date(year, 1, 1).at(0, 0, 0, 0)).unwrap()
}

/// When a transition is, and what holds from then on.
fn told(transition: &tz::TimeZoneTransition<'_>) -> (Timestamp, i32, String, tz::Dst) {
    let abbreviation = transition.abbreviation().to_owned();
    (transition.timestamp(), transition.offset().seconds(), abbreviation, transition.dst())
}

#[test]
fn no_zone_is_missing() {
    assert!(zones().count() > 590);
    assert!(Zone::names().len() > 400);
}

/// What held at the beginning of 2000, since when, and each change until 2050.
#[test]
fn the_transitions_from_2000_on_are_those_of_the_database() {
    for (name, whole, ours) in zones() {
        let of = |rules: &TimeZone| {
            let in_force = rules.preceding(year(2000)).next().map(|transition| told(&transition));
            let later = rules.following(year(2000)).map(|transition| told(&transition));
            (in_force, later.take_while(|transition| transition.0 < year(2050)).collect::<Vec<_>>())
        };
        assert_eq!(of(&ours), of(&whole), "{name}");
        assert_eq!(ours.iana_name(), whole.iana_name(), "{name}");
    }
}

/// Around each transition, the one in force at the beginning of 2000 among them: the offset of instants, and which instants a local
/// time can mean, in gaps and folds, too.
#[test]
fn instants_and_local_times_from_2000_on_are_those_of_the_database() {
    for (name, whole, ours) in zones() {
        let in_force = whole.preceding(year(2000)).next();
        let later = whole.following(year(2000)).take_while(|transition| transition.timestamp() < year(2050));
        let always = [year(2000), year(2026), year(2049), year(2500)];
        let places = in_force.into_iter().chain(later).map(|transition| transition.timestamp());
        for place in places.chain(always) {
            for minutes in
                [-181, -91, -61, -60, -59, -31, -30, -29, -1, 0, 1, 29, 30, 31, 59, 60, 61, 91, 181]
            {
                let at = place + SignedDuration::from_mins(minutes);
                for at in [at, at - SignedDuration::from_micros(1)] {
                    assert_eq!(ours.to_offset(at), whole.to_offset(at), "{name} {at}");
                    let local: DateTime = whole.to_datetime(at);
                    let meant = |rules: &TimeZone| rules.to_ambiguous_timestamp(local).offset();
                    assert_eq!(meant(&ours), meant(&whole), "{name} {local}");
                }
                // A local time of the gap itself: that instant as the clock before the transition would have shown it.
                let before = whole.to_offset(place - SignedDuration::from_secs(1));
                let local = before.to_datetime(at);
                let meant = |rules: &TimeZone| rules.to_ambiguous_timestamp(local).offset();
                assert_eq!(meant(&ours), meant(&whole), "{name} {local}");
            }
        }
    }
}

#[test]
fn earlier_instants_are_told_in_the_standard_time_of_then() {
    for (name, offset) in [
        ("Europe/Berlin", 3_600),
        ("America/New_York", -18_000),
        ("Australia/Sydney", 36_000),
        ("Europe/Dublin", 0),
        ("Asia/Kathmandu", 19_800),
    ] {
        let rules = Zone::parse(name).unwrap().time_zone();
        for at in ["-009999-01-02T01:59:59Z", "1893-01-01T00:00Z", "1985-07-01T00:00Z"] {
            let info = rules.to_offset_info(at.parse().unwrap());
            assert_eq!((info.offset().seconds(), info.dst()), (offset, tz::Dst::No), "{name} {at}");
        }
    }
}
