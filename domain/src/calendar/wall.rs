//! Times of a calendar as its bodies write them: wall time of the calendar's zone, in whole seconds.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::local::LocalTime;
use crate::slot::Slot;
use crate::wall::{Fold, Unresolved, WallTime};
use crate::zone::Zone;

/// How the end of a day is written, which clocks never show.
pub const END_OF_DAY: &str = "24:00:00";

/// A slot with the date and the times of day that clocks show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallSlot {
    /// The date of the begin: `2026-11-24`.
    pub date: String,
    /// The time of the begin: `13:00:00`.
    pub start_time: String,
    /// The time of the end: `15:00:00`; `24:00:00` for midnight.
    pub end_time: String,
    /// The date of the end, where that is a later day. Midnight belongs to the day that it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// Which of two equal times is meant, 0 or 1, where clocks show the begin or the end twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<u8>,
    /// The same of the end, where that is another than `fold`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_fold: Option<u8>,
}

/// A slot between two naive times, such as `2026-11-24T13:00:00`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NaiveSlot {
    /// The begin.
    pub start_time: String,
    /// The end.
    pub end_time: String,
    /// As of [`WallSlot`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<u8>,
    /// As of [`WallSlot`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_fold: Option<u8>,
}

impl WallSlot {
    /// The slot as clocks in this zone show it.
    #[must_use]
    pub fn of(slot: &Slot, zone: &Zone) -> Self {
        let (begin, end) = (LocalTime::of(slot.begin(), zone), LocalTime::of(slot.end(), zone));
        let date = begin.date();
        let (end_date, end_time) = match day_that_ends(&end).filter(|day| *day >= date) {
            Some(day) => (day, END_OF_DAY.to_owned()),
            None => (end.date(), time_of_day(&end)),
        };
        let (fold, end_fold) = folds(slot, zone);
        let end_date = (end_date != date).then_some(end_date);
        Self { date, start_time: time_of_day(&begin), end_time, end_date, fold, end_fold }
    }
}

impl NaiveSlot {
    /// The slot as clocks in this zone show it.
    #[must_use]
    pub fn of(slot: &Slot, zone: &Zone) -> Self {
        let (fold, end_fold) = folds(slot, zone);
        Self { start_time: naive(slot.begin(), zone), end_time: naive(slot.end(), zone), fold, end_fold }
    }
}

/// What clocks in this zone show: `2026-11-24T13:00:00`.
#[must_use]
pub fn naive(instant: Instant, zone: &Zone) -> String {
    let local = LocalTime::of(instant, zone);
    format!("{}T{}", local.date(), time_of_day(&local))
}

fn time_of_day(local: &LocalTime) -> String {
    format!("{:02}:{:02}:{:02}", local.hour, local.minute, local.second)
}

/// The date of the day that this midnight ends; `None` at any other time.
fn day_that_ends(local: &LocalTime) -> Option<String> {
    let is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0);
    let date = jiff::civil::Date::new(local.year, local.month, local.day).ok().filter(|_| is_midnight)?;
    let before = date.yesterday().ok()?;
    Some(format!("{:04}-{:02}-{:02}", before.year(), before.month(), before.day()))
}

/// Which of two equal times clocks show at this instant; `None` where there is but one.
fn fold(instant: Instant, zone: &Zone) -> Option<u8> {
    let (wall, fold) = WallTime::at(instant, zone)?;
    match wall.resolve(zone, None) {
        Err(Unresolved::Overlap { .. }) => Some(u8::from(fold == Fold::Second)),
        _ => None,
    }
}

/// The folds that must be written beside a slot.
fn folds(slot: &Slot, zone: &Zone) -> (Option<u8>, Option<u8>) {
    match (fold(slot.begin(), zone), fold(slot.end(), zone)) {
        (Some(begin), Some(end)) => (Some(begin), (begin != end).then_some(end)),
        (begin, end) => (begin.or(end), None),
    }
}
