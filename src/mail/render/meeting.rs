//! The mails about a meeting, with their calendar parts.

use base64ct::{Base64, Encoding as _};
use whittle_domain::address::Address;
use whittle_domain::ical::{self, Recipient, Service};
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::{Letter, Meeting, Source, Template};
use whittle_domain::proposal::Visibility;
use whittle_domain::slot::Slot;
use whittle_domain::text::Name;
use whittle_domain::zone::Zone;

use super::layout::{Mail, Time};
use super::{Attachment, Post, foot, mailbox};
use crate::error::Result;
use crate::texts::{Said, and, say, when};

impl Post<'_> {
    pub(super) fn of_meeting(&self, letter: &Letter) -> Result<String> {
        let meeting = &letter.meeting;
        let link = self.way(&format!("/meetings/{}/", meeting.id), Some(&letter.link))?;
        // Whoever does not belong to it any more has no link to it, and gets no more mail about it anyway.
        let belongs = letter.template != Template::Removed;
        let links = Some(&letter.link).filter(|_| belongs);
        let mail = Mail {
            foot: foot(links, &letter.to, meeting.receipt.as_ref(), zone(letter)),
            unsubscribe: if belongs { self.way_out(&letter.unsubscribe)? } else { String::new() },
            ..written(letter, &link)
        };
        let reply_to = match (meeting.visibility == Visibility::Open, is_own(letter)) {
            (true, false) => Some(&meeting.organiser.address),
            // The owner answers the guest, who learns the owner's address by that and not before.
            (false, true) if meeting.is_guests() => meeting.attendees.first().map(|guest| &guest.address),
            _ => None,
        };
        self.compose(&mail, &letter.to, reply_to, self.calendar_part(letter, meeting))
    }

    fn calendar_part(&self, letter: &Letter, meeting: &Meeting) -> Vec<Attachment> {
        let (name, address) = mailbox(self.from);
        let service = Service { name, address };
        // The organiser's own part shows all, whether it attends or not.
        let to = if is_own(letter) { Recipient::Organiser } else { Recipient::Attendee(letter.attendee) };
        let (content, content_type) = match letter.template {
            Template::Agreed | Template::Moved | Template::Details | Template::Reactivated => {
                (ical::request(meeting, to, &service), "text/calendar; charset=utf-8; method=REQUEST")
            }
            Template::Cancelled | Template::Removed => {
                (ical::cancel(meeting, to, &service), "text/calendar; charset=utf-8; method=CANCEL")
            }
            _ => return Vec::new(),
        };
        let content = Base64::encode_string(content.as_bytes());
        vec![Attachment { filename: "invite.ics", content, content_type }]
    }
}

/// Whether it is to the organiser.
fn is_own(letter: &Letter) -> bool {
    letter.attendee == 0 || letter.meeting.organiser.address == letter.to
}

/// In which zone its recipient reads times.
fn zone(letter: &Letter) -> &Zone {
    letter.timezone.as_ref().unwrap_or(&letter.meeting.timezone)
}

