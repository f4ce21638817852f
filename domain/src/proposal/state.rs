//! What is known of a proposal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::shown;
use super::{Caller, Rejection, Undeliverable};
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, Slots};
use crate::text::{Name, Note, Title};
use crate::zone::Zone;

/// The state of a proposal (the state table of spec/proposals.md, part 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// One slot or more is offered; somebody required has not answered, or several slots are left.
    Open,
    /// One slot, kept by every required party or fixed by the creator.
    Agreed,
    /// Nothing is left.
    Exhausted,
    /// Ended by creator or staff.
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

/// Whether parties see each other's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// They do.
    Open,
    /// They see names, or `p1`, `p2`; the creator sees all.
    Names,
}

/// Who proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creator {
    /// The account.
    pub account: u64,
    /// Its address when it proposed.
    pub address: Address,
    /// Whether that address was verified then: only then does it make the creator a party.
    pub verified: bool,
}

/// One of those who are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// 1 for the first; never given to another.
    pub number: u16,
    /// Where its mail goes.
    pub address: Address,
    /// As the creator calls it.
    pub name: Option<Name>,
    /// Whether its answer cuts nothing.
    pub optional: bool,
    /// Links of older generations are void.
    pub generation: u32,
    /// Whether it has been mailed about this proposal.
    pub invited: bool,
    /// Whether it has looked.
    pub opened: bool,
    /// Whether it was withdrawn: it is no party any more, and its number is never given to another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Hours before the deadline of the reminders it got.
    pub reminded: Vec<u16>,
    /// When it was reminded last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Instant>,
    /// What it keeps.
    pub answer: Option<Answer>,
    /// Whether it wants no mail about this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opted_out: bool,
    /// Why mail does not reach its address, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undeliverable: Option<Undeliverable>,
    /// Addresses it had before, each with the last generation of its links: who got mail there may still unsubscribe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<(u32, Address)>,
    /// How many ledger entries it has caused itself; those of the creator's own party are the organiser's and not counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub entries: u32,
    /// Whether its links were voided and none has been mailed since: then there is nothing to void.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub links_void: bool,
}

/// Whether a number need not be stored.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What somebody cut, over all acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Whose label.
    pub by: String,
    /// The slots that were there before and not after, at most [`Slots::MAX`].
    pub slots: Vec<Slot>,
}

/// Answers of which the creator has not been told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// When the creator is to be told.
    pub due: Instant,
    /// Whose labels.
    pub by: Vec<String>,
}

impl Party {
    /// `p2`: what the ledger and, under `names`, other parties call a nameless one.
    #[must_use]
    pub fn label(&self) -> String {
        format!("p{}", self.number)
    }

    /// Whether mail that it did not ask for may be sent to it.
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

/// What a party keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The slots kept.
    pub slots: Slots,
    /// How many were offered.
    pub of: usize,
    /// A remark.
    pub note: Option<Note>,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// A random positive integer below 2^53.
    pub id: u64,
    /// Raised by whatever the `ETag` must tell: slots, answers, title, deadline, parties, state.
    pub version: u32,
    /// The version of the last change that is more than somebody's wish for mail: `If-Match` takes it and all that came
    /// after it, so that nobody can make others' requests stale by unsubscribing and subscribing again.
    pub material_version: u32,
    /// How many ledger entries there are.
    pub entries: u32,
    /// See [`Phase`].
    pub phase: Phase,
    /// Who proposed.
    pub creator: Creator,
    /// What for.
    pub title: Title,
    /// For people; the API stays UTC.
    pub timezone: Zone,
    /// Until when answers are taken.
    pub deadline: Option<Instant>,
    /// Whether the deadline's passing has been told to the creator.
    pub deadline_told: bool,
    /// The shortest part of a slot that may be kept.
    pub min_duration: Option<Duration>,
    /// See [`Visibility`].
    pub visibility: Visibility,
    /// What is still offered.
    pub slots: Slots,
    /// Those who are asked, by number.
    pub parties: Vec<Party>,
    /// Which version each party (by label), the creator and each of staff saw last.
    pub seen: BTreeMap<String, u32>,
    /// The exhausted proposal whose next round this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<u64>,
    /// The proposal that follows this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<u64>,
    /// Who has cut what, in the order of their first cuts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
    /// Answers for the creator's next digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Whether the creator wants no mail about this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creator_opted_out: bool,
    /// Addresses that were replaced and want no mail about this: not as another party either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Address>,
    /// When it was proposed.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Whoever acts, as the ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A party, by number.
    Party(u16),
    /// The creator who is no party.
    Creator,
    /// One of staff, with the address for the log.
    Staff(Address),
    /// Time itself.
    System,
}

