//! Common times, compared with a check of every time, minute by minute.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;

use common::schedule::{minutes, preferred, runner};
use common::{MINUTE, at};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{
    CommonTimes, CommonTimesQuery, Participant, Unavailable, UnavailableReason, find_common_times,
    find_unavailable,
};

fn participant(id: u64, available: &[(i64, i64, u8)], busy: &[(i64, i64)]) -> Participant {
    Participant {
        id,
        available: available.iter().map(|(b, e, p)| preferred(*b, *e, *p)).collect(),
        busy: busy.iter().map(|(b, e)| minutes(*b, *e)).collect(),
    }
}

fn query(required: Vec<Participant>, optional: Vec<Participant>) -> CommonTimesQuery {
    let starts = (0..20).map(|k| at(k * 15)).collect();
    CommonTimesQuery { starts, length: Duration::from_micros(60 * MINUTE), required, optional, limit: 3 }
}

/// The preference of a participant at a time, or why the participant is unavailable, found minute by minute.
fn preference_at(who: &Participant, begin: i64) -> Result<u32, UnavailableReason> {
    let inside = |slot: &whittle_domain::slot::Slot, m: i64| slot.begin() <= at(m) && at(m) < slot.end();
    let mut least = 3;
    for m in begin..begin + 60 {
        let liked = who.available.iter().filter(|w| inside(&w.slot, m)).map(|w| w.preference.level()).max();
        least = least.min(u32::from(liked.ok_or(UnavailableReason::NotAvailable)?));
    }
    let busy = (begin..begin + 60).any(|m| who.busy.iter().any(|b| inside(b, m)));
    if busy { Err(UnavailableReason::Busy) } else { Ok(least) }
}

fn people(from: u64, most: usize) -> impl Strategy<Value = Vec<Participant>> {
    let available = prop::collection::vec((-60i64..300, 30i64..240, 1u8..=3), 0..4);
    let busy = prop::collection::vec((0i64..350, 1i64..40), 0..3);
    let person = (available, busy).prop_map(|(available, busy)| {
        let available: Vec<_> = available.iter().map(|(b, n, p)| (*b, b + n, *p)).collect();
        let busy: Vec<_> = busy.iter().map(|(b, n)| (*b, b + n)).collect();
        participant(0, &available, &busy)
    });
    prop::collection::vec(person, 0..most)
        .prop_map(move |people| (from..).zip(people).map(|(id, a)| Participant { id, ..a }).collect())
}

#[test]
fn common_times_suit_all_required_and_are_ranked_by_optional_then_preference_then_time() {
    let seen = RefCell::new((0u32, 0u32));
    let checked = runner(1_000).run(&(people(1, 4), people(10, 4)), |(required, optional)| {
        let query = query(required.clone(), optional.clone());
        let CommonTimes { times, competing, nearest } = find_common_times(&query);
        let mut all = Vec::new();
        for k in 0..20i64 {
            let of_required: Vec<_> = required.iter().filter_map(|a| preference_at(a, k * 15).ok()).collect();
            let of_optional: Vec<_> = optional.iter().filter_map(|a| preference_at(a, k * 15).ok()).collect();
            if of_required.len() == required.len() {
                let sum: u32 = of_required.iter().chain(&of_optional).sum();
                all.push((usize::MAX - of_optional.len(), u32::MAX - sum, at(k * 15)));
            }
        }
        all.sort_unstable();
        let ranked: Vec<_> =
            times.iter().map(|t| (usize::MAX - t.optional, u32::MAX - t.preference, t.begin)).collect();
        prop_assert_eq!(&ranked[..], &all[..all.len().min(3)]);
        let minute = |begin: whittle_domain::instant::Instant| (begin.micros() - at(0).micros()) / MINUTE;
        let unavailable = |of: &[Participant], m: i64| -> Vec<Unavailable> {
            of.iter()
                .filter_map(|a| Some(Unavailable { id: a.id, reason: preference_at(a, m).err()? }))
                .collect()
        };
        for time in &times {
            prop_assert_eq!(&time.unavailable, &unavailable(&optional, minute(time.begin)));
        }
        prop_assert_eq!(competing.is_empty(), !times.is_empty());
        prop_assert_eq!(nearest.is_empty(), !times.is_empty());
        let of =
            |ids: &[u64]| -> Vec<&Participant> { required.iter().filter(|a| ids.contains(&a.id)).collect() };
        let agree =
            |who: &[&Participant]| (0..20).any(|k| who.iter().all(|a| preference_at(a, k * 15).is_ok()));
        if !competing.is_empty() {
            prop_assert!(!agree(&of(&competing)));
            for id in &competing {
                let rest: Vec<u64> = competing.iter().copied().filter(|other| other != id).collect();
                prop_assert!(rest.is_empty() || agree(&of(&rest)));
            }
            let fewest = (0..20).map(|k| unavailable(&required, k * 15).len()).min().unwrap();
            prop_assert_eq!(nearest[0].1.len(), fewest);
            prop_assert!(nearest.is_sorted_by_key(|(begin, unavailable)| (unavailable.len(), *begin)));
            for (begin, listed) in &nearest {
                prop_assert_eq!(listed, &unavailable(&required, minute(*begin)));
                prop_assert_eq!(listed, &find_unavailable(&required, *begin, query.length));
            }
        }
        let mut seen = seen.borrow_mut();
        seen.0 += u32::from(times.len() > 1);
        seen.1 += u32::from(competing.len() > 1);
        Ok(())
    });
    checked.unwrap();
    println!("{:?} with several times, with several who compete", seen.borrow());
    assert!(seen.borrow().0 > 100 && seen.borrow().1 > 100);
}

#[test]
fn without_starts_no_participant_is_named_as_the_reason() {
    let mut none = query(vec![participant(1, &[], &[]), participant(2, &[], &[])], vec![]);
    none.starts = vec![];
    assert_eq!(find_common_times(&none), CommonTimes::default());
}

#[test]
fn starts_may_be_unordered_and_repeated_and_are_answered_once() {
    let mut twice = query(vec![participant(1, &[(0, 120, 2)], &[])], vec![]);
    twice.starts = vec![at(60), at(0), at(60), at(30)];
    twice.limit = 9;
    let begins: Vec<_> = find_common_times(&twice).times.iter().map(|t| t.begin).collect();
    assert_eq!(begins, [at(0), at(30), at(60)]);
}
