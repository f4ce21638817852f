//! Branch and bound over starts, depth first, in the order of the certificate's tree.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use super::Work;
use super::assignment::Assignment;
use super::instance::{Instance, NONE};
use super::master::Master;
use super::pricing::{Prices, Pricing};
use crate::schedule::certificate::{Multipliers, Node};

/// What a search has found: at its end, and on the way.
pub(in crate::schedule) struct Search<'a> {
    instance: &'a Instance,
    /// For each invitee its start, or `NONE`.
    pub(in crate::schedule) schedule: Vec<u32>,
    /// Of the schedule.
    pub(in crate::schedule) value: i64,
    /// No schedule is worth more; or none is worth more than what the search was to exceed.
    pub(in crate::schedule) bound: i64,
    pub(in crate::schedule) multipliers: Vec<Multipliers>,
    pub(in crate::schedule) tree: Vec<Node>,
    /// What is to be exceeded.
    cutoff: i64,
    assignment: Assignment,
    pricing: Pricing,
    master: Option<Master>,
    prices: Prices,
    best_prices: Prices,
    pattern: Vec<(u32, u32)>,
    chosen: Vec<bool>,
    placed: Vec<bool>,
    usage: Vec<i64>,
}

/// A case to be looked at.
struct Case {
    forbidden: Vec<bool>,
    /// The multipliers of the case that this is a part of, and what they prove of it.
    which: u32,
    bound: i64,
}

/// A certificate of more nodes, or more multipliers in all but the first vector, is not made: as JSON it stays under
/// two megabytes, what an object's storage takes as one value.
const MOST_NODES: usize = 10_000;
const MOST_MULTIPLIERS: usize = 100_000;
/// The most numbers of a linear programme's inverse, 32 MB: all objects of a class share 128.
const MOST_PROGRAMME: usize = 4_000_000;
/// Usage up to this is rounding.
const LITTLE: i64 = 1 << 12;
/// How often pattern and assignment improve each other before the linear programme is set up.
const ROUNDS: usize = 6;

impl<'a> Search<'a> {
    /// Searches for the best schedule that is worth more than `cutoff`. The multipliers of a similar problem, where
    /// there are some, are a good begin.
    pub(in crate::schedule) fn run(
        instance: &'a Instance,
        cutoff: i64,
        similar: Option<&Multipliers>,
        work: &mut Work,
    ) -> Self {
        let mut search = Self {
            instance,
            schedule: vec![NONE; instance.rows],
            value: 0,
            bound: 0,
            multipliers: Vec::new(),
            tree: Vec::new(),
            cutoff,
            assignment: Assignment::new(instance),
            pricing: Pricing::new(instance),
            master: None,
            prices: Prices { of: vec![0; instance.rows], denominator: 1 },
            best_prices: Prices { of: vec![0; instance.rows], denominator: 1 },
            pattern: Vec::with_capacity(instance.starts),
            chosen: vec![false; instance.starts],
            placed: vec![false; instance.rows],
            usage: vec![0; instance.starts],
        };
        work.spend(instance.row.len() + instance.starts);
        if instance.is_assignment() {
            let all = search.pay_all();
            search.assign(work, |_, _| true);
            search.prices.of.copy_from_slice(&search.assignment.surplus);
            // Counted, not believed; where the work limit came first it may be less than paying all proves.
            let proven = search.price(&vec![false; instance.starts], work);
            if proven < all {
                search.best_prices.clone_from(&search.prices);
            }
            let which = search.keep_prices();
            search.tree.push(Node::Leaf(which));
            search.bound = proven.min(all).max(search.goal());
        } else {
            search.branch(similar, work);
        }
        search
    }

    /// What a case must be proven not to exceed.
    fn goal(&self) -> i64 {
        self.value.max(self.cutoff)
    }

