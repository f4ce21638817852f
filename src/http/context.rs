//! The context of a request, read once: whatever a handler needs to know of it beside its path.

use whittle_domain::input::Body;
use whittle_domain::instant::Instant;
use worker::Request;

use crate::dev::Dev;
use crate::error::Result;
use crate::http::credential::Credential;

/// A request that has been read.
pub struct RequestContext {
    /// What it brings to show who sent it.
    pub credential: Credential,
    /// The session's cookie that it brings, whether it counts here or not.
    pub cookie: Option<String>,
    /// From where it comes.
    pub place: String,
    /// What the client calls itself, as far as that is kept.
    pub agent: String,
    /// Its body.
    pub body: Body,
    /// The token in its path, where its route has one.
    pub token: String,
    /// Its query.
    pub query: Vec<(String, String)>,
    /// The `If-Match` header.
    pub if_match: Option<String>,
    /// What development asks for.
    pub dev: Dev,
    /// Now.
    pub now: Instant,
    /// The `Accept` header.
    pub accept: String,
}

impl RequestContext {
    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a client calls itself, as far as that is kept: it tells people their sessions apart.
pub fn agent(request: &Request) -> Result<String> {
    let agent = request.headers().get("User-Agent")?.unwrap_or_default();
    Ok(agent.chars().filter(|c| !c.is_control()).take(200).collect())
}
