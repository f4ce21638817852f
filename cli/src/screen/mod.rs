//! The full screen, for whoever gives no command on a terminal.
//!
//! * [`state`] is what the screen is; `keys`, `picker`, `form` and `week` are what keys do to it. They neither draw nor ask.
//! * [`draw`] draws a state.
//! * `work` asks the service, each time in a thread of its own; `live` hears of new versions by a WebSocket.
//! * [`model`] is what is kept of answers.
//!
//! This file has the loop: an event, the state's change, what it says is to be done, a drawing. Whatever ends the loop, a panic
//! included, restores the terminal.

pub mod draw;
pub mod form;
mod keys;
mod live;
pub mod model;
pub mod picker;
pub mod state;
pub mod week;
mod work;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event as Input, KeyCode, KeyEventKind, KeyModifiers};

use crate::config::Credential;
use crate::context::Context;
use crate::error::Error;
use live::Live;
use state::{Effect, Event, Start, State};

pub use work::kind_of;

/// How often a wait's progress is shown.
const TICK: Duration = Duration::from_millis(250);
/// For how long an event is waited for when nothing is shown to move.
const IDLE: Duration = Duration::from_secs(3600);

/// Shows the screen until whoever uses it quits.
///
/// # Errors
/// [`Error::Usage`] if the terminal cannot be used.
pub fn run(context: &Context, link: Option<Start>) -> Result<(), Error> {
    let start = link.unwrap_or(match &context.client.credential {
        Credential::Link(_) => Start::Token,
        _ => Start::List,
    });
    let nonce = crate::http::new_key()
        .ok_or_else(|| Error::Usage("This machine gives no random numbers.".to_owned()))?;
    let today = jiff::Timestamp::now().to_zoned(context.zone.clone()).date();
    let origin = context.client.origin.as_str().trim_end_matches('/').to_owned();
    let who = context.client.credential.words();
    let (state, effects) = State::new(origin, who, context.zone.clone(), today, nonce, start);
    // This sets a hook, too, which restores the terminal before a panic is told.
    let mut terminal = ratatui::try_init().map_err(|error| failed(&error))?;
    let outcome = follow(&mut terminal, context, state, effects);
    ratatui::restore();
    outcome
}

fn failed(error: &std::io::Error) -> Error {
    Error::Usage(format!(
        "The terminal cannot be used: {error}. `whittle --help` lists commands that need none."
    ))
}

fn follow(
    terminal: &mut DefaultTerminal,
    context: &Context,
    mut state: State,
    mut effects: Vec<Effect>,
) -> Result<(), Error> {
    let (sender, receiver) = channel();
    read_keys(&sender)?;
    let mut live = Live::default();
    loop {
        for effect in effects {
            match effect {
                Effect::Send(ticket, task) => work::start(&context.client, ticket, task, &sender),
                Effect::Watch(id, path) => live.watch(&context.client, id, path, &sender),
                Effect::Quit => {
                    live.end();
                    return Ok(());
                }
            }
        }
        terminal.draw(|frame| draw::draw(&state, frame)).map_err(|error| failed(&error))?;
        effects = next(&mut state, &receiver);
    }
}

/// The next event, and those that are there already: what comes at once, such as pasted text, is drawn once.
fn next(state: &mut State, events: &Receiver<Event>) -> Vec<Effect> {
    let time = if state.wait.is_some() { TICK } else { IDLE };
    let first = match events.recv_timeout(time) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) => Event::Tick,
        Err(RecvTimeoutError::Disconnected) => Event::Stop,
    };
    let mut effects = state.update(first);
    while let Ok(event) = events.try_recv() {
        effects.extend(state.update(event));
    }
    effects
}

/// Reads keys elsewhere. The end of the terminal is the end of the screen.
fn read_keys(events: &Sender<Event>) -> Result<(), Error> {
    let events = events.clone();
    let reader = std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
        loop {
            let event = match event::read() {
                Ok(Input::Key(key)) if key.kind != KeyEventKind::Release => match (key.code, key.modifiers) {
                    (KeyCode::Char('c'), modifiers) if modifiers.contains(KeyModifiers::CONTROL) => {
                        Event::Stop
                    }
                    (KeyCode::Char(_), modifiers)
                        if modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
                    {
                        continue;
                    }
                    (code, _) => Event::Key(code),
                },
                Ok(Input::Resize(..)) => Event::Resize,
                Ok(_) => continue,
                Err(_) => Event::Stop,
            };
            let is_last = matches!(event, Event::Stop);
            if events.send(event).is_err() || is_last {
                return;
            }
        }
    });
    reader.map(|_| ()).map_err(|error| failed(&error))
}
