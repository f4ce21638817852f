//! Times in the bodies of calendars: dates and times of day of the owner's slots, and the times of answers and of schedules. Where
//! no offset is written they are wall time of the calendar's zone. All are cut to whole seconds, which bodies can show.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::fields::{message, optional};
use super::wall::{parse_fold, resolve};
use crate::calendar::wall::END_OF_DAY;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::wall::{Fold, WallTime};
use crate::zone::Zone;

/// What the original says of a slot that ends before it begins.
pub(super) const END_BEFORE_START: &str = "End time must be after start time.";
/// What the original says of a text that is no date.
const NO_DATE: &str = "Date must be in a valid date format YYYY-MM-DD.";

/// Which of two equal times are meant: of the begin, and of the end.
#[derive(Clone, Copy)]
pub(super) struct Folds {
    begin: Option<Fold>,
    end: Option<Fold>,
}

/// Reads `fold`, which counts for begin and end, and `end_fold`, which counts for the end in its place.
pub(super) fn parse_folds(members: &Map<String, Value>) -> Result<Folds, Value> {
    let begin = optional(members, "fold", parse_fold)?;
    let end = optional(members, "end_fold", parse_fold)?;
    Ok(Folds { begin, end: end.or(begin) })
}

/// The slot between two instants; the error is that of the original.
pub(super) fn slot_between(begin: Instant, end: Instant) -> Result<Slot, Value> {
    let whole = |instant: Instant| instant.seconds().saturating_mul(1_000_000);
    let length = Duration::from_micros(whole(end).saturating_sub(whole(begin)));
    Slot::new(Instant::from_millis(whole(begin).div_euclid(1_000)), length)
        .map_err(|_| message(END_BEFORE_START))
}

/// Reads a date in exactly the digits of `2026-11-24`.
fn parse_date(text: &str) -> Result<Date, Value> {
    let bytes = text.as_bytes();
    let is_digit_or_dash =
        |(at, b): (usize, &u8)| if matches!(at, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() };
    let is_date = bytes.len() == 10 && bytes.iter().enumerate().all(is_digit_or_dash);
    let date = is_date.then(|| text.parse::<Date>().ok()).flatten();
    date.ok_or_else(|| message(NO_DATE))
}

/// Reads a time of day in exactly the digits of `13:00:00`.
fn parse_time(text: &str) -> Option<jiff::civil::Time> {
    let is_digit_or_colon =
        |(at, b): (usize, &u8)| if matches!(at, 2 | 5) { *b == b':' } else { b.is_ascii_digit() };
    let is_time = text.len() == 8 && text.as_bytes().iter().enumerate().all(is_digit_or_colon);
    // jiff reads a leap second as the one before it.
    is_time.then(|| text.parse().ok()).flatten().filter(|_| !text.ends_with(":60"))
}

/// Midnight at the end of this day.
fn end_of_day(date: Date) -> Option<WallTime> {
    date.tomorrow().ok().map(|next| WallTime::new(next.at(0, 0, 0, 0)))
}

/// Reads the slot of `date`, `start_time` and `end_time`, with `end_date`, `fold` and `end_fold` where they are needed. The faults
/// are told in the order of the original: the date, the past, the times, their order.
pub(super) fn parse_dated_slot(
    members: &Map<String, Value>,
    zone: &Zone,
    now: Instant,
) -> Result<Slot, Value> {
    let text = |field: &str| members.get(field).and_then(Value::as_str);
    let date = parse_date(text("date").ok_or_else(|| message("Date must be a string."))?)?;
    if WallTime::at(now, zone).is_some_and(|(today, _)| today.date() > date) {
        return Err(message("Available date cannot be in the past."));
    }
    let end_date = members.get("end_date").filter(|value| !value.is_null());
    let end_date = end_date.map(|value| value.as_str().ok_or_else(|| message("Date must be a string.")));
    let end_date = end_date.transpose()?.map(parse_date).transpose()?.unwrap_or(date);
    let (Some(start), Some(end)) = (text("start_time"), text("end_time")) else {
        return Err(message("Start and end times must be strings."));
    };
    let begin = parse_time(start).map(|time| WallTime::new(date.to_datetime(time)));
    let end = match end {
        END_OF_DAY => end_of_day(end_date),
        end => parse_time(end).map(|time| WallTime::new(end_date.to_datetime(time))),
    };
    let (Some(begin), Some(end)) = (begin, end) else {
        return Err(message("Start and end times must be in a valid date format HH:MM:SS."));
    };
    let folds = parse_folds(members)?;
    slot_between(resolve(begin, zone, folds.begin)?, resolve(end, zone, folds.end)?)
}

/// Why a text is no time.
pub(super) enum NoTime {
    /// It is not in the format.
    Format,
    /// Clocks do not show it, or twice: the words for whoever chose it.
    Unresolved(Value),
}

/// Reads `2026/11/24 13:00:00`, or ISO 8601 with a time of day; with an offset it is an instant. As an end, 24:00:00 is midnight.
pub(super) fn parse_time_stamp(
    value: &Value,
    zone: &Zone,
    fold: Option<Fold>,
    is_end: bool,
) -> Result<Instant, NoTime> {
    let text = value.as_str().map(str::trim).ok_or(NoTime::Format)?;
    let (date, time) = text.split_at_checked(10).ok_or(NoTime::Format)?;
    if time.len() < 2 {
        return Err(NoTime::Format);
    }
    let date = match date.as_bytes() {
        [_, _, _, _, b'/', _, _, b'/', _, _] => date.replace('/', "-"),
        _ => date.to_owned(),
    };
    let wall = match time.get(1..) {
        Some(END_OF_DAY) if is_end => parse_date(&date).ok().and_then(end_of_day),
        _ => {
            let text = format!("{date}{time}");
            let Some(wall) = WallTime::parse(&text) else {
                return Instant::parse(&text).ok_or(NoTime::Format);
            };
            Some(wall)
        }
    };
    resolve(wall.ok_or(NoTime::Format)?, zone, fold).map_err(NoTime::Unresolved)
}

/// Reads the begin and the end of a member of an answer or of a schedule; the error is that of the item as a whole.
pub(super) fn parse_stamped_slot(members: &Map<String, Value>, zone: &Zone) -> Result<Slot, Value> {
    let folds = parse_folds(members)?;
    let read = |field: &str, fold, is_end, fault: &str| {
        let value = members.get(field).unwrap_or(&Value::Null);
        parse_time_stamp(value, zone, fold, is_end).map_err(|why| match why {
            NoTime::Format => message(fault),
            NoTime::Unresolved(words) => words,
        })
    };
    let begin = read("start_time", folds.begin, false, "Invalid start time format.")?;
    let end = read("end_time", folds.end, true, "Invalid end time format.")?;
    slot_between(begin, end)
}
