//! The one error type of the Worker, and the bodies it becomes.
//!
//! * [`Error::Refused`]: the caller's to mend. Made by the functions here, each for one status, with the original's body.
//! * [`Error::Unavailable`]: ours, and likely to pass: 503 with Retry-After. A hop's deadline, D1 that does not answer.
//! * [`Error::Internal`]: ours, and a fault: 500. The text is for our log; callers never see the platform's words.

use serde_json::{Value, json};
use whittle_domain::input::FieldErrors;
use whittle_domain::link::Refused;
use whittle_domain::proposal::Rejection;

use crate::http::reply::Reply;

/// Why a request was not done.
#[derive(Debug)]
pub enum Error {
    /// The caller's to mend.
    Refused(Box<Reply>),
    /// Ours, and likely to pass.
    Unavailable(String),
    /// Ours, and a fault.
    Internal(String),
}

/// What a handler gives.
pub type Result<T> = std::result::Result<T, Error>;

impl From<worker::Error> for Error {
    fn from(error: worker::Error) -> Self {
        let text = error.to_string();
        // What the platform says when it moves or resets an object: the next try finds it well.
        let passing = ["Network connection lost", "storage caused object to be reset", "overloaded"];
        if passing.iter().any(|p| text.contains(p)) { Self::Unavailable(text) } else { Self::Internal(text) }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        refused(400, json!(errors))
    }
}

fn refused(status: u16, body: Value) -> Error {
    Error::Refused(Box::new(Reply::json(status, body.to_string())))
}

fn detail(status: u16, text: &str) -> Error {
    refused(status, json!({ "detail": text }))
}

/// 401, where credentials are missing or wrong.
pub fn unauthorized(text: &str) -> Error {
    if text == BAD_TOKEN {
        return refused(401, json!({ "detail": text, "code": "token_not_valid" }));
    }
    detail(401, text)
}

/// What is said of an access token that is none, or no more.
pub const BAD_TOKEN: &str = "Given token not valid for any token type";

