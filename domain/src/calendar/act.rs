//! The commands that callers give, and the rejections.

use serde::{Deserialize, Serialize};

use super::{CalendarDescription, CalendarName, Scheduled};
use crate::address::Address;
use crate::entity::{Undeliverable, Via};
use crate::input::FieldErrors;
use crate::instant::Instant;
use crate::schedule::PreferredSlot;
use crate::text::PersonName;
use crate::zone::Zone;

/// The caller, as far as a calendar needs to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// The holder of an authentic link to this calendar.
    Link {
        /// The number of the invitee that the link names.
        invitee: u16,
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
        /// Whether the account is staff: it may read, and close.
        staff: bool,
    },
    /// The holder of an unsubscribe link, who may do nothing but unsubscribe and subscribe.
    Unsubscriber {
        /// The number of the invitee that the link was mailed to, 0 for the owner.
        invitee: u16,
    },
    /// The system itself, because of time or of the state.
    System,
}

/// A contact that is to be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitee {
    /// The id of the contact.
    pub contact: u64,
    /// The first name.
    pub first_name: PersonName,
    /// The last name.
    pub last_name: PersonName,
    /// Where its mail goes.
    pub address: Address,
}

/// The content of a new calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    /// What for.
    pub name: CalendarName,
    /// More of it.
    pub description: CalendarDescription,
    /// The zone in which times without an offset are meant.
    pub timezone: Zone,
    /// Until when answers are taken.
    pub deadline: Instant,
    /// The length of each meeting in minutes, 5 to 480.
    pub meeting_minutes: u16,
    /// The distance between starts in minutes, 5 to 60.
    pub step_minutes: u16,
    /// Whether invitees are reminded before the deadline.
    pub reminders: bool,
    /// When the owner is available.
    pub slots: Vec<PreferredSlot>,
    /// Who is invited, each contact once.
    pub invitees: Vec<NewInvitee>,
}

/// Changes of a calendar: at least one member says something. What is to be removed and is not there is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The new name.
    pub name: Option<CalendarName>,
    /// The new description.
    pub description: Option<CalendarDescription>,
    /// The new deadline, in the future.
    pub deadline: Option<Instant>,
    /// Whether invitees are reminded before the deadline.
    pub reminders: Option<bool>,
    /// Who is invited as well.
    pub add_invitees: Vec<NewInvitee>,
    /// The ids of contacts that are not asked any more.
    pub remove_invitees: Vec<u64>,
    /// When the owner is available as well.
    pub add_slots: Vec<PreferredSlot>,
    /// The ids of slots that are taken back.
    pub remove_slots: Vec<u32>,
    /// The versions the caller accepts (`If-Match`); `None` accepts any.
    pub if_match: Option<Vec<u32>>,
}

/// The schedule that the owner has chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finalization {
    /// Names it: a random text.
    pub seed: String,
    /// The meetings with fresh random ids, in the order in which they were sent.
    pub scheduled: Vec<Scheduled>,
}

/// What a caller wants to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// To read it.
    View,
    /// To read it once more, because a page that is open is brought up to date; as of a proposal.
    Refresh,
    /// To change it.
    Edit(Edit),
    /// To remind the contact of this id.
    Remind(u64),
    /// To answer.
    Answer {
        /// When the invitee can.
        slots: Vec<PreferredSlot>,
        /// Whether an earlier answer may be replaced (`PUT`).
        replace: bool,
    },
    /// To mail a new link to the caller.
    Resend,
    /// To finalise with this schedule: the intent is recorded.
    Finalize(Finalization),
    /// The times of the intent with this seed are reserved: the calendar is finalised.
    Commit {
        /// See [`super::Intent::seed`].
        seed: String,
    },
    /// The times of the intent with this seed are taken: the calendar is open again.
    Undo {
        /// See [`super::Intent::seed`].
        seed: String,
    },
    /// To mail the owner what came of the deadline, with the best schedule where there is one.
    Summarize {
        /// The deadline that it is about; by another one nothing is done.
        deadline: Instant,
        /// The best schedule of those who answered: invitees' numbers with begins; ordered by time.
        best: Vec<(u16, Instant)>,
    },
    /// To unsubscribe from mail about this calendar.
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
    /// To close it without meetings.
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

/// Why an act is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The link names no invitee, a removed one, or is of another generation.
    LinkVoid,
    /// An account that has nothing to do with it.
    Foreign,
    /// The caller is known and may not do this.
    Forbidden,
    /// The calendar is closed.
    Closed,
    /// It is finalised.
    Finalized,
    /// A schedule is being reserved: try again shortly.
    Finalizing,
    /// `If-Match` names an older version.
    Stale,
    /// The deadline has passed.
    DeadlinePassed,
    /// The invitee has answered already.
    AlreadyResponded,
    /// There is no such invitee.
    NoInvitee,
    /// Fields of the request are invalid.
    Invalid(FieldErrors),
    /// The chosen schedule has a fault, told under `error` in the document's words.
    Unschedulable(String),
    /// The ledger has no room for another entry of this caller, and the command ends nothing.
    LedgerFull,
}
