//! Slots, the times that a proposal offers, and attenuation: the only way in which an offer may change.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::local::LocalTime;
use crate::zone::Zone;

/// One offered time, a half-open interval `[begin, begin + duration)`. Slots are ordered by begin, then by duration. The
/// duration is more than zero, and the end is an [`Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    #[serde(rename = "b")]
    begin: Instant,
    #[serde(rename = "d")]
    duration: Duration,
}

/// Why a begin and a duration do not make a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotError {
    /// The duration is zero or negative.
    Empty,
    /// The end is later than the last [`Instant`], 9999-12-30T22:00:00Z.
    TooLate,
}

impl Slot {
    /// Makes the slot that begins at `begin` and lasts `duration`.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn new(begin: Instant, duration: Duration) -> Result<Self, SlotError> {
        if duration.micros() <= 0 {
            return Err(SlotError::Empty);
        }
        begin.checked_add(duration).ok_or(SlotError::TooLate)?;
        Ok(Self { begin, duration })
    }

    /// The slot from one instant to another. `None` if the end is not after the begin.
    #[must_use]
    pub fn between(begin: Instant, end: Instant) -> Option<Self> {
        Self::new(begin, Duration::from_micros(end.micros().checked_sub(begin.micros())?)).ok()
    }

    /// The instant at which the slot begins. The slot contains this instant.
    #[must_use]
    pub const fn begin(&self) -> Instant {
        self.begin
    }

    /// The length of the slot, more than zero.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// The instant at which the slot ends. The slot does not contain this instant.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.begin.saturating_add(self.duration)
    }

    /// The part of this slot between two clock times of a zone, each `09:30`: from the first instant of the slot at which the
    /// clock shows `from` to the last at which it shows `to`. `None` if the clock never shows one of them, or if nothing lies
    /// between. A part of a slot is looked for within its first two days.
    #[must_use]
    pub fn part(&self, from: &str, to: &str, zone: &Zone) -> Option<Self> {
        let shows = |at: &Instant, clock: &str| {
            let local = LocalTime::of(*at, zone);
            local.second == 0 && local.clock() == clock
        };
        let first = self.begin.seconds().div_euclid(60);
        let minutes = (first..first.saturating_add(2 * 1_440)).map(|minute| minute.saturating_mul(60_000));
        let ends = [self.begin, self.end()];
        let whole = minutes.map(Instant::from_millis).filter(|at| *at > self.begin && *at < self.end());
        let mut moments: Vec<Instant> = ends.into_iter().chain(whole).collect();
        moments.sort_unstable();
        let begin = moments.iter().find(|at| shows(at, from))?;
        let end = moments.iter().rev().find(|at| shows(at, to))?;
        let duration = Duration::from_micros(end.micros().checked_sub(begin.micros())?);
        Self::new(*begin, duration).ok()
    }

    /// Whether some instant is in both. Slots that meet have none in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.begin < other.end() && other.begin < self.end()
    }

    /// Whether every instant of this slot is in `other`, too.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.begin >= other.begin && self.end() <= other.end()
    }
}

/// A sorted set of at most [`Slots::MAX`] slots. Slots of one set may overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slots(Vec<Slot>);

/// A set would have more than [`Slots::MAX`] slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySlots;

/// Why a wanted set is not a narrowing of an offer. Each slot that is refused is in one of the two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widened {
    /// Wanted slots that do not lie within any offered slot.
    pub outside: Vec<Slot>,
    /// Wanted slots that are shorter than the proposal's minimum duration.
    pub too_short: Vec<Slot>,
}

impl Slots {
    /// The maximum number of slots in one proposal (spec, part 0, "Slots"; the original's log column held 30).
    pub const MAX: usize = 30;

