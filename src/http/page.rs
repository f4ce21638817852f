//! Plain, readable pages of the JSON answers, for browsers: no page of the product shows raw JSON.

use askama::Template;
use serde_json::Value;
use whittle_domain::duration::Duration;
use whittle_domain::input::Body;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;

use crate::http::form::{Field, Form};
use crate::http::reply::{Body as ReplyBody, JSON, Reply, Shape};

#[derive(Template)]
#[template(path = "page/proposal.html")]
struct ProposalPage<'a> {
    title: &'a str,
    p: &'a Value,
    et: &'a str,
}

#[derive(Template)]
#[template(path = "page/list.html")]
struct ListPage<'a> {
    title: &'a str,
    items: &'a [Value],
    next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "page/contacts.html")]
struct ContactsPage<'a> {
    title: &'a str,
    items: &'a [Value],
    next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "page/log.html")]
struct LogPage<'a> {
    title: &'a str,
    event: &'a str,
    et: &'a str,
    entries: &'a [Value],
    head: &'a str,
}

#[derive(Template)]
#[template(path = "page/meeting.html")]
struct MeetingPage<'a> {
    title: &'a str,
    m: &'a Value,
    et: &'a str,
}

#[derive(Template)]
#[template(path = "page/unsubscribe.html")]
struct UnsubscribePage<'a> {
    title: &'a str,
}

#[derive(Template)]
#[template(path = "page/form.html")]
struct FormPage<'a> {
    title: &'a str,
    form: Form,
    csrf: &'a str,
    typed: &'a Body,
    faults: Vec<(String, String)>,
    username: &'a str,
    email: &'a str,
}

#[derive(Template)]
#[template(path = "page/outbox.html")]
struct OutboxPage<'a> {
    title: &'a str,
    items: &'a [Value],
}

#[derive(Template)]
#[template(path = "page/other.html")]
struct OtherPage<'a> {
    title: &'a str,
    lines: Vec<(String, String)>,
    text: &'a str,
    sign_in: Option<String>,
}

/// What a page needs to know of its request.
#[derive(Default)]
pub struct Around {
    /// The link by which it was asked for, so that its own links lead on.
    pub et: Option<String>,
    /// Its path.
    pub path: String,
    /// The token of the session, for forms that act by it.
    pub csrf: String,
    /// What was typed into the form.
    pub typed: Body,
}

/// What was typed into a field, but for passwords.
fn typed<'a>(typed: &'a Body, field: &Field) -> &'a str {
    let text = typed.get(field.name).and_then(Value::as_str).unwrap_or_default();
    if field.kind == "password" { "" } else { text }
}

/// The text of a member, empty where there is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The members of a list, empty where there is none.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A value in words: no quotes, no braces.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| format!("{key}: {}", words(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// An instant of the API in words.
fn time(value: &Value, key: &str) -> String {
    let text = text(value, key);
    Instant::parse(text).map_or_else(|| text.to_owned(), Instant::format_utc)
}

/// An instant of the API in words, in the zone that another member names.
fn time_in(value: &Value, key: &str, zone: &str) -> String {
    let instant = Instant::parse(text(value, key)).zip(Zone::parse(text(value, zone)));
    instant.map_or_else(|| time(value, key), |(instant, zone)| instant.format_in(&zone))
}

/// Whether an attendee comes, in words.
fn comes(attendee: &Value) -> &'static str {
    match text(attendee, "partstat") {
        "accepted" => "comes",
        "declined" => "cannot come",
        _ => "has not said",
    }
}

/// A duration of the API in words.
fn length(value: &Value, key: &str) -> String {
    let text = text(value, key);
    Duration::parse(text).map_or_else(|| text.to_owned(), Duration::format_words)
}

/// How an answer's row calls its party.
fn who(answer: &Value) -> &str {
    ["name", "email", "party", "attendee"]
        .into_iter()
        .map(|key| text(answer, key))
        .find(|t| !t.is_empty())
        .unwrap_or_default()
}

