//! Request bodies about meetings.

use super::fields::{optional, parse_details, parse_duration};
use super::wall::{parse_fold, parse_new_begin};
use super::{Body, FieldErrors};
use crate::meeting::Update;

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
