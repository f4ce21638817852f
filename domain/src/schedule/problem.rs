//! What is to be scheduled.

use serde::{Deserialize, Serialize};

use super::grid::{self, Span};
use super::objective::Scale;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// How well somebody likes a time: 1 to 3, which is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Preference(u8);

impl Preference {
    /// All of them, the lowest first.
    pub const ALL: [Self; 3] = [Self(1), Self(2), Self(3)];

    /// `None` but for 1, 2 and 3.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if matches!(level, 1..=3) { Some(Self(level)) } else { None }
    }

    /// 1 to 3.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl From<Preference> for u8 {
    fn from(preference: Preference) -> Self {
        preference.0
    }
}

impl TryFrom<u8> for Preference {
    type Error = &'static str;
    fn try_from(level: u8) -> Result<Self, Self::Error> {
        Self::new(level).ok_or("a preference is 1, 2 or 3")
    }
}

/// A time that suits somebody. Wishes of one person may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// When.
    pub slot: Slot,
    /// How well.
    pub preference: Preference,
}

/// Somebody who is to have a meeting with the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    /// Names it in schedules; no other has it.
    pub id: u64,
    /// What suits it; may reach beyond the owner's time.
    pub wishes: Vec<Wish>,
}

/// A problem as calendars hand it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// How long each meeting lasts, 5 to 480 minutes.
    pub meeting_minutes: u16,
    /// The distance of candidate starts, 5 to 60 minutes, from the begin of each contiguous block of the owner.
    pub step_minutes: u16,
    /// What suits the owner.
    pub owner: Vec<Wish>,
    /// The owner's other engagements.
    pub busy: Vec<Slot>,
    /// Everybody else.
    pub invitees: Vec<Invitee>,
}

/// Why something given is no problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Meetings last 5 to 480 minutes.
    MeetingMinutes,
    /// Steps are 5 to 60 minutes.
    StepMinutes,
    /// More than [`Problem::MOST_INVITEES`].
    TooManyInvitees,
    /// More than [`Problem::MOST_STARTS`] candidate starts.
    TooManyStarts,
    /// More than [`Problem::MOST_PAIRS`] ways to place somebody.
    TooManyPairs,
    /// Two invitees have this id.
    SameInvitee(u64),
    /// Candidate starts lie so far apart that sums of them could exceed what the solver counts with.
    TooWide,
}

/// A candidate start: a step inside the owner's time without a clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// When.
    pub at: Instant,
    /// How well the owner likes a meeting from then on.
    pub preference: Preference,
    /// The time from the first candidate start, in units of the [`Scale`].
    pub delay: i64,
}

/// That an invitee can start at a candidate start, and how well it likes that; in four bytes, for there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(u32);

impl Pair {
    /// Starts below 2^30.
    pub(super) fn new(start: usize, preference: Preference) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX >> 2);
        Self((start << 2) | u32::from(preference.level()))
    }

    /// The number of the candidate start.
    #[must_use]
    pub const fn start(self) -> usize {
        (self.0 >> 2) as usize
    }

    /// The invitee's preference, 1 to 3.
    #[must_use]
    pub const fn preference(self) -> i64 {
        (self.0 & 3) as i64
    }
}

/// A problem with its candidate starts.
#[derive(Clone, Debug)]
pub struct Problem {
    given: Given,
    length: i64,
    starts: Vec<Start>,
    /// One row an invitee, in the order given, each ordered by start.
    rows: Vec<Vec<Pair>>,
    scale: Scale,
}

/// Microseconds.
const MINUTE: i64 = 60_000_000;

impl Problem {
    /// Twice what the bench measures.
    pub const MOST_INVITEES: usize = 1_000;
    /// A quarter of a year, round the clock, in steps of fifteen minutes.
    pub const MOST_STARTS: usize = 10_000;
    /// Twice what the bench measures; 10 MB.
    pub const MOST_PAIRS: usize = 2_500_000;

