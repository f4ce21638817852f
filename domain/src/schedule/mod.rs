//! One-to-ones: the best schedule of meetings with one owner, what proves it, the next best ones, and why somebody has
//! no meeting (docs/scheduling.md).
//!
//! ```text
//! Problem::new(Given)                         -> Result<Problem, Fault>   candidate starts, and who can come when
//! solve(&Problem, work)                       -> Solution                 the best schedule and its certificate
//! alternatives(&Problem, count, work)         -> Alternatives             the next best
//! explain(&Problem, &Schedule, work)          -> Explanation              who has no meeting, and why
//! relaxations(&Problem, &Schedule, work)      -> Vec<Relaxation>          what would place more
//! common(&Question)                           -> Common                   when one meeting of many can be
//! verify(&Problem, &Schedule, &Certificate)   -> Result<Bound, Refused>   what the certificate proves
//! ```

mod alternatives;
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
pub use certificate::{Certificate, Multipliers, Node, Placed, Schedule};
pub use common::{Availability, Common, Missing, Question, Time, Why, blockers, common};
pub use explain::{Competing, Explanation, MOST_SETS, Reason, explain};
pub use objective::{Objective, Scale};
pub use problem::{Fault, Given, Invitee, Pair, Preference, Problem, Start, Wish};
pub use relax::{Relaxation, relaxations};
pub use solve::{DEFAULT_WORK, Solution, solve};
pub use verify::{Bound, MOST_WORK, Refused, reached, verify};
