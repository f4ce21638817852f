//! The relaxed problem (the pricing problem of column generation). The rule that an invitee has one meeting at most is
//! dropped, and each meeting is charged its invitee's multiplier. Only time is left: a meeting at a start is worth its best
//! invitee, and weighted interval scheduling is a dynamic programme in linear time. It is solved for each component of the
//! starts by itself.
//!
//! All multipliers here are below 2^61, and so is the denominator times what a component can be worth.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]
#![allow(clippy::needless_range_loop, reason = "several arrays by start go together")]

use super::WorkBudget;
use super::instance::{Instance, NONE};
use crate::schedule::certificate::Multipliers;

/// Moves multipliers three quarters of the way towards others.
pub(in crate::schedule) fn move_towards(multipliers: &mut Multipliers, others: &Multipliers) {
    for (own, other) in multipliers.values.iter_mut().zip(&others.values) {
        let other = i128::from(*other) * i128::from(multipliers.denominator) / i128::from(others.denominator);
        *own = ((i128::from(*own) + 3 * other) / 4) as i64;
    }
}

/// The dynamic programme. Its arrays are allocated once.
pub(in crate::schedule) struct Pricing {
    /// For each start the reduced weight of its best invitee: the weight minus the multiplier, in units of the denominator.
    profit: Vec<i64>,
    /// For each start its best invitee, or `NONE`.
    invitee: Vec<u32>,
    /// For each start the reduced weight of its second best invitee.
    second: Vec<i64>,
    /// For each start its second best invitee, or `NONE`.
    other: Vec<u32>,
    /// The optimum over the first k starts of the component.
    best: Vec<i64>,
    /// A pair of an invitee and a start that must not be used.
    pub(in crate::schedule) excluded: Option<(u32, u32)>,
    /// The last optimal pattern: invitee and start of each meeting, latest first.
    pub(in crate::schedule) pattern: Vec<(u32, u32)>,
}

impl Pricing {
    pub(in crate::schedule) fn new(instance: &Instance) -> Self {
        let m = instance.starts;
        Self {
            profit: vec![0; m],
            invitee: vec![NONE; m],
            second: vec![0; m],
            other: vec![NONE; m],
            best: vec![0; m + 1],
            excluded: None,
            pattern: Vec::with_capacity(m),
        }
    }

    /// Solves one component on the starts that are not forbidden. Gives the optimum in units of the denominator, and leaves
    /// the optimal meetings in `pattern`.
    pub(in crate::schedule) fn solve_component(
        &mut self,
        instance: &Instance,
        multipliers: &Multipliers,
        forbidden: &[bool],
        component: usize,
        work: &mut WorkBudget,
    ) -> i64 {
        let (from, to) =
            (instance.component_begin[component] as usize, instance.component_begin[component + 1] as usize);
        work.spend(to - from);
        self.best[from] = 0;
        for s in from..to {
            self.best[s + 1] = self.best[s];
            self.invitee[s] = NONE;
            if forbidden[s] {
                continue;
            }
            self.rate_start(instance, multipliers, s);
            work.spend(instance.column(s).len());
            if self.excluded == Some((self.invitee[s], s as u32)) {
                (self.profit[s], self.invitee[s]) = (self.second[s], self.other[s]);
            }
            if self.invitee[s] != NONE {
                let with = self.profit[s] + self.best[(instance.ended_before[s] as usize).max(from)];
                self.best[s + 1] = self.best[s + 1].max(with);
            }
        }
        self.trace_pattern(instance, from, to);
        self.best[to]
    }

    /// Finds the pattern of one component whose starts a relaxed solution uses most. Each start is worth its usage plus one,
    /// so that unused starts fill gaps.
    pub(in crate::schedule) fn solve_component_by_usage(
        &mut self,
        instance: &Instance,
        usage: &[i64],
        forbidden: &[bool],
        component: usize,
    ) {
        let (from, to) =
            (instance.component_begin[component] as usize, instance.component_begin[component + 1] as usize);
        self.best[from] = 0;
        for s in from..to {
            let with = usage[s] + 1 + self.best[(instance.ended_before[s] as usize).max(from)];
            self.best[s + 1] = if forbidden[s] { self.best[s] } else { self.best[s].max(with) };
        }
        self.trace_pattern(instance, from, to);
    }

    /// Finds the meetings that make up the optimum, from the last start back.
    fn trace_pattern(&mut self, instance: &Instance, from: usize, to: usize) {
        self.pattern.clear();
        let mut s = to;
        while s > from {
            s -= 1;
            if self.best[s + 1] > self.best[s] {
                self.pattern.push((self.invitee[s], s as u32));
                s = (instance.ended_before[s] as usize).max(from);
            }
        }
    }

    /// Finds the two best invitees of a start.
    fn rate_start(&mut self, instance: &Instance, multipliers: &Multipliers, s: usize) {
        let gain = instance.gain[s] * multipliers.denominator;
        let preference_weight = instance.preference_weight * multipliers.denominator;
        let by_preference =
            [0, gain + preference_weight, gain + 2 * preference_weight, gain + 3 * preference_weight];
        let (mut best, mut invitee, mut second, mut other) = (0, NONE, 0, NONE);
        for entry in instance.column(s) {
            let i = entry >> 2;
            let rest = by_preference[(entry & 3) as usize] - multipliers.values[i as usize];
            if rest > second {
                if rest > best {
                    (second, other) = (best, invitee);
                    (best, invitee) = (rest, i);
                } else {
                    (second, other) = (rest, i);
                }
            }
        }
        (self.profit[s], self.invitee[s]) = (best, invitee);
        (self.second[s], self.other[s]) = (second, other);
    }

    /// Changes the pattern so that no invitee is in it twice. A repeated invitee is replaced by the second best one, or the
    /// meeting is removed. `placed` must be all false, and is so again at the end.
    pub(in crate::schedule) fn remove_repeats(&mut self, placed: &mut [bool]) {
        for k in 0..self.pattern.len() {
            let (i, s) = self.pattern[k];
            let free = |i: u32, placed: &[bool]| i != NONE && !placed[i as usize];
            let i = if free(i, placed) { i } else { self.other[s as usize] };
            self.pattern[k].0 = if free(i, placed) { i } else { NONE };
            if self.pattern[k].0 != NONE {
                placed[i as usize] = true;
            }
        }
        self.pattern.retain(|(i, _)| *i != NONE);
        for (i, _) in &self.pattern {
            placed[*i as usize] = false;
        }
    }
}
