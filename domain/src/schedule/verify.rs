//! The checker. It shares nothing with the solver but the types of problem, schedule and certificate, counts in
//! 128 bits, and trusts nothing that it is given.

use std::collections::HashSet;

use super::certificate::{Certificate, Multipliers, Node, Schedule};
use super::objective::Objective;
use super::problem::Problem;
use crate::duration::Duration;

/// What a certificate proves of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What the schedule reaches.
    pub reached: Objective,
    /// What no schedule exceeds.
    pub bound: Objective,
}

impl Bound {
    /// Whether no schedule is better.
    #[must_use]
    pub fn is_optimal(&self) -> bool {
        self.reached == self.bound
    }
}

/// Why a schedule or its certificate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has this id.
    UnknownInvitee(u64),
    /// The invitee has two meetings.
    PlacedTwice(u64),
    /// The invitee's meeting begins where it cannot: no step, not the owner's time, a clash, or not its own time.
    Misplaced(u64),
    /// The invitee's meeting begins before the one before it is over.
    Overlap(u64),
    /// The claim is not written as the problem's own bounds are ([`Scale::objective`](super::Scale::objective)).
    Bound,
    /// A vector has another length than there are invitees, a denominator is not positive, a multiplier negative.
    Multipliers,
    /// A leaf or a branch refers to nothing, or the tree has too few nodes or too many.
    Tree,
    /// It would take more than [`MOST_WORK`] to check.
    TooLarge,
    /// The case that ends with this node of the tree may be better than claimed.
    NotProven(usize),
}

/// The most that a check may cost: leaves times the ways to place somebody. The solver stops long before.
pub const MOST_WORK: usize = 4_000_000_000;

/// Checks that the schedule keeps the rules and that no schedule is better than the certificate claims.
///
/// # Errors
/// See [`Refused`].
pub fn verify(problem: &Problem, schedule: &Schedule, certificate: &Certificate) -> Result<Bound, Refused> {
    let reached = reached(problem, schedule)?;
    proven(problem, certificate)?;
    Ok(Bound { reached, bound: certificate.bound })
}

/// What a schedule reaches, if it keeps the rules.
///
/// # Errors
/// The first meeting that does not.
pub fn reached(problem: &Problem, schedule: &Schedule) -> Result<Objective, Refused> {
    let mut seen = HashSet::new();
    let mut reached = Objective::NOTHING;
    let mut free = None;
    for placed in &schedule.0 {
        let id = placed.invitee;
        let row = problem.given().invitees.iter().position(|i| i.id == id);
        let row = row.and_then(|row| problem.rows().get(row)).ok_or(Refused::UnknownInvitee(id))?;
        if !seen.insert(id) {
            return Err(Refused::PlacedTwice(id));
        }
        let start = problem.start_at(placed.begin).ok_or(Refused::Misplaced(id))?;
        let pair = row.binary_search_by_key(&start, |p| p.start()).ok().and_then(|at| row.get(at));
        let (Some(pair), Some(start), Some(first)) =
            (pair, problem.starts().get(start), problem.starts().first())
        else {
            return Err(Refused::Misplaced(id));
        };
        if free.is_some_and(|free| placed.begin < free) {
            return Err(Refused::Overlap(id));
        }
        free = Some(placed.begin.saturating_add(problem.length()));
        let preference =
            u32::from(start.preference.level()).saturating_add(pair.preference().unsigned_abs() as u32);
        let delay = placed.begin.micros().saturating_sub(first.at.micros());
        reached.placed = reached.placed.saturating_add(1);
        reached.preference = reached.preference.saturating_add(preference);
        reached.delay = Duration::from_micros(reached.delay.micros().saturating_add(delay));
    }
    Ok(reached)
}

/// A case that is still to be read.
struct Case {
    /// For each start whether no meeting begins there.
    forbidden: Vec<bool>,
}

