//! The best and the next best schedules.

use super::certificate::{Multipliers, Schedule};
use super::problem::Problem;
use super::solve::{Goal, Instance, NONE, Pricing, Search, WorkBudget, to_schedule};
use crate::order::sort_by_key;

/// The best schedules that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternatives {
    /// The schedules, best first.
    pub schedules: Vec<Schedule>,
    /// Whether these are proven to be the best ones, and to be all if there are fewer than were asked for. False if the work
    /// limit ended the search.
    pub complete: bool,
}

/// A set of schedules and the best one of them. The set has all schedules with the fixed pairs and without the forbidden
/// pairs. Without its best schedule the rest of a set divides into sets of the same kind (Lawler, "A procedure for computing
/// the k best solutions", Management Science 18, 1972).
struct Set {
    /// Pairs of an invitee and a start that all schedules of the set have.
    fixed: Vec<(usize, usize)>,
    /// Pairs that no schedule of the set has.
    forbidden: Vec<(usize, usize)>,
    /// The value of the best schedule.
    value: i64,
    /// The start of each invitee in the best schedule, or `NONE`.
    best: Vec<u32>,
}

/// Finds at most `count` schedules that place as many invitees as possible, best first. Any two of them differ in the time
/// of at least one invitee. Of equally good schedules, the order of invitees and starts decides.
#[must_use]
pub fn alternatives(problem: &Problem, count: usize, work: u64) -> Alternatives {
    let mut work = WorkBudget::new(work);
    let instance = Instance::new(problem, Goal::BestSchedule, |_, _| true);
    let first = Search::run(&instance, 0, None, &mut work);
    after(problem, &instance, &first, count, &mut work)
}

/// The alternatives when the search for the best schedule has been done.
pub(super) fn after(
    problem: &Problem,
    instance: &Instance,
    first: &Search,
    count: usize,
    work: &mut WorkBudget,
) -> Alternatives {
    let mut found = Alternatives { schedules: Vec::new(), complete: first.bound == first.value };
    // A schedule with this value or a smaller one places fewer invitees than the best.
    let fewer = {
        let best = problem.scale().objective(first.value);
        problem.scale().min_value(best.placed).saturating_sub(1)
    };
    let root = first.vectors.first();
    let best = first.schedule.clone();
    let mut sets = vec![Set { fixed: Vec::new(), forbidden: Vec::new(), value: first.value, best }];
    while found.schedules.len() < count && !sets.is_empty() {
        let set = sets.remove(0);
        found.schedules.push(to_schedule(problem, &set.best));
        let wanted = count.saturating_sub(found.schedules.len());
        if wanted > 0 && set.value > 0 {
            let mut split = Split { problem, instance, root, fewer, wanted, sets: &mut sets };
            found.complete &= split.divide(&set, work);
        }
    }
    found
}

/// The division of a set whose best schedule was taken out.
struct Split<'a> {
    problem: &'a Problem,
    instance: &'a Instance,
    /// The multipliers of the root case of the first search.
    root: Option<&'a Multipliers>,
    fewer: i64,
    /// The number of schedules that are still wanted, so also the number of sets that are worth keeping.
    wanted: usize,
    /// The sets, those with the best schedules first.
    sets: &'a mut Vec<Set>,
}

