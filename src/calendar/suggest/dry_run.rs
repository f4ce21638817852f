//! `POST .../confirm/?dry_run=true`: what is wrong with a schedule, and how good it is beside the best one.

use serde::Serialize;
use whittle_domain::calendar::{self, Conflict, ConflictKind, Planned, Score};
use whittle_domain::input::{self, ChosenMeeting};
use whittle_domain::schedule::Problem;
use worker::Env;

use super::body::ScoreRow;
use super::{Found, words};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// What is wrong with a schedule, and how good it is.
pub struct Judged {
    /// All that is wrong, and all warnings, in the order of the items.
    pub conflicts: Vec<Conflict>,
    pub score: Score,
    /// The score of the best schedule; none while none is suggested.
    pub best: Option<Score>,
}

/// Judges a schedule for a calendar with its suggestions.
pub fn judge(found: &Found, items: &[Planned], context: &RequestContext) -> Judged {
    let calendar = &found.calendar;
    let problem = found.suggested().and_then(|s| Problem::new(s.problem.clone()).ok());
    Judged {
        conflicts: calendar::conflicts(calendar, items, &found.hard(), context.now),
        score: calendar::score(calendar, problem.as_ref(), items),
        best: found.suggested().and_then(|s| Some(s.schedules.first()?.score)),
    }
}

/// 1. the owner alone may ask; 2. the body must parse, as that of the real call; 3. 200 with what is wrong.
pub async fn answer(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = super::find(id, super::count(context)?, context, env).await?;
    let chosen = input::parse_finalized_schedule(&context.body, &found.calendar.timezone)?;
    let planned = |chosen: &ChosenMeeting| Planned {
        contact: chosen.contact,
        begin: chosen.slot.begin(),
        end: chosen.slot.end(),
    };
    let items: Vec<Planned> = chosen.iter().map(planned).collect();
    let judged = judge(&found, &items, context);
    let zone = &found.calendar.timezone;
    let row = |conflict: &Conflict| {
        let contact_id = items.get(conflict.item).map(|item| item.contact).unwrap_or_default();
        Row {
            item: conflict.item,
            contact_id,
            code: code(conflict.kind),
            error: conflict.kind.error(contact_id),
            message: words::conflict(&found.calendar, &items, &found.engagements, conflict, zone),
            with: other(conflict.kind).and_then(|other| items.get(other)).map(|item| item.contact),
        }
    };
    let rows = |warnings: bool| {
        judged.conflicts.iter().filter(|conflict| conflict.kind.is_warning() == warnings).map(row).collect()
    };
    let problems: Vec<Row> = rows(false);
    let answer = Answer {
        valid: problems.is_empty(),
        problems,
        warnings: rows(true),
        score: ScoreRow::of(&judged.score, zone),
        words: words::score(&judged.score, zone),
        best_score: judged.best.map(|best| ScoreRow::of(&best, zone)),
    };
    Ok(Reply::json(200, serde_json::to_string(&answer)?))
}

/// The body of the answer.
#[derive(Serialize)]
struct Answer {
    valid: bool,
    problems: Vec<Row>,
    warnings: Vec<Row>,
    score: ScoreRow,
    words: String,
    best_score: Option<ScoreRow>,
}

/// Something that is wrong.
#[derive(Serialize)]
struct Row {
    /// The index of the item in the schedule.
    item: usize,
    contact_id: u64,
    code: &'static str,
    /// What finalising would say; none of a warning.
    error: Option<String>,
    message: String,
    /// The contact with whose meeting it conflicts.
    with: Option<u64>,
}

/// The machine's name of a conflict.
const fn code(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::NotInvited => "not_invited",
        ConflictKind::Empty => "empty",
        ConflictKind::Twice(_) => "twice",
        ConflictKind::Overlap(_) => "overlap",
        ConflictKind::OutsideAnswer => "outside_answer",
        ConflictKind::Busy(_) => "busy",
        ConflictKind::Past => "past",
        ConflictKind::TooFar => "too_far",
        ConflictKind::Unanswered => "unanswered",
        ConflictKind::OutsideOwner => "outside_owner",
    }
}

/// The item that it conflicts with.
const fn other(kind: ConflictKind) -> Option<usize> {
    match kind {
        ConflictKind::Twice(other) | ConflictKind::Overlap(other) => Some(other),
        _ => None,
    }
}
