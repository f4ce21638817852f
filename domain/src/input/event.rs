//! Request bodies about events, with the errors of the original.

use serde_json::{Map, Value};

use super::fields::{message, missing, null, parse_optional_text, parse_text, type_name};
use super::wall::resolve;
use super::{Body, FieldErrors};
use crate::address::Address;
use crate::booking::event::{EventStatus, Wanted};
use crate::instant::{self, Instant};
use crate::local::LocalTime;
use crate::meeting::Meeting;
use crate::order;
use crate::text::{Description, Title};
use crate::wall::{Fold, WallTime};
use crate::zone::Zone;

/// How many characters a title has at most (spec/bookings.md, "Event object").
const TITLE: usize = 60;
/// How many characters a description has at most (the same).
const DESCRIPTION: usize = 500;
/// How many participants a body may name: the issue's own limit.
const PARTICIPANTS: usize = 100;

/// How much of an event a body must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventBody {
    /// A new event: everything but the status.
    New,
    /// `PUT`: everything.
    Whole,
    /// `PATCH`: anything.
    Part,
}

/// What a body of an event is read beside.
#[derive(Clone, Copy, Debug)]
pub struct EventContext<'a> {
    /// In which zone times without an offset are.
    pub zone: &'a Zone,
    /// The addresses of the accounts that may be asked to come.
    pub known: &'a [&'a Address],
    /// The event as it is, where there is one: what it has already is never refused.
    pub current: Option<&'a Meeting>,
}

/// The addresses in the participants of a body, in lower case, each once: whom to look up before the body is judged.
#[must_use]
pub fn event_addresses(body: &Body) -> Vec<String> {
    let named = body.get("participants").and_then(Value::as_array);
    let keys = named.into_iter().flatten().take(PARTICIPANTS).filter_map(Value::as_str);
    order::set(keys.map(|text| text.trim().to_ascii_lowercase())).into_iter().collect()
}

/// When an event of this body could begin, whatever its zone: from the earliest to the latest, in milliseconds. `None` where the
/// body says no time.
#[must_use]
pub fn event_time(body: &Body) -> Option<(i64, i64)> {
    /// No zone is further from UTC than this, in milliseconds: 26 hours.
    const FARTHEST: i64 = 26 * 3_600_000;
    let text = body.get("time_slot")?.as_str()?.trim();
    let at = Instant::parse(text)?.millis();
    let far = if WallTime::parse(text).is_some() { FARTHEST } else { 0 };
    Some((at.saturating_sub(far), at.saturating_add(far)))
}

/// Reads the body of an event.
///
/// # Errors
/// All errors of all fields.
pub fn parse_event(body: &Body, kind: EventBody, context: &EventContext<'_>) -> Result<Wanted, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut required = |name: &str| {
        if kind != EventBody::Part
            && !body.contains_key(name)
            && !(name == "status" && kind == EventBody::New)
        {
            errors.insert(name, missing());
        }
    };
    ["title", "time_slot", "description", "participants", "status"].into_iter().for_each(&mut required);
    let current = context.current;
    let title = body.get("title").map(|value| errors.check("title", parse_title(value, current)));
    let description = body.get("description").filter(|value| !value.is_null());
    let description = description.map(|value| errors.check("description", parse_description(value, current)));
    let begin = body.get("time_slot").map(|value| errors.check("time_slot", parse_time(value, context)));
    let participants = body
        .get("participants")
        .map(|value| errors.check("participants", parse_participants(value, context)));
    let status = body.get("status").filter(|_| kind != EventBody::New);
    let status = status.map(|value| errors.check("status", parse_status(value)));
    errors.into_result()?;
    Ok(Wanted {
        title: title.flatten(),
        description: description.flatten(),
        begin: begin.flatten(),
        participants: participants.flatten(),
        status: status.flatten(),
        if_match: None,
    })
}

