//! What was refused, as a page: what happened, what to do, and a way on. The statuses and headers are those of the API
//! ([`crate::http::refusal`]); the words are the catalogue's.

use askama::Template;
use serde_json::{Value, json};
use worker::console_error;

use crate::error::{Error, Refusal};
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::page::PageRequest;
use crate::http::reply::{Body, HTML, Reply};
use crate::http::sign_in::{SignInPage, readable};
use crate::texts::when::length;
use crate::texts::{Said, say};
use whittle_domain::duration::Duration;

/// What a refusal's page says.
struct Words {
    title: Said<'static>,
    lead: Said<'static>,
}

#[derive(Template)]
#[template(path = "page/error.html")]
struct ErrorPage {
    page: Layout,
    lead: String,
    /// What exactly was wrong, where the request tells more than its status.
    said: Vec<String>,
    /// The page to open again; empty where there is none.
    again: String,
    /// Whether to offer to sign out: this browser acts as somebody else.
    somebody_else: bool,
}

/// The page of an error, with the status and the headers that the API gives it.
pub fn show(error: Error, asked: &PageRequest) -> Reply {
    if matches!(error, Error::Unauthorized(_)) && asked.takes_links_alone {
        return link(error, asked, "/", say("error-home"));
    }
    let needs_account = matches!(error, Error::Unauthorized(_)) && !asked.path.is_empty();
    let page = match needs_account {
        true => SignInPage::instead(asked, &error).render(),
        false => page(&error, asked).render(),
    };
    dressed(error.into(), page)
}

/// The page of a mailed link that does not work, or not any more: `way` leads to where another one is had.
pub fn link(error: Error, asked: &PageRequest, way: &str, said: Said<'_>) -> Reply {
    let expired = matches!(&error, Error::Unauthorized(body) if body.get("expires").is_some());
    let title = if expired { say("link-expired-title") } else { say("link-invalid-title") };
    let lead = if expired { say("link-expired") } else { say("link-invalid") };
    let page = LinkPage {
        page: Layout::new(asked, title),
        lead: lead.to_string(),
        way: way.to_owned(),
        said: said.to_string(),
    };
    dressed(error.into(), page.render())
}

#[derive(Template)]
#[template(path = "page/dead_link.html")]
struct LinkPage {
    page: Layout,
    lead: String,
    way: String,
    said: String,
}

fn dressed(reply: Reply, page: askama::Result<String>) -> Reply {
    match page {
        Ok(page) => Reply { body: Body::Text(page.into()), ..reply }.media(HTML),
        Err(error) => {
            console_error!("{}", json!({ "page": reply.status, "fault": error.to_string() }));
            reply
        }
    }
}

fn page(error: &Error, asked: &PageRequest) -> ErrorPage {
    let Words { title, lead } = words(error);
    let mut page = Layout::new(asked, title);
    // No notice of something that was saved stands beside what was refused.
    page.notice = None;
    ErrorPage {
        page,
        lead: lead.to_string(),
        said: said(error),
        again: if asked.path.is_empty() || is_gone(error) { String::new() } else { readable(&asked.path) },
        somebody_else: matches!(error, Error::SomebodyElse),
    }
}

/// Whether opening the same page again shows the same.
const fn is_gone(error: &Error) -> bool {
    matches!(error, Error::NotFound(_) | Error::Absent(_) | Error::Gone(_))
}

fn words(error: &Error) -> Words {
    let of = |title, lead| Words { title, lead };
    match error {
        Error::Invalid(_) => of(say("error-400-title"), say("error-400")),
        Error::Unauthorized(_) => of(say("error-401-title"), say("error-401")),
        Error::Forbidden(body) if is_csrf(body) => of(say("error-csrf-title"), say("error-csrf")),
        Error::Forbidden(_) => of(say("error-403-title"), say("error-403")),
        Error::NotFound(_) | Error::Absent(_) => of(say("error-404-title"), say("error-404")),
        Error::MethodNotAllowed { .. } => of(say("error-405-title"), say("error-405")),
        Error::NotAcceptable => of(say("error-406-title"), say("error-406")),
        Error::Conflict(_) | Error::Clash(_) => of(say("error-409-title"), say("error-409")),
        Error::Taken { .. } | Error::Database(Refusal::Busy { .. }) => {
            of(say("error-busy-title"), say("error-busy"))
        }
        Error::SomebodyElse => of(say("error-somebody-else-title"), say("error-somebody-else")),
        Error::Gone(_) => of(say("error-410-title"), say("error-410")),
        Error::Stale { .. } => of(say("error-412-title"), say("error-412")),
        Error::TooLarge(most) => {
            let kilobytes = i64::try_from(most.div_euclid(1024)).unwrap_or_default();
            of(say("error-413-title"), say("error-413").with("most", kilobytes))
        }
        Error::UnsupportedMedia(_) => of(say("error-415-title"), say("error-415")),
        Error::Unprocessable(_) => of(say("error-422-title"), say("error-422")),
        Error::UpgradeRequired => of(say("error-426-title"), say("error-426")),
        Error::TooMany { retry_after, .. } => {
            let wait = length(Duration::from_seconds(rounded(*retry_after)));
            of(say("error-429-title"), say("error-429").with("wait", wait))
        }
        Error::Database(Refusal::Budget(_)) => of(say("error-429-title"), say("error-budget")),
        Error::Full(_) => of(say("error-full-title"), say("error-full")),
        Error::Internal(_) => of(say("error-500-title"), say("error-500")),
        Error::ReadOnly => of(say("error-read-only-title"), say("error-read-only")),
        Error::Unavailable(_) | Error::Database(Refusal::Constraint(_)) => {
            of(say("error-503-title"), say("error-503"))
        }
    }
}

