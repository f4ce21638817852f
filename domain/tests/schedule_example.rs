//! The worked example of docs/scheduling.md. Each number on the page is checked.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::at;
use common::schedule::{invitee, problem_input};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{
    Certificate, CompetingSet, DEFAULT_WORK, Multipliers, Node, Objective, Placed, Problem, Relaxation,
    Schedule, UnplacedReason, VerifyError, alternatives, explain, relaxations, solve, verify,
};

const ANA: u64 = 1;
const BEN: u64 = 2;
const CEM: u64 = 3;
const DORA: u64 = 4;

/// The problem of the example. Minutes are counted from 9:00.
fn example() -> Problem {
    let people = vec![
        invitee(ANA, [(0, 180, 3)]),
        invitee(BEN, [(0, 135, 2)]),
        invitee(CEM, [(0, 135, 1)]),
        invitee(DORA, [(0, 90, 3)]),
    ];
    Problem::new(problem_input(60, 15, &[(0, 180, 2), (300, 360, 1)], people)).unwrap()
}

/// Makes a schedule of invitees and minutes.
fn schedule(placed: &[(u64, i64)]) -> Schedule {
    Schedule(
        placed.iter().map(|(invitee, minute)| Placed { invitee: *invitee, begin: at(*minute) }).collect(),
    )
}

#[test]
fn the_worked_example_has_the_numbers_of_the_page() {
    let problem = example();
    let scale = problem.scale();
    let one = scale.weight(0, 20);
    let (meeting, point, quarter) = (one, scale.weight(1, 20) - one, scale.weight(0, 19) - one);
    assert_eq!((meeting, point, quarter), (2025, 81, 1));

    let found = solve(&problem, DEFAULT_WORK);
    assert!(found.optimal);
    assert_eq!(found.schedule, schedule(&[(DORA, 0), (BEN, 60), (ANA, 120)]));
    let bound = Objective { placed: 3, preference: 14, delay: Duration::from_seconds(3 * 3600) };
    assert_eq!(scale.value(&bound), 7257);
    let multipliers = |of: [i64; 4]| vec![Multipliers { denominator: 1, values: of.to_vec() }];
    let certificate =
        Certificate { bound, multipliers: multipliers([81, 0, 0, 0]), tree: vec![Node::Leaf(0)] };
    assert_eq!(found.certificate, certificate);
    // Without multipliers the relaxed problem is worth 7338, so the certificate proves 7338 but not 7257.
    let free = Certificate { multipliers: multipliers([0; 4]), ..certificate };
    assert_eq!(verify(&problem, &found.schedule, &free), Err(VerifyError::NotProven(0)));
    assert!(
        verify(&problem, &found.schedule, &Certificate { bound: scale.objective(7338), ..free.clone() })
            .is_ok()
    );
    assert!(
        verify(&problem, &found.schedule, &Certificate { bound: scale.objective(7337), ..free }).is_err()
    );

    let next = alternatives(&problem, 3, DEFAULT_WORK).schedules;
    assert_eq!(next.get(1), Some(&schedule(&[(DORA, 0), (CEM, 60), (ANA, 120)])));
    assert_eq!(next.get(2), Some(&schedule(&[(CEM, 0), (BEN, 60), (ANA, 120)])));

    let explanation = explain(&problem, &found.schedule, DEFAULT_WORK);
    assert_eq!(explanation.unplaced, [(CEM, UnplacedReason::CrowdedOut)]);
    assert_eq!(explanation.competing, [CompetingSet { invitees: vec![BEN, CEM, DORA], max_placed: 2 }]);
    let relaxed = relaxations(&problem, &found.schedule, DEFAULT_WORK);
    let also = Relaxation::ExtraStart { invitee: CEM, begin: at(300), placed: 4 };
    assert_eq!(relaxed, [also, Relaxation::ShorterMeeting { minutes: 45, placed: 4 }]);
}
