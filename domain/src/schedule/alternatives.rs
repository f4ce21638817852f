//! The next best schedules.

use super::certificate::{Multipliers, Schedule};
use super::problem::Problem;
use super::solve::{Goal, Instance, NONE, Prices, Pricing, Search, Work, schedule};

/// The best schedules, and whether they are known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternatives {
    /// Best first.
    pub schedules: Vec<Schedule>,
    /// Whether no schedule that is missing is better than one that is there, nor is one missing where there are fewer
    /// than were asked for. Not so where the work limit ended the search.
    pub complete: bool,
}

/// A set of schedules, with the best of them. Its invitees with a fixed start have it, those with a forbidden one do
/// not, and nothing else is said, so that a set falls apart into smaller ones once its best is taken out (Lawler, "A
/// procedure for computing the k best solutions", Management Science 18, 1972).
struct Set {
    fixed: Vec<(usize, usize)>,
    forbidden: Vec<(usize, usize)>,
    value: i64,
    best: Vec<u32>,
}

/// The best schedules that place as many as can be placed, at most `count`, any two of which differ in somebody's time.
/// Their order is that of the objective; where that is equal it is decided by the order of invitees and starts.
#[must_use]
pub fn alternatives(problem: &Problem, count: usize, work: u64) -> Alternatives {
    let mut work = Work::new(work);
    let instance = Instance::new(problem, Goal::Best, |_, _| true);
    let first = Search::run(&instance, 0, None, &mut work);
    let mut found = Alternatives { schedules: Vec::new(), complete: first.bound == first.value };
    // What is not worth more than this places fewer.
    let fewer = {
        let best = problem.scale().objective(first.value);
        problem.scale().least(best.placed).saturating_sub(1)
    };
    let root = first.multipliers.first().cloned();
    let mut sets =
        vec![Set { fixed: Vec::new(), forbidden: Vec::new(), value: first.value, best: first.schedule }];
    while found.schedules.len() < count && !sets.is_empty() {
        let set = sets.remove(0);
        found.schedules.push(schedule(problem, &set.best));
        let wanted = count.saturating_sub(found.schedules.len());
        if wanted > 0 && set.value > 0 {
            let mut split =
                Split { problem, instance: &instance, root: root.as_ref(), fewer, wanted, sets: &mut sets };
            found.complete &= split.take_out(&set, &mut work);
        }
    }
    found
}

/// What is left of a set without its best.
struct Split<'a> {
    problem: &'a Problem,
    instance: &'a Instance,
    /// The multipliers that proved the best schedule, or most of it.
    root: Option<&'a Multipliers>,
    fewer: i64,
    /// How many sets are still of use.
    wanted: usize,
    /// Best first.
    sets: &'a mut Vec<Set>,
}

impl Split<'_> {
    /// What another set must exceed to be of use.
    fn cutoff(&self) -> i64 {
        self.wanted.checked_sub(1).and_then(|last| self.sets.get(last)).map_or(self.fewer, |set| set.value)
    }

    /// For each placed invitee in turn the schedules in which it is the first to differ. Whoever has no meeting in the
    /// best need not be the first: with all others as they are, its meeting would make a better one.
    fn take_out(&mut self, set: &Set, work: &mut Work) -> bool {
        let placed: Vec<(usize, usize)> =
            set.best.iter().enumerate().filter(|(_, s)| **s != NONE).map(|(i, s)| (i, *s as usize)).collect();
        let mut parts: Vec<(i64, usize)> = self.bounds(&placed, work).into_iter().zip(0..).collect();
        // The most promising first, so that it spares the others.
        parts.sort_by_key(|(bound, which)| (std::cmp::Reverse(*bound), *which));
        let mut complete = true;
        for (bound, which) in parts {
            let (Some(fixed), Some(pair)) = (placed.get(..which), placed.get(which)) else { continue };
            if bound <= self.cutoff() || set.fixed.contains(pair) {
                continue;
            }
            if work.is_over() {
                return false;
            }
            let mut forbidden = set.forbidden.clone();
            forbidden.push(*pair);
            complete &= self.search(fixed.to_vec(), set, forbidden, work);
        }
        complete
    }

    /// What the first search's multipliers say of each pair's being forbidden, whatever else is.
    fn bounds(&self, placed: &[(usize, usize)], work: &mut Work) -> Vec<i64> {
        let Some(root) = self.root else { return vec![i64::MAX; placed.len()] };
        let prices = Prices { of: root.of.clone(), denominator: root.denominator };
        let mut pricing = Pricing::new(self.instance);
        let free = vec![false; self.problem.starts().len()];
        let paid: i128 = root.of.iter().map(|u| i128::from(*u)).sum();
        let whole: Vec<i64> = (0..self.instance.pieces())
            .map(|piece| pricing.piece(self.instance, &prices, &free, piece, work))
            .collect();
        let all = whole.iter().fold(paid, |sum, w| sum.saturating_add(i128::from(*w)));
        let bound = |(i, s): &(usize, usize)| {
            if work.is_over() {
                return i64::MAX;
            }
            let piece = self.instance.piece_of(*s);
            pricing.without = Some((u32::try_from(*i).unwrap_or(NONE), u32::try_from(*s).unwrap_or(NONE)));
            let without = pricing.piece(self.instance, &prices, &free, piece, work);
            let with = whole.get(piece).copied().unwrap_or(0);
            let bound = all.saturating_sub(i128::from(with)).saturating_add(i128::from(without));
            let bound = bound.checked_div_euclid(i128::from(root.denominator)).unwrap_or(i128::MAX);
            i64::try_from(bound).unwrap_or(i64::MAX)
        };
        placed.iter().map(bound).collect()
    }

    /// Adds the set if its best is of use. Says whether that is known.
    fn search(
        &mut self,
        mut fixed: Vec<(usize, usize)>,
        of: &Set,
        forbidden: Vec<(usize, usize)>,
        work: &mut Work,
    ) -> bool {
        fixed.extend(of.fixed.iter().filter(|pair| !fixed.contains(pair)).copied().collect::<Vec<_>>());
        let mut start_of = vec![None; self.problem.rows().len()];
        let mut taken = vec![false; self.problem.starts().len()];
        for (i, s) in &fixed {
            if let Some(start) = start_of.get_mut(*i) {
                *start = Some(*s);
            }
            if let Some(clashing) = taken.get_mut(self.instance.clashing(*s)) {
                clashing.fill(true);
            }
        }
        let keep = |i: usize, s: usize| match start_of.get(i).copied().flatten() {
            Some(fixed) => fixed == s,
            None => !taken.get(s).copied().unwrap_or(true) && !forbidden.contains(&(i, s)),
        };
        let instance = Instance::new(self.problem, Goal::Best, keep);
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
