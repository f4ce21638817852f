//! A letter into a message, the same bytes each time: the link's token is derived from its inputs and the row's key.

use serde::Serialize;
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use whittle_domain::proposal::{Letter, Template};
use whittle_domain::slot::Slot;
use worker::Env;

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
}

/// What the templates read.
struct Written {
    title: String,
    sender: Option<String>,
    slots: Vec<String>,
    deadline: Option<String>,
    link: String,
    expires: Option<String>,
    head: String,
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

folder!(invitation, "mail/invitation/subject.txt", "mail/invitation/body.txt", "mail/invitation/body.html");
folder!(link, "mail/link/subject.txt", "mail/link/body.txt", "mail/link/body.html");
folder!(update, "mail/update/subject.txt", "mail/update/body.txt", "mail/update/body.html");
folder!(reminder, "mail/reminder/subject.txt", "mail/reminder/body.txt", "mail/reminder/body.html");
folder!(deadline, "mail/deadline/subject.txt", "mail/deadline/body.txt", "mail/deadline/body.html");

/// The message of a letter, as the JSON that is sent. Its link is signed by the ring's key `key_id`.
pub fn render(letter: &Letter, keys: &KeyRing, key_id: &str, env: &Env) -> Result<String> {
    let from = sender(env).ok_or_else(|| Error::Unavailable("MAIL_FROM is not set".to_owned()))?;
    message(letter, keys, key_id, &config::origin(env)?, &from)
}

fn message(letter: &Letter, keys: &KeyRing, key_id: &str, origin: &str, from: &str) -> Result<String> {
    let path = format!("{origin}/{}/", letter.proposal);
    let link = match &letter.link {
        Some(link) => {
            let token = link.token(keys, key_id);
            let token = token.ok_or_else(|| Error::Unavailable("a key is missing".to_owned()))?;
            format!("{path}?et={token}")
        }
        None => path,
    };
    let written = Written {
        title: letter.title.clone(),
        sender: letter.sender.clone(),
        slots: letter.slots.iter().map(line).collect(),
        deadline: letter.deadline.map(Instant::in_words),
        link,
        expires: letter.link.as_ref().map(|l| l.expires().to_string()),
        head: letter.head.to_string(),
    };
    let [subject, text, html] = match letter.template {
        Template::Invitation => invitation::render(&written),
        Template::Update => update::render(&written),
        Template::Link => link::render(&written),
        Template::Reminder => reminder::render(&written),
        Template::Deadline => deadline::render(&written),
    }
    .map_err(|e| Error::Internal(e.to_string()))?;
    let message = Message {
        from,
        to: [letter.to.as_str()],
        subject: subject.trim(),
        text: &text,
        html: &html,
        reply_to: letter.reply_to.as_ref().map(|a| a.as_str()),
    };
    Ok(serde_json::to_string(&message)?)
}

fn line(slot: &Slot) -> String {
    format!("{}, {}", slot.begin().in_words(), slot.duration().in_words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::duration::Duration;
    use whittle_domain::ledger::genesis;
    use whittle_domain::link::{Link, Purpose};
    use whittle_domain::slot::Slots;

    fn letter(template: Template) -> Letter {
        let begin = Instant::parse("2022-10-31T23:11:22Z").unwrap();
        Letter {
            template,
            to: "they@thar.net".parse().unwrap(),
            reply_to: "you@here.net".parse().ok(),
            sender: Some("you@here.net".to_owned()),
            proposal: 42,
            title: "R&D <b>lunch</b>".to_owned(),
            slots: Slots::new([Slot::new(begin, Duration::from_seconds(10)).unwrap()]).unwrap(),
            deadline: Some(begin),
            link: Some(Link {
                purpose: Purpose::Proposal,
                subject: 42,
                party: 2,
                generation: 0,
                expires: 2_000_000_000,
            }),
            head: genesis(42),
        }
    }

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse(text).unwrap()
    }

    const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    #[test]
    fn every_mail_has_its_link_alone_on_a_line_and_no_markup_of_users() {
        for template in
            [Template::Invitation, Template::Update, Template::Link, Template::Reminder, Template::Deadline]
        {
            let text =
                message(&letter(template), &ring(K1), "k1", "http://127.0.0.1:8787", "W <w@x.y>").unwrap();
            let mail: serde_json::Value = serde_json::from_str(&text).unwrap();
            let body = mail["text"].as_str().unwrap();
            let links: Vec<&str> =
                body.lines().filter(|l| l.starts_with("http://127.0.0.1:8787/42/?et=")).collect();
            assert_eq!(links.len(), 1, "{body}");
            assert!(body.contains("Mon 31 Oct 2022, 23:11:22 UTC (+00:00), 10 seconds"), "{body}");
            assert!(body.contains(&genesis(42).to_string()), "the receipt");
            assert!(!mail["subject"].as_str().unwrap().contains('\n'));
            let html = mail["html"].as_str().unwrap();
            assert!(!html.contains("<b>lunch") && html.contains("R&#38;D"), "{html}");
        }
    }

    #[test]
    fn a_retry_has_the_same_bytes_across_a_key_rotation() {
        let before =
            message(&letter(Template::Invitation), &ring(K1), "k1", "http://x.y", "W <w@x.y>").unwrap();
        let after = message(
            &letter(Template::Invitation),
            &ring(&format!("{K2},{K1}")),
            "k1",
            "http://x.y",
            "W <w@x.y>",
        )
        .unwrap();
        assert_eq!(before, after);
    }
}