/// A wait as people say it: whole minutes from a minute on, whole hours from an hour on.
fn rounded(seconds: i64) -> i64 {
    let unit = match seconds {
        3_600.. => 3_600,
        60.. => 60,
        _ => 1,
    };
    let up = seconds.max(1).saturating_add(unit).saturating_sub(1);
    up.div_euclid(unit).saturating_mul(unit)
}

fn is_csrf(body: &Value) -> bool {
    body.get("detail").and_then(Value::as_str).is_some_and(|detail| detail.starts_with("CSRF Failed:"))
}

/// What a refusal says beyond its status, in the words of pages. Where that is the status again, nothing.
fn said(error: &Error) -> Vec<String> {
    let tells = match error {
        Error::Invalid(_)
        | Error::Conflict(_)
        | Error::Clash(_)
        | Error::Taken { .. }
        | Error::Gone(_)
        | Error::Full(_) => true,
        Error::Forbidden(body) => {
            !is_csrf(body) && body["detail"] != "You do not have permission to perform this action."
        }
        _ => false,
    };
    if !tells {
        return Vec::new();
    }
    Faults::of(error.clone())
        .map(|faults| faults.beside(&["alternatives"]).into_iter().map(ToOwned::to_owned).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{bad_request, conflict, csrf, forbidden, no_credentials, not_found};

    fn shown(error: Error, path: &str) -> (u16, String) {
        let asked = PageRequest { path: path.to_owned(), ..PageRequest::default() };
        let reply = show(error, &asked);
        assert_eq!(reply.media, HTML);
        (reply.status, reply.text().into_owned())
    }

    #[test]
    fn every_refusal_is_a_page_in_words() {
        let text = || "Because.".into();
        let refusals = [
            (400, bad_request(json!({ "slots": ["a", "b"] }))),
            (401, no_credentials()),
            (403, forbidden()),
            (403, csrf("CSRF token incorrect.")),
            (404, not_found()),
            (404, Error::Absent(json!({ "error": "It is over." }))),
            (405, Error::MethodNotAllowed { method: "PUT".to_owned(), allow: "GET".into() }),
            (406, Error::NotAcceptable),
            (409, conflict("The deadline has passed.")),
            (
                409,
                Error::Clash(json!({ "err_message": ["Taken."], "alternatives": ["2026-11-24 09:00:00"] })),
            ),
            (409, Error::SomebodyElse),
            (409, Error::Database(Refusal::Busy { account: 1, kind: String::new(), source: 1 })),
            (410, Error::Gone(text())),
            (412, Error::Stale { body: "{}".to_owned(), version: 1 }),
            (413, Error::TooLarge(65_536)),
            (415, Error::UnsupportedMedia("text/x".to_owned())),
            (422, Error::Unprocessable(text())),
            (429, Error::TooMany { detail: text(), retry_after: 61 }),
            (429, Error::Full(text())),
            (429, Error::Database(Refusal::Budget("mail".to_owned()))),
            (500, Error::Internal("inner".to_owned())),
            (503, Error::ReadOnly),
            (503, Error::Unavailable("inner".to_owned())),
            (503, Error::Database(Refusal::Constraint("inner".to_owned()))),
        ];
        for (status, error) in refusals {
            let name = format!("{error:?}");
            let (got, page) = shown(error, "/7/notify/");
            assert_eq!(got, status, "{name}");
            assert_eq!(page.matches("<h1>").count(), 1, "{name}: one heading");
            assert!(!page.contains("error-"), "{name}: a text is missing");
            for word in ["{", "inner", "CSRF", "text/x", "PUT", "JSON"] {
                assert!(!page.contains(word), "{name}: {word}");
            }
            assert!(page.contains("<a href=\"/") || page.contains("action=\"/"), "{name}: a way on");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_the_page_can_be_opened_again() {
        let (_, page) = shown(bad_request(json!({ "title": ["Too long."] })), "/7/notify/");
        assert!(page.contains("Too long.") && page.contains("href=\"/7/\""), "{page}");
        let (_, page) = shown(Error::TooMany { detail: "x".into(), retry_after: 61 }, "/7/");
        assert!(page.contains("2 minutes"), "{page}");
        let (_, page) = shown(no_credentials(), "/7/notify/");
        assert!(page.contains("action=\"/api-auth/login/?next=%2F7%2F\""), "{page}");
    }
}
