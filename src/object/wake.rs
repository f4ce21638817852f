//! The alarm of an object: what time causes, the tasks that are due, the mail that is due.

use serde_json::json;
use whittle_domain::entity::{Entity, NotSent};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::LedgerKind;
use worker::{Storage, console_error};

use super::machine::{Hosted, Machine};
use super::outbox::{self, ObjectQueue};
use super::{alarm, store, tasks};
use crate::clock::{self, Offset};
use crate::error::{Error, Result};
use crate::mail::dispatcher::{Dispatcher, Letter, Run};

impl<E: Hosted> Machine<'_, E> {
    /// Sets the alarm for whatever is due next.
    pub async fn rearm(&self, can_send: bool) -> Result<()> {
        let storage = self.storage();
        match store::load::<E>(&storage.sql())? {
            Some(current) => Ok(set_alarm(&storage, &current.entity, self.offset(), can_send).await?),
            None => Ok(storage.delete_alarm().await?),
        }
    }

    /// One run of the alarm. The next is set before anything that can fail.
    pub async fn alarm(&self) -> worker::Result<()> {
        alarm::again_soon(&self.storage()).await?;
        let run = match self.wake().await {
            Ok(can_send) => self.rearm(can_send).await,
            Err(error) => Err(error),
        };
        if let Err(error) = run {
            let kind = <E::Ledger as LedgerKind>::NAME;
            console_error!("{}", json!({ "alarm": kind, "fault": error.fault() }));
        }
        Ok(())
    }

    /// What time causes, the tasks that are due, the mail that is due. Tells whether there is anything to send mail with.
    async fn wake(&self) -> Result<bool> {
        self.upgrade().await?;
        if !self.exists()? {
            return Ok(true);
        }
        self.act_unattended(&E::tick()).await.or_else(|error| match error.fault() {
            // Nothing is due of an entity that is closed.
            None => Ok(()),
            Some(_) => Err(error),
        })?;
        self.run_tasks(Some(self.now())).await;
        let storage = self.storage();
        let store = storage.sql();
        let is_wanted = |letter: &Letter| match (E::unwrap(letter), self.load()) {
            (Some(letter), Ok(current)) => current.entity.still_wanted(letter),
            _ => true,
        };
        let queue = ObjectQueue(&store);
        let dispatcher = Dispatcher { env: self.env, storage: &storage, queue, wanted: &is_wanted };
        let Run { can_send, refused } = dispatcher.run().await?;
        for mail in refused {
            if let Some(letter) = E::unwrap(&mail.letter) {
                self.note_not_sent(letter, mail.why.into()).await?;
            }
            outbox::mark(&store, &mail.row.id)?;
        }
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

/// Sets the alarm for whatever is due next, or takes it away where nothing is. Where there is nothing to send mail with,
/// mail that is due is looked after from time to time.
pub async fn set_alarm<E: Entity>(
    storage: &Storage,
    entity: &E,
    offset: Offset,
    can_send: bool,
) -> worker::Result<()> {
    let store = storage.sql();
    let failed = |error: Error| error.fault().unwrap_or("outbox").to_owned();
    let now = clock::now(offset);
    let later = Instant::from_millis(now.millis().saturating_add(alarm::mail_pause(can_send)));
    let mail = outbox::next_due(&store).map_err(failed)?.map(|due| due.max(later));
    let dues = [mail, tasks::next_due(&store).map_err(failed)?, entity.next_wakeup(now)];
    match dues.into_iter().flatten().min() {
        Some(due) => alarm::set(storage, clock::real_millis_of(due, offset)).await,
        None => storage.delete_alarm().await,
    }
}
