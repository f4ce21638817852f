//! The best and next best schedules, compared with all possible schedules.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;
use std::collections::HashSet;

use common::schedule::{Ways, invitee, problem_input, runner, small, tight};
use proptest::prelude::{prop_assert, prop_assert_eq};
use whittle_domain::schedule::{
    Alternatives, DEFAULT_WORK, Objective, Problem, Schedule, alternatives, evaluate, solve,
};

/// Two schedules with equally many meetings differ if the time of at least one invitee differs.
#[test]
fn the_alternatives_are_the_best_different_schedules_that_place_as_many() {
    let counts = RefCell::new([0usize; 8]);
    let checked = runner(700).run(&small(), |input| {
        let mut ranking = Ways::enumerate(&input).ranking();
        let most = ranking[0].placed;
        ranking.retain(|o| o.placed == most);
        let problem = Problem::new(input).unwrap();
        for count in [1, 3, 7] {
            let Alternatives { schedules, complete } = alternatives(&problem, count, DEFAULT_WORK);
            prop_assert!(complete);
            let objectives: Vec<Objective> =
                schedules.iter().map(|s| evaluate(&problem, s).unwrap()).collect();
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
    let problem = Problem::new(problem_input(60, 15, &[(0, 300, 2)], people)).unwrap();
    let found = alternatives(&problem, 3, DEFAULT_WORK);
    assert_eq!(found.schedules.len(), 3);
    assert_eq!(found.schedules[0], solve(&problem, DEFAULT_WORK).schedule);
}

/// At every work limit, alternatives that are called complete are complete.
#[test]
fn a_search_that_is_cut_short_does_not_claim_to_be_complete() {
    let cut = RefCell::new(0);
    let checked = runner(60).run(&tight(), |input| {
        let problem = Problem::new(input).unwrap();
        let objectives = |found: &Alternatives| -> Vec<Objective> {
            found.schedules.iter().map(|s: &Schedule| evaluate(&problem, s).unwrap()).collect()
        };
        let whole = alternatives(&problem, 3, DEFAULT_WORK);
        prop_assert!(whole.complete);
        for work in (0..20).map(|k| 100u64 << (k * 2 / 3)) {
            let found = alternatives(&problem, 3, work);
            if objectives(&found) != objectives(&whole) {
                prop_assert!(!found.complete, "{}", work);
                // The best schedule is found, but not all of the next best ones.
                *cut.borrow_mut() += usize::from(objectives(&found)[0] == objectives(&whole)[0]);
            }
        }
        Ok(())
    });
    checked.unwrap();
    assert!(*cut.borrow() > 50, "{}", cut.borrow());
}
