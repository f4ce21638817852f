//! Why somebody has no meeting.

use serde::{Deserialize, Serialize};

use super::certificate::Schedule;
use super::grid::{self, Span};
use super::problem::{Invitee, Problem};
use super::solve::{self, Work};

/// Why an invitee has no meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has given no time.
    NoTime,
    /// It shares no time with the owner that is long enough for a meeting.
    NothingInCommon,
    /// It shares time enough, but no step of the owner's at which a meeting would fit.
    NoStep,
    /// Wherever a meeting would fit the owner is engaged.
    OwnerBusy,
    /// It could have a meeting, but somebody else would lose one, or all would be worse off.
    Crowded,
}

/// Invitees of whom not all can have a meeting, though all can if any one of them is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Competing {
    /// Their ids, in the order of the problem.
    pub invitees: Vec<u64>,
    /// How many of them can have one: all but one.
    pub fit: usize,
}

/// What can be said of those who have no meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Who has none, in the order of the problem, and why.
    pub unplaced: Vec<(u64, Reason)>,
    /// At most [`MOST_SETS`] minimal sets, each with another of those who are crowded out.
    pub competing: Vec<Competing>,
    /// Whether everybody who is crowded out is in one of the sets. Not so where there would be more of them, or where
    /// the work limit ended the search.
    pub complete: bool,
}

/// More sets than anybody reads.
pub const MOST_SETS: usize = 5;

/// Why those who are not in this schedule, which places as many as can be placed, have no meeting.
#[must_use]
pub fn explain(problem: &Problem, schedule: &Schedule, work: u64) -> Explanation {
    let mut work = Work::new(work);
    let invitees = &problem.given().invitees;
    let placed: Vec<bool> = invitees.iter().map(|i| schedule.0.iter().any(|p| p.invitee == i.id)).collect();
    let mut explanation = Explanation { complete: true, ..Explanation::default() };
    for ((number, invitee), placed_too) in invitees.iter().enumerate().zip(&placed) {
        if *placed_too {
            continue;
        }
        let reason = reason(problem, number, invitee);
        explanation.unplaced.push((invitee.id, reason));
        if reason != Reason::Crowded || explanation.competing.iter().any(|c| c.invitees.contains(&invitee.id))
        {
            continue;
        }
        let set = (explanation.competing.len() < MOST_SETS && !work.is_over())
            .then(|| minimal(problem, &placed, number, &mut work))
            .flatten();
        match set {
            Some(set) => {
                let members = invitees.iter().zip(&set).filter(|(_, member)| **member);
                let ids: Vec<u64> = members.map(|(i, _)| i.id).collect();
                explanation.competing.push(Competing { fit: ids.len().saturating_sub(1), invitees: ids });
            }
            None => explanation.complete = false,
        }
    }
    explanation
}

fn reason(problem: &Problem, number: usize, invitee: &Invitee) -> Reason {
    let given = problem.given();
    let length = problem.length().micros();
    if problem.rows().get(number).is_some_and(|row| !row.is_empty()) {
        return Reason::Crowded;
    }
    if invitee.wishes.is_empty() {
        return Reason::NoTime;
    }
    let own = grid::blocks(given.owner.iter().map(|w| Span::from(&w.slot)));
    let its = grid::blocks(invitee.wishes.iter().map(|w| Span::from(&w.slot)));
    let shared = |a: &Span, b: &Span| a.end.min(b.end).saturating_sub(a.begin.max(b.begin)) >= length;
    if !own.iter().any(|a| its.iter().any(|b| shared(a, b))) {
        return Reason::NothingInCommon;
    }
    let steps: Vec<i64> = grid::starts(&own, length, problem.step().micros()).collect();
    if grid::preferences(&invitee.wishes, &steps, length).iter().any(Option::is_some) {
        Reason::OwnerBusy
    } else {
        Reason::NoStep
    }
}

/// A minimal set that competes, with this invitee among them; `None` where the work limit came first.
///
/// All who are placed and this one do not fit, or one more would be placed. Whom the multipliers of the proof charge its
/// whole meeting competes with nobody, so that few are left to be tried one by one: whoever can be left out without
/// the others fitting is left out for good (the deletion filter of Chinneck and Dravnieks, "Locating minimal infeasible
/// constraint sets in linear programs", ORSA Journal on Computing 3, 1991).
fn minimal(problem: &Problem, placed: &[bool], number: usize, work: &mut Work) -> Option<Vec<bool>> {
    let mut set = placed.to_vec();
    *set.get_mut(number)? = true;
    let fits = |set: &[bool], work: &mut Work| {
        let wanted = set.iter().filter(|member| **member).count();
        solve::can_place(problem, wanted, work, |i, _| set.get(i).copied().unwrap_or(false))
    };
    let charged = solve::charged(problem, &set, work);
    let fewer: Vec<bool> = set.iter().zip(charged).map(|(member, charged)| *member && charged).collect();
    if fits(&fewer, work) == Some(false) {
        set = fewer;
    }
    for member in 0..set.len() {
        if member == number || !set.get(member).copied().unwrap_or(false) {
            continue;
        }
        *set.get_mut(member)? = false;
        if fits(&set, work)? {
            *set.get_mut(member)? = true;
        }
    }
    // What is left must not fit: the schedule placed as many as can be placed.
    (fits(&set, work) == Some(false)).then_some(set)
}
