//! The answer of `GET .../confirm/`: the members of the document in their order, and then `analysis` and what it is about. Times
//! without an offset are in the calendar's zone. What a checker needs (`problem`, `schedules`, `certificate`) is in UTC.

use serde::Serialize;
use whittle_domain::calendar::wall::{NaiveSlot, WallSlot, naive};
use whittle_domain::calendar::{
    Calendar, CalendarDescription, CalendarName, Gap, Score, Suggested, Suggestions,
};
use whittle_domain::schedule::{
    Certificate, Placed, PreferredSlot, ProblemInput, Relaxation, UnplacedReason,
};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use super::{Engagement, Found, words};
use crate::error::Result;

#[derive(Serialize)]
struct Confirm<'a> {
    id: u64,
    name: &'a CalendarName,
    description: &'a CalendarDescription,
    deadline: String,
    invitees: Vec<Person>,
    suggested_schedules: Vec<Vec<Meeting>>,
    invitee_availability: Vec<Answered>,
    timezone: &'a Zone,
    unanswered: Vec<Person>,
    engagements: Vec<Taken<'a>>,
    analysis: Option<Told<'a>>,
}

#[derive(Serialize)]
struct Person {
    id: u64,
    first_name: String,
    last_name: String,
}

#[derive(Serialize)]
struct Meeting {
    #[serde(flatten)]
    person: Person,
    #[serde(flatten)]
    time: NaiveSlot,
}

#[derive(Serialize)]
struct Answered {
    contact: Person,
    availability: Vec<Available>,
}

/// A slot of an answer, whose preference the document and the code of the original call by two names.
#[derive(Serialize)]
struct Available {
    #[serde(flatten)]
    slot: WallSlot,
    preference: u8,
    preference_level: u8,
}

/// An engagement of the owner.
#[derive(Serialize)]
struct Taken<'a> {
    #[serde(flatten)]
    time: NaiveSlot,
    hard: bool,
    kind: &'a str,
    title: Option<&'a str>,
}

/// What is said of the suggestions.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    Analysis(Box<Analysis<'a>>),
    TooLarge { error: String },
}

#[derive(Serialize)]
struct Analysis<'a> {
    optimal: bool,
    gap: Option<GapRow>,
    verdict: String,
    scores: Vec<ScoreRow>,
    words: Vec<String>,
    competing: Vec<Competing<'a>>,
    unplaced: Vec<Unplaced>,
    would_help: Vec<Help>,
    complete: bool,
    work: u64,
    problem: Problem,
    schedules: Vec<Vec<CheckedMeeting>>,
    certificate: &'a Certificate,
}

#[derive(Serialize)]
struct GapRow {
    placed: i64,
    preference: i64,
    delay_seconds: i64,
}

/// A score in numbers.
#[derive(Serialize)]
pub struct ScoreRow {
    placed: u32,
    people: u32,
    preference: u32,
    most_preference: u32,
    delay_seconds: i64,
    first: Option<String>,
}

#[derive(Serialize)]
struct Competing<'a> {
    invitees: &'a [u64],
    fit: usize,
    words: String,
}

#[derive(Serialize)]
struct Unplaced {
    id: u64,
    reason: UnplacedReason,
    words: String,
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

/// The problem for a checker.
#[derive(Serialize)]
struct Problem {
    meeting_minutes: u16,
    step_minutes: u16,
    owner: Vec<CheckedSlot>,
    busy: Vec<CheckedSlot>,
    invitees: Vec<CheckedInvitee>,
}

#[derive(Serialize)]
struct CheckedInvitee {
    id: u64,
    available: Vec<CheckedSlot>,
}

/// A time for a checker, with a preference where somebody is available then.
#[derive(Serialize)]
struct CheckedSlot {
    begin: String,
    end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    preference: Option<u8>,
}

#[derive(Serialize)]
struct CheckedMeeting {
    id: u64,
    begin: String,
    end: String,
}

/// The whole body.
pub fn of(found: &Found) -> Result<String> {
    let calendar = &*found.calendar;
    let zone = &calendar.timezone;
    let people = |contacts: &[u64]| contacts.iter().map(|contact| person(calendar, *contact)).collect();
    let invitees: Vec<u64> = calendar.active_invitees().map(|invitee| invitee.contact).collect();
    let schedules = found.suggested().map_or(&[][..], |suggestions| &suggestions.schedules);
    let answered = calendar.active_invitees().map(|invitee| {
        let slots = invitee.answer.as_ref().map_or(&[][..], |answer| &answer.slots);
        let availability = slots.iter().map(|slot| available(slot, zone)).collect();
        Answered { contact: person(calendar, invitee.contact), availability }
    });
    let analysis = found.suggestions.as_ref().map(|suggestions| match suggestions {
        Ok(suggestions) => Told::Analysis(Box::new(analysis(calendar, suggestions))),
        Err(_) => Told::TooLarge { error: words::too_large().to_string() },
    });
    Ok(serde_json::to_string(&Confirm {
        id: calendar.id,
        name: &calendar.name,
        description: &calendar.description,
        deadline: calendar.deadline.to_string(),
        invitees: people(&invitees),
        suggested_schedules: schedules.iter().map(|suggested| schedule(calendar, suggested)).collect(),
        invitee_availability: answered.collect(),
        timezone: zone,
        unanswered: people(&found.unanswered),
        engagements: found.engagements.iter().map(|engagement| taken(engagement, zone)).collect(),
        analysis,
    })?)
}

fn person(calendar: &Calendar, contact: u64) -> Person {
    let invitee = calendar.invitee_of_contact(contact);
    Person {
        id: contact,
        first_name: invitee.map(|invitee| invitee.first_name.to_string()).unwrap_or_default(),
        last_name: invitee.map(|invitee| invitee.last_name.to_string()).unwrap_or_default(),
    }
}

fn available(available: &PreferredSlot, zone: &Zone) -> Available {
    let level = available.preference.level();
    Available { slot: WallSlot::of(&available.slot, zone), preference: level, preference_level: level }
}

fn taken<'a>(engagement: &'a Engagement, zone: &Zone) -> Taken<'a> {
    Taken {
        time: NaiveSlot::of(&engagement.slot, zone),
        hard: engagement.hard,
        kind: &engagement.kind,
        title: engagement.title.as_deref(),
    }
}

