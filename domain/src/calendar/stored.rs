//! How slots of answers are stored: a list of numbers. A calendar can have 100,000 of them and is stored as one text of at most
//! 2 MB.
//!
//! The first number is a unit in microseconds that divides all times. Each slot follows as its begin, counted from the begin of the
//! slot before it, and its length, both in units, and its preference where it has one. Half hours of one day take eight bytes
//! each: `[1800000000,977778,1,3,1,1,2]`.

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::{Preference, PreferredSlot};
use crate::slot::Slot;

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a.rem_euclid(b));
    }
    a
}

/// The numbers of these slots, each with its preference or without one.
fn pack(slots: impl Iterator<Item = (Slot, Option<Preference>)> + Clone) -> Vec<i64> {
    let times = slots.clone().flat_map(|(slot, _)| [slot.begin().micros(), slot.duration().micros()]);
    let unit = times.fold(0, |unit, time| greatest_common_divisor(unit, time.unsigned_abs()));
    let unit = i64::try_from(unit).unwrap_or(1).max(1);
    let mut numbers = vec![unit];
    let mut last = 0_i64;
    for (slot, preference) in slots {
        let begin = slot.begin().micros().div_euclid(unit);
        numbers.push(begin.saturating_sub(last));
        numbers.push(slot.duration().micros().div_euclid(unit));
        numbers.extend(preference.map(|preference| i64::from(preference.level())));
        last = begin;
    }
    numbers
}

/// The slots of these numbers, with what stands beside each; `None` where they are none.
fn unpack<const WIDTH: usize>(numbers: &[i64]) -> Option<Vec<(Slot, Option<i64>)>> {
    let (unit, numbers) = numbers.split_first()?;
    let (rows, rest) = numbers.as_chunks::<WIDTH>();
    let mut begin = 0_i64;
    let slots = rows.iter().map(|row| {
        begin = begin.checked_add(*row.first()?)?;
        let length = Duration::from_micros(row.get(1)?.checked_mul(*unit)?);
        let slot = Slot::new(Instant::from_micros(begin.checked_mul(*unit)?)?, length).ok()?;
        Some((slot, row.get(2).copied()))
    });
    slots.collect::<Option<_>>().filter(|_| rest.is_empty())
}

/// Slots with preferences.
pub(super) mod preferred {
    use super::{D, Deserializer, PreferredSlot, Serializer, preferred_slots};

    pub(in crate::calendar) fn serialize<S: Serializer>(
        slots: &[PreferredSlot],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let each = slots.iter().map(|available| (available.slot, Some(available.preference)));
        serializer.collect_seq(super::pack(each))
    }

    pub(in crate::calendar) fn deserialize<'de, T: Deserializer<'de>>(
        deserializer: T,
    ) -> Result<Vec<PreferredSlot>, D<'de, T>> {
        preferred_slots(deserializer)
    }
}

/// Slots alone.
pub(super) mod plain {
    use super::{D, Deserializer, Serializer, Slot, plain_slots};

    pub(in crate::calendar) fn serialize<S: Serializer>(
        slots: &[Slot],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(super::pack(slots.iter().map(|slot| (*slot, None))))
    }

    pub(in crate::calendar) fn deserialize<'de, T: Deserializer<'de>>(
        deserializer: T,
    ) -> Result<Vec<Slot>, D<'de, T>> {
        plain_slots(deserializer)
    }
}

/// The error of a deserialiser.
type D<'de, T> = <T as Deserializer<'de>>::Error;

fn preferred_slots<'de, T: Deserializer<'de>>(deserializer: T) -> Result<Vec<PreferredSlot>, D<'de, T>> {
    let slots = unpack::<3>(&Vec::<i64>::deserialize(deserializer)?).and_then(|slots| {
        let with_preference = |(slot, level): (Slot, Option<i64>)| {
            let preference = Preference::new(u8::try_from(level?).ok()?)?;
            Some(PreferredSlot { slot, preference })
        };
        slots.into_iter().map(with_preference).collect()
    });
    slots.ok_or_else(|| D::<'de, T>::custom("not slots with preferences"))
}

fn plain_slots<'de, T: Deserializer<'de>>(deserializer: T) -> Result<Vec<Slot>, D<'de, T>> {
    let slots = unpack::<2>(&Vec::<i64>::deserialize(deserializer)?);
    let slots = slots.ok_or_else(|| D::<'de, T>::custom("not slots"))?;
    Ok(slots.into_iter().map(|(slot, _)| slot).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Answer;
    use super::*;
    use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

    fn slots() -> impl Strategy<Value = Vec<PreferredSlot>> {
        let one = (any::<bool>(), -3_000i64..3_000, 1i64..600, 1u8..=3);
        prop::collection::vec(one, 0..12).prop_map(|all| {
            let slot = |(odd, begin, length, level): (bool, i64, i64, u8)| {
                let unit = if odd { 1 } else { 900_000_000 };
                let begin = Instant::from_micros(begin * unit).unwrap();
                let slot = Slot::new(begin, Duration::from_micros(length * unit)).unwrap();
                PreferredSlot { slot, preference: Preference::new(level).unwrap() }
            };
            all.into_iter().map(slot).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read(slots in slots()) {
            let asked: Vec<Slot> = slots.iter().map(|available| available.slot).collect();
            let answer = Answer { slots, at: Instant::from_millis(7), told: asked.clone(), asked };
            let text = serde_json::to_string(&answer).unwrap();
            prop_assert_eq!(whittle_json::from_str::<Answer>(&text).unwrap(), answer);
        }
    }

    #[test]
    fn the_format_is_pinned_and_other_numbers_are_refused() {
        let slot = |begin: &str, minutes: i64| {
            Slot::new(Instant::parse(begin).unwrap(), Duration::from_seconds(60 * minutes)).unwrap()
        };
        let asked = vec![slot("2026-11-24T09:00:00Z", 60), slot("2026-11-24T13:30:00Z", 90)];
        let preferred = |slot, level| PreferredSlot { slot, preference: Preference::new(level).unwrap() };
        let slots = vec![preferred(asked[0], 3), preferred(asked[1], 1)];
        let answer = Answer { slots, at: Instant::from_millis(0), asked, told: Vec::new() };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(
            text,
            r#"{"slots":[1800000000,997506,2,3,9,3,1],"at":0,"asked":[1800000000,997506,2,9,3],"told":[1]}"#
        );
        for (good, bad) in [("9,3,1]", "9,3,4]"), ("9,3,1]", "9,3]"), ("9,3,1]", "9,0,1]"), ("[1]", "[]")] {
            assert!(whittle_json::from_str::<Answer>(&text.replacen(good, bad, 1)).is_err(), "{bad}");
        }
    }
}