/// What the mail says above its footer.
fn written(letter: &Letter, link: &str) -> Mail {
    let title = letter.meeting.title.as_str();
    let is_guests = letter.meeting.is_guests();
    match letter.template {
        Template::Agreed if matches!(letter.meeting.source, Source::Calendar(_)) => {
            let lead = say("mail-scheduled-lead").with("title", title).with("who", other(letter));
            invitation(
                Mail::new(say("mail-scheduled-headline").with("title", title)),
                letter,
                &lead,
                say("mail-agreed-calendar"),
                link,
            )
        }
        Template::Agreed if matches!(letter.meeting.source, Source::Event(_)) => {
            let (headline, lead) = booked(letter);
            invitation(Mail::new(headline), letter, &lead, say("mail-agreed-calendar"), link)
        }
        Template::Agreed => {
            let lead = say("mail-agreed-lead").with("title", title);
            invitation(
                Mail::new(say("mail-agreed-headline").with("title", title)),
                letter,
                &lead,
                say("mail-agreed-calendar"),
                link,
            )
        }
        Template::Moved => {
            let lead = say("mail-moved-lead").with("title", title);
            invitation(
                Mail::new(say("mail-moved-headline").with("title", title)),
                letter,
                &lead,
                say("mail-moved-calendar"),
                link,
            )
        }
        Template::Details => {
            let lead = say("mail-details-lead").with("title", title);
            invitation(
                Mail::new(say("mail-details-headline").with("title", title)),
                letter,
                &lead,
                say("mail-details-calendar"),
                link,
            )
        }
        Template::Reactivated => {
            let lead = say("mail-reactivated-lead").with("title", title);
            let mail = Mail::new(say("mail-reactivated-headline").with("title", title));
            invitation(mail, letter, &lead, say("mail-agreed-calendar"), link)
        }
        Template::Cancelled => {
            let mail = Mail::new(say("mail-cancelled-headline").with("title", title))
                .subject(say("mail-meeting-subject").with("title", title));
            let mail = whole(mail.paragraph(say("mail-cancelled-lead").with("title", title)), letter);
            message(mail, letter)
                .paragraph(say("mail-cancelled-calendar"))
                .act(&say("mail-act-meeting"), link)
        }
        Template::Removed => {
            let mail = Mail::new(say("mail-removed-headline").with("title", title))
                .subject(say("mail-meeting-subject").with("title", title));
            whole(mail.paragraph(say("mail-removed-lead").with("title", title)), letter)
                .paragraph(say("mail-cancelled-calendar"))
        }
        Template::Declined => {
            let who = who(letter);
            let mail =
                Mail::new(say("mail-declined-headline").with("title", title).with("who", who.as_str()))
                    .paragraph(say("mail-declined-lead").with("title", title).with("who", who.as_str()));
            whole(mail, letter).paragraph(say("mail-declined-advice")).act(&say("mail-act-who-comes"), link)
        }
        Template::Accepted => {
            let who = who(letter);
            let mail =
                Mail::new(say("mail-accepted-headline").with("title", title).with("who", who.as_str()))
                    .paragraph(say("mail-accepted-lead").with("title", title).with("who", who.as_str()));
            whole(mail, letter).act(&say("mail-act-who-comes"), link)
        }
        Template::Held => {
            let lead = say("mail-held-lead").with("title", title).with("who", other(letter));
            let mail =
                whole(Mail::new(say("mail-held-headline").with("title", title)).paragraph(lead), letter);
            mail.paragraph(say("mail-held-until").with("until", until(letter)))
                .paragraph(say("mail-held-otherwise"))
                .act(&say("mail-act-confirm-booking"), link)
        }
        Template::Asked if is_own(letter) => {
            let who = other(letter);
            let mail = Mail::new(say("mail-asked-headline").with("title", title).with("who", who.as_str()))
                .paragraph(say("mail-asked-lead").with("title", title).with("who", guest(letter, who)));
            message(whole(mail, letter), letter)
                .paragraph(say("mail-asked-until").with("until", until(letter)))
                .act(&say("mail-act-approve"), link)
        }
        Template::Asked => {
            let who = other(letter);
            let lead = say("mail-awaits-lead").with("title", title).with("who", who.as_str());
            let mail = Mail::new(say("mail-awaits-headline").with("title", title).with("who", who.as_str()))
                .paragraph(lead);
            whole(mail, letter)
                .paragraph(say("mail-awaits-until").with("until", until(letter)).with("who", who))
                .act(&say("mail-act-booking"), link)
        }
        Template::Refused => {
            let who = other(letter);
            let lead = match letter.until {
                None => say("mail-refused-lead").with("title", title).with("who", who),
                Some(_) => say("mail-unanswered-lead").with("title", title).with("who", who),
            };
            let mail = Mail::new(say("mail-refused-headline").with("title", title));
            let mail = whole(mail.paragraph(lead), letter);
            message(mail, letter).paragraph(say("mail-refused-advice")).act(&say("mail-act-booking"), link)
        }
        Template::Reminder => {
            let day = when::short_day(&LocalTime::of(letter.meeting.begin, zone(letter)));
            let mail = Mail::new(say("mail-soon-headline").with("title", title).with("day", day));
            let (answer, act) = answer(letter, is_guests);
            whole(mail.paragraph(say("mail-soon-lead").with("title", title)), letter)
                .paragraph_if(answer)
                .act(&act, link)
        }
    }
}

/// A mail that puts the meeting into the recipient's calendar, or changes it there.
fn invitation(mail: Mail, letter: &Letter, lead: &Said<'_>, calendar: Said<'static>, link: &str) -> Mail {
    let (answer, act) = answer(letter, letter.meeting.is_guests());
    let subject = say("mail-meeting-subject").with("title", letter.meeting.title.as_str());
    message(whole(mail.subject(subject).paragraph(lead), letter), letter)
        .paragraph(calendar)
        .paragraph_if(answer)
        .act(&act, link)
}

