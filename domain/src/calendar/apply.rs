//! The only way a calendar changes.

use crate::order::sort_by_key;
use std::collections::BTreeMap;

use super::due::missed_reminders;
use super::time::{merge, subtract};
use super::{Actor, Answer, Calendar, Event, Invitee, NewInvitee, OwnerSlot, Phase, What};
use crate::instant::Instant;

/// The state after the event; `None` only for an event before the first.
#[must_use]
pub fn apply(state: Option<Calendar>, event: &Event) -> Option<Calendar> {
    let mut c = match (&event.what, state) {
        (What::Created { .. }, _) => created(event)?,
        (_, state) => state?,
    };
    let (is_visible, is_material) = change(&mut c, event);
    c.entries = c.entries.saturating_add(1);
    if let Actor::Invitee(number) = event.by {
        with_invitee(&mut c, number, |invitee| invitee.entries = invitee.entries.saturating_add(1));
    }
    if is_visible {
        c.version = c.version.saturating_add(1);
        c.updated_at = event.at;
    }
    if is_material {
        c.material_version = c.version;
    }
    Some(c)
}

/// The state after all events.
#[must_use]
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Calendar> {
    events.into_iter().fold(None, apply)
}

/// Makes the change; gives whether readers see it, and whether it is more than time passing or somebody's wish for mail.
fn change(c: &mut Calendar, event: &Event) -> (bool, bool) {
    const SEEN: (bool, bool) = (true, true);
    const SEEN_BUT_IMMATERIAL: (bool, bool) = (true, false);
    const UNSEEN: (bool, bool) = (false, false);
    match &event.what {
        What::Created { .. } => UNSEEN,
        What::Renamed(name) => {
            c.name = name.clone();
            SEEN
        }
        What::Described(description) => {
            c.description = description.clone();
            SEEN
        }
        What::Rescheduled { deadline } => {
            c.deadline = *deadline;
            c.deadline_passed = false;
            c.summarized = false;
            // A reminder whose time is over when the deadline is set is never sent.
            let missed = missed_reminders(c, event.at);
            c.invitees.iter_mut().for_each(|invitee| invitee.reminded.clone_from(&missed));
            SEEN
        }
        What::RemindersSet(on) => {
            c.reminders = *on;
            if *on {
                let missed = missed_reminders(c, event.at);
                c.invitees.iter_mut().for_each(|invitee| miss(invitee, &missed));
            }
            SEEN
        }
        What::TimesChanged { added, removed } => {
            c.slots.retain(|slot| !removed.contains(&slot.id));
            c.slots.extend(added);
            sort_by_key(&mut c.slots, |slot| (slot.available.slot, slot.id));
            let next = added.iter().map(|slot| slot.id.saturating_add(1)).max();
            c.next_slot = c.next_slot.max(next.unwrap_or(0));
            SEEN
        }
        What::Removed(numbers) => {
            for number in numbers {
                with_invitee(c, *number, |invitee| {
                    invitee.removed = true;
                    // Nobody needs to know any more when it could.
                    invitee.answer = None;
                });
            }
            SEEN
        }
        What::Invited(invitees) => {
            let missed = missed_reminders(c, event.at);
            for (number, new) in invitees {
                let opted_out = c.refuses_mail(&new.address);
                let mut invitee = invited(*number, new, opted_out);
                miss(&mut invitee, &missed);
                c.invitees.push(invitee);
            }
            SEEN
        }
        What::Asked(numbers) => {
            let time = c.owner_time();
            for number in numbers {
                with_invitee(c, *number, |invitee| {
                    if let Some(answer) = &mut invitee.answer {
                        let added = subtract(&time, &answer.asked);
                        answer.told = merge(answer.told.iter().copied().chain(added));
                    }
                });
            }
            UNSEEN
        }
        What::Answered { slots } => {
            let asked = c.owner_time();
            if let Actor::Invitee(number) = event.by {
                with_invitee(c, number, |invitee| {
                    invitee.opened = true;
                    invitee.answer =
                        Some(Answer { slots: slots.clone(), at: event.at, asked, told: Vec::new() });
                });
            }
            SEEN
        }
        What::Reminded { to, hours } => {
            for number in to {
                with_invitee(c, *number, |invitee| {
                    invitee.reminded.extend(hours);
                    invitee.reminded_at = Some(event.at);
                });
            }
            UNSEEN
        }
        What::AllAnswered | What::Resent { .. } => UNSEEN,
        What::Expired => {
            c.deadline_passed = true;
            SEEN_BUT_IMMATERIAL
        }
        What::Summarized { .. } => {
            c.summarized = true;
            UNSEEN
        }
        What::Intended(intent) => {
            c.intent = Some(intent.clone());
            c.phase = Phase::Finalizing;
            SEEN
        }
        What::Finalized => {
            c.scheduled = c.intent.take().map(|intent| intent.scheduled).unwrap_or_default();
            c.phase = Phase::Finalized;
            SEEN
        }
        What::Undone => {
            c.intent = None;
            c.phase = Phase::Open;
            SEEN
        }
        What::Closed => {
            c.phase = Phase::Closed;
            SEEN
        }
        What::Viewed => {
            c.seen.insert(event.by.seen_key(), c.version);
            if let Actor::Invitee(number) = event.by {
                with_invitee(c, number, |invitee| invitee.opened = true);
            }
            UNSEEN
        }
        What::OptedOut { invitee } => {
            takes_mail(c, *invitee, false);
            SEEN_BUT_IMMATERIAL
        }
        What::OptedIn { invitee } => {
            takes_mail(c, *invitee, true);
            SEEN_BUT_IMMATERIAL
        }
        What::Undeliverable { invitee, why } => {
            with_invitee(c, *invitee, |invitee| invitee.undeliverable = Some(*why));
            SEEN_BUT_IMMATERIAL
        }
    }
}

