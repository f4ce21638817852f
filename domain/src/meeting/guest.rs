//! What becomes of a guest's booking: the guest confirms it, the owner approves of it, or either takes it back.
//!
//! ```text
//! held, awaits guest --confirm--> confirmed                      at once
//! held, awaits guest --confirm--> held, awaits owner --approve--> confirmed
//! held --its hold ends--> expired --confirm, approve--> as above, if its time is free
//! ```
//!
//! No clock decides: what is expired is judged as what is held, by the time alone.

use super::booking::{APPROVAL, Awaits};
use super::letter::{Beside, beside, letters};
use super::{Letter, Meeting, PartStat, Rejection, Status, Template};
use crate::instant::Instant;

/// Whether the guest may still move or cancel a booking that is confirmed.
pub(super) fn may_change(meeting: &Meeting, now: Instant) -> Result<(), Rejection> {
    match &meeting.booking {
        Some(booking) if meeting.status == Status::Confirmed && !booking.may_change(meeting.begin, now) => {
            Err(Rejection::Notice)
        }
        _ => Ok(()),
    }
}

/// The guest says that it is its own. `None` where it has said so before.
pub(super) fn confirm(meeting: &mut Meeting, now: Instant) -> Result<Option<Template>, Rejection> {
    let Some(booking) = &mut meeting.booking else { return Err(Rejection::Forbidden) };
    match (meeting.status, booking.awaits) {
        (Status::Confirmed, _) | (Status::Held, Some(Awaits::Owner)) => return Ok(None),
        (Status::Held | Status::Expired, Some(Awaits::Guest)) => {}
        (Status::Cancelled, _) => return Err(Rejection::Cancelled),
        _ => return Err(Rejection::NotConfirmed),
    }
    // Else a hold would be a way around the notice.
    if booking.has_expired(now) && !booking.may_change(meeting.begin, now) {
        return Err(Rejection::Notice);
    }
    for attendee in &mut meeting.attendees {
        attendee.partstat = PartStat::Accepted;
    }
    if booking.approval {
        booking.awaits = Some(Awaits::Owner);
        booking.expires =
            Some(Instant::from_millis(now.saturating_add(APPROVAL).min(meeting.begin).millis()));
        meeting.status = Status::Held;
        return Ok(Some(Template::Asked));
    }
    make_firm(meeting);
    Ok(Some(Template::Agreed))
}

/// The owner agrees. `None` where it has done so before.
pub(super) fn approve(meeting: &mut Meeting) -> Result<Option<Template>, Rejection> {
    let awaits = meeting.booking.as_ref().and_then(|booking| booking.awaits);
    match (meeting.status, awaits) {
        (Status::Confirmed, _) => return Ok(None),
        (Status::Held | Status::Expired, Some(Awaits::Owner)) => {}
        (Status::Cancelled, _) => return Err(Rejection::Cancelled),
        _ => return Err(Rejection::NotConfirmed),
    }
    make_firm(meeting);
    Ok(Some(Template::Agreed))
}

/// Either takes back what does not take place yet. Of what its guest has not confirmed nobody has heard, and nobody does.
pub(super) fn withdraw(meeting: &mut Meeting, by_owner: bool) -> Option<Template> {
    meeting.status = Status::Cancelled;
    let booking = meeting.booking.as_mut()?;
    booking.expires = None;
    match booking.awaits {
        Some(Awaits::Owner) if by_owner => Some(Template::Refused),
        Some(Awaits::Owner) => Some(Template::Cancelled),
        Some(Awaits::Guest) | None => None,
    }
}

/// Its hold has ended. Who has asked for it is told that there was no answer.
pub(super) fn expire(meeting: &mut Meeting, now: Instant) -> Option<Template> {
    let booking = meeting.booking.as_ref().filter(|booking| booking.has_expired(now))?;
    if meeting.status != Status::Held {
        return None;
    }
    let asked = booking.awaits == Some(Awaits::Owner);
    meeting.status = Status::Expired;
    asked.then_some(Template::Refused)
}

fn make_firm(meeting: &mut Meeting) {
    meeting.status = Status::Confirmed;
    if let Some(booking) = &mut meeting.booking {
        (booking.awaits, booking.expires) = (None, None);
    }
}

/// The mails of this kind to all whom it concerns, a guest's in the guest's zone.
#[must_use]
pub fn letters_about(meeting: &Meeting, template: Template, now: Instant, link_days: i64) -> Vec<Letter> {
    said(letters(meeting, template, None, now, link_days), meeting, "")
}

/// Letters of a meeting with what they say beside it. What else is known of a booking is not in them.
pub(super) fn said(mut letters: Vec<Letter>, meeting: &Meeting, message: &str) -> Vec<Letter> {
    for letter in &mut letters {
        letter.meeting.booking = None;
    }
    let Some(booking) = &meeting.booking else {
        let both = Beside { to_guest: Some(message), to_owner: Some(message), ..Beside::default() };
        return if message.is_empty() { letters } else { beside(letters, &both) };
    };
    let answers: Vec<String> =
        booking.answers.iter().filter(|(_, a)| !a.is_empty()).map(|(q, a)| format!("{q}\n{a}")).collect();
    let answers = answers.join("\n\n");
    let is_new = letters.first().is_some_and(|l| matches!(l.template, Template::Asked | Template::Agreed));
    let to_owner = if is_new { answers.as_str() } else { message };
    let said = Beside {
        timezone: Some(&booking.timezone),
        until: booking.expires,
        to_guest: Some(message),
        to_owner: Some(to_owner),
    };
    beside(letters, &said)
}
