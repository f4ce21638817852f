//! Relaxations: small changes of a problem after which more invitees can have a meeting.

use crate::order::sort_by_key;
use serde::{Deserialize, Serialize};

use super::certificate::Schedule;
use super::problem::{Problem, ProblemInput};
use super::solve::{self, WorkBudget};
use crate::instant::Instant;

/// A change of the problem after which more invitees have a meeting. The number was found by solving the changed problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relaxation {
    /// One invitee becomes available at one more candidate start.
    ExtraStart {
        /// The id of the invitee, who has no meeting now.
        invitee: u64,
        /// The candidate start.
        begin: Instant,
        /// The number of invitees who then have a meeting.
        placed: usize,
    },
    /// The step between candidate starts becomes shorter.
    ShorterStep {
        /// The new step in minutes, a divisor of the present one. No longer divisor places more invitees than now.
        minutes: u16,
        /// The number of invitees who then have a meeting.
        placed: usize,
    },
    /// Meetings become shorter.
    ShorterMeeting {
        /// The new length in minutes, a multiple of five. No longer multiple places as many invitees.
        minutes: u16,
        /// The number of invitees who then have a meeting.
        placed: usize,
    },
}

/// The maximum number of invitees, and of starts for one invitee, that are suggested.
const MAX_SUGGESTED: usize = 3;
/// The maximum number of candidate starts that are tried for an invitee.
const MAX_TRIED: usize = 24;

/// Finds changes after which more invitees have a meeting than in this schedule, which must place as many as possible. The
/// cheapest changes come first: extra starts of single invitees, in the order of the problem, those that the owner prefers
/// first; then the longest shorter step; then the longest meeting that places more invitees, and the longest that places
/// all.
#[must_use]
pub fn relaxations(problem: &Problem, schedule: &Schedule, work: u64) -> Vec<Relaxation> {
    within(problem, schedule, &mut WorkBudget::new(work))
}

/// [`relaxations`] with what is left of a budget.
pub(super) fn within(problem: &Problem, schedule: &Schedule, work: &mut WorkBudget) -> Vec<Relaxation> {
    let all = problem.pairs_by_invitee().len();
    let placed = schedule.0.len();
    let mut found = Vec::new();
    // A schedule of a search that the work limit ended may place fewer than possible. Then no change is needed.
    if placed >= all || solve::max_placed(problem, work) != Some(placed) {
        return found;
    }
    let unplaced = problem.input().invitees.iter().enumerate();
    let unplaced = unplaced.filter(|(_, i)| !schedule.0.iter().any(|p| p.invitee == i.id));
    for (index, invitee) in unplaced.take(MAX_SUGGESTED) {
        let starts = extra_starts(problem, schedule, index, work);
        let relaxation =
            |begin| Relaxation::ExtraStart { invitee: invitee.id, begin, placed: placed.saturating_add(1) };
        found.extend(starts.into_iter().map(relaxation));
    }
    found.extend(shorter_step(problem.input(), placed, work));
    let more = shorter_meeting(problem.input(), placed.saturating_add(1), work);
    found.extend(more);
    if !matches!(more, Some(Relaxation::ShorterMeeting { placed, .. }) if placed >= all) {
        found.extend(shorter_meeting(problem.input(), all, work));
    }
    found
}

/// Finds starts with which the invitee at this index gets a meeting while as many others as now have one.
fn extra_starts(problem: &Problem, schedule: &Schedule, index: usize, work: &mut WorkBudget) -> Vec<Instant> {
    let length = problem.length();
    let overlap = |a: Instant, b: Instant| a < b.saturating_add(length) && b < a.saturating_add(length);
    let pairs = problem.pairs_by_invitee().get(index).map_or(&[][..], Vec::as_slice);
    let mut starts: Vec<_> = problem.starts().iter().enumerate().collect();
    starts.retain(|(s, _)| pairs.binary_search_by_key(s, |p| p.start()).is_err());
    // Starts at which no other meeting has to move come first, then those that the owner prefers.
    let is_free = |at: Instant| !schedule.0.iter().any(|p| overlap(p.begin, at));
    sort_by_key(&mut starts, |(s, start)| (!is_free(start.at), std::cmp::Reverse(start.preference), *s));
    let mut found: Vec<Instant> = Vec::new();
    let mut tried = 0usize;
    for (_, start) in starts {
        if found.len() >= MAX_SUGGESTED || tried >= MAX_TRIED || work.is_exhausted() {
            break;
        }
        // Starts whose meetings overlap are nearly the same suggestion.
        if found.iter().any(|f| overlap(*f, start.at)) {
            continue;
        }
        tried = tried.saturating_add(1);
        let others = |i: usize, s: usize| {
            i != index && problem.starts().get(s).is_some_and(|other| !overlap(other.at, start.at))
        };
        if solve::can_place(problem, schedule.0.len(), work, others) == Some(true) {
            found.push(start.at);
        }
    }
    found
}

/// Finds the longest divisor of the step that places more invitees. All starts of a step are starts of its divisors, too,
/// so a divisor never places fewer.
fn shorter_step(input: &ProblemInput, placed: usize, work: &mut WorkBudget) -> Option<Relaxation> {
    let factors = (2..=input.step_minutes).filter(|n| input.step_minutes.checked_rem(*n) == Some(0));
    let steps = factors.filter_map(|n| input.step_minutes.checked_div(n)).filter(|step| *step >= 5);
    for minutes in steps {
        let placed_then = max_placed(ProblemInput { step_minutes: minutes, ..input.clone() }, work)?;
        if placed_then > placed {
            return Some(Relaxation::ShorterStep { minutes, placed: placed_then });
        }
    }
    None
}

/// Finds the longest meeting with which `wanted` invitees have one. Shorter meetings never place fewer, so a binary search
/// finds it.
fn shorter_meeting(input: &ProblemInput, wanted: usize, work: &mut WorkBudget) -> Option<Relaxation> {
    let with = |fives: u16, work: &mut WorkBudget| {
        max_placed(ProblemInput { meeting_minutes: fives.saturating_mul(5), ..input.clone() }, work)
    };
    // Very short meetings may have more candidate starts than a problem can have. The search then goes on with longer ones.
    let (mut short, mut long) = (0, input.meeting_minutes.div_ceil(5));
    let mut best = None;
    while long.saturating_sub(short) > 1 {
        let middle = short.midpoint(long);
        match with(middle, work) {
            Some(then) if then < wanted => long = middle,
            Some(placed) => {
                short = middle;
                best = Some(Relaxation::ShorterMeeting { minutes: middle.saturating_mul(5), placed });
            }
            None => short = middle,
        }
    }
    best
}

/// The maximum number of invitees who can have a meeting. `None` if the input is not a problem, or if the work limit ended
/// the search.
fn max_placed(input: ProblemInput, work: &mut WorkBudget) -> Option<usize> {
    solve::max_placed(&Problem::new(input).ok()?, work)
}
