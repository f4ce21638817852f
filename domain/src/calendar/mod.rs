//! *One-to-ones*: a calendar collects when people can meet its owner, until a deadline, and ends in one meeting with each
//! (spec/calendars.md, part 0).
//!
//! ```text
//! create(id, Owner, Via, New, now)   -> Vec<Event>                       what begins it
//! decide(&Calendar, &Act, now)       -> Result<Vec<Event>, Rejection>    what an act causes
//! apply(Option<Calendar>, &Event)    -> Option<Calendar>                 the only way state changes
//! next_wakeup(&Calendar, now)        -> Option<Instant>                  when time itself causes something
//! due(&Calendar, now)                -> Vec<Due>                         what it causes then
//! letters(&Calendar, &Event, head)   -> Vec<Letter>                      the mails an event sends
//! record(&Calendar, &Event, ..)      -> Recorded                         the ledger entry an event leaves
//! reading(&Calendar, &Standing, ..)  -> Reading                          what a reader reads
//! ```
//!
//! Each event is one ledger entry; an act may cause several, which are stored together or not at all. How schedules are found
//! is in [`crate::schedule`].

mod act;
mod apply;
mod copy;
pub mod csv;
mod decide;
mod due;
mod edit;
mod entity;
mod event;
mod finalize;
mod ledger;
mod letter;
pub mod limits;
mod record;
pub mod rows;
mod state;
mod stored;
mod suggest;
pub mod time;
mod view;
pub mod wall;

pub use act::{Act, Caller, Command, Edit, Finalization, New, NewInvitee, Rejection};
pub use apply::{apply, replay};
pub use copy::{Copied, MOST_WEEKS};
pub use decide::{
    ENTRIES_KEPT_FOR_AN_INVITEE, MOST_ENTRIES, MOST_ENTRIES_OF_AN_INVITEE, MOST_ENTRIES_OF_INVITEES,
    MOST_ENTRIES_TO_FINALIZE, create, decide,
};
pub use due::{Due, due, next_wakeup};
pub use entity::{Cause, Composed};
pub use event::{Event, What};
pub use ledger::{CalendarLedger, PhasesFollow, Progress};
pub use letter::{Letter, Template, letters};
pub use record::record;
pub use state::{
    Actor, Answer, Calendar, CalendarDescription, CalendarName, Intent, Invitee, Owner, OwnerSlot, Phase,
    Scheduled, Standing,
};
pub use suggest::{
    Conflict, ConflictKind, DEFAULT_COUNT, Gap, MAX_COUNT, Planned, SUGGESTION_WORK, Score, Suggested,
    Suggestions, best_schedule, conflicts, fingerprint, problem, problem_input, score, suggest, unanswered,
};
pub use view::{InviteeView, PersonView, Reading, reading};