    /// Makes the set of these slots. Duplicates become one slot.
    ///
    /// # Errors
    /// More than [`Slots::MAX`] different slots.
    pub fn new(slots: impl IntoIterator<Item = Slot>) -> Result<Self, TooManySlots> {
        let mut slots: Vec<Slot> = slots.into_iter().collect();
        slots.sort_unstable();
        slots.dedup();
        if slots.len() > Self::MAX { Err(TooManySlots) } else { Ok(Self(slots)) }
    }

    /// Attenuates the offer to the wanted slots. Each wanted slot must lie within one offered slot and last at least
    /// `min_duration`. The empty set is always allowed.
    ///
    /// No other function makes the next offer from this one, so an offer never grows.
    ///
    /// # Errors
    /// [`Widened`] names each wanted slot that is refused.
    pub fn narrowed_to(&self, wanted: Self, min_duration: Option<Duration>) -> Result<Self, Widened> {
        let is_offered = |wanted: &Slot| self.0.iter().any(|offered| wanted.is_within(offered));
        let is_too_short = |wanted: &Slot| min_duration.is_some_and(|min| wanted.duration < min);
        let (inside, outside): (Vec<Slot>, Vec<Slot>) = wanted.0.iter().copied().partition(is_offered);
        let too_short: Vec<Slot> = inside.into_iter().filter(is_too_short).collect();
        if outside.is_empty() && too_short.is_empty() {
            Ok(wanted)
        } else {
            Err(Widened { outside, too_short })
        }
    }

    /// The set of one slot.
    #[must_use]
    pub fn one(slot: Slot) -> Self {
        Self(vec![slot])
    }

    /// The slots, ordered by begin, then by duration.
    pub fn iter(&self) -> std::slice::Iter<'_, Slot> {
        self.0.iter()
    }

    /// The number of slots, at most [`Slots::MAX`].
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the set has no slots.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The only slot of the set. `None` if the set has no slots or several.
    #[must_use]
    pub fn only(&self) -> Option<Slot> {
        match self.0.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// A slot as entries and the API write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSlot {
    /// See [`Instant`].
    pub begin: String,
    /// See [`Duration`].
    pub duration: String,
}

impl From<&Slot> for WrittenSlot {
    fn from(slot: &Slot) -> Self {
        Self { begin: slot.begin().to_string(), duration: slot.duration().to_string() }
    }
}

impl WrittenSlot {
    /// The slots as they are written.
    #[must_use]
    pub fn list(slots: &Slots) -> Vec<Self> {
        slots.iter().map(Self::from).collect()
    }

