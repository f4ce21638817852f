//! A meeting: what every way of agreeing on a time ends in (design.md, "Where things live"). D1 is the truth for it.
//!
//! ```text
//! of_proposal(&Proposal, head)           -> Option<Meeting>            what an agreed proposal becomes
//! of_calendar(&Calendar, &[Scheduled], head) -> Vec<Meeting>           what a schedule of a calendar becomes
//! letters(&Meeting, Template, ...)       -> Vec<Letter>               the mails of one kind about it
//! decide(&Meeting, &Act, now, link_days) -> Result<Option<Change>, Rejection>  what an act makes of it, who hears of it
//! ```

mod act;
mod booking;
mod guest;
mod letter;
mod source;
mod view;

pub use act::{Act, Caller, Change, Command, Rejection, Standing, Update, decide};
pub use booking::{APPROVAL, Awaits, Booking, HOLD};
pub use guest::letters_about;
pub use letter::{Beside, Letter, Template, agreed, beside, letters, removed};
pub use source::{of_calendar, of_proposal};
pub use view::{AttendeeView, MailProblem, View, view};

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::proposal::Visibility;
use crate::text::{Description, Location, Name, Text, Title};
use crate::zone::Zone;

/// Whether somebody comes (RFC 5545, section 3.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartStat {
    /// Not known.
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
}

impl PartStat {
    /// The word of a calendar part.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
        }
    }
}

/// Whether a meeting takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A calendar that is being finalised has reserved its time; nobody is shown it yet.
    Reserved,
    /// It takes place.
    Confirmed,
    /// It was called off.
    Cancelled,
    /// The calendar's finalising was undone; nobody is shown it any more, and a late reservation finds it.
    Void,
    /// A guest has booked it and not confirmed the booking yet.
    Held,
    /// The guest did not confirm the booking in time.
    Expired,
}

/// What a meeting came of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A proposal that was agreed; its id.
    Proposal(u64),
    /// A calendar that was finalised; its id.
    Calendar(u64),
    /// An event that was booked; its id is the meeting's.
    Event(u64),
}

impl Source {
    /// The word for it in D1 and in the API.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Proposal(_) => "proposal",
            Self::Calendar(_) => "calendar",
            Self::Event(_) => "event",
        }
    }

    /// The id of the proposal, calendar or event.
    #[must_use]
    pub const fn id(self) -> u64 {
        match self {
            Self::Proposal(id) | Self::Calendar(id) | Self::Event(id) => id,
        }
    }
}

/// Who called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organiser {
    /// The account.
    pub account: u64,
    /// Its address.
    pub address: Address,
    /// As others know it.
    pub name: Option<Name>,
    /// Whether it wants no mail about this.
    pub opted_out: bool,
    /// Its links of other generations are void.
    pub generation: u32,
}

/// One of those who are to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// 1 for the first; of a proposal's the party's number. It never changes.
    pub number: u16,
    /// Where its mail goes.
    pub address: Address,
    /// As the organiser calls it.
    pub name: Option<Name>,
    /// Whether the meeting takes place without it.
    pub optional: bool,
    /// See [`PartStat`].
    pub partstat: PartStat,
    /// Links of other generations are void.
    pub generation: u32,
    /// Whether it wants no mail about this.
    pub opted_out: bool,
    /// Whether it had any mail before the meeting came about: it knows what it is about.
    pub asked: bool,
    /// Whether its mail was dropped because a budget was used up; it gets none about this any more.
    pub over_budget: bool,
}

impl Attendee {
    /// Whether mail about the meeting may be sent to it.
    #[must_use]
    pub const fn takes_mail(&self) -> bool {
        !self.opted_out && !self.over_budget
    }
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// A positive integer below 2^53; of a proposal's the proposal's, so that there is one at most.
    pub id: u64,
    /// For calendars, for life (RFC 5545, section 3.8.4.7).
    pub uid: String,
    /// What for.
    pub title: Title,
    /// Where it is; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub location: Location,
    /// What it is for; empty where that is not said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Description,
    /// From when, in whole milliseconds.
    pub begin: Instant,
    /// Until when, in whole milliseconds.
    pub end: Instant,
    /// In which it was planned.
    pub timezone: Zone,
    /// See [`Status`].
    pub status: Status,
    /// Raised by what calendars must hear of (RFC 5545, section 3.8.7.4).
    pub sequence: u32,
    /// Raised by every change: the `ETag`.
    pub version: u32,
    /// Whether attendees see each other's addresses.
    pub visibility: Visibility,
    /// Who called it.
    pub organiser: Organiser,
    /// Who is to come, by number.
    pub attendees: Vec<Attendee>,
    /// What it came of.
    pub source: Source,
    /// The head of the ledger it came of, when it did.
    pub receipt: Option<Digest>,
    /// When it last changed, in whole milliseconds.
    pub updated_at: Instant,
    /// What a guest has booked; `None` of any other meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Booking>,
}

impl Meeting {
    /// Whether a guest has booked it by what its owner publishes. Whom that shows may learn nothing else of the owner.
    #[must_use]
    pub fn is_guests(&self) -> bool {
        matches!(self.source, Source::Event(_)) && self.visibility == Visibility::Names
    }
}
