//! A calendar as its readers see it. Times are instants; whoever writes a body or a page puts them into the calendar's zone.

use serde::{Deserialize, Serialize};

use super::decide::may_answer;
use super::{Calendar, Invitee, Phase, Rejection, Standing};
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

impl InviteeView {
    /// Why the reader may not answer at `now`, in the documented order: before the faults of a body are told.
    ///
    /// # Errors
    /// The [`Rejection`] of [`super::Command::Answer`]; `replace` is meant as there.
    pub fn may_answer(&self, replace: bool, now: Instant) -> Result<(), Rejection> {
        match self.phase {
            Phase::Open => may_answer(self.deadline, self.answer.is_some(), replace, now),
            Phase::Finalizing => Err(Rejection::Finalizing),
            Phase::Finalized => Err(Rejection::Finalized),
            Phase::Closed => Err(Rejection::Closed),
        }
    }
}

/// What whoever has this standing ([`Calendar::reader`]) reads of the calendar with the ledger's `head`.
#[must_use]
pub fn reading(calendar: &Calendar, standing: &Standing, head: Digest) -> Reading {
    let number = standing.actor.invitee();
    // Only the owner's own standing, staff's and the system's lead to the whole calendar, whoever was removed since.
    match calendar.invitees.iter().find(|invitee| Some(invitee.number) == number) {
        Some(invitee) => Reading::Invitee(Box::new(invitee_view(calendar, invitee, head))),
        None => Reading::Owner { calendar: Box::new(calendar.clone()), label: standing.actor.label(), head },
    }
}

fn invitee_view(calendar: &Calendar, invitee: &Invitee, head: Digest) -> InviteeView {
    let person = |invitee: &Invitee| PersonView {
        id: invitee.contact,
        first_name: invitee.first_name.to_string(),
        last_name: invitee.last_name.to_string(),
    };
    let answer = invitee.answer.as_ref();
    let meeting = calendar.scheduled.iter().find(|meeting| meeting.invitee == invitee.number);
    InviteeView {
        calendar_id: calendar.id,
        version: calendar.version,
        phase: calendar.phase,
        name: calendar.name.to_string(),
        description: calendar.description.to_string(),
        timezone: calendar.timezone.clone(),
        deadline: calendar.deadline,
        meeting_minutes: calendar.meeting_minutes,
        step_minutes: calendar.step_minutes,
        owner: PersonView {
            id: calendar.owner.account,
            first_name: calendar.owner.first_name.clone(),
            last_name: calendar.owner.last_name.clone(),
        },
        invitees: calendar.active_invitees().map(person).collect(),
        you: person(invitee),
        address: invitee.address.to_string(),
        label: invitee.label(),
        owner_slots: calendar.slots.iter().map(|slot| slot.available).collect(),
        answer: answer.map(|answer| answer.slots.clone()),
        answered_at: answer.map(|answer| answer.at),
        added: answer.map_or_else(Vec::new, |answer| calendar.added_since(answer)),
        meeting: meeting.map(|meeting| (meeting.meeting, meeting.slot)),
        head,
    }
}
