//! Working hours in a request's body, and as they are stored.

use serde_json::{Map, Value, json};

use super::fields::{list_error, message, missing, parse_list, parse_zone, required};
use super::weekly::{parse_minutes, parse_weekday};
use super::{Body, FieldErrors, parse_date};
use crate::booking::hours::{Minutes, WorkingHours};
use crate::weekly::{Day, Weekly, WeeklyHours};
use crate::zone::Zone;

/// Reads `weekly` and `exceptions`. `weekly` is a list of hours, or null, by which all day is free; `exceptions` may be missing.
///
/// # Errors
/// All errors of both.
pub fn parse_working_hours(body: &Body) -> Result<WorkingHours, FieldErrors> {
    let mut errors = FieldErrors::default();
    let weekly = match body.get("weekly") {
        Some(Value::Null) => Some(None),
        _ => errors.check("weekly", required(body, "weekly", parse_week)).map(Some),
    };
    let exceptions = body.get("exceptions").map_or(Ok(Vec::new()), parse_exceptions);
    let exceptions = errors.check("exceptions", exceptions);
    match (weekly, exceptions) {
        (Some(weekly), Some(exceptions)) => Ok(WorkingHours { weekly, exceptions }),
        _ => Err(errors),
    }
}

/// Checks the `timezone` of a body, which may be missing: it is shown beside the hours, and changed with the account's settings.
///
/// # Errors
/// It is none, or another one than the account's.
pub fn check_hours_zone(body: &Body, zone: &Zone) -> Result<(), FieldErrors> {
    let sent = body.get("timezone").filter(|value| !value.is_null()).map(parse_zone).transpose();
    let error = match sent {
        Ok(sent) if sent.as_ref().is_none_or(|sent| sent == zone) => return Ok(()),
        Ok(_) => message("Hours are in the time zone of the account. Change it with the account's settings."),
        Err(error) => error,
    };
    let mut errors = FieldErrors::default();
    errors.insert("timezone", error);
    Err(errors)
}

fn parse_week(value: &Value) -> Result<Weekly, Value> {
    let hours = parse_list(value, Weekly::MAX, &json!({}), |item| {
        let item = object(item)?;
        let mut errors = FieldErrors::default();
        let weekday = errors.check("weekday", required(item, "weekday", parse_weekday));
        let minutes = minutes(item, &mut errors);
        weekday
            .zip(minutes)
            .and_then(|(weekday, (from, to))| WeeklyHours::new(weekday, from, to, None))
            .ok_or_else(|| shape(errors))
    })?;
    Weekly::new(hours).map_err(|error| message(&error.to_string()))
}

fn parse_exceptions(value: &Value) -> Result<Vec<(Day, Vec<Minutes>)>, Value> {
    let mut exceptions = parse_list(value, WorkingHours::MAX_EXCEPTIONS, &json!({}), parse_exception)?;
    exceptions.sort_unstable();
    let twice = exceptions.windows(2).find_map(|pair| match pair {
        [(first, _), (second, _)] if first == second => Some(*first),
        _ => None,
    });
    match twice {
        Some(day) => Err(list_error(&format!("{day} is here twice. Give all hours of a date at once."))),
        None => Ok(exceptions),
    }
}

fn parse_exception(value: &Value) -> Result<(Day, Vec<Minutes>), Value> {
    let item = object(value)?;
    let mut errors = FieldErrors::default();
    let day = errors.check("date", required(item, "date", parse_date));
    let hours = required(item, "hours", |hours| {
        parse_list(hours, WorkingHours::MAX_OF_DATE, &json!({}), |item| {
            let mut errors = FieldErrors::default();
            minutes(object(item)?, &mut errors).ok_or_else(|| shape(errors))
        })
    });
    day.zip(errors.check("hours", hours)).ok_or_else(|| shape(errors))
}

/// Reads `from` and `to`, or records what is wrong with them.
fn minutes(item: &Map<String, Value>, errors: &mut FieldErrors) -> Option<Minutes> {
    let from = errors.check("from", required(item, "from", parse_minutes));
    let to = errors.check("to", required(item, "to", parse_minutes));
    let (from, to) = from.zip(to)?;
    if from < to {
        return Some((from, to));
    }
    errors.add("to", "End time must be after start time.");
    None
}

fn object(value: &Value) -> Result<&Map<String, Value>, Value> {
    value.as_object().ok_or_else(|| message("Expected a dictionary of items."))
}

