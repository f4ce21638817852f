//! The ledger entry an event leaves.

use serde_json::{Value, json};

use super::ledger::Progress;
use super::{Actor, Calendar, Event, Invitee, New, NewInvitee, OwnerSlot, Scheduled, What};
use crate::ledger::{Digest, Entry, Occurrence, Opening, Recorded, Salts};
use crate::order;
use crate::schedule::PreferredSlot;

/// The entry of `event`, which led to `after`, chained to `prev`.
#[must_use]
pub fn record(after: &Calendar, event: &Event, prev: Digest, salts: &Salts) -> Recorded<Progress> {
    let seq = after.entries;
    let (kind, act) = act(&event.what);
    let openings: Vec<Opening> = beside(after, event)
        .into_iter()
        .map(|(field, value)| Opening { seq, salt: salts.salt(seq, &field), field, value })
        .collect();
    let about = match concerned(&event.what).as_slice() {
        [one] => Some(format!("i{one}")),
        _ => None,
    };
    let count = |invitees: usize| u32::try_from(invitees).unwrap_or(u32::MAX);
    let has_answered = |invitee: &&Invitee| invitee.answer.is_some();
    let entry = Entry {
        seq,
        at: event.at.to_string(),
        kind,
        act: act.to_owned(),
        via: event.via.word().to_owned(),
        by: event.by.label(),
        about,
        body: Progress {
            state: after.phase,
            invited: count(after.active_invitees().count()),
            answered: count(after.active_invitees().filter(has_answered).count()),
        },
        commitments: order::map(openings.iter().map(|o| (o.field.clone(), o.commitment()))),
        prev,
    };
    let staff = match &event.by {
        Actor::Staff(address) => Some(address.clone()),
        _ => None,
    };
    Recorded { entry, openings, staff }
}

/// The kind of the entry, and the name of the act.
const fn act(what: &What) -> (Occurrence, &'static str) {
    match what {
        What::Created { .. } => (Occurrence::Update, "create"),
        What::Renamed(_) => (Occurrence::Update, "name"),
        What::Described(_) => (Occurrence::Update, "description"),
        What::Rescheduled { .. } => (Occurrence::Update, "deadline"),
        What::RemindersSet(_) => (Occurrence::Update, "reminders"),
        What::TimesChanged { .. } => (Occurrence::Update, "times"),
        What::Removed(_) => (Occurrence::Update, "remove"),
        What::Invited(_) => (Occurrence::Update, "invite"),
        What::Asked(_) => (Occurrence::Notify, "ask"),
        What::Answered { .. } => (Occurrence::Update, "answer"),
        What::AllAnswered => (Occurrence::Notify, "answered"),
        What::Reminded { .. } => (Occurrence::Notify, "remind"),
        What::Resent { .. } => (Occurrence::Notify, "resend"),
        What::Expired => (Occurrence::Update, "expire"),
        What::Summarized { .. } => (Occurrence::Notify, "summarize"),
        What::Intended(_) => (Occurrence::Update, "choose"),
        What::Finalized => (Occurrence::Update, "finalize"),
        What::Undone => (Occurrence::Update, "undo"),
        What::Closed => (Occurrence::Update, "close"),
        What::Viewed => (Occurrence::View, "view"),
        What::OptedOut { .. } => (Occurrence::Update, "optout"),
        What::OptedIn { .. } => (Occurrence::Update, "optin"),
        What::Undeliverable { why, .. } => (Occurrence::Update, why.word()),
    }
}

/// Whom an event concerns, besides whoever acts.
fn concerned(what: &What) -> Vec<u16> {
    match what {
        What::Removed(numbers) | What::Asked(numbers) | What::Reminded { to: numbers, .. } => numbers.clone(),
        What::Invited(invitees) => invitees.iter().map(|(number, _)| *number).collect(),
        What::Resent { to } => vec![*to],
        What::Undeliverable { invitee, .. } => vec![*invitee],
        What::OptedOut { invitee } | What::OptedIn { invitee } if *invitee > 0 => vec![*invitee],
        _ => Vec::new(),
    }
}

/// What the entry commits to, by field.
fn beside(after: &Calendar, event: &Event) -> Vec<(String, Value)> {
    let one = |field: &str, value: Value| vec![(field.to_owned(), value)];
    let several = |numbers: &[u16]| match numbers {
        [_] => Vec::new(),
        _ => one("people", numbers.iter().map(|number| format!("i{number}")).collect()),
    };
    match &event.what {
        What::Created { new, .. } => created(after, new),
        What::Renamed(name) => one("name", json!(name)),
        What::Described(description) => one("description", json!(description)),
        What::Rescheduled { deadline } => one("deadline", json!(deadline.to_string())),
        What::RemindersSet(on) => one("reminders", json!(on)),
        What::TimesChanged { added, removed } => {
            let times = [
                ("added", added.iter().map(owner_slot).collect::<Value>()),
                ("taken_back", removed.iter().copied().collect()),
            ];
            let said = times.into_iter().filter(|(_, value)| *value != json!([]));
            said.map(|(field, value)| (field.to_owned(), value)).collect()
        }
        What::Removed(numbers) | What::Asked(numbers) | What::Reminded { to: numbers, .. } => {
            several(numbers)
        }
        What::Invited(invitees) => invitees.iter().map(|(number, new)| roster_row(*number, new)).collect(),
        What::Answered { slots } => one("answer", slots.iter().map(slot).collect()),
        What::Intended(intent) => one("schedule", intent.scheduled.iter().map(scheduled).collect()),
        What::Finalized => one("schedule", after.scheduled.iter().map(scheduled).collect()),
        What::Summarized { best } => {
            let begins = best.iter().map(
                |(number, begin)| json!({ "invitee": format!("i{number}"), "begin": begin.to_string() }),
            );
            one("best", begins.collect())
        }
        _ => Vec::new(),
    }
}

fn slot(available: &PreferredSlot) -> Value {
    json!({
        "begin": available.slot.begin().to_string(),
        "duration": available.slot.duration().to_string(),
        "preference": available.preference,
    })
}

fn owner_slot(slot: &OwnerSlot) -> Value {
    let mut value = self::slot(&slot.available);
    if let Some(members) = value.as_object_mut() {
        members.insert("id".to_owned(), slot.id.into());
    }
    value
}

fn scheduled(meeting: &Scheduled) -> Value {
    json!({
        "meeting": meeting.meeting,
        "invitee": format!("i{}", meeting.invitee),
        "begin": meeting.slot.begin().to_string(),
        "duration": meeting.slot.duration().to_string(),
    })
}

fn roster_row(number: u16, new: &NewInvitee) -> (String, Value) {
    let row = json!({
        "contact": new.contact,
        "first_name": new.first_name,
        "last_name": new.last_name,
        "email": new.address,
    });
    (format!("i{number}"), row)
}

fn created(after: &Calendar, new: &New) -> Vec<(String, Value)> {
    let terms = json!({
        "deadline": new.deadline.to_string(),
        "timezone": new.timezone,
        "meeting_minutes": new.meeting_minutes,
        "step_minutes": new.step_minutes,
        "reminders": new.reminders,
    });
    let times: Value = after.slots.iter().map(owner_slot).collect();
    let description = (!new.description.is_empty()).then(|| ("description", json!(new.description)));
    let texts = [("name", json!(new.name)), ("terms", terms), ("times", times)];
    let texts = texts.into_iter().chain(description).map(|(field, value)| (field.to_owned(), value));
    texts.chain((1u16..).zip(&new.invitees).map(|(number, new)| roster_row(number, new))).collect()
}
