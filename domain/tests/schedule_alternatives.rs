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

use common::schedule::{Ways, given, invitee, runner, small, tight};
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

/// Wherever the work limit comes, what is called complete is.
#[test]
fn a_search_that_is_cut_short_does_not_claim_to_be_complete() {
    let cut = RefCell::new(0);
    let checked = runner(60).run(&tight(), |given| {
        let problem = Problem::new(given).unwrap();
        let objectives = |found: &Alternatives| -> Vec<Objective> {
            found.schedules.iter().map(|s: &Schedule| reached(&problem, s).unwrap()).collect()
        };
        let whole = alternatives(&problem, 3, DEFAULT_WORK);
        prop_assert!(whole.complete);
        for work in (0..20).map(|k| 100u64 << (k * 2 / 3)) {
            let found = alternatives(&problem, 3, work);
            if objectives(&found) != objectives(&whole) {
                prop_assert!(!found.complete, "{}", work);
                // The best is found, but not all of the next.
                *cut.borrow_mut() += usize::from(objectives(&found)[0] == objectives(&whole)[0]);
            }
        }
        Ok(())
    });
    checked.unwrap();
    assert!(*cut.borrow() > 50, "{}", cut.borrow());
}
