//! Reasons, competing sets and relaxations, each checked by trying all schedules.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;

use common::at;
use common::schedule::{Ways, invitee, minutes, problem_input, runner, small};
use proptest::prelude::{prop_assert, prop_assert_eq};
use whittle_domain::schedule::{
    CompetingSet, DEFAULT_WORK, Problem, ProblemInput, Relaxation, UnplacedReason, explain, relaxations,
    solve,
};

fn parts(input: &ProblemInput) -> (Problem, whittle_domain::schedule::Schedule) {
    let problem = Problem::new(input.clone()).unwrap();
    let schedule = solve(&problem, DEFAULT_WORK).schedule;
    (problem, schedule)
}

#[test]
fn of_a_competing_set_all_but_one_fit_whichever_one_is_left_out() {
    let sizes = RefCell::new(BTreeMap::<usize, usize>::new());
    let checked = runner(1_000).run(&small(), |input| {
        let (problem, schedule) = parts(&input);
        let explanation = explain(&problem, &schedule, DEFAULT_WORK);
        prop_assert!(explanation.complete);
        let ways = Ways::enumerate(&input);
        for CompetingSet { invitees, max_placed } in &explanation.competing {
            let set = invitees.iter().fold(0u64, |set, id| set | 1 << (id - 1));
            prop_assert_eq!(*max_placed, invitees.len() - 1);
            prop_assert_eq!(ways.most_of(set), *max_placed);
            for id in invitees {
                prop_assert_eq!(ways.most_of(set & !(1 << (id - 1))), invitees.len() - 1);
            }
            *sizes.borrow_mut().entry(invitees.len()).or_default() += 1;
        }
        for (id, reason) in &explanation.unplaced {
            prop_assert!(schedule.0.iter().all(|p| p.invitee != *id));
            let crowded = explanation.competing.iter().any(|c| c.invitees.contains(id));
            prop_assert_eq!(*reason == UnplacedReason::CrowdedOut, crowded);
        }
        prop_assert_eq!(explanation.unplaced.len() + schedule.0.len(), input.invitees.len());
        Ok(())
    });
    checked.unwrap();
    println!("competing sets by size: {:?}", sizes.borrow());
    assert!((2..=4).all(|n| sizes.borrow().get(&n).is_some_and(|sets| *sets > 10)));
}

#[test]
fn whoever_has_no_meeting_is_told_why() {
    let mut problem = problem_input(
        60,
        30,
        &[(0, 120, 2), (240, 320, 2)],
        vec![
            invitee(1, []),
            invitee(2, [(-100, 40, 3), (100, 250, 3)]),
            invitee(3, [(255, 320, 3)]),
            invitee(4, [(240, 300, 3)]),
            invitee(5, [(0, 60, 3)]),
            invitee(6, [(0, 60, 1)]),
            // The invitee has enough time, but no block of the owner has an hour of it.
            invitee(7, [(90, 270, 3)]),
        ],
    );
    problem.busy = vec![minutes(250, 255)];
    let (problem, schedule) = parts(&problem);
    let explanation = explain(&problem, &schedule, DEFAULT_WORK);
    let expected = [
        (1, UnplacedReason::NoTime),
        (2, UnplacedReason::NothingInCommon),
        (3, UnplacedReason::NoStep),
        (4, UnplacedReason::OwnerBusy),
        (6, UnplacedReason::CrowdedOut),
        (7, UnplacedReason::NothingInCommon),
    ];
    assert_eq!(explanation.unplaced, expected);
    assert_eq!(explanation.competing, [CompetingSet { invitees: vec![5, 6], max_placed: 1 }]);
}

/// "Of these 3 only 2 fit": other invitees are not in the set.
#[test]
fn those_who_compete_are_told_from_those_who_do_not() {
    let narrow = |id| invitee(id, [(0, 130, 2)]);
    let wide = |id| invitee(id, [(0, 600, 2)]);
    let problem =
        problem_input(60, 15, &[(0, 600, 2)], vec![wide(1), narrow(2), narrow(3), wide(4), narrow(5)]);
    let (problem, schedule) = parts(&problem);
    let explanation = explain(&problem, &schedule, DEFAULT_WORK);
    assert_eq!(explanation.competing, [CompetingSet { invitees: vec![2, 3, 5], max_placed: 2 }]);
}