fn proven(problem: &Problem, certificate: &Certificate) -> Result<(), Refused> {
    let pairs: usize =
        problem.rows().iter().map(Vec::len).fold(problem.starts().len(), usize::saturating_add);
    if certificate.tree.len().saturating_mul(pairs.saturating_add(1)) > MOST_WORK {
        return Err(Refused::TooLarge);
    }
    let fits = |m: &Multipliers| {
        m.denominator > 0 && m.of.len() == problem.rows().len() && m.of.iter().all(|u| *u >= 0)
    };
    if !certificate.multipliers.iter().all(fits) {
        return Err(Refused::Multipliers);
    }
    // A claim of few meetings with an absurd preference would be worth more than it says.
    let claimed = problem.scale().value(&certificate.bound);
    if problem.scale().objective(claimed) != certificate.bound {
        return Err(Refused::Bound);
    }
    let mut open = vec![Case { forbidden: vec![false; problem.starts().len()] }];
    for (number, node) in certificate.tree.iter().enumerate() {
        let case = open.pop().ok_or(Refused::Tree)?;
        match node {
            Node::Leaf(which) => {
                let multipliers = certificate.multipliers.get(*which as usize).ok_or(Refused::Tree)?;
                if best(problem, &case, multipliers) > i128::from(claimed) {
                    return Err(Refused::NotProven(number));
                }
            }
            Node::Branch(start) => {
                let at = problem.starts().get(*start as usize).ok_or(Refused::Tree)?.at;
                let length = problem.length().micros();
                let mut used = case.forbidden.clone();
                for (other, forbidden) in problem.starts().iter().zip(&mut used) {
                    let apart = other.at.micros().abs_diff(at.micros());
                    *forbidden |= apart != 0 && apart < length.unsigned_abs();
                }
                let mut unused = case.forbidden;
                if let Some(forbidden) = unused.get_mut(*start as usize) {
                    *forbidden = true;
                }
                // A branch costs memory: deeper than there are starts it makes no sense.
                if open.len() > problem.starts().len() {
                    return Err(Refused::Tree);
                }
                open.push(Case { forbidden: unused });
                open.push(Case { forbidden: used });
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(Refused::Tree) }
}

/// The most that a schedule of this case can be worth, by these multipliers; rounded down, for values are whole.
fn best(problem: &Problem, case: &Case, multipliers: &Multipliers) -> i128 {
    let denominator = i128::from(multipliers.denominator);
    let mut profit = vec![0i128; problem.starts().len()];
    for (row, multiplier) in problem.rows().iter().zip(&multipliers.of) {
        for pair in row {
            if let (Some(start), Some(profit)) =
                (problem.starts().get(pair.start()), profit.get_mut(pair.start()))
            {
                let preference = i64::from(start.preference.level()).saturating_add(pair.preference());
                let weight = i128::from(problem.scale().weight(preference, start.delay));
                let rest = weight.saturating_mul(denominator).saturating_sub(i128::from(*multiplier));
                *profit = rest.max(*profit);
            }
        }
    }
    // The best of what begins at one of the first k starts, for each k; `over` is how many of them are over when
    // the next begins.
    let length = problem.length();
    let mut until: Vec<i128> = vec![0];
    let mut over = 0usize;
    for ((start, profit), forbidden) in problem.starts().iter().zip(&profit).zip(&case.forbidden) {
        while problem.starts().get(over).is_some_and(|s| s.at.saturating_add(length) <= start.at) {
            over = over.saturating_add(1);
        }
        let without = until.last().copied().unwrap_or(0);
        let with = until.get(over).copied().unwrap_or(0).saturating_add(*profit);
        until.push(if *forbidden { without } else { without.max(with) });
    }
    let relaxed = until.last().copied().unwrap_or(0);
    let all = multipliers.of.iter().fold(relaxed, |sum, u| sum.saturating_add(i128::from(*u)));
    all.checked_div_euclid(denominator).unwrap_or(i128::MAX)
}
