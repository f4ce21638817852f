//! All that is to be said of a problem, within one work limit.

use super::alternatives::{self, Alternatives};
use super::explain::{self, Explanation};
use super::problem::Problem;
use super::relax::{self, Relaxation};
use super::solve::{self, Goal, Instance, Search, Solution, WorkBudget};

/// The best schedule of a problem, the next best ones, and what stands in the way of a better one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// The best schedule and its certificate. `work` is that of the whole analysis.
    pub solution: Solution,
    /// The best and the next best schedules.
    pub alternatives: Alternatives,
    /// Why the invitees without a meeting have none.
    pub explanation: Explanation,
    /// Changes after which more invitees have a meeting.
    pub relaxations: Vec<Relaxation>,
}

/// Analyses a problem: [`solve`](super::solve), [`alternatives`](super::alternatives()), [`explain`](super::explain()) and
/// [`relaxations`](super::relaxations) with one work limit. The best schedule is searched for once.
///
/// The search may take half of the limit, the alternatives half of what it left, the explanation half of what they left, and
/// the relaxations the rest: a search that is too hard leaves room to say who competes with whom.
#[must_use]
pub fn analyse(problem: &Problem, count: usize, work: u64) -> Analysis {
    let mut budget = WorkBudget::new(work);
    let instance = Instance::new(problem, Goal::BestSchedule, |_, _| true);
    let search = budget.part(2, |part| Search::run(&instance, 0, None, part));
    let alternatives =
        budget.part(2, |part| alternatives::after(problem, &instance, &search, count.max(1), part));
    let mut solution = solve::solution(problem, search, 0);
    let explanation = budget.part(2, |part| explain::within(problem, &solution.schedule, part));
    let relaxations = relax::within(problem, &solution.schedule, &mut budget);
    solution.work = work.saturating_sub(budget.remaining());
    Analysis { solution, alternatives, explanation, relaxations }
}
