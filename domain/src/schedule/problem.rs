//! The scheduling problem: what calendars hand over, the candidate starts, and which invitee can start when.

use serde::{Deserialize, Serialize};

use super::grid::{self, Span};
use super::objective::Scale;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// How much a person likes a time: 1, 2 or 3. Three is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Preference(u8);

impl Preference {
    /// All preferences, lowest first.
    pub const ALL: [Self; 3] = [Self(1), Self(2), Self(3)];

    /// The preference of this level. `None` if the level is not 1, 2 or 3.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if matches!(level, 1..=3) { Some(Self(level)) } else { None }
    }

    /// The level: 1, 2 or 3.
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

/// A time at which a person is available, with a preference. Slots of one person may overlap; where they do, the highest
/// preference counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferredSlot {
    /// The time.
    pub slot: Slot,
    /// How much the person likes it.
    pub preference: Preference,
}

/// A person who is to have one meeting with the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    /// Identifies the invitee in schedules. It is unique in a problem.
    pub id: u64,
    /// When the invitee is available. Times outside the owner's are ignored.
    pub available: Vec<PreferredSlot>,
}

/// A problem as a calendar hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemInput {
    /// The length of each meeting in minutes, 5 to 480.
    pub meeting_minutes: u16,
    /// The distance between candidate starts in minutes, 5 to 60. Steps are counted from the begin of each contiguous
    /// block of the owner's time.
    pub step_minutes: u16,
    /// When the owner is available.
    pub owner: Vec<PreferredSlot>,
    /// When the owner has other engagements. They take precedence over `owner`.
    pub busy: Vec<Slot>,
    /// The people to meet. Their order decides between schedules that are equally good.
    pub invitees: Vec<Invitee>,
}

/// Why an input is not a problem that can be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemError {
    /// The length of meetings is not 5 to 480 minutes.
    MeetingMinutes,
    /// The step is not 5 to 60 minutes.
    StepMinutes,
    /// There are more than [`Problem::MAX_INVITEES`] invitees.
    TooManyInvitees,
    /// There are more than [`Problem::MAX_STARTS`] candidate starts.
    TooManyStarts,
    /// There are more than [`Problem::MAX_PAIRS`] pairs of an invitee and a start.
    TooManyPairs,
    /// Two invitees have this id.
    SameInvitee(u64),
    /// The candidate starts are so far apart that the objective of some schedule would not fit into 64 bits.
    TooWide,
}

/// A candidate start: a step inside the owner's available time at which a meeting does not overlap another engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The instant at which a meeting can begin.
    pub at: Instant,
    /// The owner's preference for a meeting that begins here.
    pub preference: Preference,
    /// The time since the first candidate start, in units of the [`Scale`].
    pub delay: i64,
}

/// An invitee's meeting at a candidate start is possible, with this preference of the invitee. A pair has four bytes,
/// because a problem can have millions of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(u32);

impl Pair {
    /// `start` must be below 2^30.
    pub(super) fn new(start: usize, preference: Preference) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX >> 2);
        Self((start << 2) | u32::from(preference.level()))
    }

    /// The index of the candidate start in [`Problem::starts`].
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

/// A problem with its candidate starts and pairs.
#[derive(Clone, Debug)]
pub struct Problem {
    input: ProblemInput,
    /// The length of a meeting in microseconds.
    length: i64,
    starts: Vec<Start>,
    /// The pairs of each invitee, in the order of the input. The pairs of one invitee are ordered by start.
    pairs: Vec<Vec<Pair>>,
    scale: Scale,
}

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

impl Problem {
    /// The maximum number of invitees, twice what `make bench` measures.
    pub const MAX_INVITEES: usize = 1_000;
    /// The maximum number of candidate starts: a quarter of a year, day and night, in steps of fifteen minutes.
    pub const MAX_STARTS: usize = 10_000;
    /// The maximum number of pairs, twice what `make bench` measures. They take 10 MB.
    pub const MAX_PAIRS: usize = 2_500_000;

