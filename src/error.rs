//! The one error type of the Worker. What a caller can mend has a variant for each status; [`crate::http::refusal`] makes
//! the answer of it, at the edge. It is serializable, because an object answers the Worker with it.
//!
//! * Which function to use: those below make the variants with the wordings that several handlers share. A capability's own
//!   wordings stand in that capability.
//! * [`Error::Database`]: a guard of the database refused it, and nobody on the way made it a refusal of its own.
//! * [`Error::Unavailable`]: ours, and likely to pass: 503 with Retry-After. A hop's deadline, D1 that does not answer.
//! * [`Error::Internal`]: ours, and a fault: 500. The text is for our log; callers never see the platform's words.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use whittle_domain::input::FieldErrors;
use whittle_domain::link::LinkError;

/// Why a request was not done. A text is the `detail` of the answer, a [`Value`] its whole body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    /// 400: the request is wrong.
    Invalid(Value),
    /// 401: credentials are missing or wrong.
    Unauthorized(Value),
    /// 403: the caller is known and may not, or another site caused the request, or could have.
    Forbidden(Value),
    /// 404.
    NotFound(Cow<'static, str>),
    /// 404, where an API's document has another body.
    Absent(Value),
    /// 405: not with this method; these are allowed.
    MethodNotAllowed { method: String, allow: Cow<'static, str> },
    /// 406: no format that `Accept` takes.
    NotAcceptable,
    /// 409: not now.
    Conflict(Cow<'static, str>),
    /// 409, where an API's document has another body.
    Clash(Value),
    /// 409: somebody's time is taken then. In the words of the API, every clash; and times that are free.
    Taken { clashes: Vec<String>, alternatives: Vec<String> },
    /// 409: a form was written as somebody, and its browser acts as somebody else by now. Nothing is changed.
    SomebodyElse,
    /// 410: closed.
    Gone(Cow<'static, str>),
    /// 412: `If-Match` names another version; the body is what there is, with its version.
    Stale { body: String, version: u32 },
    /// 413: a body of more than these bytes.
    TooLarge(usize),
    /// 415: a content type that is not read here.
    UnsupportedMedia(String),
    /// 422: understood, and not to be done.
    Unprocessable(Cow<'static, str>),
    /// 426: it must be asked for as a WebSocket.
    UpgradeRequired,
    /// 429, and for how many seconds.
    TooMany { detail: Cow<'static, str>, retry_after: i64 },
    /// A guard of the database refused it.
    Database(Refusal),
    /// 429: there is no more room, and waiting makes none.
    Full(Cow<'static, str>),
    /// 503: the service is being moved and changes nothing.
    ReadOnly,
    /// Ours, and likely to pass.
    Unavailable(String),
    /// Ours, and a fault.
    Internal(String),
}

/// What the schema's own guards refuse (schema.sql). The transaction is rolled back as a whole then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// A budget of mail is used up: which one, as the trigger names it.
    Budget(String),
    /// The time of an account is taken: by a row of `busy` of this kind and source.
    Busy { account: u64, kind: String, source: u64 },
    /// Any other constraint, such as a unique index.
    Constraint(String),
}

/// What a handler gives.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What our log says, where it is our fault.
    pub fn fault(&self) -> Option<&str> {
        match self {
            Self::Unavailable(text) | Self::Internal(text) | Self::Database(Refusal::Constraint(text)) => {
                Some(text)
            }
            _ => None,
        }
    }

    /// Whether it is about who asks, or about what is there at all, and not about what was sent: the page of a form cannot be
    /// shown again then.
    pub const fn is_about_the_reader(&self) -> bool {
        matches!(
            self,
            Self::SomebodyElse
                | Self::Gone(_)
                | Self::Unauthorized(_)
                | Self::Forbidden(_)
                | Self::NotFound(_)
                | Self::Absent(_)
        )
    }

    /// Whether the request was judged and refused: nothing is wrong with the service, and a retry changes nothing.
    pub fn is_refusal(&self) -> bool {
        self.fault().is_none()
    }
}

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
        Self::Invalid(json!(errors))
    }
}

/// 400, with any body.
pub fn bad_request(body: Value) -> Error {
    Error::Invalid(body)
}

/// 400, for a body that is no JSON.
pub fn bad_json(error: &str) -> Error {
    Error::Invalid(json!({ "detail": format!("JSON parse error - {error}") }))
}

/// 401, where credentials are missing or wrong.
pub fn unauthorized(text: &str) -> Error {
    Error::Unauthorized(json!({ "detail": text }))
}

/// The answer to a request without any credential.
pub const NO_CREDENTIALS: &str = "Authentication credentials were not provided.";

/// 401, without credentials.
pub fn no_credentials() -> Error {
    unauthorized(NO_CREDENTIALS)
}

/// 401, with an access token that is none, or no more, as the original's library words it.
pub fn bad_access_token() -> Error {
    let message = json!({
        "token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired",
    });
    Error::Unauthorized(json!({
        "detail": "Given token not valid for any token type", "code": "token_not_valid", "messages": [message],
    }))
}

/// 401, with a refresh token that is none, or no more.
pub fn bad_refresh_token() -> Error {
    Error::Unauthorized(json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" }))
}

/// 401, with a link that is none, or none of this; no hint which.
pub fn bad_link() -> Error {
    unauthorized("Invalid link.")
}

/// 401, with a link that does not verify.
pub fn refused_link(refused: LinkError) -> Error {
    match refused {
        LinkError::Expired(link) => {
            Error::Unauthorized(json!({ "detail": "Token Expired", "expires": link.expires().to_string() }))
        }
        LinkError::Invalid => bad_link(),
    }
}

/// 403, with these words.
pub fn forbidden_because(text: &str) -> Error {
    Error::Forbidden(json!({ "detail": text }))
}

/// 403, where the caller is known and may not.
pub fn forbidden() -> Error {
    forbidden_because("You do not have permission to perform this action.")
}

/// 403, for a request that another site caused, or could have.
pub fn csrf(why: &str) -> Error {
    forbidden_because(&format!("CSRF Failed: {why}"))
}

/// 404.
pub const fn not_found() -> Error {
    Error::NotFound(Cow::Borrowed("Not found."))
}

/// 409.
pub const fn conflict(text: &'static str) -> Error {
    Error::Conflict(Cow::Borrowed(text))
}
