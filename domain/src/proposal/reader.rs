//! A proposal as a page shows it to one reader: with who cut what, who has answered, and what the reader is to it.

use crate::order::sort_by_key;
use serde::{Deserialize, Serialize};

use super::view::{AnswerState, View, answer_state, view};
use super::{Party, Proposal, Standing, Undeliverable};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::slot::Slot;
use crate::zone::Zone;

/// What a page of a proposal shows. Names and addresses are in it only as far as its reader may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderView {
    /// The proposal as the API shows it.
    pub view: View,
    /// What the reader is to it.
    pub you: You,
    /// Who proposes.
    pub organiser: Shown,
    /// The time zone of the proposal.
    pub zone: Zone,
    /// Until when answers are taken, UTC.
    pub deadline: Option<Instant>,
    /// The shortest part of a slot that may be kept.
    pub min_duration: Option<Duration>,
    /// What is still offered, in order.
    pub offered: Vec<Slot>,
    /// What is not offered any more, in order.
    pub cuts: Vec<CutTime>,
    /// All who are or were asked, in the order of their numbers.
    pub people: Vec<Person>,
    /// Whether every required party has answered.
    pub all_answered: bool,
    /// The ledger's head: a receipt.
    pub head: Digest,
}

/// A person as far as the reader may know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The number of the party; 0 for an organiser who is none.
    pub number: u16,
    /// The name.
    pub name: Option<String>,
    /// The address, for those who may see it.
    pub address: Option<String>,
}

/// What the reader is to the proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct You {
    /// The label of who acts ([`super::Actor::label`]): forms carry it.
    pub label: String,
    /// The number of the party that the reader is, if any.
    pub party: Option<u16>,
    /// Whether the reader has the rights of the organiser.
    pub organiser: bool,
    /// Whether the reader is the organiser, and not one of staff in its place.
    pub creator: bool,
    /// The reader's address, if it has a proven one.
    pub address: Option<String>,
}

/// A time that is not offered any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutTime {
    /// As it was offered.
    pub slot: Slot,
    /// Who cut it.
    pub by: Shown,
    /// When, UTC; not known of cuts of before this was recorded.
    pub at: Option<Instant>,
}

/// Somebody who is or was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub shown: Shown,
    /// Whether the answer cuts nothing.
    pub optional: bool,
    /// Whether an answer was given that has cut nothing, so that it would be asked for again if it became required.
    pub answered_as_optional: bool,
    /// How far the answer has come.
    pub state: AnswerState,
    /// What was kept, if anything was answered.
    pub kept: Option<Vec<Slot>>,
    /// Of how many.
    pub of: Option<usize>,
    /// The remark.
    pub note: Option<String>,
    /// Whether the person is not asked any more.
    pub withdrawn: bool,
    /// Whether the person has been mailed about the proposal.
    pub invited: bool,
    /// Whether the person has read the proposal.
    pub opened: bool,
    /// When the person was reminded last, UTC.
    pub reminded_at: Option<Instant>,
    /// Why mail does not reach the person, for those who may see its address.
    pub mail: Option<Undeliverable>,
    /// Whether this is the organiser.
    pub is_organiser: bool,
}

/// The proposal as a page shows it to a reader of this standing. `head` is the ledger's, and the URLs begin with `origin`.
#[must_use]
pub fn reader_view(proposal: &Proposal, standing: &Standing, head: Digest, origin: &str) -> ReaderView {
    let sees = standing.sees_addresses;
    let mut cuts: Vec<CutTime> = cut_times(proposal, sees);
    sort_by_key(&mut cuts, |cut| cut.slot);
    ReaderView {
        view: view(proposal, sees, Some(origin)),
        you: You {
            label: standing.actor.label(),
            party: standing.actor.party(),
            organiser: standing.organiser,
            creator: standing.organiser && proposal.is_creator(&standing.actor),
            address: own_address(proposal, standing),
        },
        organiser: organiser(proposal, sees),
        zone: proposal.timezone.clone(),
        deadline: proposal.deadline,
        min_duration: proposal.min_duration,
        offered: proposal.slots.iter().copied().collect(),
        cuts,
        people: proposal.parties.iter().map(|party| person(proposal, party, sees)).collect(),
        all_answered: proposal.all_required_answered(),
        head,
    }
}

/// The reader's own address: the one that was proven, or that the reader's link is for.
fn own_address(proposal: &Proposal, standing: &Standing) -> Option<String> {
    let party = || standing.actor.party().and_then(|number| proposal.party(number));
    let own = standing.address.as_ref().or_else(|| party().map(|party| &party.address));
    own.map(ToString::to_string)
}

fn shown(party: &Party, sees_addresses: bool) -> Shown {
    Shown {
        number: party.number,
        name: party.name.as_ref().map(ToString::to_string),
        address: sees_addresses.then(|| party.address.to_string()),
    }
}

fn organiser(proposal: &Proposal, sees_addresses: bool) -> Shown {
    let own = proposal.parties.iter().find(|party| proposal.is_creators(party));
    let known = own.map(|party| shown(party, sees_addresses)).unwrap_or_default();
    let address = sees_addresses.then(|| proposal.creator.address.to_string());
    let name = known.name.or_else(|| proposal.creator.name.as_ref().map(ToString::to_string));
    Shown { number: known.number, name, address }
}

fn cut_times(proposal: &Proposal, sees_addresses: bool) -> Vec<CutTime> {
    let by = |label: &str| match proposal.party_labelled(label) {
        Some(party) => shown(party, sees_addresses),
        None if label == "creator" => organiser(proposal, sees_addresses),
        None => Shown::default(),
    };
    let times = |cut: &super::Cut| {
        let by = by(&cut.by);
        cut.slots.iter().map(|slot| CutTime { slot: *slot, by: by.clone(), at: cut.at }).collect::<Vec<_>>()
    };
    proposal.cuts.iter().flat_map(times).collect()
}

fn person(proposal: &Proposal, party: &Party, sees_addresses: bool) -> Person {
    let answer = party.answer.as_ref();
    Person {
        shown: shown(party, sees_addresses),
        optional: party.optional,
        answered_as_optional: answer.is_some_and(|answer| answer.optional),
        state: answer_state(party),
        kept: answer.map(|answer| answer.slots.iter().copied().collect()),
        of: answer.map(|answer| answer.of),
        note: answer.and_then(|answer| answer.note.as_ref()).map(ToString::to_string),
        withdrawn: party.withdrawn,
        invited: party.invited,
        opened: party.opened,
        reminded_at: party.reminded_at,
        mail: party.undeliverable.filter(|_| sees_addresses),
        is_organiser: proposal.is_creators(party),
    }
}
