//! Why an invitee has no meeting.

use serde::{Deserialize, Serialize};

use super::certificate::Schedule;
use super::grid::{self, Span};
use super::problem::{Invitee, Problem};
use super::solve::{self, WorkBudget};

/// Why an invitee has no meeting in a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnplacedReason {
    /// The invitee has not said when it is available.
    NoTime,
    /// The invitee and the owner have no common time that is long enough for a meeting.
    NothingInCommon,
    /// They have such a time, but no step of the owner's lies in it so that a meeting fits.
    NoStep,
    /// At every step at which a meeting fits, the owner has another engagement.
    OwnerBusy,
    /// The invitee has candidate starts. With a meeting at one of them another invitee loses its meeting, or the schedule
    /// becomes worse.
    CrowdedOut,
}

/// A minimal set of competing invitees: not all of them can have a meeting, but if any one of them is left out, the others
/// can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetingSet {
    /// The ids of the invitees, in the order of the problem.
    pub invitees: Vec<u64>,
    /// The maximum number of them who can have a meeting: one less than the set has.
    pub max_placed: usize,
}

/// Why the invitees without a meeting have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The ids of the invitees without a meeting, in the order of the problem, with their reasons.
    pub unplaced: Vec<(u64, UnplacedReason)>,
    /// Sets of competing invitees. Each explains at least one invitee who is crowded out and is in no earlier set.
    pub competing: Vec<CompetingSet>,
    /// Whether each invitee who is crowded out is in one of the sets. False if there are more than [`MAX_SETS`] sets, or if
    /// the work limit ended the search.
    pub complete: bool,
}

/// The maximum number of sets in an explanation. People do not read more of them.
pub const MAX_SETS: usize = 5;

/// Explains why invitees have no meeting in this schedule, which must place as many invitees as possible.
#[must_use]
pub fn explain(problem: &Problem, schedule: &Schedule, work: u64) -> Explanation {
    within(problem, schedule, &mut WorkBudget::new(work))
}

/// [`explain`] with what is left of a budget.
pub(super) fn within(problem: &Problem, schedule: &Schedule, work: &mut WorkBudget) -> Explanation {
    let invitees = &problem.input().invitees;
    let placed: Vec<bool> = invitees.iter().map(|i| schedule.0.iter().any(|p| p.invitee == i.id)).collect();
    let mut explanation = Explanation { complete: true, ..Explanation::default() };
    for ((index, invitee), is_placed) in invitees.iter().enumerate().zip(&placed) {
        if *is_placed {
            continue;
        }
        let reason = unplaced_reason(problem, index, invitee);
        explanation.unplaced.push((invitee.id, reason));
        if reason != UnplacedReason::CrowdedOut
            || explanation.competing.iter().any(|c| c.invitees.contains(&invitee.id))
        {
            continue;
        }
        let set = (explanation.competing.len() < MAX_SETS && !work.is_exhausted())
            .then(|| minimal_set(problem, &placed, index, work))
            .flatten();
        match set {
            Some(set) => {
                let members = invitees.iter().zip(&set).filter(|(_, member)| **member);
                let ids: Vec<u64> = members.map(|(i, _)| i.id).collect();
                explanation
                    .competing
                    .push(CompetingSet { max_placed: ids.len().saturating_sub(1), invitees: ids });
            }
            None => explanation.complete = false,
        }
    }
    explanation
}

/// The reason of the invitee at this index, who has no meeting.
fn unplaced_reason(problem: &Problem, index: usize, invitee: &Invitee) -> UnplacedReason {
    let input = problem.input();
    let length = problem.length().micros();
    if problem.pairs_by_invitee().get(index).is_some_and(|pairs| !pairs.is_empty()) {
        return UnplacedReason::CrowdedOut;
    }
    if invitee.available.is_empty() {
        return UnplacedReason::NoTime;
    }
    let owner = grid::merge_spans(input.owner.iter().map(|p| Span::from(&p.slot)));
    let available = grid::merge_spans(invitee.available.iter().map(|p| Span::from(&p.slot)));
    let fits_both = |a: &Span, b: &Span| a.end.min(b.end).saturating_sub(a.begin.max(b.begin)) >= length;
    if !owner.iter().any(|a| available.iter().any(|b| fits_both(a, b))) {
        return UnplacedReason::NothingInCommon;
    }
    let steps: Vec<i64> = grid::steps(&owner, length, problem.step().micros()).collect();
    if grid::preferences(&invitee.available, &steps, length).iter().any(Option::is_some) {
        UnplacedReason::OwnerBusy
    } else {
        UnplacedReason::NoStep
    }
}

/// Finds a minimal set of competing invitees that contains the unplaced invitee at this index. `None` if the work limit
/// ended the search.
///
/// The placed invitees and this one compete, because the schedule places as many as possible. The multipliers of the proof
/// show which of them cannot matter. Each of the others is then left out for good if the rest still competes (the deletion
/// filter of Chinneck and Dravnieks, "Locating minimal infeasible constraint sets in linear programs", ORSA Journal on
/// Computing 3, 1991).
fn minimal_set(problem: &Problem, placed: &[bool], index: usize, work: &mut WorkBudget) -> Option<Vec<bool>> {
    let mut set = placed.to_vec();
    *set.get_mut(index)? = true;
    let all_fit = |set: &[bool], work: &mut WorkBudget| {
        let wanted = set.iter().filter(|member| **member).count();
        solve::can_place(problem, wanted, work, |i, _| set.get(i).copied().unwrap_or(false))
    };
    let may_compete = solve::may_compete(problem, &set, work);
    let fewer: Vec<bool> = set.iter().zip(may_compete).map(|(member, may)| *member && may).collect();
    if all_fit(&fewer, work) == Some(false) {
        set = fewer;
    }
    for member in 0..set.len() {
        if member == index || !set.get(member).copied().unwrap_or(false) {
            continue;
        }
        *set.get_mut(member)? = false;
        if all_fit(&set, work)? {
            *set.get_mut(member)? = true;
        }
    }
    // If the set fits, the schedule did not place as many invitees as possible, and there is nothing to explain.
    (all_fit(&set, work) == Some(false)).then_some(set)
}
