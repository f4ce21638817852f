//! The mails about a meeting, with their calendar parts.

use base64ct::{Base64, Encoding as _};
use whittle_domain::ical::{self, Recipient, Service};
use whittle_domain::meeting::{Letter, Meeting, Template};
use whittle_domain::proposal::Visibility;
use whittle_domain::slot::Slot;

use super::{Attachment, Post, Written, line, mailbox};
use crate::error::Result;

folder!(agreed, "mail/agreed/subject.txt", "mail/agreed/body.txt", "mail/agreed/body.html");
folder!(moved, "mail/moved/subject.txt", "mail/moved/body.txt", "mail/moved/body.html");
folder!(details, "mail/details/subject.txt", "mail/details/body.txt", "mail/details/body.html");
folder!(cancelled, "mail/cancelled/subject.txt", "mail/cancelled/body.txt", "mail/cancelled/body.html");
folder!(declined, "mail/declined/subject.txt", "mail/declined/body.txt", "mail/declined/body.html");
folder!(accepted, "mail/accepted/subject.txt", "mail/accepted/body.txt", "mail/accepted/body.html");

impl Post<'_> {
    pub(super) fn of_meeting(&self, letter: &Letter) -> Result<String> {
        let meeting = &letter.meeting;
        let about = letter.about.and_then(|number| meeting.attendee(number));
        let whole = Slot::new(meeting.begin, meeting.duration()).ok();
        // The organiser, who is told of an answer, wrote the description.
        let description = if about.is_none() { meeting.description.to_string() } else { String::new() };
        let written = Written {
            title: meeting.title.to_string(),
            location: meeting.location.to_string(),
            description,
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
            Template::Details => details::render(&written),
            Template::Cancelled => cancelled::render(&written),
            Template::Declined => declined::render(&written),
            Template::Accepted => accepted::render(&written),
        };
        let own = letter.attendee == 0 || meeting.organiser.address == letter.to;
        let known = meeting.visibility == Visibility::Open && !own;
        let reply_to = Some(&meeting.organiser.address).filter(|_| known);
        self.compose(parts, &letter.to, reply_to, &written.unsubscribe, self.calendar_part(letter, meeting))
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
