//! Branch and bound over starts. The search is depth first, in the order of the certificate's tree.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use super::WorkBudget;
use super::assignment::Assignment;
use super::instance::{Instance, NONE};
use super::master::Master;
use super::pricing::{Pricing, move_towards};
use crate::schedule::certificate::{Multipliers, Node};

/// A search, and at its end its result.
pub(in crate::schedule) struct Search<'a> {
    instance: &'a Instance,
    /// The best schedule so far: for each invitee its start, or `NONE`.
    pub(in crate::schedule) schedule: Vec<u32>,
    /// The value of that schedule.
    pub(in crate::schedule) value: i64,
    /// The proven bound: no schedule has a greater value than this or the cutoff.
    pub(in crate::schedule) bound: i64,
    pub(in crate::schedule) vectors: Vec<Multipliers>,
    pub(in crate::schedule) tree: Vec<Node>,
    /// Only schedules of a greater value are wanted.
    cutoff: i64,
    assignment: Assignment,
    pricing: Pricing,
    master: Option<Master>,
    multipliers: Multipliers,
    best_multipliers: Multipliers,
    pattern: Vec<(u32, u32)>,
    /// For each start whether it is in the pattern that was found last.
    chosen: Vec<bool>,
    placed: Vec<bool>,
    /// For each start how much the relaxed solution uses it, in units of 2^-20.
    usage: Vec<i64>,
}

/// An open case of the tree.
struct Case {
    /// For each start whether no meeting may begin there.
    forbidden: Vec<bool>,
    /// The index of the best multipliers so far, at first those of the parent case.
    which: u32,
    /// The bound that they prove.
    bound: i64,
}

/// The maximum number of nodes of a certificate, and of multipliers after the first vector. With them a certificate stays
/// under two megabytes of JSON, which is the most that an object stores as one value.
const MAX_NODES: usize = 10_000;
const MAX_MULTIPLIERS: usize = 100_000;
/// The maximum number of entries of the basis inverse, 32 MB. All objects in one isolate share 128 MB.
const MAX_INVERSE_ENTRIES: usize = 4_000_000;
/// A start that is used by at most this, in units of 2^-20, counts as unused, because the rest is rounding.
const USAGE_TOLERANCE: i64 = 1 << 12;
/// The maximum number of rounds of step 2 of the solver. Most gaps that this step can close, it closes by then.
const MAX_ROUNDS: usize = 6;

impl<'a> Search<'a> {
    /// Searches for the best schedule whose value exceeds `cutoff`. The multipliers of a similar problem are a good
    /// starting point.
    pub(in crate::schedule) fn run(
        instance: &'a Instance,
        cutoff: i64,
        similar: Option<&Multipliers>,
        work: &mut WorkBudget,
    ) -> Self {
        let mut search = Self {
            instance,
            schedule: vec![NONE; instance.rows],
            value: 0,
            bound: 0,
            vectors: Vec::new(),
            tree: Vec::new(),
            cutoff,
            assignment: Assignment::new(instance),
            pricing: Pricing::new(instance),
            master: None,
            multipliers: Multipliers { values: vec![0; instance.rows], denominator: 1 },
            best_multipliers: Multipliers { values: vec![0; instance.rows], denominator: 1 },
            pattern: Vec::with_capacity(instance.starts),
            chosen: vec![false; instance.starts],
            placed: vec![false; instance.rows],
            usage: vec![0; instance.starts],
        };
        work.spend(instance.row.len() + instance.starts);
        if instance.is_assignment() {
            let all = search.bound_by_best_meetings();
            search.assign(work, |_, _| true);
            search.multipliers.values.copy_from_slice(&search.assignment.surplus);
            // The bound is computed from the multipliers. If the work limit ended the assignment, it may be the weaker one.
            let proven = search.prove_bound(&vec![false; instance.starts], work);
            if proven < all {
                search.best_multipliers.clone_from(&search.multipliers);
            }
            let which = search.keep_multipliers();
            search.tree.push(Node::Leaf(which));
            search.bound = proven.min(all).max(search.threshold());
        } else {
            search.branch(similar, work);
        }
        search
    }

    /// A case is closed when its bound is at most this.
    fn threshold(&self) -> i64 {
        self.value.max(self.cutoff)
    }