fn parse_title(value: &Value, current: Option<&Meeting>) -> Result<Title, Value> {
    let text = parse_text(value)?;
    let is_same = current.is_some_and(|meeting| meeting.title.as_str() == text.trim());
    check_length(&text, TITLE, is_same)?;
    Title::parse(&text).map_err(|error| message(&error.to_string()))
}

fn parse_description(value: &Value, current: Option<&Meeting>) -> Result<Description, Value> {
    let text: Description = parse_optional_text(value)?;
    let is_same = current.is_some_and(|meeting| meeting.description == text);
    check_length(text.as_str(), DESCRIPTION, is_same)?;
    Ok(text)
}

fn check_length(text: &str, most: usize, is_same: bool) -> Result<(), Value> {
    if !is_same && text.trim().chars().nth(most).is_some() {
        return Err(message(&format!("Ensure this field has no more than {most} characters.")));
    }
    Ok(())
}

/// Reads when an event begins: a whole hour of the reader's clock. Of an hour that comes twice the first is meant; one that clocks
/// skip is refused.
fn parse_time(value: &Value, context: &EventContext<'_>) -> Result<Instant, Value> {
    let wrong = || {
        message(
            "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DD HH:MM:SS, YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
        )
    };
    let text = match value {
        Value::Null => return Err(null()),
        Value::String(text) => text.trim(),
        _ => return Err(wrong()),
    };
    // A date by itself says no hour.
    instant::pieces(text).filter(|_| text.len() > 10 && text.contains(['T', ' '])).ok_or_else(wrong)?;
    let current = context.current.map(|meeting| meeting.begin);
    let begin = match WallTime::parse(text) {
        Some(wall) => {
            match current.filter(|at| WallTime::at(*at, context.zone).is_some_and(|(w, _)| w == wall)) {
                // Of two equal times the one that it has.
                Some(same) => return Ok(same),
                None => resolve(wall, context.zone, Some(Fold::First))?,
            }
        }
        None => Instant::parse(text).ok_or_else(wrong)?,
    };
    let shown = LocalTime::of(begin, context.zone);
    let is_whole = begin.micros().rem_euclid(1_000_000) == 0 && (shown.minute, shown.second) == (0, 0);
    if is_whole || current == Some(begin) {
        return Ok(begin);
    }
    Err(message("Only hourly time slots are allowed. e.g DD:MM:YYYY hh:00:00"))
}

fn parse_participants(value: &Value, context: &EventContext<'_>) -> Result<Vec<Address>, Value> {
    let items = match value {
        Value::Null => return Err(null()),
        Value::Array(items) if items.is_empty() && context.current.is_some() => {
            return Err(message("This list may not be empty."));
        }
        Value::Array(items) if items.len() > PARTICIPANTS => {
            return Err(message(&format!("Ensure this field has no more than {PARTICIPANTS} elements.")));
        }
        Value::Array(items) => items,
        other => {
            return Err(message(&format!("Expected a list of items but got type \"{}\".", type_name(other))));
        }
    };
    let mut faults = Map::new();
    let mut found: Vec<Address> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match find(item, context.known) {
            Ok(address) if found.contains(address) => {}
            Ok(address) => found.push(address.clone()),
            Err(fault) => _ = faults.insert(index.to_string(), fault),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(Value::Object(faults)) }
}

/// Who is not known, and who is no address at all, is told alike.
fn find<'a>(value: &Value, known: &[&'a Address]) -> Result<&'a Address, Value> {
    let text = parse_text(value)?;
    let key = text.trim().to_ascii_lowercase();
    let address = known.iter().find(|address| address.key() == key);
    address.copied().ok_or_else(|| message(&unknown_address(&text)))
}

/// The message about an address that is no account's, or of one that the caller may not book.
#[must_use]
pub fn unknown_address(text: &str) -> String {
    format!("Invalid email \"{text}\" - object does not exist.")
}

fn parse_status(value: &Value) -> Result<EventStatus, Value> {
    let text = parse_text(value)?;
    EventStatus::parse(&text).ok_or_else(|| message(&format!("Value '{text}' is not a valid choice.")))
}