impl Actor {
    /// The party's number, where it is one.
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
    /// As whom it acts.
    pub actor: Actor,
    /// Whether it has the organiser's rights: the creator and staff, never by a party's link.
    pub organiser: bool,
    /// Its own proven address, where it has one.
    pub address: Option<Address>,
    /// Whether other parties' addresses are for its eyes.
    pub sees_addresses: bool,
}

impl Proposal {
    /// Those who are still asked, in order.
    pub fn asked(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(|p| !p.withdrawn)
    }

    /// The party of this number, if it is still asked.
    #[must_use]
    pub fn party(&self, number: u16) -> Option<&Party> {
        self.asked().find(|p| p.number == number)
    }

    /// Whoever is or was the party of this label, such as `p2`: the log tells of both.
    #[must_use]
    pub fn party_labelled(&self, label: &str) -> Option<&Party> {
        self.parties.iter().find(|p| p.label() == label)
    }

    /// The party that `text` names for somebody of this standing: a label such as `p2`, an address, or, for those who see
    /// no addresses, what they are shown instead. They can name their own address alone: no answer is to tell them whose
    /// addresses are among the parties.
    #[must_use]
    pub fn party_named(&self, text: &str, standing: &Standing) -> Option<&Party> {
        let text = text.trim();
        let key = text.to_ascii_lowercase();
        let own = standing.address.as_ref().is_some_and(|a| a.key() == key);
        let by_address = |p: &&Party| p.address.key() == key && (standing.sees_addresses || own);
        let by_shown = |p: &&Party| !standing.sees_addresses && shown(p, false) == text;
        self.asked()
            .find(|p| p.label() == text)
            .or_else(|| self.asked().find(by_address))
            .or_else(|| self.asked().find(by_shown))
    }

    /// Whether this party is the creator's own account.
    #[must_use]
    pub fn is_creators(&self, party: &Party) -> bool {
        self.creator.verified && party.address == self.creator.address
    }

    /// Whether mail that it did not ask for may be sent to the creator: not where its party gets none.
    #[must_use]
    pub fn creator_takes_mail(&self) -> bool {
        let mut own = self.parties.iter().filter(|p| p.address == self.creator.address);
        let refused = self.creator_opted_out || self.refused.contains(&self.creator.address);
        !refused && own.all(Party::takes_mail)
    }

    /// Whether the creator is who acts, judged by the mailbox: it is asked for the sake of mail, not of rights.
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

    /// Whether every required party has answered.
    #[must_use]
    pub fn all_required_answered(&self) -> bool {
        self.asked().all(|p| p.optional || p.answer.is_some())
    }

    /// What the caller is to this proposal.
    ///
    /// # Errors
    /// [`Rejection::LinkVoid`] for a link of no such party or of an older generation, [`Rejection::Forbidden`] for an
    /// account that has nothing to do with it.
    pub fn standing(&self, caller: &Caller) -> Result<Standing, Rejection> {
        let open = self.visibility == Visibility::Open;
        match caller {
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
                    address: Some(party.address.clone()),
                    sees_addresses: open,
                })
            }
            Caller::Account { id, address, verified, staff } => {
                let proven = verified.then(|| address.clone());
                let party = proven.as_ref().and_then(|a| self.asked().find(|p| p.address == *a));
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
