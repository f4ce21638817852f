//! What keys do.

use ratatui::crossterm::event::KeyCode;

use super::form::{Form, Step};
use super::picker::{Picked, Purpose};
use super::state::{Effect, Mode, Pane, Start, State, Task, Then};
use super::week::{Painted, Use};

/// The longest number that is typed, in digits: an id below 2^53 has no more.
const LONGEST: usize = 16;
/// How many lines a page of details is.
const PAGE: u16 = 10;

impl State {
    /// What a key does.
    pub fn key(&mut self, key: KeyCode) -> Vec<Effect> {
        if self.wait.is_some() && key == KeyCode::Esc {
            self.cancel();
            return Vec::new();
        }
        let request_key = self.request_key();
        match &mut self.mode {
            Mode::Browse => self.browse(key),
            Mode::Command(letter, digits) => {
                let letter = *letter;
                match key {
                    KeyCode::Char(c) if c.is_ascii_digit() && digits.len() < LONGEST => digits.push(c),
                    KeyCode::Char(' ') => {}
                    KeyCode::Char(c) => {
                        let text = format!("huh? {letter}{digits}{}", crate::show::clean(&c.to_string()));
                        self.mode = Mode::Browse;
                        self.tell(text, true);
                    }
                    KeyCode::Backspace if !digits.is_empty() => {
                        digits.pop();
                    }
                    KeyCode::Backspace | KeyCode::Esc => self.mode = Mode::Browse,
                    KeyCode::Enter => {
                        let digits = std::mem::take(digits);
                        self.mode = Mode::Browse;
                        return self.command(letter, &digits);
                    }
                    _ => {}
                }
                Vec::new()
            }
            Mode::Pick(picker) => match picker.key(key) {
                Picked::Go => Vec::new(),
                Picked::Leave => {
                    self.mode = Mode::Browse;
                    Vec::new()
                }
                Picked::Tell(text) => {
                    self.tell(text, false);
                    Vec::new()
                }
                Picked::Send(chosen) => {
                    let task = match picker.purpose.clone() {
                        Purpose::Patch { id, etag } => Task::Patch(id, etag, chosen),
                        Purpose::Notify { id, slots } => Task::Notify(id, chosen, slots, request_key),
                    };
                    self.send(task)
                }
            },
            Mode::Form(form) => match form.key(key, &self.zone) {
                Step::Go => Vec::new(),
                Step::Leave => {
                    self.mode = Mode::Browse;
                    Vec::new()
                }
                Step::Tell(text) => {
                    self.tell(text, true);
                    Vec::new()
                }
                Step::Send(title, parties, slots) => {
                    self.send(Task::Create(title, parties, slots, request_key))
                }
            },
            Mode::Week(week) => match week.key(key) {
                Painted::Go => Vec::new(),
                Painted::Leave => {
                    self.mode = Mode::Browse;
                    Vec::new()
                }
                Painted::Tell(text) => {
                    self.tell(text, false);
                    Vec::new()
                }
                Painted::Turn(monday) => self.send(Task::Busy(monday)),
                Painted::Send(task) => self.send(task),
                Painted::Again => {
                    let task = self.retry.clone().unwrap_or(match week.purpose {
                        Use::Block => Task::Busy(week.times.monday),
                        Use::Answer(id) => Task::Invitation(id),
                    });
                    self.send(task)
                }
            },
            Mode::Help => {
                self.mode = Mode::Browse;
                Vec::new()
            }
        }
    }

