//! Choosing slots to keep, or parties to notify.

use ratatui::crossterm::event::KeyCode;
use serde_json::Value;

use super::model::Proposal;

/// What is chosen from, and what is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What for.
    pub purpose: Purpose,
    /// The items, and whether each is chosen.
    pub items: Vec<(Value, bool)>,
    /// The item at which keys act.
    pub cursor: usize,
    /// Whether an answer that keeps nothing was asked about.
    sure: bool,
}

/// What is chosen for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// The slots to keep of this version.
    Patch {
        /// The proposal.
        id: u64,
        /// Its version.
        etag: Option<String>,
    },
    /// The parties to notify of these slots.
    Notify {
        /// The proposal.
        id: u64,
        /// Its slots.
        slots: Vec<Value>,
    },
}

/// What a key has done.
#[derive(Clone, Debug, PartialEq)]
pub enum Picked {
    /// Choosing goes on.
    Go,
    /// It is left.
    Leave,
    /// It goes on, and this is told.
    Tell(&'static str),
    /// This is chosen.
    Send(Vec<Value>),
}

impl Picker {
    /// Slots to keep: all, to begin with.
    #[must_use]
    pub fn slots(proposal: &Proposal) -> Self {
        Self {
            purpose: Purpose::Patch { id: proposal.id, etag: proposal.etag.clone() },
            items: proposal.slots.iter().map(|slot| (slot.clone(), true)).collect(),
            cursor: 0,
            sure: false,
        }
    }

    /// Parties to notify: none, to begin with.
    #[must_use]
    pub fn parties(proposal: &Proposal) -> Self {
        Self {
            purpose: Purpose::Notify { id: proposal.id, slots: proposal.slots.clone() },
            items: proposal.parties.iter().map(|party| (Value::from(party.as_str()), false)).collect(),
            cursor: 0,
            sure: false,
        }
    }

    /// The offer has changed: what is still there stays chosen or not.
    pub fn renew(&mut self, proposal: &Proposal) {
        let mut new = Self::slots(proposal);
        for (slot, chosen) in &mut new.items {
            if let Some((_, was)) = self.items.iter().find(|(old, _)| old == slot) {
                *chosen = *was;
            }
        }
        new.cursor = self.cursor.min(new.items.len().saturating_sub(1));
        *self = new;
    }

    /// What a key does.
    pub fn key(&mut self, key: KeyCode) -> Picked {
        let was_sure = std::mem::replace(&mut self.sure, false);
        match key {
            KeyCode::Up | KeyCode::Char('k') => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => {
                self.cursor = self.cursor.saturating_add(1).min(self.items.len().saturating_sub(1));
            }
            KeyCode::Char(' ') => {
                if let Some((_, chosen)) = self.items.get_mut(self.cursor) {
                    *chosen = !*chosen;
                }
            }
            KeyCode::Char('a') => self.items.iter_mut().for_each(|(_, chosen)| *chosen = true),
            KeyCode::Char('x') => self.items.iter_mut().for_each(|(_, chosen)| *chosen = false),
            KeyCode::Char(c) if c.is_ascii_digit() => {
                // The digit of an item toggles it, as the line mode's numbers do.
                let at = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
                if let Some((at, (_, chosen))) = at.and_then(|at| Some((at, self.items.get_mut(at)?))) {
                    *chosen = !*chosen;
                    self.cursor = at;
                }
            }
            KeyCode::Esc | KeyCode::Char('q') => return Picked::Leave,
            KeyCode::Enter => {
                let chosen: Vec<Value> =
                    self.items.iter().filter(|(_, chosen)| *chosen).map(|(item, _)| item.clone()).collect();
                return match (chosen.is_empty(), &self.purpose) {
                    (true, Purpose::Notify { .. }) => Picked::Tell("Space chooses whom to notify."),
                    (true, Purpose::Patch { .. }) if !was_sure => {
                        self.sure = true;
                        Picked::Tell("You keep none of them. Enter again sends that.")
                    }
                    _ => Picked::Send(chosen),
                };
            }
            _ => {}
        }
        Picked::Go
    }
}
