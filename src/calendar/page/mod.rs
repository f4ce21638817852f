//! The pages of calendars: which page a route has, and what the pages share.

mod act;
mod answer;
mod common;
mod compose;
mod heat;
mod list;
mod log;
mod manage;
mod meetings;
mod people;
mod plan;
#[cfg(test)]
mod sample;
mod schedules;

use serde::Deserialize;
use whittle_domain::calendar::{Act, Calendar as State, Caller, Command, Progress, Reading};
use whittle_domain::ledger::{Digest, Stored};
use worker::Env;

use self::common::Reader;
use super::client::call;
use super::wire::{self, Read};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::http::viewer;
use crate::proposal::new::store::{Known, Wanted, load};
use crate::route::Calendar;

/// The page of a route; none where the API's answer is shown as it is, such as a file.
pub async fn dispatch(route: Calendar, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Calendar::OpenInvitation(id), _) => answer::show(id, context, env).await.map(Some),
        (Calendar::Respond(id), Some(form)) => answer::act(id, form, false, context, env).await.map(Some),
        (Calendar::ChangeAnswer(id), Some(form)) => answer::act(id, form, true, context, env).await.map(Some),
        (Calendar::ResendInvitation(id), Some(_)) => answer::resend(id, context, env).await.map(Some),
        (Calendar::Calendars, _) => list::show(context, env).await.map(Some),
        (Calendar::Details(id), _) => {
            let read = read_owned(id, true, context, env).await?;
            manage::page(&read, &manage::Typed::default(), context, env).await.map(Some)
        }
        (Calendar::CalendarLog(id), _) if context.query("format").is_none() => {
            log::show(id, context, env).await.map(Some)
        }
        (Calendar::Suggest(id), _) => schedules::show(id, context, env).await.map(Some),
        (Calendar::Finalize(id), Some(form)) => schedules::submit(id, form, context, env).await.map(Some),
        (Calendar::Edit(id), Some(form)) => act::edit(id, form, context, env).await.map(Some),
        (Calendar::Remind(id, contact), Some(_)) => act::remind(id, contact, context, env).await.map(Some),
        (Calendar::RemindByGet(id, contact), _) => {
            act::ask_to_remind(id, contact, context, env).await.map(Some)
        }
        (Calendar::CloseCalendar(id), Some(_)) => act::close(id, context, env).await.map(Some),
        (Calendar::CreateCalendar, Some(form)) if form.has("once") => {
            compose::create::create(form, context, env).await.map(Some)
        }
        (Calendar::ComposeCalendar, _) => compose::api::show(context, env).await.map(Some),
        (Calendar::ComposeMoreCalendar, Some(form)) => {
            compose::api::compose(form, context, env).await.map(Some)
        }
        _ => Ok(None),
    }
}

pub use compose::api::told;

/// What the owner's pages show.
struct Owned {
    calendar: Box<State>,
    /// The log, oldest first.
    log: Vec<Stored<Progress>>,
    /// As whom the reader acts.
    label: String,
    /// The ledger's head.
    head: Digest,
    /// The account that is signed in, with its contacts.
    known: Known,
}

impl Owned {
    fn reader(&self) -> Reader<'_> {
        Reader {
            calendar: &self.calendar,
            label: &self.label,
            zone: &self.known.account.timezone,
            log: &self.log,
            head: Some(&self.head),
        }
    }

    /// The zone to show times in.
    fn shown(&self, context: &RequestContext) -> viewer::Shown {
        context.page.viewer.zone(Some(&self.known.account.timezone), &self.calendar.timezone)
    }
}

/// The log as the object tells it.
#[derive(Deserialize)]
struct Log {
    entries: Vec<Stored<Progress>>,
}

/// Reads a calendar for its owner. With `looks` it is a look, which leaves a VIEW. Contacts are sought by `?find=`.
async fn read_owned(id: u64, looks: bool, context: &RequestContext, env: &Env) -> Result<Owned> {
    let wanted = Wanted { find: context.query("find").unwrap_or_default(), ..Wanted::default() };
    let (known, _) = load(&wanted, context, env, Vec::new()).await?;
    let caller = Caller::from(known.account.clone());
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller: caller.clone(), via: context.credential.via(), command };
    let read = call(id, Read { act, looks }, &context.dev, env).await?;
    let Reading::Owner { calendar, label, head } = read.0 else { return Err(not_found()) };
    let log = call(id, wire::Log { caller, jsonl: false }, &context.dev, env).await?;
    let log: Log = serde_json::from_str(&log.body.read())?;
    Ok(Owned { calendar, log: log.entries, label, head, known })
}
