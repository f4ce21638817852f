//! Who asks for what, what happens, and why it may not.

use serde::{Deserialize, Serialize};

use super::{Actor, Creator, Visibility};
use crate::address::Address;
use crate::duration::Duration;
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::slot::{Slot, Slots, Widened};
use crate::text::{Name, Note, Title};
use crate::zone::Zone;

/// How whoever acts came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A mailed link.
    Link,
    /// Name and password with the request.
    Basic,
    /// An account's token.
    Token,
    /// An account's access token.
    Bearer,
    /// A browser's session.
    Session,
    /// Nobody: time itself.
    System,
}

impl Via {
    /// The word in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Basic => "basic",
            Self::Token => "token",
            Self::Bearer => "bearer",
            Self::Session => "session",
            Self::System => "system",
        }
    }
}

/// Who is calling, as far as a proposal needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// The holder of an authentic link of this proposal.
    Link {
        /// The party it names.
        party: u16,
        /// The generation it was made for.
        generation: u32,
    },
    /// An account.
    Account {
        /// Its number.
        id: u64,
        /// Its address.
        address: Address,
        /// Whether the address is verified.
        verified: bool,
        /// Whether it is staff.
        staff: bool,
    },
    /// The holder of an unsubscribe link: it may do nothing else with it.
    Unsubscriber {
        /// The party it was mailed to, 0 for the creator.
        party: u16,
    },
    /// Time itself.
    System,
}

/// Why mail does not reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undeliverable {
    /// There is no such mailbox.
    Bounced,
    /// Its owner called our mail unwanted.
    Complained,
}

impl Undeliverable {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// A party as it is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParty {
    /// Where its mail goes.
    pub address: Address,
    /// As the creator calls it.
    pub name: Option<Name>,
    /// Whether its answer cuts nothing.
    pub optional: bool,
    /// Whether it has said, of the round before, that it wants no mail about this.
    #[serde(default)]
    pub opted_out: bool,
}

/// What a proposal is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    /// What for.
    pub title: Title,
    /// Who is asked; at least one is required.
    pub parties: Vec<NewParty>,
    /// What is offered; at least one slot.
    pub slots: Slots,
    /// For people.
    pub timezone: Zone,
    /// Until when answers are taken.
    pub deadline: Option<Instant>,
    /// The shortest part of a slot that may be kept.
    pub min_duration: Option<Duration>,
    /// Whether parties see each other's addresses.
    pub visibility: Visibility,
    /// The exhausted proposal whose next round this is.
    #[serde(default)]
    pub predecessor: Option<u64>,
}

/// What `POST /{id}/round/` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextRound {
    /// The id that the next round is to have, should there be none yet.
    pub id: u64,
    /// What it offers.
    pub slots: Slots,
    /// Until when it takes answers.
    pub deadline: Option<Instant>,
}

/// What a `PATCH` asks for; at least one of the first three, or nothing but what is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    /// The slots the caller keeps.
    pub slots: Option<Slots>,
    /// Another title.
    pub title: Option<Title>,
    /// Another deadline, or none.
    pub deadline: Option<NewDeadline>,
    /// A remark with the answer.
    pub note: Option<Note>,
    /// The versions the caller accepts (`If-Match`, RFC 9110 section 13.1.1); `None` accepts any.
    pub if_match: Option<Vec<u32>>,
}

/// A deadline to be set; a type of its own, for a null inside an option does not survive being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDeadline {
    /// Until when, or for ever.
    pub to: Option<Instant>,
}

/// What `POST /{id}/notify/` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who is to be mailed, by address or label.
    pub parties: Vec<String>,
    /// What the caller believes is offered.
    pub slots: Slots,
    /// The caller's own address, if sent at all.
    pub sender: Option<Address>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// To look.
    View,
    /// To keep fewer slots, or to change title or deadline.
    Narrow(Narrowing),
    /// To mail parties.
    Notify(Notice),
    /// To void a party's links: the named one's, or the caller's own.
    Revoke(Option<String>),
    /// To be mailed a new link: the caller's own party.
    Resend,
    /// To withdraw a party: its links are void, its cuts stay.
    Withdraw(u16),
    /// To replace the address of a party that never opened.
    Replace {
        /// Its number.
        party: u16,
        /// Its new address.
        address: Address,
    },
    /// To settle on one of the slots that are left.
    Fix(Slot),
    /// To ask again, with other slots, after nothing was left.
    Round(NextRound),
    /// To get no more mail about this.
    OptOut,
    /// To get it again, after all.
    OptIn,
    /// To note that mail does not reach an address.
    Undeliverable {
        /// The address.
        address: Address,
        /// Why.
        why: Undeliverable,
    },
    /// To end it.
    Close,
    /// To do what is due by now.
    Tick,
}