/// How the recipient can answer, and where that is done.
fn answer(letter: &Letter, is_guests: bool) -> (Option<Said<'static>>, Said<'static>) {
    match letter.template {
        _ if letter.attendee == 0 => (None, say("mail-act-who-comes")),
        _ if is_guests => (Some(say("mail-booking-change")), say("mail-act-change-booking")),
        Template::Moved => (Some(say("mail-meeting-answer-again")), say("mail-act-accept-or-decline")),
        _ => (Some(say("mail-meeting-decline")), say("mail-act-who-comes-or-decline")),
    }
}

/// Who has booked whom, as the headline and as the first sentence.
fn booked(letter: &Letter) -> (Said<'_>, Said<'_>) {
    let meeting = &letter.meeting;
    let title = meeting.title.as_str();
    let who = other(letter);
    match (meeting.is_guests(), is_own(letter)) {
        (true, true) => (
            say("mail-guest-headline").with("title", title).with("who", who.clone()),
            say("mail-guest-lead").with("title", title).with("who", guest(letter, who)),
        ),
        (true, false) => (
            say("mail-booking-headline").with("title", title),
            say("mail-booking-lead").with("title", title).with("who", who),
        ),
        (false, true) => {
            let others = meeting.attendees.iter().filter(|a| a.address != meeting.organiser.address);
            let mut names: Vec<String> = others.map(|a| called(a.name.as_ref(), &a.address)).collect();
            let more = names.len().saturating_sub(MOST_NAMES);
            if more > 1 {
                names.truncate(MOST_NAMES);
                names.push(say("mail-booked-others").with("count", more).to_string());
            }
            let lead = match names.is_empty() {
                true => say("mail-booked-alone").with("title", title),
                false => say("mail-booked-lead").with("title", title).with("whom", and(&names)),
            };
            (say("mail-booked-headline").with("title", title), lead)
        }
        (false, false) => {
            let address = meeting.organiser.address.as_str();
            let lead =
                say("mail-booked-you-lead").with("title", title).with("who", known(who.clone(), address));
            (say("mail-booked-you-headline").with("title", title).with("who", who), lead)
        }
    }
}

/// How many participants a mail names at most.
const MOST_NAMES: usize = 5;

/// Until when something can be done.
fn until(letter: &Letter) -> String {
    let until = letter.until.unwrap_or(letter.meeting.begin);
    when::moment_with_zone(when::minute(until), zone(letter))
}

/// And then what the other side has to say.
fn message(mail: Mail, letter: &Letter) -> Mail {
    let Some(text) = &letter.message else { return mail };
    let who = other(letter);
    let lead = match is_own(letter) {
        true => say("mail-guest-answers").with("who", who),
        false => say("mail-message").with("who", who),
    };
    mail.paragraph(lead).place("", text)
}

/// The time and the place; and what the meeting is for, except in mail about an answer: that goes to the organiser, who
/// wrote it.
fn whole(mail: Mail, letter: &Letter) -> Mail {
    let meeting = &letter.meeting;
    let slot = Slot::new(meeting.begin, meeting.duration()).ok();
    let times = slot.iter().map(|slot| Time::of(slot, zone(letter))).collect();
    let description = if letter.about.is_none() { meeting.description.as_str() } else { "" };
    mail.times(times).place(meeting.location.as_str(), description)
}

/// Whom the recipient meets one-to-one: the organiser, or who comes. A guest is told no address.
fn other(letter: &Letter) -> String {
    let organiser = &letter.meeting.organiser;
    match letter.meeting.attendees.first().filter(|_| is_own(letter)) {
        Some(attendee) => called(attendee.name.as_ref(), &attendee.address),
        None if letter.meeting.is_guests() && organiser.name.is_none() => say("mail-somebody").to_string(),
        None => called(organiser.name.as_ref(), &organiser.address),
    }
}

fn called(name: Option<&Name>, address: &Address) -> String {
    name.map_or_else(|| address.to_string(), ToString::to_string)
}

/// Name and address of the guest, for the owner.
fn guest(letter: &Letter, name: String) -> String {
    letter.meeting.attendees.first().map_or_else(String::new, |guest| known(name, guest.address.as_str()))
}

/// Name and address, where there is a name.
fn known(name: String, address: &str) -> String {
    if name == address {
        return name;
    }
    say("mail-name-and-address").with("name", name).with("address", address).to_string()
}

/// Whose answer the mail is about.
fn who(letter: &Letter) -> String {
    let about = letter.about.and_then(|number| letter.meeting.attendee(number));
    about.map_or_else(|| say("mail-somebody").to_string(), |a| called(a.name.as_ref(), &a.address))
}
