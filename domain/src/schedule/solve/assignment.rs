//! Starts that do not clash: the assignment problem, by shortest augmenting paths after Jonker and Volgenant ("A
//! shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987).
//!
//! Each start has a price, zero at first. An invitee wants what is worth most to it less the price, or nothing. First
//! every invitee in turn outbids whoever has what it wants, by as much as it can without wanting something else
//! (augmenting row reduction). Those whom that leaves without, because two starts were equally good and both taken,
//! are placed along a shortest path of exchanges (Dijkstra over reduced costs), after which prices rise along the path
//! so that everybody has again what it wants most. Prices never fall and starts without an invitee are free, so the
//! invitees' surpluses and the prices are an optimal dual solution.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Work;
use super::instance::{Instance, NONE};

/// What cannot be reached, or is not for sale; far from the ends, so that differences of it and weights are no fault.
const FAR: i64 = i64::MAX / 4;

/// The arrays of the search, made once.
pub(in crate::schedule) struct Assignment {
    /// For each invitee its start.
    pub(in crate::schedule) start_of: Vec<u32>,
    /// For each invitee what its start is worth to it less the price; zero for who has none. The optimal multipliers.
    pub(in crate::schedule) surplus: Vec<i64>,
    invitee_of: Vec<u32>,
    /// `gain - price`, which is what rows are searched for; `-FAR` where a start must not be used.
    net: Vec<i64>,
    distance: Vec<i64>,
    /// The invitee through whom a start was reached.
    from: Vec<u32>,
    done: Vec<u32>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    level: Vec<u32>,
    free: Vec<u32>,
}

/// The way that is worth most to an invitee, and what the next best is worth; nothing is worth zero.
struct Wanted {
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
            distance: vec![FAR; m],
            from: vec![NONE; m],
            done: Vec::with_capacity(m),
            touched: Vec::with_capacity(m),
            heap: BinaryHeap::with_capacity(m),
            level: Vec::with_capacity(m),
            free: Vec::with_capacity(n),
        }
    }

    /// Finds the best schedule on the starts that are allowed, no two of which clash. Gives its value. Where the work
    /// limit comes first it is what the bids led to, and the surpluses prove less.
    pub(in crate::schedule) fn solve(
        &mut self,
        instance: &Instance,
        allowed: impl Fn(usize) -> bool,
        work: &mut Work,
    ) -> i64 {
        for s in 0..instance.starts {
            self.net[s] = if allowed(s) { instance.gain[s] } else { -FAR };
            self.invitee_of[s] = NONE;
        }
        self.start_of.fill(NONE);
        self.bid(instance, work);
        for at in 0..self.free.len() {
            if work.is_over() {
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

    fn wanted(&self, instance: &Instance, i: usize) -> Wanted {
        let mut wanted = Wanted { best: 0, start: NONE, second: 0, other: NONE };
        for pair in instance.row(i) {
            let s = pair.start();
            let extra = instance.level * pair.preference();
            // Prices only take away, and what follows is worth no more.
            if instance.gain[s] + extra <= wanted.second {
                break;
            }
            let worth = self.net[s] + extra;
            if worth > wanted.second {
                if worth > wanted.best {
                    wanted.second = wanted.best;
                    wanted.other = wanted.start;
                    wanted.best = worth;
                    wanted.start = s as u32;
                } else {
                    wanted.second = worth;
                    wanted.other = s as u32;
                }
            }
        }
        wanted
    }

    /// Augmenting row reduction. Leaves in `free` who is to be placed along a path.
    fn bid(&mut self, instance: &Instance, work: &mut Work) {
        self.free.clear();
        // Bids by small steps could go on for long; beyond some rounds paths are faster.
        let mut bids = 4 * instance.rows;
        for first in 0..instance.rows {
            let mut i = first;
            loop {
                work.spend(instance.row(i).len());
                let Wanted { best, start, second, other } = self.wanted(instance, i);
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

    /// Places an invitee along a shortest path, or shows that somebody on it is better left without.
    fn augment(&mut self, instance: &Instance, first: usize, work: &mut Work) {
        // The price rise at which somebody gives up: the invitee, and the start it gives up, if it has one.
        let (mut end, mut leaver, mut free_start) = (FAR, NONE, NONE);
        let mut row = first;
        let mut reached = 0;
        loop {
            // What the invitee has now, or would want were it the only one.
            let has = match self.start_of[row] {
                NONE => self.wanted(instance, row).best,
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
                let extra = instance.level * pair.preference();
                // Nothing that follows is nearer than this.
                if reached + has - instance.gain[s] - extra >= end {
                    break;
                }
                looked += 1;
                let distance = reached + has - self.net[s] - extra;
                if distance < self.distance[s] && distance < end {
                    if self.distance[s] == FAR {
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
            // The next start, nearest first; what is stale or as far as an end is passed over.
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
        // Exchange along the path, back from its end.
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
            self.distance[s as usize] = FAR;
        }
    }
}
