//! Common times: when several people can have one meeting together.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::grid::{self, Span};
use super::problem::{Preference, PreferredSlot};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// A person who is to attend the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Identifies the person in the answer. It is unique in a query.
    pub id: u64,
    /// When the person is available. Slots may overlap.
    pub available: Vec<PreferredSlot>,
    /// When the person has other engagements. They take precedence over `available`.
    pub busy: Vec<Slot>,
}

/// A query for common times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommonTimesQuery {
    /// The instants at which the meeting may begin, for example the steps of a calendar. Only these are considered.
    pub starts: Vec<Instant>,
    /// The length of the meeting.
    pub length: Duration,
    /// The people without whom the meeting does not take place.
    pub required: Vec<Participant>,
    /// The people whose attendance makes a time better.
    pub optional: Vec<Participant>,
    /// The maximum number of times in the answer.
    pub limit: usize,
}

/// A time at which all required participants are available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommonTime {
    /// The instant at which the meeting begins.
    pub begin: Instant,
    /// The number of optional participants who are available.
    pub optional: usize,
    /// The optional participants who are unavailable, in the order of the query.
    pub unavailable: Vec<Unavailable>,
    /// The sum of the preferences of all available participants, each 1 to 3.
    pub preference: u32,
}

/// A participant who is unavailable at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unavailable {
    /// The participant's id.
    pub id: u64,
    /// Why the participant is unavailable.
    pub reason: UnavailableReason,
}

/// Why a participant is unavailable at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnavailableReason {
    /// The meeting does not lie inside one contiguous block of the participant's available time.
    NotAvailable,
    /// The participant would be available, but has another engagement.
    Busy,
}

/// The answer to a [`CommonTimesQuery`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommonTimes {
    /// The common times, best first: most optional participants, then the highest sum of preferences, then the earliest.
    pub times: Vec<CommonTime>,
    /// If there is no common time: the ids of a minimal set of required participants who have none, in the order of the
    /// query. If any one of them is left out, the others have one. A set of one means that this
    /// participant is never available.
    pub competing: Vec<u64>,
    /// If there is no common time: the times at which the fewest required participants are unavailable, and who they are.
    /// The fewest come first; of equally many, the earliest.
    pub nearest: Vec<(Instant, Vec<Unavailable>)>,
}

/// The preference of one participant at each start, or why the participant is unavailable there.
type Column = Vec<Result<Preference, UnavailableReason>>;

/// Finds the best times for one meeting of several people.
#[must_use]
pub fn find_common_times(query: &CommonTimesQuery) -> CommonTimes {
    let mut starts = query.starts.clone();
    starts.sort_unstable();
    starts.dedup();
    let column = |participant: &Participant| availability(participant, &starts, query.length);
    let required: Vec<Column> = query.required.iter().map(column).collect();
    let optional: Vec<Column> = query.optional.iter().map(column).collect();
    let at =
        |column: &Column, k: usize| column.get(k).copied().unwrap_or(Err(UnavailableReason::NotAvailable));
    let count_unavailable =
        |columns: &[Column], k: usize| columns.iter().filter(|c| at(c, k).is_err()).count();
    let unavailable = |participants: &[Participant], columns: &[Column], k: usize| -> Vec<Unavailable> {
        let pairs = participants.iter().zip(columns);
        pairs.filter_map(|(p, c)| Some(Unavailable { id: p.id, reason: at(c, k).err()? })).collect()
    };

    // Counting comes first, because the lists of unavailable participants are needed for a few times only.
    let blocked: Vec<usize> = (0..starts.len()).map(|k| count_unavailable(&required, k)).collect();
    let mut ranked: Vec<(Reverse<usize>, Reverse<u32>, usize)> = Vec::new();
    for (k, _) in blocked.iter().enumerate().filter(|(_, blocked)| **blocked == 0) {
        let preferences = required.iter().chain(&optional).filter_map(|c| at(c, k).ok());
        let preference = preferences.map(|p| u32::from(p.level())).fold(0, u32::saturating_add);
        let present = optional.len().saturating_sub(count_unavailable(&optional, k));
        ranked.push((Reverse(present), Reverse(preference), k));
    }
    if ranked.is_empty() {
        let mut nearest: Vec<(usize, usize)> = blocked.iter().copied().zip(0..).collect();
        nearest.sort_unstable();
        nearest.truncate(query.limit);
        let with_unavailable =
            |(_, k): (usize, usize)| Some((*starts.get(k)?, unavailable(&query.required, &required, k)));
        return CommonTimes {
            times: Vec::new(),
            competing: competing(&query.required, &required, blocked),
            nearest: nearest.into_iter().filter_map(with_unavailable).collect(),
        };
    }
    ranked.sort_unstable();
    ranked.truncate(query.limit);
    let time = |(Reverse(present), Reverse(preference), k): (Reverse<usize>, Reverse<u32>, usize)| {
        let begin = *starts.get(k)?;
        Some(CommonTime {
            begin,
            optional: present,
            unavailable: unavailable(&query.optional, &optional, k),
            preference,
        })
    };
    CommonTimes { times: ranked.into_iter().filter_map(time).collect(), ..CommonTimes::default() }
}

/// Finds the participants who are unavailable at one time, in their order.
#[must_use]
pub fn find_unavailable(participants: &[Participant], begin: Instant, length: Duration) -> Vec<Unavailable> {
    let reason = |p: &Participant| availability(p, &[begin], length).first().copied().and_then(Result::err);
    participants.iter().filter_map(|p| Some(Unavailable { id: p.id, reason: reason(p)? })).collect()
}

/// The availability of a participant at each start. The starts must be ordered.
fn availability(participant: &Participant, starts: &[Instant], length: Duration) -> Column {
    let starts: Vec<i64> = starts.iter().map(|s| s.micros()).collect();
    let length = length.micros();
    let busy = grid::merge_spans(participant.busy.iter().map(Span::from));
    let preferences = grid::preferences(&participant.available, &starts, length).into_iter().zip(&starts);
    preferences
        .map(|(preference, start)| match preference {
            None => Err(UnavailableReason::NotAvailable),
            Some(_) if grid::overlaps(&busy, *start, length) => Err(UnavailableReason::Busy),
            Some(preference) => Ok(preference),
        })
        .collect()
}

/// Finds a minimal set of participants without a common time, by leaving out one after the other each participant without
/// whom there still is none. `blocked` counts for each start the participants who are unavailable.
fn competing(participants: &[Participant], columns: &[Column], mut blocked: Vec<usize>) -> Vec<u64> {
    // If no start was asked for, no participant is the reason.
    if blocked.is_empty() {
        return Vec::new();
    }
    let mut competing = Vec::new();
    for (participant, column) in participants.iter().zip(columns) {
        let blocks = |k: usize| column.get(k).is_some_and(Result::is_err);
        let is_needed = blocked.iter().enumerate().any(|(k, n)| *n == usize::from(blocks(k)));
        if is_needed {
            competing.push(participant.id);
            continue;
        }
        for (k, n) in blocked.iter_mut().enumerate() {
            *n = n.saturating_sub(usize::from(blocks(k)));
        }
    }
    competing
}
