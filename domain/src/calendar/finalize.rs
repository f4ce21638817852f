//! Choosing a schedule: the intent, and its end.

use super::decide::is_open;
use super::limits::is_within_reach;
use super::time::{holds, merge, overlap};
use super::{Calendar, Finalization, Intent, Invitee, Rejection, Scheduled, What};
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::order::sort_by_key;
use crate::slot::Slot;

impl Calendar {
    /// The meeting of a chosen schedule with this contact. A contact that is not invited gets the number 0, which
    /// [`super::Command::Finalize`] refuses.
    #[must_use]
    pub fn scheduled_with(&self, contact: u64, slot: Slot, meeting: u64) -> Scheduled {
        Scheduled { meeting, invitee: self.invitee_of_contact(contact).map_or(0, |i| i.number), slot }
    }

    /// Whether the calendar could be finalised with these meetings, as far as it knows: not whether the owner has other
    /// engagements.
    ///
    /// # Errors
    /// As of [`super::Command::Finalize`].
    pub fn check_schedule(&self, scheduled: &[Scheduled], now: Instant) -> Result<(), Rejection> {
        is_open(self)?;
        check(self, scheduled, now)
    }
}

/// Records the intent to make these meetings. The owner's other engagements are not known here: the reservation meets them.
///
/// # Errors
/// The first fault of the schedule, in the documented order.
pub(super) fn choose(
    calendar: &Calendar,
    wanted: &Finalization,
    now: Instant,
) -> Result<Vec<What>, Rejection> {
    check(calendar, &wanted.scheduled, now)?;
    let mut scheduled = wanted.scheduled.clone();
    sort_by_key(&mut scheduled, |meeting| (meeting.slot, meeting.invitee));
    Ok(vec![What::Intended(Intent { seed: wanted.seed.clone(), scheduled, at: now })])
}

/// The faults of a schedule, the first of which is told.
///
/// # Errors
/// [`Rejection::Unschedulable`] with the document's words, or that there are no meetings.
fn check(calendar: &Calendar, scheduled: &[Scheduled], now: Instant) -> Result<(), Rejection> {
    let fault = |text: &str| Err(Rejection::Unschedulable(text.to_owned()));
    if scheduled.is_empty() {
        let why = FieldErrors::one("finalized_schedule", "This list may not be empty.");
        return Err(Rejection::Invalid(why));
    }
    let invitees: Vec<Option<&Invitee>> =
        scheduled.iter().map(|meeting| calendar.invitee(meeting.invitee)).collect();
    if invitees.iter().any(Option::is_none) {
        return fault("Contact not invited to calendar");
    }
    let mut numbers: Vec<u16> = scheduled.iter().map(|meeting| meeting.invitee).collect();
    numbers.sort_unstable();
    if numbers.array_windows().any(|[a, b]| a == b) {
        return fault("Contact is scheduled twice");
    }
    let mut ordered: Vec<&Scheduled> = scheduled.iter().collect();
    sort_by_key(&mut ordered, |meeting| meeting.slot);
    if ordered.array_windows().any(|[a, b]| overlap(&a.slot, &b.slot)) {
        return fault("Meeting times overlap");
    }
    for (meeting, invitee) in scheduled.iter().zip(invitees.into_iter().flatten()) {
        // Who has not answered can be met at any time.
        let Some(answer) = &invitee.answer else { continue };
        let blocks = merge(answer.slots.iter().map(|available| available.slot));
        if !holds(&blocks, &meeting.slot) {
            return fault(&format!("Invalid meeting time for contact: {}", invitee.contact));
        }
    }
    if scheduled.iter().any(|meeting| meeting.slot.begin() < now) {
        return fault("Meeting time is in the past");
    }
    if scheduled.iter().any(|meeting| !is_within_reach(&meeting.slot, now)) {
        return fault("Meeting time is more than two years from now");
    }
    Ok(())
}

/// How the intent of this name ends; nothing happens where it is another one, or has ended.
pub(super) fn ends_intent(calendar: &Calendar, seed: &str, end: What) -> Vec<What> {
    let is_open = calendar.intent.as_ref().is_some_and(|intent| intent.seed == seed);
    is_open.then_some(end).into_iter().collect()
}
