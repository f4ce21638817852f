//! The rows in which a page asks an invitee for times, what an answer says of each, and the answer that comes of what was marked.
//!
//! An answer may have other edges than the rows, and may reach beyond the owner's time. Such an answer is changed only where
//! somebody marks a row anew: what no row shows, and what is left as it was, stays to the microsecond.

use super::time::{between, merge, overlap, subtract};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::order::sort_by_key;
use crate::schedule::{Invitee, Preference, PreferredSlot, Problem, ProblemInput};
use crate::slot::Slot;

/// How many rows a page has at most, as long as no row needs to last more than a day: each is four choices.
const MOST: usize = 200;
/// The shortest row in minutes. Shorter ones would make a page of a morning.
const SHORTEST: i64 = 30;
/// From this length in minutes on rows are not made longer.
const LONGEST: i64 = 1_440;

/// What an answer says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The same at each of its moments: a preference, or that the invitee cannot.
    Even(Option<Preference>),
    /// One thing of a part of it, and another of the rest.
    Uneven,
}

/// The blocks of somebody's time.
fn blocks(slots: &[PreferredSlot]) -> Vec<Slot> {
    merge(slots.iter().map(|given| given.slot))
}

/// Cuts the owner's time into rows, in order. Each block without a gap is cut from its begin on, as the starts of meetings are
/// counted, so rows last a whole number of steps. They last at least half an hour, and as much longer as makes them few enough;
/// the last of a block may be shorter.
#[must_use]
pub fn rows(owner: &[PreferredSlot], step_minutes: u16) -> Vec<Slot> {
    let blocks = blocks(owner);
    let step = i64::from(step_minutes.max(1));
    let shortest = step.saturating_mul(SHORTEST.saturating_add(step).saturating_sub(1).div_euclid(step));
    let cuts = |minutes: i64| {
        let length = Duration::from_seconds(minutes.saturating_mul(60));
        blocks.iter().flat_map(move |block| {
            let begins = std::iter::successors(Some(block.begin()), move |at| at.checked_add(length));
            let rest = begins.take_while(move |at| *at < block.end());
            rest.filter_map(move |at| between(at, at.saturating_add(length).min(block.end())))
        })
    };
    let lengths = std::iter::successors(Some(shortest), |minutes| minutes.checked_mul(2));
    let fits =
        |minutes: &i64| *minutes >= LONGEST || cuts(*minutes).take(MOST.saturating_add(1)).count() <= MOST;
    let length = lengths.into_iter().find(fits).unwrap_or(LONGEST);
    cuts(length).collect()
}

/// What an answer says within a row: pieces of one preference, in order, without those where the invitee cannot.
#[must_use]
pub fn pieces(answer: &[PreferredSlot], row: &Slot) -> Vec<PreferredSlot> {
    let touching: Vec<&PreferredSlot> = answer.iter().filter(|given| overlap(&given.slot, row)).collect();
    let mut edges: Vec<Instant> =
        touching.iter().flat_map(|given| [given.slot.begin(), given.slot.end()]).collect();
    edges.extend([row.begin(), row.end()]);
    edges.retain(|edge| (row.begin()..=row.end()).contains(edge));
    edges.sort_unstable();
    edges.dedup();
    let mut found: Vec<PreferredSlot> = Vec::new();
    for [from, to] in edges.array_windows() {
        let Some(slot) = between(*from, *to) else { continue };
        let there = touching.iter().filter(|given| overlap(&given.slot, &slot));
        // Where slots overlap, the highest preference counts.
        let Some(preference) = there.map(|given| given.preference).max() else { continue };
        match found.last_mut().filter(|last| last.slot.end() == *from && last.preference == preference) {
            Some(last) => last.slot = between(last.slot.begin(), *to).unwrap_or(last.slot),
            None => found.push(PreferredSlot { slot, preference }),
        }
    }
    found
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
    let taken = merge(changed.iter().map(|(row, _)| *row));
    let mut slots: Vec<PreferredSlot> = Vec::new();
    for preference in Preference::ALL {
        let given = answer.iter().filter(|given| given.preference == preference);
        let left = given.flat_map(|given| subtract(&[given.slot], &taken));
        let added = changed.iter().filter(|(_, wanted)| *wanted == Some(preference)).map(|(row, _)| *row);
        // What touches and is liked the same is one slot.
        slots.extend(merge(left.chain(added)).into_iter().map(|slot| PreferredSlot { slot, preference }));
    }
    sort_by_key(&mut slots, |given| (given.slot, given.preference));
    slots
}

