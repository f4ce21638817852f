//! The linear programme over patterns, the master problem of column generation. Its dual solution is the best vector of
//! multipliers.
//!
//! A pattern is a set of meetings in one component that do not overlap. The programme chooses a fraction of each pattern, so
//! that a component has at most one pattern in all, and an invitee at most one meeting. It is solved by the revised simplex
//! method, and patterns are added when they improve it (Dantzig and Wolfe, "Decomposition principle for linear programs",
//! Operations Research 8, 1960).
//!
//! Numbers are fixed-point, in units of 2^-48. Coefficients are 0 and 1, so nearly all entries of the inverse are integers
//! and exact. The others are rounded. A dual solution that is slightly wrong is no harm: any multipliers prove a bound, and
//! `pricing` computes the bound exactly. To avoid cycling, the right-hand side is perturbed: not quite one, and different in
//! each row.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Master`")]

use super::WorkBudget;
use super::instance::{Instance, NONE};
use crate::schedule::certificate::Multipliers;

/// The number of fractional bits.
const SHIFT: u32 = 48;
/// One.
const ONE: i64 = 1 << SHIFT;
const MINUS_ONE: i64 = -ONE;
/// If an entry exceeds this, the programme is given up. The multipliers that were found so far remain valid.
const MAX_ENTRY: u64 = 1 << 61;
/// The smallest pivot. Smaller entries of the entering column may be rounding errors.
const MIN_PIVOT: i64 = ONE >> 9;

/// A number exceeded its range.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct Overflow;

/// A pattern. Its meetings are `Master::meetings[begin..end]`.
#[derive(Clone, Copy)]
struct Column {
    begin: u32,
    end: u32,
    /// The row of the pattern's component.
    component_row: u32,
    /// Whether the pattern is in the basis. Its reduced cost is then zero but for rounding, and must not be looked at.
    basic: bool,
    /// The sum of the weights of its meetings.
    cost: i64,
}

/// The programme and its simplex tableau.
///
/// There are `size` rows: one for each invitee, then one for each component. `inverse` has `size * size` entries; other
/// arrays by row have `size`. No entry of `inverse`, `value` and `entering` exceeds [`MAX_ENTRY`]: products are checked when
/// they are rounded, sums when a row is done. Duals stay below `max_dual`, so that reduced costs do not overflow.
pub(in crate::schedule) struct Master {
    invitees: usize,
    size: usize,
    inverse: Vec<i64>,
    /// For each row the value of its basic variable.
    value: Vec<i64>,
    /// For each row the column of its basic variable, or `NONE` for a slack.
    basis: Vec<u32>,
    columns: Vec<Column>,
    meetings: Vec<(u32, u32)>,
    /// The dual solution by row, in units of `1 / unit`.
    dual: Vec<i64>,
    unit: i64,
    max_dual: i64,
    /// The entering column in terms of the basis.
    entering: Vec<i64>,
    /// The columns that use no forbidden start.
    usable: Vec<u32>,
}

impl Master {
    pub(in crate::schedule) fn new(instance: &Instance) -> Self {
        let (invitees, size) = (instance.rows, instance.rows + instance.components());
        let longest = instance.max_pattern_length() as i64;
        let max_dual = (1 << 61) / (longest + 2);
        let mut master = Self {
            invitees,
            size,
            inverse: vec![0; size * size],
            value: vec![0; size],
            basis: vec![NONE; size],
            columns: Vec::new(),
            meetings: Vec::new(),
            dual: vec![0; size],
            // The largest power of two up to 2^20 with which duals can be a thousand times the greatest cost.
            unit: 1 << (max_dual / 1024 / (longest * instance.max_weight).max(1)).max(1).ilog2().min(20),
            max_dual,
            entering: vec![0; size],
            usable: Vec::new(),
        };
        master.restart();
        master
    }