    /// The best schedule on some of the starts, kept if it is the best so far.
    fn assign(&mut self, work: &mut Work, allowed: impl Fn(&[bool], usize) -> bool) {
        let value = self.assignment.solve(self.instance, |s| allowed(&self.chosen, s), work);
        if value > self.value {
            self.value = value;
            self.schedule.copy_from_slice(&self.assignment.start_of);
        }
    }

    /// Where everybody pays all it can bring, nothing is left: everybody's best way, added up, is a bound.
    fn pay_all(&mut self) -> i64 {
        let (instance, level) = (self.instance, self.instance.level);
        for (i, u) in self.best_prices.of.iter_mut().enumerate() {
            *u = instance.row(i).first().map_or(0, |p| instance.gain[p.start()] + level * p.preference());
        }
        self.best_prices.of.iter().sum()
    }

    fn keep_prices(&mut self) -> u32 {
        let prices = &self.best_prices;
        self.multipliers.push(Multipliers { denominator: prices.denominator, of: prices.of.clone() });
        (self.multipliers.len() - 1) as u32
    }

    fn branch(&mut self, similar: Option<&Multipliers>, work: &mut Work) {
        let forbidden = vec![false; self.instance.starts];
        let bound = self.pay_all();
        if let Some(similar) = similar {
            self.prices.of.copy_from_slice(&similar.of);
            self.prices.denominator = similar.denominator;
        }
        let bound = self.improve(&forbidden, bound, work);
        let which = self.keep_prices();
        let mut open = vec![Case { forbidden, which, bound }];
        while let Some(mut case) = open.pop() {
            let start = self.close(&mut case, work);
            let Some(start) = start else {
                self.bound = self.bound.max(case.bound);
                self.tree.push(Node::Leaf(case.which));
                continue;
            };
            self.tree.push(Node::Branch(start as u32));
            let mut used = case.forbidden.clone();
            for s in self.clashing(start) {
                used[s] = true;
            }
            case.forbidden[start] = true;
            let Case { which, bound, .. } = case;
            open.push(case);
            open.push(Case { forbidden: used, which, bound });
        }
        // A case that was closed against an earlier schedule or the cutoff is closed against what is known now.
        self.bound = self.bound.max(self.goal());
    }

    /// Pattern and assignment in turn. Gives the best bound, whose multipliers are in `best_prices`.
    fn improve(&mut self, forbidden: &[bool], mut bound: i64, work: &mut Work) -> i64 {
        for _ in 0..ROUNDS {
            let found = self.price(forbidden, work);
            if found < bound {
                bound = found;
                self.best_prices.clone_from(&self.prices);
            }
            // Even without work left there is to be a schedule.
            if bound <= self.goal() || work.is_over() && self.value > 0 {
                break;
            }
            let value = self.value;
            self.assign(work, |chosen, s| chosen[s]);
            self.prices.of.copy_from_slice(&self.assignment.surplus);
            self.prices.denominator = 1;
            if bound <= self.goal() || self.value == value && value > 0 {
                break;
            }
        }
        bound
    }

    /// What the prices prove; the pattern that they make best is in `chosen`.
    fn price(&mut self, forbidden: &[bool], work: &mut Work) -> i64 {
        let mut sum: i128 = self.prices.of.iter().map(|u| i128::from(*u)).sum();
        self.chosen.fill(false);
        for piece in 0..self.instance.pieces() {
            sum += i128::from(self.pricing.piece(self.instance, &self.prices, forbidden, piece, work));
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
        }
        (sum / i128::from(self.prices.denominator)) as i64
    }

    /// Closes a case, or gives the start to branch on.
    fn close(&mut self, case: &mut Case, work: &mut Work) -> Option<usize> {
        let programme = self.instance.programme();
        if case.bound <= self.goal() || work.is_over() || self.is_large() || programme > MOST_PROGRAMME {
            return None;
        }
        work.spend(programme / 4);
        let before = case.bound;
        let optimum = self.relax(case, work);
        if case.bound < before {
            case.which = self.keep_prices();
        }
        if case.bound <= self.goal() || !optimum || work.is_over() {
            return None;
        }
        self.assign(work, |chosen, s| chosen[s]);
        self.round(case, work);
        if case.bound <= self.goal() {
            return None;
        }
        self.fractional()
    }

