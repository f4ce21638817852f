//! Times of calendars as bodies write them: what is written is read again, in every zone and around every change of clocks.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Map, Value, json};
use whittle_domain::calendar::wall::{NaiveSlot, WallSlot, naive};
use whittle_domain::duration::Duration;
use whittle_domain::input;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

/// Zones with the days around which clocks change in them, and in 2011 a day was left out in Apia.
const CHANGES: [(&str, &str); 14] = [
    ("Europe/Berlin", "2026-03-29T00:00:00Z"),
    ("Europe/Berlin", "2026-10-25T00:00:00Z"),
    ("America/New_York", "2026-03-08T05:00:00Z"),
    ("America/New_York", "2026-11-01T05:00:00Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T14:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T14:00:00Z"),
    ("Pacific/Apia", "2011-12-30T09:00:00Z"),
    ("UTC", "2026-12-31T23:00:00Z"),
    // Midnight does not exist, or comes twice.
    ("Africa/Cairo", "2026-04-23T21:00:00Z"),
    ("Africa/Cairo", "2026-10-29T20:00:00Z"),
    ("America/Havana", "2026-03-08T04:00:00Z"),
    ("America/Havana", "2026-11-01T04:00:00Z"),
    ("Asia/Beirut", "2026-03-28T21:00:00Z"),
];

fn slot() -> impl Strategy<Value = (Zone, Slot)> {
    let begin = prop_oneof![(-48i64..48).prop_map(|step| step * 1_800), -90_000i64..90_000];
    let length = prop_oneof![(1i64..60).prop_map(|step| step * 1_800), 1i64..200_000];
    (0..CHANGES.len(), begin, length).prop_map(|(n, begin, length)| {
        let (zone, day) = CHANGES[n];
        let begin = Instant::parse(day).unwrap().saturating_add(Duration::from_seconds(begin));
        (Zone::parse(zone).unwrap(), Slot::new(begin, Duration::from_seconds(length)).unwrap())
    })
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// What the owner's slots become as the times of a new calendar, made long before them.
fn read_dated(slot: &WallSlot, zone: &Zone) -> Result<Slot, String> {
    let mut item = body(serde_json::to_value(slot).unwrap());
    item.insert("preference_level".to_owned(), json!(2));
    let now = Instant::parse(&format!("{}T00:00:00Z", slot.date)).unwrap();
    let now = now.saturating_add(Duration::from_seconds(-3 * 86_400));
    let wanted = body(json!({ "add_availabilities": [item] }));
    let edit =
        input::parse_calendar_edit(&wanted, zone, now).map_err(|e| serde_json::to_string(&e).unwrap())?;
    Ok(edit.edit.add_slots[0].slot)
}

fn read_stamped(slot: &NaiveSlot, zone: &Zone) -> Result<Slot, String> {
    let mut item = body(serde_json::to_value(slot).unwrap());
    item.insert("preference_level".to_owned(), json!(2));
    let answer = input::parse_answer(&body(json!({ "availability": [item] })), zone);
    answer.map(|slots| slots[0].slot).map_err(|e| serde_json::to_string(&e).unwrap())
}

proptest! {
    #[test]
    fn what_is_written_is_read((zone, slot) in slot()) {
        let wall = WallSlot::of(&slot, &zone);
        prop_assert_eq!(read_dated(&wall, &zone), Ok(slot), "{:?} in {}", wall, zone);
        let stamped = NaiveSlot::of(&slot, &zone);
        prop_assert_eq!(read_stamped(&stamped, &zone), Ok(slot), "{:?} in {}", stamped, zone);
        prop_assert_eq!(stamped.start_time.clone(), format!("{}T{}", wall.date, wall.start_time));
        prop_assert_eq!(stamped.start_time, naive(slot.begin(), &zone));
    }

    /// Folds and dates of ends stand where they are needed, and nowhere else.
    #[test]
    fn nothing_stands_that_is_not_needed((zone, slot) in slot()) {
        let wall = WallSlot::of(&slot, &zone);
        let twice = |at: Instant| {
            // Clocks show a time twice where they show it at another instant within three hours as well.
            (-180i64..=180).filter(|minutes| *minutes != 0).any(|minutes| {
                naive(at.saturating_add(Duration::from_seconds(60 * minutes)), &zone) == naive(at, &zone)
            })
        };
        prop_assert_eq!(wall.fold.is_some(), twice(slot.begin()) || twice(slot.end()), "{:?}", wall);
        prop_assert!(wall.end_fold.is_none() || (twice(slot.begin()) && twice(slot.end()) && wall.end_fold != wall.fold));
        prop_assert!(wall.end_date.as_ref().is_none_or(|date| *date > wall.date), "{:?}", wall);
        prop_assert_eq!(wall.end_time == "24:00:00", naive(slot.end(), &zone).ends_with("T00:00:00") && !naive(slot.end(), &zone).starts_with(&wall.date), "{:?}", wall);
    }
}

#[test]
fn midnight_belongs_to_the_day_that_it_ends() {
    let of = |begin: &str, hours: i64, zone: &str| {
        let slot = Slot::new(Instant::parse(begin).unwrap(), Duration::from_seconds(3_600 * hours)).unwrap();
        serde_json::to_value(WallSlot::of(&slot, &Zone::parse(zone).unwrap())).unwrap()
    };
    assert_eq!(
        of("2026-11-24T22:00:00Z", 2, "UTC"),
        json!({ "date": "2026-11-24", "start_time": "22:00:00", "end_time": "24:00:00" })
    );
    assert_eq!(
        of("2026-11-24T22:00:00Z", 4, "UTC"),
        json!({ "date": "2026-11-24", "start_time": "22:00:00", "end_time": "02:00:00", "end_date": "2026-11-25" })
    );
    assert_eq!(
        of("2026-11-24T22:00:00Z", 26, "UTC"),
        json!({ "date": "2026-11-24", "start_time": "22:00:00", "end_time": "24:00:00", "end_date": "2026-11-25" })
    );
    assert_eq!(
        of("2026-10-25T00:30:00Z", 2, "Europe/Berlin"),
        json!({ "date": "2026-10-25", "start_time": "02:30:00", "end_time": "03:30:00", "fold": 0 })
    );
    assert_eq!(
        of("2026-10-25T00:30:00Z", 1, "Europe/Berlin"),
        json!({ "date": "2026-10-25", "start_time": "02:30:00", "end_time": "02:30:00", "fold": 0, "end_fold": 1 })
    );
}