    /// Finds the best schedule on the allowed starts, and keeps it if it is the best so far.
    fn assign(&mut self, work: &mut WorkBudget, allowed: impl Fn(&[bool], usize) -> bool) {
        let value = self.assignment.solve(self.instance, |s| allowed(&self.chosen, s), work);
        if value > self.value {
            self.value = value;
            self.schedule.copy_from_slice(&self.assignment.start_of);
        }
    }

    /// Sets each multiplier to the greatest weight of the invitee's pairs. The relaxed problem is then worth nothing, so the
    /// sum of the multipliers is a bound.
    fn bound_by_best_meetings(&mut self) -> i64 {
        let (instance, preference_weight) = (self.instance, self.instance.preference_weight);
        for (i, u) in self.best_multipliers.values.iter_mut().enumerate() {
            *u = instance
                .row(i)
                .first()
                .map_or(0, |p| instance.gain[p.start()] + preference_weight * p.preference());
        }
        self.best_multipliers.values.iter().sum()
    }

    fn keep_multipliers(&mut self) -> u32 {
        let multipliers = &self.best_multipliers;
        self.vectors
            .push(Multipliers { denominator: multipliers.denominator, values: multipliers.values.clone() });
        (self.vectors.len() - 1) as u32
    }

    fn branch(&mut self, similar: Option<&Multipliers>, work: &mut WorkBudget) {
        let forbidden = vec![false; self.instance.starts];
        let bound = self.bound_by_best_meetings();
        if let Some(similar) = similar {
            self.multipliers.values.copy_from_slice(&similar.values);
            self.multipliers.denominator = similar.denominator;
        }
        let bound = self.alternate(&forbidden, bound, work);
        let which = self.keep_multipliers();
        let mut open = vec![Case { forbidden, which, bound }];
        while let Some(mut case) = open.pop() {
            let start = self.bound_case(&mut case, work);
            let Some(start) = start else {
                self.bound = self.bound.max(case.bound);
                self.tree.push(Node::Leaf(case.which));
                continue;
            };
            self.tree.push(Node::Branch(start as u32));
            let mut used = case.forbidden.clone();
            for s in self.overlapping(start) {
                used[s] = true;
            }
            case.forbidden[start] = true;
            let Case { which, bound, .. } = case;
            open.push(case);
            open.push(Case { forbidden: used, which, bound });
        }
        // A closed case proves no more than the threshold at that time, which was at most the present one.
        self.bound = self.bound.max(self.threshold());
    }

    /// Step 2 of the solver: solves the relaxed problem and the assignment problem in turn. Gives the best bound and leaves
    /// its multipliers in `best_multipliers`.
    fn alternate(&mut self, forbidden: &[bool], mut bound: i64, work: &mut WorkBudget) -> i64 {
        for _ in 0..MAX_ROUNDS {
            let found = self.prove_bound(forbidden, work);
            if found < bound {
                bound = found;
                self.best_multipliers.clone_from(&self.multipliers);
            }
            // Even if the work limit ends the search there must be a schedule.
            if bound <= self.threshold() || work.is_exhausted() && self.value > 0 {
                break;
            }
            let value = self.value;
            self.assign(work, |chosen, s| chosen[s]);
            self.multipliers.values.copy_from_slice(&self.assignment.surplus);
            self.multipliers.denominator = 1;
            if bound <= self.threshold() || self.value == value && value > 0 {
                break;
            }
        }
        bound
    }

    /// The bound that the present multipliers prove. The starts of the relaxed solution are left in `chosen`.
    fn prove_bound(&mut self, forbidden: &[bool], work: &mut WorkBudget) -> i64 {
        let mut sum: i128 = self.multipliers.values.iter().map(|u| i128::from(*u)).sum();
        self.chosen.fill(false);
        for component in 0..self.instance.components() {
            sum += i128::from(self.pricing.solve_component(
                self.instance,
                &self.multipliers,
                forbidden,
                component,
                work,
            ));
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
        }
        (sum / i128::from(self.multipliers.denominator)) as i64
    }

    /// Improves the bound of a case. Gives the start to branch on, or `None` if the case is closed or the search must end.
    fn bound_case(&mut self, case: &mut Case, work: &mut WorkBudget) -> Option<usize> {
        let inverse_entries = self.instance.inverse_entries();
        if case.bound <= self.threshold()
            || work.is_exhausted()
            || self.certificate_is_full()
            || inverse_entries > MAX_INVERSE_ENTRIES
        {
            return None;
        }
        work.spend(inverse_entries / 4);
        let before = case.bound;
        let optimum = self.solve_relaxation(case, work);
        if case.bound < before {
            case.which = self.keep_multipliers();
        }
        if case.bound <= self.threshold() || !optimum || work.is_exhausted() {
            return None;
        }
        self.assign(work, |chosen, s| chosen[s]);
        self.round_relaxation(case, work);
        if case.bound <= self.threshold() {
            return None;
        }
        self.branching_start()
    }

