//! The bodies of proposals.

use serde_json::{Value, json};

use super::fields::{
    address, boolean, duration, each, empty, instant, line, required, says, slot, slots, text, zone,
};
use super::{Body, FieldErrors};
use crate::address::Address;
use crate::instant::Instant;
use crate::proposal::{Narrowing, New, NewDeadline, NewParty, NextRound, Notice, Visibility};
use crate::slot::{Slot, Slots};
use crate::text::Title;
use crate::zone::Zone;

/// The most parties of one proposal (spec, part 0, "Parties").
const MOST_PARTIES: usize = 50;

/// The body of `POST /`; `title` is what an absent one becomes, `timezone` the creator's.
///
/// # Errors
/// All faults of all fields.
pub fn new_proposal(body: &Body, title: Title, timezone: Zone, now: Instant) -> Result<New, FieldErrors> {
    let mut errors = FieldErrors::default();
    let parties = errors.take("parties", body.get("parties").ok_or_else(required).and_then(parties));
    let offered = errors.take("slots", body.get("slots").ok_or_else(required).and_then(offer));
    let title = errors.take("title", body.get("title").map_or(Ok(title), line));
    let timezone = errors.take("timezone", optional(body, "timezone", zone).map(|z| z.unwrap_or(timezone)));
    let deadline = errors.take("deadline", optional(body, "deadline", |v| deadline(v, now)));
    let min_duration = errors.take("min_duration", optional(body, "min_duration", duration));
    let visibility =
        errors.take("visibility", body.get("visibility").map_or(Ok(Visibility::Open), visibility));
    if let (Some(offered), Some(Some(shortest))) = (&offered, min_duration)
        && offered.iter().any(|s| s.duration() < shortest)
    {
        errors.add("min_duration", "A slot is shorter than this.");
    }
    errors.none().and_then(|()| {
        // Each value is there where no error was noted.
        let new = || {
            Some(New {
                title: title?,
                parties: parties?,
                slots: offered?,
                timezone: timezone?,
                deadline: deadline?,
                min_duration: min_duration?,
                visibility: visibility?,
                predecessor: None,
            })
        };
        new().ok_or_else(FieldErrors::default)
    })
}

/// The body of `PATCH /{id}/`; `None` where nothing in it could change anything.
///
/// # Errors
/// All faults of all fields.
pub fn narrowing(body: &Body) -> Result<Option<Narrowing>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut wanted = Narrowing::default();
    if let Some(value) = body.get("slots") {
        wanted.slots = errors.take("slots", slots(value));
    }
    if let Some(value) = body.get("title") {
        wanted.title = errors.take("title", line(value));
    }
    if body.contains_key("deadline") {
        wanted.deadline =
            errors.take("deadline", optional(body, "deadline", instant)).map(|to| NewDeadline { to });
    }
    if let Some(value) = body.get("note").filter(|v| !v.is_null() && *v != "") {
        wanted.note = errors.take("note", line(value));
    }
    // Validated and ignored, as in the original (spec 1.7): nobody is added later.
    if let Some(value) = body.get("parties") {
        errors.take("parties", parties(value));
    }
    errors.none()?;
    let known = ["slots", "title", "deadline", "parties"];
    Ok(known.iter().any(|key| body.contains_key(*key)).then_some(wanted))
}

/// The body of `POST /{id}/notify/`.
///
/// # Errors
/// All faults of all fields.
pub fn notice(body: &Body) -> Result<Notice, FieldErrors> {
    let mut errors = FieldErrors::default();
    let named = |value: &Value| each(value, MOST_PARTIES, &json!([]), text);
    let parties = errors.take("parties", body.get("parties").ok_or_else(required).and_then(named));
    let offered = errors.take("slots", body.get("slots").ok_or_else(required).and_then(slots));
    let sender = errors.take("sender", optional(body, "sender", address));
    if let Some(value) = body.get("invitation") {
        errors.take("invitation", boolean(value));
    }
    errors.none()?;
    let absent = FieldErrors::default;
    Ok(Notice {
        parties: parties.ok_or_else(absent)?,
        slots: offered.unwrap_or_else(Slots::default),
        sender: sender.flatten(),
    })
}

