//! An event as the API shows it.

use serde_json::{Value, json};

use super::event::{EventStatus, shown};
use super::judge::naive;
use crate::instant::Instant;
use crate::meeting::{Attendee, Meeting, PartStat, Status};
use crate::zone::Zone;

/// An event as the API shows it to one of its participants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// Its id, which is the meeting's.
    pub id: u64,
    /// What for.
    pub title: String,
    /// In more words; empty where there are none.
    pub description: String,
    /// When it begins.
    pub begin: Instant,
    /// When it ends.
    pub end: Instant,
    /// When it begins, in the reader's zone: `2026-11-24 14:00:00`.
    pub time_slot: String,
    /// See [`EventStatus`].
    pub status: EventStatus,
    /// The addresses of those who are asked, the organiser's last.
    pub participants: Vec<String>,
    /// Of these, who does not come.
    pub declined: Vec<String>,
    /// The organiser's address.
    pub organiser: String,
    /// When it was made, in the reader's zone.
    pub created: String,
    /// When it was changed last, in the reader's zone.
    pub modified: String,
    /// The `ETag`.
    pub version: u32,
    /// Whether a guest has booked it by the organiser's booking page: it is moved and cancelled as a meeting.
    pub guest: bool,
    /// Whether it has begun: it is not changed any more.
    pub begun: bool,
}

/// The event for a reader, who is this attendee, if any.
#[must_use]
pub fn view(
    meeting: &Meeting,
    created: Instant,
    reader: Option<u16>,
    zone: &Zone,
    now: Instant,
) -> EventView {
    let declined = |attendee: &&Attendee| attendee.partstat == PartStat::Declined;
    let all = shown(meeting);
    let address = |attendee: &&Attendee| attendee.address.to_string();
    let mine = meeting.attendees.iter().find(|attendee| Some(attendee.number) == reader);
    EventView {
        id: meeting.id,
        title: meeting.title.to_string(),
        description: meeting.description.to_string(),
        begin: meeting.begin,
        end: meeting.end,
        time_slot: naive(meeting.begin, zone),
        status: match meeting.status {
            Status::Confirmed if mine.is_some_and(|own| declined(&own)) => EventStatus::Declined,
            Status::Confirmed => EventStatus::Active,
            _ => EventStatus::Cancelled,
        },
        participants: all.iter().map(address).collect(),
        declined: all.iter().filter(|attendee| declined(attendee)).map(address).collect(),
        organiser: meeting.organiser.address.to_string(),
        created: naive(created, zone),
        modified: naive(meeting.updated_at, zone),
        version: meeting.version,
        guest: meeting.is_guests(),
        begun: meeting.begin <= now,
    }
}

impl EventView {
    /// The event object of the API. `declined` and `version` are ours, beside what is documented.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "id": self.id, "participants": self.participants, "organiser": self.organiser, "created": self.created,
            "modified": self.modified, "title": self.title, "description": self.description,
            "time_slot": self.time_slot, "status": self.status.word(), "declined": self.declined,
            "version": self.version,
        })
    }
}