    /// Finds the candidate starts and the pairs.
    ///
    /// # Errors
    /// See [`ProblemError`].
    pub fn new(input: ProblemInput) -> Result<Self, ProblemError> {
        if !matches!(input.meeting_minutes, 5..=480) {
            return Err(ProblemError::MeetingMinutes);
        }
        if !matches!(input.step_minutes, 5..=60) {
            return Err(ProblemError::StepMinutes);
        }
        if input.invitees.len() > Self::MAX_INVITEES {
            return Err(ProblemError::TooManyInvitees);
        }
        let mut ids: Vec<u64> = input.invitees.iter().map(|i| i.id).collect();
        ids.sort_unstable();
        if let Some([twice, _]) = ids.array_windows().find(|[a, b]| a == b) {
            return Err(ProblemError::SameInvitee(*twice));
        }

        let length = i64::from(input.meeting_minutes).saturating_mul(MINUTE);
        let step = i64::from(input.step_minutes).saturating_mul(MINUTE);
        let owner = grid::merge_spans(input.owner.iter().map(|p| Span::from(&p.slot)));
        // The count is checked first, so that a step of minutes over thousands of years allocates nothing.
        if usize::try_from(grid::count_steps(&owner, length, step)).is_ok_and(|n| n > Self::MAX_STARTS) {
            return Err(ProblemError::TooManyStarts);
        }
        let busy = grid::merge_spans(input.busy.iter().map(Span::from));
        let times: Vec<i64> =
            grid::steps(&owner, length, step).filter(|t| !grid::overlaps(&busy, *t, length)).collect();
        let mut count = 0usize;
        let mut pairs = Vec::with_capacity(input.invitees.len());
        for invitee in &input.invitees {
            let preferences = grid::preferences(&invitee.available, &times, length);
            let mut row = Vec::with_capacity(preferences.iter().flatten().count());
            let by_start = (0..).zip(preferences);
            row.extend(by_start.filter_map(|(start, preference)| Some(Pair::new(start, preference?))));
            count = count.saturating_add(row.len());
            if count > Self::MAX_PAIRS {
                return Err(ProblemError::TooManyPairs);
            }
            pairs.push(row);
        }

        let first = times.first().copied().unwrap_or(0);
        let unit =
            times.iter().fold(0, |unit, t| greatest_common_divisor(unit, t.saturating_sub(first))).max(1);
        let delay = |t: i64| t.saturating_sub(first).div_euclid(unit);
        let max_delay = times.last().map_or(0, |t| delay(*t));
        let as_i64 = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let capacity = max_meetings(&times, length);
        let scale = Scale::new(unit, max_delay, as_i64(input.invitees.len()), as_i64(capacity));
        let scale = scale.ok_or(ProblemError::TooWide)?;
        let preferences = grid::preferences(&input.owner, &times, length);
        let starts = times
            .iter()
            .zip(preferences)
            .filter_map(|(t, p)| {
                Some(Start { at: Instant::from_micros(*t)?, preference: p?, delay: delay(*t) })
            })
            .collect();
        Ok(Self { input, length, starts, pairs, scale })
    }

    /// The input that the problem was made of.
    #[must_use]
    pub const fn input(&self) -> &ProblemInput {
        &self.input
    }

    /// The length of each meeting.
    #[must_use]
    pub const fn length(&self) -> Duration {
        Duration::from_micros(self.length)
    }

    /// The distance between candidate starts in one block of the owner's time.
    #[must_use]
    pub fn step(&self) -> Duration {
        Duration::from_micros(i64::from(self.input.step_minutes).saturating_mul(MINUTE))
    }

    /// The candidate starts, ordered by time.
    #[must_use]
    pub fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// The index of the candidate start at this instant. `None` if there is none.
    #[must_use]
    pub fn start_at(&self, at: Instant) -> Option<usize> {
        self.starts.binary_search_by_key(&at, |s| s.at).ok()
    }

    /// The pairs of each invitee, in the order of the input. The pairs of one invitee are ordered by start.
    #[must_use]
    pub fn pairs_by_invitee(&self) -> &[Vec<Pair>] {
        &self.pairs
    }

    /// The weights that make one integer of an objective.
    #[must_use]
    pub const fn scale(&self) -> &Scale {
        &self.scale
    }
}

/// Euclid's algorithm.
const fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a.rem_euclid(b));
    }
    a
}

/// The maximum number of meetings without an overlap, by the greedy algorithm for intervals of equal length: taking the
/// earliest start that fits next is optimal.
fn max_meetings(times: &[i64], length: i64) -> usize {
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
