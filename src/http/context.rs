//! The context of a request: whatever a handler needs to know of it, read once.

use whittle_domain::input::Body;
use whittle_domain::instant::Instant;

use crate::dev::Dev;
use crate::http::body::Signed;
use crate::http::credential::Credential;
use crate::route::Route;

/// A request that has been read.
pub struct RequestContext {
    pub route: Route,
    /// The credential that counts: an explicit one, else the session's cookie where the route takes sessions.
    pub credential: Credential,
    /// The session's cookie, whether it counts here or not.
    pub session: Option<String>,
    /// The token of the link that this browser has opened, from its cookie. It counts beside a session on pages alone.
    #[allow(dead_code, reason = "pages act by session and link together; they come next")]
    pub link: Option<String>,
    /// From where it comes.
    pub place: String,
    /// What the client calls itself, as far as that is kept.
    pub agent: String,
    pub body: Body,
    /// The body as it was signed, where the route's credential is a signature.
    pub signed: Option<Signed>,
    /// The token in its path, where its route has one.
    pub token: String,
    /// The host that was asked.
    pub host: String,
    pub query: Vec<(String, String)>,
    /// The `If-Match` header, where the route takes one.
    pub if_match: Option<String>,
    /// What development asks for.
    pub dev: Dev,
    pub now: Instant,
    pub accept: String,
    /// Whether the answer is to be a page.
    pub html: bool,
}

impl RequestContext {
    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
