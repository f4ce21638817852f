//! The state of a calendar, and what a caller is to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::time::{merge, subtract};
use super::{Caller, Rejection, stored};
use crate::address::Address;
use crate::entity::Undeliverable;
use crate::instant::Instant;
use crate::schedule::PreferredSlot;
use crate::slot::Slot;
use crate::text::{Line, PersonName, Text};
use crate::zone::Zone;

/// The name of a calendar, which is the title of its meetings. The original API documents set the length.
pub type CalendarName = Line<150>;
/// The description of a calendar. The original API documents set the length.
pub type CalendarDescription = Text<200, true>;

/// The state of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It is edited, and answered until the deadline.
    Open,
    /// A schedule was chosen and its times are being reserved.
    Finalizing,
    /// The meetings are made.
    Finalized,
    /// Its owner, or staff, has closed it without meetings.
    Closed,
}

impl Phase {
    /// The word of the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Finalizing => "finalizing",
            Self::Finalized => "finalized",
            Self::Closed => "closed",
        }
    }
}

/// The account that the invitees meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The id of the account.
    pub account: u64,
    /// The address that the account had when it made the calendar.
    pub address: Address,
    /// Whether that address was verified then.
    pub verified: bool,
    /// The first name that the account had then; empty where it had none.
    pub first_name: String,
    /// The last name that the account had then; empty where it had none.
    pub last_name: String,
}

/// A time at which the owner is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerSlot {
    /// Positive; never given to another slot of the calendar.
    pub id: u32,
    /// When, and how much the owner likes it.
    #[serde(flatten)]
    pub available: PreferredSlot,
}

/// The answer of an invitee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// As it was given: slots may overlap, and reach beyond the owner's time.
    #[serde(with = "stored::preferred")]
    pub slots: Vec<PreferredSlot>,
    /// When it was given last, UTC.
    pub at: Instant,
    /// The owner's time by then, merged: what is added later was not asked about.
    #[serde(with = "stored::plain")]
    pub asked: Vec<Slot>,
    /// What was added since, as far as the invitee was mailed about it; merged.
    #[serde(with = "stored::plain")]
    pub told: Vec<Slot>,
}

/// Somebody who is asked: a contact of the owner as it was when it was invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    /// 1 for the first; never given to another invitee. A contact that is removed and invited again gets another number.
    pub number: u16,
    /// The id of the contact.
    pub contact: u64,
    /// The first name.
    pub first_name: PersonName,
    /// The last name.
    pub last_name: PersonName,
    /// Where its mail goes.
    pub address: Address,
    /// Links of other generations are void.
    pub generation: u32,
    /// Whether it was removed. It is kept for the log, and its links are void for ever.
    pub removed: bool,
    /// Whether it has opened its link.
    pub opened: bool,
    /// The reminders that it got, as hours before the deadline.
    pub reminded: Vec<u16>,
    /// When it was reminded last, UTC.
    pub reminded_at: Option<Instant>,
    /// What it answered.
    pub answer: Option<Answer>,
    /// Whether it has unsubscribed from mail about this calendar.
    pub opted_out: bool,
    /// Why mail does not reach its address, if it does not.
    pub undeliverable: Option<Undeliverable>,
    /// How many ledger entries it has caused itself.
    pub entries: u32,
}

impl Invitee {
    /// The label, such as `i2`: the name of the invitee in the ledger.
    #[must_use]
    pub fn label(&self) -> String {
        format!("i{}", self.number)
    }

    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// Whether mail that the invitee did not ask for may be sent to it.
    #[must_use]
    pub const fn takes_mail(&self) -> bool {
        !self.removed && !self.opted_out && self.undeliverable.is_none()
    }
}

impl Owner {
    /// How people are told who asks: by name, or by address where the account has no name.
    #[must_use]
    pub fn shown(&self) -> String {
        let name = format!("{} {}", self.first_name.trim(), self.last_name.trim());
        match name.trim() {
            "" => self.address.to_string(),
            name => name.to_owned(),
        }
    }
}

