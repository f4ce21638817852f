//! Request bodies about meetings.

use super::fields::{optional, parse_details, parse_duration, parse_line};
use super::wall::{parse_fold, parse_new_begin};
use super::{Body, FieldErrors};
use crate::meeting::Update;
use crate::text::Note;

/// Reads the body of `PATCH /meetings/{id}/`. `None` if it has none of the fields that could change something.
///
/// # Errors
/// All errors of all fields.
pub fn parse_update(body: &Body) -> Result<Option<Update>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let begin = body.get("begin").map(|value| errors.check("begin", parse_new_begin(body, value)));
    errors.check("fold", optional(body, "fold", parse_fold));
    let duration = body.get("duration").map(|value| errors.check("duration", parse_duration(value)));
    let details = parse_details(body, &mut errors);
    errors.into_result()?;
    let wanted = Update { begin: begin.flatten(), duration: duration.flatten(), details, if_match: None };
    Ok((wanted != Update::default()).then_some(wanted))
}

/// Reads the `message` of a body, which those who would come are told; `None` where there is none, or it is blank.
///
/// # Errors
/// It is no text, or too long.
pub fn parse_message(body: &Body) -> Result<Option<Note>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let is_blank = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    let given = if body.get("message").is_some_and(is_blank) {
        Ok(None)
    } else {
        optional(body, "message", parse_line)
    };
    let message = errors.check("message", given);
    errors.into_result().map(|()| message.flatten())
}
