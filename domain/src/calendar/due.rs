//! What time itself causes: reminders before the deadline, and the deadline.

use super::{Calendar, Invitee, Phase};
use crate::duration::Duration;
use crate::instant::Instant;

/// Hours before the deadline at which invitees who have not answered are reminded (spec, part 0).
const REMINDERS: [u16; 2] = [72, 24];

/// How long one reminder keeps off the next, however often the deadline is moved; as for proposals.
const SPACING: Duration = Duration::from_seconds(86_400);

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Reminders.
    Reminders {
        /// The numbers of the invitees.
        to: Vec<u16>,
        /// Hours before the deadline.
        hours: u16,
    },
    /// The deadline has passed.
    Deadline,
}

fn before(deadline: Instant, hours: u16) -> Instant {
    deadline.saturating_add(Duration::from_seconds(i64::from(hours).saturating_mul(-3600)))
}

/// The reminders whose time is over at `now`: nobody who is invited then, or for whom the deadline is set then, gets them.
pub(super) fn missed_reminders(calendar: &Calendar, now: Instant) -> Vec<u16> {
    REMINDERS.into_iter().filter(|hours| before(calendar.deadline, *hours) <= now).collect()
}

/// Whether time still causes something here.
fn is_running(calendar: &Calendar) -> bool {
    calendar.phase == Phase::Open && !calendar.deadline_passed
}

/// Reminders are for invitees who have not answered; the earlier one is never sent once the later is due.
fn owed(calendar: &Calendar, invitee: &Invitee, hours: u16) -> bool {
    is_running(calendar)
        && calendar.reminders
        && invitee.takes_mail()
        && invitee.answer.is_none()
        && invitee.reminded.iter().all(|reminded| *reminded > hours)
}

/// When an invitee's reminder of so many hours is due.
fn due_at(invitee: &Invitee, deadline: Instant, hours: u16) -> Instant {
    let spaced = invitee.reminded_at.map(|at| at.saturating_add(SPACING));
    before(deadline, hours).max(spaced.unwrap_or(Instant::from_millis(i64::MIN)))
}

/// What is due at `now`.
#[must_use]
pub fn due(calendar: &Calendar, now: Instant) -> Vec<Due> {
    if !is_running(calendar) {
        return Vec::new();
    }
    if calendar.is_past_deadline(now) {
        return vec![Due::Deadline];
    }
    // Of several reminders whose time has come, the last counts.
    let of = |invitee: &Invitee| {
        let hours = REMINDERS.into_iter().filter(|h| due_at(invitee, calendar.deadline, *h) <= now).min()?;
        owed(calendar, invitee, hours).then_some(hours)
    };
    let each = REMINDERS.into_iter().map(|hours| {
        let to = calendar.active_invitees().filter(|invitee| of(invitee) == Some(hours));
        Due::Reminders { to: to.map(|invitee| invitee.number).collect(), hours }
    });
    each.filter(|due| !matches!(due, Due::Reminders { to, .. } if to.is_empty())).collect()
}

/// When the clock must next be looked at; never before `now`.
#[must_use]
pub fn next_wakeup(calendar: &Calendar, now: Instant) -> Option<Instant> {
    if !is_running(calendar) {
        return None;
    }
    if !due(calendar, now).is_empty() {
        return Some(now);
    }
    // A reminder whose time is over is due now only if no later one is.
    let each = calendar.active_invitees().flat_map(|i| REMINDERS.into_iter().map(move |hours| (i, hours)));
    let owed = each.filter(|(invitee, hours)| owed(calendar, invitee, *hours));
    let reminders = owed.map(|(invitee, hours)| due_at(invitee, calendar.deadline, hours));
    reminders.filter(|at| *at > now).chain([calendar.deadline]).min().map(|at| at.max(now))
}
