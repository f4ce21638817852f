//! The agreed time: when, the ways into a calendar, and whether the reader comes.

use whittle_domain::instant::Instant;
use whittle_domain::meeting::PartStat;
use whittle_domain::proposal::{Phase, ReaderView};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::d1::Directory;
use crate::error::Result;
use crate::meeting::calendars::calendars;
use crate::meeting::store;
use crate::texts::when;

/// What is agreed.
pub struct Agreed {
    /// In the reader's zone.
    pub time: String,
    /// In the proposal's zone, where that shows something else.
    pub origin: Option<String>,
    pub begin: Instant,
    /// Names of calendars, with where they take an entry.
    pub calendars: Vec<(String, String)>,
    /// Whether the reader comes, where it is asked to.
    pub comes: Option<PartStat>,
    /// Whether the meeting was cancelled since.
    pub cancelled: bool,
}

/// The agreed time; none as long as there is none. The meeting has the say: it may have been moved or cancelled since.
pub async fn find(reader: &ReaderView, zone: &Zone, env: &Env) -> Result<Option<Agreed>> {
    if reader.view.state != Phase::Agreed {
        return Ok(None);
    }
    // The meeting follows the agreement by a task of its own.
    let meeting = store::load(&Directory::of(env), reader.view.id).await?;
    let moved = meeting.as_ref().and_then(|meeting| Slot::new(meeting.begin, meeting.duration()).ok());
    let Some(slot) = moved.or_else(|| reader.offered.first().copied()) else { return Ok(None) };
    let attendee = |number: u16| meeting.as_ref()?.attendee(number).map(|attendee| attendee.partstat);
    let here = when::slot_with_zone(&slot, zone);
    let there = when::slot_with_zone(&slot, &reader.zone);
    Ok(Some(Agreed {
        origin: (*zone != reader.zone).then_some(there),
        time: here,
        begin: slot.begin(),
        calendars: calendars(&reader.view.title, &reader.view.location, &slot),
        comes: reader.you.party.and_then(attendee),
        cancelled: meeting
            .as_ref()
            .is_some_and(|meeting| meeting.status == whittle_domain::meeting::Status::Cancelled),
    }))
}
