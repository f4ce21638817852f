//! Mailed links: they stand in place of an id, and open what they are for without an account.

use url::Url;

/// What a URL of the service leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Such as `https://whittle.example.org`.
    pub origin: Url,
    /// The id of the proposal, meeting, event or calendar.
    pub id: u64,
    /// The token, where the URL has one.
    pub token: Option<String>,
}

impl Link {
    /// Reads a URL such as `https://host/42/?et=...` or `https://host/schedules/calendars/42/respond/TOKEN/`. `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let mut segments = url.path_segments()?;
        let id = segments.by_ref().find_map(id)?;
        let query = url.query_pairs().find(|(name, _)| name == "et").map(|(_, token)| token.into_owned());
        let respond = || match (segments.next(), segments.next()) {
            (Some("respond"), Some(token)) if !token.is_empty() => Some(token.to_owned()),
            _ => None,
        };
        let token = query.filter(|token| !token.is_empty()).or_else(respond);
        Some(Self { origin: origin(&url), id, token })
    }
}

/// The URL without anything after its host and port.
#[must_use]
pub fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin.set_fragment(None);
    // A URL with a host, as all of http and https are, takes both.
    let _ = origin.set_username("");
    let _ = origin.set_password(None);
    origin
}

/// An id in its one spelling: 1 to 2^53 - 1.
#[must_use]
pub fn id(text: &str) -> Option<u64> {
    let digits = !text.starts_with('0') && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let id = if digits { text.parse::<u64>().ok() } else { None };
    id.filter(|id| *id < 1 << 53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_mails_have_an_id_and_a_token() {
        let parsed = |text| Link::parse(text).map(|link| (link.origin.to_string(), link.id, link.token));
        let origin = || "https://w.example.org/".to_owned();
        assert_eq!(
            parsed("https://w.example.org/42/?et=a.b-c"),
            Some((origin(), 42, Some("a.b-c".to_owned())))
        );
        assert_eq!(
            parsed("https://u:p@w.example.org/meetings/7/?et=t#x"),
            Some((origin(), 7, Some("t".to_owned())))
        );
        assert_eq!(
            parsed("https://w.example.org/schedules/calendars/9/respond/tok/"),
            Some((origin(), 9, Some("tok".to_owned())))
        );
        assert_eq!(
            parsed("http://127.0.0.1:8787/42/"),
            Some(("http://127.0.0.1:8787/".to_owned(), 42, None))
        );
        for text in
            ["42", "https://w.example.org/", "ftp://w.example.org/42/", "https://w.example.org/042/", "x"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
