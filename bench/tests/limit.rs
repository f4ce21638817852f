//! The guarantee of the default work limit, checked on a few of the problems that `make bench` measures.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use whittle_bench::{Shape, thirty};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, solve, verify};

#[test]
fn thirty_invitees_on_two_hundred_starts_are_solved_within_the_default_work_limit() {
    for shape in Shape::FIVE {
        for seed in 0..8 {
            let problem = Problem::new(thirty(shape, seed)).unwrap();
            assert!(matches!(problem.starts().len(), 190..=200), "{shape:?} {seed}");
            let found = solve(&problem, DEFAULT_WORK);
            assert!(found.optimal, "{shape:?} {seed}");
            assert!(found.work < DEFAULT_WORK / 10, "{shape:?} {seed} took {}", found.work);
            assert!(verify(&problem, &found.schedule, &found.certificate).unwrap().is_optimal());
        }
    }
}