/// 401, with a refresh token that is none, or no more.
pub fn bad_token() -> Error {
    refused(401, json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" }))
}

/// What is said to whom brings nothing that shows who it is.
pub const NO_CREDENTIALS: &str = "Authentication credentials were not provided.";

/// 401, without credentials.
pub fn no_credentials() -> Error {
    unauthorized(NO_CREDENTIALS)
}

/// 401, where nobody is signed in, in the words of the bookings' original.
pub fn not_signed_in() -> Error {
    refused(401, json!({ "err_message": "You are not an authenticated user" }))
}

/// 401, with a wrong name or password, in the words of the bookings' document: a text, where others are lists.
pub fn wrong_credentials() -> Error {
    refused(401, json!({ "err_message": "Credentials were not correct" }))
}

/// 401, with a link that is none, or none of this; no hint which.
pub fn bad_link() -> Error {
    unauthorized("Invalid link.")
}

/// 401, with a link that was good.
fn expired_link(expires: &str) -> Error {
    refused(401, json!({ "detail": "Token Expired", "expires": expires }))
}

/// 401, with a link that does not verify.
pub fn refused_link(refused: Refused) -> Error {
    match refused {
        Refused::Expired(link) => expired_link(&link.expires().to_string()),
        Refused::Invalid => bad_link(),
    }
}

/// 403, where the caller is known and may not.
pub fn forbidden() -> Error {
    detail(403, "You do not have permission to perform this action.")
}

/// 403, for a request that another site caused, or could have.
pub fn csrf(why: &str) -> Error {
    detail(403, &format!("CSRF Failed: {why}"))
}

/// 403, where only a verified address will do.
pub fn not_verified() -> Error {
    detail(403, "Your address is not verified.")
}

/// 401, for a webhook that is not signed as it should be.
pub fn bad_signature() -> Error {
    unauthorized("Invalid signature.")
}

/// 403, for somebody else's contact, in the document's words: a text alone.
pub fn invalid_contact() -> Error {
    refused(403, json!("Invalid contact"))
}

/// 404, where no time is agreed yet.
pub fn not_agreed() -> Error {
    detail(404, "No time is agreed yet.")
}

/// 409.
pub fn conflict(text: &str) -> Error {
    detail(409, text)
}

/// 404.
pub fn not_found() -> Error {
    detail(404, "Not found.")
}

/// 405.
pub fn method_not_allowed(method: &str, allow: &'static str) -> Error {
    let body = json!({ "detail": format!("Method \"{method}\" not allowed.") });
    Error::Refused(Box::new(Reply::json(405, body.to_string()).with("Allow", allow)))
}

/// 406.
pub fn not_acceptable() -> Error {
    detail(406, "Could not satisfy the request Accept header.")
}

/// 429: a budget of mail is used up.
pub fn over_budget(seconds: i64) -> Error {
    let body = json!({ "detail": "This would be more mail than is allowed in a day. Nothing was sent." });
    let reply = Reply::json(429, body.to_string()).with("Retry-After", &seconds.to_string());
    Error::Refused(Box::new(reply))
}

/// 429: too often, from one place or for one name.
pub fn throttled() -> Error {
    let body = json!({ "detail": "Request was throttled. Expected available in 60 seconds." });
    Error::Refused(Box::new(Reply::json(429, body.to_string()).with("Retry-After", "60")))
}

/// 413.
pub fn too_large(most: usize) -> Error {
    detail(413, &format!("The body is larger than {most} bytes."))
}

/// 415.
pub fn unsupported_media(media: &str) -> Error {
    detail(415, &format!("Unsupported media type \"{media}\" in request."))
}

/// 400, for a body that is no JSON.
pub fn bad_json(error: &str) -> Error {
    detail(400, &format!("JSON parse error - {error}"))
}

/// 400, with any body.
pub fn bad_request(body: Value) -> Error {
    refused(400, body)
}

/// What an act's refusal becomes; a stale one is answered by whoever holds the proposal.
pub fn rejected(rejection: Rejection, offered: &whittle_domain::slot::Slots) -> Error {
    match rejection {
        Rejection::LinkVoid => bad_link(),
        Rejection::Forbidden => forbidden(),
        Rejection::Closed => detail(410, "This proposal is closed."),
        Rejection::Stale => detail(412, "The proposal has changed."),
        Rejection::Agreed => detail(409, "The time is agreed; answers are over."),
        Rejection::Exhausted => detail(409, "Nothing is left to answer."),
        Rejection::DeadlinePassed => detail(409, "The deadline has passed."),
        Rejection::TooEarly => {
            detail(409, "Somebody required has not answered, and the deadline has not passed.")
        }
        Rejection::NotOffered(slot) => {
            let offer: Vec<String> =
                offered.iter().map(|s| format!("{} {}", s.begin(), s.duration())).collect();
            let fault = format!("{} {} is not offered.", slot.begin(), slot.duration());
            refused(400, json!({ "slot": [fault, format!("Offered now: {}", offer.join(", "))] }))
        }
        Rejection::NotExhausted => detail(409, "There is a next round only where nothing is left."),
        Rejection::NotOpen => detail(409, "It is over; its parties stay as they are."),
        Rejection::Opened => detail(409, "This party has opened its link already."),
        Rejection::NoParty => not_found(),
        Rejection::Widened(widened) => {
            let list = |slots: &mut dyn Iterator<Item = &whittle_domain::slot::Slot>| {
                slots.map(|s| format!("{} {}", s.begin(), s.duration())).collect::<Vec<_>>().join(", ")
            };
            let outside = widened.outside.iter().map(|s| {
                format!("{} {} does not lie within a slot that is offered.", s.begin(), s.duration())
            });
            let short = widened
                .too_short
                .iter()
                .map(|s| format!("{} {} is shorter than min_duration.", s.begin(), s.duration()));
            let offer = format!("Offered now: {}", list(&mut offered.iter()));
            refused(400, json!({ "slots": outside.chain(short).chain([offer]).collect::<Vec<_>>() }))
        }
        Rejection::Invalid(errors) => errors.into(),
        Rejection::NotYourAddress => detail(403, "sender must be your own proven address."),
        Rejection::LedgerFull => {
            let body = json!({ "detail": "The log of this proposal is full; ask who proposed it." });
            Error::Refused(Box::new(Reply::json(429, body.to_string()).with("Retry-After", "86400")))
        }
    }
}

impl Error {
    /// The answer.
    pub fn reply(self) -> Reply {
        match self {
            Self::Refused(reply) => *reply,
            Self::Unavailable(_) => {
                let body = json!({ "detail": "The service is not available just now. Please try again." });
                Reply::json(503, body.to_string()).with("Retry-After", "2")
            }
            Self::Internal(_) => {
                Reply::json(500, json!({ "detail": "Something went wrong on our side." }).to_string())
            }
        }
    }

    /// What our log says, where it is our fault.
    pub fn fault(&self) -> Option<&str> {
        match self {
            Self::Refused(_) => None,
            Self::Unavailable(text) | Self::Internal(text) => Some(text),
        }
    }
}
