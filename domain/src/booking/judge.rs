//! Who can come at a time: clashes in the words of the API, the nearest times that are free, and what the asker should know of its
//! own. Nobody learns from this what somebody else is doing: only that a time is not free.

use std::cmp::Reverse;
use std::fmt;

use serde::Deserialize;

use super::freebusy::{merged, rest};
use super::hours::WorkingHours;
use crate::account::display_name;
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::local::LocalTime;
use crate::order;
use crate::slot::Slot;
use crate::text::Name;
use crate::wall::Fold;
use crate::weekly::Day;
use crate::zone::Zone;

/// How many alternatives a refusal offers (spec/bookings.md, part 0, "Statuses").
pub const ALTERNATIVES: usize = 3;
/// How many days before the wanted time alternatives are looked for.
pub const DAYS_BEFORE: i64 = 7;
/// How many days after the wanted time alternatives are looked for: three weeks, so that a vacation is passed over.
pub const DAYS_AFTER: i64 = 21;

/// What takes an account's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngagementKind {
    /// A meeting, or the hold of a guest.
    Meeting,
    /// An hour that the account has blocked.
    Block,
    /// A busy time of a calendar elsewhere.
    Import,
}

/// A row of `busy`: `[begin, end, kind, hard, source]`, times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Engagement(pub i64, pub i64, pub EngagementKind, pub u8, pub u64);

/// An account that is to come, as the database gives it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Person {
    /// The number of the account.
    pub account: u64,
    /// Its verified address.
    pub address: Address,
    /// Its first name; empty where it has none.
    pub first_name: String,
    /// Its last name; empty where it has none.
    pub last_name: String,
    /// Its time zone.
    pub zone: Zone,
    /// Its working hours; none where all day is free.
    pub hours: Option<WorkingHours>,
    /// The version of its working hours.
    pub hours_version: i64,
    /// What takes its time around the time that is judged, holds that have ended left out.
    pub busy: Vec<Engagement>,
}

/// Why somebody cannot come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// The time is blocked, or outside the working hours.
    Unavailable(Address),
    /// There is another meeting.
    Conflict(Address),
}

impl fmt::Display for Clash {
    /// Writes the message of the API, as documented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(user) => write!(f, "Time slot is not available for user : {user}"),
            Self::Conflict(user) => {
                write!(f, "Time slot is conflicting with another event for user : {user}")
            }
        }
    }
}

/// A question about a meeting that is to be: who asks, and which meeting it is, if there is one already.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The account that asks; its own working hours do not bind it.
    pub asker: u64,
    /// The zone in which it reads times.
    pub zone: &'a Zone,
    /// The meeting whose time is judged: its own rows are in nobody's way.
    pub meeting: Option<u64>,
    /// Now.
    pub now: Instant,
}

impl Engagement {
    const fn overlaps(&self, begin: i64, end: i64) -> bool {
        self.0 < end && begin < self.1
    }

    fn is_of(&self, meeting: Option<u64>) -> bool {
        self.2 == EngagementKind::Meeting && Some(self.4) == meeting
    }

    /// Whether it refuses others.
    #[must_use]
    pub const fn is_hard(&self) -> bool {
        self.3 == 1
    }

    /// When it is.
    #[must_use]
    pub fn slot(&self) -> Option<Slot> {
        let begin = Instant::from_millis(self.0);
        let length = self.1.saturating_sub(self.0).saturating_mul(1_000);
        Slot::new(begin, Duration::from_micros(length)).ok()
    }
}

impl Person {
    /// The name by which others are told of it, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<Name> {
        display_name(&self.first_name, &self.last_name)
    }

    /// What refuses a meeting: blocked hours and other meetings, not soft rows.
    fn hard<'a>(&'a self, asking: &'a Asking<'_>) -> impl Iterator<Item = &'a Engagement> {
        self.busy.iter().filter(|row| row.is_hard() && !row.is_of(asking.meeting))
    }

    /// The soft rows then: agreed proposals and calendars elsewhere.
    pub fn soft<'a>(
        &'a self,
        slot: &'a Slot,
        asking: &'a Asking<'_>,
    ) -> impl Iterator<Item = &'a Engagement> {
        let (begin, end) = (slot.begin().millis(), slot.end().millis());
        self.busy
            .iter()
            .filter(move |row| !row.is_hard() && !row.is_of(asking.meeting) && row.overlaps(begin, end))
    }

    /// The times of this range in which it can be asked to come by its working hours.
    #[must_use]
    pub fn open(&self, range: Slot, asker: u64) -> Vec<Slot> {
        match &self.hours {
            Some(hours) if self.account != asker => hours.open(range, &self.zone),
            _ => vec![range],
        }
    }
}

