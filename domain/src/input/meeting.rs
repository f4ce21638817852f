//! The bodies of meetings.

use super::fields::{duration, instant};
use super::{Body, FieldErrors};
use crate::meeting::Move;

/// The body of `PATCH /meetings/{id}/`; `None` where nothing in it could change anything.
///
/// # Errors
/// All faults of all fields.
pub fn relocation(body: &Body) -> Result<Option<Move>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let begin = body.get("begin").map(|value| errors.take("begin", instant(value)));
    let length = body.get("duration").map(|value| errors.take("duration", duration(value)));
    errors.none()?;
    let wanted = Move { begin: begin.flatten(), duration: length.flatten(), if_match: None };
    Ok((wanted != Move::default()).then_some(wanted))
}
