//! The Lagrangian subproblem: given what each invitee pays wherever it is placed, the best that can be had when
//! everybody may be placed as often as one likes. Only time is left, so a meeting at a start is worth its best
//! invitee, and weighted interval scheduling is a linear dynamic programme, piece by piece.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]
#![allow(clippy::needless_range_loop, reason = "several arrays by start go together")]

use super::Work;
use super::instance::{Instance, NONE};

/// What invitees pay: `of[i] / denominator`, none negative. Each is below 2^61, and so are the denominator's multiples of
/// what a piece can be worth.
#[derive(Clone, Debug, Default)]
pub(in crate::schedule) struct Prices {
    pub(in crate::schedule) of: Vec<i64>,
    pub(in crate::schedule) denominator: i64,
}

impl Prices {
    /// A quarter of these and three quarters of the others.
    pub(in crate::schedule) fn towards(&mut self, others: &Self) {
        for (own, other) in self.of.iter_mut().zip(&others.of) {
            let other = i128::from(*other) * i128::from(self.denominator) / i128::from(others.denominator);
            *own = ((i128::from(*own) + 3 * other) / 4) as i64;
        }
    }
}

/// The arrays of the dynamic programme, made once.
pub(in crate::schedule) struct Pricing {
    /// For each start its best invitee and what is left of its weight, and the best other one.
    profit: Vec<i64>,
    invitee: Vec<u32>,
    second: Vec<i64>,
    other: Vec<u32>,
    /// The best of the first k starts of the piece at hand.
    best: Vec<i64>,
    /// An invitee that is not to be placed at a start, if any.
    pub(in crate::schedule) without: Option<(u32, u32)>,
    /// The pattern found last: invitee and start of each meeting, latest first.
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
            without: None,
            pattern: Vec::with_capacity(m),
        }
    }

    /// The best of this piece on the starts that are not forbidden, in units of the denominator. What it consists of
    /// is in `pattern`.
    pub(in crate::schedule) fn piece(
        &mut self,
        instance: &Instance,
        prices: &Prices,
        forbidden: &[bool],
        piece: usize,
        work: &mut Work,
    ) -> i64 {
        let (from, to) = (instance.piece_begin[piece] as usize, instance.piece_begin[piece + 1] as usize);
        work.spend(to - from);
        self.best[from] = 0;
        for s in from..to {
            self.best[s + 1] = self.best[s];
            self.invitee[s] = NONE;
            if forbidden[s] {
                continue;
            }
            self.rate(instance, prices, s);
            work.spend(instance.column(s).len());
            if self.without == Some((self.invitee[s], s as u32)) {
                (self.profit[s], self.invitee[s]) = (self.second[s], self.other[s]);
            }
            if self.invitee[s] != NONE {
                let with = self.profit[s] + self.best[(instance.over[s] as usize).max(from)];
                self.best[s + 1] = self.best[s + 1].max(with);
            }
        }
        self.trace(instance, from, to);
        self.best[to]
    }

    /// Likewise for starts that are each worth how much they are used, and a little more.
    pub(in crate::schedule) fn most_used(
        &mut self,
        instance: &Instance,
        usage: &[i64],
        forbidden: &[bool],
        piece: usize,
    ) {
        let (from, to) = (instance.piece_begin[piece] as usize, instance.piece_begin[piece + 1] as usize);
        self.best[from] = 0;
        for s in from..to {
            let with = usage[s] + 1 + self.best[(instance.over[s] as usize).max(from)];
            self.best[s + 1] = if forbidden[s] { self.best[s] } else { self.best[s].max(with) };
        }
        self.trace(instance, from, to);
    }

    fn trace(&mut self, instance: &Instance, from: usize, to: usize) {
        self.pattern.clear();
        let mut s = to;
        while s > from {
            s -= 1;
            if self.best[s + 1] > self.best[s] {
                self.pattern.push((self.invitee[s], s as u32));
                s = (instance.over[s] as usize).max(from);
            }
        }
    }

    /// The two best invitees of a start.
    fn rate(&mut self, instance: &Instance, prices: &Prices, s: usize) {
        let gain = instance.gain[s] * prices.denominator;
        let level = instance.level * prices.denominator;
        let by_preference = [0, gain + level, gain + 2 * level, gain + 3 * level];
        let (mut best, mut invitee, mut second, mut other) = (0, NONE, 0, NONE);
        for entry in instance.column(s) {
            let i = entry >> 2;
            let rest = by_preference[(entry & 3) as usize] - prices.of[i as usize];
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

    /// Makes the pattern one in which nobody is placed twice: the best other invitee comes in, or nobody.
    pub(in crate::schedule) fn without_repeats(&mut self, placed: &mut [bool]) {
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
