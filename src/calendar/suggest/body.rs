//! The answer of `GET .../confirm/`: the members of the document, and `analysis` beside them. Times without an offset are in the
//! calendar's zone. What a checker needs (`problem`, `schedules`, `certificate`) is in UTC.

use serde::Serialize;
use serde_json::{Value, json};
use whittle_domain::calendar::wall::{NaiveSlot, WallSlot, naive};
use whittle_domain::calendar::{Calendar, Gap, Score, Suggested, Suggestions};
use whittle_domain::schedule::{Placed, PreferredSlot, ProblemInput, Relaxation};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use super::{Found, words};

/// A contact by name.
#[derive(Serialize)]
struct Person {
    id: u64,
    first_name: String,
    last_name: String,
}

/// A suggested meeting, as the document has it.
#[derive(Serialize)]
struct Meeting {
    #[serde(flatten)]
    person: Person,
    #[serde(flatten)]
    time: NaiveSlot,
}

/// A suggested meeting, for a checker.
#[derive(Serialize)]
struct CheckedMeeting {
    id: u64,
    begin: String,
    end: String,
}

/// A time, for a checker; with a preference where it is one that somebody is available at.
#[derive(Serialize)]
struct CheckedSlot {
    begin: String,
    end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    preference: Option<u8>,
}

/// A change after which more people are placed.
#[derive(Serialize)]
struct Help {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u16>,
    placed: usize,
    words: String,
}

/// The whole body.
pub fn of(found: &Found) -> Value {
    let calendar = &*found.calendar;
    let zone = &calendar.timezone;
    let schedules = found.suggested().map_or(&[][..], |s| &s.schedules);
    let people = |contacts: &[u64]| contacts.iter().map(|id| person(calendar, *id)).collect::<Vec<_>>();
    let invitees: Vec<u64> = calendar.active_invitees().map(|i| i.contact).collect();
    let availability = calendar.active_invitees().map(|invitee| {
        let slots = invitee.answer.as_ref().map_or(&[][..], |answer| &answer.slots);
        json!({
            "contact": person(calendar, invitee.contact),
            "availability": slots.iter().map(|slot| available(slot, zone)).collect::<Vec<_>>(),
        })
    });
    let engagements = found.engagements.iter().map(|e| {
        json!({
            "start_time": naive(e.slot.begin(), zone),
            "end_time": naive(e.slot.end(), zone),
            "hard": e.hard,
            "kind": e.kind,
            "title": e.title,
        })
    });
    json!({
        "id": calendar.id,
        "name": calendar.name,
        "description": calendar.description,
        "deadline": calendar.deadline.to_string(),
        "timezone": zone,
        "invitees": people(&invitees),
        "suggested_schedules": schedules.iter().map(|s| schedule(calendar, s)).collect::<Vec<_>>(),
        "invitee_availability": availability.collect::<Vec<_>>(),
        "unanswered": people(&found.unanswered),
        "engagements": engagements.collect::<Vec<_>>(),
        "analysis": match &found.suggestions {
            None => Value::Null,
            Some(Ok(suggestions)) => analysis(calendar, suggestions),
            Some(Err(_)) => json!({ "error": words::too_large().to_string() }),
        },
    })
}

fn person(calendar: &Calendar, contact: u64) -> Person {
    let invitee = calendar.invitee_of_contact(contact);
    Person {
        id: contact,
        first_name: invitee.map(|i| i.first_name.to_string()).unwrap_or_default(),
        last_name: invitee.map(|i| i.last_name.to_string()).unwrap_or_default(),
    }
}

/// A slot of an answer, as the document and as the code of the original call its preference.
#[derive(Serialize)]
struct Available {
    #[serde(flatten)]
    slot: WallSlot,
    preference: u8,
    preference_level: u8,
}

fn available(available: &PreferredSlot, zone: &Zone) -> Available {
    let level = available.preference.level();
    Available { slot: WallSlot::of(&available.slot, zone), preference: level, preference_level: level }
}

