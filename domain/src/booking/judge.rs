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
