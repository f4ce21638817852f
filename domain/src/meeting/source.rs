//! How a meeting comes about.

use super::{Attendee, Meeting, Organiser, PartStat, Source, Status};
use crate::account::display_name;
use crate::calendar::{Calendar, Scheduled};
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::proposal::{Party, Phase, Proposal, Visibility};
use crate::slot::Slot;
use crate::text::{Location, Text, Title};

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
        booking: None,
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

/// The meetings of a schedule of a calendar with the ledger's `head`, one for each of its invitees: their times are reserved,
/// and nobody is shown them yet. The invitee is attendee 1. Its answer said that it can come; who has not answered has said
/// nothing.
#[must_use]
pub fn of_calendar(calendar: &Calendar, scheduled: &[Scheduled], head: Digest) -> Vec<Meeting> {
    let owner = &calendar.owner;
    let meeting = |one: &Scheduled| {
        let invitee = calendar.invitees.iter().find(|invitee| invitee.number == one.invitee)?;
        let partstat = match invitee.answer {
            Some(_) => PartStat::Accepted,
            None => PartStat::NeedsAction,
        };
        let attendee = Attendee {
            number: 1,
            address: invitee.address.clone(),
            name: display_name(invitee.first_name.as_str(), invitee.last_name.as_str()),
            optional: false,
            partstat,
            generation: 0,
            opted_out: invitee.opted_out,
            asked: true,
            over_budget: false,
        };
        Some(Meeting {
            id: one.meeting,
            uid: format!("calendar-{}-{}@whittle", calendar.id, one.meeting),
            title: Title::parse(calendar.name.as_str()).ok()?,
            location: Location::default(),
            description: Text::parse(calendar.description.as_str()).ok()?,
            begin: Instant::from_millis(one.slot.begin().millis()),
            end: whole_millis_up(one.slot.end()),
            timezone: calendar.timezone.clone(),
            status: Status::Reserved,
            sequence: 0,
            version: 1,
            visibility: Visibility::Open,
            organiser: Organiser {
                account: owner.account,
                address: owner.address.clone(),
                name: display_name(&owner.first_name, &owner.last_name),
                opted_out: calendar.owner_opted_out,
                generation: 0,
            },
            attendees: vec![attendee],
            source: Source::Calendar(calendar.id),
            receipt: Some(head),
            updated_at: Instant::from_millis(calendar.updated_at.millis()),
            booking: None,
        })
    };
    scheduled.iter().filter_map(meeting).collect()
}

/// The first whole millisecond that is not before this.
pub(super) fn whole_millis_up(instant: Instant) -> Instant {
    Instant::from_millis(instant.micros().saturating_add(999).div_euclid(1000))
}
