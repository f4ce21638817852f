//! The body of a copy of a calendar: whatever it says stands in place of what the calendar has.

use serde_json::{Map, Value};

use super::fields::{message, optional};
use super::{Body, FieldErrors};
use crate::calendar::MOST_WEEKS;

/// Reads by how many weeks the times of the copy are later; `None` for as few as put them into the future.
///
/// # Errors
/// `shift_weeks` is no number from 0 to [`MOST_WEEKS`].
pub fn parse_shift(body: &Body) -> Result<Option<i32>, FieldErrors> {
    let parse = |value: &Value| {
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let weeks = number.ok_or_else(|| message("A valid integer is required."))?;
        let weeks = i32::try_from(weeks).ok().filter(|weeks| (0..=MOST_WEEKS).contains(weeks));
        weeks.ok_or_else(|| message(&format!("This must be 0 to {MOST_WEEKS} weeks.")))
    };
    let mut errors = FieldErrors::default();
    let weeks = errors.check("shift_weeks", optional(body, "shift_weeks", parse));
    errors.into_result().map(|()| weeks.flatten())
}

/// The body of the new calendar: that of the copy with what is given in place of its members. Times that are given in any of their
/// ways stand in place of all of the copy's.
#[must_use]
pub fn override_members(copy: Map<String, Value>, given: &Body) -> Body {
    const TIMES: [&str; 3] = ["available_slots", "availability", "weekly"];
    let mut body = copy;
    if TIMES.iter().any(|name| given.get(*name).is_some_and(|value| !value.is_null())) {
        body.remove("available_slots");
    }
    body.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> Body {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn weeks_are_a_number_within_two_years() {
        let read = |value: Value| parse_shift(&body(json!({ "shift_weeks": value })));
        assert_eq!(
            (read(json!(null)), read(json!(0)), read(json!("104"))),
            (Ok(None), Ok(Some(0)), Ok(Some(104)))
        );
        for bad in [json!(-1), json!(105), json!(1.5), json!("x"), json!([]), json!(1e300)] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn given_members_stand_in_place_of_the_copys_and_given_times_of_all_of_them() {
        let copy = || body(json!({ "name": "a", "available_slots": [1], "invitees": [1] }));
        let given = |value| Value::Object(override_members(copy(), &body(value)));
        assert_eq!(
            given(json!({ "name": "b" })),
            json!({ "name": "b", "available_slots": [1], "invitees": [1] })
        );
        assert_eq!(given(json!({ "weekly": [2] })), json!({ "name": "a", "weekly": [2], "invitees": [1] }));
        assert_eq!(given(json!({ "availability": [] }))["availability"], json!([]));
        assert_eq!(given(json!({ "weekly": null }))["available_slots"], json!([1]));
    }
}
