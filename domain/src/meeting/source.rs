//! How a meeting comes about.

use super::{Attendee, Meeting, Organiser, PartStat, Source, Status};
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::proposal::{Party, Phase, Proposal};
use crate::slot::Slot;

/// The meeting of an agreed proposal with the ledger's `head`; `None` of any other. It has the proposal's id, so that a
/// proposal has one at most, and its UID is made of that.
#[must_use]
pub fn of_proposal(proposal: &Proposal, head: Digest) -> Option<Meeting> {
    let slot = proposal.slots.only().filter(|_| proposal.phase == Phase::Agreed)?;
    let named = proposal.active_parties().find(|p| proposal.is_creators(p));
    Some(Meeting {
        id: proposal.id,
        uid: format!("proposal-{}@whittle", proposal.id),
        title: proposal.title.clone(),
        location: proposal.location.clone(),
        description: proposal.description.clone(),
        begin: Instant::from_millis(slot.begin().millis()),
        end: whole_millis_up(slot.end()),
        timezone: proposal.timezone.clone(),
        status: Status::Confirmed,
        sequence: 0,
        version: 1,
        visibility: proposal.visibility,
        organiser: Organiser {
            account: proposal.creator.account,
            address: proposal.creator.address.clone(),
            name: named.and_then(|p| p.name.clone()).or_else(|| proposal.creator.name.clone()),
            opted_out: !proposal.creator_takes_mail(),
            generation: proposal.creator_generation,
        },
        attendees: proposal.active_parties().map(|party| attendee(proposal, party, slot)).collect(),
        source: Source::Proposal(proposal.id),
        receipt: Some(head),
        updated_at: Instant::from_millis(proposal.updated_at.millis()),
    })
}

fn attendee(proposal: &Proposal, party: &Party, slot: Slot) -> Attendee {
    let partstat = match &party.answer {
        None => PartStat::NeedsAction,
        Some(answer) if answer.slots.iter().any(|kept| slot.is_within(kept)) => PartStat::Accepted,
        Some(_) => PartStat::Declined,
    };
    Attendee {
        number: party.number,
        address: party.address.clone(),
        name: party.name.clone(),
        optional: party.optional,
        partstat,
        generation: party.generation,
        opted_out: !party.takes_mail(),
        asked: party.invited || party.address == proposal.creator.address,
        over_budget: false,
    }
}

/// The first whole millisecond that is not before this.
pub(super) fn whole_millis_up(instant: Instant) -> Instant {
    Instant::from_millis(instant.micros().saturating_add(999).div_euclid(1000))
}
