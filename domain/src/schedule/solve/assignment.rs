//! The assignment problem: starts whose meetings do not overlap. It is solved by shortest augmenting paths (Jonker and
//! Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987).
//!
//! Each start has a price, zero at first. An invitee's surplus at a start is the weight of the pair minus the price of the
//! start; without a start it is zero.
//!
//! 1. Augmenting row reduction: each invitee in turn takes the start of its greatest surplus, and raises the price until its
//!    second best start is as good. An invitee who loses its start then chooses again.
//! 2. An invitee whose best starts are equally good and all taken is placed along a shortest path of exchanges (Dijkstra's
//!    algorithm over reduced costs). Prices then rise along the path, so that each invitee again has its best start.
//!
//! Prices never fall, and a start that no invitee has is free. So the surpluses and the prices are an optimal dual solution.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::WorkBudget;
use super::instance::{Instance, NONE};

/// The distance of a start that is not reached; its negative is the reduced gain of a start that must not be used. It is far
/// from the ends of `i64`, so that sums with weights do not overflow.
const UNREACHED: i64 = i64::MAX / 4;

/// The algorithm. Its arrays are allocated once.
pub(in crate::schedule) struct Assignment {
    /// For each invitee its start, or `NONE`.
    pub(in crate::schedule) start_of: Vec<u32>,
    /// For each invitee its surplus. The surpluses are the optimal multipliers.
    pub(in crate::schedule) surplus: Vec<i64>,
    /// For each start its invitee, or `NONE`.
    invitee_of: Vec<u32>,
    /// For each start `gain - price`, or `-UNREACHED` if the start must not be used.
    net: Vec<i64>,
    /// For each start its distance from the first invitee of the path.
    distance: Vec<i64>,
    /// For each start the invitee before it on the shortest path.
    from: Vec<u32>,
    /// The starts whose distance is final.
    done: Vec<u32>,
    /// The starts whose distance has to be reset.
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    /// Starts at the present distance. They need not go through the heap.
    level: Vec<u32>,
    /// The invitees that the row reduction did not place.
    free: Vec<u32>,
}

/// The two greatest surpluses of an invitee and their starts. No start has the surplus zero.
struct BestTwo {
    best: i64,
    start: u32,
    second: i64,
    other: u32,
}

impl Assignment {
    pub(in crate::schedule) fn new(instance: &Instance) -> Self {
        let (n, m) = (instance.rows, instance.starts);
        Self {
            start_of: vec![NONE; n],
            surplus: vec![0; n],
            invitee_of: vec![NONE; m],
            net: vec![0; m],
            distance: vec![UNREACHED; m],
            from: vec![NONE; m],
            done: Vec::with_capacity(m),
            touched: Vec::with_capacity(m),
            heap: BinaryHeap::with_capacity(m),
            level: Vec::with_capacity(m),
            free: Vec::with_capacity(n),
        }
    }

    /// Finds the best schedule on the allowed starts, whose meetings must not overlap, and gives its value. If the work limit
    /// ends the search, some invitees are not placed, and the surpluses prove a weaker bound.
    pub(in crate::schedule) fn solve(
        &mut self,
        instance: &Instance,
        allowed: impl Fn(usize) -> bool,
        work: &mut WorkBudget,
    ) -> i64 {
        for s in 0..instance.starts {
            self.net[s] = if allowed(s) { instance.gain[s] } else { -UNREACHED };
            self.invitee_of[s] = NONE;
        }
        self.start_of.fill(NONE);
        self.reduce_rows(instance, work);
        for at in 0..self.free.len() {
            if work.is_exhausted() {
                break;
            }
            self.augment(instance, self.free[at] as usize, work);
        }
        let mut value = 0;
        for i in 0..instance.rows {
            let s = self.start_of[i];
            self.surplus[i] = 0;
            if s != NONE {
                let weight = instance.weight(i, s as usize).unwrap_or(0);
                self.surplus[i] = weight - (instance.gain[s as usize] - self.net[s as usize]);
                value += weight;
            }
        }
        value
    }

    fn best_two(&self, instance: &Instance, i: usize) -> BestTwo {
        let mut found = BestTwo { best: 0, start: NONE, second: 0, other: NONE };
        for pair in instance.row(i) {
            let s = pair.start();
            let extra = instance.preference_weight * pair.preference();
            // Pairs are ordered by weight, and prices only lower surpluses, so no later pair is better.
            if instance.gain[s] + extra <= found.second {
                break;
            }
            let surplus = self.net[s] + extra;
            if surplus > found.second {
                if surplus > found.best {
                    found.second = found.best;
                    found.other = found.start;
                    found.best = surplus;
                    found.start = s as u32;
                } else {
                    found.second = surplus;
                    found.other = s as u32;
                }
            }
        }
        found
    }

