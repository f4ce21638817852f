//! The next best schedules, against every schedule there is.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;
use std::collections::HashSet;

use common::schedule::{Ways, given, invitee, runner, small};
use proptest::prelude::{prop_assert, prop_assert_eq};
use whittle_domain::schedule::{
    Alternatives, DEFAULT_WORK, Objective, Problem, Schedule, alternatives, reached, solve,
};

/// Two schedules of as many meetings are different where somebody's time is, or whether it has one.
#[test]
fn the_alternatives_are_the_best_different_schedules_that_place_as_many() {
    let counts = RefCell::new([0usize; 8]);
    let checked = runner(700).run(&small(), |given| {
        let mut ranking = Ways::of(&given).ranking();
        let most = ranking[0].placed;
        ranking.retain(|o| o.placed == most);
        let problem = Problem::new(given).unwrap();
        for count in [1, 3, 7] {
            let Alternatives { schedules, complete } = alternatives(&problem, count, DEFAULT_WORK);
            prop_assert!(complete);
            let objectives: Vec<Objective> =
                schedules.iter().map(|s| reached(&problem, s).unwrap()).collect();
            prop_assert_eq!(&objectives[..], &ranking[..count.min(ranking.len())]);
            prop_assert_eq!(schedules.iter().collect::<HashSet<_>>().len(), schedules.len());
            counts.borrow_mut()[schedules.len()] += 1;
        }
        Ok(())
    });
    checked.unwrap();
    let counts = counts.borrow();
    println!("problems by how many schedules they had: {counts:?}");
    assert!(counts[1..].iter().sum::<usize>() == 2_100 && counts[7] > 200 && counts[2] > 10);
}

#[test]
fn the_first_alternative_is_the_best_schedule() {
    let people = (1..5).map(|id| invitee(id, [(0, 240, 1), (120, 300, 3)])).collect();
    let problem = Problem::new(given(60, 15, &[(0, 300, 2)], people)).unwrap();
    let found = alternatives(&problem, 3, DEFAULT_WORK);
    assert_eq!(found.schedules.len(), 3);
    assert_eq!(found.schedules[0], solve(&problem, DEFAULT_WORK).schedule);
}

#[test]
fn a_search_that_is_cut_short_does_not_claim_to_be_complete() {
    let people = (1..9).map(|id| invitee(id, [(0, 400, 1), (35, 200, 3), (300, 390, 2)])).collect();
    let problem = Problem::new(given(40, 15, &[(0, 200, 2), (200, 400, 3)], people)).unwrap();
    assert!(alternatives(&problem, 3, DEFAULT_WORK).complete);
    let cut = alternatives(&problem, 3, 500);
    assert!(!cut.complete);
    assert!(cut.schedules.iter().all(|s: &Schedule| reached(&problem, s).is_ok()));
}
