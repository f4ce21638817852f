//! What time itself causes: reminders before the deadline, and the deadline.

use super::{Party, Phase, Proposal};
use crate::duration::Duration;
use crate::instant::Instant;

/// Hours before the deadline at which required parties who have not answered are reminded (spec, part 0).
const REMINDERS: [u16; 2] = [72, 24];

/// A mail that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// To a party that has not answered.
    Reminder {
        /// Its number.
        to: u16,
        /// Hours before the deadline.
        hours: u16,
    },
    /// To the creator: the deadline has passed.
    Deadline,
}

fn before(deadline: Instant, hours: u16) -> Instant {
    deadline.saturating_add(Duration::from_seconds(i64::from(hours).saturating_mul(-3600)))
}

/// The reminders whose time is over at `now`: nobody who is invited then, or for whom the deadline is set then, gets them.
pub(super) fn missed_reminders(proposal: &Proposal, now: Instant) -> Vec<u16> {
    let Some(deadline) = proposal.deadline else { return Vec::new() };
    REMINDERS.into_iter().filter(|hours| before(deadline, *hours) <= now).collect()
}

/// Reminders are for required parties who were invited and have not answered; the earlier one is never sent once the
/// later is due.
fn owed(proposal: &Proposal, party: &Party, hours: u16) -> bool {
    let open = proposal.phase == Phase::Open && !proposal.deadline_told;
    open && !party.optional
        && party.invited
        && party.answer.is_none()
        && party.reminded.iter().all(|r| *r > hours)
}

/// The mail that time owes at `now`.
#[must_use]
pub fn due_mail(proposal: &Proposal, now: Instant) -> Vec<Due> {
    let Some(deadline) =
        proposal.deadline.filter(|_| proposal.phase == Phase::Open && !proposal.deadline_told)
    else {
        return Vec::new();
    };
    if deadline <= now {
        return vec![Due::Deadline];
    }
    let Some(hours) = REMINDERS.into_iter().filter(|h| before(deadline, *h) <= now).min() else {
        return Vec::new();
    };
    let parties = proposal.asked().filter(|p| owed(proposal, p, hours));
    parties.map(|p| Due::Reminder { to: p.number, hours }).collect()
}

/// When the clock must next be looked at; never before `now`.
#[must_use]
pub fn next_wakeup(proposal: &Proposal, now: Instant) -> Option<Instant> {
    let deadline = proposal.deadline.filter(|_| proposal.phase == Phase::Open && !proposal.deadline_told)?;
    let reminders = REMINDERS.into_iter().filter(|h| proposal.asked().any(|p| owed(proposal, p, *h)));
    // A reminder whose time is over is due now only if no later one is.
    let due_now = !due_mail(proposal, now).is_empty();
    let later = reminders.map(|h| before(deadline, h)).filter(|at| *at > now).min();
    if due_now { Some(now) } else { Some(later.map_or(deadline, |at| at.min(deadline)).max(now)) }
}