/// The times of a meeting; no begin of ours is so late that there is none.
fn slot(calendar: &Calendar, placed: &Placed) -> Option<Slot> {
    Slot::new(placed.begin, calendar.meeting_length()).ok()
}

fn schedule(calendar: &Calendar, suggested: &Suggested) -> Vec<Meeting> {
    let meeting = |placed: &Placed| {
        let time = NaiveSlot::of(&slot(calendar, placed)?, &calendar.timezone);
        Some(Meeting { person: person(calendar, placed.invitee), time })
    };
    suggested.meetings.iter().filter_map(meeting).collect()
}

impl ScoreRow {
    pub fn of(score: &Score, zone: &Zone) -> Self {
        Self {
            placed: score.placed,
            people: score.people,
            preference: score.preference,
            most_preference: score.most_preference,
            delay_seconds: score.delay.micros().div_euclid(1_000_000),
            first: score.first.map(|first| naive(first, zone)),
        }
    }
}

fn analysis<'a>(calendar: &Calendar, found: &'a Suggestions) -> Analysis<'a> {
    let zone = &calendar.timezone;
    let scores = || found.schedules.iter().map(|suggested| &suggested.score);
    let gap = |gap: &Gap| GapRow {
        placed: gap.placed,
        preference: gap.preference,
        delay_seconds: gap.delay.micros().div_euclid(1_000_000),
    };
    let competing = found.competing.iter().map(|set| Competing {
        invitees: &set.invitees,
        fit: set.max_placed,
        words: words::competing(calendar, set),
    });
    let unplaced = found.unplaced.iter().map(|(contact, reason)| Unplaced {
        id: *contact,
        reason: *reason,
        words: words::unplaced(calendar, *contact, *reason),
    });
    Analysis {
        optimal: found.optimal,
        gap: found.gap.as_ref().map(gap),
        verdict: words::verdict(found).to_string(),
        scores: scores().map(|score| ScoreRow::of(score, zone)).collect(),
        words: scores().map(|score| words::score(score, zone)).collect(),
        competing: competing.collect(),
        unplaced: unplaced.collect(),
        would_help: found.relaxations.iter().map(|relaxation| help(calendar, relaxation)).collect(),
        complete: found.complete,
        work: found.work,
        problem: problem(&found.problem),
        schedules: found.schedules.iter().map(|suggested| checked(calendar, suggested)).collect(),
        certificate: &found.certificate,
    }
}

fn checked(calendar: &Calendar, suggested: &Suggested) -> Vec<CheckedMeeting> {
    let meeting = |placed: &Placed| {
        let slot = slot(calendar, placed)?;
        let (begin, end) = (slot.begin().to_string(), slot.end().to_string());
        Some(CheckedMeeting { id: placed.invitee, begin, end })
    };
    suggested.meetings.iter().filter_map(meeting).collect()
}

fn problem(input: &ProblemInput) -> Problem {
    let slot = |slot: &Slot, preference| CheckedSlot {
        begin: slot.begin().to_string(),
        end: slot.end().to_string(),
        preference,
    };
    let preferred = |available: &[PreferredSlot]| {
        available.iter().map(|a| slot(&a.slot, Some(a.preference.level()))).collect()
    };
    let invitees = input.invitees.iter();
    Problem {
        meeting_minutes: input.meeting_minutes,
        step_minutes: input.step_minutes,
        owner: preferred(&input.owner),
        busy: input.busy.iter().map(|busy| slot(busy, None)).collect(),
        invitees: invitees.map(|i| CheckedInvitee { id: i.id, available: preferred(&i.available) }).collect(),
    }
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
