//! A problem as the solver reads it: flat arrays by invitee and by start.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use super::super::problem::{Pair, Problem};

/// No start, no invitee.
pub(in crate::schedule) const NONE: u32 = u32::MAX;

/// What a schedule is to be best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::schedule) enum Goal {
    /// All three levels.
    Best,
    /// As many meetings as possible, no matter when.
    Most,
}

/// Invitees and starts are numbers below `rows` and `starts`; the arrays that are indexed by them have these lengths,
/// those of begins one more, whose entries are in order and at most the length of what they cut into pieces. A weight
/// is at most [`Scale::MOST`](super::super::Scale::MOST), as is any sum of weights over a schedule. Nothing else is
/// indexed or added up by the solver's files without a word.
pub(in crate::schedule) struct Instance {
    pub(in crate::schedule) rows: usize,
    pub(in crate::schedule) starts: usize,
    /// An invitee's ways: `row[row_begin[i]..row_begin[i + 1]]`, what is worth most first.
    pub(in crate::schedule) row_begin: Vec<u32>,
    pub(in crate::schedule) row: Vec<Pair>,
    /// A start's invitees in order: `invitee << 2 | preference`.
    pub(in crate::schedule) column_begin: Vec<u32>,
    pub(in crate::schedule) column: Vec<u32>,
    /// The weight of a pair is `gain[start] + level * preference`.
    pub(in crate::schedule) gain: Vec<i64>,
    pub(in crate::schedule) level: i64,
    /// How many starts' meetings are over when the start comes: those before it that it does not clash with.
    pub(in crate::schedule) over: Vec<u32>,
    /// The first start after a start's meeting.
    pub(in crate::schedule) next: Vec<u32>,
    /// Starts of one piece never clash with those of another: `piece_begin[b]..piece_begin[b + 1]`.
    pub(in crate::schedule) piece_begin: Vec<u32>,
    /// No meeting is worth more.
    pub(in crate::schedule) highest: i64,
}

impl Instance {
    /// What is left of the problem when only the pairs that are kept may be used.
    pub(in crate::schedule) fn new(
        problem: &Problem,
        goal: Goal,
        keep: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let (starts, rows) = (problem.starts().len(), problem.rows().len());
        let mut row_begin = vec![0];
        let mut row = Vec::with_capacity(problem.rows().iter().map(Vec::len).sum());
        let mut column_begin = vec![0u32; starts + 1];
        // Weights are ordered by the sum of preferences, then by time: a bucket a sum, filled in order of time.
        let mut buckets: [Vec<Pair>; 7] = Default::default();
        for (i, pairs) in problem.rows().iter().enumerate() {
            for pair in pairs.iter().filter(|p| keep(i, p.start())) {
                let sum = i64::from(problem.starts()[pair.start()].preference.level()) + pair.preference();
                buckets[sum as usize].push(*pair);
                column_begin[pair.start() + 1] += 1;
            }
            for bucket in buckets.iter_mut().rev() {
                row.append(bucket);
            }
            row_begin.push(row.len() as u32);
        }
        for s in 0..starts {
            column_begin[s + 1] += column_begin[s];
        }
        let mut place = column_begin.clone();
        let mut column = vec![0; row.len()];
        for i in 0..rows {
            for pair in &row[row_begin[i] as usize..row_begin[i + 1] as usize] {
                let at = &mut place[pair.start()];
                column[*at as usize] = (i as u32) << 2 | pair.preference() as u32;
                *at += 1;
            }
        }

        let (mut over, mut next, mut piece_begin) = (vec![0u32; starts], vec![0u32; starts], Vec::new());
        let length = problem.length().micros();
        let at = |s: usize| problem.starts()[s].at.micros();
        let (mut low, mut high) = (0, 0);
        for s in 0..starts {
            while at(low) + length <= at(s) {
                low += 1;
            }
            while high < starts && at(high) < at(s) + length {
                high += 1;
            }
            (over[s], next[s]) = (low as u32, high as u32);
            if s == 0 || low == s {
                piece_begin.push(s as u32);
            }
        }
        piece_begin.push(starts as u32);

        let scale = problem.scale();
        let (gain, level): (Vec<i64>, i64) = match goal {
            Goal::Best => {
                let gain = |s: &super::super::Start| scale.weight(i64::from(s.preference.level()), s.delay);
                (problem.starts().iter().map(gain).collect(), scale.second())
            }
            Goal::Most => (vec![1; starts], 0),
        };
        let highest = gain.iter().max().copied().unwrap_or(0) + 3 * level;
        Self {
            rows,
            starts,
            row_begin,
            row,
            column_begin,
            column,
            gain,
            level,
            over,
            next,
            piece_begin,
            highest,
        }
    }

    /// The invitee's ways.
    pub(in crate::schedule) fn row(&self, i: usize) -> &[Pair] {
        &self.row[self.row_begin[i] as usize..self.row_begin[i + 1] as usize]
    }

    /// The start's invitees.
    pub(in crate::schedule) fn column(&self, s: usize) -> &[u32] {
        &self.column[self.column_begin[s] as usize..self.column_begin[s + 1] as usize]
    }

    /// What the invitee's meeting at this start is worth; `None` where it cannot be.
    pub(in crate::schedule) fn weight(&self, i: usize, s: usize) -> Option<i64> {
        let column = self.column(s);
        let at = column.binary_search_by_key(&(i as u32), |entry| entry >> 2).ok()?;
        Some(self.gain[s] + self.level * i64::from(column[at] & 3))
    }

    /// The starts whose meetings clash with this one's, itself among them.
    pub(in crate::schedule) fn clashing(&self, s: usize) -> std::ops::Range<usize> {
        self.over[s] as usize..self.next[s] as usize
    }

    /// The piece of a start.
    pub(in crate::schedule) fn piece_of(&self, s: usize) -> usize {
        self.piece_begin.partition_point(|begin| *begin as usize <= s) - 1
    }

    /// The most meetings that a piece has room for.
    pub(in crate::schedule) fn longest_pattern(&self) -> usize {
        let room = |piece: usize| {
            let (mut s, end) = (self.piece_begin[piece], self.piece_begin[piece + 1]);
            std::iter::from_fn(move || {
                let fits = s < end;
                s = if fits { self.next[s as usize] } else { s };
                fits.then_some(())
            })
            .count()
        };
        (0..self.pieces()).map(room).max().unwrap_or(0)
    }

    /// The numbers that the linear programme's inverse has.
    pub(in crate::schedule) fn programme(&self) -> usize {
        let size = self.rows.saturating_add(self.pieces());
        size.saturating_mul(size)
    }

    /// How many pieces there are.
    pub(in crate::schedule) fn pieces(&self) -> usize {
        self.piece_begin.len() - 1
    }

    /// Whether no two starts clash.
    pub(in crate::schedule) fn is_assignment(&self) -> bool {
        self.pieces() == self.starts
    }
}
