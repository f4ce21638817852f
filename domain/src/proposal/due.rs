//! What time itself causes: reminders before the deadline, and the deadline.

use super::{Party, Phase, Proposal};
use crate::duration::Duration;
use crate::instant::Instant;

/// Hours before the deadline at which required parties who have not answered are reminded (spec, part 0).
const REMINDERS: [u16; 2] = [72, 24];

/// How long one reminder keeps off the next, however often the deadline is moved.
const SPACING: Duration = Duration::from_seconds(86_400);

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
    /// To the creator: the answers of the last minutes.
    Digest,
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
        && party.takes_mail()
        && party.answer.is_none()
        && party.reminded.iter().all(|r| *r > hours)
}

/// The mail that time owes at `now`.
#[must_use]
pub fn due_mail(proposal: &Proposal, now: Instant) -> Vec<Due> {
    let digest = proposal.pending.as_ref().filter(|p| p.due <= now).map(|_| Due::Digest);
    let Some(deadline) =
        proposal.deadline.filter(|_| proposal.phase == Phase::Open && !proposal.deadline_told)
    else {
        return digest.into_iter().collect();
    };
    if deadline <= now {
        // It tells of the answers, too.
        return vec![Due::Deadline];
    }
    reminders(proposal, deadline, now).into_iter().chain(digest).collect()
}

/// When a party's reminder of so many hours is due.
fn due_at(party: &Party, deadline: Instant, hours: u16) -> Instant {
    let spaced = party.reminded_at.map(|at| at.saturating_add(SPACING));
    before(deadline, hours).max(spaced.unwrap_or(Instant::from_millis(i64::MIN)))
}

fn reminders(proposal: &Proposal, deadline: Instant, now: Instant) -> Vec<Due> {
    let due = |party: &Party| {
        let hours = REMINDERS.into_iter().filter(|h| due_at(party, deadline, *h) <= now).min()?;
        owed(proposal, party, hours).then_some(Due::Reminder { to: party.number, hours })
    };
    proposal.active_parties().filter_map(due).collect()
}

/// When the clock must next be looked at; never before `now`.
#[must_use]
pub fn next_wakeup(proposal: &Proposal, now: Instant) -> Option<Instant> {
    if !due_mail(proposal, now).is_empty() {
        return Some(now);
    }
    let digest = proposal.pending.as_ref().map(|p| p.due);
    let deadline = proposal.deadline.filter(|_| proposal.phase == Phase::Open && !proposal.deadline_told);
    // A reminder whose time is over is due now only if no later one is.
    let reminder = deadline.and_then(|deadline| {
        let each = proposal.active_parties().flat_map(|p| REMINDERS.into_iter().map(move |hours| (p, hours)));
        let owed = each.filter(|(party, hours)| owed(proposal, party, *hours));
        owed.map(|(party, hours)| due_at(party, deadline, hours)).filter(|at| *at > now).min()
    });
    [digest, deadline, reminder].into_iter().flatten().min().map(|at| at.max(now))
}
