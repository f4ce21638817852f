//! What a calendar adds to the chain of its ledger: its state after each entry, with how many are asked and have answered. The
//! owner's time, answers, schedules, names and addresses lie beside the chain.

use serde::{Deserialize, Serialize};

use super::Phase;
use crate::ledger::{LedgerKind, Rule, RuleFault};

/// The ledger of calendars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarLedger {}

impl LedgerKind for CalendarLedger {
    const NAME: &'static str = "calendar";
    const GENESIS: &'static str = "whittle calendar ledger 1 ";
    type Body = Progress;
    type Rule = PhasesFollow;
}

/// The members of an entry that are a calendar's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The state after the entry.
    pub state: Phase,
    /// How many are asked then.
    pub invited: u32,
    /// How many of them have answered.
    pub answered: u32,
}

/// A calendar begins open; from there it is finalised by way of finalizing, from which it can come back, or closed; and
/// whichever it is then, it stays.
#[derive(Clone, Debug, Default)]
pub struct PhasesFollow {
    before: Option<Phase>,
}

impl Rule<Progress> for PhasesFollow {
    fn next(&mut self, progress: &Progress) -> Result<(), RuleFault> {
        if progress.answered > progress.invited {
            return Err(RuleFault::Violated("only those who are asked answer"));
        }
        let may = match (self.before, progress.state) {
            (None, after) => after == Phase::Open,
            (Some(Phase::Open), after) => after != Phase::Finalized,
            (Some(Phase::Finalizing), after) => after != Phase::Closed,
            (Some(ended), after) => ended == after,
        };
        if !may {
            return Err(RuleFault::Violated("each state follows from the one before"));
        }
        self.before = Some(progress.state);
        Ok(())
    }
}
