//! The mails about a proposal.

use whittle_domain::local::LocalTime;
use whittle_domain::proposal::{Letter, Said as Answer, Template};
use whittle_domain::zone::Zone;

use super::layout::{Mail, Person, Time};
use super::{Post, foot};
use crate::error::Result;
use crate::texts::{Said, say, when};

impl Post<'_> {
    pub(super) fn of_proposal(&self, letter: &Letter) -> Result<String> {
        let link = self.way(&format!("/{}/", letter.proposal), letter.link.as_ref())?;
        let mail = Mail {
            foot: foot(letter.link.as_ref(), &letter.to, Some(&letter.head), &letter.timezone),
            // What was queued before there was a way out goes without.
            unsubscribe: letter.unsubscribe.as_ref().map_or(Ok(String::new()), |l| self.way_out(l))?,
            ..written(letter, &link)
        };
        self.compose(&mail, &letter.to, letter.reply_to.as_ref(), Vec::new())
    }
}

/// What the mail says above its footer.
fn written(letter: &Letter, link: &str) -> Mail {
    match letter.template {
        Template::Invitation | Template::Update | Template::Link | Template::Reminder => {
            to_a_party(letter, link)
        }
        Template::Deadline | Template::Digest | Template::Answered | Template::Exhausted => {
            to_the_creator(letter, link)
        }
        Template::Closed => closed(letter, link),
    }
}

fn to_a_party(letter: &Letter, link: &str) -> Mail {
    let title = letter.title.as_str();
    let sender = letter.sender.clone().unwrap_or_else(|| say("mail-somebody").to_string());
    let sender = sender.as_str();
    // An address that is no secret stands beside the name: whoever does not know the name may know the address.
    let whole = match &letter.reply_to {
        Some(address) if address.as_str() != sender => {
            say("mail-name-and-address").with("name", sender).with("address", address.as_str()).to_string()
        }
        _ => sender.to_owned(),
    };
    let whole = whole.as_str();
    let left = !letter.slots.is_empty();
    let mail = match letter.template {
        Template::Update => {
            let lead = match left {
                true => say("mail-update-lead").with("sender", whole).with("title", title),
                false => say("mail-update-lead-none-left").with("sender", whole).with("title", title),
            };
            Mail::new(say("mail-update-headline").with("sender", sender).with("title", title))
                .subject(say("mail-update-subject").with("title", title))
                .paragraph(lead)
                .paragraph_if(until(letter))
        }
        Template::Link => Mail::new(say("mail-link-headline").with("title", title))
            .paragraph(say("mail-link-lead").with("title", title))
            .paragraph_if(until(letter)),
        Template::Reminder => Mail::new(reminder(letter, sender))
            .paragraph(say("mail-reminder-lead").with("sender", whole).with("title", title))
            .paragraph_if(by(letter)),
        _ => Mail::new(say("mail-invitation-headline").with("sender", sender).with("title", title))
            .paragraph(say("mail-invitation-lead").with("sender", whole).with("title", title))
            .paragraph_if(by(letter)),
    };
    let heading = match letter.template {
        Template::Invitation => say("mail-times-offered").with("count", letter.slots.len()),
        _ => say("mail-times-left").with("count", letter.slots.len()),
    };
    let how = match letter.optional {
        true => say("mail-how-optional").with("count", letter.slots.len()),
        false => say("mail-how").with("count", letter.slots.len()),
    };
    let act = match letter.template {
        _ if !left => say("mail-act-see-past"),
        Template::Invitation | Template::Reminder => say("mail-act-choose"),
        _ => say("mail-act-see-times"),
    };
    mail.paragraph(heading)
        .times(times(letter))
        .place(&letter.location, &letter.description)
        .paragraph_if(Some(how).filter(|_| left))
        .act(&act, link)
}

