//! The alarm of an object: sockets whose time is over, what time causes, the tasks that are due, the mail that is due.

use serde_json::json;
use whittle_domain::entity::NotSent;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::LedgerKind;
use worker::{SqlStorage, console_error};

use super::machine::{Hosted, Machine};
use super::outbox::ObjectQueue;
use super::{alarm, sql};
use crate::clock;
use crate::config;
use crate::error::Result;
use crate::mail::dispatcher::{Dispatcher, Letter, Run};
use crate::mail::queue::Queue as _;

impl<E: Hosted> Machine<E> {
    /// Sets the alarm for whatever is due next, or takes it away where nothing is. Where there is nothing to send mail with,
    /// mail that is due is looked after from time to time.
    pub fn rearm(&self, can_send: bool) -> Result<()> {
        let due = match self.find()? {
            Some(current) => self.due(&current.entity, can_send)?,
            None => None,
        };
        match due {
            Some(due) => alarm::set(&self.host, clock::real_millis_of(due, self.offset())),
            None => alarm::delete(&self.host),
        }
        Ok(())
    }

    fn due(&self, entity: &E, can_send: bool) -> Result<Option<Instant>> {
        let now = self.now();
        let stored = if self.known.nothing_waits() { None } else { next_due(&self.host.sql, now, can_send)? };
        let dues = [stored, self.next_end(), entity.next_wakeup(now)];
        Ok(dues.into_iter().flatten().min())
    }

    /// One run of the alarm. The next is set before anything that can fail.
    pub async fn alarm(&self) -> Result<()> {
        alarm::taken(&self.host);
        self.close_ended();
        if let Ok(true) = self.has_only_later_work() {
            return Ok(());
        }
        alarm::again_soon(&self.host);
        let run = match self.wake().await {
            // What is due beside tasks waits, so the alarm is not set for it.
            Ok(_) if config::read_only(self.env()).is_some() => Ok(()),
            Ok(can_send) => self.rearm(can_send),
            Err(error) => Err(error),
        };
        if let Err(error) = run {
            let kind = <E::Ledger as LedgerKind>::NAME;
            console_error!("{}", json!({ "alarm": kind, "fault": error.fault() }));
        }
        Ok(())
    }

    /// Whether nothing is due: most tasks are done long before the alarm that was to see to them. Then the alarm is set for what
    /// is due next, and where there is nothing it is not set at all. An alarm costs more than most statements.
    fn has_only_later_work(&self) -> Result<bool> {
        if !self.known.is_current.get() {
            return Ok(false);
        }
        let Some(current) = self.find()? else { return Ok(false) };
        let due = self.due(&current.entity, true)?;
        if due.is_some_and(|due| due <= self.now()) {
            return Ok(false);
        }
        if let Some(due) = due {
            self.host.wake_by(clock::real_millis_of(due, self.offset()));
        }
        Ok(true)
    }

    /// What time causes, the tasks that are due, the mail that is due. Tells whether there is anything to send mail with.
    async fn wake(&self) -> Result<bool> {
        self.upgrade().await?;
        if self.find()?.is_none() {
            return Ok(true);
        }
        if config::read_only(self.env()).is_some() {
            // What has begun is completed, and nothing else begins: no mail is sent.
            return self.run_due_tasks().await.map(|()| false);
        }
        self.act_unattended(&E::tick()).await.or_else(|error| match error.fault() {
            // Nothing is due of an entity that is closed.
            None => Ok(()),
            Some(_) => Err(error),
        })?;
        self.run_due_tasks().await?;
        let is_wanted = |letter: &Letter| match (E::unwrap(letter), self.load()) {
            (Some(letter), Ok(current)) => current.entity.still_wanted(letter),
            _ => true,
        };
        let queue = &ObjectQueue { host: &self.host, known: &self.known };
        let Run { can_send, refused } =
            Dispatcher { host: &self.host, queue, wanted: &is_wanted }.run(None).await?;
        for mail in refused {
            if let Some(letter) = E::unwrap(&mail.letter) {
                self.note_not_sent(letter, mail.why.into()).await?;
            }
            queue.mark(&[&mail.row.id]).await?;
        }
        // What became of the mail is told.
        self.run_due_tasks().await?;
        Ok(can_send)
    }

    /// Has the entity note why a mail was not sent.
    async fn note_not_sent(&self, letter: &E::Letter, why: NotSent) -> Result<()> {
        let Some(act) = self.load()?.entity.not_sent(letter, why) else { return Ok(()) };
        self.act_unattended(&act).await.or_else(|error| match error.fault() {
            None => Ok(()),
            Some(_) => Err(error),
        })
    }
}

/// When the next mail or task is due.
pub(super) fn next_due(store: &SqlStorage, now: Instant, can_send: bool) -> Result<Option<Instant>> {
    let query = "select json_array((select min(due_at) from outbox where status = 'due'), (select min(due_at) from tasks))";
    let Some(text) = sql::text(store, query, &[])? else { return Ok(None) };
    let (mail, task): (Option<i64>, Option<i64>) = whittle_json::from_str(&text)?;
    let later = now.millis().saturating_add(alarm::mail_pause(can_send));
    Ok([mail.map(|due| due.max(later)), task].into_iter().flatten().min().map(Instant::from_millis))
}
