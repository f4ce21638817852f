//! The bodies of the API, in the members and the order of its document. Times are wall times of the calendar's zone.

use serde::Serialize;
use whittle_domain::address::Address;
use whittle_domain::calendar::wall::{NaiveSlot, WallSlot};
use whittle_domain::calendar::{
    Calendar, CalendarDescription, CalendarName, Invitee, InviteeView, New, PersonView, Phase, Scheduled,
};
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::text::PersonName;
use whittle_domain::zone::Zone;

use crate::error::Result;

/// A slot, whose preference has another name wherever the document says so.
#[derive(Serialize)]
struct SlotRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    #[serde(flatten)]
    wall: WallSlot,
    #[serde(skip_serializing_if = "Option::is_none")]
    preference_level: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preference: Option<u8>,
}

impl SlotRow {
    fn of(available: &PreferredSlot, zone: &Zone) -> Self {
        let preference_level = Some(available.preference.level());
        Self { id: None, wall: WallSlot::of(&available.slot, zone), preference_level, preference: None }
    }

    /// As it is shown to invitees.
    fn asked(available: &PreferredSlot, zone: &Zone) -> Self {
        let row = Self::of(available, zone);
        Self { preference: row.preference_level, preference_level: None, ..row }
    }
}

/// Somebody of a calendar who is not asked by its copy.
#[derive(Serialize)]
pub struct LeftOut {
    id: u64,
    first_name: PersonName,
    last_name: PersonName,
}

impl LeftOut {
    pub fn of(invitee: &Invitee) -> Self {
        let (first_name, last_name) = (invitee.first_name.clone(), invitee.last_name.clone());
        Self { id: invitee.contact, first_name, last_name }
    }
}

#[derive(Serialize)]
struct Created<'a> {
    id: u64,
    name: &'a CalendarName,
    description: &'a CalendarDescription,
    deadline: String,
    invitees: Vec<u64>,
    finalized: bool,
    timezone: &'a Zone,
    meeting_minutes: u16,
    step_minutes: u16,
    reminders: bool,
    /// What was left out or changed of the times, a sentence for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// Who is asked by the calendar that this is a copy of, and is no contact any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
}

/// A calendar that was made, as `POST /schedules/calendars/create/` shows it.
pub fn created(id: u64, new: &New, notes: Vec<String>, left_out: Vec<LeftOut>) -> Result<String> {
    Ok(serde_json::to_string(&Created {
        id,
        notes,
        left_out,
        name: &new.name,
        description: &new.description,
        deadline: new.deadline.to_string(),
        invitees: new.invitees.iter().map(|invitee| invitee.contact).collect(),
        finalized: false,
        timezone: &new.timezone,
        meeting_minutes: new.meeting_minutes,
        step_minutes: new.step_minutes,
        reminders: new.reminders,
    })?)
}

#[derive(Serialize)]
struct Details<'a> {
    #[serde(rename = "Calendar")]
    calendar: Shown<'a>,
    #[serde(rename = "Owner_availability")]
    owner: Available,
    #[serde(rename = "Invitee_availability")]
    invitees: Vec<Asked<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: u64,
    name: &'a CalendarName,
    description: &'a CalendarDescription,
    deadline: String,
    invitees: Vec<u64>,
    finalized: bool,
    state: &'static str,
    timezone: &'a Zone,
    meeting_minutes: u16,
    step_minutes: u16,
    reminders: bool,
    version: u32,
}

#[derive(Serialize)]
struct Available {
    slots: Vec<SlotRow>,
}

#[derive(Serialize)]
struct Asked<'a> {
    contact: ContactRow<'a>,
    status: bool,
    slots: Vec<SlotRow>,
    answered_at: Option<String>,
    reminded_at: Option<String>,
    /// Why mail does not reach it.
    mail: Option<&'static str>,
}

/// A contact with the names of its members that contacts have.
#[derive(Serialize)]
struct ContactRow<'a> {
    id: u64,
    #[serde(rename = "first_Name")]
    first_name: &'a PersonName,
    #[serde(rename = "last_Name")]
    last_name: &'a PersonName,
    email: &'a Address,
}

/// All of a calendar, for its owner.
pub fn details(calendar: &Calendar) -> Result<String> {
    let zone = &calendar.timezone;
    let own =
        calendar.slots.iter().map(|own| SlotRow { id: Some(own.id), ..SlotRow::of(&own.available, zone) });
    Ok(serde_json::to_string(&Details {
        calendar: Shown {
            id: calendar.id,
            name: &calendar.name,
            description: &calendar.description,
            deadline: calendar.deadline.to_string(),
            invitees: calendar.active_invitees().map(|invitee| invitee.contact).collect(),
            finalized: calendar.phase == Phase::Finalized,
            state: calendar.phase.word(),
            timezone: zone,
            meeting_minutes: calendar.meeting_minutes,
            step_minutes: calendar.step_minutes,
            reminders: calendar.reminders,
            version: calendar.version,
        },
        owner: Available { slots: own.collect() },
        invitees: calendar.active_invitees().map(|invitee| asked(invitee, zone)).collect(),
    })?)
}

