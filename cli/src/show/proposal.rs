//! Proposals for people: the slots and parties with the numbers by which commands name them.

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use whittle_domain::proposal::{AnswerState, View};

use super::{Look, at, clean, clean_lines, record, slot, table, when};
use crate::show::Column;

/// A proposal. An answer of another shape is told member by member.
#[must_use]
pub fn show(value: &Value, look: &Look<'_>) -> String {
    let Ok(view) = serde_json::from_value::<View>(value.clone()) else { return record(value, look) };
    let state = value.get("state").and_then(Value::as_str).unwrap_or_default();
    let title = look.heading(&clean(&view.title));
    let mut text =
        format!("{title}  ({}, id {}, version {})\n", paint_state(look, state), view.id, view.version);
    if !view.location.is_empty() {
        text.push_str(&format!("{}\n", clean(&view.location)));
    }
    if !view.description.is_empty() {
        text.push_str(&format!("{}\n", clean_lines(&view.description)));
    }
    if let Some(deadline) = &view.deadline {
        text.push_str(&format!(
            "answers until {}\n",
            when(deadline, look.zone).unwrap_or_else(|| clean(deadline))
        ));
    }
    let slots = value.get("slots").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    text.push_str(&look.heading_line(if slots.is_empty() { "No time is left." } else { "Times" }));
    for (at, value) in slots.iter().enumerate() {
        let told = slot(value, look.zone).unwrap_or_else(|| look.cell(value));
        text.push_str(&format!("  {:>2}  {told}\n", at.saturating_add(1)));
    }
    text.push_str(&look.heading_line("People"));
    for answer in &view.answers {
        let who = match (&answer.name, &answer.email) {
            (Some(name), Some(email)) => format!("{name} <{email}>"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => String::new(),
        };
        let optional = if answer.optional { " (optional)" } else { "" };
        let kept = match (answer.state, answer.kept, answer.of) {
            (AnswerState::Kept, Some(kept), Some(of)) => format!("keeps {kept} of {of}"),
            (state, ..) => state.word().replace('_', " "),
        };
        text.push_str(&format!("  {:<4} {}{optional}: {kept}", clean(&answer.party), clean(&who)));
        match &answer.note {
            Some(note) if !note.is_empty() => text.push_str(&format!(" - {}\n", clean(note))),
            _ => text.push('\n'),
        }
    }
    for (words, other) in [("the next round is", view.successor), ("it follows", view.predecessor)] {
        if let Some(id) = other {
            text.push_str(&format!("{words} {id}\n"));
        }
    }
    if let Some(Some(_)) = &view.meeting_url {
        text.push_str(&format!("The meeting: whittle meetings show {}\n", view.id));
    }
    text
}

fn paint_state(look: &Look<'_>, state: &str) -> String {
    let style = match state {
        "agreed" => AnsiColor::Green.on_default(),
        "exhausted" => AnsiColor::Red.on_default(),
        "closed" => Style::new().dimmed(),
        _ => AnsiColor::Yellow.on_default(),
    };
    look.paint(style, &clean(state))
}

const PROPOSALS: &[Column] = &[
    Column::plain("ID", "proposal.id"),
    Column::plain("TITLE", "proposal.title"),
    Column::plain("DO", "todo"),
    Column::plain("ANSWERS MISSING", "required_left"),
    Column::slot("FIRST SLOT", "proposal.slots.0"),
];

const MEETINGS: &[Column] = &[
    Column::plain("ID", "id"),
    Column::plain("BEGIN", "begin"),
    Column::plain("LENGTH", "duration"),
    Column::plain("TITLE", "title"),
    Column::plain("YOU", "partstat"),
];

/// What needs the caller, what waits for others, what is agreed.
#[must_use]
pub fn home(value: &Value, look: &Look<'_>) -> String {
    let mut text = String::new();
    for (heading, part, columns) in [
        ("Needs you", "needs_you", PROPOSALS),
        ("Waits for others", "waiting", PROPOSALS),
        ("Agreed", "agreed", MEETINGS),
    ] {
        let items = at(value, part).and_then(|part| part.get("items")).and_then(Value::as_array);
        let rows: Vec<&Value> = items.map(|items| items.iter().collect()).unwrap_or_default();
        let total = at(value, part).and_then(|part| part.get("total")).and_then(Value::as_u64).unwrap_or(0);
        text.push_str(&look.heading_line(&format!("{heading}: {total}")));
        if !rows.is_empty() {
            text.push_str(&table(&rows, columns, look));
        }
    }
    text
}