#[test]
fn without_work_an_explanation_does_not_claim_to_be_complete() {
    let problem =
        problem_input(60, 30, &[(0, 120, 2)], (1..5).map(|id| invitee(id, [(0, 120, 2)])).collect());
    let (problem, schedule) = parts(&problem);
    let explanation = explain(&problem, &schedule, 0);
    assert_eq!((explanation.unplaced.len(), explanation.complete), (2, false));
    assert!(explanation.competing.is_empty() && relaxations(&problem, &schedule, 0).is_empty());
}

#[test]
fn each_relaxation_places_as_many_as_it_says_and_no_smaller_one_would() {
    let kinds = RefCell::new([0usize; 3]);
    let checked = runner(400).run(&small(), |input| {
        let (problem, schedule) = parts(&input);
        let everybody = (1u64 << input.invitees.len()) - 1;
        let now = schedule.0.len();
        let most = |input: &ProblemInput| Ways::enumerate(input).most_of(everybody);
        let found = relaxations(&problem, &schedule, DEFAULT_WORK);
        for relaxation in &found {
            match *relaxation {
                Relaxation::ExtraStart { invitee, begin, placed } => {
                    let mut ways = Ways::enumerate(&input);
                    let start = *ways.starts.iter().find(|s| at(**s) == begin).unwrap();
                    let its = &mut ways.by_invitee[usize::try_from(invitee).unwrap() - 1];
                    prop_assert!(its.iter().all(|(s, _)| *s != start));
                    its.push((start, 2));
                    prop_assert_eq!(ways.most_of(everybody), placed);
                    prop_assert_eq!(placed, now + 1);
                    kinds.borrow_mut()[0] += 1;
                }
                Relaxation::ShorterStep { minutes, placed } => {
                    let with = |step| most(&ProblemInput { step_minutes: step, ..input.clone() });
                    prop_assert_eq!(with(minutes), placed);
                    prop_assert!(placed > now);
                    for larger in minutes + 1..input.step_minutes {
                        prop_assert!(input.step_minutes % larger != 0 || with(larger) == now);
                    }
                    kinds.borrow_mut()[1] += 1;
                }
                Relaxation::ShorterMeeting { minutes, placed } => {
                    let with = |length| most(&ProblemInput { meeting_minutes: length, ..input.clone() });
                    prop_assert_eq!(with(minutes), placed);
                    prop_assert!(placed > now && minutes < input.meeting_minutes);
                    prop_assert!(minutes + 5 >= input.meeting_minutes || with(minutes + 5) < placed);
                    kinds.borrow_mut()[2] += 1;
                }
            }
        }
        let shortest = most(&ProblemInput { meeting_minutes: 5, ..input.clone() });
        let shorter = found.iter().filter(|r| matches!(r, Relaxation::ShorterMeeting { .. })).count();
        prop_assert_eq!(shorter > 0, shortest > now);
        let all = input.invitees.len();
        let places_all =
            found.iter().any(|r| matches!(r, Relaxation::ShorterMeeting { placed, .. } if *placed == all));
        prop_assert_eq!(places_all, shortest == all && now < all);
        Ok(())
    });
    checked.unwrap();
    println!("times, steps, lengths: {:?}", kinds.borrow());
    assert!(kinds.borrow().iter().all(|n| *n > 20));
}

/// "If Ana can also start on Thursday at 10:00", "with 45 minutes instead of 60 all fit".
#[test]
fn a_free_time_the_owner_likes_is_asked_for_first_and_the_length_that_places_all_is_named() {
    let narrow = |id| invitee(id, [(0, 135, 2)]);
    let problem =
        problem_input(60, 15, &[(0, 135, 1), (300, 360, 1), (500, 560, 3)], (1..4).map(narrow).collect());
    let (problem, schedule) = parts(&problem);
    let found = relaxations(&problem, &schedule, DEFAULT_WORK);
    let also = |minute| Relaxation::ExtraStart { invitee: 3, begin: at(minute), placed: 3 };
    assert_eq!(found, [also(500), also(300), Relaxation::ShorterMeeting { minutes: 45, placed: 3 }]);
}
