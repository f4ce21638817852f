//! Calendars for people.

use serde_json::Value;

use super::{Column, Look, at, clean, record, table};

const MEETINGS: &[Column] = &[
    Column::plain("MEETING", "id"),
    Column::plain("CALENDAR", "calendar_id"),
    Column::plain("BEGIN", "start_time"),
    Column::plain("END", "end_time"),
    Column::plain("NAME", "name"),
    Column::plain("FIRST NAME", "contact.first_name"),
    Column::plain("LAST NAME", "contact.last_name"),
];

const CALENDARS: &[Column] = &[
    Column::plain("CALENDAR", "id"),
    Column::plain("NAME", "name"),
    Column::plain("ANSWERS UNTIL", "deadline"),
];

/// The caller's calendars and the meetings that came of them.
#[must_use]
pub fn home(value: &Value, look: &Look<'_>) -> String {
    let mut text = String::new();
    for (heading, part, columns) in [
        ("Calendars without meetings", "unfinalized_meetings", CALENDARS),
        ("Meetings", "finalized_meetings", MEETINGS),
    ] {
        let rows: Vec<&Value> = items(value, part);
        text.push_str(&look.heading_line(&format!("{heading}: {}", rows.len())));
        if !rows.is_empty() {
            text.push_str(&table(&rows, columns, look));
        }
    }
    text
}

const PLACED: &[Column] = &[
    Column::plain("CONTACT", "id"),
    Column::plain("FIRST NAME", "first_name"),
    Column::plain("LAST NAME", "last_name"),
    Column::plain("BEGIN", "start_time"),
    Column::plain("END", "end_time"),
];

/// Suggested schedules, each with the number by which it is taken.
#[must_use]
pub fn suggestions(value: &Value, look: &Look<'_>) -> String {
    let schedules = items(value, "suggested_schedules");
    if !value.get("suggested_schedules").is_some_and(Value::is_array) {
        return record(value, look);
    }
    let zone = at(value, "timezone").map(|zone| look.cell(zone)).unwrap_or_default();
    let mut text = format!("Times are those of {zone}.\n");
    if let Some(verdict) = at(value, "analysis.verdict").and_then(Value::as_str) {
        text.push_str(&format!("{}\n", clean(verdict)));
    }
    for (number, schedule) in schedules.iter().enumerate() {
        let words =
            at(value, &format!("analysis.words.{number}")).and_then(Value::as_str).unwrap_or_default();
        text.push_str(&look.heading_line(&format!(
            "Schedule {}: {}",
            number.saturating_add(1),
            clean(words)
        )));
        let rows: Vec<&Value> = schedule.as_array().map(|rows| rows.iter().collect()).unwrap_or_default();
        text.push_str(&table(&rows, PLACED, look));
    }
    if schedules.is_empty() {
        text.push_str("There is no schedule to suggest.\n");
    }
    for missing in items(value, "unanswered") {
        let name = |part| at(missing, part).map(|name| look.cell(name)).unwrap_or_default();
        text.push_str(&format!("{} {} has not answered.\n", name("first_name"), name("last_name")));
    }
    text
}

fn items<'a>(value: &'a Value, part: &str) -> Vec<&'a Value> {
    at(value, part).and_then(Value::as_array).map(|items| items.iter().collect()).unwrap_or_default()
}
