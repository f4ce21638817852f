//! The pages of proposals.

use askama::Template;
use serde::Deserialize;
use whittle_domain::proposal::{AnswerView, LogEntry, View};

use crate::http::layout::Layout;
use crate::http::page::{Shown, length, time, words};

#[derive(Template)]
#[template(path = "page/proposal.html")]
struct ProposalPage<'a> {
    page: Layout,
    proposal: &'a View,
}

/// One proposal.
pub fn proposal(shown: &Shown<'_>) -> askama::Result<String> {
    let proposal: View = shown.parse()?;
    let page = Layout::new(shown.asked, &proposal.title);
    ProposalPage { page, proposal: &proposal }.render()
}

/// How an answer's row calls its party.
fn called(answer: &AnswerView) -> &str {
    answer.name.as_deref().or(answer.email.as_deref()).unwrap_or(&answer.party)
}

#[derive(Template)]
#[template(path = "page/list.html")]
struct ListPage<'a> {
    page: Layout,
    proposals: &'a [View],
    next: Option<&'a str>,
}

/// A list of proposals.
pub fn list(shown: &Shown<'_>) -> askama::Result<String> {
    let page = Layout::new(shown.asked, "Proposals");
    ListPage { page, proposals: &shown.parse::<Vec<_>>()?, next: shown.next }.render()
}

#[derive(Template)]
#[template(path = "page/log.html")]
struct LogPage<'a> {
    page: Layout,
    log: &'a Log,
}

#[derive(Deserialize)]
struct Log {
    event: Option<String>,
    entries: Vec<LogEntry>,
    head: String,
}

/// A log.
pub fn log(shown: &Shown<'_>) -> askama::Result<String> {
    LogPage { page: Layout::new(shown.asked, "Log"), log: &shown.parse()? }.render()
}

/// What an entry says beside its slots.
fn data(entry: &LogEntry) -> String {
    words(&entry.data.clone().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::page::{PageRequest, render};
    use crate::http::reply::Reply;

    #[test]
    fn a_page_shows_texts_and_never_markup_of_users() {
        let body = r#"{"id": 7, "title": "<i>x</i>", "state": "open", "log_url": "/7/log/", "parties": ["a@b.c"],
          "version": 1, "location": "<i>y", "description": "a<i>\nb", "timezone": "UTC", "visibility": "open",
          "answers": [{"party": "p1", "email": "a@b.c", "name": null, "optional": false, "state": "kept"}],
          "slots": [{"begin": "2022-11-01T01:11:22Z", "duration": "00:00:10"}]}"#;
        let asked = PageRequest::default();
        let page = render(Reply::json(200, body.to_owned()).page(proposal), &asked);
        let page = page.text();
        assert!(page.contains("&#60;i&#62;x") && !page.contains("<i>"), "{page}");
        assert!(page.contains("&#60;i&#62;y") && page.contains("a&#60;i&#62;<br>b"), "{page}");
        assert!(page.contains("Tue 1 Nov 2022, 01:11:22 UTC (+00:00)</time>, 10 seconds"), "{page}");
        assert!(page.contains("a@b.c: kept") && page.contains("/7/log/\""), "{page}");
        assert!(!page.contains("{\""));
    }
}
