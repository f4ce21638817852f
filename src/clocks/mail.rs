//! `MailClock`, the Durable Object that sends the mail of D1's queue, a shard of it, and reminds of the meetings of that shard.
//!
//! Stores nothing of the mail: that is rows in D1, written in the batch of the act that causes it. Its own SQLite has one
//! number: until when it has promised to wake.
//!
//! Takes one request, [`Wake`]: to do what is due in so many milliseconds. It is asked before an act's batch, so that
//! mail is found whatever becomes of the act, and after it. Cron asks all of them, as a net (`wrangler dev` has none).
//!
//! Why its operation is atomic: *a mail* is claimed in D1 by one statement, sent with an idempotency key of its own, and
//! marked; a run that dies between is followed by another that sends the same bytes. *Reminders* are queued by one batch
//! (src/meeting/reminder.rs). *The alarm* is set before every run that can fail, and after it for what is due then, unless
//! somebody asked it to wake meanwhile: then it runs again.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::console_error;

use crate::booking::guest::expire;
use crate::clock::{self, Offset};
use crate::config;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::mail::Letter;
use crate::mail::dispatcher::{AT_ONCE, Dispatcher};
use crate::mail::queue::{self, DirectoryQueue, Queue as _};
use crate::mail::scheduler::{self, Wake};
use crate::mail::transport::transport;
use crate::meeting::reminder;
use crate::object::host::{Host, Hosting};
use crate::object::rpc::Message;
use crate::object::{alarm, failpoint, rpc, sql};

const TABLE: &str = "create table if not exists promises (one integer primary key check (one = 1), until integer not null) strict";

/// For how long mail gathers before it is sent, in milliseconds: what many acts cause within that time is read and marked at once.
const GATHER_MILLIS: i64 = 500;

/// See the module.
pub struct MailClock {
    host: Host,
    /// How often it was asked to wake since it was made.
    asked: Cell<u64>,
    /// Until when it has promised to wake, in real milliseconds; none before that is read.
    promised: Cell<Option<i64>>,
}

impl Hosting for MailClock {
    fn answer(self: Rc<Self>, message: String) -> LocalBoxFuture<'static, JsValue> {
        Box::pin(async move {
            let result = match rpc::receive::<Wake>(&message) {
                Ok(Message { request, dev }) => self.promise(&request, &dev).await,
                Err(error) => Err(error),
            };
            rpc::answer::<Wake>(result)
        })
    }

    fn alarm(self: Rc<Self>) -> LocalBoxFuture<'static, Result<()>> {
        Box::pin(async move {
            alarm::again_soon(&self.host);
            if let Err(error) = self.run().await {
                console_error!("{}", json!({ "alarm": "mail clock", "fault": error.fault() }));
            }
            Ok(())
        })
    }
}

impl MailClock {
    /// The object on its platform.
    pub const fn new(host: Host) -> Self {
        Self { host, asked: Cell::new(0), promised: Cell::new(None) }
    }

    async fn promise(&self, wake: &Wake, dev: &Dev) -> Result<()> {
        let Host { sql: store, env, .. } = &self.host;
        failpoint::keep(store, env, dev)?;
        self.asked.set(self.asked.get().wrapping_add(1));
        let now = clock::real_millis();
        if wake.within < scheduler::GRACE_MILLIS {
            // Who develops waits for nothing.
            let gather = if config::is_dev(env) { 0 } else { GATHER_MILLIS };
            return alarm::set_by(&self.host, now.saturating_add(wake.within.max(gather))).await;
        }
        let at = now.saturating_add(wake.within);
        if self.promised()? >= at && self.host.knows_alarm() {
            // The alarm is set until then, and each run sets the next as long as it holds.
            return Ok(());
        }
        // It holds for longer than was asked for, so that what is asked for next need not be written.
        let until = at.saturating_add(scheduler::GRACE_MILLIS);
        sql::run(store, TABLE, &[])?;
        let promise = "insert into promises values (1, ?1) on conflict (one) do update set until = ?1";
        sql::run(store, promise, &[until.into()])?;
        self.promised.set(Some(until));
        alarm::set_by(&self.host, at).await
    }

    /// Until when it has promised to wake.
    fn promised(&self) -> Result<i64> {
        if let Some(until) = self.promised.get() {
            return Ok(until);
        }
        let store = &self.host.sql;
        sql::run(store, TABLE, &[])?;
        let until = sql::number(store, "select until from promises", &[])?.unwrap_or_default();
        self.promised.set(Some(until));
        Ok(until)
    }

    /// Its own shard, by its name.
    fn shard(&self) -> Result<u8> {
        let name = self.host.name.as_ref().and_then(|name| name.parse().ok());
        name.ok_or_else(|| Error::Internal("a mail clock without a shard".to_owned()))
    }

    async fn run(&self) -> Result<()> {
        let asked = self.asked.get();
        let (env, shard) = (&self.host.env, self.shard()?);
        let directory = Directory::of(env);
        let offset: Offset = failpoint::offset(&self.host.sql, env);
        let queue = DirectoryQueue::new(&directory, shard);
        let now = clock::now(offset);
        // What cannot be sent is not claimed.
        let most = if transport(env)?.is_some() { AT_ONCE } else { 0 };
        let due = vec![expire::due(shard, now), reminder::due(shard, now), queue.claiming(most, now)];
        let due = directory.batch(due).await?;
        let [expired, reminders, mails] =
            [0, 1, 2].map(|at| due.get(at).map(Vec::as_slice).unwrap_or_default());
        let wanted = |letter: &Letter| !letter.is_to_nobody() && !letter.is_late(clock::now(offset));
        let dispatcher = Dispatcher { host: &self.host, queue: &queue, wanted: &wanted };
        let run = dispatcher.run(Some(queue::claimed(mails)?)).await?;
        for refused in run.refused {
            // Who wants no mail, or cannot get any, is told nothing.
            queue.mark(&[&refused.row.id]).await?;
        }
        expire::expire_all(expired, env, clock::now(offset)).await?;
        reminder::queue_all(reminders, env, clock::now(offset)).await?;
        let has_queued = !(expired.is_empty() && reminders.is_empty());
        let next = if has_queued { None } else { queue.next_due().await? };
        let now = clock::real_millis();
        let earliest = now.saturating_add(alarm::mail_pause(run.can_send));
        let due = next.map(|due| clock::real_millis_of(due, offset).max(earliest));
        // It keeps what it has promised, for the mail may be written only then.
        let promised = Some(self.promised()?).filter(|until| *until > now);
        // What this run has queued is sent by the next, and so is what somebody asked for meanwhile.
        let again = (has_queued || self.asked.get() != asked).then_some(now);
        match [due, promised, again].into_iter().flatten().min() {
            Some(at) => alarm::set(&self.host, at),
            None => alarm::delete(&self.host),
        }
        Ok(())
    }
}
