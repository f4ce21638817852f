//! A calendar that is like another one, later: the same times of the week, and as far before them the same deadline.

use serde_json::{Map, Value, json};

use super::Calendar;
use super::wall::WallSlot;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::PreferredSlot;
use crate::slot::Slot;
use crate::wall::{Fold, WallTime};
use crate::zone::Zone;

/// The most weeks that times are shifted by: two years.
pub const MOST_WEEKS: i32 = 104;

/// What a copy has of the calendar, beside its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// By how many weeks times are later.
    pub weeks: i32,
    /// The owner's slots.
    pub slots: Vec<PreferredSlot>,
    /// Until when answers are taken.
    pub deadline: Instant,
    /// How many slots are left out, because clocks skip all of them.
    pub skipped: usize,
}

/// The instant at which clocks show the same so many weeks later. Where they skip that time it is the first one after it; of two
/// equal times it is the one that it was.
fn shift(instant: Instant, weeks: i32, zone: &Zone) -> Option<Instant> {
    let (wall, fold) = WallTime::at(instant, zone)?;
    let wall = wall.plus_days(weeks.checked_mul(7)?)?;
    match fold {
        Fold::First => wall.resolve_forward(zone),
        Fold::Second => wall.resolve(zone, Some(fold)).ok().or_else(|| wall.resolve_forward(zone)),
    }
}

impl Calendar {
    /// The times of a copy, so many weeks later; or, where nothing is said, as few as put the first slot and the deadline after
    /// `now`. `None` where that is more than [`MOST_WEEKS`], or is out of range.
    #[must_use]
    pub fn copied(&self, weeks: Option<i32>, now: Instant) -> Option<Copied> {
        let zone = &self.timezone;
        let first = self.slots.iter().map(|slot| slot.available.slot.begin()).chain([self.deadline]).min()?;
        let is_later = |weeks: &i32| shift(first, *weeks, zone).is_some_and(|at| at > now);
        let weeks = weeks.or_else(|| (0..=MOST_WEEKS).find(is_later))?;
        let later = |slot: &Slot| {
            let begin = shift(slot.begin(), weeks, zone)?;
            let end = shift(slot.end(), weeks, zone)?;
            Some((begin, Duration::from_micros(end.micros().checked_sub(begin.micros())?)))
        };
        let mut copied =
            Copied { weeks, slots: Vec::new(), deadline: shift(self.deadline, weeks, zone)?, skipped: 0 };
        for slot in &self.slots {
            let (begin, length) = later(&slot.available.slot)?;
            match Slot::new(begin, length) {
                Ok(slot_later) => {
                    copied.slots.push(PreferredSlot { slot: slot_later, ..slot.available });
                }
                Err(_) => copied.skipped = copied.skipped.saturating_add(1),
            }
        }
        Some(copied)
    }

    /// The body with which `POST /schedules/calendars/create/` makes the copy, with these contacts.
    #[must_use]
    pub fn copy_body(&self, copied: &Copied, contacts: &[u64]) -> Map<String, Value> {
        let slot = |one: &PreferredSlot| {
            let mut row = json!(WallSlot::of(&one.slot, &self.timezone));
            if let Some(members) = row.as_object_mut() {
                members.insert("preference_level".to_owned(), one.preference.level().into());
            }
            row
        };
        let body = json!({
            "name": self.name, "description": self.description, "timezone": self.timezone,
            "deadline": copied.deadline.to_string(), "meeting_minutes": self.meeting_minutes,
            "step_minutes": self.step_minutes, "reminders": self.reminders, "invitees": contacts,
            "available_slots": copied.slots.iter().map(slot).collect::<Vec<_>>(),
        });
        if let Value::Object(body) = body { body } else { Map::new() }
    }
}
