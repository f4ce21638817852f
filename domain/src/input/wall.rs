//! Begins that are written as wall time in a named time zone.

use serde_json::{Map, Value, json};

use super::fields::{message, optional, parse_instant, parse_text, parse_zone, required};
use crate::instant::Instant;
use crate::wall::{Fold, Unresolved, WallTime};
use crate::zone::Zone;

/// Reads when a slot begins: an instant, or, beside a `timezone`, a wall time in that zone.
///
/// # Errors
/// The members with an error, by name.
pub(super) fn parse_begin(members: &Map<String, Value>) -> Result<Instant, Vec<(&'static str, Value)>> {
    let zone = optional(members, "timezone", parse_zone).map_err(|error| vec![("timezone", error)])?;
    let Some(zone) = zone else {
        return required(members, "begin", parse_instant).map_err(|error| vec![("begin", error)]);
    };
    let begin = required(members, "begin", parse_wall_time);
    let fold = optional(members, "fold", parse_fold);
    match (begin, fold) {
        (Ok(wall), Ok(fold)) => resolve(wall, &zone, fold).map_err(|error| vec![("begin", error)]),
        (begin, fold) => {
            let begin = begin.err().map(|error| ("begin", error));
            Err(begin.into_iter().chain(fold.err().map(|error| ("fold", error))).collect())
        }
    }
}

/// Reads when a meeting is to begin: an instant, or, beside a `timezone`, a time without an offset, which is wall time there. An
/// instant with an offset may be moved and be told in another time zone at once.
pub(super) fn parse_new_begin(body: &Map<String, Value>, value: &Value) -> Result<Instant, Value> {
    // A time zone that is none is an error of its own field.
    let zone = body.get("timezone").and_then(|zone| parse_zone(zone).ok());
    let wall = value.as_str().and_then(WallTime::parse);
    match (zone, wall) {
        (Some(zone), Some(wall)) => {
            let fold = optional(body, "fold", parse_fold).ok().flatten();
            resolve(wall, &zone, fold)
        }
        _ => parse_instant(value),
    }
}

/// The instant of a wall time, or why there is none, in words for whoever chose it.
pub(super) fn resolve(wall: WallTime, zone: &Zone, fold: Option<Fold>) -> Result<Instant, Value> {
    wall.resolve(zone, fold).map_err(|why| match why {
        Unresolved::Gap { before, after } => json!([format!(
            "{wall} does not exist in {zone}, because clocks are put forward then. The times next to it are {before} and {after}."
        )]),
        Unresolved::Overlap { first, second } => json!([format!(
            "{wall} comes twice in {zone}, because clocks are put back then. Send \"fold\": 0 for the first ({}, which is {}) or \
             \"fold\": 1 for the second ({}, which is {}).",
            first.offset(),
            first.instant,
            second.offset(),
            second.instant
        )]),
        Unresolved::OutOfRange => message("This time is out of range."),
    })
}

/// Reads a wall time: a date and time without an offset.
fn parse_wall_time(value: &Value) -> Result<WallTime, Value> {
    let wall = match value {
        Value::String(text) => WallTime::parse(text),
        Value::Null => return Err(message("This field may not be null.")),
        _ => None,
    };
    wall.ok_or_else(|| {
        message(
            "With a time zone beside it, this must be a wall time without an offset: YYYY-MM-DDThh:mm[:ss[.uuuuuu]].",
        )
    })
}

/// Reads which of two equal wall times is meant.
pub(super) fn parse_fold(value: &Value) -> Result<Fold, Value> {
    let number = parse_text(value)?.parse().ok();
    number.and_then(Fold::of).ok_or_else(|| message("Must be 0 (the first) or 1 (the second)."))
}
