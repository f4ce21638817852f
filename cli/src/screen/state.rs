//! What the screen is, and what happens to it: [`State::update`] takes an event and says what is to be done. Nothing here draws, asks
//! the service or reads a clock, so that tests can play every event.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ratatui::crossterm::event::KeyCode;
use serde_json::Value;

use super::form::Form;
use super::model::{Proposal, Row, Times};
use super::picker::{Picker, Purpose};
use super::week::{Use, Week};
use crate::error::Error;

/// What happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key, without Control.
    Key(KeyCode),
    /// Control and C, or the terminal has gone.
    Stop,
    /// The terminal has another size: it is drawn anew.
    Resize,
    /// A quarter of a second has passed in a wait.
    Tick,
    /// What was asked is answered.
    Done(u64, Result<Outcome, Error>),
    /// What is watched has this version.
    Version(u64, u64),
    /// What is watched is heard, or not any more.
    Heard(u64, bool),
}

/// What is asked of the service.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// The list, from the beginning or before an id.
    List(Option<u64>),
    /// A proposal, and what it is read for.
    Show(u64, Then),
    /// The log of a proposal.
    Log(u64),
    /// An answer: the slots that are kept, of this version.
    Patch(u64, Option<String>, Vec<Value>),
    /// Mail to parties about slots, with the key of the request.
    Notify(u64, Vec<Value>, Vec<Value>, String),
    /// A new proposal: title, parties, slots, key.
    Create(String, Vec<String>, Vec<Value>, String),
    /// The account's week.
    Busy(Date),
    /// Hours to block and to unblock.
    Block(Vec<(Date, Vec<u16>)>, Vec<(Date, Vec<u16>)>),
    /// What an invitee is asked.
    Invitation(u64),
    /// An invitee's times, and whether there is an answer already.
    Answer(u64, Vec<Value>, bool),
}

impl Task {
    /// What is waited for, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::List(_) => "Reading the list".to_owned(),
            Self::Show(id, _) => format!("Reading proposal {id}"),
            Self::Log(id) => format!("Reading the log of {id}"),
            Self::Patch(id, ..) => format!("Sending your answer to {id}"),
            Self::Notify(id, ..) => format!("Notifying people of {id}"),
            Self::Create(..) => "Creating the proposal".to_owned(),
            Self::Busy(_) => "Reading your week".to_owned(),
            Self::Block(..) => "Changing your week".to_owned(),
            Self::Invitation(_) => "Reading what you are asked".to_owned(),
            Self::Answer(..) => "Sending your times".to_owned(),
        }
    }

    /// Whether it changes something, so that nobody knows what has become of it when it is not waited for.
    #[must_use]
    pub const fn changes(&self) -> bool {
        matches!(
            self,
            Self::Patch(..) | Self::Notify(..) | Self::Create(..) | Self::Block(..) | Self::Answer(..)
        )
    }
}

/// What a proposal is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// To be shown.
    Look,
    /// To choose slots.
    Patch,
    /// To choose parties.
    Notify,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Rows of the list, and whether there are more.
    List(Vec<Row>, bool),
    /// A proposal.
    Proposal(Box<Proposal>),
    /// The log of a proposal.
    Log(u64, Value),
    /// So many people are mailed.
    Notified(usize),
    /// A week to paint.
    Times(Box<Times>),
    /// It is done.
    Done,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the service; the answer has this number.
    Send(u64, Task),
    /// Hear of new versions of this, and of nothing else: id and path.
    Watch(u64, String),
    /// End.
    Quit,
}

/// What stands beside the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Pane {
    /// Nothing as yet.
    Empty,
    /// A proposal.
    Proposal(Box<Proposal>),
    /// A log.
    Log(u64, Value),
}

/// What keys mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// Moving, and beginning commands.
    Browse,
    /// A command is being typed: its letter and its number.
    Command(char, String),
    /// Slots or parties are being chosen.
    Pick(Picker),
    /// A proposal is being written.
    Form(Form),
    /// A week is being painted.
    Week(Box<Week>),
    /// The keys are explained.
    Help,
}

