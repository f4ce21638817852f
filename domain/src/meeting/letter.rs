//! The mails about a meeting.

use serde::{Deserialize, Serialize};

use super::{Attendee, Meeting};
use crate::account::MailLevel;
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::link::{Link, Purpose};

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
}

impl Template {
    /// From which level on the organiser gets it.
    #[must_use]
    pub const fn level(self) -> MailLevel {
        match self {
            Self::Declined | Self::Accepted => MailLevel::Decisions,
            Self::Agreed | Self::Moved | Self::Details | Self::Cancelled => MailLevel::None,
        }
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
}

/// For how long one can unsubscribe by a mail's link: five years.
const UNSUBSCRIBE: Duration = Duration::from_seconds(5 * 365 * 86_400);

/// The calendar invitations of a new meeting, to everybody.
#[must_use]
pub fn agreed(meeting: &Meeting, now: Instant, link_days: i64) -> Vec<Letter> {
    letters(meeting, Template::Agreed, None, now, link_days)
}

/// The mails of a change. What calendars must hear of goes to everybody, who caused it included: nobody's calendar is to
/// show a time that is not. An answer goes to the organiser alone, unless it is the organiser's own.
pub(super) fn letters(
    meeting: &Meeting,
    template: Template,
    about: Option<u16>,
    now: Instant,
    link_days: i64,
) -> Vec<Letter> {
    let to_all = !matches!(template, Template::Declined | Template::Accepted);
    let organisers = |a: &&Attendee| a.address == meeting.organiser.address;
    let own = meeting.attendees.iter().find(organisers);
    let attendees = meeting.attendees.iter().filter(|a| to_all && a.takes_mail());
    let attendees = attendees.map(|a| (a.number, a.generation, a.address.clone()));
    let organiser = match own {
        // Mailed as the attendee it is.
        Some(own) if to_all || about == Some(own.number) => None,
        _ if meeting.organiser.opted_out => None,
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
        })
        .collect()
}
