//! The checker of schedules and certificates. It shares only the types of problem, schedule and certificate with the solver,
//! computes in 128 bits, and trusts none of its arguments but the problem.

use std::collections::HashSet;

use super::certificate::{Certificate, Multipliers, Node, Schedule};
use super::objective::Objective;
use super::problem::Problem;
use crate::duration::Duration;

/// What a certificate proves of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The objective of the schedule.
    pub objective: Objective,
    /// The objective that no schedule exceeds.
    pub bound: Objective,
}

impl Verified {
    /// Whether it is proven that no schedule is better.
    #[must_use]
    pub fn is_optimal(&self) -> bool {
        self.objective == self.bound
    }
}

/// Why a schedule or its certificate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// No invitee of the problem has this id.
    UnknownInvitee(u64),
    /// The invitee of this id has two meetings.
    PlacedTwice(u64),
    /// The meeting of the invitee of this id does not begin at a candidate start at which the invitee is available.
    Misplaced(u64),
    /// The meeting of the invitee of this id begins before the previous meeting ends.
    Overlap(u64),
    /// The bound is not an objective that [`Scale::objective`](super::Scale::objective) gives, so its value means nothing.
    Bound,
    /// A vector of multipliers has not one value for each invitee, its denominator is not positive, or a value is negative.
    Multipliers,
    /// The tree has too few nodes or too many, or a node refers to multipliers or a start that do not exist.
    Tree,
    /// The check would take more than [`MAX_CHECK_WORK`] steps.
    TooLarge,
    /// The multipliers of the leaf at this index do not prove the bound for its case.
    NotProven(usize),
}

/// The maximum cost of a check: nodes of the tree times pairs and starts of the problem. The solver stops far below it.
pub const MAX_CHECK_WORK: usize = 4_000_000_000;

/// Checks that the schedule keeps all rules and that the certificate proves its bound.
///
/// # Errors
/// See [`VerifyError`].
pub fn verify(
    problem: &Problem,
    schedule: &Schedule,
    certificate: &Certificate,
) -> Result<Verified, VerifyError> {
    let objective = evaluate(problem, schedule)?;
    check_bound(problem, certificate)?;
    Ok(Verified { objective, bound: certificate.bound })
}

/// Checks that the schedule keeps all rules, and computes its objective.
///
/// # Errors
/// The first meeting that breaks a rule.
pub fn evaluate(problem: &Problem, schedule: &Schedule) -> Result<Objective, VerifyError> {
    let mut seen = HashSet::new();
    let mut objective = Objective::EMPTY;
    let mut free_from = None;
    for placed in &schedule.0 {
        let id = placed.invitee;
        let pairs = problem.input().invitees.iter().position(|i| i.id == id);
        let pairs = pairs.and_then(|i| problem.pairs_by_invitee().get(i));
        let pairs = pairs.ok_or(VerifyError::UnknownInvitee(id))?;
        if !seen.insert(id) {
            return Err(VerifyError::PlacedTwice(id));
        }
        let start = problem.start_at(placed.begin).ok_or(VerifyError::Misplaced(id))?;
        let pair = pairs.binary_search_by_key(&start, |p| p.start()).ok().and_then(|k| pairs.get(k));
        let (Some(pair), Some(start), Some(first)) =
            (pair, problem.starts().get(start), problem.starts().first())
        else {
            return Err(VerifyError::Misplaced(id));
        };
        if free_from.is_some_and(|free| placed.begin < free) {
            return Err(VerifyError::Overlap(id));
        }
        free_from = Some(placed.begin.saturating_add(problem.length()));
        let preference =
            u32::from(start.preference.level()).saturating_add(pair.preference().unsigned_abs() as u32);
        let delay = placed.begin.micros().saturating_sub(first.at.micros());
        objective.placed = objective.placed.saturating_add(1);
        objective.preference = objective.preference.saturating_add(preference);
        objective.delay = Duration::from_micros(objective.delay.micros().saturating_add(delay));
    }
    Ok(objective)
}

/// A case of the tree: the schedules in which no meeting begins at a forbidden start.
struct Case {
    /// For each candidate start whether it is forbidden.
    forbidden: Vec<bool>,
}

