//! Renders a letter as a message, the same bytes each time: the tokens of its links are derived from their inputs and the row's
//! key. Each capability's mails are in a file of their own.

use std::collections::BTreeMap;

use serde::Serialize;
use whittle_domain::address::Address;
use whittle_domain::keyring::KeyRing;
use whittle_domain::link::Link;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::letter::Letter;
use super::transport::sender;
use crate::config;
use crate::error::{Error, Result};

/// A message in the wire format, the JSON of the Resend HTTP API.
#[derive(Serialize)]
struct Message<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
}

/// A calendar part.
#[derive(Serialize)]
struct Attachment {
    filename: &'static str,
    content: String,
    content_type: &'static str,
}

/// What the templates read.
#[derive(Default)]
struct Written {
    title: String,
    /// Where it is; empty where that is not said.
    location: String,
    /// What it is for, with line breaks; empty where that is not said.
    description: String,
    sender: Option<String>,
    slots: Vec<String>,
    deadline: Option<String>,
    said: Vec<String>,
    link: String,
    expires: Option<String>,
    unsubscribe: String,
    head: Option<String>,
    /// Whether the recipient is one of those who are to come.
    attends: bool,
    /// The other address, where it is about one.
    other: String,
}

/// One folder a mail: subject, text, HTML.
macro_rules! folder {
    ($module:ident, $subject:literal, $text:literal, $html:literal) => {
        mod $module {
            use super::Written;
            use askama::Template;

            #[derive(Template)]
            #[template(path = $subject)]
            pub struct Subject<'a> {
                pub m: &'a Written,
            }

            #[derive(Template)]
            #[template(path = $text)]
            pub struct Text<'a> {
                pub m: &'a Written,
            }

            #[derive(Template)]
            #[template(path = $html)]
            pub struct Html<'a> {
                pub m: &'a Written,
            }

            pub fn render(m: &Written) -> askama::Result<[String; 3]> {
                Ok([Subject { m }.render()?, Text { m }.render()?, Html { m }.render()?])
            }
        }
    };
}

mod account;
mod meeting;
mod proposal;

/// What all mails of a deployment have in common.
struct Post<'a> {
    keys: &'a KeyRing,
    key_id: &'a str,
    origin: &'a str,
    from: &'a str,
}

/// The message of a letter, as the JSON that is sent. Its links are signed by the ring's key `key_id`.
pub fn message(letter: &Letter, keys: &KeyRing, key_id: &str, env: &Env) -> Result<String> {
    let from = sender(env).ok_or_else(|| Error::Unavailable("MAIL_FROM is not set".to_owned()))?;
    let post = Post { keys, key_id, origin: &config::origin(env)?, from: &from };
    match letter {
        Letter::Proposal(letter) => post.of_proposal(letter),
        Letter::Meeting(letter) => post.of_meeting(letter),
        Letter::Account(letter) => post.of_account(letter),
    }
}

impl Post<'_> {
    fn token(&self, link: &Link) -> Result<String> {
        let token = link.token(self.keys, self.key_id);
        token.ok_or_else(|| Error::Unavailable("a key is missing".to_owned()))
    }

    /// Where the recipient goes: with a link of its own, or, the creator, signed in.
    fn way(&self, path: &str, link: Option<&Link>) -> Result<String> {
        let et = link.map(|link| Ok(format!("?et={}", self.token(link)?))).transpose();
        et.map(|et: Option<String>| format!("{}{path}{}", self.origin, et.unwrap_or_default()))
    }

    fn way_out(&self, link: &Link) -> Result<String> {
        Ok(format!("{}/unsubscribe/{}/", self.origin, self.token(link)?))
    }

    fn compose(
        &self,
        parts: askama::Result<[String; 3]>,
        to: &Address,
        reply_to: Option<&Address>,
        unsubscribe: &str,
        attachments: Vec<Attachment>,
    ) -> Result<String> {
        let [subject, text, html] = parts.map_err(|e| Error::Internal(e.to_string()))?;
        // One click (RFC 8058).
        let way_out = [
            ("List-Unsubscribe", format!("<{unsubscribe}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ];
        let message = Message {
            from: self.from,
            to: [to.as_str()],
            subject: subject.trim(),
            text: &text,
            html: &html,
            reply_to: reply_to.map(Address::as_str),
            headers: way_out.into_iter().filter(|_| !unsubscribe.is_empty()).collect(),
            attachments,
        };
        Ok(serde_json::to_string(&message)?)
    }
}

/// Name and address of a mailbox such as `Whittle <whittle@example.org>`.
pub fn mailbox(text: &str) -> (&str, &str) {
    match text.rsplit_once('<') {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim_end_matches('>').trim()),
        None => ("Whittle", text.trim()),
    }
}

fn line(slot: &Slot, zone: &Zone) -> String {
    format!("{}, {}", slot.begin().format_in(zone), slot.duration().format_words())
}

#[cfg(test)]
mod tests {
    use super::mailbox;

    #[test]
    fn a_mailbox_has_a_name_and_an_address() {
        assert_eq!(mailbox("Whittle <w@x.y>"), ("Whittle", "w@x.y"));
        assert_eq!(mailbox("\"Whittle, Inc.\" <w@x.y>"), ("Whittle, Inc.", "w@x.y"));
        assert_eq!(mailbox("w@x.y"), ("Whittle", "w@x.y"));
    }
}
