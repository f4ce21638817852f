//! The linear programme over patterns, whose dual solution is the best vector of multipliers.
//!
//! A pattern is a set of meetings in one piece of time that do not clash. The programme takes a fraction of each
//! pattern, of a piece one pattern at most and of an invitee one meeting at most. It is solved by the revised simplex
//! method, patterns being found as they are needed (Dantzig and Wolfe, "Decomposition principle for linear programs",
//! Operations Research 8, 1960).
//!
//! Numbers are integers in units of 2^-48. Coefficients are 0 and 1 and nearly all of the inverse stays whole, hence
//! exact; what is not is rounded, so the dual solution is right to within a hair, and that is enough: any vector of
//! multipliers proves a bound, and `pricing` counts what it proves exactly. Against cycling the right-hand side is
//! not quite one, and differs by row.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "see `Master`")]

use super::Work;
use super::instance::{Instance, NONE};
use super::pricing::Prices;

/// Bits behind the point.
const SHIFT: u32 = 48;
/// One.
const ONE: i64 = 1 << SHIFT;
const MINUS_ONE: i64 = -ONE;
/// Entries beyond this end the search: the multipliers found so far are still good.
const MOST_ENTRY: u64 = 1 << 61;
/// Entries of the entering column below this are taken for rounding.
const LEAST_PIVOT: i64 = ONE >> 9;

/// Numbers grew beyond what is counted with.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct Overflow;

/// A pattern: where its meetings are in `Master::meetings`, and its row of the piece.
#[derive(Clone, Copy)]
struct Column {
    begin: u32,
    end: u32,
    piece_row: u32,
    /// In the basis, where by rounding it may seem to gain something still.
    basic: bool,
    cost: i64,
}

/// Rows are invitees, then pieces; `size` of them. `inverse` has `size * size` entries, all other arrays by row have
/// `size`. No entry of inverse, values and entering column exceeds [`MOST_ENTRY`]: what is multiplied is checked as it
/// is rounded, what is added is checked as the row is left. Duals stay below `most_dual`, so that what a pattern pays fits.
pub(in crate::schedule) struct Master {
    invitees: usize,
    size: usize,
    inverse: Vec<i64>,
    /// What each row's basic variable is.
    value: Vec<i64>,
    /// Its column, or `NONE` for a slack.
    basis: Vec<u32>,
    columns: Vec<Column>,
    meetings: Vec<(u32, u32)>,
    /// The dual solution by row, pieces' too, in units of `1 / unit`.
    dual: Vec<i64>,
    unit: i64,
    most_dual: i64,
    entering: Vec<i64>,
    usable: Vec<u32>,
}

impl Master {
    pub(in crate::schedule) fn new(instance: &Instance) -> Self {
        let (invitees, size) = (instance.rows, instance.rows + instance.pieces());
        let longest = instance.longest_pattern() as i64;
        let most_dual = (1 << 61) / (longest + 2);
        let mut master = Self {
            invitees,
            size,
            inverse: vec![0; size * size],
            value: vec![0; size],
            basis: vec![NONE; size],
            columns: Vec::new(),
            meetings: Vec::new(),
            dual: vec![0; size],
            // The largest power of two up to 2^20 with which a thousand patterns' worth is a dual.
            unit: 1 << (most_dual / 1024 / (longest * instance.highest).max(1)).max(1).ilog2().min(20),
            most_dual,
            entering: vec![0; size],
            usable: Vec::new(),
        };
        master.restart();
        master
    }

