//! The state of a proposal, and what a caller is to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::shown;
use super::{Caller, Rejection, Undeliverable};
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, Slots};
use crate::text::{Description, Location, Name, Note, Text, Title};
use crate::zone::Zone;

/// The state of a proposal (the state table of spec/proposals.md, part 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// At least one slot is offered, and a required party has not answered or several slots are left.
    Open,
    /// One slot is left, kept by every required party or fixed by the creator.
    Agreed,
    /// No slot is left: none was kept by everybody, or the organiser has opened the next round.
    Exhausted,
    /// The creator or staff has closed it.
    Closed,
}

impl Phase {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Agreed => "agreed",
            Self::Exhausted => "exhausted",
            Self::Closed => "closed",
        }
    }
}

/// Whether parties see the addresses of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Every party sees the address of every party.
    Open,
    /// A party sees names, or labels such as `p1`; the creator sees addresses.
    Names,
}

/// The account that proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creator {
    /// The id of the account.
    pub account: u64,
    /// The address that the account had when it proposed.
    pub address: Address,
    /// Whether that address was verified then. Only then does it make the creator a party.
    pub verified: bool,
    /// The name that the account had then, if it had one: mails tell who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

/// A party: somebody who is asked which slots suit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// 1 for the first party; a number is never given to another party.
    pub number: u16,
    /// The address that its mail goes to.
    pub address: Address,
    /// The name that the creator gives the party.
    pub name: Option<Name>,
    /// Whether the answer of this party is shown and cuts nothing.
    pub optional: bool,
    /// The generation of its links; links of older generations are void.
    pub generation: u32,
    /// Whether the party has been mailed about this proposal.
    pub invited: bool,
    /// Whether the party has read the proposal.
    pub opened: bool,
    /// Whether the party was withdrawn. It is kept for the log, and its number is not given to another party.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// The reminders that it got, as hours before the deadline.
    pub reminded: Vec<u16>,
    /// When the party was reminded last, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Instant>,
    /// The answer of the party, if it has answered.
    pub answer: Option<Answer>,
    /// Whether the party has unsubscribed from mail about this proposal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opted_out: bool,
    /// Why mail does not reach its address, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undeliverable: Option<Undeliverable>,
    /// The addresses that the party had before, each with the last generation of its links: whoever got mail there may still
    /// unsubscribe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<(u32, Address)>,
    /// How many ledger entries it has caused itself; those of the creator's own party are the organiser's and not counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub entries: u32,
    /// Whether its links were voided and none has been mailed or made since: then there is nothing to void.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub links_void: bool,
    /// Whether the organiser was given a link of this generation, to pass it on. Then a link does not show that its holder
    /// reads the mail of the party's address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub link_passed_on: bool,
}

/// Whether a number need not be stored.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The slots that somebody has cut by one act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The label of who cut them ([`Actor::label`]).
    pub by: String,
    /// When they were cut, UTC. States that were stored before times were kept have one entry without a time for each person,
    /// with the slots of all of that person's acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The slots that were there before and not after. All cuts of one person have at most [`Slots::MAX`] together.
    pub slots: Vec<Slot>,
}

/// Answers that the creator has not been mailed about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// When the creator is to be mailed, UTC.
    pub due: Instant,
    /// The labels of who answered.
    pub by: Vec<String>,
}

impl Party {
    /// The label, such as `p2`: the name of the party in the ledger and, under `names`, for other parties.
    #[must_use]
    pub fn label(&self) -> String {
        format!("p{}", self.number)
    }

    /// Whether mail that the party did not ask for may be sent to it.
    #[must_use]
    pub const fn takes_mail(&self) -> bool {
        !self.opted_out && self.undeliverable.is_none()
    }

    /// The address that links of this generation were mailed to.
    #[must_use]
    pub fn address_then(&self, generation: u32) -> &Address {
        self.former.iter().find(|(last, _)| generation <= *last).map_or(&self.address, |(_, then)| then)
    }
}

