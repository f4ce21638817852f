//! *One-to-ones*: a calendar collects when people can meet its owner, until a deadline, and ends in one meeting with each
//! (spec/calendars.md, part 0).
//!
//! Each event is one ledger entry; an act may cause several, which are stored together or not at all. How schedules are found
//! is in [`crate::schedule`].

mod act;
pub mod rows;
mod state;
mod suggest;
mod view;

pub use act::{Act, Caller, Command, Edit, Finalization, New, NewInvitee, Rejection};
pub use state::{
    Actor, Answer, Calendar, CalendarDescription, CalendarName, Intent, Invitee, Owner, OwnerSlot, Phase,
    Scheduled, Standing,
};
pub use suggest::{
    Conflict, ConflictKind, DEFAULT_COUNT, Gap, MAX_COUNT, Planned, SUGGESTION_WORK, Score, Suggested,
    Suggestions, best_schedule, conflicts, fingerprint, problem, problem_input, score, suggest, unanswered,
};
pub use view::{InviteeView, PersonView, Reading};
