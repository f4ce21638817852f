//! The mails about a calendar (*One-to-ones*).

use whittle_domain::calendar::{Letter, Template};
use whittle_domain::duration::Duration;
use whittle_domain::local::LocalTime;

use super::layout::{Mail, Person, Time};
use super::{Post, foot};
use crate::error::Result;
use crate::texts::{say, when};

impl Post<'_> {
    pub(super) fn of_calendar(&self, letter: &Letter) -> Result<String> {
        let mail = Mail {
            foot: foot(letter.link.as_ref(), &letter.to, Some(&letter.head), &letter.timezone),
            unsubscribe: letter.unsubscribe.as_ref().map_or(Ok(String::new()), |l| self.way_out(l))?,
            ..written(letter, &self.way_to_calendar(letter)?)
        };
        self.compose(&mail, &letter.to, letter.reply_to.as_ref(), Vec::new())
    }

    /// Where the recipient goes: an invitee by the link of its own, whose token is in the path as the original has it; the owner,
    /// signed in, to the schedules, or, where nobody has answered, to the calendar itself.
    fn way_to_calendar(&self, letter: &Letter) -> Result<String> {
        let calendar = format!("{}/schedules/calendars/{}", self.origin, letter.calendar);
        Ok(match &letter.link {
            Some(link) => format!("{calendar}/respond/{}/", self.token(link)?),
            None if letter.answered == 0 => format!("{calendar}/details/"),
            None => format!("{calendar}/confirm/"),
        })
    }
}

/// What the mail says above its footer.
fn written(letter: &Letter, link: &str) -> Mail {
    match letter.template {
        Template::Invitation | Template::Added | Template::Reminder | Template::Link => {
            to_an_invitee(letter, link)
        }
        Template::Closed | Template::Unscheduled => over(letter, link),
        Template::Answered => answered(letter, link),
        Template::Deadline => deadline(letter, link),
    }
}

fn to_an_invitee(letter: &Letter, link: &str) -> Mail {
    let (name, owner) = (letter.name.as_str(), letter.owner.as_str());
    let by = || when::moment_with_zone(letter.deadline, &letter.timezone);
    match letter.template {
        Template::Added => {
            let headline = say("mail-calendar-added-headline").with("owner", owner).with("name", name);
            addressed(Mail::new(headline), letter)
                .paragraph(say("mail-calendar-added-lead").with("owner", owner).with("name", name))
                .times(letter.added.iter().map(|slot| Time::of(slot, &letter.timezone)).collect())
                .paragraph(say("mail-calendar-until").with("deadline", by()))
                .act(&say("mail-calendar-act-change"), link)
        }
        Template::Reminder => {
            let day = when::short_day(&LocalTime::of(letter.deadline, &letter.timezone));
            let headline = say("mail-calendar-reminder-headline")
                .with("owner", owner)
                .with("name", name)
                .with("day", day);
            let lead = say("mail-calendar-reminder-lead")
                .with("owner", whole(letter))
                .with("name", name)
                .with("deadline", by());
            addressed(Mail::new(headline).subject(say("mail-calendar-reminder-subject")), letter)
                .paragraph(lead)
                .place("", &letter.description)
                .act(&say("mail-calendar-act-fill-out"), link)
        }
        Template::Link => {
            let lead = say("mail-calendar-link-lead").with("owner", owner).with("name", name);
            addressed(Mail::new(say("mail-calendar-link-headline").with("name", name)), letter)
                .paragraph(lead)
                .paragraph(say("mail-calendar-until").with("deadline", by()))
                .act(&say("mail-calendar-act-open"), link)
        }
        _ => {
            let headline = say("mail-calendar-invitation-headline").with("owner", owner).with("name", name);
            let minutes = i64::from(letter.meeting_minutes);
            let length = when::length(Duration::from_seconds(minutes.saturating_mul(60)));
            let lead = say("mail-calendar-invitation-lead")
                .with("owner", whole(letter))
                .with("name", name)
                .with("length", length);
            addressed(Mail::new(headline).subject(say("mail-calendar-invitation-subject")), letter)
                .paragraph(lead)
                .place("", &letter.description)
                .paragraph(say("mail-calendar-invitation-how").with("owner", owner))
                .paragraph(say("mail-calendar-respond-by").with("deadline", by()))
                .act(&say("mail-calendar-act-respond"), link)
        }
    }
}

