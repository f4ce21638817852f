//! The solver. It finds the best schedule and multipliers that prove it. The checker in `verify` shares none of this code.
//!
//! 1. If no two meetings can overlap, the problem is an assignment problem, and its dual solution is the certificate.
//! 2. Otherwise the relaxed problem gives a set of starts, the assignment problem on these starts gives a schedule and its
//!    dual solution multipliers, and these multipliers give a bound and the next set of starts. This is repeated while it
//!    helps.
//! 3. If a gap remains between bound and schedule, column generation finds the best multipliers.
//! 4. If a gap still remains, the search branches on starts.

mod assignment;
mod branch;
mod instance;
mod master;
mod pricing;

pub(in crate::schedule) use branch::Search;
pub(super) use instance::{Goal, Instance, NONE};
pub(super) use pricing::Pricing;

use super::certificate::{Certificate, Multipliers, Placed, Schedule};
use super::problem::Problem;

/// The elementary steps that a search may still take. One step is about one array entry that is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct WorkBudget {
    left: i64,
}

impl WorkBudget {
    pub(in crate::schedule) fn new(steps: u64) -> Self {
        Self { left: i64::try_from(steps).unwrap_or(i64::MAX) }
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub_unsigned(steps as u64);
    }

    pub(in crate::schedule) const fn is_exhausted(self) -> bool {
        self.left <= 0
    }

    /// Lets `task` spend at most one part in `parts` of what is left. What it does not spend stays.
    pub(in crate::schedule) fn part<T>(&mut self, parts: u64, task: impl FnOnce(&mut Self) -> T) -> T {
        let granted = self.remaining().checked_div(parts).unwrap_or(0);
        let mut part = Self::new(granted);
        let done = task(&mut part);
        // A pass that has begun is finished, so a task may take a little more than it was granted.
        let granted = i64::try_from(granted).unwrap_or(i64::MAX);
        self.left = self.left.saturating_sub(granted.saturating_sub(part.left));
        done
    }

    pub(in crate::schedule) fn remaining(self) -> u64 {
        u64::try_from(self.left).unwrap_or(0)
    }
}

/// The usual work limit. A search that reaches it takes about a second on one core.
pub const DEFAULT_WORK: u64 = 400_000_000;

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The best schedule that was found.
    pub schedule: Schedule,
    /// The proof of a bound. The bound equals the objective of the schedule unless the work limit ended the search.
    pub certificate: Certificate,
    /// Whether the schedule is proven to be the best.
    pub optimal: bool,
    /// The elementary steps that the search took.
    pub work: u64,
}

/// Finds the schedule with the greatest [`Objective`](super::Objective). Of equally good schedules, the order of invitees
/// and starts decides, so the same problem always has the same solution.
///
/// After `work` elementary steps (some nanoseconds each) the search ends with the best schedule and bound it has.
#[must_use]
pub fn solve(problem: &Problem, work: u64) -> Solution {
    let mut budget = WorkBudget::new(work);
    let instance = Instance::new(problem, Goal::BestSchedule, |_, _| true);
    let search = Search::run(&instance, 0, None, &mut budget);
    solution(problem, search, work.saturating_sub(budget.remaining()))
}

/// The result of a search for the best schedule, which took this much work.
pub(super) fn solution(problem: &Problem, search: Search, work: u64) -> Solution {
    Solution {
        schedule: to_schedule(problem, &search.schedule),
        optimal: search.bound == search.value,
        certificate: Certificate {
            bound: problem.scale().objective(search.bound),
            multipliers: search.vectors,
            tree: search.tree,
        },
        work,
    }
}

/// Whether `wanted` invitees can have a meeting with only those pairs for which `keep(invitee, start)` is true. `None` if the
/// work limit ended the search.
pub(super) fn can_place(
    problem: &Problem,
    wanted: usize,
    work: &mut WorkBudget,
    keep: impl Fn(usize, usize) -> bool,
) -> Option<bool> {
    let instance = Instance::new(problem, Goal::MostMeetings, keep);
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

/// The maximum number of invitees who can have a meeting. `None` if the work limit ended the search.
pub(super) fn max_placed(problem: &Problem, work: &mut WorkBudget) -> Option<usize> {
    let instance = Instance::new(problem, Goal::MostMeetings, |_, _| true);
    let search = Search::run(&instance, 0, None, work);
    (search.bound == search.value).then(|| usize::try_from(search.value).unwrap_or(0))
}

/// For each invitee of a set whether it may matter to how many of the set can be placed. An invitee whose multiplier in the
/// proof equals the whole weight of a meeting adds exactly one to the bound, so it competes with nobody.
pub(super) fn may_compete(problem: &Problem, set: &[bool], work: &mut WorkBudget) -> Vec<bool> {
    let instance = Instance::new(problem, Goal::MostMeetings, |i, _| set.get(i).copied().unwrap_or(false));
    let search = Search::run(&instance, 0, None, work);
    let may_compete = |m: &Multipliers| m.values.iter().map(|u| *u < m.denominator).collect();
    search.vectors.last().map_or_else(|| set.to_vec(), may_compete)
}

/// Makes a schedule of the start of each invitee, which is `NONE` for an invitee without a meeting.
pub(in crate::schedule) fn to_schedule(problem: &Problem, start_of: &[u32]) -> Schedule {
    let invitees = problem.input().invitees.iter().zip(start_of);
    let mut placed: Vec<Placed> = invitees
        .filter_map(|(invitee, start)| {
            Some(Placed { invitee: invitee.id, begin: problem.starts().get(*start as usize)?.at })
        })
        .collect();
    placed.sort_unstable_by_key(|p| p.begin);
    Schedule(placed)
}
