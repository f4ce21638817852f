//! Changes of an open calendar by its owner.

use super::limits::{MOST_INVITEES, MOST_NUMBERS, MOST_OWNER_SLOTS, is_within_reach, unsolvable};
use super::time::{merge, subtract};
use super::{Calendar, Edit, Invitee, NewInvitee, OwnerSlot, Rejection, What};
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::slot::Slot;

/// What the edit changes; nothing where all is so already.
///
/// # Errors
/// [`Rejection::Stale`], or all errors of all fields.
pub(super) fn edit(calendar: &Calendar, wanted: &Edit, now: Instant) -> Result<Vec<What>, Rejection> {
    if wanted.if_match.as_ref().is_some_and(|seen| !calendar.is_current(seen)) {
        return Err(Rejection::Stale);
    }
    let mut errors = FieldErrors::default();
    if wanted.deadline.is_some_and(|deadline| deadline <= now) {
        errors.add("deadline", "Deadline cannot be in the past.");
    }
    let removed = removed_invitees(calendar, wanted);
    let invited = invited(calendar, wanted, removed.len(), &mut errors);
    let times = times(calendar, wanted, now, &mut errors);
    errors.into_result().map_err(Rejection::Invalid)?;

    let name = wanted.name.iter().filter(|name| **name != calendar.name).cloned().map(What::Renamed);
    let description = wanted.description.iter().filter(|text| **text != calendar.description);
    let deadline = wanted.deadline.filter(|deadline| *deadline != calendar.deadline);
    let reminders = wanted.reminders.filter(|on| *on != calendar.reminders);
    let mut changes: Vec<What> = name.collect();
    changes.extend(description.cloned().map(What::Described));
    changes.extend(deadline.map(|deadline| What::Rescheduled { deadline }));
    changes.extend(reminders.map(What::RemindersSet));
    changes.extend((!removed.is_empty()).then(|| What::Removed(removed.clone())));
    changes.extend((!invited.is_empty()).then_some(What::Invited(invited)));
    let asked = asked_again(calendar, &times, &removed, deadline, now);
    changes
        .extend(times.changes().then_some(What::TimesChanged { added: times.added, removed: times.removed }));
    changes.extend((!asked.is_empty()).then_some(What::Asked(asked)));
    Ok(changes)
}

/// The numbers of the invitees that are not asked any more; who is not asked anyway is ignored.
fn removed_invitees(calendar: &Calendar, wanted: &Edit) -> Vec<u16> {
    let is_removed = |invitee: &&Invitee| wanted.remove_invitees.contains(&invitee.contact);
    calendar.active_invitees().filter(is_removed).map(|invitee| invitee.number).collect()
}

/// The new invitees with their numbers, each contact once.
fn invited(
    calendar: &Calendar,
    wanted: &Edit,
    removed: usize,
    errors: &mut FieldErrors,
) -> Vec<(u16, NewInvitee)> {
    const FIELD: &str = "add_invitees";
    let mut new: Vec<&NewInvitee> = Vec::new();
    for invitee in &wanted.add_invitees {
        if calendar.invitee_of_contact(invitee.contact).is_some() {
            errors.add(FIELD, "This contact is already invited.");
            return Vec::new();
        }
        if !new.iter().any(|known| known.contact == invitee.contact) {
            new.push(invitee);
        }
    }
    let active = calendar.active_invitees().count().saturating_sub(removed).saturating_add(new.len());
    let ever = calendar.invitees.len().saturating_add(new.len());
    if !new.is_empty() && active > MOST_INVITEES {
        errors.add(FIELD, &format!("Ensure this calendar has no more than {MOST_INVITEES} invitees."));
    } else if !new.is_empty() && ever > MOST_NUMBERS {
        errors.add(FIELD, "1,000 people have been invited to this calendar, which is the most there can be.");
    }
    let last = calendar.invitees.iter().map(|invitee| invitee.number).max().unwrap_or(0);
    (last.saturating_add(1)..).zip(new).map(|(number, invitee)| (number, invitee.clone())).collect()
}

/// What the owner's time becomes.
struct Times {
    added: Vec<OwnerSlot>,
    removed: Vec<u32>,
    /// All of it then, merged.
    after: Vec<Slot>,
}

impl Times {
    const fn changes(&self) -> bool {
        !(self.added.is_empty() && self.removed.is_empty())
    }
}

fn times(calendar: &Calendar, wanted: &Edit, now: Instant, errors: &mut FieldErrors) -> Times {
    const FIELD: &str = "add_availabilities";
    let is_removed = |slot: &&OwnerSlot| wanted.remove_slots.contains(&slot.id);
    let removed: Vec<u32> = calendar.slots.iter().filter(is_removed).map(|slot| slot.id).collect();
    let added = (calendar.next_slot..).zip(&wanted.add_slots);
    let added: Vec<OwnerSlot> =
        added.map(|(id, available)| OwnerSlot { id, available: *available }).collect();
    let kept = calendar.slots.iter().filter(|slot| !is_removed(slot));
    let all = || kept.clone().chain(&added);
    if all().count() > MOST_OWNER_SLOTS && !added.is_empty() {
        errors.add(FIELD, &format!("Ensure this calendar has no more than {MOST_OWNER_SLOTS} slots."));
    } else if added.iter().any(|slot| !is_within_reach(&slot.available.slot, now)) {
        errors.add(FIELD, "Available date cannot be more than two years from now.");
    } else if !added.is_empty()
        && let Some(why) =
            unsolvable(all().map(|slot| slot.available), calendar.meeting_minutes, calendar.step_minutes)
    {
        errors.add(FIELD, why);
    }
    let after = merge(all().map(|slot| slot.available.slot));
    Times { added, removed, after }
}

/// Those who have answered, can still change that, and were neither asked about all of the owner's time nor mailed about what was
/// added since.
fn asked_again(
    calendar: &Calendar,
    times: &Times,
    removed: &[u16],
    deadline: Option<Instant>,
    now: Instant,
) -> Vec<u16> {
    if deadline.unwrap_or(calendar.deadline) <= now {
        return Vec::new();
    }
    let is_asked = |invitee: &&Invitee| {
        let is_news = invitee.answer.as_ref().is_some_and(|answer| {
            let known = merge(answer.asked.iter().chain(&answer.told).copied());
            !subtract(&times.after, &known).is_empty()
        });
        is_news && invitee.takes_mail() && !removed.contains(&invitee.number)
    };
    calendar.active_invitees().filter(is_asked).map(|invitee| invitee.number).collect()
}
