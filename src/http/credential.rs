//! Who is calling. A link wins over other credentials, wherever it stands; then comes the Authorization header, then the
//! session's cookie.

use std::net::Ipv6Addr;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use whittle_domain::input::Body;
use whittle_domain::proposal::Via;

use crate::http::head::Head;

/// What a request brings to show who sent it.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// A mailed link's token.
    Link(String),
    /// Name and password (RFC 7617).
    Basic {
        /// The account's name.
        name: String,
        /// The password.
        password: String,
        /// From where: guesses are counted by it.
        place: String,
    },
    /// An account's token.
    Token(String),
    /// The cookie of a session.
    Session(String),
    /// The token of the link that this browser has opened, from its cookie.
    OpenedLink(String),
    /// Both cookies: what is asked for decides which counts (design, "Who is calling").
    SessionOrLink {
        /// The cookie of the session.
        session: String,
        /// The token of the link.
        link: String,
    },
    /// An access token, as it was sent.
    Bearer(String),
    /// What an access token said that is good.
    Access {
        /// The account.
        account: u64,
        /// Its epoch when it signed in.
        epoch: i64,
        /// The family of refresh tokens that it came with.
        family: String,
    },
    /// An Authorization header of no known form, and what to say of it.
    Unreadable(&'static str),
}

impl Credential {
    /// The credential of the cookies that a browser sends by itself.
    pub fn of_cookies(session: Option<String>, link: Option<String>) -> Self {
        match (session, link) {
            (Some(session), Some(link)) => Self::SessionOrLink { session, link },
            (Some(session), None) => Self::Session(session),
            (None, Some(link)) => Self::OpenedLink(link),
            (None, None) => Self::None,
        }
    }

    /// The credential that a request brings on purpose: `et` of the query, then of the body, then the Authorization header.
    pub fn explicit(head: &Head, body: &Body) -> Self {
        let sent = || match body.get("et")? {
            Value::String(text) => Some(text.as_str()),
            _ => Some(""),
        };
        if let Some(token) = head.query("et").or_else(sent) {
            return Self::Link(token.to_owned());
        }
        match &head.authorization {
            Some(header) => Self::of_header(header, head.place.clone()),
            None => Self::None,
        }
    }

    /// The credential of a route that takes links alone: the token in its path, then one that is sent as [`Self::explicit`] reads
    /// it or as `token` in the body, then that of the browser's cookie.
    pub fn of_link(in_path: Option<&str>, head: &Head, body: &Body, cookie: Option<String>) -> Self {
        if let Some(token) = in_path {
            return Self::Link(token.to_owned());
        }
        if let link @ Self::Link(_) = Self::explicit(head, body) {
            return link;
        }
        match (body.get("token").and_then(Value::as_str), cookie) {
            (Some(token), _) => Self::Link(token.to_owned()),
            (None, Some(cookie)) => Self::OpenedLink(cookie),
            (None, None) => Self::None,
        }
    }

    fn of_header(header: &str, place: String) -> Self {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let rest = rest.trim();
        match scheme.to_ascii_lowercase().as_str() {
            "link" => Self::Link(rest.to_owned()),
            "token" => Self::Token(rest.to_owned()),
            "bearer" => Self::Bearer(rest.to_owned()),
            "basic" => {
                let text = Base64::decode_vec(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                match text.as_deref().and_then(|t| t.split_once(':')) {
                    Some((name, password)) => {
                        Self::Basic { name: name.to_owned(), password: password.to_owned(), place }
                    }
                    None => Self::Unreadable("Invalid basic header."),
                }
            }
            _ => Self::Unreadable("Authentication credentials were not provided."),
        }
    }

    /// Whether it has the link that this browser has opened.
    pub const fn has_opened_link(&self) -> bool {
        matches!(self, Self::OpenedLink(_) | Self::SessionOrLink { .. })
    }

    /// The word for the ledger.
    pub const fn via(&self) -> Via {
        match self {
            Self::Link(_) | Self::OpenedLink(_) => Via::Link,
            Self::Token(_) => Via::Token,
            Self::Bearer(_) | Self::Access { .. } => Via::Bearer,
            Self::Session(_) | Self::SessionOrLink { .. } => Via::Session,
            _ => Via::Basic,
        }
    }
}

/// From where a request comes, as the platform says; on a developer's machine it says nothing. Of IPv6 the first half: the
/// rest is its holder's to choose.
pub fn place(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_of_ipv6_is_one_place() {
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), place("2001:db8:1:2:ffff::1"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn headers_of_every_scheme_are_read() {
        let basic = |name: &str, password: &str| Credential::Basic {
            name: name.into(),
            password: password.into(),
            place: "here".into(),
        };
        for (header, wanted) in [
            ("Basic b2I6cA==", basic("ob", "p")),
            ("basic b2I6cDpx", basic("ob", "p:q")),
            ("Token 48fc", Credential::Token("48fc".into())),
            ("Bearer a.b.c", Credential::Bearer("a.b.c".into())),
            ("Link abc", Credential::Link("abc".into())),
            ("Basic %%", Credential::Unreadable("Invalid basic header.")),
            ("Basic", Credential::Unreadable("Invalid basic header.")),
            ("Digest x", Credential::Unreadable("Authentication credentials were not provided.")),
        ] {
            assert!(Credential::of_header(header, "here".into()) == wanted, "{header}");
        }
    }
}
