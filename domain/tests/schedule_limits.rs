//! A search that the work limit ends: it ends soon, claims no more than it proves, and gives the best that it has.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::schedule::{invitee, problem_input};
use whittle_domain::schedule::{
    DEFAULT_WORK, Problem, ProblemInput, Relaxation, Schedule, alternatives, explain, relaxations, solve,
    verify,
};

/// All invitees are always available, with different preferences.
fn crowd(people: u64, starts: i64, length: u16, step: u16) -> ProblemInput {
    let end = (starts - 1) * i64::from(step) + i64::from(length);
    let liked = |id: u64| (0..end / 60).map(move |h| (h * 60, end, 1 + ((id + h as u64) % 3) as u8));
    problem_input(length, step, &[(0, end, 2)], (0..people).map(|id| invitee(id, liked(id))).collect())
}

/// Much more work than preparing a search takes, and much less than these searches need.
const LITTLE: u64 = 1;

#[test]
fn without_work_there_is_a_schedule_its_bound_is_proven_and_nothing_is_claimed() {
    for (people, starts, length, step) in [(200, 190, 60, 60), (120, 400, 60, 15), (200, 190, 30, 60)] {
        let problem = Problem::new(crowd(people, starts, length, step)).unwrap();
        let cut = solve(&problem, LITTLE);
        assert!(!cut.schedule.0.is_empty(), "{people} {starts} {length}/{step}");
        let bound = verify(&problem, &cut.schedule, &cut.certificate).unwrap();
        assert_eq!(bound.is_optimal(), cut.optimal);
        let whole = solve(&problem, DEFAULT_WORK);
        assert!(bound.objective <= verify(&problem, &whole.schedule, &whole.certificate).unwrap().objective);
        let others = alternatives(&problem, 3, LITTLE);
        assert!(!others.complete && others.schedules.len() <= 3);
        // The best schedule is found, and then the work limit is reached.
        let others = alternatives(&problem, 3, whole.work);
        assert!(whole.optimal && !others.complete && others.schedules == [whole.schedule]);
        let said = explain(&problem, &cut.schedule, LITTLE);
        assert!(said.competing.is_empty());
        assert_eq!(said.complete, said.unplaced.is_empty());
        assert_eq!(relaxations(&problem, &cut.schedule, LITTLE), []);
    }
}

#[test]
fn paths_of_an_assignment_are_cut_short_too() {
    // All invitees prefer the same starts, so many of them are placed along long paths.
    let alike = (0..300).map(|id| invitee(id, [(0, 290 * 60, 1 + (id % 2) as u8)])).collect();
    let problem = Problem::new(problem_input(60, 60, &[(0, 290 * 60, 2)], alike)).unwrap();
    let whole = solve(&problem, DEFAULT_WORK);
    assert!(whole.optimal && whole.schedule.0.len() == 290);
    let cut = solve(&problem, LITTLE);
    assert!(cut.schedule.0.len() < 290 && !cut.optimal, "{}", cut.schedule.0.len());
    assert!(!verify(&problem, &cut.schedule, &cut.certificate).unwrap().is_optimal());
}

#[test]
fn without_need_no_relaxation_is_suggested() {
    // Two invitees fit, but this schedule places one. No change of the problem is needed to place the other.
    let people = vec![invitee(1, [(0, 120, 2)]), invitee(2, [(0, 120, 2)]), invitee(3, [(0, 60, 2)])];
    let problem = Problem::new(problem_input(60, 60, &[(0, 120, 2), (200, 260, 2)], people)).unwrap();
    let found = solve(&problem, DEFAULT_WORK).schedule;
    assert_eq!(found.0.len(), 2);
    assert_ne!(relaxations(&problem, &found, DEFAULT_WORK), []);
    let less = Schedule(found.0[..1].to_vec());
    assert_eq!(relaxations(&problem, &less, DEFAULT_WORK), []);
}

#[test]
fn a_shorter_meeting_is_found_although_shorter_ones_would_have_too_many_starts() {
    // With meetings of half an hour the problem would have more than 10,000 starts.
    let mut owner = vec![(0, 135, 2)];
    owner.extend((1..1300).map(|n| (n * 200, n * 200 + 135, 2)));
    let people = (0..3).map(|id| invitee(id, [(0, 135, 2)])).collect();
    let problem = Problem::new(problem_input(60, 15, &owner, people)).unwrap();
    let found = solve(&problem, DEFAULT_WORK).schedule;
    assert_eq!(found.0.len(), 2);
    let shorter = |r: &Relaxation| matches!(r, Relaxation::ShorterMeeting { minutes: 45, placed: 3 });
    assert!(relaxations(&problem, &found, DEFAULT_WORK).iter().any(shorter));
}