/// A meeting of a chosen schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// The id that the meeting has, or is to have.
    pub meeting: u64,
    /// The number of the invitee.
    pub invitee: u16,
    /// From when to when, in whole milliseconds.
    pub slot: Slot,
}

/// A schedule whose times are being reserved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Names it among all intents: a random text. The ids of the meetings' mails are made of it.
    pub seed: String,
    /// The meetings, ordered by time.
    pub scheduled: Vec<Scheduled>,
    /// When it was recorded, UTC.
    pub at: Instant,
}

/// A calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// A random positive integer below 2^53.
    pub id: u64,
    /// The `ETag`, raised by every change that its readers can see.
    pub version: u32,
    /// The version of the last change that is more than time passing or somebody's wish for mail: `If-Match` takes it and all
    /// that came after it.
    pub material_version: u32,
    /// How many ledger entries there are.
    pub entries: u32,
    /// See [`Phase`].
    pub phase: Phase,
    /// Whom the invitees meet.
    pub owner: Owner,
    /// What for.
    pub name: CalendarName,
    /// More of it; empty where nothing is said.
    pub description: CalendarDescription,
    /// The zone in which times without an offset are meant, and told.
    pub timezone: Zone,
    /// Until when answers are taken.
    pub deadline: Instant,
    /// The length of each meeting in minutes, 5 to 480.
    pub meeting_minutes: u16,
    /// The distance between starts in minutes, 5 to 60.
    pub step_minutes: u16,
    /// Whether invitees who have not answered are reminded before the deadline.
    pub reminders: bool,
    /// When the owner is available, ordered by begin.
    pub slots: Vec<OwnerSlot>,
    /// The id of the next slot that is added.
    pub next_slot: u32,
    /// All invitees in the order of their numbers, removed ones included.
    pub invitees: Vec<Invitee>,
    /// Whether the deadline has passed and was noted.
    pub deadline_passed: bool,
    /// Whether the owner was mailed what came of the deadline.
    pub summarized: bool,
    /// The schedule that is being reserved.
    pub intent: Option<Intent>,
    /// The meetings of a finalised calendar, as they were made, ordered by time.
    pub scheduled: Vec<Scheduled>,
    /// The version that each reader has read last, by [`Actor::seen_key`].
    pub seen: BTreeMap<String, u32>,
    /// Whether the owner has unsubscribed from mail about this calendar.
    pub owner_opted_out: bool,
    /// When it was created, UTC.
    pub created_at: Instant,
    /// When the version was raised last, UTC.
    pub updated_at: Instant,
}

/// Who acts, as the ledger records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The owner.
    Owner,
    /// The invitee of this number.
    Invitee(u16),
    /// One of staff; the address is shown in the log.
    Staff(Address),
    /// The system itself, because of time or of the state.
    System,
}

impl Actor {
    /// The number of the invitee, if one acts.
    #[must_use]
    pub const fn invitee(&self) -> Option<u16> {
        match self {
            Self::Invitee(number) => Some(*number),
            Self::Owner | Self::Staff(_) | Self::System => None,
        }
    }

    /// `owner`, `i2`, `staff` or `system`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Owner => "owner".to_owned(),
            Self::Invitee(number) => format!("i{number}"),
            Self::Staff(_) => "staff".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    /// The key of [`Calendar::seen`]: staff are several people.
    #[must_use]
    pub fn seen_key(&self) -> String {
        match self {
            Self::Staff(address) => format!("staff {}", address.key()),
            _ => self.label(),
        }
    }
}

/// What a caller is to a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// As whom the caller acts.
    pub actor: Actor,
    /// The caller's own verified address, if it has one.
    pub address: Option<Address>,
}

impl Calendar {
    /// Whether one of these versions says the same of what its readers decide by as the present one: what nobody decides by makes
    /// no version stale.
    #[must_use]
    pub fn is_current(&self, seen: &[u32]) -> bool {
        seen.iter().any(|version| (self.material_version..=self.version).contains(version))
    }

