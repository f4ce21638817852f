//! The mails an event sends.

use serde::{Deserialize, Serialize};

use super::{Actor, Calendar, Event, Invitee, Phase, What};
use crate::account::MailLevel;
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::link::{Link, Purpose};
use crate::slot::Slot;
use crate::zone::Zone;

/// Which mail. The meetings of a finalised calendar are told by the meetings themselves ([`crate::meeting`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Template {
    /// Somebody's first.
    Invitation,
    /// To who has answered: asked again, about what was added to the owner's time.
    Added,
    /// Before the deadline, to who has not answered; or because the owner wants it.
    Reminder,
    /// A new link, to who asked for one.
    Link,
    /// It was ended without meetings, to everybody who was asked.
    Closed,
    /// It was finalised, to who has no meeting.
    Unscheduled,
    /// Everybody has answered, to the owner.
    Answered,
    /// What came of the deadline, to the owner.
    Deadline,
}

impl Template {
    /// From which level on the owner gets it.
    #[must_use]
    pub const fn level(self) -> MailLevel {
        match self {
            Self::Answered | Self::Deadline => MailLevel::Decisions,
            Self::Invitation
            | Self::Added
            | Self::Reminder
            | Self::Link
            | Self::Closed
            | Self::Unscheduled => MailLevel::None,
        }
    }
}

/// What a mail is made of: never a token, only the inputs of one. The same letter renders to the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which mail.
    pub template: Template,
    /// To whom.
    pub to: Address,
    /// Where an answer by mail goes: to the owner. None in the owner's own mails, and where that address is unproven.
    pub reply_to: Option<Address>,
    /// The calendar.
    pub calendar: u64,
    /// The account of the owner: the sender whose mail can be refused.
    pub account: u64,
    /// The number of the invitee that is mailed, 0 for the owner.
    pub invitee: u16,
    /// What the calendar is for.
    pub name: String,
    /// More of it; empty where nothing is said.
    pub description: String,
    /// In which times are told.
    pub timezone: Zone,
    /// Whom the invitees meet: a name, or the address of an owner without one.
    pub owner: String,
    /// The first name of the recipient; empty for an owner without one.
    pub first_name: String,
    /// The last name of the recipient; empty for an owner without one.
    pub last_name: String,
    /// Until when answers are taken.
    pub deadline: Instant,
    /// The length of each meeting in minutes.
    pub meeting_minutes: u16,
    /// What was added to the owner's time since the recipient answered; empty in other mails than [`Template::Added`].
    pub added: Vec<Slot>,
    /// The best schedule of those who answered, by name and ordered by time; empty in other mails than [`Template::Deadline`].
    pub best: Vec<(String, Slot)>,
    /// The names of those who have not answered, in the owner's mails.
    pub missing: Vec<String>,
    /// How many have answered, in the owner's mails.
    pub answered: usize,
    /// How many are asked, in the owner's mails.
    pub invited: usize,
    /// The recipient's link; the owner, who signs in, has none, and a closed calendar's opens nothing.
    pub link: Option<Link>,
    /// The recipient's way out.
    pub unsubscribe: Option<Link>,
    /// The ledger's head after this: a receipt.
    pub head: Digest,
}

/// For how long one can unsubscribe by a mail's link: five years, as for proposals.
const UNSUBSCRIBE: Duration = Duration::from_seconds(5 * 365 * 86_400);
/// For how many days a link outlives the last of the owner's slots (spec, part 0, "Respond tokens").
const LINK_DAYS: i64 = 30;

/// To whom: an invitee, or the owner.
#[derive(Clone, Copy)]
enum To<'a> {
    Invitee(&'a Invitee),
    Owner,
}

impl Calendar {
    /// A link of an invitee that is made at `at`. It is good until 30 days after the owner's last slot, the deadline and `at`,
    /// whichever is last: the object judges the deadline, so that extending it keeps mailed links alive.
    #[must_use]
    pub fn link(&self, invitee: &Invitee, at: Instant) -> Link {
        let ends = self.slots.iter().map(|slot| slot.available.slot.end());
        let last = ends.chain([self.deadline]).fold(at, Instant::max);
        Link::calendar(self.id, invitee.number, invitee.generation, last, LINK_DAYS)
    }
}

/// The mails of `event`, which led to `after` and to the ledger's `head`.
#[must_use]
pub fn letters(after: &Calendar, event: &Event, head: Digest) -> Vec<Letter> {
    let to_all = |template, numbers: &[u16]| {
        let invitees = numbers.iter().filter_map(|number| after.invitee(*number));
        to_those_who_take_mail(template, invitees)
    };
    let owner = |template| after.owner_takes_mail().then_some((template, To::Owner)).into_iter().collect();
    let mails: Vec<(Template, To<'_>)> = match &event.what {
        What::Created { .. } => to_those_who_take_mail(Template::Invitation, after.active_invitees()),
        What::Invited(invitees) => {
            let numbers: Vec<u16> = invitees.iter().map(|(number, _)| *number).collect();
            to_all(Template::Invitation, &numbers)
        }
        What::Asked(numbers) => to_all(Template::Added, numbers),
        What::Reminded { to, .. } => to_all(Template::Reminder, to),
        // Whoever asked for it gets it.
        What::Resent { to } => {
            after.invitee(*to).map(|to| (Template::Link, To::Invitee(to))).into_iter().collect()
        }
        What::Closed => to_those_who_take_mail(Template::Closed, after.active_invitees()),
        What::Finalized => {
            let has_none = |i: &&Invitee| after.scheduled.iter().all(|meeting| meeting.invitee != i.number);
            to_those_who_take_mail(Template::Unscheduled, after.active_invitees().filter(has_none))
        }
        What::AllAnswered => owner(Template::Answered),
        What::Summarized { .. } => owner(Template::Deadline),
        _ => Vec::new(),
    };
    let best = match &event.what {
        What::Summarized { best } => best.as_slice(),
        _ => &[],
    };
    mails.into_iter().map(|(template, to)| letter(after, event, template, to, best, head)).collect()
}

