//! A calendar as its readers see it. Times are instants; whoever writes a body or a page puts them into the calendar's zone.

use serde::{Deserialize, Serialize};

use super::{Calendar, Phase};
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::schedule::PreferredSlot;
use crate::slot::Slot;
use crate::zone::Zone;

/// What a reader reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// The owner, or staff: all of it.
    Owner {
        /// The calendar.
        calendar: Box<Calendar>,
        /// As whom the reader acts: `owner` or `staff`.
        label: String,
        /// The ledger's head.
        head: Digest,
    },
    /// An invitee.
    Invitee(Box<InviteeView>),
}

/// A person by name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// The id of the contact; the owner's is that of the account.
    pub id: u64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
}

/// What an invitee sees: nobody's address, and nobody else's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteeView {
    /// The id of the calendar.
    pub calendar_id: u64,
    /// Its version.
    pub version: u32,
    /// See [`Phase`].
    pub phase: Phase,
    /// What for.
    pub name: String,
    /// More of it.
    pub description: String,
    /// The zone in which times are told.
    pub timezone: Zone,
    /// Until when answers are taken.
    pub deadline: Instant,
    /// The length of each meeting in minutes.
    pub meeting_minutes: u16,
    /// The distance between starts in minutes.
    pub step_minutes: u16,
    /// Whom one meets.
    pub owner: PersonView,
    /// All who are asked.
    pub invitees: Vec<PersonView>,
    /// The reader, one of them.
    pub you: PersonView,
    /// The reader's address: the page says as whom one answers.
    pub address: String,
    /// The label of who acts: `i2`. Forms carry it.
    pub label: String,
    /// When the owner is available.
    pub owner_slots: Vec<PreferredSlot>,
    /// The reader's own answer.
    pub answer: Option<Vec<PreferredSlot>>,
    /// When that was given last.
    pub answered_at: Option<Instant>,
    /// What was added to the owner's time since that answer.
    pub added: Vec<Slot>,
    /// The reader's own meeting, once there is one: its id and its time as it was finalised.
    pub meeting: Option<(u64, Slot)>,
    /// The ledger's head: a receipt.
    pub head: Digest,
}
