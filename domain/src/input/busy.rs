//! Request bodies and query parameters about engagements.

use serde_json::Value;

use super::fields::{optional, parse_boolean, parse_instant};
use super::{Body, FieldErrors};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::wall::WallTime;
use crate::zone::Zone;

/// How far engagements are listed where nothing is said: four weeks.
const DEFAULT_RANGE: Duration = Duration::from_seconds(28 * 86_400);
/// The longest range: a leap year and the day after it.
const LONGEST_RANGE: Duration = Duration::from_seconds(367 * 86_400);

/// The text of an imported calendar file, from the body's `calendar`.
///
/// # Errors
/// The field is missing, empty, or not a text.
pub fn parse_calendar_text(body: &Body) -> Result<&str, FieldErrors> {
    match body.get("calendar") {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) => Err(FieldErrors::one("calendar", "This file is empty.")),
        Some(Value::Null) => Err(FieldErrors::one("calendar", "This field may not be null.")),
        Some(_) => Err(FieldErrors::one("calendar", "Not a valid string.")),
        None => Err(FieldErrors::one("calendar", "This field is required.")),
    }
}

/// Reads a boolean member of a body, which is false if it is missing.
///
/// # Errors
/// The value is not a boolean.
pub fn parse_body_flag(body: &Body, name: &str) -> Result<bool, FieldErrors> {
    let mut errors = FieldErrors::default();
    let flag = errors.check(name, optional(body, name, parse_boolean));
    errors.into_result().map(|()| flag.flatten().unwrap_or(false))
}

/// The longest range of which somebody's free and busy time is told: two months.
const LONGEST_FREE_BUSY: Duration = Duration::from_seconds(62 * 86_400);

/// The range of which engagements are listed: from `from`, or now, to `to`, or four weeks later.
///
/// # Errors
/// A text that is no time; an end that is not after the begin, or more than a year after it.
pub fn parse_busy_range(from: Option<&str>, to: Option<&str>, now: Instant) -> Result<Slot, FieldErrors> {
    parse_range(from, to, now, &Zone::default(), (LONGEST_RANGE, "Ask for a year at most."))
}

/// The range of which somebody's free and busy time is told, as [`parse_busy_range`]. A time without an offset is wall time of this
/// zone.
///
/// # Errors
/// A text that is no time; an end that is not after the begin, or more than 62 days after it.
pub fn parse_free_busy_range(
    from: Option<&str>,
    to: Option<&str>,
    now: Instant,
    zone: &Zone,
) -> Result<Slot, FieldErrors> {
    parse_range(from, to, now, zone, (LONGEST_FREE_BUSY, "Ask for 62 days at most."))
}

fn parse_range(
    from: Option<&str>,
    to: Option<&str>,
    now: Instant,
    zone: &Zone,
    (longest, too_long): (Duration, &str),
) -> Result<Slot, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut instant = |name: &str, text: Option<&str>| {
        // In a query `+` is a blank: an offset that was not encoded is still one.
        let text = text.map(|text| {
            let text = text.trim();
            match Instant::parse(text).is_some() {
                true => text.to_owned(),
                false => text.replace(' ', "+"),
            }
        });
        let wall = text.as_deref().and_then(WallTime::parse).and_then(|wall| wall.resolve_forward(zone));
        let read = text.map(|text| wall.map_or_else(|| parse_instant(&Value::from(text)), Ok));
        errors.check(name, read.transpose()).flatten()
    };
    let (from, to) = (instant("from", from), instant("to", to));
    errors.clone().into_result()?;
    let from = from.unwrap_or(now);
    let to = to.unwrap_or_else(|| from.saturating_add(DEFAULT_RANGE));
    let length = Duration::from_micros(to.micros().saturating_sub(from.micros()));
    if length > longest {
        errors.add("to", too_long);
    }
    match Slot::new(from, length) {
        Ok(range) => errors.into_result().map(|()| range),
        Err(_) => Err(FieldErrors::one("to", "This must be after `from`.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_range_is_four_weeks_or_what_is_asked_for() {
        let now = Instant::parse("2026-11-22").unwrap();
        let read = |from, to| {
            let range = parse_busy_range(from, to, now);
            range.map(|range| format!("{} {}", range.begin(), range.end())).map_err(|e| json!(e))
        };
        assert_eq!(read(None, None), Ok("2026-11-22T00:00:00Z 2026-12-20T00:00:00Z".to_owned()));
        assert_eq!(
            read(Some("2026-11-23T10:00:00 02:00"), Some("2026-11-24")),
            Ok("2026-11-23T08:00:00Z 2026-11-24T00:00:00Z".to_owned())
        );
        assert_eq!(read(None, Some("2026-11-22")), Err(json!({ "to": ["This must be after `from`."] })));
        assert_eq!(read(None, Some("2028-01-01")), Err(json!({ "to": ["Ask for a year at most."] })));
        let Err(both) = read(Some("soon"), Some("")) else { panic!() };
        assert!(both["from"].is_array() && both["to"].is_array());
    }

    #[test]
    fn free_and_busy_time_is_told_of_two_months_in_the_callers_zone() {
        let now = Instant::parse("2026-11-22").unwrap();
        let zone = Zone::parse("Asia/Kathmandu").unwrap();
        let read = |from, to| {
            let range = parse_free_busy_range(Some(from), Some(to), now, &zone);
            range
                .map(|range| format!("{} {}", range.begin(), range.end()))
                .map_err(|e| json!(e)["to"][0].clone())
        };
        let told = "2026-11-23T18:15:00Z 2026-11-24T04:00:00Z";
        assert_eq!(read("2026-11-24", "2026-11-24T04:00:00Z"), Ok(told.to_owned()));
        assert_eq!(read("2026-11-24 00:00:00", "2026-11-24T06:00:00 02:00"), Ok(told.to_owned()));
        assert!(read("2026-11-01", "2027-01-02").is_ok());
        assert_eq!(read("2026-11-01", "2027-01-02T00:01"), Err(json!("Ask for 62 days at most.")));
        assert_eq!(read("2026-11-01", "2026-10-31"), Err(json!("This must be after `from`.")));
    }

    #[test]
    fn a_file_is_a_text_with_something_in_it() {
        let read = |body: Value| {
            let Value::Object(body) = body else { panic!() };
            parse_calendar_text(&body).map(ToOwned::to_owned).map_err(|e| json!(e)["calendar"][0].clone())
        };
        assert_eq!(read(json!({ "calendar": "x" })), Ok("x".to_owned()));
        for (body, said) in [
            (json!({}), "This field is required."),
            (json!({ "calendar": null }), "This field may not be null."),
            (json!({ "calendar": 7 }), "Not a valid string."),
            (json!({ "calendar": " \n" }), "This file is empty."),
        ] {
            assert_eq!(read(body), Err(json!(said)));
        }
    }
}
