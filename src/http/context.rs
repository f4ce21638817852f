//! The context of a request: whatever a handler needs to know of it, read once.

use whittle_domain::input::Body;
use whittle_domain::instant::Instant;

use crate::dev::Dev;
use crate::http::body::Signed;
use crate::http::credential::Credential;
use crate::http::form::Form;
use crate::http::negotiation::versions;
use crate::http::page::PageRequest;
use crate::route::Route;

/// A request that has been read.
#[derive(Clone)]
pub struct RequestContext {
    pub route: Route,
    /// The credential that counts: an explicit one, else the session's cookie where the route takes sessions.
    pub credential: Credential,
    /// The session's cookie, whether it counts here or not.
    pub session: Option<String>,
    /// From where it comes.
    pub place: String,
    /// What the client calls itself, as far as that is kept.
    pub agent: String,
    pub body: Body,
    /// The fields of a page's form; none where another client asks.
    pub form: Option<Form>,
    /// What a page needs to know of this request.
    pub page: PageRequest,
    /// The body as it was signed, where the route's credential is a signature.
    pub signed: Option<Signed>,
    /// The token in its path, where its route has one.
    pub token: String,
    /// Its path as it was sent.
    pub path: String,
    /// The host that was asked.
    pub host: String,
    pub query: Vec<(String, String)>,
    /// The `If-Match` header, where the route takes one.
    pub if_match: Option<String>,
    /// What development asks for.
    pub dev: Dev,
    pub now: Instant,
    pub accept: String,
    /// Whether it asks to go on as a WebSocket.
    pub wants_socket: bool,
    /// Whether the answer is to be a page.
    pub html: bool,
}

impl RequestContext {
    /// As whom a page's form says that it acts.
    pub fn expected(&self) -> Option<String> {
        self.form.as_ref()?.get("as").map(ToOwned::to_owned)
    }

    /// The versions that `If-Match` names; none without a condition.
    pub fn seen(&self) -> Option<Vec<u32>> {
        self.if_match.as_deref().and_then(versions)
    }

    /// The same request with the body that the API takes in place of a form's fields.
    pub fn with_body(&self, body: Body) -> Self {
        Self { body, ..self.clone() }
    }

    /// Whether the query asks to `show` this. A page can be asked for several.
    pub fn shows(&self, what: &str) -> bool {
        self.query.iter().any(|(key, value)| key == "show" && value == what)
    }

    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
