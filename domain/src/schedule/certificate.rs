//! Schedules, and certificates of how good a schedule can be.

use serde::{Deserialize, Serialize};

use super::objective::Objective;
use crate::instant::Instant;

/// One meeting of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Placed {
    /// The id of the invitee whom the owner meets.
    pub invitee: u64,
    /// The instant at which the meeting begins.
    pub begin: Instant,
}

/// The meetings of the owner, ordered by time. An invitee who is missing has no meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule(pub Vec<Placed>);

/// A proof that no schedule is better than `bound`, by Lagrangian relaxation.
///
/// Each invitee has a multiplier. The relaxed problem drops the rule that an invitee has one meeting at most, and charges
/// the multiplier for each meeting of the invitee. The optimum of the relaxed problem plus the sum of all multipliers is an
/// upper bound of every schedule's value, because a schedule pays each multiplier at most once. The relaxed problem is easy:
/// only time is left, so a meeting at a start is worth its best invitee, and a dynamic programme finds the optimum.
///
/// If no multipliers prove the bound, the tree divides the schedules into cases, and each case has multipliers of its own
/// (docs/scheduling.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The objective that no schedule exceeds.
    pub bound: Objective,
    /// The vectors of multipliers. Leaves refer to them by index.
    pub multipliers: Vec<Multipliers>,
    /// The tree of cases in preorder. After a branch comes first the case in which its start is used, then the other.
    pub tree: Vec<Node>,
}

/// One multiplier for each invitee, in the order of the problem. An invitee's multiplier is its value divided by the
/// denominator, in the weights of the problem's scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipliers {
    /// The common denominator, more than zero.
    #[serde(rename = "d")]
    pub denominator: i64,
    /// The numerators, zero or more.
    #[serde(rename = "u")]
    pub values: Vec<i64>,
}

/// A node of the tree of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// The multipliers at this index prove the bound for this case.
    #[serde(rename = "l")]
    Leaf(u32),
    /// Two cases follow: a meeting begins at the candidate start at this index, or none does.
    #[serde(rename = "b")]
    Branch(u32),
}