/// The answer of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The slots that the party keeps.
    pub slots: Slots,
    /// How many slots were offered when it answered.
    pub of: usize,
    /// The note of the party.
    pub note: Option<Note>,
    /// Whether the answer was optional when it was given: then it has cut nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// A random positive integer below 2^53.
    pub id: u64,
    /// The `ETag`, raised by every change of slots, answers, details, deadline, parties or state.
    pub version: u32,
    /// The version of the last change that is more than somebody's wish for mail: `If-Match` takes it and all that came
    /// after it, so that nobody can make others' requests stale by unsubscribing and subscribing again.
    pub material_version: u32,
    /// How many ledger entries there are.
    pub entries: u32,
    /// See [`Phase`].
    pub phase: Phase,
    /// The account that proposed.
    pub creator: Creator,
    /// The subject of the meeting.
    pub title: Title,
    /// Where it is; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub location: Location,
    /// What it is for; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Description,
    /// The time zone in which people are told the times; all instants are UTC.
    pub timezone: Zone,
    /// The instant until which answers are accepted; none accepts them for ever.
    pub deadline: Option<Instant>,
    /// Whether the creator has been mailed that the deadline has passed.
    pub deadline_told: bool,
    /// The shortest part of a slot that an answer may keep.
    pub min_duration: Option<Duration>,
    /// See [`Visibility`].
    pub visibility: Visibility,
    /// The slots that are still offered.
    pub slots: Slots,
    /// All parties in the order of their numbers, withdrawn ones included.
    pub parties: Vec<Party>,
    /// The version that each reader has read last, by [`Actor::seen_key`].
    pub seen: BTreeMap<String, u32>,
    /// The id of the proposal whose next round this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<u64>,
    /// The id of the next round of this proposal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<u64>,
    /// The cut slots, an entry for each act that cut some, in the order of the acts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
    /// The answers for the creator's next digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Links of the creator to the meeting, of an older generation than this, are void.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub creator_generation: u32,
    /// Whether the creator has unsubscribed from mail about this proposal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creator_opted_out: bool,
    /// The replaced addresses that have unsubscribed: as another party they get no mail about this proposal either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Address>,
    /// When the proposal was created, UTC.
    pub created_at: Instant,
    /// When the version was raised last, UTC.
    pub updated_at: Instant,
}

/// Who acts, as the ledger records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The party of this number.
    Party(u16),
    /// The creator, who is no party.
    Creator,
    /// One of staff; the address is shown in the log.
    Staff(Address),
    /// The system itself, because of time or of the state.
    System,
}

impl Actor {
    /// The number of the party, if a party acts.
    #[must_use]
    pub const fn party(&self) -> Option<u16> {
        match self {
            Self::Party(number) => Some(*number),
            Self::Creator | Self::Staff(_) | Self::System => None,
        }
    }

    /// `p2`, `creator`, `staff` or `system`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Party(number) => format!("p{number}"),
            Self::Creator => "creator".to_owned(),
            Self::Staff(_) => "staff".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    /// The key of [`Proposal::seen`]: staff are several people.
    #[must_use]
    pub fn seen_key(&self) -> String {
        match self {
            Self::Staff(address) => format!("staff {}", address.key()),
            _ => self.label(),
        }
    }
}

/// What a caller is to a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// As whom the caller acts.
    pub actor: Actor,
    /// Whether the caller has the rights of the organiser: the creator and staff have them, a party's link never has.
    pub organiser: bool,
    /// The caller's own verified address, if it has one.
    pub address: Option<Address>,
    /// Whether the caller may see the addresses of other parties.
    pub sees_addresses: bool,
}

impl Proposal {
    /// Whether one of these versions says the same of what its readers decide by as the present one: what nobody decides by makes
    /// no version stale.
    #[must_use]
    pub fn is_current(&self, seen: &[u32]) -> bool {
        seen.iter().any(|version| (self.material_version..=self.version).contains(version))
    }

    /// The parties that are not withdrawn, in the order of their numbers.
    pub fn active_parties(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(|p| !p.withdrawn)
    }

    /// The party of this number, if it is not withdrawn.
    #[must_use]
    pub fn party(&self, number: u16) -> Option<&Party> {
        self.active_parties().find(|p| p.number == number)
    }

    /// The party of a label such as `p2`, withdrawn or not: the log shows both.
    #[must_use]
    pub fn party_labelled(&self, label: &str) -> Option<&Party> {
        self.parties.iter().find(|p| p.label() == label)
    }

