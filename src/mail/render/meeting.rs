//! The mails about a meeting, with their calendar parts.

use base64ct::{Base64, Encoding as _};
use whittle_domain::ical::{self, Recipient, Service};
use whittle_domain::meeting::{Letter, Meeting, Source, Template};
use whittle_domain::proposal::Visibility;
use whittle_domain::slot::Slot;

use super::layout::{Mail, Time};
use super::{Attachment, Post, foot, mailbox};
use crate::error::Result;
use crate::texts::{Said, say};

impl Post<'_> {
    pub(super) fn of_meeting(&self, letter: &Letter) -> Result<String> {
        let meeting = &letter.meeting;
        let link = self.way(&format!("/meetings/{}/", meeting.id), Some(&letter.link))?;
        let mail = Mail {
            foot: foot(Some(&letter.link), &letter.to, meeting.receipt.as_ref(), &meeting.timezone),
            unsubscribe: self.way_out(&letter.unsubscribe)?,
            ..written(letter, &link)
        };
        let own = letter.attendee == 0 || meeting.organiser.address == letter.to;
        let known = meeting.visibility == Visibility::Open && !own;
        let reply_to = Some(&meeting.organiser.address).filter(|_| known);
        self.compose(&mail, &letter.to, reply_to, self.calendar_part(letter, meeting))
    }

    fn calendar_part(&self, letter: &Letter, meeting: &Meeting) -> Vec<Attachment> {
        let (name, address) = mailbox(self.from);
        let service = Service { name, address };
        // The organiser's own part shows all, whether it attends or not.
        let to = match letter.attendee {
            _ if letter.to == meeting.organiser.address => Recipient::Organiser,
            0 => Recipient::Organiser,
            number => Recipient::Attendee(number),
        };
        let (content, content_type) = match letter.template {
            Template::Agreed | Template::Moved | Template::Details => {
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
}

/// What the mail says above its footer.
fn written(letter: &Letter, link: &str) -> Mail {
    let title = letter.meeting.title.as_str();
    let who = who(letter);
    match letter.template {
        Template::Agreed if matches!(letter.meeting.source, Source::Calendar(_)) => {
            let lead = say("mail-scheduled-lead").with("who", other(letter)).with("title", title);
            let mail = Mail::new(say("mail-scheduled-headline").with("title", title));
            invitation(mail, letter, &lead, &say("mail-agreed-calendar"), link)
        }
        Template::Agreed => {
            let lead = say("mail-agreed-lead").with("title", title);
            let mail = Mail::new(say("mail-agreed-headline").with("title", title));
            invitation(mail, letter, &lead, &say("mail-agreed-calendar"), link)
        }
        Template::Moved => {
            let lead = say("mail-moved-lead").with("title", title);
            let mail = Mail::new(say("mail-moved-headline").with("title", title));
            invitation(mail, letter, &lead, &say("mail-moved-calendar"), link)
        }
        Template::Details => {
            let lead = say("mail-details-lead").with("title", title);
            let mail = Mail::new(say("mail-details-headline").with("title", title));
            invitation(mail, letter, &lead, &say("mail-details-calendar"), link)
        }
        Template::Cancelled => {
            let mail = Mail::new(say("mail-cancelled-headline").with("title", title))
                .subject(say("mail-meeting-subject").with("title", title))
                .paragraph(say("mail-cancelled-lead").with("title", title));
            whole(mail, letter).paragraph(say("mail-cancelled-calendar")).act(&say("mail-act-meeting"), link)
        }
        Template::Declined => {
            let mail =
                Mail::new(say("mail-declined-headline").with("who", who.as_str()).with("title", title))
                    .paragraph(say("mail-declined-lead").with("who", who.as_str()).with("title", title));
            whole(mail, letter).paragraph(say("mail-declined-advice")).act(&say("mail-act-who-comes"), link)
        }
        Template::Accepted => {
            let mail =
                Mail::new(say("mail-accepted-headline").with("who", who.as_str()).with("title", title))
                    .paragraph(say("mail-accepted-lead").with("who", who.as_str()).with("title", title));
            whole(mail, letter).act(&say("mail-act-who-comes"), link)
        }
    }
}

/// A mail that puts the meeting into the recipient's calendar, or changes it there.
fn invitation(mail: Mail, letter: &Letter, lead: &Said<'_>, calendar: &Said<'_>, link: &str) -> Mail {
    let attends = letter.attendee > 0;
    let (answer, act) = match letter.template {
        _ if !attends => (None, say("mail-act-who-comes")),
        Template::Moved => (Some(say("mail-meeting-answer-again")), say("mail-act-accept-or-decline")),
        _ => (Some(say("mail-meeting-decline")), say("mail-act-who-comes-or-decline")),
    };
    let subject = say("mail-meeting-subject").with("title", letter.meeting.title.as_str());
    whole(mail.subject(subject).paragraph(lead), letter)
        .paragraph(calendar)
        .paragraph_if(answer)
        .act(&act, link)
}

/// The time and the place; and what the meeting is for, except in mail about an answer: that goes to the organiser, who
/// wrote it.
fn whole(mail: Mail, letter: &Letter) -> Mail {
    let meeting = &letter.meeting;
    let slot = Slot::new(meeting.begin, meeting.duration()).ok();
    let times = slot.iter().map(|slot| Time::of(slot, &meeting.timezone)).collect();
    let description = if letter.about.is_none() { meeting.description.as_str() } else { "" };
    mail.times(times).place(meeting.location.as_str(), description)
}

/// Whom the recipient meets one-to-one: the organiser, or who comes.
fn other(letter: &Letter) -> String {
    let organiser = &letter.meeting.organiser;
    let is_organiser = letter.attendee == 0 || letter.to == organiser.address;
    let attendee = letter.meeting.attendees.first().filter(|_| is_organiser);
    let (name, address) = attendee
        .map_or((&organiser.name, &organiser.address), |attendee| (&attendee.name, &attendee.address));
    name.as_ref().map_or_else(|| address.to_string(), ToString::to_string)
}

/// Whose answer the mail is about.
fn who(letter: &Letter) -> String {
    let about = letter.about.and_then(|number| letter.meeting.attendee(number));
    let named = about.map(|a| a.name.as_ref().map_or_else(|| a.address.to_string(), ToString::to_string));
    named.unwrap_or_else(|| say("mail-somebody").to_string())
}
