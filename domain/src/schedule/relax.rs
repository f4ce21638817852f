//! What would have to give so that more can have a meeting.

use serde::{Deserialize, Serialize};

use super::certificate::Schedule;
use super::problem::{Given, Problem};
use super::solve::{self, Work};
use crate::instant::Instant;

/// A change after which more can have a meeting. How many has been found by solving the changed problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relaxation {
    /// If this invitee could also begin then.
    AlsoAt {
        /// Its id.
        invitee: u64,
        /// A candidate start.
        begin: Instant,
        /// How many then have a meeting.
        placed: usize,
    },
    /// If candidate starts were closer.
    Step {
        /// At most the distance of now, of which it is a part.
        minutes: u16,
        /// How many then have a meeting.
        placed: usize,
    },
    /// If meetings were shorter. No longer one would place as many.
    Length {
        /// A multiple of five, or five.
        minutes: u16,
        /// How many then have a meeting.
        placed: usize,
    },
}

/// The most times that one invitee is asked for, and the most invitees that are asked.
const MOST_ASKED: usize = 3;
/// The most candidate starts that are tried for an invitee.
const MOST_TRIED: usize = 24;

/// The cheapest changes after which more can have a meeting than in this schedule, which places as many as can be
/// placed. Those that ask one invitee for one more time come first: those who have no meeting in the order of the
/// problem, each with the times that the owner likes best. Then the largest step, then the greatest length that
/// places more, and the greatest that places all.
#[must_use]
pub fn relaxations(problem: &Problem, schedule: &Schedule, work: u64) -> Vec<Relaxation> {
    let mut work = Work::new(work);
    let all = problem.rows().len();
    let placed = schedule.0.len();
    let mut found = Vec::new();
    // Where more can be placed as it is, which a search that was cut short may not have found, nothing has to change.
    if placed >= all || solve::most(problem, &mut work) != Some(placed) {
        return found;
    }
    let unplaced = problem.given().invitees.iter().enumerate();
    let unplaced = unplaced.filter(|(_, i)| !schedule.0.iter().any(|p| p.invitee == i.id));
    for (number, invitee) in unplaced.take(MOST_ASKED) {
        let times = also_at(problem, schedule, number, &mut work);
        let as_one =
            |begin| Relaxation::AlsoAt { invitee: invitee.id, begin, placed: placed.saturating_add(1) };
        found.extend(times.into_iter().map(as_one));
    }
    found.extend(closer_steps(problem.given(), placed, &mut work));
    let more = shorter(problem.given(), placed.saturating_add(1), &mut work);
    found.extend(more);
    if !matches!(more, Some(Relaxation::Length { placed, .. }) if placed >= all) {
        found.extend(shorter(problem.given(), all, &mut work));
    }
    found
}

/// Times at which the invitee could be placed if it could begin then, all others having as many meetings as now.
fn also_at(problem: &Problem, schedule: &Schedule, number: usize, work: &mut Work) -> Vec<Instant> {
    let length = problem.length();
    let clash = |a: Instant, b: Instant| a < b.saturating_add(length) && b < a.saturating_add(length);
    let row = problem.rows().get(number).map_or(&[][..], Vec::as_slice);
    let mut starts: Vec<_> = problem.starts().iter().enumerate().collect();
    starts.retain(|(s, _)| row.binary_search_by_key(s, |p| p.start()).is_err());
    // Where nobody has to move before where somebody has, then by what the owner likes.
    let free = |at: Instant| !schedule.0.iter().any(|p| clash(p.begin, at));
    starts.sort_by_key(|(s, start)| (!free(start.at), std::cmp::Reverse(start.preference), *s));
    let mut found: Vec<Instant> = Vec::new();
    let mut tried = 0usize;
    for (_, start) in starts {
        if found.len() >= MOST_ASKED || tried >= MOST_TRIED || work.is_over() {
            break;
        }
        // Times of one hour are one suggestion.
        if found.iter().any(|f| clash(*f, start.at)) {
            continue;
        }
        tried = tried.saturating_add(1);
        let others = |i: usize, s: usize| {
            i != number && problem.starts().get(s).is_some_and(|other| !clash(other.at, start.at))
        };
        if solve::can_place(problem, schedule.0.len(), work, others) == Some(true) {
            found.push(start.at);
        }
    }
    found
}

/// The largest part of the step that places more. Starts of a step are starts of each part of it, so that no part
/// places fewer.
fn closer_steps(given: &Given, placed: usize, work: &mut Work) -> Option<Relaxation> {
    let parts = (2..=given.step_minutes).filter(|n| given.step_minutes.checked_rem(*n) == Some(0));
    let steps = parts.filter_map(|n| given.step_minutes.checked_div(n)).filter(|step| *step >= 5);
    for minutes in steps {
        let placed_then = most(Given { step_minutes: minutes, ..given.clone() }, work)?;
        if placed_then > placed {
            return Some(Relaxation::Step { minutes, placed: placed_then });
        }
    }
    None
}

/// The greatest length that places so many. What fits fits when it is shorter, so it is found by halving.
fn shorter(given: &Given, wanted: usize, work: &mut Work) -> Option<Relaxation> {
    let with = |fives: u16, work: &mut Work| {
        most(Given { meeting_minutes: fives.saturating_mul(5), ..given.clone() }, work)
    };
    // Shorter ones may have more starts than a problem may have: what is not known is passed over towards longer ones.
    let (mut short, mut long) = (0, given.meeting_minutes.div_ceil(5));
    let mut best = None;
    while long.saturating_sub(short) > 1 {
        let middle = short.midpoint(long);
        match with(middle, work) {
            Some(then) if then < wanted => long = middle,
            Some(placed) => {
                short = middle;
                best = Some(Relaxation::Length { minutes: middle.saturating_mul(5), placed });
            }
            None => short = middle,
        }
    }
    best
}

/// How many can have a meeting; `None` where it is no problem, or the work limit came first.
fn most(given: Given, work: &mut Work) -> Option<usize> {
    solve::most(&Problem::new(given).ok()?, work)
}