/// Whether every moment of a slot lies in one of others.
#[must_use]
pub fn is_covered(slot: &Slot, others: &[Slot]) -> bool {
    subtract(&[*slot], &merge(others.iter().copied())).is_empty()
}

/// What two people's times have in common, in order and without overlaps.
#[must_use]
pub fn common(some: &[PreferredSlot], others: &[PreferredSlot]) -> Vec<Slot> {
    let some = blocks(some);
    subtract(&some, &subtract(&some, &blocks(others)))
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
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    fn time(text: &str) -> Slot {
        let (from, to) = text.split_once('-').unwrap();
        let at = |clock: &str| Instant::parse(&format!("2027-03-0{clock}:00Z")).unwrap();
        between(at(from), at(to)).unwrap()
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
            rows(&owner, step).iter().map(|row| row.duration().micros() / 60_000_000).collect()
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
        let block = Slot::new(Instant::from_millis(0), Duration::from_seconds(5_000 * 86_400)).unwrap();
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

    const UNIT: i64 = 60_000_000;

    fn minutes(begin: i64, length: i64) -> Slot {
        let at = |minute: i64| Instant::from_micros(minute * UNIT).unwrap();
        between(at(begin), at(begin + length)).unwrap()
    }

    /// What counts at each minute: 0 where the invitee cannot.
    fn levels(answer: &[PreferredSlot]) -> Vec<u8> {
        let at = |minute: i64| {
            let there = answer.iter().filter(|given| overlap(&given.slot, &minutes(minute, 1)));
            there.map(|given| given.preference.level()).max().unwrap_or(0)
        };
        (0..90).map(at).collect()
    }

    fn answers() -> impl Strategy<Value = Vec<PreferredSlot>> {
        let one = |(begin, length, level): (i64, i64, u8)| PreferredSlot {
            slot: minutes(begin, length),
            preference: Preference::new(level).unwrap(),
        };
        prop::collection::vec((0i64..60, 1i64..25, 1u8..=3).prop_map(one), 0..8)
    }

    proptest! {
        #[test]
        fn a_marked_row_says_what_was_marked_and_every_other_minute_what_it_said(
            answer in answers(),
            marks in prop::collection::vec(prop::option::of(0u8..=3), 8),
        ) {
            let marks: Vec<(Slot, Option<Preference>)> = (0i64..)
                .zip(marks)
                .filter_map(|(n, mark)| Some((minutes(5 + n * 10, 10), Preference::new(mark?))))
                .collect();
            let mut expected = levels(&answer);
            for (row, wanted) in &marks {
                let from = usize::try_from(row.begin().micros() / UNIT).unwrap();
                expected[from..from + 10].fill(wanted.map_or(0, Preference::level));
            }
            let after = marked(&answer, &marks);
            prop_assert_eq!(levels(&after), expected);
            // What is marked as it is shown by then changes nothing any more.
            prop_assert_eq!(marked(&after, &marks), after);
        }

        #[test]
        fn rows_cover_the_owners_time_and_nothing_else(owner in answers(), step in 5u16..=60) {
            let rows = rows(&owner, step);
            prop_assert_eq!(merge(rows.iter().copied()), merge(owner.iter().map(|given| given.slot)));
            prop_assert!(rows.array_windows().all(|[one, next]| one.end() <= next.begin()));
        }
    }
}
