//! The commands that callers give, the events that follow, and the rejections.

use serde::{Deserialize, Serialize};

use super::{Actor, Creator, Proposal, Visibility};
use crate::address::Address;
use crate::detail::Detail;
use crate::duration::Duration;
use crate::entity::{Undeliverable, Via};
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::slot::{Slot, Slots, Widened};
use crate::text::{Description, Location, Name, Note, Text, Title};
use crate::zone::Zone;

/// The caller, as far as a proposal needs to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// The holder of an authentic link to this proposal.
    Link {
        /// The number of the party that the link names.
        party: u16,
        /// The generation of links that it belongs to.
        generation: u32,
    },
    /// An account that has signed in.
    Account {
        /// The id of the account.
        id: u64,
        /// The address of the account.
        address: Address,
        /// Whether the account has proven that it reads the mail of this address.
        verified: bool,
        /// Whether the account is staff, with the rights of every organiser.
        staff: bool,
    },
    /// The holder of an unsubscribe link, who may do nothing but unsubscribe and subscribe.
    Unsubscriber {
        /// The number of the party that the link was mailed to, 0 for the creator.
        party: u16,
    },
    /// A browser that has a session and has opened a link. The session counts if its account has any standing here, else the
    /// link ([`Caller::resolved`]).
    Either {
        /// The account of the session.
        account: Box<Caller>,
        /// The holder of the link.
        link: Box<Caller>,
    },
    /// The system itself, because of time or of the state.
    System,
}

impl Caller {
    /// As whom the caller acts here: itself, or the one of two that counts.
    #[must_use]
    pub fn resolved(&self, proposal: &Proposal) -> &Self {
        match self {
            Self::Either { account, link } => match proposal.standing(account) {
                Ok(_) => account,
                Err(_) => link,
            },
            one => one,
        }
    }
}

/// A party of a proposal that is to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParty {
    /// The address that its mail goes to.
    pub address: Address,
    /// The name that the creator gives the party.
    pub name: Option<Name>,
    /// Whether the answer of this party is shown and cuts nothing.
    pub optional: bool,
    /// Whether the party has unsubscribed from the round before.
    #[serde(default)]
    pub opted_out: bool,
}

/// The content of a new proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    /// The subject of the meeting.
    pub title: Title,
    /// Where it is; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub location: Location,
    /// What it is for; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Description,
    /// The parties, 1 to 50; at least one of them is required.
    pub parties: Vec<NewParty>,
    /// The offered slots, at least one.
    pub slots: Slots,
    /// The time zone in which people are told the times; all instants are UTC.
    pub timezone: Zone,
    /// The instant until which answers are accepted; none accepts them for ever.
    pub deadline: Option<Instant>,
    /// The shortest part of a slot that an answer may keep.
    pub min_duration: Option<Duration>,
    /// Whether parties see each other's addresses.
    pub visibility: Visibility,
    /// The proposal whose next round this is.
    #[serde(default)]
    pub predecessor: Option<u64>,
}

/// The content of `POST /{id}/round/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextRound {
    /// The id that the next round is to have, should there be none yet.
    pub id: u64,
    /// The slots that the next round offers.
    pub slots: Slots,
    /// The instant until which the next round accepts answers.
    pub deadline: Option<Instant>,
    /// The details that are not those of the round before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Who is asked in the next round, if that is not who was asked in the round before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parties: Option<Vec<NewParty>>,
}

/// The content of a `PATCH`: at least one of the first three members, or nothing but members that are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    /// The slots that the caller keeps: an answer.
    pub slots: Option<Slots>,
    /// New details, each of them once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// A new deadline, or none any more.
    pub deadline: Option<NewDeadline>,
    /// A note that goes with the answer.
    pub note: Option<Note>,
    /// The versions the caller accepts (`If-Match`, RFC 9110 section 13.1.1); `None` accepts any.
    pub if_match: Option<Vec<u32>>,
}

/// A deadline to be set; a type of its own, for a null inside an option does not survive being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDeadline {
    /// The new deadline; none accepts answers for ever.
    pub to: Option<Instant>,
}

/// The content of `POST /{id}/notify/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The parties to be mailed, each by its address or its label.
    pub parties: Vec<String>,
    /// The offer as the caller knows it; another one is refused.
    pub slots: Slots,
    /// The caller's own address, if the request names it.
    pub sender: Option<Address>,
    /// Whether parties that have been mailed before are left out: to send this again mails nobody twice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_uninvited: bool,
}

/// What a caller wants to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// To read the proposal.
    View,
    /// To read it once more, because a page that is open is brought up to date. Whoever has read some version before leaves no
    /// entry; whoever never has leaves the one of [`Command::View`], so that nobody reads in secret.
    Refresh,
    /// To answer with the slots that the caller keeps, or to change details or the deadline.
    Narrow(Narrowing),
    /// To mail parties.
    Notify(Notice),
    /// To void the links of the named party, or those of the caller's own party.
    Revoke(Option<String>),
    /// To mail a new link to the caller's own party.
    Resend,
    /// To withdraw the party of this number: its links are void, what it has cut stays cut.
    Withdraw(u16),
    /// To replace the address of a party that has never opened its link.
    Replace {
        /// The number of the party.
        party: u16,
        /// The new address of the party.
        address: Address,
    },
    /// To make a link of the party of this number, which the organiser passes on in another way than by mail.
    Link(u16),
    /// To make the answer of a party optional, or required.
    SetOptional {
        /// The number of the party.
        party: u16,
        /// Whether its answer cuts nothing from now on.
        optional: bool,
    },
    /// To fix the time: one of the slots that are still offered.
    Fix(Slot),
    /// To open the next round, with other slots: after no slot was left, or in place of an open proposal, which gives up the
    /// slots that are left.
    Round(NextRound),
    /// To unsubscribe from mail about this proposal.
    OptOut,
    /// To subscribe again.
    OptIn,
    /// To note that mail does not reach an address.
    Undeliverable {
        /// The address.
        address: Address,
        /// Why.
        why: Undeliverable,
    },
    /// To close the proposal.
    Close,
    /// To do what is due at this time.
    Tick,
}