impl Split<'_> {
    /// The value that the best schedule of another set must exceed to be wanted.
    fn cutoff(&self) -> i64 {
        self.wanted.checked_sub(1).and_then(|last| self.sets.get(last)).map_or(self.fewer, |set| set.value)
    }

    /// Divides the set without its best schedule: each placed invitee in turn is the first one whose time differs. An
    /// invitee without a meeting in the best schedule cannot be the only one to differ, because its meeting would make the
    /// schedule better. Says whether the result is proven.
    fn divide(&mut self, set: &Set, work: &mut WorkBudget) -> bool {
        let placed: Vec<(usize, usize)> =
            set.best.iter().enumerate().filter(|(_, s)| **s != NONE).map(|(i, s)| (i, *s as usize)).collect();
        let mut parts: Vec<(i64, usize)> = self.upper_bounds(&placed, work).into_iter().zip(0..).collect();
        // A good schedule that is found early raises the cutoff for the other parts.
        sort_by_key(&mut parts, |(bound, which)| (std::cmp::Reverse(*bound), *which));
        let mut complete = true;
        for (bound, which) in parts {
            let (Some(fixed), Some(pair)) = (placed.get(..which), placed.get(which)) else { continue };
            if bound <= self.cutoff() || set.fixed.contains(pair) {
                continue;
            }
            if work.is_exhausted() {
                return false;
            }
            let mut forbidden = set.forbidden.clone();
            forbidden.push(*pair);
            complete &= self.search(fixed.to_vec(), set, forbidden, work);
        }
        complete
    }

    /// For each pair the bound of all schedules without it, by the multipliers of the root case.
    fn upper_bounds(&self, placed: &[(usize, usize)], work: &mut WorkBudget) -> Vec<i64> {
        let Some(root) = self.root else { return vec![i64::MAX; placed.len()] };
        let mut pricing = Pricing::new(self.instance);
        let free = vec![false; self.problem.starts().len()];
        let paid: i128 = root.values.iter().map(|u| i128::from(*u)).sum();
        let whole: Vec<i64> = (0..self.instance.components())
            .map(|component| pricing.solve_component(self.instance, root, &free, component, work))
            .collect();
        let all = whole.iter().fold(paid, |sum, w| sum.saturating_add(i128::from(*w)));
        let bound = |(i, s): &(usize, usize)| {
            if work.is_exhausted() {
                return i64::MAX;
            }
            let component = self.instance.component_of(*s);
            pricing.excluded = Some((u32::try_from(*i).unwrap_or(NONE), u32::try_from(*s).unwrap_or(NONE)));
            let without = pricing.solve_component(self.instance, root, &free, component, work);
            let with = whole.get(component).copied().unwrap_or(0);
            let bound = all.saturating_sub(i128::from(with)).saturating_add(i128::from(without));
            let bound = bound.checked_div_euclid(i128::from(root.denominator)).unwrap_or(i128::MAX);
            i64::try_from(bound).unwrap_or(i64::MAX)
        };
        placed.iter().map(bound).collect()
    }

    /// Searches for the best schedule of a part of the set, and keeps the part if its best schedule is wanted. Says whether
    /// the result is proven.
    fn search(
        &mut self,
        mut fixed: Vec<(usize, usize)>,
        set: &Set,
        forbidden: Vec<(usize, usize)>,
        work: &mut WorkBudget,
    ) -> bool {
        fixed.extend(set.fixed.iter().filter(|pair| !fixed.contains(pair)).copied().collect::<Vec<_>>());
        let mut start_of = vec![None; self.problem.pairs_by_invitee().len()];
        let mut taken = vec![false; self.problem.starts().len()];
        for (i, s) in &fixed {
            if let Some(start) = start_of.get_mut(*i) {
                *start = Some(*s);
            }
            if let Some(overlapping) = taken.get_mut(self.instance.overlapping(*s)) {
                overlapping.fill(true);
            }
        }
        let keep = |i: usize, s: usize| match start_of.get(i).copied().flatten() {
            Some(fixed) => fixed == s,
            None => !taken.get(s).copied().unwrap_or(true) && !forbidden.contains(&(i, s)),
        };
        let instance = Instance::new(self.problem, Goal::BestSchedule, keep);
        let cutoff = self.cutoff();
        let search = Search::run(&instance, cutoff, self.root, work);
        if search.value > cutoff {
            let at = self.sets.partition_point(|set| set.value >= search.value);
            self.sets.insert(at, Set { fixed, forbidden, value: search.value, best: search.schedule });
            self.sets.truncate(self.wanted);
        }
        search.bound <= search.value.max(cutoff)
    }
}
