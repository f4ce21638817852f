//! A calendar as its owner's pages read it: with its log, and with the owner's contacts.

use serde::Deserialize;
use whittle_domain::calendar::{Act, Calendar, Caller, Command, Progress, Reading};
use whittle_domain::ledger::{Digest, Stored};
use worker::Env;

use super::common::Reader;
use crate::calendar::client::call;
use crate::calendar::wire::{Log, Read};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::viewer;
use crate::proposal::new::store::{Known, Wanted, load};

/// What the owner's pages show.
pub struct Owned {
    pub calendar: Box<Calendar>,
    /// The log, oldest first.
    pub log: Vec<Stored<Progress>>,
    /// As whom the reader acts.
    pub label: String,
    /// The ledger's head.
    pub head: Digest,
    /// The account that is signed in, with its contacts.
    pub known: Known,
}

impl Owned {
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            calendar: &self.calendar,
            label: &self.label,
            zone: &self.known.account.timezone,
            log: &self.log,
            head: Some(&self.head),
        }
    }

    /// The zone to show times in.
    pub fn shown(&self, context: &RequestContext) -> viewer::Shown {
        context.page.viewer.zone(Some(&self.known.account.timezone), &self.calendar.timezone)
    }
}

/// The log as the object tells it.
#[derive(Deserialize)]
struct Entries {
    entries: Vec<Stored<Progress>>,
}

/// Reads a calendar for its owner. With `looks` it is a look, which leaves a VIEW. Contacts are sought by `?find=`.
pub async fn read_owned(id: u64, looks: bool, context: &RequestContext, env: &Env) -> Result<Owned> {
    let wanted = Wanted { find: context.query("find").unwrap_or_default(), ..Wanted::default() };
    let (known, _) = load(&wanted, context, env, Vec::new()).await?;
    let caller = Caller::from(known.account.clone());
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller: caller.clone(), via: context.credential.via(), command };
    let read = call(id, Read { act, looks }, &context.dev, env).await?;
    let Reading::Owner { calendar, label, head } = read.0 else { return Err(not_found()) };
    let log = call(id, Log { caller, jsonl: false }, &context.dev, env).await?;
    let log: Entries = whittle_json::from_str(&log.body.read())?;
    Ok(Owned { calendar, log: log.entries, label, head, known })
}