    /// Augmenting row reduction. Invitees that are to be placed along a path are left in `free`.
    fn reduce_rows(&mut self, instance: &Instance, work: &mut WorkBudget) {
        self.free.clear();
        // Prices that rise by small steps could take long. Beyond this number of bids, shortest paths are faster.
        let mut bids = 4 * instance.rows;
        for first in 0..instance.rows {
            let mut i = first;
            loop {
                work.spend(instance.row(i).len());
                let BestTwo { best, start, second, other } = self.best_two(instance, i);
                if start == NONE {
                    break;
                }
                let mut s = start as usize;
                if self.invitee_of[s] != NONE && best == second {
                    if other == NONE || self.invitee_of[other as usize] != NONE || bids == 0 {
                        self.free.push(i as u32);
                        break;
                    }
                    s = other as usize;
                } else if bids == 0 && self.invitee_of[s] != NONE {
                    self.free.push(i as u32);
                    break;
                } else {
                    self.net[s] -= best - second;
                }
                bids = bids.saturating_sub(1);
                let displaced = std::mem::replace(&mut self.invitee_of[s], i as u32);
                self.start_of[i] = s as u32;
                if displaced == NONE {
                    break;
                }
                i = displaced as usize;
                self.start_of[i] = NONE;
            }
        }
    }

    /// Places an invitee along a shortest path. The path ends at a free start, or at an invitee who gives up its start.
    fn augment(&mut self, instance: &Instance, first: usize, work: &mut WorkBudget) {
        // The end of the shortest path so far: its length, and the invitee who gives up or the free start.
        let (mut end, mut leaver, mut free_start) = (UNREACHED, NONE, NONE);
        let mut row = first;
        let mut reached = 0;
        loop {
            // The surplus that the invitee has now, or could have.
            let has = match self.start_of[row] {
                NONE => self.best_two(instance, row).best,
                s => {
                    self.net[s as usize] + instance.weight(row, s as usize).unwrap_or(0)
                        - instance.gain[s as usize]
                }
            };
            let mut looked = 8;
            if reached + has < end {
                (end, leaver, free_start) = (reached + has, row as u32, NONE);
            }
            for pair in instance.row(row) {
                let s = pair.start();
                let extra = instance.preference_weight * pair.preference();
                // Pairs are ordered by weight, so no later start is nearer.
                if reached + has - instance.gain[s] - extra >= end {
                    break;
                }
                looked += 1;
                let distance = reached + has - self.net[s] - extra;
                if distance < self.distance[s] && distance < end {
                    if self.distance[s] == UNREACHED {
                        self.touched.push(s as u32);
                    }
                    self.distance[s] = distance;
                    self.from[s] = row as u32;
                    if self.invitee_of[s] == NONE {
                        (end, free_start) = (distance, s as u32);
                    } else if distance == reached {
                        self.level.push(s as u32);
                    } else {
                        self.heap.push(Reverse((distance, s as u32)));
                    }
                }
            }
            work.spend(looked);
            // Choose the nearest start that is not done. Outdated entries, and those farther than the end, are dropped.
            let next = loop {
                if let Some(s) = self.level.pop() {
                    break Some((reached, s));
                }
                match self.heap.pop() {
                    Some(Reverse((d, _))) if d >= end => {
                        self.heap.clear();
                        break None;
                    }
                    Some(Reverse((d, s))) if d == self.distance[s as usize] => break Some((d, s)),
                    Some(_) => {}
                    None => break None,
                }
            };
            let Some((distance, s)) = next else { break };
            if distance >= end {
                break;
            }
            reached = distance;
            self.done.push(s);
            row = self.invitee_of[s as usize] as usize;
        }
        self.level.clear();
        self.heap.clear();
        for s in self.done.drain(..) {
            self.net[s as usize] -= end - self.distance[s as usize];
        }
        // Exchange starts along the path, from its end back.
        let mut s = free_start;
        if s == NONE {
            s = std::mem::replace(&mut self.start_of[leaver as usize], NONE);
        }
        while s != NONE {
            let i = self.from[s as usize];
            self.invitee_of[s as usize] = i;
            s = std::mem::replace(&mut self.start_of[i as usize], s);
            if i as usize == first {
                break;
            }
        }
        for s in self.touched.drain(..) {
            self.distance[s as usize] = UNREACHED;
        }
    }
}
