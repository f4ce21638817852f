//! The pages of mail: what can be unsubscribed from, and in development what was sent.

use askama::Template;
use serde::Deserialize;

use crate::http::page::Shown;

#[derive(Template)]
#[template(path = "page/unsubscribe.html")]
struct UnsubscribePage<'a> {
    title: &'a str,
}

/// What can be unsubscribed from.
pub fn unsubscribe(_: &Shown<'_>) -> askama::Result<String> {
    UnsubscribePage { title: "No more mail" }.render()
}

#[derive(Template)]
#[template(path = "page/outbox.html")]
struct OutboxPage<'a> {
    title: &'a str,
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
    OutboxPage { title: "Outbox", messages: &shown.parse::<Vec<_>>()? }.render()
}