/// What has ended for the recipient.
fn over(letter: &Letter, link: &str) -> Mail {
    let (name, owner) = (letter.name.as_str(), letter.owner.as_str());
    let mail = match letter.template {
        Template::Closed => {
            let lead = say("mail-calendar-closed-lead").with("owner", owner).with("name", name);
            addressed(Mail::new(say("mail-calendar-closed-headline").with("name", name)), letter)
                .paragraph(lead)
        }
        _ => {
            let lead = say("mail-calendar-unscheduled-lead").with("owner", owner).with("name", name);
            let write = say("mail-calendar-unscheduled-write").with("owner", owner);
            addressed(Mail::new(say("mail-calendar-unscheduled-headline").with("name", name)), letter)
                .paragraph(lead)
                .paragraph_if(letter.reply_to.is_some().then_some(write))
        }
    };
    // A closed calendar shows nothing any more, so there is no link to it.
    if letter.link.is_some() { mail.act(&say("mail-act-see-past"), link) } else { mail }
}

fn answered(letter: &Letter, link: &str) -> Mail {
    let name = letter.name.as_str();
    Mail::new(say("mail-calendar-answered-headline").with("name", name))
        .paragraph(say("mail-calendar-answered-lead").with("count", letter.invited).with("name", name))
        .act(&say("mail-calendar-act-choose"), link)
}

/// What came of the deadline: who answered, the best schedule of those, and what to do.
fn deadline(letter: &Letter, link: &str) -> Mail {
    let name = letter.name.as_str();
    let was = when::moment_with_zone(letter.deadline, &letter.timezone);
    let lead = match (letter.answered, letter.missing.is_empty()) {
        (0, true) => say("mail-calendar-deadline-nobody-asked").with("name", name).with("deadline", was),
        (0, false) => say("mail-calendar-deadline-nobody")
            .with("invited", letter.invited)
            .with("name", name)
            .with("deadline", was),
        (_, true) => say("mail-calendar-deadline-all")
            .with("invited", letter.invited)
            .with("name", name)
            .with("deadline", was),
        (answered, false) => say("mail-calendar-deadline-answered")
            .with("answered", answered)
            .with("invited", letter.invited)
            .with("name", name)
            .with("deadline", was),
    };
    let mail = Mail::new(say("mail-calendar-deadline-headline").with("name", name)).paragraph(lead);
    let sentence = |sentence: String| Person { sentence, cut: Vec::new(), note: None };
    if letter.answered == 0 {
        return mail.paragraph(say("mail-calendar-nobody-advice")).act(&say("mail-calendar-act-go-on"), link);
    }
    let missing = letter.missing.iter();
    let missing = missing.map(|who| say("mail-calendar-person").with("person", who.as_str()).to_string());
    let mail = match letter.missing.is_empty() {
        true => mail,
        false => mail.paragraph(say("mail-calendar-missing")).people(missing.map(sentence).collect()),
    };
    if letter.best.is_empty() {
        return mail.paragraph(say("mail-calendar-best-none")).act(&say("mail-calendar-act-see-why"), link);
    }
    let count = letter.best.len();
    let best = match count == letter.answered {
        true => say("mail-calendar-best").with("count", count),
        false => say("mail-calendar-best-part").with("count", count).with("answered", letter.answered),
    };
    let placed = letter.best.iter().map(|(who, slot)| {
        let time = when::slot_with_zone(slot, &letter.timezone);
        sentence(say("mail-calendar-placed").with("person", who.as_str()).with("time", time).to_string())
    });
    mail.paragraph(best)
        .people(placed.collect())
        .paragraph(say("mail-calendar-deadline-advice"))
        .act(&say("mail-calendar-act-choose"), link)
}

/// The mail with the recipient's name, as it was invited.
fn addressed(mail: Mail, letter: &Letter) -> Mail {
    let name = format!("{} {}", letter.first_name, letter.last_name);
    mail.paragraph(say("mail-calendar-dear").with("name", name.trim()))
}

/// Name and address of the owner: whoever does not know the name may know the address.
fn whole(letter: &Letter) -> String {
    match &letter.reply_to {
        Some(address) if address.as_str() != letter.owner => say("mail-name-and-address")
            .with("name", letter.owner.as_str())
            .with("address", address.as_str())
            .to_string(),
        _ => letter.owner.clone(),
    }
}
