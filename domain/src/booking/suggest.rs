//! When several people could meet for an hour: the group question of [`crate::schedule`], asked about the whole hours of some days.

use super::judge::{Asking, Engagement, Person, whole_hours};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::{
    CommonTime, CommonTimesQuery, Participant, Preference, PreferredSlot, find_common_times,
};
use crate::slot::Slot;
use crate::weekly::Day;
use crate::zone::Zone;

/// How many hours are suggested at most.
pub const MOST: usize = 50;
/// For how many days is asked at most.
pub const MOST_DAYS: i32 = 31;
/// For how many days is asked where nothing is said.
pub const DEFAULT_DAYS: i32 = 7;
/// How long an event is.
pub const HOUR: Duration = Duration::from_seconds(3_600);

/// An hour at which all can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// When it begins.
    pub begin: Instant,
    /// The accounts that have something soft then, such as an entry of an imported calendar.
    pub soft: Vec<u64>,
}

/// From the midnight with which a day begins in this zone, so many days. `None` where they are out of range.
#[must_use]
pub fn range(first: Day, days: i32, zone: &Zone) -> Option<Slot> {
    let midnight = |day: Day| day.at(0)?.resolve_forward(zone);
    Slot::between(midnight(first)?, midnight(first.plus_days(days)?)?)
}

/// The hours of a range at which all of these people can come, best first: those at which the fewest have something soft, and of
/// these the earliest. Hours that have begun are none.
#[must_use]
pub fn suggest(people: &[&Person], range: Slot, asking: &Asking<'_>) -> Vec<Suggestion> {
    let starts = whole_hours(range, asking.zone).into_iter().filter(|begin| *begin > asking.now).collect();
    // An event may end after the range, and one's hours with it.
    let Some(last) = range.end().checked_add(HOUR).and_then(|end| Slot::between(range.begin(), end)) else {
        return Vec::new();
    };
    let Some(preference) = Preference::new(1) else { return Vec::new() };
    let participant = |person: &&Person, soft: bool| {
        let open = person.open(last, asking.asker).into_iter();
        let busy = person.busy.iter().filter(|row| row.is_hard() != soft);
        Participant {
            id: person.account,
            available: open.map(|slot| PreferredSlot { slot, preference }).collect(),
            busy: busy.filter_map(Engagement::slot).collect(),
        }
    };
    // Whoever has something soft counts once more, as somebody without whom the hour is worse and still possible.
    let query = CommonTimesQuery {
        starts,
        length: HOUR,
        required: people.iter().map(|person| participant(person, false)).collect(),
        optional: people.iter().map(|person| participant(person, true)).collect(),
        limit: MOST,
    };
    let suggestion = |time: CommonTime| Suggestion {
        begin: time.begin,
        soft: time.unavailable.iter().map(|unavailable| unavailable.id).collect(),
    };
    find_common_times(&query).times.into_iter().map(suggestion).collect()
}