fn asked<'a>(invitee: &'a Invitee, zone: &Zone) -> Asked<'a> {
    let answer = invitee.answer.as_ref();
    let given = answer.map(|answer| answer.slots.as_slice()).unwrap_or_default();
    Asked {
        contact: ContactRow {
            id: invitee.contact,
            first_name: &invitee.first_name,
            last_name: &invitee.last_name,
            email: &invitee.address,
        },
        status: answer.is_some(),
        slots: given.iter().map(|available| SlotRow::of(available, zone)).collect(),
        answered_at: answer.map(|answer| answer.at.to_string()),
        reminded_at: invitee.reminded_at.map(|at| at.to_string()),
        mail: invitee.undeliverable.map(|why| why.word()),
    }
}

#[derive(Serialize)]
struct Invitation<'a> {
    calendar_id: u64,
    name: &'a str,
    description: &'a str,
    deadline: String,
    owner: Person<'a>,
    invitees: Vec<Person<'a>>,
    owner_availability: Vec<SlotRow>,
    timezone: &'a Zone,
    meeting_minutes: u16,
    step_minutes: u16,
    finalized: bool,
    /// The reader, one of the invitees.
    invitee: Person<'a>,
    /// What the reader has answered.
    availability: Option<Vec<SlotRow>>,
    meeting: Option<OwnMeeting>,
}

#[derive(Serialize)]
struct Person<'a> {
    id: u64,
    first_name: &'a str,
    last_name: &'a str,
}

impl<'a> From<&'a PersonView> for Person<'a> {
    fn from(PersonView { id, first_name, last_name }: &'a PersonView) -> Self {
        Self { id: *id, first_name, last_name }
    }
}

#[derive(Serialize)]
struct OwnMeeting {
    meeting_id: u64,
    #[serde(flatten)]
    times: NaiveSlot,
}

/// A calendar as an invitee sees it.
pub fn invitation(view: &InviteeView) -> Result<String> {
    let zone = &view.timezone;
    let answer = view.answer.as_ref();
    let meeting = view.meeting.as_ref();
    Ok(serde_json::to_string(&Invitation {
        calendar_id: view.calendar_id,
        name: &view.name,
        description: &view.description,
        deadline: view.deadline.to_string(),
        owner: (&view.owner).into(),
        invitees: view.invitees.iter().map(Into::into).collect(),
        owner_availability: view.owner_slots.iter().map(|own| SlotRow::asked(own, zone)).collect(),
        timezone: zone,
        meeting_minutes: view.meeting_minutes,
        step_minutes: view.step_minutes,
        finalized: view.phase == Phase::Finalized,
        invitee: (&view.you).into(),
        availability: answer.map(|answer| answer.iter().map(|given| SlotRow::of(given, zone)).collect()),
        meeting: meeting.map(|(id, slot)| OwnMeeting { meeting_id: *id, times: NaiveSlot::of(slot, zone) }),
    })?)
}

/// A meeting of a calendar: `id` is the contact's, as the document has it.
#[derive(Serialize)]
pub struct MeetingRow<'a> {
    id: u64,
    meeting_id: u64,
    first_name: &'a PersonName,
    last_name: &'a PersonName,
    email: &'a Address,
    #[serde(flatten)]
    times: NaiveSlot,
    /// Whether it takes place, where that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'a str>,
}

/// A meeting of a schedule, as it was finalised.
pub fn meeting<'a>(calendar: &'a Calendar, one: &Scheduled) -> Option<MeetingRow<'a>> {
    let invitee = calendar.invitees.iter().find(|invitee| invitee.number == one.invitee)?;
    Some(MeetingRow {
        id: invitee.contact,
        meeting_id: one.meeting,
        first_name: &invitee.first_name,
        last_name: &invitee.last_name,
        email: &invitee.address,
        times: NaiveSlot::of(&one.slot, &calendar.timezone),
        status: None,
    })
}

#[derive(Serialize)]
struct Finalized<'a> {
    meetings: Vec<MeetingRow<'a>>,
}

/// The meetings of a calendar that was finalised just now.
pub fn finalized(calendar: &Calendar) -> Result<String> {
    let meetings = calendar.scheduled.iter().filter_map(|one| meeting(calendar, one));
    Ok(serde_json::to_string(&Finalized { meetings: meetings.collect() })?)
}
