//! The mails about a meeting.

use serde::{Deserialize, Serialize};

use super::{Attendee, Meeting, PartStat};
use crate::account::MailLevel;
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::link::{Link, Purpose};
use crate::zone::Zone;

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Template {
    /// The time is agreed: the calendar invitation.
    Agreed,
    /// It was moved.
    Moved,
    /// It has other details: title, place, description or time zone.
    Details,
    /// It was cancelled.
    Cancelled,
    /// Somebody does not come, to the organiser.
    Declined,
    /// Somebody comes after all, to the organiser.
    Accepted,
    /// It takes place after all: it was cancelled before.
    Reactivated,
    /// To whoever does not belong to it any more ([`removed`]).
    Removed,
    /// A guest is to confirm a booking, by the link in it: to the guest alone.
    Held,
    /// A guest's booking waits for the owner's word: to both.
    Asked,
    /// The owner has declined a guest's booking, or has not answered in time: to the guest alone.
    Refused,
    /// It begins in a day, to whoever comes.
    Reminder,
}

impl Template {
    /// From which level on the organiser gets it.
    #[must_use]
    pub const fn level(self) -> MailLevel {
        match self {
            Self::Declined | Self::Accepted | Self::Reminder => MailLevel::Decisions,
            _ => MailLevel::None,
        }
    }

    /// Whether it is about somebody's answer: then it goes to the organiser alone.
    const fn is_of_an_answer(self) -> bool {
        matches!(self, Self::Declined | Self::Accepted)
    }

    /// Whether it goes to those who are asked to come, and not to the organiser.
    const fn is_to_attendees_alone(self) -> bool {
        matches!(self, Self::Held | Self::Refused | Self::Removed)
    }
}

/// What a mail about a meeting is made of; the same letter renders to the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which mail.
    pub template: Template,
    /// To whom.
    pub to: Address,
    /// The attendee that is mailed, 0 for the organiser.
    pub attendee: u16,
    /// The attendee it is about.
    pub about: Option<u16>,
    /// The meeting as it was then.
    pub meeting: Meeting,
    /// The recipient's link.
    pub link: Link,
    /// The recipient's way out.
    pub unsubscribe: Link,
    /// In which zone the recipient reads times, where that is not the meeting's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Zone>,
    /// Until when a held booking can be confirmed, or one that waits for the owner be answered. Of a refusal: until when there
    /// was no answer; none where the owner has declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// What the other side has to say, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What letters about a guest's booking say beside the meeting ([`beside`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// In which zone the guest reads times.
    pub timezone: Option<&'a Zone>,
    /// See [`Letter::until`].
    pub until: Option<Instant>,
    /// What the owner tells the guest.
    pub to_guest: Option<&'a str>,
    /// What the guest tells the owner: the answers to its questions.
    pub to_owner: Option<&'a str>,
}

/// Letters that say this beside the meeting: the guest's in its zone, each with what the other side says.
#[must_use]
pub fn beside(mut letters: Vec<Letter>, said: &Beside<'_>) -> Vec<Letter> {
    for letter in &mut letters {
        let is_guests = letter.attendee > 0;
        letter.timezone = said.timezone.filter(|_| is_guests).cloned();
        letter.until = said.until;
        let message = if is_guests { said.to_guest } else { said.to_owner };
        letter.message = message.filter(|message| !message.is_empty()).map(str::to_owned);
    }
    letters
}

/// For how long one can unsubscribe by a mail's link: five years.
const UNSUBSCRIBE: Duration = Duration::from_seconds(5 * 365 * 86_400);

/// The calendar invitations of a new meeting, to everybody.
#[must_use]
pub fn agreed(meeting: &Meeting, now: Instant, link_days: i64) -> Vec<Letter> {
    letters(meeting, Template::Agreed, None, now, link_days)
}

/// The cancellations for attendees who do not belong to the meeting any more; nobody else is named in them.
#[must_use]
pub fn removed(meeting: &Meeting, gone: &[Attendee], now: Instant, link_days: i64) -> Vec<Letter> {
    let to = |attendee: &Attendee| {
        let meeting = Meeting { attendees: vec![attendee.clone()], ..meeting.clone() };
        letters(&meeting, Template::Removed, None, now, link_days)
    };
    gone.iter().flat_map(to).collect()
}

/// The mails of this kind, `about` an attendee where they are about an answer. What calendars must hear of goes to everybody, who
/// caused it included: nobody's calendar is to show a time that is not. An answer goes to the organiser alone, unless it is the
/// organiser's own. Who has declined is not reminded.
#[must_use]
pub fn letters(
    meeting: &Meeting,
    template: Template,
    about: Option<u16>,
    now: Instant,
    link_days: i64,
) -> Vec<Letter> {
    let to_all = !template.is_of_an_answer();
    let organisers = |a: &&Attendee| a.address == meeting.organiser.address;
    let own = meeting.attendees.iter().find(organisers);
    let comes = |a: &Attendee| template != Template::Reminder || a.partstat != PartStat::Declined;
    let attendees = meeting.attendees.iter().filter(|a| to_all && a.takes_mail() && comes(a));
    let attendees = attendees.map(|a| (a.number, a.generation, a.address.clone()));
    let organiser = match own {
        // Mailed as the attendee it is.
        Some(own) if to_all || about == Some(own.number) => None,
        _ if meeting.organiser.opted_out || template.is_to_attendees_alone() => None,
        _ => Some((0, meeting.organiser.generation, meeting.organiser.address.clone())),
    };
    let link = |purpose, number, generation, expires: Instant| Link {
        purpose,
        subject: meeting.id,
        party: number,
        generation,
        expires: expires.seconds(),
    };
    // One must be able to decline until it is over, however far off it is.
    let days = now.saturating_add(Duration::from_seconds(link_days.saturating_mul(86_400))).max(meeting.end);
    let way_out = now.saturating_add(UNSUBSCRIBE);
    attendees
        .chain(organiser)
        .map(|(number, generation, to)| Letter {
            template,
            to,
            attendee: number,
            about: about.filter(|_| !to_all),
            meeting: meeting.clone(),
            link: link(Purpose::Meeting, number, generation, days),
            unsubscribe: link(Purpose::UnsubscribeMeeting, number, generation, way_out),
            timezone: None,
            until: None,
            message: None,
        })
        .collect()
}