    /// The slot, if it is one.
    #[must_use]
    pub fn parse(&self) -> Option<Slot> {
        Slot::new(Instant::parse(&self.begin)?, Duration::parse(&self.duration)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    fn slot(begin: i64, length: i64) -> Slot {
        Slot::new(Instant::from_micros(begin).unwrap(), Duration::from_micros(length)).unwrap()
    }

    fn slots() -> impl Strategy<Value = Slots> {
        prop::collection::vec((0i64..20, 1i64..8), 0..8)
            .prop_map(|v| Slots::new(v.into_iter().map(|(b, d)| slot(b, d))).unwrap())
    }

    /// Whether one of the slots contains the instant. It defines "an offer never grows" without `is_within`.
    fn covers(slots: &Slots, at: i64) -> bool {
        slots.iter().any(|s| s.begin().micros() <= at && at < s.end().micros())
    }

    #[test]
    fn a_slot_can_be_shortened_but_never_moved() {
        let offer = Slots::new([slot(10, 10)]).unwrap();
        for (wanted, fits) in
            [((10, 10), true), ((12, 5), true), ((15, 5), true), ((9, 5), false), ((15, 6), false)]
        {
            let wanted = Slots::new([slot(wanted.0, wanted.1)]).unwrap();
            assert_eq!(offer.narrowed_to(wanted.clone(), None).is_ok(), fits, "{wanted:?}");
        }
    }

    #[test]
    fn two_slots_that_touch_do_not_hold_one_across_both() {
        let offer = Slots::new([slot(0, 10), slot(10, 10)]).unwrap();
        let refused = offer.narrowed_to(Slots::new([slot(5, 10)]).unwrap(), None).unwrap_err();
        assert_eq!(refused.outside, [slot(5, 10)]);
    }

    #[test]
    fn nothing_shorter_than_the_shortest_is_kept() {
        let offer = Slots::new([slot(0, 10)]).unwrap();
        let wanted = Slots::new([slot(0, 4)]).unwrap();
        let refused = offer.narrowed_to(wanted, Some(Duration::from_micros(5))).unwrap_err();
        assert_eq!((refused.too_short.len(), refused.outside.len()), (1, 0));
    }

    #[test]
    fn a_part_of_a_slot_lies_between_two_clock_times_of_a_zone() {
        let slot = |begin: &str, duration: &str| {
            WrittenSlot { begin: begin.to_owned(), duration: duration.to_owned() }.parse().unwrap()
        };
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        for (begin, duration, from, to, part) in [
            (
                "2026-11-24T08:00:00Z",
                "03:00:00",
                "10:00",
                "11:30",
                Some(("2026-11-24T09:00:00Z", "01:30:00")),
            ),
            (
                "2026-11-24T08:00:00Z",
                "03:00:00",
                "09:00",
                "12:00",
                Some(("2026-11-24T08:00:00Z", "03:00:00")),
            ),
            (
                "2026-11-24T22:30:00Z",
                "02:00:00",
                "23:45",
                "00:15",
                Some(("2026-11-24T22:45:00Z", "00:30:00")),
            ),
            // The clock shows 02:30 twice: the part is as long as it can be.
            (
                "2026-10-25T00:00:00Z",
                "03:00:00",
                "02:30",
                "02:30",
                Some(("2026-10-25T00:30:00Z", "01:00:00")),
            ),
            ("2026-11-24T08:00:00Z", "03:00:00", "08:00", "10:00", None),
            ("2026-11-24T08:00:00Z", "03:00:00", "11:00", "10:00", None),
            ("2026-11-24T08:00:00Z", "03:00:00", "10:00", "10:00", None),
            ("2026-11-24T08:00:00Z", "03:00:00", "x", "", None),
        ] {
            let found = slot(begin, duration).part(from, to, &berlin);
            assert_eq!(found, part.map(|(begin, duration)| slot(begin, duration)), "{begin} {from} {to}");
        }
    }

    #[test]
    fn an_empty_slot_is_none() {
        let begin = Instant::from_micros(0).unwrap();
        assert_eq!(Slot::new(begin, Duration::from_micros(0)), Err(SlotError::Empty));
        assert_eq!(Slot::new(begin, Duration::from_micros(-1)), Err(SlotError::Empty));
        assert_eq!(Slot::new(begin, Duration::from_micros(i64::MAX)), Err(SlotError::TooLate));
    }

    proptest! {
        #[test]
        fn narrowing_never_covers_a_point_that_was_not_offered(offer in slots(), wanted in slots()) {
            if let Ok(next) = offer.narrowed_to(wanted.clone(), None) {
                prop_assert_eq!(&next, &wanted);
                for at in 0..40 {
                    prop_assert!(!covers(&next, at) || covers(&offer, at));
                }
            }
        }

        #[test]
        fn any_part_of_an_offer_is_a_narrowing(offer in slots(), cut in prop::collection::vec((0usize..8, 0i64..8, 1i64..8), 0..6)) {
            let parts = cut.into_iter().filter_map(|(i, from, length)| {
                let whole = offer.iter().nth(i)?;
                let part = slot(whole.begin().micros() + from, length);
                (part.end() <= whole.end()).then_some(part)
            });
            let wanted = Slots::new(parts).unwrap();
            prop_assert_eq!(offer.narrowed_to(wanted.clone(), None), Ok(wanted));
        }
    }
}
