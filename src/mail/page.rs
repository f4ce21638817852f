//! The pages of mail: what can be unsubscribed from, and in development what was sent.

use askama::Template;
use serde::Deserialize;

use crate::http::layout::Layout;
use crate::http::page::Shown;

#[derive(Template)]
#[template(path = "page/unsubscribe.html")]
struct UnsubscribePage {
    page: Layout,
}

/// What can be unsubscribed from.
pub fn unsubscribe(shown: &Shown<'_>) -> askama::Result<String> {
    UnsubscribePage { page: Layout::new(shown.asked, "No more mail") }.render()
}

#[derive(Template)]
#[template(path = "page/outbox.html")]
struct OutboxPage<'a> {
    page: Layout,
    messages: &'a [Message],
}

#[derive(Deserialize)]
struct Message {
    to: Vec<String>,
    subject: String,
    text: String,
    sent_at: String,
}

/// What the built-in outbox has sent.
pub fn outbox(shown: &Shown<'_>) -> askama::Result<String> {
    let page = Layout::new(shown.asked, "Outbox");
    OutboxPage { page, messages: &shown.parse::<Vec<_>>()? }.render()
}
