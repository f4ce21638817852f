//! The only way a proposal changes.

use std::collections::BTreeMap;

use super::due::missed_reminders;
use super::{Actor, Answer, Cut, Event, Party, Pending, Phase, Proposal, What};
use crate::address::Address;
use crate::detail::Detailed as _;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, Slots};

/// For how long answers are gathered into one mail to the creator (spec, part 0, "Who hears what").
const DIGEST: Duration = Duration::from_seconds(600);

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
                let optional = party.optional;
                party.answer = Some(Answer { slots: slots.clone(), of, note: note.clone(), optional });
                if !party.optional {
                    cut(&mut p, &event.by, slots, event.at);
                }
            }
            gather(&mut p, &event.by, event.at);
            p.version = p.version.saturating_add(1);
        }
        What::Cut { slots, .. } => {
            cut(&mut p, &event.by, slots, event.at);
            gather(&mut p, &event.by, event.at);
            p.version = p.version.saturating_add(1);
        }
        What::Changed(detail) => {
            p.set(detail.clone());
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
        What::Agreed { .. } => agree(&mut p),
        What::Fixed { slot } => {
            p.slots = Slots::one(*slot);
            agree(&mut p);
        }
        What::Succeeded { successor } => {
            p.successor = Some(*successor);
            p.version = p.version.saturating_add(1);
        }
        What::AllAnswered | What::Digested => p.pending = None,
        What::OptedOut { party } => takes_mail(&mut p, *party, false),
        What::OptedIn { party } => takes_mail(&mut p, *party, true),
        What::Undeliverable { party, why } => {
            with_party(&mut p, *party, |party| party.undeliverable = Some(*why));
            p.version = p.version.saturating_add(1);
        }
        What::Exhausted => {
            // The organiser gives up what is left without a mail about it: answers that it was not mailed about still are due.
            let untold = p.pending.take().filter(|_| event.by != Actor::System);
            phase(&mut p, Phase::Exhausted);
            p.slots = Slots::default();
            p.pending = untold;
        }
        What::Closed => phase(&mut p, Phase::Closed),
        What::Notified { to, .. } => {
            // A reminder that fell due before the invitation is never sent.
            let past = missed_reminders(&p, event.at);
            with_party(&mut p, *to, |party| {
                if !party.invited {
                    party.reminded.extend(past);
                }
                party.invited = true;
                party.links_void = false;
            });
        }
        What::Reminded { to, hours } => with_party(&mut p, *to, |party| {
            party.reminded.push(*hours);
            party.reminded_at = Some(event.at);
            party.links_void = false;
        }),
        What::Expired => {
            p.deadline_told = true;
            p.pending = None;
        }
        What::Revoked { party } => {
            let to_creator = p.parties.iter().all(|q| q.number != *party || q.address == p.creator.address);
            if to_creator {
                p.creator_generation = p.creator_generation.saturating_add(1);
            }
            with_party(&mut p, *party, void_links);
        }
        What::Resent { to } => with_party(&mut p, *to, |party| party.links_void = false),
        What::Withdrawn { party } => {
            // Nobody's links open anything who is not asked any more.
            with_party(&mut p, *party, |party| party.withdrawn = true);
            p.version = p.version.saturating_add(1);
        }
        What::Replaced { party, address } => {
            let refuses = refuses(&p, address);
            let refused =
                p.parties.iter().find(|q| q.number == *party && q.opted_out).map(|q| q.address.clone());
            p.refused.extend(refused);
            with_party(&mut p, *party, |party| {
                let former = std::mem::replace(&mut party.address, address.clone());
                party.former.push((party.generation, former));
                party.invited = false;
                party.opted_out = refuses;
                party.undeliverable = None;
                party.reminded.clear();
                void_links(party);
            });
            p.version = p.version.saturating_add(1);
        }
        What::Linked { party } => with_party(&mut p, *party, |party| {
            party.links_void = false;
            party.link_passed_on = true;
        }),
        What::OptionalSet { party, optional } => {
            set_optional(&mut p, *party, *optional, event.at);
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
    if let Actor::Party(number) = event.by
        && !p.parties.iter().any(|q| q.number == number && p.is_creators(q))
    {
        with_party(&mut p, number, |party| party.entries = party.entries.saturating_add(1));
    }
    if p.version != before {
        p.updated_at = event.at;
        if !matches!(event.what, What::OptedOut { .. } | What::OptedIn { .. }) {
            p.material_version = p.version;
        }
    }
    Some(p)
}

/// The state after all events.
#[must_use]
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Proposal> {
    events.into_iter().fold(None, apply)
}

/// Agreement mails links to the meeting to everybody who is asked.
fn agree(proposal: &mut Proposal) {
    phase(proposal, Phase::Agreed);
    for party in proposal.parties.iter_mut().filter(|p| !p.withdrawn) {
        party.links_void = false;
    }
}

fn phase(proposal: &mut Proposal, phase: Phase) {
    proposal.phase = phase;
    // Whatever is told of it tells of the answers, too.
    proposal.pending = None;
    proposal.version = proposal.version.saturating_add(1);
}

fn with_party(proposal: &mut Proposal, number: u16, change: impl FnOnce(&mut Party)) {
    if let Some(party) = proposal.parties.iter_mut().find(|p| p.number == number) {
        change(party);
    }
}

/// Whoever wants no mail about this wants none in any capacity, and whoever wants it again wants all of it.
fn takes_mail(proposal: &mut Proposal, number: u16, wants: bool) {
    let party = proposal.parties.iter().find(|p| p.number == number);
    let address = party.map_or(&proposal.creator.address, |p| &p.address).clone();
    if address == proposal.creator.address {
        proposal.creator_opted_out = !wants;
    }
    for party in proposal.parties.iter_mut().filter(|p| p.address == address) {
        party.opted_out = !wants;
    }
    proposal.refused.retain(|refused| !wants || *refused != address);
    proposal.version = proposal.version.saturating_add(1);
}

/// Whether this address wants no mail about this, whichever party it is or was.
pub(super) fn refuses(proposal: &Proposal, address: &Address) -> bool {
    proposal.refused.contains(address)
        || (proposal.creator_opted_out && proposal.creator.address == *address)
        || proposal.parties.iter().any(|p| p.opted_out && p.address == *address)
}

/// What is offered from now on, and who has cut what is not, and when.
fn cut(proposal: &mut Proposal, by: &Actor, slots: &Slots, at: Instant) {
    let by = by.label();
    let room = Slots::MAX.saturating_sub(proposal.cut_by(&by).count());
    let gone = proposal.slots.iter().filter(|s| !slots.iter().any(|kept| kept == *s)).copied();
    let gone: Vec<Slot> = gone.take(room).collect();
    proposal.slots = slots.clone();
    if !gone.is_empty() {
        proposal.cuts.push(Cut { by, at: Some(at), slots: gone });
    }
}

/// Notes an answer for the creator's next digest; nobody is told of an act of his own, nor of anything
/// that he does not want to hear of.
fn gather(proposal: &mut Proposal, by: &Actor, at: Instant) {
    if !proposal.creator_takes_mail() || proposal.is_creator(by) {
        return;
    }
    let due = at.saturating_add(DIGEST);
    let pending = proposal.pending.get_or_insert_with(|| Pending { due, by: Vec::new() });
    let label = by.label();
    if !pending.by.contains(&label) {
        pending.by.push(label);
    }
}

/// An answer that was given as an optional one has cut nothing. So whoever becomes required is asked again, and gets the
/// reminders that are due later on; what was kept as a required answer holds.
fn set_optional(proposal: &mut Proposal, number: u16, optional: bool, at: Instant) {
    let past = missed_reminders(proposal, at);
    let Some(party) = proposal.parties.iter_mut().find(|p| p.number == number) else { return };
    party.optional = optional;
    if optional {
        return;
    }
    let missed = past.into_iter().filter(|hours| !party.reminded.contains(hours));
    let missed: Vec<u16> = missed.collect();
    party.reminded.extend(missed);
    if party.answer.as_ref().is_some_and(|answer| answer.optional) {
        party.answer = None;
        let label = party.label();
        // The creator is not told of an answer that counts no more.
        if let Some(pending) = &mut proposal.pending {
            pending.by.retain(|by| *by != label);
        }
        proposal.pending = proposal.pending.take().filter(|pending| !pending.by.is_empty());
    }
}

fn void_links(party: &mut Party) {
    party.generation = party.generation.saturating_add(1);
    party.links_void = true;
    party.link_passed_on = false;
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
            reminded_at: None,
            // The party of the creator's own account counts as having kept everything from the start.
            answer: own.then(|| Answer {
                slots: new.slots.clone(),
                of: new.slots.len(),
                note: None,
                optional: party.optional,
            }),
            opted_out: party.opted_out,
            undeliverable: None,
            former: Vec::new(),
            entries: 0,
            links_void: false,
            link_passed_on: false,
        }
    });
    Some(Proposal {
        id: *id,
        version: 1,
        material_version: 1,
        entries: 0,
        phase: Phase::Open,
        creator: creator.clone(),
        title: new.title.clone(),
        location: new.location.clone(),
        description: new.description.clone(),
        timezone: new.timezone.clone(),
        deadline: new.deadline,
        deadline_told: false,
        min_duration: new.min_duration,
        visibility: new.visibility,
        slots: new.slots.clone(),
        parties: parties.collect(),
        seen: BTreeMap::new(),
        predecessor: new.predecessor,
        successor: None,
        cuts: Vec::new(),
        pending: None,
        creator_generation: 0,
        creator_opted_out: false,
        refused: Vec::new(),
        created_at: event.at,
        updated_at: event.at,
    })
}
