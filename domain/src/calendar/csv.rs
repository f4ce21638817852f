//! The answers of a calendar as CSV (RFC 4180) that is safe to open in a spreadsheet.

use super::wall::WallSlot;
use super::{Calendar, Invitee};
use crate::contact::csv::write_row;
use crate::local::LocalTime;
use crate::schedule::PreferredSlot;

/// The columns. Times are those of the calendar's zone, in the spellings of its bodies.
pub const HEADER: [&str; 10] = [
    "first_name",
    "last_name",
    "email",
    "state",
    "date",
    "start_time",
    "end_date",
    "end_time",
    "preference_level",
    "timezone",
];

/// Writes the answers of all who are asked, in the order in which they were invited: a row for each time of an answer, and one
/// without times for an answer that has none and for whoever has not answered.
#[must_use]
pub fn write(calendar: &Calendar) -> String {
    let mut file = write_row(&HEADER);
    for invitee in calendar.active_invitees() {
        let times = invitee.answer.as_ref().map(|answer| answer.slots.as_slice()).unwrap_or_default();
        if times.is_empty() {
            file.push_str(&row(invitee, [const { String::new() }; 6]));
        }
        for time in times {
            file.push_str(&row(invitee, cells(calendar, time)));
        }
    }
    file
}

fn row(invitee: &Invitee, times: [String; 6]) -> String {
    let state = match &invitee.answer {
        Some(answer) if answer.slots.is_empty() => "cannot",
        Some(_) => "answered",
        None => "unanswered",
    };
    let [date, start, end_date, end, preference, zone] = &times;
    write_row(&[
        invitee.first_name.as_str(),
        invitee.last_name.as_str(),
        invitee.address.as_str(),
        state,
        date,
        start,
        end_date,
        end,
        preference,
        zone,
    ])
}

/// When an invitee can: what clocks show, and the zone with its offset, for clocks can show a time twice.
fn cells(calendar: &Calendar, time: &PreferredSlot) -> [String; 6] {
    let zone = &calendar.timezone;
    let wall = WallSlot::of(&time.slot, zone);
    let offset = LocalTime::of(time.slot.begin(), zone).utc_offset();
    let end_date = wall.end_date.unwrap_or_else(|| wall.date.clone());
    let preference = time.preference.level().to_string();
    [wall.date, wall.start_time, end_date, wall.end_time, preference, format!("{zone} (UTC{offset})")]
}
