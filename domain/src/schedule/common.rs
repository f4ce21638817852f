//! The group question: when one meeting of many can be.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::grid::{self, Span};
use super::problem::{Preference, Wish};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;

/// When somebody can come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Names it in the answer; no other has it.
    pub id: u64,
    /// What suits it; wishes may overlap.
    pub wishes: Vec<Wish>,
    /// When it is engaged, whatever it wishes.
    pub busy: Vec<Slot>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// When the meeting may begin: full hours, the steps of a calendar.
    pub begins: Vec<Instant>,
    /// How long it lasts.
    pub length: Duration,
    /// Who must be there.
    pub required: Vec<Availability>,
    /// Who should be there.
    pub optional: Vec<Availability>,
    /// How many times are wanted.
    pub most: usize,
}

/// A time at which all who are required can come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// When it begins.
    pub begin: Instant,
    /// How many of the optional can come.
    pub optional: usize,
    /// Which of them cannot, in the order of the question, and why.
    pub missing: Vec<Missing>,
    /// The sum of the preferences of all who can come, each 1 to 3.
    pub preference: u32,
}

/// Somebody who cannot come at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Its id.
    pub id: u64,
    /// See [`Why`].
    pub why: Why,
}

/// Why somebody cannot come at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The meeting does not lie within one contiguous block of its wishes.
    NotWished,
    /// It would, but for another engagement.
    Busy,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// Best first: most of the optional, then the highest sum of preferences, then the earliest.
    pub times: Vec<Time>,
    /// Where there is none: a minimal set of the required who have no time in common, though all of them but any one
    /// have. Their ids, in the order of the question. One alone never can at any of the times asked for.
    pub competing: Vec<u64>,
    /// Where there is none: the times at which fewest of the required are missing, the earliest first, with who is.
    pub nearest: Vec<(Instant, Vec<Missing>)>,
}

/// The best times for one meeting of many.
#[must_use]
pub fn common(question: &Question) -> Common {
    let mut begins = question.begins.clone();
    begins.sort_unstable();
    begins.dedup();
    let rate = |who: &Availability| rated(who, &begins, question.length);
    let required: Vec<_> = question.required.iter().map(rate).collect();
    let optional: Vec<_> = question.optional.iter().map(rate).collect();
    let at =
        |column: &[Result<Preference, Why>], k: usize| column.get(k).copied().unwrap_or(Err(Why::NotWished));
    let absent = |columns: &[Vec<Result<Preference, Why>>], k: usize| {
        columns.iter().filter(|c| at(c, k).is_err()).count()
    };
    let missing = |of: &[Availability], columns: &[Vec<Result<Preference, Why>>], k: usize| -> Vec<Missing> {
        of.iter().zip(columns).filter_map(|(a, c)| Some(Missing { id: a.id, why: at(c, k).err()? })).collect()
    };

    // Counted first: only of the times that are given is it told who is missing.
    let blocked: Vec<usize> = (0..begins.len()).map(|k| absent(&required, k)).collect();
    let mut ranked: Vec<(Reverse<usize>, Reverse<u32>, usize)> = Vec::new();
    for (k, _) in blocked.iter().enumerate().filter(|(_, blocked)| **blocked == 0) {
        let present = required.iter().chain(&optional).filter_map(|c| at(c, k).ok());
        let preference = present.map(|p| u32::from(p.level())).fold(0, u32::saturating_add);
        ranked.push((Reverse(optional.len().saturating_sub(absent(&optional, k))), Reverse(preference), k));
    }
    if ranked.is_empty() {
        let mut nearest: Vec<(usize, usize)> = blocked.iter().copied().zip(0..).collect();
        nearest.sort_unstable();
        nearest.truncate(question.most);
        let told =
            |(_, k): (usize, usize)| Some((*begins.get(k)?, missing(&question.required, &required, k)));
        return Common {
            times: Vec::new(),
            competing: competing(question, &required, blocked),
            nearest: nearest.into_iter().filter_map(told).collect(),
        };
    }
    ranked.sort_unstable();
    ranked.truncate(question.most);
    let time = |(Reverse(present), Reverse(preference), k): (Reverse<usize>, Reverse<u32>, usize)| {
        let begin = *begins.get(k)?;
        Some(Time {
            begin,
            optional: present,
            missing: missing(&question.optional, &optional, k),
            preference,
        })
    };
    Common { times: ranked.into_iter().filter_map(time).collect(), ..Common::default() }
}

/// Who of these cannot come at a time, in their order, and why.
#[must_use]
pub fn blockers(of: &[Availability], begin: Instant, length: Duration) -> Vec<Missing> {
    let why = |a: &Availability| rated(a, &[begin], length).first().copied().and_then(Result::err);
    of.iter().filter_map(|a| Some(Missing { id: a.id, why: why(a)? })).collect()
}

/// For each of the ordered times how well it suits somebody.
fn rated(who: &Availability, begins: &[Instant], length: Duration) -> Vec<Result<Preference, Why>> {
    let begins: Vec<i64> = begins.iter().map(|b| b.micros()).collect();
    let length = length.micros();
    let busy = grid::blocks(who.busy.iter().map(Span::from));
    let rated = grid::preferences(&who.wishes, &begins, length).into_iter().zip(&begins);
    rated
        .map(|(liked, begin)| match liked {
            None => Err(Why::NotWished),
            Some(_) if grid::clashes(&busy, *begin, length) => Err(Why::Busy),
            Some(preference) => Ok(preference),
        })
        .collect()
}

/// Leaves out, one after the other, whoever is not needed for there to be no time. `blocked` are at first how many of all
/// cannot come at each time.
fn competing(
    question: &Question,
    required: &[Vec<Result<Preference, Why>>],
    mut blocked: Vec<usize>,
) -> Vec<u64> {
    // Without a time nobody is to blame.
    if blocked.is_empty() {
        return Vec::new();
    }
    let mut competing = Vec::new();
    for (who, column) in question.required.iter().zip(required) {
        let blocks = |k: usize| column.get(k).is_some_and(Result::is_err);
        let alone = blocked.iter().enumerate().any(|(k, n)| *n == usize::from(blocks(k)));
        if alone {
            competing.push(who.id);
            continue;
        }
        for (k, n) in blocked.iter_mut().enumerate() {
            *n = n.saturating_sub(usize::from(blocks(k)));
        }
    }
    competing
}
