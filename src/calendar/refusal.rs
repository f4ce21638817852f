//! What the domain refuses about a calendar, as the API says it. The document has its own words, under `error`.

use std::borrow::Cow;

use serde_json::{Value, json};
use whittle_domain::calendar::{Command, Rejection};

use crate::error::{Error, bad_request, conflict, forbidden, forbidden_because, not_found};

/// The body of the document's refusals.
fn said(words: &str) -> Value {
    json!({ "error": words })
}

/// 401, with a link that is none of this calendar; no hint why.
pub fn bad_token() -> Error {
    Error::Unauthorized(said("Invalid token"))
}

/// 403, for an account that has nothing to do with a calendar.
pub fn foreign() -> Error {
    forbidden_because("This is not your calendar.")
}

/// Where the document says so, a calendar is not there for whoever has nothing to do with it.
pub fn hidden(error: Error) -> Error {
    if error == foreign() { not_found() } else { error }
}

const FINALIZED: &str = "Calendar is already finalized";

/// 404, where a schedule of a finalised calendar is to be chosen.
pub fn already_finalized() -> Error {
    Error::Absent(said(FINALIZED))
}

/// The refusal of an act. A stale one ([`Rejection::Stale`]) is answered by whoever has the calendar, for its answer shows it.
pub fn refused(rejection: Rejection, command: &Command) -> Error {
    match rejection {
        Rejection::LinkVoid => bad_token(),
        Rejection::Foreign => foreign(),
        Rejection::Forbidden => forbidden(),
        Rejection::Closed => Error::Gone(Cow::Borrowed("This calendar is closed.")),
        Rejection::Finalized => match command {
            Command::Finalize(_) => already_finalized(),
            Command::Answer { .. } => bad_request(said(FINALIZED)),
            _ => conflict("The calendar is finalized."),
        },
        // 503: whoever asks again a little later finds it finalised, or open.
        Rejection::Finalizing => Error::Unavailable("a schedule is being reserved".to_owned()),
        Rejection::Stale => conflict("The calendar has changed."),
        Rejection::DeadlinePassed => match command {
            Command::Answer { .. } => bad_request(said("Deadline has passed")),
            _ => conflict("The deadline has passed."),
        },
        Rejection::AlreadyResponded => bad_request(said("Already responded")),
        Rejection::NoInvitee => not_found(),
        Rejection::Invalid(errors) => errors.into(),
        Rejection::Unschedulable(words) => bad_request(said(&words)),
        Rejection::LedgerFull => {
            Error::Full(Cow::Borrowed("The log of this calendar is full; ask whoever invited you."))
        }
    }
}

/// The refusal of a schedule whose time was taken before it could be reserved.
pub fn unresolved_conflict() -> Error {
    bad_request(said("Unresolved availability conflict"))
}

/// The refusal of a schedule with a contact that is none of the account's.
pub fn invalid_contact() -> Error {
    bad_request(said("Invalid contact id"))
}
