//! Where meetings can start: contiguous blocks, the steps within them, and how well somebody likes each.
//!
//! How well somebody likes a meeting is the lowest preference over its moments, where slots overlap the highest of
//! them. That is the highest `p` such that the meeting lies inside one block of the slots of preference `p` or more,
//! so blocks are all that is needed.

use super::problem::{Preference, Wish};
use crate::slot::Slot;

/// A time from a begin to an end, which is outside; microseconds since the epoch.
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

/// The contiguous blocks of these times, in order: what overlaps or touches is one.
pub(super) fn blocks(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_unstable();
    spans.dedup_by(joined);
    spans
}

/// Whether a span belongs to the block that begins before it, which then has it.
fn joined(span: &mut Span, block: &mut Span) -> bool {
    let joined = span.begin <= block.end;
    if joined {
        block.end = block.end.max(span.end);
    }
    joined
}

/// How many steps there are in these blocks at which a meeting can start.
pub(super) fn count(blocks: &[Span], length: i64, step: i64) -> i64 {
    blocks.iter().map(|block| steps(block, length, step)).fold(0, i64::saturating_add)
}

/// The steps themselves, in order.
pub(super) fn starts(blocks: &[Span], length: i64, step: i64) -> impl Iterator<Item = i64> {
    blocks.iter().flat_map(move |block| {
        (0..steps(block, length, step)).map(move |k| block.begin.saturating_add(k.saturating_mul(step)))
    })
}

fn steps(block: &Span, length: i64, step: i64) -> i64 {
    let spare = block.end.saturating_sub(block.begin).saturating_sub(length);
    if spare < 0 { 0 } else { spare.div_euclid(step).saturating_add(1) }
}

/// Whether a meeting from here on clashes with one of these blocks.
pub(super) fn clashes(busy: &[Span], begin: i64, length: i64) -> bool {
    let next = busy.partition_point(|b| b.end <= begin);
    busy.get(next).is_some_and(|b| b.begin < begin.saturating_add(length))
}

/// For each of the ordered `starts`, how well a meeting there is liked; `None` where it does not fit.
pub(super) fn preferences(wishes: &[Wish], starts: &[i64], length: i64) -> Vec<Option<Preference>> {
    let mut found = vec![None; starts.len()];
    let mut sorted: Vec<(Span, Preference)> =
        wishes.iter().map(|w| (Span::from(&w.slot), w.preference)).collect();
    sorted.sort_unstable();
    let mut blocks: Vec<Span> = Vec::with_capacity(sorted.len());
    for least in Preference::ALL {
        blocks.clear();
        blocks.extend(sorted.iter().filter(|(_, p)| *p >= least).map(|(span, _)| *span));
        blocks.dedup_by(joined);
        let mut rest = found.iter_mut().zip(starts).peekable();
        for block in &blocks {
            while rest.next_if(|(_, s)| **s < block.begin).is_some() {}
            while let Some((place, _)) = rest.next_if(|(_, s)| s.saturating_add(length) <= block.end) {
                *place = Some(least);
            }
        }
    }
    found
}