    /// Finds the candidate starts and who can come when.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn new(given: Given) -> Result<Self, Fault> {
        if !matches!(given.meeting_minutes, 5..=480) {
            return Err(Fault::MeetingMinutes);
        }
        if !matches!(given.step_minutes, 5..=60) {
            return Err(Fault::StepMinutes);
        }
        if given.invitees.len() > Self::MOST_INVITEES {
            return Err(Fault::TooManyInvitees);
        }
        let mut ids: Vec<u64> = given.invitees.iter().map(|i| i.id).collect();
        ids.sort_unstable();
        if let Some([twice, _]) = ids.array_windows().find(|[a, b]| a == b) {
            return Err(Fault::SameInvitee(*twice));
        }

        let length = i64::from(given.meeting_minutes).saturating_mul(MINUTE);
        let step = i64::from(given.step_minutes).saturating_mul(MINUTE);
        let own = grid::blocks(given.owner.iter().map(|w| Span::from(&w.slot)));
        if usize::try_from(grid::count(&own, length, step)).is_ok_and(|n| n > Self::MOST_STARTS) {
            return Err(Fault::TooManyStarts);
        }
        let busy = grid::blocks(given.busy.iter().map(Span::from));
        let times: Vec<i64> =
            grid::starts(&own, length, step).filter(|s| !grid::clashes(&busy, *s, length)).collect();
        let mut pairs = 0usize;
        let mut rows = Vec::with_capacity(given.invitees.len());
        for invitee in &given.invitees {
            let preferences = grid::preferences(&invitee.wishes, &times, length);
            let mut row = Vec::with_capacity(preferences.iter().flatten().count());
            let pairs_of = (0..).zip(preferences);
            row.extend(pairs_of.filter_map(|(start, preference)| Some(Pair::new(start, preference?))));
            pairs = pairs.saturating_add(row.len());
            if pairs > Self::MOST_PAIRS {
                return Err(Fault::TooManyPairs);
            }
            rows.push(row);
        }

        let first = times.first().copied().unwrap_or(0);
        let unit = times.iter().fold(0, |unit, t| divisor(unit, t.saturating_sub(first))).max(1);
        let delay = |t: i64| t.saturating_sub(first).div_euclid(unit);
        let span = times.last().map_or(0, |t| delay(*t));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let scale = Scale::new(unit, span, count(given.invitees.len()), count(disjoint(&times, length)));
        let scale = scale.ok_or(Fault::TooWide)?;
        let liked = grid::preferences(&given.owner, &times, length);
        let starts = times
            .iter()
            .zip(liked)
            .filter_map(|(t, p)| {
                Some(Start { at: Instant::from_micros(*t)?, preference: p?, delay: delay(*t) })
            })
            .collect();
        Ok(Self { given, length, starts, rows, scale })
    }

    /// What it was made of.
    #[must_use]
    pub const fn given(&self) -> &Given {
        &self.given
    }

    /// How long each meeting lasts.
    #[must_use]
    pub const fn length(&self) -> Duration {
        Duration::from_micros(self.length)
    }

    /// The distance of candidate starts in a block.
    #[must_use]
    pub fn step(&self) -> Duration {
        Duration::from_micros(i64::from(self.given.step_minutes).saturating_mul(MINUTE))
    }

    /// The candidate starts in order.
    #[must_use]
    pub fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// The number of the candidate start at this time.
    #[must_use]
    pub fn start_at(&self, at: Instant) -> Option<usize> {
        self.starts.binary_search_by_key(&at, |s| s.at).ok()
    }

    /// For each invitee, in the order given, where it can start, in order.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Pair>] {
        &self.rows
    }

    /// How the levels of the objective weigh.
    #[must_use]
    pub const fn scale(&self) -> &Scale {
        &self.scale
    }
}

/// The greatest common divisor (Euclid).
const fn divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a.rem_euclid(b));
    }
    a
}

/// How many meetings can be held one after the other: the earliest that fits next is never wrong.
fn disjoint(times: &[i64], length: i64) -> usize {
    let mut free = i64::MIN;
    let mut count = 0usize;
    for t in times {
        if *t >= free {
            free = t.saturating_add(length);
            count = count.saturating_add(1);
        }
    }
    count
}