    /// The start that is most nearly half used, among those that share their time with another: branching on it
    /// excludes the relaxed solution either way. Where there is none, what is used does not clash, and the assignment
    /// on it is as good as the relaxed solution.
    fn fractional(&self) -> Option<usize> {
        let used = |s: &usize| self.usage[*s] > LITTLE;
        let shared = |s: &usize| used(s) && self.clashing(*s).any(|other| used(&other));
        let half = |s: &usize| (self.usage[*s] - (1 << 19)).abs();
        (0..self.instance.starts).filter(shared).min_by_key(half)
    }

    /// The other starts whose meetings would clash with this one's.
    fn clashing(&self, start: usize) -> impl Iterator<Item = usize> + use<> {
        self.instance.clashing(start).filter(move |s| *s != start)
    }

    /// Whether the certificate is as large as one may be. What is open then is closed with the multipliers it has.
    fn is_large(&self) -> bool {
        let multipliers = (self.multipliers.len() - 1).saturating_mul(self.instance.rows);
        self.tree.len() >= MOST_NODES || multipliers >= MOST_MULTIPLIERS
    }

    /// The linear programme of a case. Says whether it was solved to its end.
    fn relax(&mut self, case: &mut Case, work: &mut Work) -> bool {
        let mut master = self.master.take().unwrap_or_else(|| Master::new(self.instance));
        master.restart();
        let mut optimum = false;
        while !work.is_over() && master.solve(&case.forbidden, work).is_ok() {
            // Prices between the best so far and the programme's own lead to better patterns than the latter, which
            // leap about (Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming",
            // International Transactions in Operational Research 4, 1997).
            master.prices(&mut self.prices);
            self.prices.towards(&self.best_prices);
            if self.patterns(&mut master, case, work) {
                continue;
            }
            if case.bound <= self.goal() {
                break;
            }
            master.prices(&mut self.prices);
            let added = self.patterns(&mut master, case, work);
            if case.bound <= self.goal() {
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

    /// Finds what the prices prove of a case, and takes in the patterns that are worth more than the programme's own
    /// prices. Says whether there is one, and the bound is no reason to stop.
    fn patterns(&mut self, master: &mut Master, case: &mut Case, work: &mut Work) -> bool {
        let mut sum: i128 = self.prices.of.iter().map(|u| i128::from(*u)).sum();
        let mut added = false;
        self.chosen.fill(false);
        for piece in 0..self.instance.pieces() {
            let worth = self.pricing.piece(self.instance, &self.prices, &case.forbidden, piece, work);
            sum += i128::from(worth);
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
            self.pattern.clone_from(&self.pricing.pattern);
            self.pricing.without_repeats(&mut self.placed);
            let single = master.add(self.instance, piece, &self.pricing.pattern);
            added |= single || master.add(self.instance, piece, &self.pattern);
        }
        let bound = (sum / i128::from(self.prices.denominator)) as i64;
        if bound < case.bound {
            case.bound = bound;
            self.best_prices.clone_from(&self.prices);
        }
        added && bound > self.goal()
    }

    /// A schedule near the relaxed solution: the pattern of starts that it uses most, and the assignment on it.
    fn round(&mut self, case: &Case, work: &mut Work) {
        for piece in 0..self.instance.pieces() {
            self.pricing.most_used(self.instance, &self.usage, &case.forbidden, piece);
            let range =
                self.instance.piece_begin[piece] as usize..self.instance.piece_begin[piece + 1] as usize;
            self.chosen[range].fill(false);
            for (_, s) in &self.pricing.pattern {
                self.chosen[*s as usize] = true;
            }
        }
        self.assign(work, |chosen, s| chosen[s]);
    }
}
