//! The agreed time: when, the ways into a calendar, and whether the reader comes.

use whittle_domain::instant::Instant;
use whittle_domain::meeting::PartStat;
use whittle_domain::proposal::{Phase, ReaderView};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::{Env, Url};

use crate::d1::Directory;
use crate::error::Result;
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

/// Links that open a calendar of the web with a new entry: title, time and place, and nothing that opens anything of ours.
pub fn calendars(title: &str, location: &str, slot: &Slot) -> Vec<(String, String)> {
    let basic = |at: Instant| at.to_string().replace(['-', ':'], "");
    let (begin, end) = (slot.begin(), slot.end());
    let link = |base: &str, query: &[(&str, &str)]| {
        let mut url = Url::parse(base).ok()?;
        url.query_pairs_mut().extend_pairs(query);
        Some(url.to_string())
    };
    let google = link(
        "https://calendar.google.com/calendar/render",
        &[
            ("action", "TEMPLATE"),
            ("text", title),
            ("dates", &format!("{}/{}", basic(begin), basic(end))),
            ("location", location),
        ],
    );
    let outlook = link(
        "https://outlook.live.com/calendar/0/deeplink/compose",
        &[
            ("path", "/calendar/action/compose"),
            ("rru", "addevent"),
            ("subject", title),
            ("startdt", &begin.to_string()),
            ("enddt", &end.to_string()),
            ("location", location),
        ],
    );
    let all = [("Google Calendar", google), ("Outlook", outlook)];
    all.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::duration::Duration;

    #[test]
    fn a_calendar_of_the_web_is_told_title_time_and_place() {
        let begin = Instant::parse("2026-11-24T09:00:00Z").unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(2_700)).unwrap();
        let links = calendars("A & B", "Room 5", &slot);
        let urls: Vec<&str> = links.iter().map(|(_, url)| url.as_str()).collect();
        assert!(
            urls[0].ends_with("text=A+%26+B&dates=20261124T090000Z%2F20261124T094500Z&location=Room+5"),
            "{urls:?}"
        );
        assert!(
            urls[1].contains("startdt=2026-11-24T09%3A00%3A00Z&enddt=2026-11-24T09%3A45%3A00Z"),
            "{urls:?}"
        );
    }
}
