//! What comes of a search that is cut short: it ends soon, claims no more than it proves, and gives what it has.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::schedule::{given, invitee};
use whittle_domain::schedule::{
    DEFAULT_WORK, Given, Problem, Relaxation, Schedule, alternatives, explain, relaxations, solve, verify,
};

/// Everybody is free throughout, and likes times differently.
fn crowd(people: u64, starts: i64, length: u16, step: u16) -> Given {
    let end = (starts - 1) * i64::from(step) + i64::from(length);
    let liked = |id: u64| (0..end / 60).map(move |h| (h * 60, end, 1 + ((id + h as u64) % 3) as u8));
    given(length, step, &[(0, end, 2)], (0..people).map(|id| invitee(id, liked(id))).collect())
}

/// Much more than preparing a search costs, and much less than this search needs.
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
        assert!(bound.reached <= verify(&problem, &whole.schedule, &whole.certificate).unwrap().reached);
        let others = alternatives(&problem, 3, LITTLE);
        assert!(!others.complete && others.schedules.len() <= 3);
        // The best is found, and then the work is over.
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
    // All want the same starts alike: whoever is outbid is placed along long paths.
    let alike = (0..300).map(|id| invitee(id, [(0, 290 * 60, 1 + (id % 2) as u8)])).collect();
    let problem = Problem::new(given(60, 60, &[(0, 290 * 60, 2)], alike)).unwrap();
    let whole = solve(&problem, DEFAULT_WORK);
    assert!(whole.optimal && whole.schedule.0.len() == 290);
    let cut = solve(&problem, LITTLE);
    assert!(cut.schedule.0.len() < 290 && !cut.optimal, "{}", cut.schedule.0.len());
    assert!(!verify(&problem, &cut.schedule, &cut.certificate).unwrap().is_optimal());
}

#[test]
fn nothing_has_to_change_for_what_can_be_as_it_is() {
    // Two fit, though the schedule places one: what would help is no answer to why the other has no meeting.
    let people = vec![invitee(1, [(0, 120, 2)]), invitee(2, [(0, 120, 2)]), invitee(3, [(0, 60, 2)])];
    let problem = Problem::new(given(60, 60, &[(0, 120, 2), (200, 260, 2)], people)).unwrap();
    let found = solve(&problem, DEFAULT_WORK).schedule;
    assert_eq!(found.0.len(), 2);
    assert_ne!(relaxations(&problem, &found, DEFAULT_WORK), []);
    let less = Schedule(found.0[..1].to_vec());
    assert_eq!(relaxations(&problem, &less, DEFAULT_WORK), []);
}

#[test]
fn a_shorter_meeting_is_found_although_shorter_ones_would_have_too_many_starts() {
    // With half an hour there would be more than 10,000 starts.
    let mut owner = vec![(0, 135, 2)];
    owner.extend((1..1300).map(|n| (n * 200, n * 200 + 135, 2)));
    let people = (0..3).map(|id| invitee(id, [(0, 135, 2)])).collect();
    let problem = Problem::new(given(60, 15, &owner, people)).unwrap();
    let found = solve(&problem, DEFAULT_WORK).schedule;
    assert_eq!(found.0.len(), 2);
    let shorter = |r: &Relaxation| matches!(r, Relaxation::Length { minutes: 45, placed: 3 });
    assert!(relaxations(&problem, &found, DEFAULT_WORK).iter().any(shorter));
}