/// A wait for an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The number of the answer.
    pub ticket: u64,
    /// What was asked.
    pub task: Task,
    /// Quarters of a second.
    pub ticks: u32,
}

/// What the screen begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The account's list.
    List,
    /// One proposal, by its link.
    Proposal(u64),
    /// One calendar, by its link.
    Calendar(u64),
    /// A link's token without an id.
    Token,
}

/// The screen.
#[derive(Clone, Debug)]
pub struct State {
    /// The server.
    pub origin: String,
    /// The caller.
    pub who: String,
    /// In which times are told.
    pub zone: TimeZone,
    /// Today, for the week that is shown first.
    pub today: Date,
    /// What it began with.
    pub start: Start,
    /// The list; `None` until it is read.
    pub rows: Option<Vec<Row>>,
    /// Whether the service has more.
    pub more: bool,
    /// The chosen row.
    pub cursor: usize,
    /// What stands beside the list.
    pub pane: Pane,
    /// How many lines of it are above what is shown.
    pub scroll: u16,
    /// What keys mean.
    pub mode: Mode,
    /// What is waited for.
    pub wait: Option<Wait>,
    /// What is to be told, and whether it is bad news.
    pub note: Option<(String, bool)>,
    /// What can be asked again.
    pub retry: Option<Task>,
    /// What is watched, and whether it is heard.
    pub watched: Option<(u64, bool)>,
    /// The number of the answer by which what is shown is renewed.
    pub renewal: Option<u64>,
    /// Where the keys of requests begin: random.
    pub nonce: String,
    tickets: u64,
}

impl State {
    /// The screen as it begins, and what is asked first.
    #[must_use]
    pub fn new(
        origin: String,
        who: String,
        zone: TimeZone,
        today: Date,
        nonce: String,
        start: Start,
    ) -> (Self, Vec<Effect>) {
        let mut state = Self {
            origin,
            who,
            zone,
            today,
            start,
            rows: None,
            more: false,
            cursor: 0,
            pane: Pane::Empty,
            scroll: 0,
            mode: Mode::Browse,
            wait: None,
            note: None,
            retry: None,
            watched: None,
            renewal: None,
            nonce,
            tickets: 0,
        };
        let effects = state.begin();
        (state, effects)
    }

    /// Reads what the screen begins with.
    pub fn begin(&mut self) -> Vec<Effect> {
        match self.start {
            Start::List => self.send(Task::List(None)),
            Start::Proposal(id) => self.send(Task::Show(id, Then::Look)),
            Start::Calendar(id) => self.send(Task::Invitation(id)),
            Start::Token => {
                self.mode = Mode::Command('d', String::new());
                self.tell("Your link is for one proposal: enter its id.", false);
                Vec::new()
            }
        }
    }