fn to_those_who_take_mail<'a>(
    template: Template,
    invitees: impl Iterator<Item = &'a Invitee>,
) -> Vec<(Template, To<'a>)> {
    invitees.filter(|i| i.takes_mail()).map(|i| (template, To::Invitee(i))).collect()
}

fn letter(
    after: &Calendar,
    event: &Event,
    template: Template,
    to: To<'_>,
    best: &[(u16, Instant)],
    head: Digest,
) -> Letter {
    let invitee = match to {
        To::Invitee(invitee) => Some(invitee),
        To::Owner => None,
    };
    let number = invitee.map_or(0, |i| i.number);
    let unsubscribe = Link {
        purpose: Purpose::UnsubscribeCalendar,
        subject: after.id,
        party: number,
        generation: invitee.map_or(0, |i| i.generation),
        expires: event.at.saturating_add(UNSUBSCRIBE).seconds(),
    };
    let answer = invitee.filter(|_| template == Template::Added).and_then(|i| i.answer.as_ref());
    let (answered, missing): (Vec<&Invitee>, Vec<&Invitee>) =
        after.active_invitees().filter(|_| invitee.is_none()).partition(|i| i.answer.is_some());
    let (first_name, last_name) = invitee.map_or_else(
        || (after.owner.first_name.clone(), after.owner.last_name.clone()),
        |i| (i.first_name.to_string(), i.last_name.to_string()),
    );
    Letter {
        template,
        to: invitee.map_or_else(|| after.owner.address.clone(), |i| i.address.clone()),
        reply_to: invitee.filter(|_| after.owner.verified).map(|_| after.owner.address.clone()),
        calendar: after.id,
        account: after.owner.account,
        invitee: number,
        name: after.name.to_string(),
        description: after.description.to_string(),
        timezone: after.timezone.clone(),
        owner: after.owner.shown(),
        first_name,
        last_name,
        deadline: after.deadline,
        meeting_minutes: after.meeting_minutes,
        added: answer.map_or_else(Vec::new, |answer| after.added_since(answer)),
        best: best.iter().filter_map(|(number, begin)| placed(after, *number, *begin)).collect(),
        missing: missing.iter().map(|i| i.full_name()).collect(),
        answered: answered.len(),
        invited: answered.len().saturating_add(missing.len()),
        link: invitee.filter(|_| after.phase != Phase::Closed).map(|i| after.link(i, event.at)),
        unsubscribe: Some(unsubscribe),
        head,
    }
}

/// Who has which time in the best schedule.
fn placed(calendar: &Calendar, number: u16, begin: Instant) -> Option<(String, Slot)> {
    let length = Duration::from_seconds(i64::from(calendar.meeting_minutes).saturating_mul(60));
    Some((calendar.invitee(number)?.full_name(), Slot::new(begin, length).ok()?))
}

/// The recipient of a queued letter by now, and whether it still wants it.
pub(super) fn is_wanted(calendar: &Calendar, letter: &Letter) -> bool {
    let is_open = matches!(calendar.phase, Phase::Open | Phase::Finalizing);
    if letter.invitee == 0 {
        let is_current = letter.template != Template::Deadline || letter.deadline == calendar.deadline;
        return calendar.owner_takes_mail() && is_open && is_current;
    }
    let known = calendar.invitee(letter.invitee).filter(|i| i.address == letter.to);
    let Some(invitee) = known else { return false };
    match letter.template {
        Template::Link => calendar.phase != Phase::Closed,
        // Whoever has answered since needs no reminder.
        Template::Reminder => is_open && invitee.takes_mail() && invitee.answer.is_none(),
        Template::Invitation | Template::Added => is_open && invitee.takes_mail(),
        Template::Closed | Template::Unscheduled | Template::Answered | Template::Deadline => {
            invitee.takes_mail()
        }
    }
}

/// Whom the acts of people mail, with what counts against budgets: invitations, questions about what was added, reminders that
/// the owner wants, and links that were asked for.
pub(super) fn counted(after: &Calendar, events: &[Event]) -> Vec<(u16, Address)> {
    let numbers = |event: &Event| match &event.what {
        What::Created { new, .. } => (1u16..).take(new.invitees.len()).collect(),
        What::Invited(invitees) => invitees.iter().map(|(number, _)| *number).collect(),
        What::Asked(numbers) | What::Reminded { to: numbers, hours: None } => numbers.clone(),
        What::Resent { to } => vec![*to],
        _ => Vec::new(),
    };
    let is_asked_for = |event: &Event| matches!(event.what, What::Resent { .. });
    let mailed = events.iter().flat_map(|event| {
        let invitees = numbers(event).into_iter().filter_map(|number| after.invitee(number));
        invitees.filter(|i| is_asked_for(event) || i.takes_mail()).map(|i| (i.number, i.address.clone()))
    });
    mailed.collect()
}

/// The owner's account, if a mail waits for its verification: the owner caused the mail or has to read it.
pub(super) fn held_for(
    calendar: &Calendar,
    actor: &Actor,
    unverified: Option<u64>,
    letter: &Letter,
) -> Option<u64> {
    let owner = &calendar.owner;
    let to_owner = letter.to == owner.address || *actor == Actor::System;
    let caused = unverified == Some(owner.account);
    (caused || (to_owner && !owner.verified)).then_some(owner.account)
}
