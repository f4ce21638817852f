//! Where meetings can start: contiguous blocks of time, the steps within them, and the preference at each step.
//!
//! The preference for a meeting is the lowest preference of its moments; where slots overlap, a moment has the highest of
//! theirs. So a meeting has at least preference `p` if it lies inside one contiguous block of the slots with preference `p`
//! or more. Merging slots into blocks is therefore all that is needed.

use super::problem::{Preference, PreferredSlot};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// A half-open interval of time in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) begin: i64,
    pub(super) end: i64,
}

impl From<&Slot> for Span {
    fn from(slot: &Slot) -> Self {
        Self { begin: slot.begin().micros(), end: slot.end().micros() }
    }
}

impl Span {
    /// The slot from begin to end. `None` if it is empty.
    fn slot(self) -> Option<Slot> {
        let duration = Duration::from_micros(self.end.saturating_sub(self.begin));
        Slot::new(Instant::from_micros(self.begin)?, duration).ok()
    }
}

/// Merges spans that overlap or touch into contiguous blocks, ordered by time.
pub(super) fn merge_spans(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_unstable();
    spans.dedup_by(merge_into);
    spans
}

/// Extends the block by a span that overlaps or touches it and does not begin before it. Says whether it did.
fn merge_into(span: &mut Span, block: &mut Span) -> bool {
    let touches = span.begin <= block.end;
    if touches {
        block.end = block.end.max(span.end);
    }
    touches
}

/// The number of steps at which a meeting fits into these blocks.
pub(super) fn count_steps(blocks: &[Span], length: i64, step: i64) -> i64 {
    blocks.iter().map(|block| count_in_block(block, length, step)).fold(0, i64::saturating_add)
}

/// The steps at which a meeting fits into these blocks, ordered by time.
pub(super) fn steps(blocks: &[Span], length: i64, step: i64) -> impl Iterator<Item = i64> {
    blocks.iter().flat_map(move |block| {
        (0..count_in_block(block, length, step))
            .map(move |k| block.begin.saturating_add(k.saturating_mul(step)))
    })
}

fn count_in_block(block: &Span, length: i64, step: i64) -> i64 {
    let spare = block.end.saturating_sub(block.begin).saturating_sub(length);
    if spare < 0 { 0 } else { spare.div_euclid(step).saturating_add(1) }
}

/// Whether a meeting that begins at `begin` overlaps one of these blocks, which must be merged and ordered.
pub(super) fn overlaps(blocks: &[Span], begin: i64, length: i64) -> bool {
    let next = blocks.partition_point(|b| b.end <= begin);
    blocks.get(next).is_some_and(|b| b.begin < begin.saturating_add(length))
}

/// The preference for a meeting at each of the `starts`, which must be ordered. `None` where the meeting does not lie inside
/// one block of available time.
pub(super) fn preferences(
    available: &[PreferredSlot],
    starts: &[i64],
    length: i64,
) -> Vec<Option<Preference>> {
    let mut preferences = vec![None; starts.len()];
    let mut sorted: Vec<(Span, Preference)> =
        available.iter().map(|p| (Span::from(&p.slot), p.preference)).collect();
    sorted.sort_unstable();
    let mut blocks: Vec<Span> = Vec::with_capacity(sorted.len());
    // Higher levels come later and overwrite lower ones.
    for level in Preference::ALL {
        blocks.clear();
        blocks.extend(sorted.iter().filter(|(_, p)| *p >= level).map(|(span, _)| *span));
        blocks.dedup_by(merge_into);
        let mut rest = preferences.iter_mut().zip(starts).peekable();
        for block in &blocks {
            while rest.next_if(|(_, s)| **s < block.begin).is_some() {}
            while let Some((preference, _)) = rest.next_if(|(_, s)| s.saturating_add(length) <= block.end) {
                *preference = Some(level);
            }
        }
    }
    preferences
}

/// The preference for a meeting at this time: the lowest of its moments, of which each has the highest of the slots that
/// cover it. `None` if the meeting does not lie inside one contiguous block of available time.
#[must_use]
pub fn preference_for(available: &[PreferredSlot], meeting: &Slot) -> Option<Preference> {
    preferences(available, &[meeting.begin().micros()], meeting.duration().micros()).into_iter().next()?
}

/// The parts of the slots that lie within the blocks, ordered by time. Both must be merged and ordered.
#[must_use]
pub fn common_blocks(slots: &[Slot], blocks: &[Slot]) -> Vec<Slot> {
    let within = |slot: &Slot| {
        let (begin, end) = (slot.begin(), slot.end());
        let first = blocks.partition_point(|block| block.end() <= begin);
        let overlapping = blocks.iter().skip(first).take_while(move |block| block.begin() < end);
        overlapping.filter_map(move |block| {
            let span = Span { begin: begin.max(block.begin()).micros(), end: end.min(block.end()).micros() };
            span.slot()
        })
    };
    slots.iter().flat_map(within).collect()
}
