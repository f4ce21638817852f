//! The problem as the solver uses it: flat arrays by invitee and by start.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Instance`")]

use super::super::problem::{Pair, Problem};

/// Stands for "no start" or "no invitee" in arrays of indices.
pub(in crate::schedule) const NONE: u32 = u32::MAX;

/// What the search maximises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::schedule) enum Goal {
    /// The objective of the schedule.
    BestSchedule,
    /// The number of meetings alone.
    MostMeetings,
}

/// The arrays of a problem, or of a part of it.
///
/// The files of the solver index arrays and add without checks, because these invariants bound all of it: an invitee is an
/// index below `rows` and a start an index below `starts`; an array by invitee or by start has that length; an array of
/// begins (`row_begin`, `column_begin`, `component_begin`) has one entry more, is ordered, and ends with the length of the
/// array that it divides; a weight, and any sum of weights over a schedule, is at most
/// [`Scale::MAX_SUM`](super::super::Scale::MAX_SUM). Where a file relies on anything else, a comment says so.
pub(in crate::schedule) struct Instance {
    pub(in crate::schedule) rows: usize,
    pub(in crate::schedule) starts: usize,
    /// The pairs of invitee `i` are `row[row_begin[i]..row_begin[i + 1]]`, those of the greatest weight first.
    pub(in crate::schedule) row_begin: Vec<u32>,
    pub(in crate::schedule) row: Vec<Pair>,
    /// The entries of start `s` are `column[column_begin[s]..column_begin[s + 1]]`, ordered by invitee. An entry is
    /// `invitee << 2 | preference`.
    pub(in crate::schedule) column_begin: Vec<u32>,
    pub(in crate::schedule) column: Vec<u32>,
    /// The weight of a pair is `gain[start] + preference_weight * preference`.
    pub(in crate::schedule) gain: Vec<i64>,
    pub(in crate::schedule) preference_weight: i64,
    /// For each start the number of starts whose meetings have ended by then. Starts from this index on overlap it.
    pub(in crate::schedule) ended_before: Vec<u32>,
    /// For each start the index of the first start at or after the end of its meeting.
    pub(in crate::schedule) next_free: Vec<u32>,
    /// Component `c` consists of the starts `component_begin[c]..component_begin[c + 1]`. Meetings of different components
    /// never overlap, so each component can be solved by itself.
    pub(in crate::schedule) component_begin: Vec<u32>,
    /// The greatest weight of a pair.
    pub(in crate::schedule) max_weight: i64,
}

impl Instance {
    /// Makes the arrays of the problem with only those pairs for which `keep(invitee, start)` is true.
    pub(in crate::schedule) fn new(
        problem: &Problem,
        goal: Goal,
        keep: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let (starts, rows) = (problem.starts().len(), problem.pairs_by_invitee().len());
        let mut row_begin = vec![0];
        let mut row = Vec::with_capacity(problem.pairs_by_invitee().iter().map(Vec::len).sum());
        let mut column_begin = vec![0u32; starts + 1];
        // Pairs are ordered by the sum of preferences, then by time, with one bucket for each sum (bucket sort).
        let mut buckets: [Vec<Pair>; 7] = Default::default();
        for (i, pairs) in problem.pairs_by_invitee().iter().enumerate() {
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

        let (mut ended_before, mut next_free, mut component_begin) =
            (vec![0u32; starts], vec![0u32; starts], Vec::new());
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
            (ended_before[s], next_free[s]) = (low as u32, high as u32);
            if s == 0 || low == s {
                component_begin.push(s as u32);
            }
        }
        component_begin.push(starts as u32);

        let scale = problem.scale();
        let (gain, preference_weight): (Vec<i64>, i64) = match goal {
            Goal::BestSchedule => {
                let gain = |s: &super::super::Start| scale.weight(i64::from(s.preference.level()), s.delay);
                (problem.starts().iter().map(gain).collect(), scale.preference_weight())
            }
            Goal::MostMeetings => (vec![1; starts], 0),
        };
        let max_weight = gain.iter().max().copied().unwrap_or(0) + 3 * preference_weight;
        Self {
            rows,
            starts,
            row_begin,
            row,
            column_begin,
            column,
            gain,
            preference_weight,
            ended_before,
            next_free,
            component_begin,
            max_weight,
        }
    }

    /// The pairs of an invitee, those of the greatest weight first.
    pub(in crate::schedule) fn row(&self, i: usize) -> &[Pair] {
        &self.row[self.row_begin[i] as usize..self.row_begin[i + 1] as usize]
    }

    /// The entries of a start, ordered by invitee: `invitee << 2 | preference`.
    pub(in crate::schedule) fn column(&self, s: usize) -> &[u32] {
        &self.column[self.column_begin[s] as usize..self.column_begin[s + 1] as usize]
    }

    /// The weight of the invitee's meeting at this start. `None` if there is no such pair.
    pub(in crate::schedule) fn weight(&self, i: usize, s: usize) -> Option<i64> {
        let column = self.column(s);
        let at = column.binary_search_by_key(&(i as u32), |entry| entry >> 2).ok()?;
        Some(self.gain[s] + self.preference_weight * i64::from(column[at] & 3))
    }

    /// The starts whose meetings overlap the meeting at this start, this start included.
    pub(in crate::schedule) fn overlapping(&self, s: usize) -> std::ops::Range<usize> {
        self.ended_before[s] as usize..self.next_free[s] as usize
    }

    /// The index of the component that a start belongs to.
    pub(in crate::schedule) fn component_of(&self, s: usize) -> usize {
        self.component_begin.partition_point(|begin| *begin as usize <= s) - 1
    }

    /// The maximum number of meetings in one component.
    pub(in crate::schedule) fn max_pattern_length(&self) -> usize {
        let room = |component: usize| {
            let (mut s, end) = (self.component_begin[component], self.component_begin[component + 1]);
            std::iter::from_fn(move || {
                let fits = s < end;
                s = if fits { self.next_free[s as usize] } else { s };
                fits.then_some(())
            })
            .count()
        };
        (0..self.components()).map(room).max().unwrap_or(0)
    }

    /// The number of entries of the basis inverse of the linear programme over patterns.
    pub(in crate::schedule) fn inverse_entries(&self) -> usize {
        let size = self.rows.saturating_add(self.components());
        size.saturating_mul(size)
    }

    /// The number of components.
    pub(in crate::schedule) fn components(&self) -> usize {
        self.component_begin.len() - 1
    }

    /// Whether no two meetings can overlap, which makes the problem an assignment problem.
    pub(in crate::schedule) fn is_assignment(&self) -> bool {
        self.components() == self.starts
    }
}
