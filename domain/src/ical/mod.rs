//! iCalendar objects (RFC 5545), in the methods of RFC 5546: what mails carry, feeds and downloads.
//!
//! A part is a function of what it tells and of nothing else, no clock, no chance: mail that is sent again is the same
//! byte for byte. What an attendee may not see under [`Visibility::Names`] is in none of its properties.

mod content;
mod timezone;

use content::{Lines, mailto, quoted, text};
use timezone::{Span, Timezones, utc_second};

use crate::instant::Instant;
use crate::meeting::{Attendee, Meeting, Status};
use crate::proposal::Visibility;
use crate::slot::Slot;

/// How the service names itself, as organiser under [`Visibility::Names`] and of what is tentative.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// For people: `Whittle`.
    pub name: &'a str,
    /// Where its mail comes from: `whittle@example.org`.
    pub address: &'a str,
}

/// Who gets a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Who called the meeting: sees all.
    Organiser,
    /// The attendee of this number.
    Attendee(u16),
}

/// A slot that somebody keeps free for a proposal that is not agreed.
#[derive(Clone, Copy, Debug)]
pub struct Tentative<'a> {
    /// The proposal's id.
    pub proposal: u64,
    /// The proposal's title.
    pub title: &'a str,
    /// The proposal's location; empty where that is not said.
    pub location: &'a str,
    /// The proposal's description; empty where that is not said.
    pub description: &'a str,
    /// What is kept free.
    pub slot: Slot,
    /// When the proposal last changed.
    pub updated_at: Instant,
}

/// The meeting takes place, thus: `METHOD:REQUEST`.
#[must_use]
pub fn request(meeting: &Meeting, to: Recipient, service: &Service<'_>) -> String {
    let mut object = Object::new("REQUEST", service);
    object.meeting(meeting, to, Status::Confirmed);
    object.finish()
}

/// The meeting does not take place: `METHOD:CANCEL`.
#[must_use]
pub fn cancel(meeting: &Meeting, to: Recipient, service: &Service<'_>) -> String {
    let mut object = Object::new("CANCEL", service);
    object.meeting(meeting, to, Status::Cancelled);
    object.finish()
}

/// The meeting as it stands, for whoever takes it along: `METHOD:PUBLISH`, in which there are no attendees
/// (RFC 5546, section 3.2.1).
#[must_use]
pub fn publish(meeting: &Meeting, to: Recipient, service: &Service<'_>) -> String {
    let mut object = Object::new("PUBLISH", service);
    object.meeting(meeting, to, meeting.status);
    object.finish()
}

/// What somebody subscribes to: its meetings, and what it keeps free for proposals, as `TENTATIVE` but busy.
#[must_use]
pub fn feed(meetings: &[(Meeting, Recipient)], tentative: &[Tentative<'_>], service: &Service<'_>) -> String {
    let mut object = Object::new("PUBLISH", service);
    object.head.push(&format!("X-WR-CALNAME:{}", text(service.name)));
    for (meeting, to) in meetings {
        object.meeting(meeting, *to, meeting.status);
    }
    for slot in tentative {
        object.tentative(slot);
    }
    object.finish()
}

/// When somebody is busy in a range (RFC 5545, section 3.6.4): in order, and nothing of why. `at` is when it was read.
#[must_use]
pub fn free_busy(address: &str, range: Slot, busy: &[Slot], at: Instant, service: &Service<'_>) -> String {
    let mut object = Object::new("PUBLISH", service);
    let lines = &mut object.events;
    lines.push("BEGIN:VFREEBUSY");
    lines.push(&format!("UID:freebusy-{}-{}@whittle", range.begin().seconds(), range.end().seconds()));
    lines.push(&format!("DTSTAMP:{}", utc_second(at)));
    Span::new(range.begin(), range.end()).push_to(lines, None);
    lines.push(&format!("ORGANIZER:{}", mailto(address)));
    for slot in busy {
        lines.push(&format!("FREEBUSY;FBTYPE=BUSY:{}", Span::new(slot.begin(), slot.end()).period()));
    }
    lines.push("END:VFREEBUSY");
    object.finish()
}

/// A calendar object: zones come before the events that name them.
struct Object<'a> {
    method: &'a str,
    service: &'a Service<'a>,
    head: Lines,
    timezones: Timezones,
    events: Lines,
}

impl<'a> Object<'a> {
    fn new(method: &'a str, service: &'a Service<'a>) -> Self {
        let mut head = Lines::default();
        head.push("BEGIN:VCALENDAR");
        head.push("PRODID:-//Whittle//Whittle//EN");
        head.push("VERSION:2.0");
        head.push("CALSCALE:GREGORIAN");
        head.push(&format!("METHOD:{method}"));
        Self { method, service, head, timezones: Timezones::default(), events: Lines::default() }
    }

