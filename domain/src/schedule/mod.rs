//! One-to-ones: one owner meets several invitees, one after the other. This module finds the best schedule, proves that no
//! schedule is better, offers the next best ones, and explains why an invitee has no meeting (docs/scheduling.md).
//!
//! ```text
//! Problem::new(ProblemInput)                  -> Result<Problem, ProblemError>   candidate starts, and who can come when
//! solve(&Problem, work)                       -> Solution                        the best schedule and its certificate
//! verify(&Problem, &Schedule, &Certificate)   -> Result<Verified, VerifyError>   what the certificate proves
//! alternatives(&Problem, count, work)         -> Alternatives                    the best and the next best schedules
//! explain(&Problem, &Schedule, work)          -> Explanation                     who has no meeting, and why
//! relaxations(&Problem, &Schedule, work)      -> Vec<Relaxation>                 changes that place more invitees
//! analyse(&Problem, count, work)              -> Analysis                        all of these, with one work limit
//! find_common_times(&CommonTimesQuery)        -> CommonTimes                     times for one meeting of several people
//! ```
//!
//! `work` limits a search in elementary steps, not in time, so that a search ends in the same place on every machine.

mod alternatives;
mod analysis;
mod certificate;
mod common;
mod explain;
mod grid;
mod objective;
mod problem;
mod relax;
mod solve;
mod verify;

pub use alternatives::{Alternatives, alternatives};
pub use analysis::{Analysis, analyse};
pub use certificate::{Certificate, Multipliers, Node, Placed, Schedule};
pub use common::{
    CommonTime, CommonTimes, CommonTimesQuery, Participant, Unavailable, UnavailableReason,
    find_common_times, find_unavailable,
};
pub use explain::{CompetingSet, Explanation, MAX_SETS, UnplacedReason, explain};
pub use grid::{common_blocks, preference_for};
pub use objective::{Objective, Scale};
pub use problem::{Invitee, Pair, Preference, PreferredSlot, Problem, ProblemError, ProblemInput, Start};
pub use relax::{Relaxation, relaxations};
pub use solve::{DEFAULT_WORK, Solution, solve};
pub use verify::{MAX_CHECK_WORK, Verified, VerifyError, evaluate, verify};