    /// The party that `text` names for a caller of this standing: by its label, by its address, or, where the caller sees no
    /// addresses, by what the caller is shown instead. Such a caller can name only its own address, so that no answer reveals
    /// whether an address is a party.
    #[must_use]
    pub fn party_named(&self, text: &str, standing: &Standing) -> Option<&Party> {
        let text = text.trim();
        let key = text.to_ascii_lowercase();
        let own = standing.address.as_ref().is_some_and(|a| a.key() == key);
        let by_address = |p: &&Party| p.address.key() == key && (standing.sees_addresses || own);
        let by_shown = |p: &&Party| !standing.sees_addresses && shown(p, false) == text;
        self.active_parties()
            .find(|p| p.label() == text)
            .or_else(|| self.active_parties().find(by_address))
            .or_else(|| self.active_parties().find(by_shown))
    }

    /// The slots that whoever has this label has cut, over all acts, in the order of the acts.
    pub fn cut_by(&self, label: &str) -> impl Iterator<Item = &Slot> {
        self.cuts.iter().filter(move |cut| cut.by == label).flat_map(|cut| &cut.slots)
    }

    /// Whether this party is the creator itself.
    #[must_use]
    pub fn is_creators(&self, party: &Party) -> bool {
        self.creator.verified && party.address == self.creator.address
    }

    /// Whether mail that the creator did not ask for may be sent to it: not if the creator is a party that gets none.
    #[must_use]
    pub fn creator_takes_mail(&self) -> bool {
        let mut own = self.parties.iter().filter(|p| p.address == self.creator.address);
        let refused = self.creator_opted_out || self.refused.contains(&self.creator.address);
        !refused && own.all(Party::takes_mail)
    }

    /// Whether the actor reads the mail of the creator. This decides who is mailed, never who has which rights.
    #[must_use]
    pub fn is_creator(&self, actor: &Actor) -> bool {
        match actor {
            // Also of the act by which it withdraws itself.
            Actor::Party(number) => {
                self.parties.iter().any(|p| p.number == *number && p.address == self.creator.address)
            }
            Actor::Creator => true,
            Actor::Staff(_) | Actor::System => false,
        }
    }

    /// Whether the caller comes by a link that may be the one that the organiser was given to pass on.
    #[must_use]
    pub fn is_passed_on(&self, caller: &Caller) -> bool {
        match caller {
            Caller::Link { party, .. } => self.party(*party).is_some_and(|p| p.link_passed_on),
            _ => false,
        }
    }

    /// Whether every required party has answered.
    #[must_use]
    pub fn all_required_answered(&self) -> bool {
        self.active_parties().all(|p| p.optional || p.answer.is_some())
    }

    /// What the caller is to this proposal.
    ///
    /// # Errors
    /// [`Rejection::LinkVoid`] for a link of no such party or of an older generation, [`Rejection::Forbidden`] for an
    /// account that has nothing to do with it.
    pub fn standing(&self, caller: &Caller) -> Result<Standing, Rejection> {
        let open = self.visibility == Visibility::Open;
        match caller {
            Caller::Either { .. } => self.standing(caller.resolved(self)),
            Caller::System => {
                Ok(Standing { actor: Actor::System, organiser: true, address: None, sees_addresses: true })
            }
            Caller::Unsubscriber { party: 0 } => {
                Ok(Standing { actor: Actor::Creator, organiser: false, address: None, sees_addresses: false })
            }
            Caller::Unsubscriber { party } => {
                let known = self.parties.iter().find(|p| p.number == *party).ok_or(Rejection::LinkVoid)?;
                let actor = Actor::Party(known.number);
                Ok(Standing { actor, organiser: false, address: None, sees_addresses: false })
            }
            Caller::Link { party, generation } => {
                let party =
                    self.party(*party).filter(|p| p.generation == *generation).ok_or(Rejection::LinkVoid)?;
                Ok(Standing {
                    actor: Actor::Party(party.number),
                    organiser: false,
                    address: (!party.link_passed_on).then(|| party.address.clone()),
                    sees_addresses: open,
                })
            }
            Caller::Account { id, address, verified, staff } => {
                let proven = verified.then(|| address.clone());
                let party = proven.as_ref().and_then(|a| self.active_parties().find(|p| p.address == *a));
                let creator = self.creator.account == *id;
                let actor = match party {
                    Some(party) => Actor::Party(party.number),
                    None if creator => Actor::Creator,
                    None if *staff => Actor::Staff(address.clone()),
                    None => return Err(Rejection::Forbidden),
                };
                let organiser = creator || *staff;
                Ok(Standing { actor, organiser, address: proven, sees_addresses: open || organiser })
            }
        }
    }
}
