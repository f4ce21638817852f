//! What was refused, as an answer: the one place in which an error becomes a status, a body and headers.

use serde_json::{Value, json};

use crate::error::{Error, Refusal};
use crate::http::reply::Reply;

impl From<Error> for Reply {
    fn from(error: Error) -> Self {
        let with = |status, body: Value| Self::json(status, body.to_string());
        let detail = |status, text: &str| with(status, json!({ "detail": text }));
        match error {
            Error::Invalid(body) => with(400, body),
            Error::Unauthorized(body) => with(401, body),
            Error::Forbidden(body) => with(403, body),
            Error::NotFound(text) => detail(404, &text),
            Error::Absent(body) => with(404, body),
            Error::MethodNotAllowed { method, allow } => {
                detail(405, &format!("Method \"{method}\" not allowed.")).with("Allow", &allow)
            }
            Error::NotAcceptable => detail(406, "Could not satisfy the request Accept header."),
            Error::Conflict(text) => detail(409, &text),
            Error::Clash(body) => with(409, body),
            Error::Taken { clashes, alternatives } => {
                with(409, json!({ "err_message": clashes, "alternatives": alternatives }))
            }
            Error::SomebodyElse => {
                detail(409, "This form was opened as somebody else than this browser acts as now.")
            }
            Error::Gone(text) => detail(410, &text),
            Error::Stale { body, version } => Self::json(412, body).etag(version),
            Error::TooLarge(most) => detail(413, &format!("The body is larger than {most} bytes.")),
            Error::UnsupportedMedia(media) => {
                detail(415, &format!("Unsupported media type \"{media}\" in request."))
            }
            Error::Unprocessable(text) => detail(422, &text),
            Error::UpgradeRequired => {
                detail(426, "This is a WebSocket: ask for it with `Upgrade: websocket`.")
                    .with("Upgrade", "websocket")
            }
            Error::TooMany { detail: text, retry_after } => {
                let left = format!("\"default\";r=0;t={retry_after}");
                detail(429, &text).with("Retry-After", &retry_after.to_string()).with("RateLimit", &left)
            }
            Error::Full(text) => detail(429, &text),
            Error::Internal(_) => detail(500, "Something went wrong on our side."),
            Error::Database(Refusal::Busy { .. }) => detail(409, "Somebody who has to attend is busy then."),
            Error::Database(Refusal::Budget(_)) => {
                detail(429, "This would be more than is allowed in a day.").with("Retry-After", "86400")
            }
            Error::ReadOnly => {
                let text =
                    "The service is being moved: it can be read, but nothing can be changed for a while.";
                detail(503, text).with("Retry-After", "600")
            }
            Error::Unavailable(_) | Error::Database(Refusal::Constraint(_)) => {
                detail(503, "The service is not available just now. Please try again.")
                    .with("Retry-After", "2")
            }
        }
    }
}
