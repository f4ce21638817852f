//! The rows in which a page asks an invitee for times, what an answer says of each, and the answer that comes of what was marked.
//!
//! An answer may have other edges than the rows, and may reach beyond the owner's time. Such an answer is changed only where
//! somebody marks a row anew: what no row shows, and what is left as it was, stays to the microsecond.

use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::{Invitee, Preference, PreferredSlot, Problem, ProblemInput};
use crate::slot::Slot;

/// How many rows a page has at most, as long as no row needs to last more than a day: each is four choices.
const MOST: usize = 200;
/// The shortest row in minutes. Shorter ones would make a page of a morning.
const SHORTEST: i64 = 30;
/// From this length in minutes on rows are not made longer.
const LONGEST: i64 = 1_440;
/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

/// What an answer says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The same at each of its moments: a preference, or that the invitee cannot.
    Even(Option<Preference>),
    /// One thing of a part of it, and another of the rest.
    Uneven,
}

/// A half-open interval in microseconds.
type Span = (i64, i64);

const fn is_overlapping(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

fn span(slot: &Slot) -> Span {
    (slot.begin().micros(), slot.end().micros())
}

fn slot((begin, end): Span) -> Option<Slot> {
    Slot::new(Instant::from_micros(begin)?, Duration::from_micros(end.checked_sub(begin)?)).ok()
}

/// Blocks of time without a gap, in order.
fn merged(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_unstable();
    spans.dedup_by(|next, block| {
        let touches = next.0 <= block.1;
        if touches {
            block.1 = block.1.max(next.1);
        }
        touches
    });
    spans
}

/// Cuts the owner's time into rows, in order. Each block without a gap is cut from its begin on, as the starts of meetings are
/// counted, so rows last a whole number of steps. They last at least half an hour, and as much longer as makes them few enough;
/// the last of a block may be shorter.
#[must_use]
pub fn rows(owner: &[PreferredSlot], step_minutes: u16) -> Vec<Slot> {
    let blocks = merged(owner.iter().map(|available| span(&available.slot)));
    let step = i64::from(step_minutes.max(1));
    let shortest = step.saturating_mul(SHORTEST.saturating_add(step).saturating_sub(1).div_euclid(step));
    let cuts = |minutes: i64| {
        let length = minutes.saturating_mul(MINUTE).max(MINUTE);
        blocks.iter().flat_map(move |(begin, end)| {
            let begins = std::iter::successors(Some(*begin), move |at| at.checked_add(length));
            begins.take_while(move |at| at < end).map(move |at| (at, at.saturating_add(length).min(*end)))
        })
    };
    let lengths = std::iter::successors(Some(shortest), |minutes| minutes.checked_mul(2));
    let fits =
        |minutes: &i64| *minutes >= LONGEST || cuts(*minutes).take(MOST.saturating_add(1)).count() <= MOST;
    let length = lengths.into_iter().find(fits).unwrap_or(LONGEST);
    cuts(length).filter_map(slot).collect()
}

/// What an answer says within a row: pieces of one preference, in order, without those where the invitee cannot.
#[must_use]
pub fn pieces(answer: &[PreferredSlot], row: &Slot) -> Vec<PreferredSlot> {
    let (begin, end) = span(row);
    let touching: Vec<(Span, Preference)> = answer
        .iter()
        .map(|given| (span(&given.slot), given.preference))
        .filter(|(given, _)| is_overlapping(*given, (begin, end)))
        .collect();
    let mut edges: Vec<i64> = touching.iter().flat_map(|((from, to), _)| [*from, *to]).collect();
    edges.extend([begin, end]);
    edges.retain(|edge| (begin..=end).contains(edge));
    edges.sort_unstable();
    edges.dedup();
    let mut found: Vec<(Span, Preference)> = Vec::new();
    for pair in edges.array_windows::<2>() {
        let piece = (pair[0], pair[1]);
        let there = touching.iter().filter(|(given, _)| is_overlapping(*given, piece));
        // Where slots overlap, the highest preference counts.
        let Some(preference) = there.map(|(_, preference)| *preference).max() else { continue };
        match found.last_mut() {
            Some((last, same)) if last.1 == piece.0 && *same == preference => last.1 = piece.1,
            _ => found.push((piece, preference)),
        }
    }
    found
        .into_iter()
        .filter_map(|(piece, preference)| Some(PreferredSlot { slot: slot(piece)?, preference }))
        .collect()
}

/// What an answer says of a row.
#[must_use]
pub fn mark(answer: &[PreferredSlot], row: &Slot) -> Mark {
    match pieces(answer, row).as_slice() {
        [] => Mark::Even(None),
        [one] if one.slot == *row => Mark::Even(Some(one.preference)),
        _ => Mark::Uneven,
    }
}

/// The answer after rows were marked: `None` is that the invitee cannot. Rows of which it says the same already, and all that lies
/// outside of the rows, stay as they were given.
#[must_use]
pub fn marked(answer: &[PreferredSlot], marks: &[(Slot, Option<Preference>)]) -> Vec<PreferredSlot> {
    let changed: Vec<_> =
        marks.iter().filter(|(row, wanted)| mark(answer, row) != Mark::Even(*wanted)).collect();
    if changed.is_empty() {
        return answer.to_vec();
    }
    let taken = merged(changed.iter().map(|(row, _)| span(row)));
    let left = answer.iter().flat_map(|given| {
        outside(span(&given.slot), &taken).into_iter().map(|piece| (piece, given.preference))
    });
    let added = changed.iter().filter_map(|(row, wanted)| Some((span(row), (*wanted)?)));
    let all: Vec<(Span, Preference)> = left.chain(added).collect();
    // What touches and is liked the same is one slot.
    let levels = Preference::ALL.into_iter().flat_map(|level| {
        let same = all.iter().filter(move |(_, preference)| *preference == level).map(|(piece, _)| *piece);
        merged(same).into_iter().map(move |piece| (piece, level))
    });
    let mut result: Vec<PreferredSlot> = levels
        .filter_map(|(piece, preference)| Some(PreferredSlot { slot: slot(piece)?, preference }))
        .collect();
    result.sort_by_key(|given| (given.slot, given.preference));
    result
}

/// What of a span lies outside of blocks that are in order.
fn outside(whole: Span, blocks: &[Span]) -> Vec<Span> {
    let (mut begin, end) = whole;
    let mut left = Vec::new();
    for block in blocks.iter().filter(|block| is_overlapping(**block, whole)) {
        if begin < block.0 {
            left.push((begin, block.0));
        }
        begin = begin.max(block.1);
    }
    if begin < end {
        left.push((begin, end));
    }
    left
}

/// Whether every moment of a slot lies in one of others.
#[must_use]
pub fn is_covered(slot: &Slot, others: &[Slot]) -> bool {
    outside(span(slot), &merged(others.iter().map(span))).is_empty()
}

/// What two sets of slots have in common, in order and without overlaps.
#[must_use]
pub fn common(some: &[PreferredSlot], others: &[PreferredSlot]) -> Vec<Slot> {
    let blocks = |slots: &[PreferredSlot]| merged(slots.iter().map(|given| span(&given.slot)));
    let others = blocks(others);
    let both = blocks(some).into_iter().flat_map(|(begin, end)| {
        let touching = others.iter().filter(move |other| is_overlapping(**other, (begin, end)));
        touching.map(move |other| (begin.max(other.0), end.min(other.1))).collect::<Vec<_>>()
    });
    both.filter_map(slot).collect()
}

/// At how many starts a meeting with this invitee is possible, whatever else the owner has to do. `None` where the times are too many
/// to tell.
#[must_use]
pub fn starts(
    owner: &[PreferredSlot],
    answer: &[PreferredSlot],
    meeting_minutes: u16,
    step_minutes: u16,
) -> Option<usize> {
    let input = ProblemInput {
        meeting_minutes,
        step_minutes,
        owner: owner.to_vec(),
        busy: Vec::new(),
        invitees: vec![Invitee { id: 1, available: answer.to_vec() }],
    };
    Some(Problem::new(input).ok()?.pairs_by_invitee().first()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Slot {
        let (from, to) = text.split_once('-').unwrap();
        let at = |clock: &str| Instant::parse(&format!("2027-03-0{clock}:00Z")).unwrap();
        slot((at(from).micros(), at(to).micros())).unwrap()
    }

    /// `1T09:00-1T10:00=3`, with blanks between.
    fn slots(text: &str) -> Vec<PreferredSlot> {
        let one = |part: &str| {
            let (times, level) = part.split_once('=').unwrap();
            PreferredSlot { slot: time(times), preference: Preference::new(level.parse().unwrap()).unwrap() }
        };
        text.split_whitespace().map(one).collect()
    }

    fn written(slots: &[PreferredSlot]) -> String {
        let at = |instant: Instant| instant.to_string()[9..16].to_owned();
        let one = |given: &PreferredSlot| {
            format!("{}-{}={}", at(given.slot.begin()), at(given.slot.end()), given.preference.level())
        };
        slots.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn level(level: u8) -> Option<Preference> {
        Preference::new(level)
    }

    #[test]
    fn rows_are_whole_steps_of_at_least_half_an_hour_from_the_begin_of_each_block() {
        let owner = slots("1T09:10-1T10:00=3 1T10:00-1T10:50=1 1T14:00-1T14:20=2");
        let lengths = |step| -> Vec<i64> {
            rows(&owner, step).iter().map(|row| row.duration().micros() / MINUTE).collect()
        };
        assert_eq!(lengths(15), [30, 30, 30, 10, 20], "preferences are no edges");
        assert_eq!(lengths(20), [40, 40, 20, 20]);
        assert_eq!(lengths(45), [45, 45, 10, 20]);
        assert_eq!(rows(&owner, 15)[1], time("1T09:40-1T10:10"));
        assert_eq!(rows(&[], 15), []);
    }

    #[test]
    fn rows_become_longer_until_they_are_few_enough() {
        let days = |count: u8| {
            slots(&(1..=count).map(|day| format!("{day}T00:00-{day}T23:30=3 ")).collect::<String>())
        };
        assert_eq!((rows(&days(4), 5).len(), rows(&days(5), 5).len()), (188, 120));
        let block = slot((0, 5_000 * 1_440 * MINUTE)).unwrap();
        let long = [PreferredSlot { slot: block, preference: Preference::ALL[2] }];
        assert_eq!(rows(&long, 5).len(), 3_750, "longer rows than of some 30 hours would say nothing");
    }

    #[test]
    fn an_answer_says_of_a_row_what_counts_at_each_moment() {
        let answer = slots("1T09:00-1T10:30=1 1T09:30-1T10:00=3 1T10:00-1T10:30=3 1T12:00-1T12:15=2");
        let row = |text| mark(&answer, &time(text));
        assert_eq!(row("1T09:00-1T09:30"), Mark::Even(level(1)));
        assert_eq!(
            row("1T09:30-1T10:30"),
            Mark::Even(level(3)),
            "the highest counts, and edges are none where it is the same"
        );
        assert_eq!(row("1T09:15-1T09:45"), Mark::Uneven);
        assert_eq!(row("1T12:00-1T12:30"), Mark::Uneven);
        assert_eq!(row("1T10:30-1T11:00"), Mark::Even(None));
        assert_eq!(
            written(&pieces(&answer, &time("1T09:15-1T09:45"))),
            "1T09:15-1T09:30=1 1T09:30-1T09:45=3"
        );
    }

    #[test]
    fn marking_changes_the_rows_that_are_marked_and_nothing_else() {
        let answer = slots("1T07:10-1T09:10=2 1T09:00-1T12:00=1");
        let after = |marks: &[(&str, Option<Preference>)]| {
            let marks: Vec<_> = marks.iter().map(|(row, level)| (time(row), *level)).collect();
            written(&marked(&answer, &marks))
        };
        let same = [("1T09:30-1T10:00", level(1)), ("1T12:00-1T12:30", None)];
        assert_eq!(after(&same), written(&answer), "what is marked as it was given stays as it was given");
        assert_eq!(
            after(&[("1T09:00-1T09:30", level(3))]),
            "1T07:10-1T09:00=2 1T09:00-1T09:30=3 1T09:30-1T12:00=1"
        );
        assert_eq!(
            after(&[("1T10:00-1T10:30", None)]),
            "1T07:10-1T09:10=2 1T09:00-1T10:00=1 1T10:30-1T12:00=1"
        );
        assert_eq!(
            after(&[("1T12:00-1T12:30", level(1)), ("1T12:30-1T13:00", level(1))]),
            "1T07:10-1T09:10=2 1T09:00-1T13:00=1",
            "rows that touch are one slot"
        );
    }

    #[test]
    fn what_is_covered_common_and_possible_is_told() {
        let owner = slots("1T09:00-1T10:00=3 1T10:00-1T12:00=1 2T09:00-2T09:50=3");
        let answer = slots("1T08:00-1T09:40=1 1T09:40-1T10:10=3 2T08:00-2T20:00=2");
        assert_eq!(common(&answer, &owner), [time("1T09:00-1T10:10"), time("2T09:00-2T09:50")]);
        assert_eq!(starts(&owner, &answer, 60, 5), Some(3));
        assert_eq!(starts(&owner, &slots("1T09:00-1T09:59=3"), 60, 5), Some(0));
        let covers = [time("1T09:30-1T10:00"), time("1T09:00-1T09:30")];
        assert!(is_covered(&time("1T09:10-1T10:00"), &covers));
        assert!(!is_covered(&time("1T09:10-1T10:01"), &covers));
    }
}