/// A command with its caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who asks.
    pub caller: Caller,
    /// How the caller came.
    pub via: Via,
    /// What for.
    pub command: Command,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// Who did it.
    pub by: Actor,
    /// How whoever did it came.
    pub via: Via,
    /// What.
    pub what: What,
}

/// What happened, by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It was proposed.
    Created {
        /// Its id.
        id: u64,
        /// By whom.
        creator: Creator,
        /// What.
        new: Box<New>,
    },
    /// A party answered.
    Answered {
        /// What it keeps.
        slots: Slots,
        /// Its remark.
        note: Option<Note>,
    },
    /// A creator or staff who is no party cut.
    Cut {
        /// What is left.
        slots: Slots,
        /// The remark.
        note: Option<Note>,
    },
    /// The title changed.
    Retitled {
        /// To this.
        title: Title,
    },
    /// The deadline changed.
    Rescheduled {
        /// To this.
        deadline: Option<Instant>,
    },
    /// One slot is left, and every required party has answered.
    Agreed {
        /// The time.
        slot: Slot,
    },
    /// The creator settled on one of several.
    Fixed {
        /// The time.
        slot: Slot,
    },
    /// Nothing is left.
    Exhausted,
    /// Another proposal follows this one.
    Succeeded {
        /// Its id.
        successor: u64,
    },
    /// Every required party has answered and several slots are left: the creator was told.
    AllAnswered,
    /// The creator was told of the answers of the last minutes.
    Digested,
    /// A party, or the creator (0), wants no more mail about this.
    OptedOut {
        /// Its number.
        party: u16,
    },
    /// A party, or the creator (0), wants mail about this after all.
    OptedIn {
        /// Its number.
        party: u16,
    },
    /// Mail does not reach a party.
    Undeliverable {
        /// Its number.
        party: u16,
        /// Why.
        why: Undeliverable,
    },
    /// A party was mailed by somebody.
    Notified {
        /// Its number.
        to: u16,
        /// Whether it was its first mail: the invitation.
        first: bool,
        /// The sender's own proven address.
        sender: Option<Address>,
    },
    /// A party was reminded by time.
    Reminded {
        /// Its number.
        to: u16,
        /// Hours before the deadline.
        hours: u16,
    },
    /// The deadline passed, and the creator was told.
    Expired,
    /// Somebody looked.
    Viewed,
    /// A party's links were voided.
    Revoked {
        /// Its number.
        party: u16,
    },
    /// A party asked for a new link and was mailed it.
    Resent {
        /// Its number.
        to: u16,
    },
    /// A party was withdrawn.
    Withdrawn {
        /// Its number.
        party: u16,
    },
    /// A party's address was replaced.
    Replaced {
        /// Its number.
        party: u16,
        /// Its new address.
        address: Address,
    },
    /// It was ended.
    Closed,
}

/// Why an act is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The link names no party, or an older generation of it.
    LinkVoid,
    /// The caller is known and may not.
    Forbidden,
    /// It was closed.
    Closed,
    /// The caller has seen an older version.
    Stale,
    /// It is agreed; answers are over.
    Agreed,
    /// Nothing is left to answer.
    Exhausted,
    /// The deadline has passed.
    DeadlinePassed,
    /// A required party has not answered, and there is time left to.
    TooEarly,
    /// The slot to be fixed is not one that is offered.
    NotOffered(Slot),
    /// Something is left, or agreed: no next round.
    NotExhausted,
    /// It is over, one way or another: its parties stay as they are.
    NotOpen,
    /// The party has opened its link already: its address is proven.
    Opened,
    /// There is no such party.
    NoParty,
    /// The wanted slots are no narrowing.
    Widened(Widened),
    /// Fields of the request are wrong.
    Invalid(FieldErrors),
    /// `sender` is not the caller's own proven address.
    NotYourAddress,
    /// The ledger is full, and this is nothing that ends something.
    LedgerFull,
}
