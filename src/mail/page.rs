//! The pages of mail: how to get no more of it, and in development what was sent.

use askama::Template;
use serde::Deserialize;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;

use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::error_page;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{say, when};

#[derive(Template)]
#[template(path = "page/unsubscribe.html")]
struct UnsubscribePage {
    page: Layout,
    /// Whether the mail is about a meeting; else it is about a proposal.
    meeting: bool,
}

/// How to get no more of a mail.
pub fn unsubscribe(context: &RequestContext, meeting: bool) -> Result<Reply> {
    let page = Layout::new(&context.page, say("unsubscribe-title"));
    Reply::html(200, &UnsubscribePage { page, meeting })
}

/// The page of a link that does not work.
pub fn dead(error: Error, context: &RequestContext) -> Result<Reply> {
    match error {
        Error::Unauthorized(_) => Ok(error_page::link(error, &context.page, "/", say("error-home"))),
        other => Err(other),
    }
}

/// A message of the built-in outbox.
#[derive(Deserialize)]
pub struct Message {
    seq: i64,
    to: Vec<String>,
    subject: String,
    text: String,
    #[serde(default)]
    html: String,
    sent_at: i64,
}

/// A message as its page shows it.
struct Mail {
    seq: i64,
    to: String,
    subject: String,
    sent: String,
    pieces: Vec<Piece>,
    has_html: bool,
}

/// A piece of a mail's text.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "page/outbox.html")]
struct OutboxPage {
    page: Layout,
    mails: Vec<Mail>,
    /// Where older ones are; 0 where there are none.
    before: i64,
}

/// What the built-in outbox has sent, and whether there is more before it.
pub fn outbox(context: &RequestContext, messages: Vec<Message>, more: bool) -> Result<Reply> {
    let zone = context.page.viewer.zone(None, &Zone::default()).zone;
    let before = messages.last().filter(|_| more).map_or(0, |message| message.seq);
    let mails = messages.into_iter().map(|message| Mail {
        seq: message.seq,
        to: message.to.join(", "),
        subject: message.subject,
        sent: when::moment_with_zone(Instant::from_millis(message.sent_at), &zone),
        pieces: pieces(&message.text),
        has_html: !message.html.is_empty(),
    });
    let page = Layout::new(&context.page, say("outbox-title"));
    Reply::html(200, &OutboxPage { page, mails: mails.collect(), before })
}

/// A text with the links in it apart.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let blank = piece.get(word.len()..).unwrap_or_default();
        let is_link = word.starts_with("http://") || word.starts_with("https://");
        match pieces.last_mut().filter(|last| !last.is_link && !is_link) {
            Some(last) => last.text.push_str(piece),
            None if is_link => {
                pieces.push(Piece { text: word.to_owned(), is_link });
                pieces.push(Piece { text: blank.to_owned(), is_link: false });
            }
            None => pieces.push(Piece { text: piece.to_owned(), is_link }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_of_a_text_stand_apart() {
        let found = pieces("Open\nhttps://a.example/x/ now,\nplease\n");
        let piece = |text: &str, is_link| Piece { text: text.to_owned(), is_link };
        assert_eq!(
            found,
            [piece("Open\n", false), piece("https://a.example/x/", true), piece(" now,\nplease\n", false)]
        );
    }
}