/// The body of `POST /{id}/revoke/`.
///
/// # Errors
/// A `party` that is no text.
pub fn revocation(body: &Body) -> Result<Option<String>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let party = errors.take("party", optional(body, "party", text));
    errors.none().map(|()| party.flatten())
}

/// The body of `POST /{id}/fix/`.
///
/// # Errors
/// A `slot` that is missing or none.
pub fn fixing(body: &Body) -> Result<Slot, FieldErrors> {
    let mut errors = FieldErrors::default();
    let wanted = errors.take("slot", body.get("slot").ok_or_else(required).and_then(slot));
    errors.none()?;
    wanted.ok_or_else(FieldErrors::default)
}

/// The body of `POST /{id}/round/`; `id` is what a next round gets. Whether its deadline has passed is not judged here:
/// asked for again, it may have.
///
/// # Errors
/// All faults of all fields.
pub fn next_round(body: &Body, id: u64) -> Result<NextRound, FieldErrors> {
    let mut errors = FieldErrors::default();
    let offered = errors.take("slots", body.get("slots").ok_or_else(required).and_then(offer));
    let deadline = errors.take("deadline", optional(body, "deadline", instant));
    errors.none()?;
    let absent = FieldErrors::default;
    Ok(NextRound { id, slots: offered.ok_or_else(absent)?, deadline: deadline.flatten() })
}

/// The body of `PUT /{id}/parties/{party}/`.
///
/// # Errors
/// An `email` that is missing or none.
pub fn replacement(body: &Body) -> Result<Address, FieldErrors> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", body.get("email").ok_or_else(required).and_then(address));
    errors.none()?;
    email.ok_or_else(FieldErrors::default)
}

fn optional<T>(
    body: &Body,
    field: &str,
    read: impl Fn(&Value) -> Result<T, Value>,
) -> Result<Option<T>, Value> {
    body.get(field).filter(|v| !v.is_null()).map(read).transpose()
}

/// What is offered at first: one slot or more.
fn offer(value: &Value) -> Result<Slots, Value> {
    slots(value).and_then(|s| if s.is_empty() { Err(empty()) } else { Ok(s) })
}

fn deadline(value: &Value, now: Instant) -> Result<Instant, Value> {
    let deadline = instant(value)?;
    if deadline > now { Ok(deadline) } else { Err(says("The deadline must be in the future.")) }
}

fn visibility(value: &Value) -> Result<Visibility, Value> {
    let word = text(value)?;
    match word.as_str() {
        "open" => Ok(Visibility::Open),
        "names" => Ok(Visibility::Names),
        _ => Err(says("Value is not a valid choice: \"open\" or \"names\".")),
    }
}

/// 1 to 50 parties, at least one of them required; duplicates collapse without regard to case.
fn parties(value: &Value) -> Result<Vec<NewParty>, Value> {
    let all = each(value, MOST_PARTIES, &json!([]), party)?;
    let mut parties: Vec<NewParty> = Vec::new();
    for party in all {
        if !parties.iter().any(|p| p.address == party.address) {
            parties.push(party);
        }
    }
    if parties.is_empty() {
        Err(empty())
    } else if parties.iter().all(|p| p.optional) {
        Err(says("At least one party must be required."))
    } else {
        Ok(parties)
    }
}

/// An address, or `{"email", "name", "optional"}`.
fn party(value: &Value) -> Result<NewParty, Value> {
    let Value::Object(row) = value else {
        return Ok(NewParty { address: address(value)?, name: None, optional: false, opted_out: false });
    };
    let mut errors = FieldErrors::default();
    let email = errors.take("email", row.get("email").ok_or_else(required).and_then(address));
    let name = errors.take("name", optional(row, "name", line));
    let is_optional = errors.take("optional", optional(row, "optional", boolean));
    match (email, errors.none()) {
        (Some(address), Ok(())) => {
            let optional = is_optional.flatten().unwrap_or(false);
            Ok(NewParty { address, name: name.flatten(), optional, opted_out: false })
        }
        (_, Err(errors)) => Err(json!(errors)),
        (None, Ok(())) => Err(required()),
    }
}
