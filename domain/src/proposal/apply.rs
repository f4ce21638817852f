//! The only way a proposal changes.

use std::collections::BTreeMap;

use super::due::missed_reminders;
use super::{Actor, Answer, Event, Party, Phase, Proposal, What};

/// The state after the event; `None` only for an event before the first.
#[must_use]
pub fn apply(state: Option<Proposal>, event: &Event) -> Option<Proposal> {
    let mut p = match (&event.what, state) {
        (What::Created { .. }, _) => created(event)?,
        (_, state) => state?,
    };
    let before = p.version;
    match &event.what {
        What::Created { .. } => {}
        What::Answered { slots, note } => {
            let of = p.slots.len();
            if let Actor::Party(number) = event.by
                && let Some(party) = p.parties.iter_mut().find(|q| q.number == number)
            {
                party.answer = Some(Answer { slots: slots.clone(), of, note: note.clone() });
                if !party.optional {
                    p.slots = slots.clone();
                }
            }
            p.version = p.version.saturating_add(1);
        }
        What::Cut { slots, .. } => {
            p.slots = slots.clone();
            p.version = p.version.saturating_add(1);
        }
        What::Retitled { title } => {
            p.title = title.clone();
            p.version = p.version.saturating_add(1);
        }
        What::Rescheduled { deadline } => {
            p.deadline = *deadline;
            p.deadline_told = false;
            let past = missed_reminders(&p, event.at);
            for party in &mut p.parties {
                party.reminded.clone_from(&past);
            }
            p.version = p.version.saturating_add(1);
        }
        What::Agreed { .. } => phase(&mut p, Phase::Agreed),
        What::Exhausted => phase(&mut p, Phase::Exhausted),
        What::Closed => phase(&mut p, Phase::Closed),
        What::Notified { to, .. } => {
            // A reminder that fell due before the invitation is never sent.
            let past = missed_reminders(&p, event.at);
            with_party(&mut p, *to, |party| {
                if !party.invited {
                    party.reminded.extend(past);
                }
                party.invited = true;
            });
        }
        What::Reminded { to, hours } => with_party(&mut p, *to, |party| party.reminded.push(*hours)),
        What::Expired => p.deadline_told = true,
        What::Revoked { party } => with_party(&mut p, *party, void_links),
        What::Resent { .. } => {}
        What::Withdrawn { party } => {
            // Nobody's links open anything who is not asked any more.
            with_party(&mut p, *party, |party| party.withdrawn = true);
            p.version = p.version.saturating_add(1);
        }
        What::Replaced { party, address } => {
            with_party(&mut p, *party, |party| {
                party.address = address.clone();
                party.invited = false;
                party.reminded.clear();
                void_links(party);
            });
            p.version = p.version.saturating_add(1);
        }
        What::Viewed => {
            p.seen.insert(event.by.seen_key(), p.version);
            if let Actor::Party(number) = event.by {
                with_party(&mut p, number, |party| party.opened = true);
            }
        }
    }
    p.entries = p.entries.saturating_add(1);
    if p.version != before {
        p.updated_at = event.at;
    }
    Some(p)
}

/// The state after all events.
#[must_use]
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Proposal> {
    events.into_iter().fold(None, apply)
}

fn phase(proposal: &mut Proposal, phase: Phase) {
    proposal.phase = phase;
    proposal.version = proposal.version.saturating_add(1);
}

fn with_party(proposal: &mut Proposal, number: u16, change: impl FnOnce(&mut Party)) {
    if let Some(party) = proposal.parties.iter_mut().find(|p| p.number == number) {
        change(party);
    }
}

fn void_links(party: &mut Party) {
    party.generation = party.generation.saturating_add(1);
}

fn created(event: &Event) -> Option<Proposal> {
    let What::Created { id, creator, new } = &event.what else { return None };
    let parties = (1u16..).zip(&new.parties).map(|(number, party)| {
        let own = creator.verified && party.address == creator.address;
        Party {
            number,
            address: party.address.clone(),
            name: party.name.clone(),
            optional: party.optional,
            generation: 0,
            invited: false,
            opened: false,
            withdrawn: false,
            reminded: Vec::new(),
            // The party of the creator's own account counts as having kept everything from the start.
            answer: own.then(|| Answer { slots: new.slots.clone(), of: new.slots.len(), note: None }),
        }
    });
    Some(Proposal {
        id: *id,
        version: 1,
        entries: 0,
        phase: Phase::Open,
        creator: creator.clone(),
        title: new.title.clone(),
        timezone: new.timezone.clone(),
        deadline: new.deadline,
        deadline_told: false,
        min_duration: new.min_duration,
        visibility: new.visibility,
        slots: new.slots.clone(),
        parties: parties.collect(),
        seen: BTreeMap::new(),
        created_at: event.at,
        updated_at: event.at,
    })
}