    /// The invitees that are not removed, in the order of their numbers.
    pub fn active_invitees(&self) -> impl Iterator<Item = &Invitee> {
        self.invitees.iter().filter(|invitee| !invitee.removed)
    }

    /// The invitee of this number, if it is not removed.
    #[must_use]
    pub fn invitee(&self, number: u16) -> Option<&Invitee> {
        self.active_invitees().find(|invitee| invitee.number == number)
    }

    /// The invitee that is this contact, if it is not removed.
    #[must_use]
    pub fn invitee_of_contact(&self, contact: u64) -> Option<&Invitee> {
        self.active_invitees().find(|invitee| invitee.contact == contact)
    }

    /// Whether everybody who is asked has answered.
    #[must_use]
    pub fn all_answered(&self) -> bool {
        self.active_invitees().all(|invitee| invitee.answer.is_some())
    }

    /// The owner's time, merged: blocks that neither overlap nor touch, ordered by begin.
    #[must_use]
    pub fn owner_time(&self) -> Vec<Slot> {
        merge(self.slots.iter().map(|slot| slot.available.slot))
    }

    /// What was added to the owner's time since this answer was given.
    #[must_use]
    pub fn added_since(&self, answer: &Answer) -> Vec<Slot> {
        subtract(&self.owner_time(), &answer.asked)
    }

    /// Whether mail that the owner did not ask for may be sent to it.
    #[must_use]
    pub const fn owner_takes_mail(&self) -> bool {
        !self.owner_opted_out
    }

    /// Whether this address wants no mail about this, as the owner's or as that of whichever invitee, removed ones included.
    #[must_use]
    pub fn refuses_mail(&self, address: &Address) -> bool {
        (self.owner_opted_out && self.owner.address == *address)
            || self.invitees.iter().any(|invitee| invitee.opted_out && invitee.address == *address)
    }

    /// Whether answers are refused because of time: at the deadline itself they are.
    #[must_use]
    pub fn is_past_deadline(&self, now: Instant) -> bool {
        self.deadline <= now
    }

    /// What the caller is to this calendar.
    ///
    /// # Errors
    /// [`Rejection::LinkVoid`] for a link of no such invitee, of a removed one or of another generation, [`Rejection::Foreign`]
    /// for an account that has nothing to do with it.
    pub fn standing(&self, caller: &Caller) -> Result<Standing, Rejection> {
        let without_address = |actor| Ok(Standing { actor, address: None });
        match caller {
            Caller::System => without_address(Actor::System),
            Caller::Unsubscriber { invitee: 0 } => without_address(Actor::Owner),
            // Mail to somebody who was removed since can still be on its way.
            Caller::Unsubscriber { invitee } => {
                let known = self.invitees.iter().find(|known| known.number == *invitee);
                without_address(Actor::Invitee(known.ok_or(Rejection::LinkVoid)?.number))
            }
            Caller::Link { invitee, generation } => {
                let known = self.invitee(*invitee).filter(|known| known.generation == *generation);
                let known = known.ok_or(Rejection::LinkVoid)?;
                Ok(Standing { actor: Actor::Invitee(known.number), address: Some(known.address.clone()) })
            }
            Caller::Account { id, address, verified, staff } => {
                let actor = match (self.owner.account == *id, staff) {
                    (true, _) => Actor::Owner,
                    (false, true) => Actor::Staff(address.clone()),
                    (false, false) => return Err(Rejection::Foreign),
                };
                Ok(Standing { actor, address: verified.then(|| address.clone()) })
            }
        }
    }

    /// What the caller is to this calendar, if it may read it: a read that leaves no trace asks this first.
    ///
    /// # Errors
    /// As [`Calendar::standing`]; [`Rejection::Forbidden`] for an unsubscribe link, which is good for nothing else.
    pub fn reader(&self, caller: &Caller) -> Result<Standing, Rejection> {
        match caller {
            Caller::Unsubscriber { .. } => Err(Rejection::Forbidden),
            _ => self.standing(caller),
        }
    }
}