    /// The start to branch on: of the used starts that overlap another used start, the one whose usage is nearest to a half.
    /// Both cases then exclude the present relaxed solution. If there is none, the used starts do not overlap, and the
    /// assignment on them is as good as the relaxed solution.
    fn branching_start(&self) -> Option<usize> {
        let used = |s: &usize| self.usage[*s] > USAGE_TOLERANCE;
        let shared = |s: &usize| used(s) && self.overlapping(*s).any(|other| used(&other));
        let half = |s: &usize| (self.usage[*s] - (1 << 19)).abs();
        (0..self.instance.starts).filter(shared).min_by_key(half)
    }

    /// The other starts whose meetings overlap the meeting at this start.
    fn overlapping(&self, start: usize) -> impl Iterator<Item = usize> + use<> {
        self.instance.overlapping(start).filter(move |s| *s != start)
    }

    /// Whether the certificate has its maximum size. Open cases are then closed with the multipliers they have.
    fn certificate_is_full(&self) -> bool {
        let multipliers = (self.vectors.len() - 1).saturating_mul(self.instance.rows);
        self.tree.len() >= MAX_NODES || multipliers >= MAX_MULTIPLIERS
    }

    /// Step 3 of the solver: column generation for a case. Says whether the linear programme was solved to optimality.
    fn solve_relaxation(&mut self, case: &mut Case, work: &mut WorkBudget) -> bool {
        let mut master = self.master.take().unwrap_or_else(|| Master::new(self.instance));
        master.restart();
        let mut optimum = false;
        while !work.is_exhausted() && master.solve(&case.forbidden, work).is_ok() {
            // The dual solutions of the programme oscillate. Multipliers between them and the best so far lead to better
            // patterns (Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming",
            // International Transactions in Operational Research 4, 1997).
            master.write_multipliers(&mut self.multipliers);
            move_towards(&mut self.multipliers, &self.best_multipliers);
            if self.add_patterns(&mut master, case, work) {
                continue;
            }
            if case.bound <= self.threshold() {
                break;
            }
            master.write_multipliers(&mut self.multipliers);
            let added = self.add_patterns(&mut master, case, work);
            if case.bound <= self.threshold() {
                break;
            }
            if !added {
                optimum = true;
                break;
            }
        }
        master.usage(&mut self.usage);
        self.master = Some(master);
        optimum
    }

    /// Solves the pricing problem: improves the bound of the case, and adds the patterns with a positive reduced cost to the
    /// programme. Says whether one was added and the case is still open.
    fn add_patterns(&mut self, master: &mut Master, case: &mut Case, work: &mut WorkBudget) -> bool {
        let mut sum: i128 = self.multipliers.values.iter().map(|u| i128::from(*u)).sum();
        let mut added = false;
        self.chosen.fill(false);
        for component in 0..self.instance.components() {
            let worth = self.pricing.solve_component(
                self.instance,
                &self.multipliers,
                &case.forbidden,
                component,
                work,
            );
            sum += i128::from(worth);
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
            self.pattern.clone_from(&self.pricing.pattern);
            self.pricing.remove_repeats(&mut self.placed);
            let single = master.add(self.instance, component, &self.pricing.pattern);
            added |= single || master.add(self.instance, component, &self.pattern);
        }
        let bound = (sum / i128::from(self.multipliers.denominator)) as i64;
        if bound < case.bound {
            case.bound = bound;
            self.best_multipliers.clone_from(&self.multipliers);
        }
        added && bound > self.threshold()
    }

    /// Rounds the relaxed solution: the assignment on the starts that it uses most is a schedule.
    fn round_relaxation(&mut self, case: &Case, work: &mut WorkBudget) {
        for component in 0..self.instance.components() {
            self.pricing.solve_component_by_usage(self.instance, &self.usage, &case.forbidden, component);
            let range = self.instance.component_begin[component] as usize
                ..self.instance.component_begin[component + 1] as usize;
            self.chosen[range].fill(false);
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
        }
        self.assign(work, |chosen, s| chosen[s]);
    }
}