/// Everything that keeps these people from coming: first whoever is not available, then whoever has another meeting, each in the
/// order of `people`.
#[must_use]
pub fn clashes(people: &[&Person], slot: &Slot, asking: &Asking<'_>) -> Vec<Clash> {
    let (begin, end) = (slot.begin().millis(), slot.end().millis());
    let has = |person: &Person, kind: EngagementKind| {
        person.hard(asking).any(|row| row.2 == kind && row.overlaps(begin, end))
    };
    let unavailable = |person: &Person| {
        let bound = person.hours.as_ref().filter(|_| person.account != asking.asker);
        has(person, EngagementKind::Block) || bound.is_some_and(|hours| !hours.covers(*slot, &person.zone))
    };
    let blocked = people.iter().filter(|person| unavailable(person));
    let meeting = people.iter().filter(|person| has(person, EngagementKind::Meeting));
    blocked
        .map(|person| Clash::Unavailable(person.address.clone()))
        .chain(meeting.map(|person| Clash::Conflict(person.address.clone())))
        .collect()
}

/// The range in which alternatives to a time are looked for.
#[must_use]
pub fn range_of_alternatives(begin: Instant) -> Option<Slot> {
    let days = |days: i64| Duration::from_seconds(days.saturating_mul(86_400));
    let first = begin.saturating_add(days(DAYS_BEFORE.saturating_neg()));
    Slot::new(first, days(DAYS_BEFORE.saturating_add(DAYS_AFTER))).ok()
}

/// The whole hours of the asker's clock, nearest first, at which all of these people can come for as long as `wanted` is. Of two
/// that are equally near the later one comes first. `people` have their engagements of [`range_of_alternatives`].
#[must_use]
pub fn alternatives(people: &[&Person], wanted: &Slot, asking: &Asking<'_>) -> Vec<Instant> {
    let Some(range) = range_of_alternatives(wanted.begin()) else { return Vec::new() };
    let mut taken: Vec<Slot> = Vec::new();
    for person in people {
        taken.extend(rest(range, person.open(range, asking.asker)));
        taken.extend(person.hard(asking).filter_map(Engagement::slot));
    }
    let taken = merged(taken);
    let is_free = |begin: &Instant| {
        let Ok(slot) = Slot::new(*begin, wanted.duration()) else { return false };
        let next = taken.partition_point(|other| other.end() <= slot.begin());
        slot.end() <= range.end() && !taken.get(next).is_some_and(|other| other.overlaps(&slot))
    };
    let mut free: Vec<Instant> = whole_hours(range, asking.zone)
        .into_iter()
        .filter(|begin| *begin > asking.now && *begin != wanted.begin() && is_free(begin))
        .collect();
    let nearest = |begin: &Instant| (begin.micros().abs_diff(wanted.begin().micros()), Reverse(*begin));
    order::sort_by_key(&mut free, nearest);
    free.truncate(ALTERNATIVES);
    free
}

/// The whole hours of a clock in this zone that begin in this range; of an hour that comes twice the first.
#[must_use]
pub fn whole_hours(range: Slot, zone: &Zone) -> Vec<Instant> {
    let [first, last] = [range.begin(), range.end()].map(|at| Day::of(at, zone));
    let days = std::iter::successors(first, |day| day.plus_days(1));
    let days = days.take_while(|day| last.is_some_and(|last| *day <= last));
    let of_day = |day: Day| (0..24).filter_map(move |hour: u16| day.at(hour.saturating_mul(60)));
    let begins = days.flat_map(of_day).filter_map(|wall| wall.resolve(zone, Some(Fold::First)).ok());
    begins.filter(|begin| range.begin() <= *begin && *begin < range.end()).collect()
}