    /// Starts anew from the slacks, keeping the patterns.
    pub(in crate::schedule) fn restart(&mut self) {
        self.inverse.fill(0);
        for k in 0..self.size {
            self.inverse[k * self.size + k] = ONE;
            // Differs from one by less than 2^32, and by row.
            let mixed = (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
            self.value[k] = ONE + mixed as i64;
        }
        self.basis.fill(NONE);
        self.columns.iter_mut().for_each(|c| c.basic = false);
        self.dual.fill(0);
    }

    /// Takes a pattern in, unless it is worth no more than its invitees and its piece cost by now.
    pub(in crate::schedule) fn add(
        &mut self,
        instance: &Instance,
        piece: usize,
        pattern: &[(u32, u32)],
    ) -> bool {
        let begin = self.meetings.len() as u32;
        self.meetings.extend_from_slice(pattern);
        let cost = pattern.iter().filter_map(|(i, s)| instance.weight(*i as usize, *s as usize)).sum();
        let end = self.meetings.len() as u32;
        let column = Column { begin, end, piece_row: (self.invitees + piece) as u32, basic: false, cost };
        if self.reduced(&column) <= self.tolerance() {
            self.meetings.truncate(begin as usize);
            return false;
        }
        self.columns.push(column);
        true
    }

    /// Less than this is no gain.
    const fn tolerance(&self) -> i64 {
        self.unit >> 8
    }

    /// The reduced cost in units of the dual solution.
    fn reduced(&self, column: &Column) -> i64 {
        let paid: i64 = self.meetings[column.begin as usize..column.end as usize]
            .iter()
            .map(|(i, _)| self.dual[*i as usize])
            .sum();
        column.cost * self.unit - paid - self.dual[column.piece_row as usize]
    }

    /// Solves over the patterns that are there and use no forbidden start.
    pub(in crate::schedule) fn solve(&mut self, forbidden: &[bool], work: &mut Work) -> Result<(), Overflow> {
        self.usable.clear();
        for (number, c) in (0..).zip(&self.columns) {
            if self.meetings[c.begin as usize..c.end as usize].iter().all(|(_, s)| !forbidden[*s as usize]) {
                self.usable.push(number);
            }
        }
        let mut exact = false;
        while !work.is_over() {
            let (mut best, mut which, mut slack) = (self.tolerance(), NONE, NONE);
            for c in &self.usable {
                let column = &self.columns[*c as usize];
                let reduced = self.reduced(column);
                if reduced > best && !column.basic {
                    (best, which) = (reduced, *c);
                }
            }
            work.spend(self.usable.len() * 4);
            // A slack comes in where a row's dual is negative.
            for (row, dual) in self.dual.iter().enumerate() {
                if -dual > best {
                    (best, slack) = (-dual, row as u32);
                }
            }
            if which != NONE || slack != NONE {
                self.enter(if slack == NONE { which } else { NONE }, slack, best, work)?;
                exact = false;
            } else if exact {
                return Ok(());
            } else {
                self.count_dual(work)?;
                exact = true;
            }
        }
        Ok(())
    }

    /// One pivot: the column, or else the row's slack, comes in.
    fn enter(&mut self, column: u32, slack: u32, reduced: i64, work: &mut Work) -> Result<(), Overflow> {
        let size = self.size;
        self.entering.fill(0);
        if column == NONE {
            self.add_to_entering(slack as usize);
        } else {
            let Column { begin, end, piece_row, .. } = self.columns[column as usize];
            for at in begin..end {
                self.add_to_entering(self.meetings[at as usize].0 as usize);
            }
            self.add_to_entering(piece_row as usize);
            work.spend((end - begin) as usize * size / 4);
        }
        // Nothing is unbounded, so where no row leaves numbers have gone wrong.
        let leaving = self.leaving().ok_or(Overflow)?;
        let pivot = self.entering[leaving];
        if pivot != ONE {
            for entry in &mut self.inverse[leaving * size..(leaving + 1) * size] {
                *entry = divided(*entry, pivot)?;
            }
            self.value[leaving] = divided(self.value[leaving], pivot)?;
        }
        for row in 0..size {
            if row != leaving && self.entering[row] != 0 {
                self.eliminate(row, leaving)?;
                work.spend(size / 4);
            }
        }
        for (dual, entry) in self.dual.iter_mut().zip(&self.inverse[leaving * size..]) {
            if *entry != 0 {
                *dual += if *entry == ONE { reduced } else { times(reduced, *entry)? };
                if dual.abs() > self.most_dual {
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

    /// The row whose variable reaches zero first.
    fn leaving(&self) -> Option<usize> {
        let mut found: Option<usize> = None;
        for row in 0..self.size {
            if self.entering[row] <= LEAST_PIVOT {
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

    /// Takes so much of the leaving row from another that the entering column is zero there.
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
                        *t -= times(factor, *s)?;
                        all |= t.unsigned_abs();
                    }
                }
            }
        }
        self.value[row] -= times(factor, self.value[leaving])?;
        all |= self.value[row].unsigned_abs();
        if all > MOST_ENTRY { Err(Overflow) } else { Ok(()) }
    }

    /// The dual solution anew from costs and inverse, without what rounding added up to.
    fn count_dual(&mut self, work: &mut Work) -> Result<(), Overflow> {
        self.dual.fill(0);
        for (row, column) in self.basis.iter().enumerate() {
            if *column == NONE {
                continue;
            }
            let cost = self.columns[*column as usize].cost * self.unit;
            for (dual, entry) in self.dual.iter_mut().zip(&self.inverse[row * self.size..]) {
                if *entry != 0 {
                    *dual += if *entry == ONE { cost } else { times(cost, *entry)? };
                    if dual.unsigned_abs() > MOST_ENTRY {
                        return Err(Overflow);
                    }
                }
            }
        }
        work.spend(self.size * self.size / 4);
        if self.dual.iter().any(|d| d.abs() > self.most_dual) { Err(Overflow) } else { Ok(()) }
    }

    /// What invitees pay by now.
    pub(in crate::schedule) fn prices(&self, prices: &mut Prices) {
        prices.of.clear();
        prices.of.extend(self.dual[..self.invitees].iter().map(|d| (*d).max(0)));
        prices.denominator = self.unit;
    }

    /// For each start how much of it is used, in units of 2^-20.
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

/// A product of which one factor is in units of 2^-48, rounded.
fn times(a: i64, b: i64) -> Result<i64, Overflow> {
    within((i128::from(a) * i128::from(b) + (1 << (SHIFT - 1))) >> SHIFT)
}

/// A quotient in units of 2^-48, rounded.
fn divided(a: i64, b: i64) -> Result<i64, Overflow> {
    within((i128::from(a) << SHIFT) / i128::from(b))
}

fn within(x: i128) -> Result<i64, Overflow> {
    if x.unsigned_abs() > u128::from(MOST_ENTRY) {
        Err(Overflow)
    } else {
        i64::try_from(x).map_err(|_| Overflow)
    }
}