fn schedule(calendar: &Calendar, suggested: &Suggested) -> Vec<Meeting> {
    let meeting = |placed: &Placed| {
        let slot = Slot::new(placed.begin, calendar.meeting_length()).ok()?;
        let person = person(calendar, placed.invitee);
        Some(Meeting { person, time: NaiveSlot::of(&slot, &calendar.timezone) })
    };
    suggested.meetings.iter().filter_map(meeting).collect()
}

/// A score in numbers.
pub fn score(score: &Score, zone: &Zone) -> Value {
    json!({
        "placed": score.placed,
        "people": score.people,
        "preference": score.preference,
        "most_preference": score.most_preference,
        "delay_seconds": score.delay.micros().div_euclid(1_000_000),
        "first": score.first.map(|first| naive(first, zone)),
    })
}

fn analysis(calendar: &Calendar, found: &Suggestions) -> Value {
    let zone = &calendar.timezone;
    let scores = || found.schedules.iter().map(|s| &s.score);
    let gap = |gap: &Gap| {
        json!({
            "placed": gap.placed,
            "preference": gap.preference,
            "delay_seconds": gap.delay.micros().div_euclid(1_000_000),
        })
    };
    let competing = found.competing.iter().map(|set| {
        json!({ "invitees": set.invitees, "fit": set.max_placed, "words": words::competing(calendar, set) })
    });
    let unplaced = found.unplaced.iter().map(|(contact, reason)| {
        json!({ "id": contact, "reason": reason, "words": words::unplaced(calendar, *contact, *reason) })
    });
    json!({
        "optimal": found.optimal,
        "gap": found.gap.as_ref().map(gap),
        "verdict": words::verdict(found).to_string(),
        "scores": scores().map(|s| score(s, zone)).collect::<Vec<_>>(),
        "words": scores().map(|s| words::score(s, zone)).collect::<Vec<_>>(),
        "schedules": found.schedules.iter().map(|s| checked(calendar, s)).collect::<Vec<_>>(),
        "certificate": found.certificate,
        "problem": problem(&found.problem),
        "competing": competing.collect::<Vec<_>>(),
        "unplaced": unplaced.collect::<Vec<_>>(),
        "would_help": found.relaxations.iter().map(|r| help(calendar, r)).collect::<Vec<_>>(),
        "complete": found.complete,
        "work": found.work,
    })
}

fn checked(calendar: &Calendar, suggested: &Suggested) -> Vec<CheckedMeeting> {
    let meeting = |placed: &Placed| CheckedMeeting {
        id: placed.invitee,
        begin: placed.begin.to_string(),
        end: placed.begin.saturating_add(calendar.meeting_length()).to_string(),
    };
    suggested.meetings.iter().map(meeting).collect()
}

/// The problem for a checker.
fn problem(input: &ProblemInput) -> Value {
    let slot = |slot: &Slot, preference| CheckedSlot {
        begin: slot.begin().to_string(),
        end: slot.end().to_string(),
        preference,
    };
    let preferred = |available: &[PreferredSlot]| {
        let slots = available.iter().map(|a| slot(&a.slot, Some(a.preference.level())));
        slots.collect::<Vec<_>>()
    };
    let invitees = input.invitees.iter();
    let invitees = invitees.map(|i| json!({ "id": i.id, "available": preferred(&i.available) }));
    json!({
        "meeting_minutes": input.meeting_minutes,
        "step_minutes": input.step_minutes,
        "owner": preferred(&input.owner),
        "busy": input.busy.iter().map(|busy| slot(busy, None)).collect::<Vec<_>>(),
        "invitees": invitees.collect::<Vec<_>>(),
    })
}

fn help(calendar: &Calendar, relaxation: &Relaxation) -> Help {
    let zone = &calendar.timezone;
    let (kind, id, start_time, minutes, placed) = match relaxation {
        Relaxation::ExtraStart { invitee, begin, placed } => {
            ("extra_start", Some(*invitee), Some(naive(*begin, zone)), None, *placed)
        }
        Relaxation::ShorterStep { minutes, placed } => ("shorter_step", None, None, Some(*minutes), *placed),
        Relaxation::ShorterMeeting { minutes, placed } => {
            ("shorter_meeting", None, None, Some(*minutes), *placed)
        }
    };
    Help { kind, id, start_time, minutes, placed, words: words::help(calendar, relaxation, zone) }
}
