//! The best schedule, compared with all possible schedules.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;

use common::schedule::{Ways, anything, invitee, minutes, preferred, problem_input, runner, small, tight};
use common::{MINUTE, at};
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;
use whittle_domain::schedule::{
    DEFAULT_WORK, Objective, Preference, Problem, ProblemError, ProblemInput, alternatives, evaluate,
    explain, relaxations, solve, verify,
};

/// How the random cases were distributed.
#[derive(Default)]
struct Histogram {
    cases: usize,
    not_all: usize,
    tied: usize,
    split: usize,
    branched: usize,
    by_invitees: BTreeMap<usize, usize>,
    by_step: BTreeMap<&'static str, usize>,
    by_starts: BTreeMap<usize, usize>,
}

impl Histogram {
    fn count(&mut self, input: &ProblemInput, ways: &Ways, best: &[Objective], nodes: usize) {
        let (length, step) = (input.meeting_minutes, input.step_minutes);
        self.cases += 1;
        self.not_all += usize::from((best[0].placed as usize) < input.invitees.len());
        self.tied += usize::from(best.get(1) == Some(&best[0]));
        self.split += usize::from(ways.blocks > 1);
        self.branched += usize::from(nodes > 1);
        *self.by_invitees.entry(input.invitees.len()).or_default() += 1;
        *self.by_starts.entry(ways.starts.len() / 4 * 4).or_default() += 1;
        let kind = match (step.cmp(&length), length % step) {
            (std::cmp::Ordering::Equal, _) => "the length",
            (std::cmp::Ordering::Greater, _) => "more than the length",
            (_, 0) => "a part of the length",
            _ => "less, and no part of it",
        };
        *self.by_step.entry(kind).or_default() += 1;
    }

