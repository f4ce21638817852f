//! Which format an answer has: `?format=` and the `Accept` header (RFC 9110, section 12.5.1), and the versions of `If-Match`.

use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::route::Route;

/// The formats a route can answer in: `?format=` (unknown ones are 404, as in the original), then Accept (406).
pub fn check_format(route: Route, context: &RequestContext) -> Result<()> {
    let known = matches!(
        (route, context.query("format")),
        (_, None | Some("json"))
            | (Route::Log(_), Some("jsonl"))
            | (Route::Export, Some("ics"))
            | (Route::OpenApi, Some("openapi" | "openapi-json" | "yaml"))
    );
    if !known {
        return Err(not_found());
    }
    let ours: &[&str] = match route {
        Route::OpenApi => &[
            "application/json",
            "application/vnd.oai.openapi",
            "application/vnd.oai.openapi+json",
            "application/yaml",
            "text/html",
        ],
        Route::Export => &["application/json", "text/calendar", "text/html"],
        Route::Log(_) => &["application/json", "application/jsonl", "text/html"],
        Route::ExportContacts => &["text/csv", "text/html"],
        // Calendars ask for what they know; there is one kind, whatever they name.
        Route::Feed | Route::Calendar(_) => return Ok(()),
        _ => &["application/json", "text/html"],
    };
    if context.accept.trim().is_empty() || ours.iter().any(|media| quality(&context.accept, media) > 0) {
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
        let q = parts.find_map(|p| p.strip_prefix("q=")).map_or(1000, thousandths);
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

/// Whether a page is wanted: a browser names `text/html`, other clients take anything.
pub fn wants_html(accept: &str, url: &str) -> bool {
    let format = url.split(['?', '&']).skip(1).any(|pair| pair.starts_with("format="));
    let named = accept.to_ascii_lowercase().contains("text/html");
    !format && named && quality(accept, "text/html") > quality(accept, "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_clients_get_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(wants_html(browser, "http://a/"));
        assert!(!wants_html(browser, "http://a/?x=1&format=json"));
        for client in
            ["", "*/*", "application/json", "application/json, */*;q=0.5", "application/json, text/html"]
        {
            assert!(!wants_html(client, "http://a/"), "{client}");
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
