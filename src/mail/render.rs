//! Renders a letter as a message, the same bytes each time: the tokens of its links are derived from their inputs and the row's
//! key. Each capability's mails are in a file of their own, their texts in texts/en/mail*.ftl, and the layouts that all mails
//! share in templates/mail/.

use std::collections::BTreeMap;

use serde::Serialize;
use whittle_domain::address::Address;
use whittle_domain::keyring::KeyRing;
use whittle_domain::ledger::Digest;
use whittle_domain::link::Link;
use whittle_domain::zone::Zone;
use worker::Env;

use self::layout::Mail;
use super::letter::Letter;
use super::transport::sender;
use crate::config;
use crate::error::{Error, Result};
use crate::texts::{say, when};

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

mod account;
mod calendar;
mod layout;
mod meeting;
mod proposal;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

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
    post.message(letter)
}

impl Post<'_> {
    fn message(&self, letter: &Letter) -> Result<String> {
        match letter {
            Letter::Proposal(letter) => self.of_proposal(letter),
            Letter::Calendar(letter) => self.of_calendar(letter),
            Letter::Meeting(letter) => self.of_meeting(letter),
            Letter::Account(letter) => self.of_account(letter),
        }
    }

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

    /// The message of a mail.
    fn compose(
        &self,
        mail: &Mail,
        to: &Address,
        reply_to: Option<&Address>,
        attachments: Vec<Attachment>,
    ) -> Result<String> {
        let [text, html] = mail.render().map_err(|e| Error::Internal(e.to_string()))?;
        // One click (RFC 8058).
        let way_out = [
            ("List-Unsubscribe", format!("<{}>", mail.unsubscribe)),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ];
        let message = Message {
            from: self.from,
            to: [to.as_str()],
            subject: mail.subject.trim(),
            text: &text,
            html: &html,
            reply_to: reply_to.map(Address::as_str),
            headers: way_out.into_iter().filter(|_| !mail.unsubscribe.is_empty()).collect(),
            attachments,
        };
        Ok(serde_json::to_string(&message)?)
    }
}

/// What the footer says: until when the link works, whom the mail is for, and the receipt.
fn foot(link: Option<&Link>, to: &Address, head: Option<&Digest>, zone: &Zone) -> Vec<String> {
    let until = link.map(|link| {
        let until = when::minute(link.expires());
        say("mail-foot-link").with("until", when::moment_with_zone(until, zone)).to_string()
    });
    let to = say("mail-foot-to").with("to", to.as_str()).to_string();
    let receipt = head.map(|head| say("mail-foot-receipt").with("head", head.to_string()).to_string());
    until.into_iter().chain([to]).chain(receipt).collect()
}

/// Name and address of a mailbox such as `Whittle <whittle@example.org>`.
pub fn mailbox(text: &str) -> (&str, &str) {
    match text.rsplit_once('<') {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim_end_matches('>').trim()),
        None => ("Whittle", text.trim()),
    }
}
