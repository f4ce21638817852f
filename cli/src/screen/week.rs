//! A week painted with the keyboard: the hours that one blocks, or the times at which one can meet.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ratatui::crossterm::event::KeyCode;

use super::model::{Cell, Times, hours_beyond, later, spans};
use super::state::Task;

/// What is painted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Hours of one's own week are blocked.
    Block,
    /// Times for this calendar.
    Answer(u64),
}

/// A week, and what is painted on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// What for.
    pub purpose: Use,
    /// What is known of it.
    pub times: Times,
    /// What is painted now.
    pub painted: BTreeMap<Cell, u8>,
    /// The day at which keys act, 0 the first, and the step of the day.
    pub cursor: (u8, u16),
    /// Where an area begins.
    pub anchor: Option<Cell>,
    /// With what is painted: 1 to 3.
    pub brush: u8,
    /// Whether leaving or turning away what is not sent was asked about.
    sure: bool,
}

/// What a key has done.
#[derive(Clone, Debug, PartialEq)]
pub enum Painted {
    /// Painting goes on.
    Go,
    /// It is left.
    Leave,
    /// It goes on, and this is told.
    Tell(&'static str),
    /// Another week is to be read.
    Turn(Date),
    /// This is to be sent.
    Send(Task),
    /// What failed, or else the week, is to be asked for again.
    Again,
}

/// Days of a week.
const DAYS: u8 = 7;

impl Week {
    /// A week as it was read; the cursor is at what can be painted first.
    #[must_use]
    pub fn new(times: Times, purpose: Use) -> Self {
        let nine = times.steps().saturating_mul(9).checked_div(24).unwrap_or(0);
        let first = times.offered.as_ref().and_then(|offered| offered.keys().next().copied());
        let cursor = match first {
            Some((day, at)) => {
                ((0..DAYS).find(|days| later(times.monday, i64::from(*days)) == day).unwrap_or(0), at)
            }
            None => (0, nine),
        };
        Self { purpose, painted: times.painted.clone(), cursor, anchor: None, brush: 3, sure: false, times }
    }

    /// The day of a column.
    #[must_use]
    pub fn day(&self, column: u8) -> Date {
        later(self.times.monday, i64::from(column))
    }

    /// Where the cursor is.
    #[must_use]
    pub fn at(&self) -> Cell {
        (self.day(self.cursor.0), self.cursor.1)
    }

    /// Whether a step can be painted.
    #[must_use]
    pub fn is_open(&self, cell: Cell) -> bool {
        match &self.times.offered {
            Some(offered) => offered.contains_key(&cell),
            None => !self.times.taken.contains_key(&cell),
        }
    }

    /// Whether a step is within the area that is being chosen.
    #[must_use]
    pub fn is_chosen(&self, cell: Cell) -> bool {
        let at = self.at();
        let from = self.anchor.unwrap_or(at);
        let within = |one: u16, a: u16, b: u16| (a.min(b)..=a.max(b)).contains(&one);
        (from.0.min(at.0)..=from.0.max(at.0)).contains(&cell.0) && within(cell.1, from.1, at.1)
    }

    /// Whether something is painted that was not sent.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.painted != self.times.painted
    }

    /// What is painted was sent.
    pub fn is_sent(&mut self) {
        self.times.painted = self.painted.clone();
        self.times.answered = true;
    }

    /// What a key does.
    pub fn key(&mut self, key: KeyCode) -> Painted {
        let was_sure = std::mem::replace(&mut self.sure, false);
        let last = self.times.steps().saturating_sub(1);
        match key {
            KeyCode::Up | KeyCode::Char('k') => self.cursor.1 = self.cursor.1.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.cursor.1 = self.cursor.1.saturating_add(1).min(last),
            KeyCode::Left | KeyCode::Char('h') => self.cursor.0 = self.cursor.0.saturating_sub(1),
            KeyCode::Right | KeyCode::Char('l') => {
                self.cursor.0 = self.cursor.0.saturating_add(1).min(DAYS.saturating_sub(1));
            }
            KeyCode::Home => self.cursor.1 = 0,
            KeyCode::End => self.cursor.1 = last,
            KeyCode::Char('v') => self.anchor = if self.anchor.is_some() { None } else { Some(self.at()) },
            KeyCode::Char(c @ '1'..='3') if self.purpose != Use::Block => {
                self.brush = c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(3);
                return self.paint(Some(self.brush));
            }
            KeyCode::Char(' ') => return self.paint(None),
            KeyCode::PageUp | KeyCode::Char('<') => return self.turn(-7, was_sure),
            KeyCode::PageDown | KeyCode::Char('>') => return self.turn(7, was_sure),
            KeyCode::Char('r') if self.is_changed() && !was_sure && self.purpose == Use::Block => {
                self.sure = true;
                return Painted::Tell("r again asks the service anew.");
            }
            KeyCode::Char('r') => return Painted::Again,
            KeyCode::Esc if self.anchor.is_some() => self.anchor = None,
            KeyCode::Esc | KeyCode::Char('q') if self.is_changed() && !was_sure => {
                self.sure = true;
                return Painted::Tell(
                    "What you painted is not sent: Enter sends it, Esc again leaves without.",
                );
            }
            KeyCode::Esc | KeyCode::Char('q') => return Painted::Leave,
            KeyCode::Enter => return self.send(),
            _ => {}
        }
        Painted::Go
    }

    /// Paints the area, or the step at the cursor; without a brush what is painted there is taken away.
    fn paint(&mut self, brush: Option<u8>) -> Painted {
        let clear = brush.is_none() && self.painted.contains_key(&self.at());
        let mut touched = false;
        for column in 0..DAYS {
            for at in 0..self.times.steps() {
                let cell = (self.day(column), at);
                if !self.is_chosen(cell) || !self.is_open(cell) {
                    continue;
                }
                touched = true;
                match clear {
                    true => self.painted.remove(&cell),
                    false => self.painted.insert(cell, brush.unwrap_or(self.brush)),
                };
            }
        }
        self.anchor = None;
        match (touched, self.purpose) {
            (true, _) => Painted::Go,
            (false, Use::Block) => Painted::Tell("That hour is taken by a meeting."),
            (false, Use::Answer(_)) => {
                Painted::Tell("That time is not offered; the offered ones have a dot.")
            }
        }
    }

    fn turn(&mut self, days: i64, was_sure: bool) -> Painted {
        let monday = later(self.times.monday, days);
        self.anchor = None;
        match self.purpose {
            Use::Block if self.is_changed() && !was_sure => {
                self.sure = true;
                Painted::Tell(
                    "What you painted is not sent: Enter sends it, the same key again turns without.",
                )
            }
            Use::Block => Painted::Turn(monday),
            // All weeks of a calendar are there.
            Use::Answer(_) => {
                self.times.monday = monday;
                Painted::Go
            }
        }
    }

    fn send(&self) -> Painted {
        match self.purpose {
            Use::Block if !self.is_changed() => Painted::Tell("Nothing is changed. Space paints."),
            Use::Block => {
                let all = |more, less| hours_beyond(more, less).into_iter().collect();
                let (new, old) = (&self.painted, &self.times.painted);
                Painted::Send(Task::Block(all(new, old), all(old, new)))
            }
            Use::Answer(_) if self.painted.is_empty() && !self.times.answered => {
                Painted::Tell("Nothing is painted. Space paints a time at which you can meet.")
            }
            Use::Answer(id) => {
                Painted::Send(Task::Answer(id, spans(&self.painted, self.times.step), self.times.answered))
            }
        }
    }
}
