//! What is found, and what proves how good it is.

use serde::{Deserialize, Serialize};

use super::objective::Objective;
use crate::instant::Instant;

/// A meeting of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Placed {
    /// The invitee's id.
    pub invitee: u64,
    /// When it begins.
    pub begin: Instant,
}

/// Who meets the owner when, ordered by time. Who is not in it has no meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule(pub Vec<Placed>);

/// Proves that no schedule is better than `bound`.
///
/// A vector of multipliers alone proves a bound: let each invitee pay its multiplier wherever it is placed, and let
/// everybody be placed as often as one likes. The best that can be had so, plus all multipliers, is at least what any
/// schedule is worth, since a schedule places nobody twice. To find it is easy: without the invitees' own rule only
/// time is left, and a meeting at each start is worth its best invitee. Where no multipliers prove enough, the tree
/// tells cases apart, and each case has multipliers of its own (docs/scheduling.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What is claimed.
    pub bound: Objective,
    /// Vectors that leaves refer to.
    pub multipliers: Vec<Multipliers>,
    /// The cases in preorder; of a branch the case in which the start is used comes first.
    pub tree: Vec<Node>,
}

/// One multiplier an invitee, in the order of the problem: `of / denominator`, in the scale's weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipliers {
    /// Positive.
    #[serde(rename = "d")]
    pub denominator: i64,
    /// None is negative.
    #[serde(rename = "u")]
    pub of: Vec<i64>,
}

/// A node of the tree of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// The multipliers of this number prove the bound here.
    #[serde(rename = "l")]
    Leaf(u32),
    /// Either a meeting begins at the candidate start of this number, or none does.
    #[serde(rename = "b")]
    Branch(u32),
}