    fn meeting(&mut self, meeting: &Meeting, to: Recipient, status: Status) {
        let span = Span::new(meeting.begin, meeting.end);
        let rules = span.told_in(&meeting.timezone);
        if let Some(rules) = &rules {
            self.timezones.cover(rules, span);
        }
        // A calendar that keeps what is cancelled should not keep its time.
        let (status, transparency) = match status {
            Status::Confirmed => ("CONFIRMED", "OPAQUE"),
            Status::Reserved | Status::Held => ("TENTATIVE", "OPAQUE"),
            Status::Cancelled | Status::Void | Status::Expired => ("CANCELLED", "TRANSPARENT"),
        };
        let event = &mut self.events;
        event.push("BEGIN:VEVENT");
        event.push(&format!("UID:{}", text(&meeting.uid)));
        event.push(&format!("SEQUENCE:{}", meeting.sequence));
        push_stamps(event, meeting.updated_at);
        span.push_to(event, rules.as_ref());
        push_texts(event, meeting.title.as_str(), meeting.location.as_str(), meeting.description.as_str());
        event.push(&format!("STATUS:{status}"));
        event.push(&format!("TRANSP:{transparency}"));
        event.push(&organiser(meeting, to, self.service));
        if self.method != "PUBLISH" {
            for other in meeting.attendees.iter().filter(|a| sees(meeting, to, a)) {
                event.push(&attendee(other));
            }
        }
        event.push("END:VEVENT");
    }

    fn tentative(&mut self, tentative: &Tentative<'_>) {
        let (begin, length) = (tentative.slot.begin().micros(), tentative.slot.duration().micros());
        let event = &mut self.events;
        event.push("BEGIN:VEVENT");
        event.push(&format!("UID:proposal-{}-{begin}-{length}@whittle", tentative.proposal));
        event.push("SEQUENCE:0");
        push_stamps(event, tentative.updated_at);
        Span::new(tentative.slot.begin(), tentative.slot.end()).push_to(event, None);
        push_texts(event, tentative.title, tentative.location, tentative.description);
        event.push("STATUS:TENTATIVE");
        event.push("TRANSP:OPAQUE");
        event.push(&person("ORGANIZER", self.service.name, "", self.service.address));
        event.push("END:VEVENT");
    }

    fn finish(mut self) -> String {
        self.timezones.push_to(&mut self.head);
        self.head.append(&self.events);
        self.head.push("END:VCALENDAR");
        self.head.into_string()
    }
}

/// Both are of the last change: DTSTAMP too says when this was made of it (RFC 5545, section 3.8.7.2).
fn push_stamps(event: &mut Lines, at: Instant) {
    event.push(&format!("DTSTAMP:{}", utc_second(at)));
    event.push(&format!("LAST-MODIFIED:{}", utc_second(at)));
}

/// What it is called, where it is and what it is for (RFC 5545, sections 3.8.1.12, 3.8.1.7 and 3.8.1.5).
fn push_texts(event: &mut Lines, title: &str, location: &str, description: &str) {
    event.push(&format!("SUMMARY:{}", text(title)));
    for (property, value) in [("LOCATION", location), ("DESCRIPTION", description)] {
        if !value.is_empty() {
            event.push(&format!("{property}:{}", text(value)));
        }
    }
}

/// Whether a part for `to` may name this attendee.
fn sees(meeting: &Meeting, to: Recipient, attendee: &Attendee) -> bool {
    match (meeting.visibility, to) {
        (Visibility::Open, _) | (Visibility::Names, Recipient::Organiser) => true,
        (Visibility::Names, Recipient::Attendee(number)) => attendee.number == number,
    }
}

fn organiser(meeting: &Meeting, to: Recipient, service: &Service<'_>) -> String {
    let name = meeting.organiser.name.as_ref().map(|n| n.as_str());
    let (name, address) = match (meeting.visibility, to) {
        (Visibility::Open, _) | (Visibility::Names, Recipient::Organiser) => {
            (name.unwrap_or(""), meeting.organiser.address.as_str())
        }
        (Visibility::Names, Recipient::Attendee(_)) => (name.unwrap_or(service.name), service.address),
    };
    person("ORGANIZER", name, "", address)
}

fn attendee(attendee: &Attendee) -> String {
    let role = if attendee.optional { "OPT-PARTICIPANT" } else { "REQ-PARTICIPANT" };
    // Answers go through Whittle, so no calendar is to ask for one.
    let rest = format!(";CUTYPE=INDIVIDUAL;ROLE={role};PARTSTAT={};RSVP=FALSE", attendee.partstat.word());
    let name = attendee.name.as_ref().map_or("", |n| n.as_str());
    person("ATTENDEE", name, &rest, attendee.address.as_str())
}

/// A property that is a person, known by its address where it has no name.
fn person(property: &str, name: &str, parameters: &str, address: &str) -> String {
    let name = if name.is_empty() { address } else { name };
    format!("{property};CN={}{parameters}:{}", quoted(name), mailto(address))
}

#[cfg(test)]
mod tests;
