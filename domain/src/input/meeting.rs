//! Request bodies about meetings.

use super::fields::{parse_duration, parse_instant};
use super::{Body, FieldErrors};
use crate::meeting::Move;

/// Reads the body of `PATCH /meetings/{id}/`. `None` if it has neither a begin nor a duration.
///
/// # Errors
/// All errors of all fields.
pub fn parse_move(body: &Body) -> Result<Option<Move>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let begin = body.get("begin").map(|value| errors.check("begin", parse_instant(value)));
    let duration = body.get("duration").map(|value| errors.check("duration", parse_duration(value)));
    errors.into_result()?;
    let wanted = Move { begin: begin.flatten(), duration: duration.flatten(), if_match: None };
    Ok((wanted != Move::default()).then_some(wanted))
}
