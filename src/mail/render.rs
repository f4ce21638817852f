//! A letter into a message, the same bytes each time: the tokens of its links are derived from their inputs and the row's
//! key.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use serde::Serialize;
use whittle_domain::account;
use whittle_domain::address::Address;
use whittle_domain::ical::{self, Recipient, Service};
use whittle_domain::keyring::KeyRing;
use whittle_domain::link::Link;
use whittle_domain::meeting::{self, Meeting};
use whittle_domain::proposal::{self, Said, Visibility};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::dispatcher::Letter;
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

folder!(invitation, "mail/invitation/subject.txt", "mail/invitation/body.txt", "mail/invitation/body.html");
folder!(link, "mail/link/subject.txt", "mail/link/body.txt", "mail/link/body.html");
folder!(update, "mail/update/subject.txt", "mail/update/body.txt", "mail/update/body.html");
folder!(reminder, "mail/reminder/subject.txt", "mail/reminder/body.txt", "mail/reminder/body.html");
folder!(deadline, "mail/deadline/subject.txt", "mail/deadline/body.txt", "mail/deadline/body.html");
folder!(digest, "mail/digest/subject.txt", "mail/digest/body.txt", "mail/digest/body.html");
folder!(answered, "mail/answered/subject.txt", "mail/answered/body.txt", "mail/answered/body.html");
folder!(exhausted, "mail/exhausted/subject.txt", "mail/exhausted/body.txt", "mail/exhausted/body.html");
folder!(closed, "mail/closed/subject.txt", "mail/closed/body.txt", "mail/closed/body.html");
folder!(agreed, "mail/agreed/subject.txt", "mail/agreed/body.txt", "mail/agreed/body.html");
folder!(moved, "mail/moved/subject.txt", "mail/moved/body.txt", "mail/moved/body.html");
folder!(retitled, "mail/retitled/subject.txt", "mail/retitled/body.txt", "mail/retitled/body.html");
folder!(cancelled, "mail/cancelled/subject.txt", "mail/cancelled/body.txt", "mail/cancelled/body.html");
folder!(declined, "mail/declined/subject.txt", "mail/declined/body.txt", "mail/declined/body.html");
folder!(verify, "mail/verify/subject.txt", "mail/verify/body.txt", "mail/verify/body.html");
folder!(taken, "mail/taken/subject.txt", "mail/taken/body.txt", "mail/taken/body.html");
folder!(reset, "mail/reset/subject.txt", "mail/reset/body.txt", "mail/reset/body.html");
folder!(changed, "mail/changed/subject.txt", "mail/changed/body.txt", "mail/changed/body.html");
folder!(address, "mail/address/subject.txt", "mail/address/body.txt", "mail/address/body.html");
folder!(leaving, "mail/leaving/subject.txt", "mail/leaving/body.txt", "mail/leaving/body.html");
folder!(gone, "mail/gone/subject.txt", "mail/gone/body.txt", "mail/gone/body.html");
folder!(left, "mail/left/subject.txt", "mail/left/body.txt", "mail/left/body.html");
folder!(accepted, "mail/accepted/subject.txt", "mail/accepted/body.txt", "mail/accepted/body.html");

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

    fn of_proposal(&self, letter: &proposal::Letter) -> Result<String> {
        use proposal::Template;
        let written = Written {
            title: letter.title.clone(),
            sender: letter.sender.clone(),
            slots: letter.slots.iter().map(|slot| line(slot, &letter.timezone)).collect(),
            // Once it has passed no answers are taken until then.
            deadline: letter
                .deadline
                .filter(|_| letter.template != Template::Deadline)
                .map(|d| d.format_in(&letter.timezone)),
            said: letter.said.iter().map(|said| sentence(said, &letter.timezone)).collect(),
            link: self.way(&format!("/{}/", letter.proposal), letter.link.as_ref())?,
            expires: letter.link.as_ref().map(|l| l.expires().to_string()),
            // What was queued before there was a way out goes without.
            unsubscribe: letter.unsubscribe.as_ref().map_or(Ok(String::new()), |l| self.way_out(l))?,
            head: Some(letter.head.to_string()),
            ..Written::default()
        };
        let parts = match letter.template {
            Template::Invitation => invitation::render(&written),
            Template::Update => update::render(&written),
            Template::Link => link::render(&written),
            Template::Reminder => reminder::render(&written),
            Template::Deadline => deadline::render(&written),
            Template::Digest => digest::render(&written),
            Template::Answered => answered::render(&written),
            Template::Exhausted => exhausted::render(&written),
            Template::Closed => closed::render(&written),
        };
        self.compose(parts, &letter.to, letter.reply_to.as_ref(), &written.unsubscribe, Vec::new())
    }

    fn of_meeting(&self, letter: &meeting::Letter) -> Result<String> {
        use meeting::Template;
        let meeting = &letter.meeting;
        let about = letter.about.and_then(|number| meeting.attendee(number));
        let whole = Slot::new(meeting.begin, meeting.duration()).ok();
        let written = Written {
            title: meeting.title.to_string(),
            sender: about.map(|a| a.name.as_ref().map_or_else(|| a.address.to_string(), ToString::to_string)),
            slots: whole.iter().map(|slot| line(slot, &meeting.timezone)).collect(),
            link: self.way(&format!("/meetings/{}/", meeting.id), Some(&letter.link))?,
            expires: Some(letter.link.expires().to_string()),
            unsubscribe: self.way_out(&letter.unsubscribe)?,
            head: meeting.receipt.map(|head| head.to_string()),
            attends: letter.attendee > 0,
            ..Written::default()
        };
        let parts = match letter.template {
            Template::Agreed => agreed::render(&written),
            Template::Moved => moved::render(&written),
            Template::Retitled => retitled::render(&written),
            Template::Cancelled => cancelled::render(&written),
            Template::Declined => declined::render(&written),
            Template::Accepted => accepted::render(&written),
        };
        let own = letter.attendee == 0 || meeting.organiser.address == letter.to;
        let known = meeting.visibility == Visibility::Open && !own;
        let reply_to = Some(&meeting.organiser.address).filter(|_| known);
        self.compose(parts, &letter.to, reply_to, &written.unsubscribe, self.calendar_part(letter, meeting))
    }

    fn of_account(&self, letter: &account::Letter) -> Result<String> {
        use account::Template;
        let path = match letter.template {
            Template::Verify => "/accounts/verify/",
            Template::Reset | Template::Changed | Template::Nobody => "/accounts/password/reset/",
            Template::Move => "/accounts/address/",
            Template::Leaving | Template::Left => "/accounts/address/undo/",
            Template::Taken | Template::Gone => "/",
        };
        let token = match &letter.link {
            Some(link) => format!("{}/", self.token(link)?),
            None => String::new(),
        };
        let link = format!("{}{path}{token}", self.origin);
        let written = Written {
            title: letter.username.clone(),
            link,
            expires: letter.link.as_ref().map(|l| l.expires().to_string()),
            other: letter.other.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Written::default()
        };
        let parts = match letter.template {
            Template::Verify => verify::render(&written),
            Template::Taken => taken::render(&written),
            Template::Reset => reset::render(&written),
            Template::Changed => changed::render(&written),
            Template::Move => address::render(&written),
            Template::Leaving => leaving::render(&written),
            Template::Left => left::render(&written),
            Template::Gone => gone::render(&written),
            Template::Nobody => return Err(Error::Internal("a mail to nobody".to_owned())),
        };
        self.compose(parts, &letter.to, None, "", Vec::new())
    }

    fn calendar_part(&self, letter: &meeting::Letter, meeting: &Meeting) -> Vec<Attachment> {
        use meeting::Template;
        let (name, address) = mailbox(self.from);
        let service = Service { name, address };
        // The organiser's own part shows all, whether it attends or not.
        let to = match letter.attendee {
            _ if letter.to == meeting.organiser.address => Recipient::Organiser,
            0 => Recipient::Organiser,
            number => Recipient::Attendee(number),
        };
        let (content, content_type) = match letter.template {
            Template::Agreed | Template::Moved | Template::Retitled => {
                (ical::request(meeting, to, &service), "text/calendar; charset=utf-8; method=REQUEST")
            }
            Template::Cancelled => {
                (ical::cancel(meeting, to, &service), "text/calendar; charset=utf-8; method=CANCEL")
            }
            Template::Declined | Template::Accepted => return Vec::new(),
        };
        let content = Base64::encode_string(content.as_bytes());
        vec![Attachment { filename: "invite.ics", content, content_type }]
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

/// What somebody answered, in words.
fn sentence(said: &Said, zone: &Zone) -> String {
    let kept = match said.kept {
        Some((0, of)) => format!("kept none of {of}"),
        Some((kept, of)) => format!("kept {kept} of {of}"),
        None if said.cut.is_empty() => "has not answered".to_owned(),
        None => String::new(),
    };
    let cut: Vec<String> = said.cut.iter().map(|slot| line(slot, zone)).collect();
    let cut = if cut.is_empty() { String::new() } else { format!("cut {}", cut.join("; ")) };
    let acts: Vec<String> = [kept, cut].into_iter().filter(|act| !act.is_empty()).collect();
    let note = said.note.as_ref().map(|note| format!(": \u{201c}{note}\u{201d}")).unwrap_or_default();
    format!("{} {}{note}", said.who, acts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proposal::Template;
    use whittle_domain::duration::Duration;
    use whittle_domain::instant::Instant;
    use whittle_domain::ledger::genesis;
    use whittle_domain::link::Purpose;
    use whittle_domain::slot::Slots;

    fn link(purpose: Purpose) -> Link {
        Link { purpose, subject: 42, party: 2, generation: 0, expires: 2_000_000_000 }
    }

    fn letter(template: Template) -> proposal::Letter {
        let begin = Instant::parse("2022-10-31T23:11:22Z").unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(10)).unwrap();
        proposal::Letter {
            template,
            to: "they@thar.net".parse().unwrap(),
            reply_to: "you@here.net".parse().ok(),
            sender: Some("you@here.net".to_owned()),
            proposal: 42,
            account: 1,
            title: "R&D <b>lunch</b>".to_owned(),
            timezone: Zone::parse("Asia/Kathmandu").unwrap(),
            slots: Slots::one(slot),
            deadline: Some(begin),
            said: vec![Said {
                who: "<i>Bea</i>".to_owned(),
                kept: Some((1, 2)),
                note: Some("maybe".to_owned()),
                cut: vec![slot],
            }],
            link: Some(link(Purpose::Proposal)),
            unsubscribe: Some(link(Purpose::Unsubscribe)),
            head: genesis::<proposal::ProposalLedger>(42),
        }
    }

    const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn written(template: Template, keys: &str) -> String {
        let keys = &KeyRing::parse(keys).unwrap();
        let post = Post { keys, key_id: "k1", origin: "http://127.0.0.1:8787", from: "W <w@x.y>" };
        post.of_proposal(&letter(template)).unwrap()
    }

    #[test]
    fn every_mail_has_its_link_alone_on_a_line_and_no_markup_of_users() {
        for template in [
            Template::Invitation,
            Template::Update,
            Template::Link,
            Template::Reminder,
            Template::Deadline,
            Template::Digest,
            Template::Answered,
            Template::Exhausted,
            Template::Closed,
        ] {
            let mail: serde_json::Value = serde_json::from_str(&written(template, K1)).unwrap();
            let body = mail["text"].as_str().unwrap();
            let lines = |start: &str| body.lines().filter(|l| l.starts_with(start)).count();
            assert_eq!(lines("http://127.0.0.1:8787/42/?et="), 1, "{body}");
            assert_eq!(lines("http://127.0.0.1:8787/unsubscribe/"), 1, "{body}");
            // The next day there.
            let time = "Tue 1 Nov 2022, 04:56:22 Asia/Kathmandu (+05:45)";
            let timeless = matches!(template, Template::Closed);
            assert_eq!(body.contains(time), !timeless, "{body}");
            assert!(body.contains(&genesis::<proposal::ProposalLedger>(42).to_string()), "the receipt");
            assert!(!mail["subject"].as_str().unwrap().contains('\n'));
            let html = mail["html"].as_str().unwrap();
            assert!(!html.contains("<b>lunch") && html.contains("R&#38;D"), "{html}");
            assert!(!html.contains("<i>Bea"), "{html}");
        }
    }

    #[test]
    fn an_answer_is_a_sentence() {
        let said = letter(Template::Digest).said.remove(0);
        let zone = Zone::default();
        let cut = "Mon 31 Oct 2022, 23:11:22 UTC (+00:00), 10 seconds";
        assert_eq!(
            sentence(&said, &zone),
            format!("<i>Bea</i> kept 1 of 2, cut {cut}: \u{201c}maybe\u{201d}")
        );
        let none = Said { kept: None, note: None, cut: Vec::new(), ..said.clone() };
        assert_eq!(sentence(&none, &zone), "<i>Bea</i> has not answered");
        let staff = Said { kept: None, note: None, ..said };
        assert_eq!(sentence(&staff, &zone), format!("<i>Bea</i> cut {cut}"));
    }

    #[test]
    fn a_mailbox_has_a_name_and_an_address() {
        assert_eq!(mailbox("Whittle <w@x.y>"), ("Whittle", "w@x.y"));
        assert_eq!(mailbox("\"Whittle, Inc.\" <w@x.y>"), ("Whittle, Inc.", "w@x.y"));
        assert_eq!(mailbox("w@x.y"), ("Whittle", "w@x.y"));
    }

    #[test]
    fn a_retry_has_the_same_bytes_across_a_key_rotation() {
        let (before, after) =
            (written(Template::Invitation, K1), written(Template::Invitation, &format!("{K2},{K1}")));
        assert_eq!(before, after);
    }
}
