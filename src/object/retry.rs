//! A dead mail of an object that staff have sent again.

use super::common_tasks;
use super::machine::{Hosted, Machine};
use super::outbox;
use crate::error::Result;
use crate::platform;
use crate::random;

impl<E: Hosted> Machine<E> {
    /// Has a dead mail be due, and the act, as JSON, entered in the ledger of staff, in one transaction; false where no mail of this
    /// id is dead. Either way the directory is told anew which mail fails: what staff saw there may have been late.
    pub async fn retry(&self, mail: &str, act: String) -> Result<bool> {
        self.load()?;
        self.reach("before_commit").await?;
        let now = self.now();
        let is_dead = outbox::is_dead(&self.host.sql, mail)?;
        let mut statements = vec![common_tasks::tell(now).enqueue(now)];
        if is_dead {
            let source = format!("{mail}:{}", now.millis());
            statements.push(outbox::retry(mail, &random::name()?, now));
            statements.push(common_tasks::enter(source, act, now).enqueue(now));
        }
        platform::transact(&self.host.storage, &statements)?;
        self.known.note_task();
        self.rearm(true)?;
        self.reach("after_commit").await?;
        self.run_due_tasks().await?;
        Ok(is_dead)
    }
}