    /// Resets the basis to the slacks. The patterns are kept.
    pub(in crate::schedule) fn restart(&mut self) {
        self.inverse.fill(0);
        for k in 0..self.size {
            self.inverse[k * self.size + k] = ONE;
            // The perturbation of the right-hand side, below 2^32 units and different in each row (Fibonacci hashing).
            let mixed = (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
            self.value[k] = ONE + mixed as i64;
        }
        self.basis.fill(NONE);
        self.columns.iter_mut().for_each(|c| c.basic = false);
        self.dual.fill(0);
    }

    /// Adds a pattern if its reduced cost is positive. Says whether it is.
    pub(in crate::schedule) fn add(
        &mut self,
        instance: &Instance,
        component: usize,
        pattern: &[(u32, u32)],
    ) -> bool {
        let begin = self.meetings.len() as u32;
        self.meetings.extend_from_slice(pattern);
        let cost = pattern.iter().filter_map(|(i, s)| instance.weight(*i as usize, *s as usize)).sum();
        let end = self.meetings.len() as u32;
        let column =
            Column { begin, end, component_row: (self.invitees + component) as u32, basic: false, cost };
        if self.reduced_cost(&column) <= self.tolerance() {
            self.meetings.truncate(begin as usize);
            return false;
        }
        self.columns.push(column);
        true
    }

    /// A reduced cost up to this may be a rounding error.
    const fn tolerance(&self) -> i64 {
        self.unit >> 8
    }

    /// The reduced cost of a pattern, in units of the dual solution.
    fn reduced_cost(&self, column: &Column) -> i64 {
        let paid: i64 = self.meetings[column.begin as usize..column.end as usize]
            .iter()
            .map(|(i, _)| self.dual[*i as usize])
            .sum();
        column.cost * self.unit - paid - self.dual[column.component_row as usize]
    }

    /// Solves the programme over those of its patterns that use no forbidden start.
    pub(in crate::schedule) fn solve(
        &mut self,
        forbidden: &[bool],
        work: &mut WorkBudget,
    ) -> Result<(), Overflow> {
        self.usable.clear();
        for (number, c) in (0..).zip(&self.columns) {
            if self.meetings[c.begin as usize..c.end as usize].iter().all(|(_, s)| !forbidden[*s as usize]) {
                self.usable.push(number);
            }
        }
        let mut exact = false;
        while !work.is_exhausted() {
            let (mut best, mut which, mut slack) = (self.tolerance(), NONE, NONE);
            for c in &self.usable {
                let column = &self.columns[*c as usize];
                let reduced = self.reduced_cost(column);
                if reduced > best && !column.basic {
                    (best, which) = (reduced, *c);
                }
            }
            work.spend(self.usable.len() * 4);
            // A slack enters the basis if the dual of its row is negative.
            for (row, dual) in self.dual.iter().enumerate() {
                if -dual > best {
                    (best, slack) = (-dual, row as u32);
                }
            }
            if which != NONE || slack != NONE {
                self.pivot(if slack == NONE { which } else { NONE }, slack, best, work)?;
                exact = false;
            } else if exact {
                return Ok(());
            } else {
                self.recompute_dual(work)?;
                exact = true;
            }
        }
        Ok(())
    }

    /// One pivot. The column enters the basis, or the slack of a row if the column is `NONE`.
    fn pivot(
        &mut self,
        column: u32,
        slack: u32,
        reduced: i64,
        work: &mut WorkBudget,
    ) -> Result<(), Overflow> {
        let size = self.size;
        self.entering.fill(0);
        if column == NONE {
            self.add_to_entering(slack as usize);
        } else {
            let Column { begin, end, component_row, .. } = self.columns[column as usize];
            for at in begin..end {
                self.add_to_entering(self.meetings[at as usize].0 as usize);
            }
            self.add_to_entering(component_row as usize);
            work.spend((end - begin) as usize * size / 4);
        }
        // The programme is bounded, so if no row can leave the basis, rounding errors have grown too large.
        let leaving = self.leaving_row().ok_or(Overflow)?;
        let pivot = self.entering[leaving];
        if pivot != ONE {
            for entry in &mut self.inverse[leaving * size..(leaving + 1) * size] {
                *entry = divide(*entry, pivot)?;
            }
            self.value[leaving] = divide(self.value[leaving], pivot)?;
        }
        for row in 0..size {
            if row != leaving && self.entering[row] != 0 {
                self.eliminate(row, leaving)?;
                work.spend(size / 4);
            }
        }
        for (dual, entry) in self.dual.iter_mut().zip(&self.inverse[leaving * size..]) {
            if *entry != 0 {
                *dual += if *entry == ONE { reduced } else { multiply(reduced, *entry)? };
                if dual.abs() > self.max_dual {
                    return Err(Overflow);
                }
            }
        }
        let left = std::mem::replace(&mut self.basis[leaving], column);
        if left != NONE {
            self.columns[left as usize].basic = false;
        }
        if column != NONE {
            self.columns[column as usize].basic = true;
        }
        Ok(())
    }

    fn add_to_entering(&mut self, of: usize) {
        for (entry, row) in self.entering.iter_mut().zip(self.inverse.chunks_exact(self.size)) {
            *entry = entry.saturating_add(row[of]);
        }
    }

    /// The ratio test: the row whose basic variable reaches zero first.
    fn leaving_row(&self) -> Option<usize> {
        let mut found: Option<usize> = None;
        for row in 0..self.size {
            if self.entering[row] <= MIN_PIVOT {
                continue;
            }
            let sooner = found.is_none_or(|other| {
                let mine = i128::from(self.value[row].max(0)) * i128::from(self.entering[other]);
                let its = i128::from(self.value[other].max(0)) * i128::from(self.entering[row]);
                mine < its
            });
            if sooner {
                found = Some(row);
            }
        }
        found
    }

    /// Subtracts a multiple of the leaving row from another row, so that the entering column becomes zero there.
    fn eliminate(&mut self, row: usize, leaving: usize) -> Result<(), Overflow> {
        let size = self.size;
        let factor = self.entering[row];
        let (head, tail) = self.inverse.split_at_mut(row.max(leaving) * size);
        let low = row.min(leaving) * size;
        let (target, source) = if row < leaving {
            (&mut head[low..low + size], &tail[..size])
        } else {
            (&mut tail[..size], &head[low..low + size])
        };
        let mut all = 0;
        match factor {
            ONE => {
                for (t, s) in target.iter_mut().zip(source) {
                    *t -= s;
                    all |= t.unsigned_abs();
                }
            }
            MINUS_ONE => {
                for (t, s) in target.iter_mut().zip(source) {
                    *t += s;
                    all |= t.unsigned_abs();
                }
            }
            _ => {
                for (t, s) in target.iter_mut().zip(source) {
                    if *s != 0 {
                        *t -= multiply(factor, *s)?;
                        all |= t.unsigned_abs();
                    }
                }
            }
        }
        self.value[row] -= multiply(factor, self.value[leaving])?;
        all |= self.value[row].unsigned_abs();
        if all > MAX_ENTRY { Err(Overflow) } else { Ok(()) }
    }

    /// Computes the dual solution from costs and inverse, without the rounding errors that pivots have added up.
    fn recompute_dual(&mut self, work: &mut WorkBudget) -> Result<(), Overflow> {
        self.dual.fill(0);
        for (row, column) in self.basis.iter().enumerate() {
            if *column == NONE {
                continue;
            }
            let cost = self.columns[*column as usize].cost * self.unit;
            for (dual, entry) in self.dual.iter_mut().zip(&self.inverse[row * self.size..]) {
                if *entry != 0 {
                    *dual += if *entry == ONE { cost } else { multiply(cost, *entry)? };
                    if dual.unsigned_abs() > MAX_ENTRY {
                        return Err(Overflow);
                    }
                }
            }
        }
        work.spend(self.size * self.size / 4);
        if self.dual.iter().any(|d| d.abs() > self.max_dual) { Err(Overflow) } else { Ok(()) }
    }

    /// Writes the dual solution of the invitees, which are the multipliers. A negative one, which is rounding, becomes zero.
    pub(in crate::schedule) fn write_multipliers(&self, multipliers: &mut Multipliers) {
        multipliers.values.clear();
        multipliers.values.extend(self.dual[..self.invitees].iter().map(|d| (*d).max(0)));
        multipliers.denominator = self.unit;
    }

    /// Computes for each start how much of it the solution uses, in units of 2^-20.
    pub(in crate::schedule) fn usage(&self, usage: &mut [i64]) {
        usage.fill(0);
        for (value, column) in self.value.iter().zip(&self.basis) {
            if *column != NONE && *value > 0 {
                let column = &self.columns[*column as usize];
                for (_, s) in &self.meetings[column.begin as usize..column.end as usize] {
                    usage[*s as usize] += value >> (SHIFT - 20);
                }
            }
        }
    }
}

/// Multiplies two numbers of which one is in units of 2^-48. The product is rounded.
fn multiply(a: i64, b: i64) -> Result<i64, Overflow> {
    check_range((i128::from(a) * i128::from(b) + (1 << (SHIFT - 1))) >> SHIFT)
}

/// Divides two numbers. The quotient is in units of 2^-48 and rounded.
fn divide(a: i64, b: i64) -> Result<i64, Overflow> {
    check_range((i128::from(a) << SHIFT) / i128::from(b))
}

fn check_range(x: i128) -> Result<i64, Overflow> {
    if x.unsigned_abs() > u128::from(MAX_ENTRY) {
        Err(Overflow)
    } else {
        i64::try_from(x).map_err(|_| Overflow)
    }
}
