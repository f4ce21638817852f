//! What is best, and the one number that says it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::duration::Duration;

/// What a schedule reaches. A greater one is better: more placed, then the higher sum of preferences, then the
/// smaller delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// How many invitees have a meeting.
    pub placed: u32,
    /// The sum over the meetings of the invitee's preference and the owner's, each 1 to 3.
    pub preference: u32,
    /// The sum over the meetings of the time from the first candidate start to the meeting's. Among schedules of
    /// equally many meetings it orders as the sum of start times does.
    pub delay: Duration,
}

impl Objective {
    /// Of the schedule without a meeting.
    pub const NOTHING: Self = Self { placed: 0, preference: 0, delay: Duration::from_micros(0) };
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

/// The three levels of an [`Objective`] as one integer: `placed * first + preference * second - delay`, in which a
/// level outweighs all that the levels below it can add up to. No sum of weights exceeds [`Scale::MOST`], be it one
/// an invitee or one wherever there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Microseconds in a unit of delay: the greatest common divisor of the distances between candidate starts.
    unit: i64,
    /// The delay of the last candidate start, in units.
    span: i64,
    second: i64,
    first: i64,
}

/// The highest preference of one meeting: the owner's and the invitee's.
const HIGHEST: i64 = 6;

impl Scale {
    /// The bound of all sums: far enough from the end of `i64` for denominators and for sums over invitees.
    pub const MOST: i64 = 1 << 54;

    /// Of units in microseconds, the last start's delay in units, the number of invitees, and how many meetings there
    /// is room for. `None` where a sum could exceed [`Scale::MOST`], or a delay what a duration can tell.
    pub(super) fn new(unit: i64, span: i64, invitees: i64, room: i64) -> Option<Self> {
        let capacity = invitees.min(room);
        // A delay is told in microseconds, of relaxed schedules too.
        unit.checked_mul(span)?.checked_mul(invitees.max(room))?;
        let second = capacity.checked_mul(span)?.checked_add(1)?;
        let first = capacity.checked_mul(HIGHEST)?.checked_add(1)?.checked_mul(second)?;
        // Relaxed schedules may have a meeting wherever there is room, with the same invitee again and again.
        let most = first.checked_add(HIGHEST.checked_mul(second)?)?.checked_mul(invitees.max(room))?;
        (most <= Self::MOST).then_some(Self { unit: unit.max(1), span, second, first })
    }

    /// What a meeting of this preference (the owner's and the invitee's) and this delay in units is worth. It is
    /// more than zero, and more than any preference and earliness of all other meetings together.
    #[must_use]
    pub const fn weight(&self, preference: i64, delay: i64) -> i64 {
        let preference = self.second.saturating_mul(preference);
        self.first.saturating_add(preference).saturating_add(self.span.saturating_sub(delay))
    }

    /// What a step of preference is worth.
    #[must_use]
    pub const fn second(&self) -> i64 {
        self.second
    }

    /// The least value of a schedule of so many meetings; all of fewer meetings are worth less.
    #[must_use]
    pub fn least(&self, placed: u32) -> i64 {
        i64::from(placed).saturating_mul(self.first)
    }

    /// The value of an objective. Of two that schedules reach, the better has the greater value.
    #[must_use]
    pub fn value(&self, objective: &Objective) -> i64 {
        let delay = objective.delay.micros().div_euclid(self.unit);
        i64::from(objective.placed)
            .saturating_mul(self.first.saturating_add(self.span))
            .saturating_add(i64::from(objective.preference).saturating_mul(self.second))
            .saturating_sub(delay)
    }

    /// The objective of a value. A schedule's has this value again, and no schedule of a smaller value has a better
    /// one. Where no schedule has the value, preference and delay may be more than any schedule's.
    #[must_use]
    pub fn objective(&self, value: i64) -> Objective {
        let rest = value.rem_euclid(self.first);
        let placed = value.div_euclid(self.first);
        let earliness = rest.rem_euclid(self.second);
        let delay = placed.saturating_mul(self.span).saturating_sub(earliness);
        Objective {
            placed: u32::try_from(placed).unwrap_or(u32::MAX),
            preference: u32::try_from(rest.div_euclid(self.second)).unwrap_or(u32::MAX),
            delay: Duration::from_micros(delay.saturating_mul(self.unit)),
        }
    }
}
