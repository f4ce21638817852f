//! The group question, against every time asked for, minute by minute.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;

use common::schedule::{minutes, runner, wish};
use common::{MINUTE, at};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{Availability, Common, Missing, Question, Why, blockers, common as answer};

fn availability(id: u64, wishes: &[(i64, i64, u8)], busy: &[(i64, i64)]) -> Availability {
    Availability {
        id,
        wishes: wishes.iter().map(|(b, e, p)| wish(*b, *e, *p)).collect(),
        busy: busy.iter().map(|(b, e)| minutes(*b, *e)).collect(),
    }
}

fn question(required: Vec<Availability>, optional: Vec<Availability>) -> Question {
    let begins = (0..20).map(|k| at(k * 15)).collect();
    Question { begins, length: Duration::from_micros(60 * MINUTE), required, optional, most: 3 }
}

/// How well a time suits somebody, or why not.
fn judged(who: &Availability, begin: i64) -> Result<u32, Why> {
    let inside = |slot: &whittle_domain::slot::Slot, m: i64| slot.begin() <= at(m) && at(m) < slot.end();
    let mut least = 3;
    for m in begin..begin + 60 {
        let liked = who.wishes.iter().filter(|w| inside(&w.slot, m)).map(|w| w.preference.level()).max();
        least = least.min(u32::from(liked.ok_or(Why::NotWished)?));
    }
    let busy = (begin..begin + 60).any(|m| who.busy.iter().any(|b| inside(b, m)));
    if busy { Err(Why::Busy) } else { Ok(least) }
}

fn people(from: u64, most: usize) -> impl Strategy<Value = Vec<Availability>> {
    let wishes = prop::collection::vec((-60i64..300, 30i64..240, 1u8..=3), 0..4);
    let busy = prop::collection::vec((0i64..350, 1i64..40), 0..3);
    let person = (wishes, busy).prop_map(|(wishes, busy)| {
        let wishes: Vec<_> = wishes.iter().map(|(b, n, p)| (*b, b + n, *p)).collect();
        let busy: Vec<_> = busy.iter().map(|(b, n)| (*b, b + n)).collect();
        availability(0, &wishes, &busy)
    });
    prop::collection::vec(person, 0..most)
        .prop_map(move |people| (from..).zip(people).map(|(id, a)| Availability { id, ..a }).collect())
}

#[test]
fn the_times_are_those_that_suit_all_who_are_required_ranked_by_the_others_preference_and_time() {
    let seen = RefCell::new((0u32, 0u32));
    let checked = runner(1_000).run(&(people(1, 4), people(10, 4)), |(required, optional)| {
        let question = question(required.clone(), optional.clone());
        let Common { times, competing, nearest } = answer(&question);
        let mut all = Vec::new();
        for k in 0..20i64 {
            let of_required: Vec<_> = required.iter().filter_map(|a| judged(a, k * 15).ok()).collect();
            let of_optional: Vec<_> = optional.iter().filter_map(|a| judged(a, k * 15).ok()).collect();
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
        let missing = |of: &[Availability], m: i64| -> Vec<Missing> {
            of.iter().filter_map(|a| Some(Missing { id: a.id, why: judged(a, m).err()? })).collect()
        };
        for time in &times {
            prop_assert_eq!(&time.missing, &missing(&optional, minute(time.begin)));
        }
        prop_assert_eq!(competing.is_empty(), !times.is_empty());
        prop_assert_eq!(nearest.is_empty(), !times.is_empty());
        let of =
            |ids: &[u64]| -> Vec<&Availability> { required.iter().filter(|a| ids.contains(&a.id)).collect() };
        let agree = |who: &[&Availability]| (0..20).any(|k| who.iter().all(|a| judged(a, k * 15).is_ok()));
        if !competing.is_empty() {
            prop_assert!(!agree(&of(&competing)));
            for id in &competing {
                let rest: Vec<u64> = competing.iter().copied().filter(|other| other != id).collect();
                prop_assert!(rest.is_empty() || agree(&of(&rest)));
            }
            let fewest = (0..20).map(|k| missing(&required, k * 15).len()).min().unwrap();
            prop_assert_eq!(nearest[0].1.len(), fewest);
            prop_assert!(nearest.is_sorted_by_key(|(begin, missing)| (missing.len(), *begin)));
            for (begin, lacking) in &nearest {
                prop_assert_eq!(lacking, &missing(&required, minute(*begin)));
                prop_assert_eq!(lacking, &blockers(&required, *begin, question.length));
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
fn where_no_time_is_asked_for_nobody_is_to_blame() {
    let mut none = question(vec![availability(1, &[], &[]), availability(2, &[], &[])], vec![]);
    none.begins = vec![];
    assert_eq!(answer(&none), Common::default());
}

#[test]
fn times_are_asked_for_in_any_order_and_more_than_once_and_answered_once() {
    let mut twice = question(vec![availability(1, &[(0, 120, 2)], &[])], vec![]);
    twice.begins = vec![at(60), at(0), at(60), at(30)];
    twice.most = 9;
    let begins: Vec<_> = answer(&twice).times.iter().map(|t| t.begin).collect();
    assert_eq!(begins, [at(0), at(30), at(60)]);
}
