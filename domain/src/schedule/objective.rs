//! Which of two schedules is better, and the one integer that expresses it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::duration::Duration;

/// How good a schedule is. A greater objective is better. It is lexicographic: more invitees placed; of these, the higher
/// sum of preferences; of these, the smaller delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// The number of invitees who have a meeting.
    pub placed: u32,
    /// The sum over all meetings of the invitee's preference and the owner's, each 1 to 3.
    pub preference: u32,
    /// The sum over all meetings of the time between the first candidate start and the meeting's start. Schedules of
    /// equally many meetings are ordered by it as by the sum of start times.
    pub delay: Duration,
}

impl Objective {
    /// The objective of the schedule without meetings.
    pub const EMPTY: Self = Self { placed: 0, preference: 0, delay: Duration::from_micros(0) };
}

impl Ord for Objective {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.placed, self.preference, other.delay).cmp(&(other.placed, other.preference, self.delay))
    }
}

impl PartialOrd for Objective {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The weights that turn an [`Objective`] into one integer: `placed * placed_weight + preference * preference_weight -
/// delay`. A weight exceeds everything that the levels below it can add up to, so comparing integers compares objectives.
/// No sum of weights exceeds [`Scale::MAX_SUM`], whether there is one meeting per invitee or one wherever there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Microseconds in one unit of delay: the greatest common divisor of the distances between candidate starts.
    unit: i64,
    /// The delay of the last candidate start, in units.
    max_delay: i64,
    preference_weight: i64,
    placed_weight: i64,
}

/// The greatest sum of two preferences, the owner's and the invitee's.
const MAX_PREFERENCE: i64 = 6;

impl Scale {
    /// The bound of all sums of weights. The other nine bits of an `i64` are left for denominators and intermediate sums.
    pub const MAX_SUM: i64 = 1 << 54;

    /// Chooses the weights. `unit` is in microseconds, `max_delay` in units, `capacity` is the maximum number of meetings
    /// that do not overlap. `None` if a sum could exceed [`Scale::MAX_SUM`], or if a delay could exceed a [`Duration`].
    pub(super) fn new(unit: i64, max_delay: i64, invitees: i64, capacity: i64) -> Option<Self> {
        let meetings = invitees.min(capacity);
        // Relaxed schedules may repeat an invitee wherever there is room, so their sums are longer.
        let relaxed_meetings = invitees.max(capacity);
        // Every delay must fit into microseconds.
        unit.checked_mul(max_delay)?.checked_mul(relaxed_meetings)?;
        let preference_weight = meetings.checked_mul(max_delay)?.checked_add(1)?;
        let placed_weight =
            meetings.checked_mul(MAX_PREFERENCE)?.checked_add(1)?.checked_mul(preference_weight)?;
        let max_meeting = placed_weight.checked_add(MAX_PREFERENCE.checked_mul(preference_weight)?)?;
        let max_sum = max_meeting.checked_mul(relaxed_meetings)?;
        (max_sum <= Self::MAX_SUM).then_some(Self {
            unit: unit.max(1),
            max_delay,
            preference_weight,
            placed_weight,
        })
    }

    /// The weight of one meeting. `preference` is the sum of the owner's and the invitee's; `delay` is in units. The weight
    /// is positive, and exceeds what preferences and delays of all other meetings can add up to.
    #[must_use]
    pub const fn weight(&self, preference: i64, delay: i64) -> i64 {
        let preference = self.preference_weight.saturating_mul(preference);
        self.placed_weight.saturating_add(preference).saturating_add(self.max_delay.saturating_sub(delay))
    }

    /// The weight of one point of preference.
    #[must_use]
    pub const fn preference_weight(&self) -> i64 {
        self.preference_weight
    }

    /// The smallest value of a schedule with this many meetings. Every schedule with fewer has a smaller value.
    #[must_use]
    pub fn min_value(&self, placed: u32) -> i64 {
        i64::from(placed).saturating_mul(self.placed_weight)
    }

    /// The value of an objective. Of two objectives that schedules have, the better one has the greater value.
    #[must_use]
    pub fn value(&self, objective: &Objective) -> i64 {
        let delay = objective.delay.micros().div_euclid(self.unit);
        i64::from(objective.placed)
            .saturating_mul(self.placed_weight.saturating_add(self.max_delay))
            .saturating_add(i64::from(objective.preference).saturating_mul(self.preference_weight))
            .saturating_sub(delay)
    }

    /// The objective of a value, the inverse of [`Scale::value`] for values of schedules. No schedule of a smaller value has
    /// a better objective. If no schedule has the value, preference and delay may be greater than any schedule's.
    #[must_use]
    pub fn objective(&self, value: i64) -> Objective {
        let rest = value.rem_euclid(self.placed_weight);
        let placed = value.div_euclid(self.placed_weight);
        let earliness = rest.rem_euclid(self.preference_weight);
        let delay = placed.saturating_mul(self.max_delay).saturating_sub(earliness);
        Objective {
            placed: u32::try_from(placed).unwrap_or(u32::MAX),
            preference: u32::try_from(rest.div_euclid(self.preference_weight)).unwrap_or(u32::MAX),
            delay: Duration::from_micros(delay.saturating_mul(self.unit)),
        }
    }
}