    /// What happens to the screen, and what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.key(key),
            Event::Stop => vec![Effect::Quit],
            Event::Resize => Vec::new(),
            Event::Tick => {
                if let Some(wait) = &mut self.wait {
                    wait.ticks = wait.ticks.saturating_add(1);
                }
                Vec::new()
            }
            Event::Done(ticket, result) => self.done(ticket, result),
            Event::Version(id, version) => self.newer(id, version),
            Event::Heard(id, heard) => {
                if let Some((watched, is_heard)) = &mut self.watched
                    && *watched == id
                {
                    *is_heard = heard;
                }
                Vec::new()
            }
        }
    }

    /// Tells something below the panes.
    pub fn tell(&mut self, text: impl Into<String>, bad: bool) {
        self.note = Some((text.into(), bad));
    }

    /// A key for a request that is to be done once.
    pub fn request_key(&self) -> String {
        format!("{}-{}", self.nonce, self.tickets)
    }

    /// Asks the service. What is only read is not waited for any more then; a change is.
    pub fn send(&mut self, task: Task) -> Vec<Effect> {
        if let Some(wait) = self.wait.as_ref().filter(|wait| wait.task.changes()) {
            let words = wait.task.words();
            self.tell(format!("{words} has not ended; Esc ends the wait."), false);
            return Vec::new();
        }
        self.tickets = self.tickets.saturating_add(1);
        self.note = None;
        self.retry = None;
        self.wait = Some(Wait { ticket: self.tickets, task: task.clone(), ticks: 0 });
        vec![Effect::Send(self.tickets, task)]
    }

    /// Ends the wait. What was asked may be done all the same.
    pub fn cancel(&mut self) {
        if let Some(wait) = self.wait.take() {
            let changes = wait.task.changes();
            let text = if changes {
                "Not waited for any more. It may be done all the same: r asks for the same again, l and d show how things are."
            } else {
                "Not waited for any more; r asks again."
            };
            self.retry = Some(wait.task);
            self.tell(text, changes);
        }
    }

    fn done(&mut self, ticket: u64, result: Result<Outcome, Error>) -> Vec<Effect> {
        if self.renewal == Some(ticket) {
            self.renewal = None;
            // When this fails, the next version comes by the same socket, and r reads again.
            return match result {
                Ok(Outcome::Proposal(proposal)) => {
                    self.renewed(*proposal);
                    Vec::new()
                }
                Ok(_) => Vec::new(),
                Err(error) => {
                    self.tell(told(&error), true);
                    Vec::new()
                }
            };
        }
        let Some(wait) = self.wait.take_if(|wait| wait.ticket == ticket) else { return Vec::new() };
        match result {
            Ok(outcome) => self.answered(wait.task, outcome),
            Err(error) => {
                let stale = matches!(&error, Error::Refused(refusal) if refusal.status == 412);
                if let (true, Task::Patch(id, ..)) = (stale, &wait.task) {
                    let effects = self.send(Task::Show(*id, Then::Patch));
                    self.tell(
                        "It has changed since you looked: these are the times now. Nothing was sent.",
                        true,
                    );
                    return effects;
                }
                let text = match error {
                    Error::Unreachable(_) => self.lost(&wait.task),
                    error => told(&error),
                };
                self.tell(text, true);
                self.retry = Some(wait.task);
                Vec::new()
            }
        }
    }

    /// What is told of a server that does not answer.
    fn lost(&self, task: &Task) -> String {
        let done = if task.changes() { " It may have been done all the same." } else { "" };
        let key = if matches!(self.mode, Mode::Pick(_) | Mode::Form(_)) { "Enter" } else { "r" };
        let origin = &self.origin;
        format!(
            "There is no answer from {origin}.{done} {key} tries again; `whittle doctor` says what is wrong."
        )
    }

    fn answered(&mut self, task: Task, outcome: Outcome) -> Vec<Effect> {
        match (task, outcome) {
            (Task::List(before), Outcome::List(rows, more)) => {
                self.more = more && !rows.is_empty();
                match (before, &mut self.rows) {
                    (Some(_), Some(all)) => all.extend(rows),
                    (_, list) => *list = Some(rows),
                }
                self.cursor = self.cursor.min(self.count().saturating_sub(1));
                Vec::new()
            }
            (Task::Show(_, then), Outcome::Proposal(proposal)) => {
                let effects = self.show(*proposal.clone());
                match then {
                    Then::Look => self.mode = Mode::Browse,
                    Then::Patch => self.pick(Picker::slots(&proposal)),
                    Then::Notify => self.pick(Picker::parties(&proposal)),
                }
                effects
            }
            (Task::Log(_), Outcome::Log(id, log)) => {
                self.pane = Pane::Log(id, log);
                self.scroll = 0;
                Vec::new()
            }
            (Task::Patch(..), Outcome::Proposal(proposal)) => {
                self.mode = Mode::Browse;
                let effects = self.show(*proposal);
                self.tell("Your answer is there.", false);
                effects
            }
            (Task::Create(..), Outcome::Proposal(proposal)) => {
                self.mode = Mode::Browse;
                let (id, row) = (proposal.id, super::model::row(&proposal.value));
                if let (Some(rows), Some(row)) = (&mut self.rows, row) {
                    rows.insert(0, row);
                    self.cursor = 0;
                }
                let effects = self.show(*proposal);
                self.tell(format!("Proposal {id} is there. Nobody has heard of it yet: n1 notifies."), false);
                effects
            }
            (Task::Notify(..), Outcome::Notified(count)) => {
                self.mode = Mode::Browse;
                self.tell(
                    if count == 1 {
                        "1 person is mailed.".to_owned()
                    } else {
                        format!("{count} people are mailed.")
                    },
                    false,
                );
                Vec::new()
            }
            (Task::Busy(_), Outcome::Times(times)) => {
                self.mode = Mode::Week(Box::new(Week::new(*times, Use::Block)));
                Vec::new()
            }
            (Task::Invitation(id), Outcome::Times(times)) => {
                self.mode = Mode::Week(Box::new(Week::new(*times, Use::Answer(id))));
                let path = format!("/schedules/calendars/{id}/live/");
                self.watch(id, path)
            }
            (Task::Block(..), Outcome::Done) => {
                let monday = match &self.mode {
                    Mode::Week(week) => week.times.monday,
                    _ => self.today,
                };
                let effects = self.send(Task::Busy(monday));
                self.tell("Your week is changed.", false);
                effects
            }
            (Task::Answer(..), Outcome::Done) => {
                if let Mode::Week(week) = &mut self.mode {
                    week.is_sent();
                }
                self.tell("Your times are there. You can change them until the deadline.", false);
                Vec::new()
            }
            // The service answers what it is asked.
            _ => Vec::new(),
        }
    }

    /// How many rows the list has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.as_ref().map_or(0, Vec::len)
    }

    fn pick(&mut self, picker: Picker) {
        match picker.items.is_empty() {
            true => self.tell("There is nothing to choose here.", false),
            false => self.mode = Mode::Pick(picker),
        }
    }

    /// Shows a proposal, and watches it.
    fn show(&mut self, proposal: Proposal) -> Vec<Effect> {
        let id = proposal.id;
        if !matches!(&self.pane, Pane::Proposal(shown) if shown.id == id) {
            self.scroll = 0;
        }
        self.put(proposal);
        let path = format!("/{id}/live/");
        self.watch(id, path)
    }

    /// Puts a proposal into the pane, and what the list shows of it into the list.
    fn put(&mut self, proposal: Proposal) {
        if let Some(row) = super::model::row(&proposal.value) {
            if self.start != Start::List {
                // A link alone has no list but its own proposal.
                self.rows = Some(vec![row]);
            } else if let Some(old) = self.rows.iter_mut().flatten().find(|old| old.id == row.id) {
                *old = row;
            }
        }
        self.pane = Pane::Proposal(Box::new(proposal));
    }

    fn watch(&mut self, id: u64, path: String) -> Vec<Effect> {
        if self.watched.is_some_and(|(watched, _)| watched == id) {
            return Vec::new();
        }
        self.watched = Some((id, false));
        vec![Effect::Watch(id, path)]
    }

    fn newer(&mut self, id: u64, version: u64) -> Vec<Effect> {
        match &self.pane {
            Pane::Proposal(shown) if shown.id == id && shown.version < version && self.renewal.is_none() => {
                self.tickets = self.tickets.saturating_add(1);
                self.renewal = Some(self.tickets);
                vec![Effect::Send(self.tickets, Task::Show(id, Then::Look))]
            }
            _ => Vec::new(),
        }
    }

    fn renewed(&mut self, proposal: Proposal) {
        let shown = matches!(&self.pane, Pane::Proposal(shown) if shown.id == proposal.id && shown.version < proposal.version);
        if !shown {
            return;
        }
        let mut news = "It has changed just now.";
        if let Mode::Pick(picker) = &mut self.mode
            && let Purpose::Patch { id, .. } = picker.purpose
            && id == proposal.id
        {
            picker.renew(&proposal);
            news = "The offer has changed just now: these are the times that are left.";
        }
        self.put(proposal);
        self.tell(news, false);
    }
}

/// An error in one line.
#[must_use]
pub fn told(error: &Error) -> String {
    let text = crate::show::clean_lines(&error.to_string());
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}
