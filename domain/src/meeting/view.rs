//! A meeting as the API shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Attendee, Meeting, PartStat, Source, Standing, Status};

/// The meeting object of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// See [`Meeting::id`].
    pub id: u64,
    /// `{origin}/meetings/{id}/`
    pub url: String,
    /// What for.
    pub title: String,
    /// Where it is; empty where that is not said.
    pub location: String,
    /// What it is for, with line breaks; empty where that is not said.
    pub description: String,
    /// From when, UTC.
    pub begin: String,
    /// For how long.
    pub duration: String,
    /// IANA name.
    pub timezone: String,
    /// See [`Status`].
    pub status: Status,
    /// As in calendar parts.
    pub sequence: u32,
    /// As in calendar parts.
    pub uid: String,
    /// The `ETag`.
    pub version: u32,
    /// Who called it.
    pub organiser: Person,
    /// The attendee that the caller is, if any.
    pub you: Option<String>,
    /// Who is to come.
    pub attendees: Vec<AttendeeView>,
    /// What it came of.
    pub source: SourceView,
    /// What a guest has booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Value>,
}

/// Somebody, as far as the caller may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The address, for those who may see it.
    pub email: Option<String>,
    /// As others know it.
    pub name: Option<String>,
}

/// Why an attendee got no mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProblem {
    /// A budget of mail was used up.
    OverBudget,
}

/// One attendee's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendeeView {
    /// `p1`
    pub attendee: String,
    /// Its address, for those who may see it.
    pub email: Option<String>,
    /// As the organiser calls it.
    pub name: Option<String>,
    /// Whether it takes place without it.
    pub optional: bool,
    /// See [`PartStat`].
    pub partstat: PartStat,
    /// `over_budget` where its mail was dropped because a budget was used up, for those who may see its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailProblem>,
}

/// What a meeting came of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// `proposal`, `calendar` or `event`
    pub kind: String,
    /// Its id.
    pub id: u64,
    /// Where it is shown: of a proposal `{origin}/{id}/`, of a calendar its details.
    pub url: String,
}

/// The meeting for somebody of this standing.
#[must_use]
pub fn view(meeting: &Meeting, standing: &Standing, origin: &str) -> View {
    let path = match meeting.source {
        Source::Proposal(proposal) => proposal.to_string(),
        Source::Calendar(calendar) => format!("schedules/calendars/{calendar}/details"),
        Source::Event(_) if meeting.is_guests() => format!("meetings/{}", meeting.id),
        Source::Event(event) => format!("api/event/{event}"),
    };
    let sees = standing.sees_addresses;
    let organiser = &meeting.organiser;
    View {
        id: meeting.id,
        url: format!("{origin}/meetings/{}/", meeting.id),
        title: meeting.title.to_string(),
        location: meeting.location.to_string(),
        description: meeting.description.to_string(),
        begin: meeting.begin.to_string(),
        duration: meeting.duration().to_string(),
        timezone: meeting.timezone.to_string(),
        status: meeting.status,
        sequence: meeting.sequence,
        uid: meeting.uid.clone(),
        version: meeting.version,
        organiser: Person {
            email: sees.then(|| organiser.address.to_string()),
            name: organiser.name.as_ref().map(ToString::to_string),
        },
        you: standing.attendee.map(|number| format!("p{number}")),
        attendees: meeting.attendees.iter().map(|a| attendee(a, standing)).collect(),
        source: SourceView {
            kind: meeting.source.kind().to_owned(),
            id: meeting.source.id(),
            url: format!("{origin}/{path}/"),
        },
        booking: meeting.booking.as_ref().map(|booking| {
            json!({
                "awaits": booking.awaits, "until": booking.expires.map(|at| at.to_string()),
                "change_until": booking.last_change(meeting.begin).to_string(), "timezone": booking.timezone,
                "answers": booking.answers.iter().map(|(question, answer)| json!({ "question": question, "answer": answer })).collect::<Vec<_>>(),
            })
        }),
    }
}

fn attendee(attendee: &Attendee, standing: &Standing) -> AttendeeView {
    let sees = standing.sees_addresses || standing.attendee == Some(attendee.number);
    AttendeeView {
        attendee: format!("p{}", attendee.number),
        email: sees.then(|| attendee.address.to_string()),
        name: attendee.name.as_ref().map(ToString::to_string),
        optional: attendee.optional,
        partstat: attendee.partstat,
        mail: (attendee.over_budget && standing.sees_addresses).then_some(MailProblem::OverBudget),
    }
}
