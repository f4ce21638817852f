//! What the domain refuses about a meeting, as the API says it.

use serde_json::json;
use whittle_domain::meeting::Rejection;

use crate::error::{Error, bad_link, bad_request, conflict, forbidden, not_found};

/// The refusal of an act on a meeting. A stale one is answered by whoever has the meeting, for its answer shows it.
pub fn refused(rejection: Rejection) -> Error {
    match rejection {
        Rejection::Unknown => not_found(),
        Rejection::LinkVoid => bad_link(),
        Rejection::Forbidden => forbidden(),
        Rejection::Cancelled => conflict("This meeting is cancelled."),
        Rejection::NotConfirmed => conflict("This meeting is not confirmed."),
        Rejection::Begun => conflict("This meeting has begun. It cannot be changed any more."),
        Rejection::Past => bad_request(json!({ "begin": ["This time has begun already."] })),
        Rejection::Stale => conflict("The meeting has changed."),
        Rejection::Notice => {
            Error::Clash(json!({ "err_message": ["It is too late to change this booking."] }))
        }
        Rejection::TooLate => {
            bad_request(json!({ "duration": ["The meeting ends after 9999-12-30T22:00:00Z."] }))
        }
    }
}