/// Walks the tree in preorder and checks the bound at each leaf.
fn check_bound(problem: &Problem, certificate: &Certificate) -> Result<(), VerifyError> {
    let pairs: usize =
        problem.pairs_by_invitee().iter().map(Vec::len).fold(problem.starts().len(), usize::saturating_add);
    if certificate.tree.len().saturating_mul(pairs.saturating_add(1)) > MAX_CHECK_WORK {
        return Err(VerifyError::TooLarge);
    }
    let is_valid = |m: &Multipliers| {
        m.denominator > 0
            && m.values.len() == problem.pairs_by_invitee().len()
            && m.values.iter().all(|u| *u >= 0)
    };
    if !certificate.multipliers.iter().all(is_valid) {
        return Err(VerifyError::Multipliers);
    }
    // An impossible preference could make the value of few meetings exceed that of many.
    let bound = problem.scale().value(&certificate.bound);
    if problem.scale().objective(bound) != certificate.bound {
        return Err(VerifyError::Bound);
    }
    let mut open = vec![Case { forbidden: vec![false; problem.starts().len()] }];
    for (index, node) in certificate.tree.iter().enumerate() {
        let case = open.pop().ok_or(VerifyError::Tree)?;
        match node {
            Node::Leaf(which) => {
                let multipliers = certificate.multipliers.get(*which as usize).ok_or(VerifyError::Tree)?;
                if upper_bound(problem, &case, multipliers) > i128::from(bound) {
                    return Err(VerifyError::NotProven(index));
                }
            }
            Node::Branch(start) => {
                let at = problem.starts().get(*start as usize).ok_or(VerifyError::Tree)?.at;
                let length = problem.length().micros();
                let mut used = case.forbidden.clone();
                for (other, forbidden) in problem.starts().iter().zip(&mut used) {
                    let distance = other.at.micros().abs_diff(at.micros());
                    *forbidden |= distance != 0 && distance < length.unsigned_abs();
                }
                let mut unused = case.forbidden;
                if let Some(forbidden) = unused.get_mut(*start as usize) {
                    *forbidden = true;
                }
                // Each open case takes memory. A useful tree is not deeper than there are starts to branch on.
                if open.len() > problem.starts().len() {
                    return Err(VerifyError::Tree);
                }
                open.push(Case { forbidden: unused });
                open.push(Case { forbidden: used });
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(VerifyError::Tree) }
}

/// The upper bound that the multipliers prove for the schedules of a case. It is rounded down, because the values of
/// schedules are integers.
fn upper_bound(problem: &Problem, case: &Case, multipliers: &Multipliers) -> i128 {
    let denominator = i128::from(multipliers.denominator);
    let mut profit = vec![0i128; problem.starts().len()];
    for (row, multiplier) in problem.pairs_by_invitee().iter().zip(&multipliers.values) {
        for pair in row {
            if let (Some(start), Some(profit)) =
                (problem.starts().get(pair.start()), profit.get_mut(pair.start()))
            {
                let preference = i64::from(start.preference.level()).saturating_add(pair.preference());
                let weight = i128::from(problem.scale().weight(preference, start.delay));
                let reduced = weight.saturating_mul(denominator).saturating_sub(i128::from(*multiplier));
                *profit = reduced.max(*profit);
            }
        }
    }
    // Weighted interval scheduling: `best[k]` is the optimum over the first k starts. `ended` counts the starts whose
    // meetings have ended when the next one begins.
    let length = problem.length();
    let mut best: Vec<i128> = vec![0];
    let mut ended = 0usize;
    for ((start, profit), forbidden) in problem.starts().iter().zip(&profit).zip(&case.forbidden) {
        while problem.starts().get(ended).is_some_and(|s| s.at.saturating_add(length) <= start.at) {
            ended = ended.saturating_add(1);
        }
        let without = best.last().copied().unwrap_or(0);
        let with = best.get(ended).copied().unwrap_or(0).saturating_add(*profit);
        best.push(if *forbidden { without } else { without.max(with) });
    }
    let relaxed = best.last().copied().unwrap_or(0);
    let sum = multipliers.values.iter().fold(relaxed, |sum, u| sum.saturating_add(i128::from(*u)));
    sum.checked_div_euclid(denominator).unwrap_or(i128::MAX)
}