    /// Fails if the cases lack variety, because they would then prove little.
    fn judge(&self) {
        let percent = |n: usize| n * 100 / self.cases;
        println!(
            "{} cases: {}% do not fit whole, {}% have equally good answers, {}% have a split owner, {} branched",
            self.cases,
            percent(self.not_all),
            percent(self.tied),
            percent(self.split),
            self.branched
        );
        println!(
            "by invitees {:?}\nby starts (four a bin) {:?}\nby step {:?}",
            self.by_invitees, self.by_starts, self.by_step
        );
        assert!(percent(self.not_all) >= 30);
        assert!(percent(self.tied) >= 20);
        assert!(percent(self.split) >= 20);
        assert_eq!(self.by_invitees.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        assert_eq!(self.by_step.len(), 4);
        assert!(self.by_step.values().all(|n| percent(*n) >= 5));
    }
}

fn equal_to_brute_force(cases: u32) {
    let histogram = RefCell::new(Histogram::default());
    let checked = runner(cases).run(&small(), |input| {
        let ways = Ways::enumerate(&input);
        let ranking = ways.ranking();
        let problem = Problem::new(input.clone()).unwrap();
        let found = solve(&problem, DEFAULT_WORK);
        prop_assert!(found.optimal);
        let verified = verify(&problem, &found.schedule, &found.certificate);
        let verified = verified.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        prop_assert_eq!(verified.objective, ranking[0]);
        prop_assert!(verified.is_optimal());
        histogram.borrow_mut().count(&input, &ways, &ranking, found.certificate.tree.len());
        Ok(())
    });
    checked.unwrap();
    histogram.borrow().judge();
}

#[test]
fn no_schedule_is_better_than_the_one_found() {
    equal_to_brute_force(2_000);
}

/// `cargo test --profile bench-native -p whittle-domain --test schedule -- --ignored --nocapture`
#[test]
#[ignore = "a minute, optimised"]
fn no_schedule_of_a_hundred_thousand_problems_is_better_than_the_one_found() {
    equal_to_brute_force(100_000);
}

/// Small problems seldom need a tree of cases. About one in five of these does.
#[test]
fn no_schedule_is_better_where_the_proof_needs_cases() {
    let branched = RefCell::new(0);
    let checked = runner(150).run(&tight(), |input| {
        let best = Ways::enumerate(&input).best();
        let problem = Problem::new(input).unwrap();
        let found = solve(&problem, DEFAULT_WORK);
        let verified = verify(&problem, &found.schedule, &found.certificate);
        let verified = verified.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        prop_assert_eq!(verified.objective, best);
        prop_assert!(found.optimal && verified.is_optimal());
        *branched.borrow_mut() += usize::from(found.certificate.tree.len() > 1);
        Ok(())
    });
    checked.unwrap();
    println!("{} of 150 branched", branched.borrow());
    assert!(*branched.borrow() >= 15);
}

fn found(input: &ProblemInput) -> (Objective, Vec<(u64, i64)>) {
    let problem = Problem::new(input.clone()).unwrap();
    let found = solve(&problem, DEFAULT_WORK);
    assert!(verify(&problem, &found.schedule, &found.certificate).unwrap().is_optimal());
    let minute =
        |p: &whittle_domain::schedule::Placed| (p.invitee, (p.begin.micros() - at(0).micros()) / MINUTE);
    (evaluate(&problem, &found.schedule).unwrap(), found.schedule.0.iter().map(minute).collect())
}

/// In each problem the next lower level of the objective would choose another schedule.
#[test]
fn more_meetings_count_more_than_preference_and_preference_more_than_an_early_start() {
    let two_or_one_liked = problem_input(
        60,
        60,
        &[(0, 120, 1)],
        vec![invitee(1, [(0, 60, 1), (60, 120, 3)]), invitee(2, [(60, 120, 1)])],
    );
    assert_eq!(found(&two_or_one_liked).1, [(1, 0), (2, 60)]);
    let liked_or_early = problem_input(60, 60, &[(0, 120, 1)], vec![invitee(1, [(0, 60, 2), (60, 120, 3)])]);
    assert_eq!(found(&liked_or_early).1, [(1, 60)]);
    let early = problem_input(60, 60, &[(0, 120, 1)], vec![invitee(1, [(0, 120, 2)])]);
    assert_eq!(found(&early).1, [(1, 0)]);
}

#[test]
fn of_a_meeting_over_several_slots_the_lowest_preference_counts_and_where_slots_overlap_the_highest() {
    let owner = [(0, 30, 3), (30, 60, 2), (20, 40, 1)];
    let problem = problem_input(60, 60, &owner, vec![invitee(1, [(-60, 45, 1), (0, 45, 3), (40, 90, 2)])]);
    assert_eq!(found(&problem).0.preference, 4);
}

/// Steps are not counted from the begin of a slot, and not from the end of busy time.
#[test]
fn steps_are_counted_from_the_begin_of_the_owners_contiguous_block() {
    let mut problem = problem_input(30, 20, &[(5, 50, 1), (50, 90, 1), (95, 130, 1)], vec![]);
    problem.busy = vec![minutes(26, 44)];
    let starts = |g: &ProblemInput| -> Vec<i64> {
        let problem = Problem::new(g.clone()).unwrap();
        problem.starts().iter().map(|s| (s.at.micros() - at(0).micros()) / MINUTE).collect()
    };
    assert_eq!(starts(&problem), [45, 95]);
    problem.busy = vec![minutes(35, 45), minutes(95, 95 + 1)];
    assert_eq!(starts(&problem), [5, 45]);
}

#[test]
fn a_meeting_must_lie_inside_one_block_of_the_invitees_time() {
    let gap = problem_input(60, 5, &[(0, 180, 1)], vec![invitee(1, [(0, 59, 3), (60, 119, 3)])]);
    assert_eq!(found(&gap).1, []);
    let touching = problem_input(60, 5, &[(0, 180, 1)], vec![invitee(1, [(30, 59, 3), (59, 119, 3)])]);
    assert_eq!(found(&touching).1, [(1, 30)]);
}

#[test]
fn an_input_that_is_not_a_problem_is_refused() {
    let day = [(0, 480, 2)];
    let fault = |g: ProblemInput| Problem::new(g).err();
    assert_eq!(fault(problem_input(4, 5, &day, vec![])), Some(ProblemError::MeetingMinutes));
    assert_eq!(fault(problem_input(481, 5, &day, vec![])), Some(ProblemError::MeetingMinutes));
    assert_eq!(fault(problem_input(60, 4, &day, vec![])), Some(ProblemError::StepMinutes));
    assert_eq!(fault(problem_input(60, 61, &day, vec![])), Some(ProblemError::StepMinutes));
    let twice = vec![invitee(7, []), invitee(8, []), invitee(7, [])];
    assert_eq!(fault(problem_input(60, 15, &day, twice)), Some(ProblemError::SameInvitee(7)));
    let many = (0..1001).map(|id| invitee(id, [])).collect();
    assert_eq!(fault(problem_input(60, 15, &day, many)), Some(ProblemError::TooManyInvitees));
    assert_eq!(fault(problem_input(5, 5, &[(0, 5 * 10_001, 1)], vec![])), Some(ProblemError::TooManyStarts));
    let all = (0..1000).map(|id| invitee(id, [(0, 15_000, 1)])).collect();
    assert_eq!(fault(problem_input(5, 5, &[(0, 15_000, 1)], all)), Some(ProblemError::TooManyPairs));
    // Starts thousands of years apart, first at a resolution of a minute for many invitees, then finer for one invitee.
    let far = |mut g: ProblemInput, last: &str| {
        let begin = whittle_domain::instant::Instant::parse(last).unwrap();
        let slot = whittle_domain::slot::Slot::new(begin, preferred(0, 600, 1).slot.duration()).unwrap();
        g.owner.push(whittle_domain::schedule::PreferredSlot { slot, preference: Preference::ALL[0] });
        g
    };
    let many = problem_input(60, 60, &[(0, 480, 1)], (0..900).map(|id| invitee(id, [])).collect());
    assert_eq!(fault(far(many, "9999-12-01T00:00:01Z")), Some(ProblemError::TooWide));
    // A sum of delays fits into 64 bits in hours, but not in microseconds.
    let some = problem_input(60, 60, &[(0, 60, 1)], (0..41).map(|id| invitee(id, [])).collect());
    assert_eq!(fault(far(some, "9999-01-01T00:00:00Z")), Some(ProblemError::TooWide));
    let one = problem_input(10, 5, &[(0, 49_000, 1)], vec![invitee(1, [(0, 49_000, 3)])]);
    assert_eq!(fault(far(one.clone(), "9999-12-01T00:00:00.001Z")), Some(ProblemError::TooWide));
    assert_eq!(found(&far(one, "2026-12-01T00:00:00Z")).1, [(1, 0)]);
}

#[test]
fn without_invitees_or_without_time_the_schedule_is_empty_and_proven() {
    assert_eq!(found(&problem_input(60, 15, &[(0, 480, 2)], vec![])).1, []);
    assert_eq!(found(&problem_input(60, 15, &[], vec![invitee(1, [(0, 480, 3)])])).1, []);
    assert_eq!(found(&problem_input(60, 15, &[(0, 480, 2)], vec![invitee(1, [])])).1, []);
}

/// A search that the work limit ended says so, and its certificate proves its bound.
#[test]
fn at_any_work_limit_the_bound_is_proven_and_no_better_schedule_exceeds_it() {
    let cut = RefCell::new(0);
    let checked = runner(400).run(&small(), |input| {
        let best = Ways::enumerate(&input).ranking()[0];
        let problem = Problem::new(input).unwrap();
        for work in [0, 1, 10, 100, 1_000] {
            let found = solve(&problem, work);
            let verified = verify(&problem, &found.schedule, &found.certificate);
            let verified = verified.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
            prop_assert!(verified.bound >= best && verified.objective <= best);
            prop_assert_eq!(verified.is_optimal(), found.optimal);
            *cut.borrow_mut() += usize::from(!found.optimal);
        }
        Ok(())
    });
    checked.unwrap();
    assert!(*cut.borrow() > 100, "{} were cut short", cut.borrow());
}

/// No request may make an object panic. Integer overflow panics in this build.
#[test]
fn no_input_makes_the_engine_panic_and_every_solution_is_proven() {
    let problems = RefCell::new(0);
    let checked = runner(1_500).run(&anything(), |input| {
        let Ok(problem) = Problem::new(input) else { return Ok(()) };
        let found = solve(&problem, 300_000);
        let verified = verify(&problem, &found.schedule, &found.certificate);
        prop_assert!(verified.is_ok_and(|v| v.is_optimal() == found.optimal), "{:?}", verified);
        prop_assert!(matches!(alternatives(&problem, 3, 100_000).schedules.len(), 1..=3));
        let unplaced = explain(&problem, &found.schedule, 100_000).unplaced.len();
        prop_assert_eq!(unplaced + found.schedule.0.len(), problem.pairs_by_invitee().len());
        prop_assert!(relaxations(&problem, &found.schedule, 100_000).len() <= 12);
        *problems.borrow_mut() += usize::from(!found.schedule.0.is_empty());
        Ok(())
    });
    checked.unwrap();
    println!("{} had a schedule", problems.borrow());
    assert!(*problems.borrow() > 100);
}

#[test]
fn the_same_problem_has_the_same_answer() {
    let checked = runner(200).run(&small(), |input| {
        let problem = Problem::new(input.clone()).unwrap();
        let again = Problem::new(input).unwrap();
        prop_assert_eq!(solve(&problem, DEFAULT_WORK), solve(&again, DEFAULT_WORK));
        Ok(())
    });
    checked.unwrap();
}
