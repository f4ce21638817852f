//! The solver. It finds the best schedule and multipliers that prove it; what they prove is for `verify` to say.
//!
//! 1. Where no two starts clash the problem is an assignment, and its dual solution is the certificate.
//! 2. Otherwise the assignment on a pattern of starts gives a schedule, its dual solution multipliers, these a bound and
//!    a better pattern, and so on while that helps.
//! 3. Where bound and schedule do not meet, the linear programme over patterns gives the best multipliers there are.
//! 4. Where these do not meet either, starts are branched on.

mod assignment;
mod branch;
mod instance;
mod master;
mod pricing;

pub(in crate::schedule) use branch::Search;
pub(super) use instance::{Goal, Instance, NONE};
pub(super) use pricing::{Prices, Pricing};

use super::certificate::{Certificate, Multipliers, Placed, Schedule};
use super::problem::Problem;

/// How much may still be done, in elementary steps: an entry of an array looked at, give or take.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct Work {
    left: i64,
}

impl Work {
    pub(in crate::schedule) fn new(steps: u64) -> Self {
        Self { left: i64::try_from(steps).unwrap_or(i64::MAX) }
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub_unsigned(steps as u64);
    }

    pub(in crate::schedule) const fn is_over(self) -> bool {
        self.left <= 0
    }

    pub(in crate::schedule) fn left(self) -> u64 {
        u64::try_from(self.left).unwrap_or(0)
    }
}

/// The work limit unless one has reason for another.
pub const DEFAULT_WORK: u64 = 400_000_000;

/// A schedule, what proves how good it is, and whether that is the best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The best found.
    pub schedule: Schedule,
    /// Its bound is the schedule's own objective, unless the work limit ended the search.
    pub certificate: Certificate,
    /// Whether it is.
    pub optimal: bool,
    /// The elementary steps that it took.
    pub work: u64,
}

/// Finds the best schedule: most placed, then the highest sum of preferences, then the least sum of start times. What
/// is equal in all three is decided by the order of invitees and starts, so that the same problem has the same answer.
///
/// After `work` elementary steps (some nanoseconds each) the best schedule found is given with the bound proven.
#[must_use]
pub fn solve(problem: &Problem, work: u64) -> Solution {
    let mut left = Work::new(work);
    let instance = Instance::new(problem, Goal::Best, |_, _| true);
    let search = Search::run(&instance, 0, None, &mut left);
    let schedule = schedule(problem, &search.schedule);
    let bound = problem.scale().objective(search.bound);
    Solution {
        schedule,
        optimal: search.bound == search.value,
        certificate: Certificate { bound, multipliers: search.multipliers, tree: search.tree },
        work: work.saturating_sub(left.left()),
    }
}

/// Whether so many can have a meeting when only the pairs that are kept may be used; `None` where the work limit came
/// first.
pub(super) fn can_place(
    problem: &Problem,
    wanted: usize,
    work: &mut Work,
    keep: impl Fn(usize, usize) -> bool,
) -> Option<bool> {
    let instance = Instance::new(problem, Goal::Most, keep);
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let search = Search::run(&instance, wanted.saturating_sub(1), None, work);
    if search.value >= wanted {
        Some(true)
    } else if search.bound < wanted {
        Some(false)
    } else {
        None
    }
}

/// How many can have a meeting; `None` where the work limit came first.
pub(super) fn most(problem: &Problem, work: &mut Work) -> Option<usize> {
    let instance = Instance::new(problem, Goal::Most, |_, _| true);
    let search = Search::run(&instance, 0, None, work);
    (search.bound == search.value).then(|| usize::try_from(search.value).unwrap_or(0))
}

/// For each invitee whether it pays less than its whole meeting by the multipliers that prove how many of a set can be
/// placed. The others do not matter to that proof.
pub(super) fn charged(problem: &Problem, set: &[bool], work: &mut Work) -> Vec<bool> {
    let instance = Instance::new(problem, Goal::Most, |i, _| set.get(i).copied().unwrap_or(false));
    let search = Search::run(&instance, 0, None, work);
    let charged = |m: &Multipliers| m.of.iter().map(|u| *u < m.denominator).collect();
    search.multipliers.last().map_or_else(|| set.to_vec(), charged)
}

/// Invitees' starts as a schedule.
pub(in crate::schedule) fn schedule(problem: &Problem, start_of: &[u32]) -> Schedule {
    let invitees = problem.given().invitees.iter().zip(start_of);
    let mut placed: Vec<Placed> = invitees
        .filter_map(|(invitee, start)| {
            Some(Placed { invitee: invitee.id, begin: problem.starts().get(*start as usize)?.at })
        })
        .collect();
    placed.sort_unstable_by_key(|p| p.begin);
    Schedule(placed)
}
