//! What an object knows of its tables while it lives, so that it need not ask them.

use std::cell::Cell;

use worker::SqlStorage;

use super::{outbox, store};
use crate::error::Result;

/// See the module. At first nothing is known.
#[derive(Default)]
pub struct Known {
    /// Whether the tables are there.
    has_tables: Cell<Option<bool>>,
    /// Whether mail is held.
    holds_mail: Cell<Option<bool>>,
    /// That the tables are up to date.
    pub is_current: Cell<bool>,
    /// That no task waits.
    pub is_idle: Cell<bool>,
    /// That no mail waits to be sent.
    has_sent_all: Cell<bool>,
    /// How many changes have been written.
    pub changes: Cell<u64>,
}

impl Known {
    /// Whether the tables are there.
    pub fn has_tables(&self, store: &SqlStorage) -> Result<bool> {
        known_or(&self.has_tables, || store::exists(store))
    }

    /// Whether mail is held.
    pub fn holds_mail(&self, store: &SqlStorage) -> Result<bool> {
        known_or(&self.holds_mail, || outbox::holds_mail(store))
    }

    /// Notes that held mail is being released: who asks next looks.
    pub fn forget_held_mail(&self) {
        self.holds_mail.set(None);
    }

    /// Notes that a task is enqueued beside any change: whoever runs tasks now does not take them for all.
    pub fn note_task(&self) {
        self.is_idle.set(false);
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Whether neither task nor mail waits.
    pub fn nothing_waits(&self) -> bool {
        self.is_idle.get() && self.has_sent_all.get()
    }

    /// Notes that a change is written, the first of its object or a later one, and what it queues; gives the change's number.
    pub fn note_written(&self, is_first: bool, queues_mail: bool, holds_mail: bool) -> u64 {
        if is_first {
            self.has_tables.set(Some(true));
            self.holds_mail.set(Some(false));
            self.is_idle.set(true);
            self.has_sent_all.set(true);
        }
        if holds_mail {
            self.holds_mail.set(Some(true));
        }
        if queues_mail {
            self.has_sent_all.set(false);
        }
        self.changes.set(self.changes.get().wrapping_add(1));
        self.changes.get()
    }
}

fn known_or(known: &Cell<Option<bool>>, look: impl FnOnce() -> Result<bool>) -> Result<bool> {
    if let Some(known) = known.get() {
        return Ok(known);
    }
    let found = look()?;
    known.set(Some(found));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_change_leaves_nothing_waiting_but_what_it_queues() {
        let known = Known::default();
        assert!(!known.nothing_waits());
        assert_eq!(known.note_written(true, false, false), 1);
        assert!(known.nothing_waits());
        assert_eq!(known.note_written(false, true, true), 2);
        assert!(!known.nothing_waits() && known.is_idle.get());
        assert_eq!(known.holds_mail.get(), Some(true));
        known.forget_held_mail();
        assert_eq!(known.holds_mail.get(), None);
    }

    #[test]
    fn a_task_that_no_change_causes_is_one_that_waits() {
        let known = Known::default();
        let change = known.note_written(true, false, false);
        known.note_task();
        assert!(!known.nothing_waits() && known.changes.get() != change);
    }

    #[test]
    fn what_is_known_is_not_looked_up() {
        let known = Cell::new(None);
        assert!(known_or(&known, || Ok(true)).unwrap());
        assert!(known_or(&known, || panic!("it is known")).unwrap());
    }
}