fn to_the_creator(letter: &Letter, link: &str) -> Mail {
    let title = letter.title.as_str();
    let people = letter.said.iter().map(|said| person(said, &letter.timezone)).collect();
    let left = say("mail-times-left").with("count", letter.slots.len());
    match letter.template {
        Template::Deadline => Mail::new(say("mail-deadline-headline").with("title", title))
            .paragraph(say("mail-deadline-lead").with("title", title))
            .paragraph_if(was(letter))
            .people(people)
            .paragraph(left)
            .times(times(letter))
            .act(&say("mail-act-decide"), link),
        Template::Answered => Mail::new(say("mail-answered-headline").with("title", title))
            .paragraph(say("mail-answered-lead").with("title", title))
            .people(people)
            .paragraph(say("mail-answered-times").with("count", letter.slots.len()))
            .times(times(letter))
            .act(&say("mail-act-fix"), link),
        Template::Exhausted => Mail::new(say("mail-exhausted-headline").with("title", title))
            .paragraph(say("mail-exhausted-lead").with("title", title))
            .people(people)
            .act(&say("mail-act-next-round"), link),
        _ => {
            let count = letter.said.len();
            let headline = match letter.said.as_slice() {
                [one] => say("mail-digest-headline").with("who", who(one)).with("title", title),
                _ => say("mail-digest-headline-several").with("count", count).with("title", title),
            };
            Mail::new(headline)
                .paragraph(say("mail-digest-lead").with("count", count).with("title", title))
                .people(people)
                .paragraph(left)
                .times(times(letter))
                .paragraph_if(until(letter))
                .act(&say("mail-act-see-answers"), link)
        }
    }
}

fn closed(letter: &Letter, link: &str) -> Mail {
    let title = letter.title.as_str();
    let lead = match &letter.sender {
        Some(sender) => say("mail-closed-lead").with("sender", sender.as_str()).with("title", title),
        None => say("mail-closed-lead-unnamed").with("title", title),
    };
    Mail::new(say("mail-closed-headline").with("title", title))
        .paragraph(lead)
        .act(&say("mail-act-see-past"), link)
}

/// Who waits for the answer, and until which day.
fn reminder<'a>(letter: &'a Letter, sender: &'a str) -> Said<'a> {
    let title = letter.title.as_str();
    match letter.deadline {
        Some(deadline) => {
            let day = when::short_day(&LocalTime::of(deadline, &letter.timezone));
            say("mail-reminder-headline").with("sender", sender).with("title", title).with("day", day)
        }
        None => say("mail-reminder-headline-no-deadline").with("sender", sender).with("title", title),
    }
}

fn times(letter: &Letter) -> Vec<Time> {
    letter.slots.iter().map(|slot| Time::of(slot, &letter.timezone)).collect()
}

/// By when an answer is asked for.
fn by(letter: &Letter) -> Option<Said<'static>> {
    let deadline = when::moment_with_zone(letter.deadline?, &letter.timezone);
    Some(say("mail-answer-by").with("deadline", deadline))
}

/// Until when answers are taken, for who may have answered.
fn until(letter: &Letter) -> Option<Said<'static>> {
    let deadline = when::moment_with_zone(letter.deadline?, &letter.timezone);
    Some(say("mail-answers-until").with("deadline", deadline)).filter(|_| !letter.slots.is_empty())
}

/// Until when answers were taken.
fn was(letter: &Letter) -> Option<Said<'static>> {
    let deadline = when::moment_with_zone(letter.deadline?, &letter.timezone);
    Some(say("mail-deadline-was").with("deadline", deadline))
}

/// Whom the creator is told of. The creator and staff have no name there, and whoever is no party has no answer, only cuts.
fn who(said: &Answer) -> String {
    match said.who.as_str() {
        "creator" if said.kept.is_none() => say("mail-you").to_string(),
        "staff" if said.kept.is_none() => say("mail-staff").to_string(),
        name => name.to_owned(),
    }
}

/// What somebody answered, in words.
fn person(said: &Answer, zone: &Zone) -> Person {
    let who = who(said);
    let who = who.as_str();
    let has_cut = !said.cut.is_empty();
    let sentence = match said.kept {
        None if has_cut => say("mail-said-cut").with("who", who),
        None => say("mail-said-nothing-yet").with("who", who),
        Some((0, _)) if has_cut => say("mail-said-kept-none-and-cut").with("who", who),
        Some((0, of)) => say("mail-said-kept-none").with("who", who).with("of", of),
        Some((kept, of)) if kept == of && has_cut => {
            say("mail-said-kept-all-but-cut").with("who", who).with("of", of)
        }
        Some((kept, of)) if kept == of => say("mail-said-kept-all").with("who", who).with("of", of),
        Some((kept, of)) if has_cut => {
            say("mail-said-kept-and-cut").with("who", who).with("kept", kept).with("of", of)
        }
        Some((kept, of)) => say("mail-said-kept").with("who", who).with("kept", kept).with("of", of),
    };
    Person {
        sentence: sentence.to_string(),
        cut: said.cut.iter().map(|slot| when::slot_with_zone(slot, zone)).collect(),
        note: said.note.as_ref().map(|note| say("mail-said-note").with("note", note.as_str()).to_string()),
    }
}