    fn browse(&mut self, key: KeyCode) -> Vec<Effect> {
        match key {
            KeyCode::Char('q') => vec![Effect::Quit],
            KeyCode::Char('?') => {
                self.mode = Mode::Help;
                Vec::new()
            }
            KeyCode::Char('l') => match self.start {
                Start::List => self.send(Task::List(None)),
                _ => self.begin(),
            },
            KeyCode::Char('c') if self.start == Start::List => {
                self.mode = Mode::Form(Form::default());
                self.note = None;
                Vec::new()
            }
            KeyCode::Char('w') => match self.start {
                Start::List => self.send(Task::Busy(super::model::monday_of(self.today))),
                Start::Calendar(_) => self.begin(),
                _ => self.needs_account(),
            },
            KeyCode::Char('c') => self.needs_account(),
            KeyCode::Char(letter @ ('d' | 'p' | 'n' | 'g')) => {
                self.mode = Mode::Command(letter, String::new());
                self.note = None;
                Vec::new()
            }
            KeyCode::Char('r') => {
                let shown = match &self.pane {
                    Pane::Proposal(shown) => Some(Task::Show(shown.id, Then::Look)),
                    Pane::Log(id, _) => Some(Task::Log(*id)),
                    Pane::Empty => None,
                };
                match self.retry.clone().or(shown) {
                    Some(task) => self.send(task),
                    None => self.begin(),
                }
            }
            KeyCode::Enter => self.command('d', ""),
            KeyCode::Up | KeyCode::Char('k') => {
                self.cursor = self.cursor.saturating_sub(1);
                Vec::new()
            }
            KeyCode::Down | KeyCode::Char('j') => self.down(),
            KeyCode::Home => {
                self.cursor = 0;
                Vec::new()
            }
            KeyCode::End => {
                self.cursor = self.count().saturating_sub(1);
                Vec::new()
            }
            KeyCode::PageUp => {
                self.scroll = self.scroll.saturating_sub(PAGE);
                Vec::new()
            }
            KeyCode::PageDown => {
                self.scroll = self.scroll.saturating_add(PAGE);
                Vec::new()
            }
            KeyCode::Char(c) => {
                self.tell(format!("huh? {}", crate::show::clean(&c.to_string())), true);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn needs_account(&mut self) -> Vec<Effect> {
        self.tell("A link is for one thing alone: this needs an account (whittle login).", false);
        Vec::new()
    }

    fn down(&mut self) -> Vec<Effect> {
        let last = self.count().saturating_sub(1);
        if self.cursor < last {
            self.cursor = self.cursor.saturating_add(1);
            return Vec::new();
        }
        let before = self.rows.as_ref().and_then(|rows| rows.last()).map(|row| row.id);
        match (self.more, before, &self.wait) {
            (true, Some(id), None) => self.send(Task::List(Some(id))),
            _ => Vec::new(),
        }
    }

    /// `d3`: the proposal at this position of the list, or the chosen one where no number is given.
    fn command(&mut self, letter: char, digits: &str) -> Vec<Effect> {
        let number = digits.parse::<u64>().ok();
        let id = match (self.start, number) {
            (Start::Proposal(id), None | Some(1)) => Some(id),
            // There is no list that a position could be of.
            (Start::Token, Some(id)) if self.count() == 0 => crate::link::id(&id.to_string()),
            (Start::Calendar(_), _) => return self.begin(),
            (_, number) => {
                let position = match number {
                    Some(number) => usize::try_from(number).ok().and_then(|number| number.checked_sub(1)),
                    None => Some(self.cursor),
                };
                position.and_then(|at| self.rows.as_ref()?.get(at)).map(|row| row.id)
            }
        };
        let Some(id) = id else {
            let text = match (&self.rows, number) {
                (None, _) if self.wait.is_some() => "The list is still being read.".to_owned(),
                (None, _) => "There is no list yet: l reads it.".to_owned(),
                (Some(_), None) => "The list is empty: c creates a proposal.".to_owned(),
                (Some(rows), Some(_)) => format!("There is no {digits} in the list; it has {}.", rows.len()),
            };
            self.tell(text, true);
            return Vec::new();
        };
        if let Some(at) = self.rows.iter().flatten().position(|row| row.id == id) {
            self.cursor = at;
        }
        self.send(match letter {
            'p' => Task::Show(id, Then::Patch),
            'n' => Task::Show(id, Then::Notify),
            'g' => Task::Log(id),
            _ => Task::Show(id, Then::Look),
        })
    }
}
