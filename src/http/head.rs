//! What stands in a request's head, read once: each header is a call out of WebAssembly, and the URL is parsed for it.

use worker::{Headers, Request, Url};

use crate::http::cookies::Cookies;
use crate::http::credential::place;

/// For how long a client's name is kept, in characters.
const AGENT_CHARACTERS: usize = 200;

/// The head of a request.
pub struct Head {
    /// As it was sent: the library takes every method it does not know for GET.
    pub method: String,
    pub url: Url,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    pub accept: String,
    pub authorization: Option<String>,
    pub cookies: Cookies,
    pub origin: Option<String>,
    /// `Sec-Fetch-Site`: whether its browser sends it for another site.
    pub fetch_site: Option<String>,
    /// `X-CSRFToken`
    pub csrf_token: Option<String>,
    pub if_match: Option<String>,
    pub idempotency_key: Option<String>,
    /// `Content-Type`
    pub media: String,
    /// `Content-Length`
    pub length: Option<usize>,
    /// From where it comes.
    pub place: String,
    /// What the client calls itself, as far as that is kept: it tells people their sessions apart.
    pub agent: String,
}

impl Head {
    pub fn read(request: &Request) -> worker::Result<Self> {
        let url = request.url()?;
        let headers = request.headers();
        let agent = text(headers, "User-Agent")?;
        Ok(Self {
            method: request.inner().method(),
            query: url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
            url,
            accept: text(headers, "Accept")?,
            authorization: headers.get("Authorization")?,
            cookies: Cookies::new(text(headers, "Cookie")?),
            origin: headers.get("Origin")?,
            fetch_site: headers.get("Sec-Fetch-Site")?,
            csrf_token: headers.get("X-CSRFToken")?,
            if_match: headers.get("If-Match")?,
            idempotency_key: headers.get("Idempotency-Key")?,
            media: text(headers, "Content-Type")?,
            length: headers.get("Content-Length")?.and_then(|length| length.parse().ok()),
            place: place(&text(headers, "CF-Connecting-IP")?),
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARACTERS).collect(),
        })
    }

    /// Whether it changes nothing by its method.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn text(headers: &Headers, name: &str) -> worker::Result<String> {
    Ok(headers.get(name)?.unwrap_or_default())
}
