//! Night: when a time is pointed out because somebody would have to be awake for it.

use crate::local::LocalTime;
use crate::slot::Slot;
use crate::zone::Zone;

/// When night begins, in minutes from midnight: 22:00.
const BEGINS: u16 = 22 * 60;
/// When it ends: 07:00.
const ENDS: u16 = 7 * 60;

/// Whether some of the slot is between 22:00 and 07:00 for somebody in this time zone.
#[must_use]
pub fn is_at_night(slot: &Slot, zone: &Zone) -> bool {
    let (begin, end) = (LocalTime::of(slot.begin(), zone), LocalTime::of(slot.end(), zone));
    let minute = begin.minute_of_day();
    // A slot that reaches another day has a midnight in it, or ends at one.
    !(ENDS..BEGINS).contains(&minute) || begin.date() != end.date() || ends_after_night_begins(&end)
}

/// A slot that ends at 22:00 sharp is over when night begins.
fn ends_after_night_begins(end: &LocalTime) -> bool {
    end.minute_of_day() > BEGINS || (end.minute_of_day() == BEGINS && end.second > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::Duration;
    use crate::instant::Instant;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn slot(begin: &str, minutes: i64) -> Slot {
        Slot::new(Instant::parse(begin).unwrap(), Duration::from_seconds(minutes * 60)).unwrap()
    }

    #[test]
    fn ten_in_berlin_is_one_in_los_angeles() {
        let ten = slot("2026-11-24T09:00:00Z", 45);
        let zone = |name| Zone::parse(name).unwrap();
        assert!(
            is_at_night(&ten, &zone("America/Los_Angeles")) && !is_at_night(&ten, &zone("Europe/Berlin"))
        );
    }

    #[test]
    fn night_is_from_ten_to_seven() {
        for (begin, minutes, at_night) in [
            ("2026-11-24T07:00:00Z", 60, false),
            ("2026-11-24T06:59:59Z", 60, true),
            ("2026-11-24T21:00:00Z", 60, false),
            ("2026-11-24T21:01:00Z", 60, true),
            ("2026-11-24T22:00:00Z", 1, true),
            ("2026-11-24T12:00:00Z", 24 * 60, true),
            ("2026-11-24T00:00:00Z", 1, true),
        ] {
            assert_eq!(is_at_night(&slot(begin, minutes), &Zone::default()), at_night, "{begin} {minutes}");
        }
    }

    proptest! {
        #[test]
        fn a_slot_is_at_night_where_one_of_its_minutes_is(begin in 0..2_000_i64, minutes in 1..1_600_i64) {
            let begin = Instant::from_micros(begin * 60_000_000).unwrap();
            let slot = Slot::new(begin, Duration::from_seconds(minutes * 60)).unwrap();
            let is_night = |minute: i64| !(420..1320).contains(&((begin.seconds() / 60 + minute) % 1440));
            prop_assert_eq!(is_at_night(&slot, &Zone::default()), (0..minutes).any(is_night));
        }
    }
}