fn with_invitee(calendar: &mut Calendar, number: u16, change: impl FnOnce(&mut Invitee)) {
    if let Some(invitee) = calendar.invitees.iter_mut().find(|invitee| invitee.number == number) {
        change(invitee);
    }
}

/// These reminders are never sent to the invitee.
fn miss(invitee: &mut Invitee, reminders: &[u16]) {
    let missed = reminders.iter().filter(|hours| !invitee.reminded.contains(hours)).copied();
    let missed: Vec<u16> = missed.collect();
    invitee.reminded.extend(missed);
}

/// Whoever wants no mail about this wants none in any capacity, and whoever wants it again wants all of it.
fn takes_mail(calendar: &mut Calendar, number: u16, wants: bool) {
    let invitee = calendar.invitees.iter().find(|invitee| invitee.number == number);
    let address = invitee.map_or(&calendar.owner.address, |invitee| &invitee.address).clone();
    if address == calendar.owner.address {
        calendar.owner_opted_out = !wants;
    }
    for invitee in calendar.invitees.iter_mut().filter(|invitee| invitee.address == address) {
        invitee.opted_out = !wants;
    }
}

fn invited(number: u16, new: &NewInvitee, opted_out: bool) -> Invitee {
    Invitee {
        number,
        contact: new.contact,
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        address: new.address.clone(),
        generation: 0,
        removed: false,
        opened: false,
        reminded: Vec::new(),
        reminded_at: None,
        answer: None,
        opted_out,
        undeliverable: None,
        entries: 0,
    }
}

fn created(event: &Event) -> Option<Calendar> {
    let What::Created { id, owner, new } = &event.what else { return None };
    let slots = (1u32..).zip(&new.slots).map(|(id, available)| OwnerSlot { id, available: *available });
    let mut slots: Vec<OwnerSlot> = slots.collect();
    let next_slot = u32::try_from(slots.len()).unwrap_or(u32::MAX).saturating_add(1);
    sort_by_key(&mut slots, |slot| (slot.available.slot, slot.id));
    let at: Instant = event.at;
    let mut calendar = Calendar {
        id: *id,
        version: 1,
        material_version: 1,
        entries: 0,
        phase: Phase::Open,
        owner: owner.clone(),
        name: new.name.clone(),
        description: new.description.clone(),
        timezone: new.timezone.clone(),
        deadline: new.deadline,
        meeting_minutes: new.meeting_minutes,
        step_minutes: new.step_minutes,
        reminders: new.reminders,
        slots,
        next_slot,
        invitees: (1u16..).zip(&new.invitees).map(|(number, new)| invited(number, new, false)).collect(),
        deadline_passed: false,
        summarized: false,
        intent: None,
        scheduled: Vec::new(),
        seen: BTreeMap::new(),
        owner_opted_out: false,
        created_at: at,
        updated_at: at,
    };
    let missed = missed_reminders(&calendar, at);
    calendar.invitees.iter_mut().for_each(|invitee| miss(invitee, &missed));
    Some(calendar)
}