fn shape(errors: FieldErrors) -> Value {
    serde_json::to_value(errors).unwrap_or_else(|_| missing())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<WorkingHours, Value> {
        let Value::Object(body) = body else { panic!() };
        parse_working_hours(&body).map_err(|errors| json!(errors))
    }

    #[test]
    fn hours_are_read_as_they_are_written() {
        for written in [
            json!({ "weekly": null, "exceptions": [] }),
            json!({ "weekly": [], "exceptions": [{ "date": "2026-12-24", "hours": [] }] }),
            json!({
                "weekly": [
                    { "weekday": "monday", "from": "09:00", "to": "12:30" },
                    { "weekday": "monday", "from": "13:00", "to": "17:00" },
                    { "weekday": "sunday", "from": "00:00", "to": "24:00" },
                ],
                "exceptions": [
                    { "date": "2026-12-24", "hours": [{ "from": "09:00", "to": "12:00" }] },
                    { "date": "2026-12-25", "hours": [] },
                ],
            }),
        ] {
            let hours = read(written.clone()).unwrap();
            assert_eq!(hours.to_value(), written);
            assert_eq!(WorkingHours::stored(&written), Ok(hours));
        }
        assert_eq!(WorkingHours::stored(&Value::Null), Ok(WorkingHours::default()));
        assert!(WorkingHours::stored(&json!([])).is_err() && WorkingHours::stored(&json!({})).is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let time = json!(["Must be a time of day in whole minutes: HH:MM or HH:MM:SS."]);
        let required = json!(["This field is required."]);
        let body = json!({
            "weekly": [
                { "weekday": "monday", "from": "09:00", "to": "10:00" },
                { "weekday": "someday", "from": "9", "to": "24:01" },
                { "weekday": "monday", "from": "09:00", "to": "09:00" },
                {}, 7,
            ],
            "exceptions": [
                { "date": "2026-12-24", "hours": [] },
                { "date": "2026-02-30", "hours": [{ "from": "10:00", "to": "09:00" }, {}] },
                { "hours": 7 }, "x",
            ],
        });
        assert_eq!(
            read(body),
            Err(json!({
                "weekly": [
                    {},
                    { "weekday": ["Must be a day of the week, from monday to sunday."], "from": time, "to": time },
                    { "to": ["End time must be after start time."] },
                    { "weekday": required, "from": required, "to": required },
                    ["Expected a dictionary of items."],
                ],
                "exceptions": [
                    {},
                    {
                        "date": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
                        "hours": [{ "to": ["End time must be after start time."] }, { "from": required, "to": required }],
                    },
                    { "date": required, "hours": { "non_field_errors": ["Expected a list of items but got type \"int\"."] } },
                    ["Expected a dictionary of items."],
                ],
            }))
        );
        assert_eq!(read(json!({})), Err(json!({ "weekly": required })));
        assert_eq!(
            read(json!({ "weekly": null, "exceptions": null })),
            Err(json!({ "exceptions": ["This field may not be null."] }))
        );
    }

    #[test]
    fn there_is_a_most_of_everything_and_no_date_comes_twice() {
        let one = json!({ "weekday": "monday", "from": "09:00", "to": "10:00" });
        assert!(read(json!({ "weekly": vec![one.clone(); 49] })).is_ok());
        assert!(read(json!({ "weekly": vec![one; 50] })).is_err());
        let date =
            |n: usize| json!({ "date": format!("2026-{:02}-{:02}", n / 28 + 1, n % 28 + 1), "hours": [] });
        let dates = |n: usize| json!({ "weekly": null, "exceptions": (0..n).map(date).collect::<Vec<_>>() });
        assert!(read(dates(100)).is_ok());
        assert!(read(dates(101)).is_err());
        let twice = json!({ "weekly": null, "exceptions": [date(1), date(0), date(1)] });
        let said = "2026-01-02 is here twice. Give all hours of a date at once.";
        assert_eq!(read(twice), Err(json!({ "exceptions": { "non_field_errors": [said] } })));
        let hours =
            json!({ "date": "2026-12-24", "hours": vec![json!({ "from": "09:00", "to": "10:00" }); 8] });
        assert!(read(json!({ "weekly": null, "exceptions": [hours] })).is_err());
    }

    #[test]
    fn the_time_zone_is_the_accounts() {
        let check = |zone: Value| {
            let Value::Object(body) = json!({ "timezone": zone }) else { panic!() };
            check_hours_zone(&body, &Zone::default()).map_err(|errors| json!(errors)["timezone"][0].clone())
        };
        assert_eq!(check(json!("utc")), Ok(()));
        assert_eq!(check(Value::Null), Ok(()));
        let said = "Hours are in the time zone of the account. Change it with the account's settings.";
        assert_eq!(check(json!("Europe/Berlin")), Err(json!(said)));
        assert_eq!(check(json!("Mars/Base")), Err(json!("Not a time zone of the IANA database.")));
        assert_eq!(check_hours_zone(&Body::new(), &Zone::default()), Ok(()));
    }
}