/// The answer as a page.
pub fn dress(reply: Reply, around: &Around) -> Reply {
    let et = &around.et.as_deref().map(|token| format!("?et={token}")).unwrap_or_default();
    let file = ["text/calendar", "text/csv"].iter().any(|media| reply.media.starts_with(media))
        || reply.headers.iter().any(|(name, _)| *name == "Content-Disposition");
    if reply.text().is_empty() || file {
        return reply;
    }
    let value: Value = if reply.media == JSON {
        serde_json::from_str(reply.text()).unwrap_or_default()
    } else {
        Value::Null
    };
    let next = reply.headers.iter().find(|(name, _)| *name == "Link");
    let next = next.and_then(|(_, link)| link.split(['<', '>']).nth(1));
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let page = match (reply.shape, reply.status) {
        (Shape::Proposal, 200..300) => ProposalPage { title: text(&value, "title"), p: &value, et }.render(),
        (Shape::List, 200) => ListPage { title: "Proposals", items, next }.render(),
        (Shape::Contacts, 200) => ContactsPage { title: "Contacts", items, next }.render(),
        (Shape::Log, 200) => {
            let (event, head) = (text(&value, "event"), text(&value, "head"));
            LogPage { title: "Log", event, et, entries: list(&value, "entries"), head }.render()
        }
        (Shape::Meeting, 200..300) => MeetingPage { title: text(&value, "title"), m: &value, et }.render(),
        (Shape::Form(form), _) => {
            let faults = if reply.status == 200 { Vec::new() } else { faults(&value, form) };
            let (username, email) = match reply.status {
                200 => (text(&value, "username"), text(&value, "email")),
                _ => ("", ""),
            };
            let (csrf, typed) = (around.csrf.as_str(), &around.typed);
            FormPage { title: form.title(), form, csrf, typed, faults, username, email }.render()
        }
        (Shape::Unsubscribe, 200) => UnsubscribePage { title: "No more mail" }.render(),
        (Shape::Outbox, 200) => OutboxPage { title: "Outbox", items }.render(),
        (_, status) => {
            let title = heading(status);
            let members = value.as_object().map(|m| m.iter().map(|(k, v)| (k.clone(), words(v))).collect());
            let lines = members.unwrap_or_else(|| items.iter().map(|v| (String::new(), words(v))).collect());
            let plain = if value.is_null() { reply.text() } else { value.as_str().unwrap_or_default() };
            let sign_in = (status == 401).then(|| way_in(&around.path));
            OtherPage { title, lines, text: plain, sign_in }.render()
        }
    };
    match page {
        Ok(page) => Reply { body: ReplyBody::Text(page), ..reply }.media("text/html; charset=utf-8"),
        Err(_) => reply,
    }
}

/// What is wrong with a form, by the labels of its fields.
fn faults(value: &Value, form: Form) -> Vec<(String, String)> {
    let label = |name: &str| {
        let field = form.fields().iter().find(|field| field.name == name);
        field.map_or_else(String::new, |field| field.label.to_owned())
    };
    let members = value.as_object().map(|m| m.iter().map(|(name, v)| (label(name), words(v))).collect());
    members.unwrap_or_default()
}

/// Where to sign in, and then to come back here. A path of ours is ASCII; what could end a query is written out.
fn way_in(path: &str) -> String {
    let next = path.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B");
    format!("/api-auth/login/?next={next}")
}

const fn heading(status: u16) -> &'static str {
    match status {
        200..300 => "Done",
        400 => "That cannot be done so",
        401 => "Please open the link of your mail, or sign in",
        403 => "This is not for you",
        404 => "There is nothing here",
        409 => "That is over",
        410 => "This proposal is closed",
        429 => "That is more than is allowed",
        412 => "It has changed meanwhile",
        503 => "Not just now",
        _ => "Whittle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_texts_and_never_markup_of_users() {
        let body = r#"{"id": 7, "title": "<i>x</i>", "state": "open", "log_url": "/7/log/", "parties": ["a@b.c"],
          "answers": [{"party": "p1", "email": "a@b.c", "name": null, "state": "kept"}],
          "slots": [{"begin": "2022-11-01T01:11:22Z", "duration": "00:00:10"}]}"#;
        let around = Around { et: Some("a\"b".to_owned()), ..Around::default() };
        let page =
            dress(Reply::json(200, body.to_owned()).shaped(Shape::Proposal), &around).text().to_owned();
        assert!(page.contains("&#60;i&#62;x") && !page.contains("<i>x"), "{page}");
        assert!(page.contains("Tue 1 Nov 2022, 01:11:22 UTC (+00:00)</time>, 10 seconds"), "{page}");
        assert!(page.contains("a@b.c: kept") && page.contains("/7/log/?et=a&#34;b\""), "{page}");
        assert!(!page.contains("{\""));
    }

    #[test]
    fn an_error_is_a_page_too() {
        let page = dress(Reply::json(400, r#"{"slots": ["a", "b"]}"#.to_owned()), &Around::default())
            .text()
            .to_owned();
        assert!(page.contains("slots") && page.contains("a b") && !page.contains("[\""), "{page}");
    }
}
