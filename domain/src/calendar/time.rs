//! Sets of times: slots that are merged into blocks, and what one set has that another has not.

use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// The slot between two instants; `None` where nothing lies between them.
pub(super) fn between(begin: Instant, end: Instant) -> Option<Slot> {
    let length = end.micros().saturating_sub(begin.micros());
    Slot::new(begin, Duration::from_micros(length)).ok()
}

/// Merges slots that overlap or touch into blocks, ordered by begin. It is the same merging as that of
/// [`crate::schedule`]: a meeting may lie across two slots that touch.
#[must_use]
pub fn merge(slots: impl IntoIterator<Item = Slot>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = slots.into_iter().collect();
    slots.sort_unstable();
    let mut blocks: Vec<Slot> = Vec::with_capacity(slots.len());
    for slot in slots {
        match blocks.last_mut().filter(|block| slot.begin() <= block.end()) {
            Some(block) => *block = between(block.begin(), block.end().max(slot.end())).unwrap_or(*block),
            None => blocks.push(slot),
        }
    }
    blocks
}

/// What lies in the blocks `whole` and not in the blocks `taken`. Both must be merged, and so is the result.
#[must_use]
pub fn subtract(whole: &[Slot], taken: &[Slot]) -> Vec<Slot> {
    let mut rest = Vec::new();
    let mut taken = taken.iter().peekable();
    for block in whole {
        // Blocks that end before this one begins do not matter to later ones either.
        while taken.next_if(|t| t.end() <= block.begin()).is_some() {}
        let mut begin = block.begin();
        while let Some(next) = taken.peek().filter(|t| t.begin() < block.end()) {
            rest.extend(between(begin, next.begin()));
            begin = next.end();
            // One that goes beyond this block may reach the next.
            if next.end() > block.end() {
                break;
            }
            taken.next();
        }
        rest.extend(between(begin, block.end()));
    }
    rest
}

/// Whether the slot lies inside one of these blocks.
#[must_use]
pub fn holds(blocks: &[Slot], slot: &Slot) -> bool {
    blocks.iter().any(|block| slot.is_within(block))
}

/// Whether two slots have an instant in common.
#[must_use]
pub fn overlap(one: &Slot, other: &Slot) -> bool {
    one.begin() < other.end() && other.begin() < one.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    const UNIT: i64 = 60_000_000;

    fn slots() -> impl Strategy<Value = Vec<Slot>> {
        prop::collection::vec((0i64..40, 1i64..8), 0..9).prop_map(|all| {
            let at = |minute: i64| Instant::from_micros(minute * UNIT).unwrap();
            all.into_iter().filter_map(|(begin, length)| between(at(begin), at(begin + length))).collect()
        })
    }

    /// The minutes that are in one of the slots.
    fn minutes(slots: &[Slot]) -> Vec<i64> {
        let is_in =
            |m: &i64| slots.iter().any(|s| s.begin().micros() <= m * UNIT && m * UNIT < s.end().micros());
        (0..60).filter(is_in).collect()
    }

    fn is_merged(blocks: &[Slot]) -> bool {
        blocks.array_windows().all(|[a, b]| a.end() < b.begin())
    }

    proptest! {
        #[test]
        fn merging_keeps_each_minute_and_leaves_gaps_between_blocks(slots in slots()) {
            let blocks = merge(slots.iter().copied());
            prop_assert_eq!(minutes(&blocks), minutes(&slots));
            prop_assert!(is_merged(&blocks), "{blocks:?}");
        }

        #[test]
        fn subtracting_leaves_each_minute_of_the_one_that_is_not_in_the_other(a in slots(), b in slots()) {
            let rest = subtract(&merge(a.iter().copied()), &merge(b.iter().copied()));
            let taken = minutes(&b);
            let expected: Vec<i64> = minutes(&a).into_iter().filter(|m| !taken.contains(m)).collect();
            prop_assert_eq!(minutes(&rest), expected);
            prop_assert!(is_merged(&rest), "{rest:?}");
        }

        #[test]
        fn slots_overlap_where_they_have_a_minute_in_common(a in slots(), b in slots()) {
            for (one, other) in a.iter().zip(&b) {
                let shared = minutes(&[*one]).iter().any(|m| minutes(&[*other]).contains(m));
                prop_assert_eq!(overlap(one, other), shared);
            }
        }
    }
}
