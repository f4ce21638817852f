//! Slots, and the one way in which an offer may change: by narrowing.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::instant::Instant;

/// One offered time: begin and length, ordered by begin, then length. The length is more than zero and the end can
/// be written as an [`Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    #[serde(rename = "b")]
    begin: Instant,
    #[serde(rename = "d")]
    duration: Duration,
}

/// Why a begin and a duration make no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFault {
    /// The duration is zero or negative.
    Empty,
    /// The end lies beyond what an [`Instant`] can be.
    TooLate,
}

impl Slot {
    /// A slot that begins at `begin` and lasts `duration`.
    ///
    /// # Errors
    /// A duration that is not positive, an end beyond what can be written.
    pub fn new(begin: Instant, duration: Duration) -> Result<Self, SlotFault> {
        if duration.micros() <= 0 {
            return Err(SlotFault::Empty);
        }
        begin.checked_add(duration).ok_or(SlotFault::TooLate)?;
        Ok(Self { begin, duration })
    }

    /// When it begins.
    #[must_use]
    pub const fn begin(&self) -> Instant {
        self.begin
    }

    /// How long it lasts.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// When it ends; the end itself is outside.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.begin.saturating_add(self.duration)
    }

    /// Whether it lies wholly within `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.begin >= other.begin && self.end() <= other.end()
    }
}

/// A set of slots in order, at most [`Slots::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slots(Vec<Slot>);

/// More slots than a proposal may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// Why a wanted set is no narrowing of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widened {
    /// Wanted slots that lie within none that is offered.
    pub outside: Vec<Slot>,
    /// Wanted slots under the shortest useful length.
    pub too_short: Vec<Slot>,
}

impl Slots {
    /// The most slots of one proposal (spec, part 0, "Slots"; the original's log column held 30).
    pub const MOST: usize = 30;

    /// The set of these slots: duplicates collapse, the order is by begin, then length.
    ///
    /// # Errors
    /// More than [`Slots::MOST`] different ones.
    pub fn new(slots: impl IntoIterator<Item = Slot>) -> Result<Self, TooMany> {
        let mut slots: Vec<Slot> = slots.into_iter().collect();
        slots.sort_unstable();
        slots.dedup();
        if slots.len() > Self::MOST { Err(TooMany) } else { Ok(Self(slots)) }
    }

    /// **Attenuation**: the only way from one offered set to the next. Each wanted slot must lie within one that is
    /// offered and not be under `shortest`; the empty set is always a narrowing.
    ///
    /// # Errors
    /// [`Widened`] names each offending slot.
    pub fn narrowed_to(&self, wanted: Self, shortest: Option<Duration>) -> Result<Self, Widened> {
        let outside: Vec<Slot> =
            wanted.0.iter().filter(|w| !self.0.iter().any(|o| w.is_within(o))).copied().collect();
        let too_short: Vec<Slot> = wanted
            .0
            .iter()
            .filter(|w| shortest.is_some_and(|s| w.duration < s) && !outside.contains(w))
            .copied()
            .collect();
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

    /// The slots in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Slot> {
        self.0.iter()
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slot, where there is exactly one.
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

    /// Whether the point is offered: the judge of "never grows" that knows nothing of slots and their counts.
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
    fn an_empty_slot_is_none() {
        let begin = Instant::from_micros(0).unwrap();
        assert_eq!(Slot::new(begin, Duration::from_micros(0)), Err(SlotFault::Empty));
        assert_eq!(Slot::new(begin, Duration::from_micros(-1)), Err(SlotFault::Empty));
        assert_eq!(Slot::new(begin, Duration::from_micros(i64::MAX)), Err(SlotFault::TooLate));
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
