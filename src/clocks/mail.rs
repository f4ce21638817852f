//! `MailClock`, the Durable Object that sends the mail of D1's queue, a shard of it, and reminds of the meetings of that shard.
//!
//! Stores nothing of the mail: that is rows in D1, written in the batch of the act that causes it. Its own SQLite has two
//! numbers: how often it was asked to wake, and until when it has promised to.
//!
//! Takes one request, [`Wake`]: to do what is due in so many milliseconds. It is asked before an act's batch, so that
//! mail is found whatever becomes of the act, and after it. Cron asks all of them, as a net (`wrangler dev` has none).
//!
//! Why its operation is atomic: *a mail* is claimed in D1 by one statement, sent with an idempotency key of its own, and
//! marked; a run that dies between is followed by another that sends the same bytes. *Reminders* are queued by one batch
//! (src/meeting/reminder.rs). *The alarm* is set before every run that can fail, and after it for what is due then, unless
//! somebody asked it to wake meanwhile: then it runs again.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::console_error;

use crate::booking::guest::expire::expire_due;
use crate::clock::{self, Offset};
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::mail::Letter;
use crate::mail::dispatcher::Dispatcher;
use crate::mail::queue::{DirectoryQueue, Queue as _};
use crate::mail::scheduler::Wake;
use crate::meeting::reminder;
use crate::object::host::{Host, Hosting};
use crate::object::rpc::Message;
use crate::object::{alarm, failpoint, rpc, sql};

const TABLE: &str = "create table if not exists wakes
  (one integer primary key check (one = 1), n integer not null, until integer not null) strict";

/// See the module.
pub struct MailClock {
    host: Host,
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
        Self { host }
    }

    async fn promise(&self, wake: &Wake, dev: &Dev) -> Result<()> {
        let Host { sql: store, env, .. } = &self.host;
        failpoint::keep(store, env, dev)?;
        sql::run(store, TABLE, &[])?;
        let at = clock::real_millis().saturating_add(wake.within);
        let note = "insert into wakes values (1, 1, ?1)
          on conflict (one) do update set n = n + 1, until = max(until, ?1)";
        sql::run(store, note, &[at.into()])?;
        alarm::set_by(&self.host, at).await
    }

    /// How often it was asked to wake, and until when it has promised to.
    fn wakes(&self) -> Result<(i64, i64)> {
        let text = sql::text(&self.host.sql, "select json_array(n, until) from wakes", &[])?;
        Ok(text.map(|text| whittle_json::from_str(&text)).transpose()?.unwrap_or_default())
    }

    /// Its own shard, by its name.
    fn shard(&self) -> Result<u8> {
        let name = self.host.name.as_ref().and_then(|name| name.parse().ok());
        name.ok_or_else(|| Error::Internal("a mail clock without a shard".to_owned()))
    }

    async fn run(&self) -> Result<()> {
        let (before, _) = self.wakes()?;
        let (env, shard) = (&self.host.env, self.shard()?);
        let directory = Directory::of(env);
        let offset: Offset = failpoint::offset(&self.host.sql, env);
        expire_due(env, shard, clock::now(offset)).await?;
        reminder::queue_due(env, shard, clock::now(offset)).await?;
        let queue = DirectoryQueue { directory: &directory, shard };
        let wanted = |letter: &Letter| !letter.is_to_nobody() && !letter.is_late(clock::now(offset));
        let run = Dispatcher { host: &self.host, queue, wanted: &wanted }.run().await?;
        for refused in run.refused {
            // Who wants no mail, or cannot get any, is told nothing.
            queue.mark(&refused.row.id).await?;
        }
        let next = queue.next_due().await?;
        let now = clock::real_millis();
        let earliest = now.saturating_add(alarm::mail_pause(run.can_send));
        let due = next.map(|due| clock::real_millis_of(due, offset).max(earliest));
        let (wakes, until) = self.wakes()?;
        // Where somebody asked meanwhile, it runs again; and it keeps what it has promised, for the mail may be written only then.
        let promised = (until > now).then_some(until);
        let again = (wakes != before).then_some(now);
        match [due, promised, again].into_iter().flatten().min() {
            Some(at) => alarm::set(&self.host, at),
            None => alarm::delete(&self.host),
        }
        Ok(())
    }
}
