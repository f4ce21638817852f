//! *Find a time*: a proposal, from its offer to what is left of it (spec/proposals.md, part 0).
//!
//! ```text
//! create(New, now)              -> Vec<Event>                       what begins it
//! decide(&Proposal, &Act, now)  -> Result<Vec<Event>, Rejection>    what an act causes
//! apply(Option<Proposal>, &Event) -> Option<Proposal>               the only way state changes
//! next_wakeup(&Proposal, now)   -> Option<Instant>                  when time itself causes something
//! due_mail(&Proposal, now)      -> Vec<Due>                         what it causes then
//! letters(&Proposal, &Event, ..) -> Vec<Letter>                      the mails an event sends
//! record(&Proposal, &Event, ..) -> Recorded                         the ledger entry an event leaves
//! ```
//!
//! Each event is one ledger entry; an act may cause several (a title and an answer, an answer and the agreement that
//! follows), which are stored together or not at all.

mod act;
mod apply;
mod decide;
mod due;
mod entity;
mod ledger;
mod letter;
mod log;
mod reader;
mod record;
pub mod series;
mod state;
mod view;

pub use act::{
    Act, Caller, Command, Event, Narrowing, New, NewDeadline, NewParty, NextRound, Notice, Rejection, What,
};
pub use apply::{apply, replay};
pub use decide::{MOST_ENTRIES, MOST_ENTRIES_OF_A_PARTY, MOST_ENTRIES_OF_PARTIES, create, decide, successor};
pub use due::{Due, due_mail, next_wakeup};
pub use entity::{Cause, Proposed};
pub use ledger::{Offer, OfferShrinks, ProposalLedger, visible_openings};
pub use letter::{Letter, Said, Template, letters};
pub use log::{LogEntry, StoredText, log};
pub use reader::{CutTime, Person, ReaderView, Shown, You, reader_view};
pub use record::record;
pub use state::{Actor, Answer, Creator, Cut, Party, Pending, Phase, Proposal, Standing, Visibility};
pub use view::{AnswerState, AnswerView, View, view};

pub use crate::entity::{Undeliverable, Via};
