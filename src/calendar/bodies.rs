//! The bodies of the API, in the members and the order of its document. Times are wall times of the calendar's zone.

use serde_json::{Map, Value, json};
use whittle_domain::calendar::wall::{NaiveSlot, WallSlot};
use whittle_domain::calendar::{Calendar, Invitee, InviteeView, New, PersonView, Phase, Scheduled};
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::zone::Zone;

/// A slot under the name that the document has for its preference there.
pub fn slot(available: &PreferredSlot, preference: &str, zone: &Zone) -> Value {
    let mut row = json!(WallSlot::of(&available.slot, zone));
    row[preference] = json!(available.preference.level());
    row
}

fn slots(all: &[PreferredSlot], preference: &str, zone: &Zone) -> Value {
    all.iter().map(|available| slot(available, preference, zone)).collect()
}

/// A calendar that was made, as `POST /schedules/calendars/create/` shows it.
pub fn created(id: u64, new: &New) -> Value {
    let invitees: Vec<u64> = new.invitees.iter().map(|invitee| invitee.contact).collect();
    json!({
        "id": id, "name": new.name, "description": new.description, "deadline": new.deadline.to_string(),
        "invitees": invitees, "finalized": false, "timezone": new.timezone, "meeting_minutes": new.meeting_minutes,
        "step_minutes": new.step_minutes, "reminders": new.reminders,
    })
}

/// All of a calendar, for its owner.
pub fn details(calendar: &Calendar) -> Value {
    let zone = &calendar.timezone;
    let invitees: Vec<u64> = calendar.active_invitees().map(|invitee| invitee.contact).collect();
    let owner: Value = calendar
        .slots
        .iter()
        .map(|own| {
            let mut row = Map::new();
            row.insert("id".to_owned(), json!(own.id));
            if let Value::Object(of_slot) = slot(&own.available, "preference_level", zone) {
                row.extend(of_slot);
            }
            Value::Object(row)
        })
        .collect();
    json!({
        "Calendar": {
            "id": calendar.id, "name": calendar.name, "description": calendar.description,
            "deadline": calendar.deadline.to_string(), "invitees": invitees,
            "finalized": calendar.phase == Phase::Finalized, "state": calendar.phase.word(), "timezone": zone,
            "meeting_minutes": calendar.meeting_minutes, "step_minutes": calendar.step_minutes,
            "reminders": calendar.reminders, "version": calendar.version,
        },
        "Owner_availability": { "slots": owner },
        "Invitee_availability": calendar.active_invitees().map(|invitee| asked(invitee, zone)).collect::<Vec<_>>(),
    })
}

fn asked(invitee: &Invitee, zone: &Zone) -> Value {
    let answer = invitee.answer.as_ref();
    let given = answer.map(|answer| answer.slots.as_slice()).unwrap_or_default();
    json!({
        "contact": {
            "id": invitee.contact, "first_Name": invitee.first_name, "last_Name": invitee.last_name,
            "email": invitee.address,
        },
        "status": answer.is_some(),
        "slots": slots(given, "preference_level", zone),
        "answered_at": answer.map(|answer| answer.at.to_string()),
        "reminded_at": invitee.reminded_at.map(|at| at.to_string()),
        "mail": invitee.undeliverable.map(|why| why.word()),
    })
}

fn person(person: &PersonView) -> Value {
    json!({ "id": person.id, "first_name": person.first_name, "last_name": person.last_name })
}

/// A calendar as an invitee sees it.
pub fn invitation(view: &InviteeView) -> Value {
    let zone = &view.timezone;
    let meeting = view.meeting.as_ref().map(|(id, slot)| {
        let mut row = json!({ "meeting_id": id });
        with_times(&mut row, &NaiveSlot::of(slot, zone));
        row
    });
    json!({
        "calendar_id": view.calendar_id, "name": view.name, "description": view.description,
        "deadline": view.deadline.to_string(), "owner": person(&view.owner),
        "invitees": view.invitees.iter().map(person).collect::<Vec<_>>(),
        "owner_availability": slots(&view.owner_slots, "preference", zone),
        "timezone": zone, "meeting_minutes": view.meeting_minutes, "step_minutes": view.step_minutes,
        "finalized": view.phase == Phase::Finalized, "invitee": person(&view.you),
        "availability": view.answer.as_ref().map(|answer| slots(answer, "preference_level", zone)),
        "meeting": meeting,
    })
}

/// Puts the times of a slot into a row.
pub fn with_times(row: &mut Value, times: &NaiveSlot) {
    if let (Value::Object(row), Value::Object(times)) = (row, json!(times)) {
        row.extend(times);
    }
}

/// The meetings of a calendar that was finalised just now. `id` is the contact's, as the document has it.
pub fn finalized(calendar: &Calendar) -> Value {
    let row = |one: &Scheduled| {
        let invitee = calendar.invitees.iter().find(|invitee| invitee.number == one.invitee)?;
        let mut row = json!({
            "id": invitee.contact, "meeting_id": one.meeting, "first_name": invitee.first_name,
            "last_name": invitee.last_name, "email": invitee.address,
        });
        with_times(&mut row, &NaiveSlot::of(&one.slot, &calendar.timezone));
        Some(row)
    };
    json!({ "meetings": calendar.scheduled.iter().filter_map(row).collect::<Vec<_>>() })
}
