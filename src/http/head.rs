//! What stands in a request's head, read once and in one piece.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::http::cookies::Cookies;
use crate::http::credential::place;
use crate::platform;

/// For how long a client's name is kept, in characters.
const AGENT_CHARACTERS: usize = 200;

/// The head of a request.
pub struct Head {
    /// As it was sent, or as the query of a form names it: browsers post, and `?_method=PATCH` says what is meant.
    pub method: String,
    pub path: String,
    /// The host that was asked, without its port.
    pub host: String,
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
    /// `Upgrade`: the protocol that the client wants to go on with.
    pub upgrade: Option<String>,
    /// `Whittle-Dev`
    pub dev: Option<String>,
    /// Where the network's edge takes the client to be: the name of a time zone.
    pub timezone: Option<String>,
}

/// What a form can mean by posting.
const METHODS: [&str; 3] = ["PATCH", "PUT", "DELETE"];

/// The headers that are read, in the order in which [`Head::parse`] takes them.
const HEADERS: [&str; 14] = [
    "Accept",
    "Authorization",
    "Cookie",
    "Origin",
    "Sec-Fetch-Site",
    "X-CSRFToken",
    "If-Match",
    "Idempotency-Key",
    "Content-Type",
    "Content-Length",
    "CF-Connecting-IP",
    "User-Agent",
    "Upgrade",
    "Whittle-Dev",
];

thread_local! {
    static NAMES: Array = HEADERS.iter().map(|name| JsValue::from_str(name)).collect();
}

impl Head {
    /// Reads a request's head; none where the URL is none of ours.
    pub fn read(request: &web_sys::Request) -> Option<Self> {
        Self::parse(&NAMES.with(|names| platform::head(request, names)))
    }

    /// Lines: the method, the URL as the platform has parsed and written it, and each header: nothing, or a blank and its value.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (method, url) = (lines.next()?, lines.next()?);
        let (_, url) = url.split_once("://")?;
        let (authority, rest) = url.split_at(url.find('/')?);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let host = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let mut next = || lines.next().and_then(|line| line.strip_prefix(' ')).map(ToOwned::to_owned);
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let meant = query.iter().find(|(name, _)| name == "_method").map(|(_, method)| method.as_str());
        let method = meant.filter(|meant| method == "POST" && METHODS.contains(meant)).unwrap_or(method);
        Some(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            host: host.map_or(authority, |(host, _)| host).to_owned(),
            query,
            accept: next().unwrap_or_default(),
            authorization: next(),
            cookies: Cookies::new(next().unwrap_or_default()),
            origin: next(),
            fetch_site: next(),
            csrf_token: next(),
            if_match: next(),
            idempotency_key: next(),
            media: next().unwrap_or_default(),
            length: next().and_then(|length| length.parse().ok()),
            place: place(&next().unwrap_or_default()),
            agent: next()
                .unwrap_or_default()
                .chars()
                .filter(|c| !c.is_control())
                .take(AGENT_CHARACTERS)
                .collect(),
            upgrade: next(),
            dev: next(),
            timezone: next().filter(|zone| !zone.is_empty()),
        })
    }

    /// Whether it changes nothing by its method.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// Whether it asks to go on as a WebSocket (RFC 6455, section 4.2.1).
    pub fn wants_socket(&self) -> bool {
        self.method == "GET" && self.upgrade.as_deref().is_some_and(|to| to.eq_ignore_ascii_case("websocket"))
    }

    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_from_its_lines() {
        let text = "GET\nhttps://a.example:8787/7/log/?et=a%2Bb&x=1\n */*\n\n sessionid=s\n\n\n\n \n\n\n 12\n 192.0.2.7\n curl\n websocket\n offset=1\n Europe/Berlin";
        let head = Head::parse(text).unwrap();
        assert_eq!((head.path.as_str(), head.host.as_str()), ("/7/log/", "a.example"));
        assert_eq!((head.query("et"), head.query("x"), head.query("y")), (Some("a+b"), Some("1"), None));
        assert_eq!((head.accept.as_str(), head.authorization, head.origin), ("*/*", None, None));
        assert_eq!((head.cookies.get("sessionid"), head.if_match.as_deref()), (Some("s"), Some("")));
        assert_eq!((head.length, head.place.as_str(), head.agent.as_str()), (Some(12), "192.0.2.7", "curl"));
        assert_eq!(head.upgrade.as_deref(), Some("websocket"));
        assert_eq!(head.dev.as_deref(), Some("offset=1"));
        assert_eq!(head.timezone.as_deref(), Some("Europe/Berlin"));
        let meant = |method: &str, query: &str| {
            Head::parse(&format!("{method}\nhttp://a/7/?{query}")).unwrap().method
        };
        assert_eq!(meant("POST", "_method=PATCH"), "PATCH");
        assert_eq!(
            (meant("GET", "_method=DELETE"), meant("POST", "_method=GET")),
            ("GET".to_owned(), "POST".to_owned())
        );
        let bare = Head::parse("POST\nhttp://[::1]/").unwrap();
        assert_eq!((bare.host.as_str(), bare.path.as_str(), bare.query.len()), ("[::1]", "/", 0));
        assert!(Head::parse("GET\nabout:blank").is_none() && Head::parse("").is_none());
    }
}