/// A command with the caller who gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The caller.
    pub caller: Caller,
    /// How the caller was authenticated.
    pub via: Via,
    /// What the caller wants to be done.
    pub command: Command,
}

impl Act {
    /// The act of the one of two callers that counts; `None` where there is but one.
    #[must_use]
    pub fn resolved(&self, proposal: &Proposal) -> Option<Self> {
        let Caller::Either { link, .. } = &self.caller else { return None };
        let caller = self.caller.resolved(proposal).clone();
        let via = if caller == **link { Via::Link } else { self.via };
        Some(Self { caller, via, command: self.command.clone() })
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened, UTC.
    pub at: Instant,
    /// Who caused it.
    pub by: Actor,
    /// How the caller was authenticated.
    pub via: Via,
    /// What happened.
    pub what: What,
}

/// The kinds of events. Each leaves one entry in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The proposal was created.
    Created {
        /// The id of the proposal.
        id: u64,
        /// The account that proposes.
        creator: Creator,
        /// The content.
        new: Box<New>,
    },
    /// A party answered.
    Answered {
        /// The slots that the party keeps.
        slots: Slots,
        /// The note of the party.
        note: Option<Note>,
    },
    /// A creator, or one of staff, who is no party has cut slots.
    Cut {
        /// The slots that are left.
        slots: Slots,
        /// The note of whoever cut.
        note: Option<Note>,
    },
    /// A detail was changed: to this.
    Changed(Detail),
    /// The deadline was changed.
    Rescheduled {
        /// The new deadline.
        deadline: Option<Instant>,
    },
    /// One slot is left, and every required party has answered.
    Agreed {
        /// The agreed time.
        slot: Slot,
    },
    /// The creator fixed the time.
    Fixed {
        /// The agreed time.
        slot: Slot,
    },
    /// No slot is left. By the system this follows from an act; by the organiser it begins the next round of an open proposal.
    Exhausted,
    /// The next round of this proposal is another proposal.
    Succeeded {
        /// The id of that proposal.
        successor: u64,
    },
    /// Every required party has answered and several slots are left: the creator was mailed.
    AllAnswered,
    /// The creator was mailed a digest of the answers of the last minutes.
    Digested,
    /// A party, or the creator (0), has unsubscribed from mail about this proposal.
    OptedOut {
        /// The number of the party.
        party: u16,
    },
    /// A party, or the creator (0), has subscribed again.
    OptedIn {
        /// The number of the party.
        party: u16,
    },
    /// Mail does not reach the address of a party.
    Undeliverable {
        /// The number of the party.
        party: u16,
        /// The reason.
        why: Undeliverable,
    },
    /// Somebody had a party mailed.
    Notified {
        /// The number of the party.
        to: u16,
        /// Whether it is the party's first mail: the invitation.
        first: bool,
        /// The verified address of whoever had it mailed.
        sender: Option<Address>,
    },
    /// A party was reminded of the deadline.
    Reminded {
        /// The number of the party.
        to: u16,
        /// How many hours before the deadline.
        hours: u16,
    },
    /// The deadline has passed, and the creator was mailed.
    Expired,
    /// Somebody has read the proposal.
    Viewed,
    /// The links of a party were voided.
    Revoked {
        /// The number of the party.
        party: u16,
    },
    /// A party asked for a new link and was mailed one.
    Resent {
        /// The number of the party.
        to: u16,
    },
    /// A party was withdrawn.
    Withdrawn {
        /// The number of the party.
        party: u16,
    },
    /// The address of a party was replaced.
    Replaced {
        /// The number of the party.
        party: u16,
        /// The new address.
        address: Address,
    },
    /// The organiser was given a link of a party, to pass it on.
    Linked {
        /// The number of the party.
        party: u16,
    },
    /// The answer of a party was made optional, or required.
    OptionalSet {
        /// The number of the party.
        party: u16,
        /// Whether its answer cuts nothing from now on.
        optional: bool,
    },
    /// The proposal was closed.
    Closed,
}

/// Why an act is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The link names no party, or is of an older generation of its links.
    LinkVoid,
    /// The caller is authenticated and not permitted to do this.
    Forbidden,
    /// The proposal is closed.
    Closed,
    /// `If-Match` names an older version.
    Stale,
    /// The time is agreed, so no answers are accepted.
    Agreed,
    /// No slot is left, so no answers are accepted.
    Exhausted,
    /// The next round is open, so no answers are accepted here.
    Succeeded,
    /// The deadline has passed.
    DeadlinePassed,
    /// The time cannot be fixed yet: a required party has not answered, and the deadline has not passed.
    TooEarly,
    /// The slot to be fixed is not offered.
    NotOffered(Slot),
    /// There is no next round, because a time is agreed.
    NoNextRound,
    /// The proposal is not open any more, so its parties stay as they are.
    NotOpen,
    /// The party has opened its link already, so its address is proven and stays.
    Opened,
    /// The proposal has no such party.
    NoParty,
    /// The slots of the answer do not lie within the offer.
    Widened(Widened),
    /// Fields of the request are invalid.
    Invalid(FieldErrors),
    /// `sender` is not the caller's own verified address.
    NotYourAddress,
    /// The ledger has no room for another entry of this caller, and the command ends nothing.
    LedgerFull,
}
