//! One-to-ones: the best schedule of meetings with one owner, what proves it, the next best ones, and why somebody has
//! no meeting (docs/scheduling.md).
//!
//! ```text
//! Problem::new(Given)                         -> Result<Problem, Fault>   candidate starts, and who can come when
//! solve(&Problem, work)                       -> Solution                 the best schedule and its certificate
//! verify(&Problem, &Schedule, &Certificate)   -> Result<Bound, Refused>   what the certificate proves
//! ```

mod certificate;
mod grid;
mod objective;
mod problem;
mod solve;
mod verify;

pub use certificate::{Certificate, Multipliers, Node, Placed, Schedule};
pub use objective::{Objective, Scale};
pub use problem::{Fault, Given, Invitee, Pair, Preference, Problem, Start, Wish};
pub use solve::{DEFAULT_WORK, Solution, solve};
pub use verify::{Bound, MOST_WORK, Refused, reached, verify};
