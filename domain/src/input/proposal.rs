//! Request bodies about proposals.

use serde_json::{Value, json};

use super::fields::{
    list_is_empty, message, missing, optional, parse_address, parse_boolean, parse_details, parse_duration,
    parse_instant, parse_line, parse_list, parse_optional_text, parse_slot, parse_slots, parse_text,
    parse_zone, required,
};
use super::{Body, FieldErrors};
use crate::address::Address;
use crate::detail::Detail;
use crate::instant::Instant;
use crate::proposal::{Narrowing, New, NewDeadline, NewParty, NextRound, Notice, Visibility};
use crate::slot::{Slot, Slots};
use crate::text::{Description, Location, Title};
use crate::zone::Zone;

/// The maximum number of parties of one proposal (spec, part 0, "Parties").
const MAX_PARTIES: usize = 50;

/// Reads the body of `POST /`. `default_title` and `default_zone` are used if the body has no title or time zone. The
/// deadline must be after `now`.
///
/// # Errors
/// All errors of all fields.
pub fn parse_new_proposal(
    body: &Body,
    default_title: Title,
    default_zone: Zone,
    now: Instant,
) -> Result<New, FieldErrors> {
    let mut errors = FieldErrors::default();
    let parties = errors.check("parties", required(body, "parties", parse_parties));
    let offered = errors.check("slots", required(body, "slots", parse_offer));
    let title = errors.check("title", body.get("title").map_or(Ok(default_title), parse_line));
    let location = body.get("location").map_or(Ok(Location::default()), parse_optional_text);
    let location = errors.check("location", location);
    let description = body.get("description").map_or(Ok(Description::default()), parse_optional_text);
    let description = errors.check("description", description);
    let timezone = optional(body, "timezone", parse_zone).map(|zone| zone.unwrap_or(default_zone));
    let timezone = errors.check("timezone", timezone);
    let deadline = errors.check("deadline", optional(body, "deadline", |v| parse_deadline(v, now)));
    let min_duration = errors.check("min_duration", optional(body, "min_duration", parse_duration));
    let visibility = body.get("visibility").map_or(Ok(Visibility::Open), parse_visibility);
    let visibility = errors.check("visibility", visibility);
    if let (Some(offered), Some(Some(min_duration))) = (&offered, min_duration)
        && offered.iter().any(|slot| slot.duration() < min_duration)
    {
        errors.add("min_duration", "A slot is shorter than this.");
    }
    errors.into_result()?;
    // Each value is present if there was no error.
    let new = || {
        Some(New {
            title: title?,
            location: location?,
            description: description?,
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
}

/// Reads the body of `PATCH /{id}/`. `None` if it has none of the fields that could change something.
///
/// # Errors
/// All errors of all fields.
pub fn parse_narrowing(body: &Body) -> Result<Option<Narrowing>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut wanted = Narrowing::default();
    if let Some(value) = body.get("slots") {
        wanted.slots = errors.check("slots", parse_slots(value));
    }
    wanted.details = parse_details(body, &mut errors);
    if body.contains_key("deadline") {
        let deadline = errors.check("deadline", optional(body, "deadline", parse_instant));
        wanted.deadline = deadline.map(|to| NewDeadline { to });
    }
    if let Some(value) = body.get("note").filter(|v| !v.is_null() && *v != "") {
        wanted.note = errors.check("note", parse_line(value));
    }
    // Parties are checked and then ignored, as in the original (spec 1.7), because nobody can be added later.
    if let Some(value) = body.get("parties") {
        errors.check("parties", parse_parties(value));
    }
    errors.into_result()?;
    let mut known = Detail::NAMES.into_iter().chain(["slots", "deadline", "parties"]);
    Ok(known.any(|key| body.contains_key(key)).then_some(wanted))
}

/// Reads the body of `POST /{id}/notify/`.
///
/// # Errors
/// All errors of all fields.
pub fn parse_notice(body: &Body) -> Result<Notice, FieldErrors> {
    let mut errors = FieldErrors::default();
    let parse_names = |value: &Value| parse_list(value, MAX_PARTIES, &json!([]), parse_text);
    let parties = errors.check("parties", required(body, "parties", parse_names));
    let offered = errors.check("slots", required(body, "slots", parse_slots));
    let sender = errors.check("sender", optional(body, "sender", parse_address));
    if let Some(value) = body.get("invitation") {
        errors.check("invitation", parse_boolean(value));
    }
    errors.into_result()?;
    let slots = offered.unwrap_or_default();
    let notice =
        || Some(Notice { parties: parties?, slots, sender: sender.flatten(), only_uninvited: false });
    notice().ok_or_else(FieldErrors::default)
}

/// Reads the body of `POST /{id}/revoke/`: the party whose links become void, if one is named.
///
/// # Errors
/// The `party` is not a text.
pub fn parse_revocation(body: &Body) -> Result<Option<String>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let party = errors.check("party", optional(body, "party", parse_text));
    errors.into_result().map(|()| party.flatten())
}

/// Reads the body of `POST /{id}/fix/`: the slot that the creator chooses.
///
/// # Errors
/// The `slot` is missing or invalid.
pub fn parse_slot_choice(body: &Body) -> Result<Slot, FieldErrors> {
    let mut errors = FieldErrors::default();
    let slot = errors.check("slot", required(body, "slot", parse_slot));
    errors.into_result()?;
    slot.ok_or_else(FieldErrors::default)
}

/// Reads the body of `POST /{id}/round/`. `id` is the id of the next round's proposal. The deadline may have passed: a
/// request that is sent again, after the next round was made, must get the same answer.
///
/// # Errors
/// All errors of all fields.
pub fn parse_next_round(body: &Body, id: u64) -> Result<NextRound, FieldErrors> {
    let mut errors = FieldErrors::default();
    let offered = errors.check("slots", required(body, "slots", parse_offer));
    let deadline = errors.check("deadline", optional(body, "deadline", parse_instant));
    let parties = errors.check("parties", optional(body, "parties", parse_parties));
    let details = parse_details(body, &mut errors);
    errors.into_result()?;
    let next = || {
        Some(NextRound {
            id,
            slots: offered?,
            deadline: deadline.flatten(),
            details,
            parties: parties.flatten(),
        })
    };
    next().ok_or_else(FieldErrors::default)
}

/// Reads the body of `PUT /{id}/parties/{party}/`: the party's new address.
///
/// # Errors
/// The `email` is missing or not an address.
pub fn parse_replacement(body: &Body) -> Result<Address, FieldErrors> {
    let mut errors = FieldErrors::default();
    let email = errors.check("email", required(body, "email", parse_address));
    errors.into_result()?;
    email.ok_or_else(FieldErrors::default)
}

/// Reads the body of `PATCH /{id}/parties/{party}/`: whether the answer of a party is optional.
///
/// # Errors
/// `optional` is missing or no boolean.
pub fn parse_optional_flag(body: &Body) -> Result<bool, FieldErrors> {
    let mut errors = FieldErrors::default();
    let flag = errors.check("optional", required(body, "optional", parse_boolean));
    errors.into_result()?;
    flag.ok_or_else(FieldErrors::default)
}

/// Reads the slots of a new proposal, at least one.
fn parse_offer(value: &Value) -> Result<Slots, Value> {
    parse_slots(value).and_then(|slots| if slots.is_empty() { Err(list_is_empty()) } else { Ok(slots) })
}

fn parse_deadline(value: &Value, now: Instant) -> Result<Instant, Value> {
    let deadline = parse_instant(value)?;
    if deadline > now { Ok(deadline) } else { Err(message("The deadline must be in the future.")) }
}

fn parse_visibility(value: &Value) -> Result<Visibility, Value> {
    match parse_text(value)?.as_str() {
        "open" => Ok(Visibility::Open),
        "names" => Ok(Visibility::Names),
        _ => Err(message("Value is not a valid choice: \"open\" or \"names\".")),
    }
}

/// Reads 1 to 50 parties, of which at least one is required. Of parties with equal addresses the first counts.
fn parse_parties(value: &Value) -> Result<Vec<NewParty>, Value> {
    let mut parties: Vec<NewParty> = Vec::new();
    for party in parse_list(value, MAX_PARTIES, &json!([]), parse_party)? {
        if !parties.iter().any(|p| p.address == party.address) {
            parties.push(party);
        }
    }
    if parties.is_empty() {
        Err(list_is_empty())
    } else if parties.iter().all(|p| p.optional) {
        Err(message("At least one party must be required."))
    } else {
        Ok(parties)
    }
}

/// Reads a party from an address or from `{"email", "name", "optional"}`.
fn parse_party(value: &Value) -> Result<NewParty, Value> {
    let Value::Object(members) = value else {
        let address = parse_address(value)?;
        return Ok(NewParty { address, name: None, optional: false, opted_out: false });
    };
    let mut errors = FieldErrors::default();
    let address = errors.check("email", required(members, "email", parse_address));
    let name = errors.check("name", optional(members, "name", parse_line));
    let is_optional = errors.check("optional", optional(members, "optional", parse_boolean));
    errors.into_result().map_err(|errors| json!(errors))?;
    let optional = is_optional.flatten().unwrap_or(false);
    let party = || Some(NewParty { address: address?, name: name.flatten(), optional, opted_out: false });
    party().ok_or_else(missing)
}
