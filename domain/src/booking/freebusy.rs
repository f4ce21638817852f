//! Free and busy time as stretches of instants: merged, subtracted, and without any reason.

use crate::slot::Slot;

/// These slots in order, those that overlap or meet made one.
#[must_use]
pub fn merged(mut slots: Vec<Slot>) -> Vec<Slot> {
    slots.sort_unstable();
    let mut merged: Vec<Slot> = Vec::with_capacity(slots.len());
    for slot in slots {
        match merged.last_mut() {
            Some(last) if slot.begin() <= last.end() => {
                let end = last.end().max(slot.end());
                *last = Slot::between(last.begin(), end).unwrap_or(*last);
            }
            _ => merged.push(slot),
        }
    }
    merged
}

/// The parts of these slots that lie within a range.
#[must_use]
pub fn clipped(slots: impl IntoIterator<Item = Slot>, range: Slot) -> Vec<Slot> {
    let clip = |slot: Slot| Slot::between(slot.begin().max(range.begin()), slot.end().min(range.end()));
    slots.into_iter().filter_map(clip).collect()
}

/// What of a range is in none of these slots: in order, merged.
#[must_use]
pub fn rest(range: Slot, taken: Vec<Slot>) -> Vec<Slot> {
    let mut rest = Vec::new();
    let mut from = range.begin();
    for slot in merged(clipped(taken, range)) {
        rest.extend(Slot::between(from, slot.begin()));
        from = slot.end();
    }
    rest.extend(Slot::between(from, range.end()));
    rest
}

/// When somebody is busy in a range, as far as others learn it: the engagements, and all that is outside of the working hours
/// (`open`, as [`super::hours::WorkingHours::open`] gives it; `None` where they do not count). In order, merged.
#[must_use]
pub fn busy(range: Slot, engagements: Vec<Slot>, open: Option<Vec<Slot>>) -> Vec<Slot> {
    let mut all = clipped(engagements, range);
    if let Some(open) = open {
        all.extend(rest(range, open));
    }
    merged(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::Instant;
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    fn slot(from: i64, to: i64) -> Slot {
        Slot::between(Instant::from_micros(from).unwrap(), Instant::from_micros(to).unwrap()).unwrap()
    }

    fn slots() -> impl Strategy<Value = Vec<Slot>> {
        prop::collection::vec((0i64..40, 1i64..8).prop_map(|(from, length)| slot(from, from + length)), 0..8)
    }

    fn covers(slots: &[Slot], at: i64) -> bool {
        slots.iter().any(|slot| slot.begin().micros() <= at && at < slot.end().micros())
    }

    #[test]
    fn slots_that_meet_or_overlap_are_one() {
        let made = merged(vec![slot(5, 6), slot(1, 3), slot(3, 4), slot(2, 3)]);
        assert_eq!(made, [slot(1, 4), slot(5, 6)]);
        assert_eq!(rest(slot(0, 7), made), [slot(0, 1), slot(4, 5), slot(6, 7)]);
        assert_eq!(rest(slot(0, 7), vec![slot(-3, 9)]), []);
        assert_eq!(
            busy(slot(0, 9), vec![slot(2, 3)], Some(vec![slot(1, 4)])),
            [slot(0, 1), slot(2, 3), slot(4, 9)]
        );
        assert_eq!(busy(slot(0, 9), vec![slot(2, 3)], None), [slot(2, 3)]);
    }

    proptest! {
        #[test]
        fn each_instant_is_busy_or_not_as_one_by_one(taken in slots(), open in slots(), from in 0i64..20, length in 1i64..20) {
            let range = slot(from, from + length);
            let free = rest(range, taken.clone());
            let told = busy(range, taken.clone(), Some(open.clone()));
            for at in 0..48 {
                let inside = covers(&[range], at);
                prop_assert_eq!(covers(&free, at), inside && !covers(&taken, at));
                prop_assert_eq!(covers(&told, at), inside && (covers(&taken, at) || !covers(&open, at)));
            }
            for pair in told.windows(2).chain(free.windows(2)) {
                prop_assert!(pair[0].end() < pair[1].begin());
            }
        }
    }
}
