//! Writing a proposal: title, people, slots, as the line mode asks for them.

use jiff::tz::TimeZone;
use ratatui::crossterm::event::KeyCode;
use serde_json::Value;

use crate::values;

/// The longest line that is typed, in characters: longer than what the service takes.
const LONGEST: usize = 4000;
/// The most slots of a proposal; the service refuses more.
const MOST_SLOTS: usize = 30;

/// A proposal that is being written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// What is being typed.
    pub line: String,
    /// The title, once it is entered.
    pub title: Option<String>,
    /// The parties, once they are entered.
    pub parties: Option<Vec<String>>,
    /// The slots so far.
    pub slots: Vec<Value>,
}

/// What a key has done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Writing goes on.
    Go,
    /// It is left.
    Leave,
    /// It goes on, and this is told.
    Tell(String),
    /// This is to be created: title, parties, slots.
    Send(String, Vec<String>, Vec<Value>),
}

impl Form {
    /// What is asked for.
    #[must_use]
    pub const fn prompt(&self) -> &'static str {
        match (&self.title, &self.parties) {
            (None, _) => "title, or blank to generate",
            (_, None) => "party emails, with blanks between",
            _ => "slot, such as 2030-03-01T10:00 1h; blank creates",
        }
    }

    /// What a key does. A time without an offset is wall time of the zone.
    pub fn key(&mut self, key: KeyCode, zone: &TimeZone) -> Step {
        match key {
            KeyCode::Char(c) if !c.is_control() && self.line.len() < LONGEST => self.line.push(c),
            KeyCode::Backspace if self.line.is_empty() => self.back(),
            KeyCode::Backspace => {
                self.line.pop();
            }
            KeyCode::Esc => return Step::Leave,
            KeyCode::Enter => return self.enter(zone),
            _ => {}
        }
        Step::Go
    }

    /// Goes back to what was entered last.
    fn back(&mut self) {
        if self.slots.pop().is_some() {
            return;
        }
        if let Some(parties) = self.parties.take() {
            self.line = parties.join(" ");
        } else if let Some(title) = self.title.take() {
            self.line = title;
        }
    }

    fn enter(&mut self, zone: &TimeZone) -> Step {
        let line = self.line.trim().to_owned();
        match (&self.title, &self.parties) {
            (None, _) => self.title = Some(line),
            (_, None) => {
                let parties: Vec<String> =
                    line.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
                if parties.is_empty() {
                    return Step::Tell("At least one address is needed.".to_owned());
                }
                self.parties = Some(parties);
            }
            (Some(title), Some(parties)) if line.is_empty() => {
                if self.slots.is_empty() {
                    return Step::Tell("At least one slot is needed.".to_owned());
                }
                return Step::Send(title.clone(), parties.clone(), self.slots.clone());
            }
            _ if self.slots.len() >= MOST_SLOTS => {
                return Step::Tell(format!("There are {MOST_SLOTS} slots at most; a blank line creates."));
            }
            _ => match values::slot(&line, zone) {
                Ok(slot) => self.slots.push(slot),
                Err(wrong) => return Step::Tell(wrong),
            },
        }
        self.line.clear();
        Step::Go
    }
}