/// What a clock in this zone shows, as the API of events writes it: `2026-11-24 14:00:00`.
#[must_use]
pub fn naive(instant: Instant, zone: &Zone) -> String {
    let local = LocalTime::of(instant, zone);
    format!("{} {:02}:{:02}:{:02}", local.date(), local.hour, local.minute, local.second)
}

/// The asker's own soft rows then, for its eyes: a sentence for each.
#[must_use]
pub fn warnings(people: &[&Person], slot: &Slot, asking: &Asking<'_>) -> Vec<String> {
    let own = people.iter().filter(|person| person.account == asking.asker);
    let rows = own.flat_map(|person| person.soft(slot, asking));
    rows.map(|row| {
        let [from, to] = [row.0, row.1].map(|at| naive(Instant::from_millis(at), asking.zone));
        match row.2 {
            EngagementKind::Meeting => format!("You have agreed on a meeting from {from} to {to}."),
            _ => format!("The calendar that you imported has you busy from {from} to {to}."),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;
    use serde_json::{Value, json};

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn hour(text: &str) -> Slot {
        Slot::new(at(text), Duration::from_seconds(3_600)).unwrap()
    }

    fn person(account: u64, hours: Value, busy: Value) -> Person {
        let row = json!({
            "account": account, "address": format!("p{account}@x.org"), "first_name": "", "last_name": "", "zone": "UTC",
            "hours": hours, "hours_version": 0, "busy": busy,
        });
        serde_json::from_value(row).unwrap()
    }

    fn row(from: &str, to: &str, kind: &str, hard: u8, source: u64) -> Value {
        json!([at(from).millis(), at(to).millis(), kind, hard, source])
    }

    fn told(clashes: &[Clash]) -> Vec<String> {
        clashes.iter().map(ToString::to_string).collect()
    }

    const MONDAY: &str =
        r#"{"weekly": [{"weekday": "monday", "from": "09:00", "to": "12:00"}], "exceptions": []}"#;

    #[test]
    fn every_clash_is_told_and_who_is_not_available_comes_first() {
        let zone = Zone::default();
        let asking = Asking { asker: 4, zone: &zone, meeting: Some(9), now: at("2030-01-01") };
        let meeting = |source| row("2030-06-03T10:30:00Z", "2030-06-03T11:30:00Z", "meeting", 1, source);
        let block = row("2030-06-03T10:00:00Z", "2030-06-03T11:00:00Z", "block", 1, 9);
        let soft = row("2030-06-03T10:00:00Z", "2030-06-03T11:00:00Z", "import", 0, 3);
        let hours: Value = whittle_json::from_str(MONDAY).unwrap();
        let people = [
            person(1, json!(null), json!([meeting(7), soft])),
            person(2, json!(null), json!([block, meeting(7)])),
            person(3, hours.clone(), json!([meeting(9)])),
            person(4, hours, json!([])),
        ];
        let all: Vec<&Person> = people.iter().collect();
        let unavailable = |n: u8| format!("Time slot is not available for user : p{n}@x.org");
        let conflict = |n: u8| format!("Time slot is conflicting with another event for user : p{n}@x.org");
        let then = |slot: &str| told(&clashes(&all, &hour(slot), &asking));
        assert_eq!(then("2030-06-03T10:00:00Z"), [unavailable(2), conflict(1), conflict(2)]);
        // What meets is in nobody's way; outside of the hours of who asks itself is free.
        assert_eq!(then("2030-06-03T11:30:00Z"), [unavailable(3)]);
        assert_eq!(then("2030-06-03T09:00:00Z"), Vec::<String>::new());
        assert_eq!(
            told(&clashes(&all, &hour("2030-06-03T11:30:00Z"), &Asking { asker: 3, ..asking })),
            [unavailable(4)]
        );
    }

    #[test]
    fn the_asker_alone_is_warned_of_its_own_soft_rows() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let asking = Asking { asker: 1, zone: &zone, meeting: None, now: at("2030-01-01") };
        let soft = |kind| row("2030-06-03T10:30:00Z", "2030-06-03T11:30:00Z", kind, 0, 7);
        let people = [
            person(1, json!(null), json!([soft("meeting"), soft("import")])),
            person(2, json!(null), json!([soft("import")])),
        ];
        let all: Vec<&Person> = people.iter().collect();
        assert_eq!(
            warnings(&all, &hour("2030-06-03T10:00:00Z"), &asking),
            [
                "You have agreed on a meeting from 2030-06-03 12:30:00 to 2030-06-03 13:30:00.",
                "The calendar that you imported has you busy from 2030-06-03 12:30:00 to 2030-06-03 13:30:00.",
            ]
        );
        assert!(warnings(&all, &hour("2030-06-03T11:30:00Z"), &asking).is_empty());
    }

    #[test]
    fn an_hour_is_whole_on_the_clock_of_the_zone() {
        let hours = |zone: &str, from: &str| {
            let range = Slot::new(at(from), Duration::from_seconds(86_400)).unwrap();
            whole_hours(range, &Zone::parse(zone).unwrap())
        };
        let kathmandu = hours("Asia/Kathmandu", "2030-06-03T00:00:00Z");
        assert_eq!((kathmandu.len(), kathmandu[0]), (24, at("2030-06-03T00:15:00Z")));
        assert_eq!(hours("Europe/Berlin", "2030-03-30T23:00:00Z").len(), 24, "an hour of the next day");
        let fold = hours("Europe/Berlin", "2030-10-26T22:00:00Z");
        assert!(fold.contains(&at("2030-10-27T00:00:00Z")) && !fold.contains(&at("2030-10-27T01:00:00Z")));
    }

    fn any_busy() -> impl Strategy<Value = Value> {
        let kind = select(vec![("meeting", 1), ("meeting", 0), ("block", 1), ("import", 0)]);
        let one =
            (-400_i64..900, 1_i64..60, kind, 1_u64..4).prop_map(|(from, length, (kind, hard), source)| {
                let from = at("2030-06-03").millis() + from * 1_800_000;
                json!([from, from + length * 1_800_000, kind, hard, source])
            });
        prop::collection::vec(one, 0..40).prop_map(Value::from)
    }

    proptest! {
        /// Whatever is offered is free for everybody by the very judge of bookings, and nothing nearer is.
        #[test]
        fn alternatives_are_free_and_the_nearest(
            busy in prop::collection::vec((any_busy(), any::<bool>()), 1..4),
            hour_of_day in 0_i64..24,
            minutes in select(vec![60_i64, 90, 30]),
            zone in select(vec!["UTC", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"]),
            wait in -6_i64..6,
        ) {
            let zone = Zone::parse(zone).unwrap();
            let hours: Value = whittle_json::from_str(MONDAY).unwrap();
            let people: Vec<Person> = busy.into_iter().zip(1..).map(|((rows, bound), n)| {
                person(n, if bound { hours.clone() } else { json!(null) }, rows)
            }).collect();
            let all: Vec<&Person> = people.iter().collect();
            let begin = at("2030-06-03").saturating_add(Duration::from_seconds(hour_of_day * 3_600));
            let wanted = Slot::new(begin, Duration::from_seconds(minutes * 60)).unwrap();
            let now = begin.saturating_add(Duration::from_seconds(wait * 43_200));
            let asking = Asking { asker: 1, zone: &zone, meeting: Some(2), now };
            let found = alternatives(&all, &wanted, &asking);
            let range = range_of_alternatives(begin).unwrap();
            let free = |begin: Instant| {
                let slot = Slot::new(begin, wanted.duration()).unwrap();
                begin > now && begin != wanted.begin() && slot.end() <= range.end() && clashes(&all, &slot, &asking).is_empty()
            };
            let mut naive: Vec<Instant> = whole_hours(range, &zone).into_iter().filter(|begin| free(*begin)).collect();
            naive.sort_by_key(|at| (at.micros().abs_diff(begin.micros()), Reverse(*at)));
            naive.truncate(3);
            prop_assert_eq!(&found, &naive);
            prop_assert!(found.iter().all(|begin| LocalTime::of(*begin, &zone).minute == 0));
        }
    }
}
