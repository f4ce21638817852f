//! What the machine of objects asks about calendars.

use whittle_domain::calendar::{Act, Calendar, Caller, Command, Letter, Phase, Rejection};
use whittle_domain::instant::Instant;
use worker::Env;

use super::bodies;
use super::refusal::refused;
use super::tasks::{self, CalendarTask};
use crate::config;
use crate::error::{Error, Result};
use crate::mail::budget::About;
use crate::mail::dispatcher;
use crate::object::machine::{Change, Hosted, Machine, Ran};

impl Hosted for Calendar {
    type Task = CalendarTask;
    type Reader = Caller;

    fn about(id: u64) -> About {
        About::Calendar(id)
    }

    fn refuse(&self, rejection: Rejection, act: &Act, _: &Env) -> Error {
        match rejection {
            // Nobody but who sees all of it changes it by `If-Match`.
            Rejection::Stale => match bodies::details(self) {
                Ok(body) => Error::Stale { body, version: self.version },
                Err(error) => error,
            },
            other => refused(other, &act.command),
        }
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn stale(&self, seen: &[u32]) -> Option<Rejection> {
        (!self.is_current(seen)).then_some(Rejection::Stale)
    }

    /// Whoever may look may listen: invitees, the owner and staff, as long as the calendar is not closed.
    fn reader_key(&self, reader: &Caller) -> Result<String> {
        let refuse = |rejection| refused(rejection, &Command::View);
        let standing = self.standing(reader).map_err(refuse)?;
        match self.phase {
            Phase::Closed => Err(refuse(Rejection::Closed)),
            Phase::Open | Phase::Finalizing | Phase::Finalized => Ok(standing.actor.seen_key()),
        }
    }

    fn tasks(change: &Change<'_, Self>, env: &Env, _: Instant) -> Result<Vec<CalendarTask>> {
        Ok(tasks::caused(change, config::link_days(env)))
    }

    async fn run(machine: &Machine<Self>, task: CalendarTask) -> Result<Ran<Act>> {
        tasks::run(machine, task).await
    }

    fn wrap(letter: Letter) -> dispatcher::Letter {
        dispatcher::Letter::Calendar(Box::new(letter))
    }

    fn unwrap(letter: &dispatcher::Letter) -> Option<&Letter> {
        match letter {
            dispatcher::Letter::Calendar(letter) => Some(letter),
            _ => None,
        }
    }
}
