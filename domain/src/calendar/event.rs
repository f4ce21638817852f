//! What happens to a calendar.

use super::{Actor, CalendarDescription, CalendarName, Intent, New, NewInvitee, Owner, OwnerSlot};
use crate::entity::{Undeliverable, Via};
use crate::instant::Instant;
use crate::schedule::PreferredSlot;

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

/// The kinds of events. Each leaves one entry in the ledger, however many people it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The calendar was made; all invitees are invited by it.
    Created {
        /// The id of the calendar.
        id: u64,
        /// Whom the invitees meet.
        owner: Owner,
        /// The content.
        new: Box<New>,
    },
    /// It has another name.
    Renamed(CalendarName),
    /// It has another description.
    Described(CalendarDescription),
    /// It has another deadline.
    Rescheduled {
        /// The new deadline, UTC.
        deadline: Instant,
    },
    /// Reminders were switched on or off.
    RemindersSet(bool),
    /// The owner's available times are others.
    TimesChanged {
        /// What was added.
        added: Vec<OwnerSlot>,
        /// The ids of the slots that were taken back.
        removed: Vec<u32>,
    },
    /// People are not asked any more.
    Removed(Vec<u16>),
    /// More people were invited.
    Invited(Vec<(u16, NewInvitee)>),
    /// Invitees who had answered were asked about what was added to the owner's time.
    Asked(Vec<u16>),
    /// An invitee answered.
    Answered {
        /// When it can.
        slots: Vec<PreferredSlot>,
    },
    /// Everybody has answered: the owner was mailed.
    AllAnswered,
    /// Invitees were reminded of the deadline.
    Reminded {
        /// Their numbers.
        to: Vec<u16>,
        /// How many hours before the deadline; none where the owner had them reminded.
        hours: Option<u16>,
    },
    /// An invitee asked for a new link and was mailed one.
    Resent {
        /// Its number.
        to: u16,
    },
    /// The deadline has passed.
    Expired,
    /// The owner was mailed what came of the deadline.
    Summarized {
        /// The best schedule of those who answered: invitees' numbers with begins.
        best: Vec<(u16, Instant)>,
    },
    /// The owner chose a schedule, whose times are being reserved.
    Intended(Intent),
    /// The times are reserved: the meetings of the intent are made.
    Finalized,
    /// The times of the intent are taken: the calendar is open again.
    Undone,
    /// It was closed without meetings.
    Closed,
    /// Somebody has read it.
    Viewed,
    /// An invitee, or the owner (0), has unsubscribed from mail about it.
    OptedOut {
        /// The number of the invitee.
        invitee: u16,
    },
    /// An invitee, or the owner (0), has subscribed again.
    OptedIn {
        /// The number of the invitee.
        invitee: u16,
    },
    /// Mail does not reach the address of an invitee.
    Undeliverable {
        /// The number of the invitee.
        invitee: u16,
        /// Why.
        why: Undeliverable,
    },
}
