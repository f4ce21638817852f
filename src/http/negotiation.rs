//! Which format an answer has: `?format=` and the `Accept` header (RFC 9110, section 12.5.1), and the versions of `If-Match`.

use crate::error::{Error, Result, not_found};
use crate::http::head::Head;
use crate::route::policy::Formats;

/// Whether a route answers in what is asked for: by `?format=` (unknown ones are 404, as in the original), then by Accept
/// (406).
pub fn check_format(formats: Formats, head: &Head) -> Result<()> {
    if head.query("format").is_some_and(|format| !formats.words().contains(&format)) {
        return Err(not_found());
    }
    let ours = formats.media();
    let accepted = ours.iter().any(|media| quality(&head.accept, media) > 0);
    if ours.is_empty() || head.accept.trim().is_empty() || accepted {
        Ok(())
    } else {
        Err(Error::NotAcceptable)
    }
}

/// How much, in thousandths, an Accept header wants a media type (RFC 9110 section 12.5.1): the most specific range counts.
pub fn quality(accept: &str, media: &str) -> u32 {
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let exactness = if name == media {
            3
        } else if name == format!("{kind}/*") {
            2
        } else if name == "*/*" {
            1
        } else {
            continue;
        };
        let q = parts
            .find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
            .map_or(1000, thousandths);
        best = best.max((exactness, q));
    }
    best.1
}

/// A quality of at most three decimals (RFC 9110 section 12.4.2), in thousandths.
fn thousandths(text: &str) -> u32 {
    match text.split_once('.').unwrap_or((text, "")) {
        ("0", decimals) => format!("{decimals:0<3}").get(..3).and_then(|d| d.parse().ok()).unwrap_or(0),
        _ => 1000,
    }
}

/// The versions of an `If-Match` header (RFC 9110 section 13.1.1): `None` for `*`. The edge may weaken our tags, so
/// `W/"7"` equals `"7"`. What is no version of ours matches none.
pub fn versions(header: &str) -> Option<Vec<u32>> {
    if header.trim() == "*" {
        return None;
    }
    let tag = |text: &str| {
        let text = text.trim();
        text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
    };
    Some(header.split(',').filter_map(tag).collect())
}

/// Whether a page is wanted: browsers prefer HTML, other clients take anything.
pub fn wants_html(head: &Head) -> bool {
    head.query("format").is_none() && prefers_html(&head.accept)
}

fn prefers_html(accept: &str) -> bool {
    quality(accept, "text/html") > quality(accept, "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_clients_get_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for page in [browser, "text/*", "text/*, */*;q=0.1", "TEXT/HTML"] {
            assert!(prefers_html(page), "{page}");
        }
        for client in
            ["", "*/*", "application/json", "application/json, */*;q=0.5", "application/json, text/html"]
        {
            assert!(!prefers_html(client), "{client}");
        }
    }

    #[test]
    fn the_most_specific_range_counts() {
        for (accept, wanted) in [
            ("*/*", 1000),
            ("text/*", 0),
            ("application/*;q=0.5, */*", 500),
            ("application/json;q=0, */*", 0),
        ] {
            assert_eq!(quality(accept, "application/json"), wanted, "{accept}");
        }
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        for (header, wanted) in [
            ("\"7\"", Some(vec![7])),
            ("W/\"7\"", Some(vec![7])),
            ("\"6\", W/\"7\"", Some(vec![6, 7])),
            ("*", None),
            ("7", Some(vec![])),
            ("\"x\"", Some(vec![])),
            ("", Some(vec![])),
        ] {
            assert_eq!(versions(header), wanted, "{header}");
        }
    }
}
