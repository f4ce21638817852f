//! Request bodies and query parameters about the hours of a date, with the words of the original.

use serde_json::{Map, Value};

use super::fields::{message, null, required, type_name};
use super::{Body, FieldErrors};
use crate::booking::day::{DayHours, HourSet};
use crate::instant::Instant;
use crate::weekly::Day;
use crate::zone::Zone;

/// Reads a date, `YYYY-MM-DD`.
///
/// # Errors
/// Anything else.
pub fn parse_date(value: &Value) -> Result<Day, Value> {
    let day = match value {
        Value::Null => return Err(null()),
        Value::String(text) => Day::parse(text.trim()),
        _ => None,
    };
    day.ok_or_else(|| message("Date has wrong format. Use one of these formats instead: YYYY-MM-DD."))
}

/// Reads the `date` of a query.
///
/// # Errors
/// It is missing, or no date.
pub fn parse_query_date(date: Option<&str>) -> Result<Day, FieldErrors> {
    let mut errors = FieldErrors::default();
    let date = date.map(Value::from).ok_or_else(super::fields::missing).and_then(|date| parse_date(&date));
    errors.check("date", date).ok_or(errors)
}

/// Reads the `date` and the `blocked_slots` of a body: hours of a day in this zone that is not over yet.
///
/// # Errors
/// All errors of both.
pub fn parse_blocks(body: &Body, zone: &Zone, now: Instant) -> Result<(Day, HourSet), FieldErrors> {
    let mut errors = FieldErrors::default();
    let day =
        required(body, "date", parse_date).and_then(|day| match DayHours::new(day, zone).is_past(now) {
            true => Err(message("Slots can't be defined for past date")),
            false => Ok(day),
        });
    let day = errors.check("date", day);
    let hours = errors.check("blocked_slots", required(body, "blocked_slots", parse_hours));
    day.zip(hours).ok_or(errors)
}

fn parse_hours(value: &Value) -> Result<HourSet, Value> {
    let items = match value {
        Value::Null => return Err(null()),
        Value::Array(items) if items.is_empty() => return Err(message("This list may not be empty.")),
        Value::Array(items) => items,
        other => {
            return Err(message(&format!("Expected a list of items but got type \"{}\".", type_name(other))));
        }
    };
    let mut faults = Map::new();
    let mut hours = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match parse_hour(item) {
            Ok(hour) => hours.push(hour),
            Err(fault) => _ = faults.insert(index.to_string(), fault),
        }
    }
    if faults.is_empty() { Ok(hours.into_iter().collect()) } else { Err(Value::Object(faults)) }
}

/// Reads an hour of a day. As in the original, a text of digits is one, and a number with nothing behind its point.
fn parse_hour(value: &Value) -> Result<u8, Value> {
    let text = match value {
        Value::Null => return Err(null()),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => String::new(),
    };
    let whole = text
        .split_once('.')
        .filter(|(_, rest)| rest.bytes().all(|b| b == b'0'))
        .map_or(&*text, |(whole, _)| whole);
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, whole.strip_prefix('+').unwrap_or(whole)),
    };
    if digits.is_empty() || digits.len() > 1_000 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(message("A valid integer is required."));
    }
    match digits.trim_start_matches('0').parse::<u8>() {
        _ if digits.bytes().all(|b| b == b'0') => Ok(0),
        _ if sign => Err(message("Ensure this value is greater than or equal to 0.")),
        Ok(hour) if hour <= 23 => Ok(hour),
        _ => Err(message("Ensure this value is less than or equal to 23.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Result<(String, Vec<u8>), Value> {
        let Value::Object(body) = body else { panic!() };
        let now = Instant::parse("2026-11-22T23:30").unwrap();
        parse_blocks(&body, &Zone::parse("Europe/Berlin").unwrap(), now)
            .map(|(day, hours)| (day.to_string(), hours.iter().collect()))
            .map_err(|errors| json!(errors))
    }

    #[test]
    fn hours_are_numbers_of_which_doubles_are_one() {
        let body = json!({ "date": "2026-11-23", "blocked_slots": [17, "10", 15.0, " 7 ", 15, "0", 0, "023.00", "-0"] });
        assert_eq!(read(body), Ok(("2026-11-23".to_owned(), vec![0, 7, 10, 15, 17, 23])));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_by_index() {
        assert_eq!(
            read(
                json!({ "date": "2026-11-22", "blocked_slots": [24, "x", -1, 5, null, true, 1.5, [], "", 1e300, "99999999999999999999"] })
            ),
            Err(json!({
                "date": ["Slots can't be defined for past date"],
                "blocked_slots": {
                    "0": ["Ensure this value is less than or equal to 23."],
                    "1": ["A valid integer is required."],
                    "2": ["Ensure this value is greater than or equal to 0."],
                    "4": ["This field may not be null."],
                    "5": ["A valid integer is required."],
                    "6": ["A valid integer is required."],
                    "7": ["A valid integer is required."],
                    "8": ["A valid integer is required."],
                    "9": ["A valid integer is required."],
                    "10": ["Ensure this value is less than or equal to 23."],
                },
            }))
        );
        let (required, may_not) = ("This field is required.", "This field may not be null.");
        assert_eq!(read(json!({})), Err(json!({ "date": [required], "blocked_slots": [required] })));
        assert_eq!(
            read(json!({ "date": null, "blocked_slots": null })),
            Err(json!({ "date": [may_not], "blocked_slots": [may_not] }))
        );
        let format = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
        assert_eq!(
            read(json!({ "date": "2026-11-31", "blocked_slots": [] })),
            Err(json!({ "date": [format], "blocked_slots": ["This list may not be empty."] }))
        );
        assert_eq!(
            read(json!({ "date": 20261123, "blocked_slots": "7" })),
            Err(
                json!({ "date": [format], "blocked_slots": ["Expected a list of items but got type \"str\"."] })
            )
        );
        let query = |date| {
            parse_query_date(date)
                .map(|day| day.to_string())
                .map_err(|errors| json!(errors)["date"][0].clone())
        };
        assert_eq!(query(Some("2020-04-25")), Ok("2020-04-25".to_owned()));
        assert_eq!(query(None), Err(json!(required)));
        assert_eq!(query(Some("25.04.2020")), Err(json!(format)));
    }
}
