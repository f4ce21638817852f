//! What a page needs to know of its request, and the page of an answer that has none of its own. A capability renders its
//! pages from the domain's types.

use askama::Template;
use serde_json::{Value, json};
use worker::{Url, console_error};

use crate::http::form::sentences;
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::{Body, HTML, Reply};
use crate::http::viewer::Viewer;
use crate::texts::say;

/// What a page needs to know of its request.
#[derive(Clone, Default)]
pub struct PageRequest {
    pub path: String,
    /// The token of the session, or else of the opened link, for forms that act by it.
    pub csrf: String,
    /// Whether this browser has a session, as far as its cookie tells.
    pub signed_in: bool,
    /// Whether a mailed link opens the page, too.
    pub takes_links: bool,
    /// Whether nothing but a mailed link opens it.
    pub takes_links_alone: bool,
    /// Whether something is sent to be done, and not only to be shown.
    pub sends: bool,
    /// Whether this is a development server, which shows the mail that it sends.
    pub dev: bool,
    /// What was just saved.
    pub notice: Option<Notice>,
    /// In which zone to show times.
    pub viewer: Viewer,
}

/// A query of one member, where there is one.
pub fn query(name: &str, value: Option<&str>) -> String {
    let Some((value, mut url)) = value.zip(Url::parse("https://a.invalid/").ok()) else {
        return String::new();
    };
    url.query_pairs_mut().append_pair(name, value);
    url.query().map(|query| format!("?{query}")).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "page/other.html")]
struct OtherPage {
    page: Layout,
    said: Vec<String>,
}

/// The answer as a page, where it is none that is saved as a file.
pub fn render(mut reply: Reply, asked: &PageRequest) -> Reply {
    let file = ["text/calendar", "text/csv"].iter().any(|media| reply.media.starts_with(media))
        || reply.headers.iter().any(|(name, _)| *name == "Content-Disposition");
    if reply.media != HTML && (reply.text().is_empty() || file) {
        return reply;
    }
    if asked.notice.is_some() {
        reply = reply.without_notice();
    }
    reply = asked.viewer.remember(reply);
    if reply.media == HTML {
        return reply;
    }
    match other(&reply, asked) {
        Ok(page) => Reply { body: Body::Text(page.into()), ..reply }.media(HTML),
        Err(error) => {
            console_error!("{}", json!({ "page": reply.status, "fault": error.to_string() }));
            reply
        }
    }
}

/// The page of an answer that has none of its own: what it says in sentences.
fn other(reply: &Reply, asked: &PageRequest) -> askama::Result<String> {
    let value: Value = whittle_json::from_str(&reply.text()).unwrap_or_default();
    let title = if reply.status < 300 { say("done-title") } else { say("error-400-title") };
    let page = Layout::new(asked, title);
    OtherPage { page, said: sentences(value.get("detail").unwrap_or(&value)) }.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_page_is_told_in_sentences() {
        let page = render(Reply::json(400, r#"{"slots": ["a", "b"]}"#.to_owned()), &PageRequest::default());
        let page = page.text();
        assert!(page.contains("<p>a</p>") && page.contains("<p>b</p>") && !page.contains("[\""), "{page}");
    }

    #[test]
    fn what_goes_into_a_query_cannot_end_it() {
        assert_eq!(query("next", Some("/x/?a=1&b")), "?next=%2Fx%2F%3Fa%3D1%26b");
    }
}
