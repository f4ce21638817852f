//! The mail that is to be sent, as a queue. Each object has one in its own SQLite, that of all other mail is in D1, in shards;
//! the dispatcher takes mail out of either.
//!
//! A row is *claimed* (its due time moves beyond the lease and its attempts are counted), sent with its id and its key's
//! as idempotency key, and *marked* (deleted). A sender that dies between leaves the claim to run out, and the row is sent
//! again, byte for byte. Back-off doubles from 2 s to 1 h with jitter; after 24 h a mail is dead and stays.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use serde_json::json;
use whittle_domain::instant::Instant;

use crate::d1::{Directory, Statement};
use crate::error::Result;

/// How long a claim lasts: longer than any attempt can take.
pub const LEASE_MILLIS: i64 = 60_000;
const FIRST_BACKOFF_MILLIS: i64 = 2_000;
const LONGEST_BACKOFF_MILLIS: i64 = 3_600_000;
/// A mail is dead this long after its first attempt.
pub const DEAD_AFTER_MILLIS: i64 = 86_400_000;

/// A claimed mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claimed {
    /// The row; with the key's id the idempotency key.
    pub id: String,
    /// The letter it is made of.
    pub body: String,
    /// The key that signs its link.
    pub key_id: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// A claimed mail that could not be sent.
pub struct Postponed<'a> {
    /// The mail.
    pub mail: &'a Claimed,
    /// Why, for the log and for staff.
    pub why: &'a str,
    /// For how many milliseconds the other side asked to be left alone.
    pub retry_after_millis: i64,
    /// The jitter.
    pub random: u8,
}

impl Postponed<'_> {
    /// For how many milliseconds: by the back-off or by what the other side asked for, whichever is longer, at most an hour.
    pub fn wait(&self) -> i64 {
        backoff(self.mail.attempts, self.random).max(self.retry_after_millis).min(LONGEST_BACKOFF_MILLIS)
    }
}

/// Where mail waits to be sent.
pub trait Queue {
    /// Claims up to `most` mails that are due.
    async fn claim(&self, most: i64, now: Instant) -> Result<Vec<Claimed>>;

    /// Deletes mails that are done.
    async fn mark(&self, ids: &[&str]) -> Result<()>;

    /// Postpones a mail after a failure; 24 hours after its first attempt it is dead.
    async fn postpone(&self, postponed: &Postponed<'_>, now: Instant) -> Result<()>;

    /// Has the mail signed by another key: its own is in the ring no more.
    async fn rekey(&self, id: &str, key_id: &str) -> Result<()>;
}

/// The queue in D1: one shard of it.
pub struct DirectoryQueue<'a> {
    /// The database.
    directory: &'a Directory,
    /// Which shard.
    shard: u8,
    /// When the next is due, if that was read with the last change.
    next: Cell<Option<Option<Instant>>>,
}

/// When the next mail or reminder is due, or a guest's booking expires.
const NEXT: &str = "select cast(min(at) as text) as json from (
    select min(due_at) as at from outbox where status = 'due' and shard = :shard
    union all select min(remind_at) from meetings where source_id % 16 = :shard and remind_at is not null
    union all select min(expires_at) from bookings where meeting % 16 = :shard and expires_at is not null and ended = 0)";

impl<'a> DirectoryQueue<'a> {
    /// The queue of a shard.
    pub const fn new(directory: &'a Directory, shard: u8) -> Self {
        Self { directory, shard, next: Cell::new(None) }
    }

    fn bound(&self, sql: &'static str) -> Statement {
        Statement::new(sql).bind("shard", i64::from(self.shard))
    }

    /// The statement that claims mails that are due.
    pub fn claiming(&self, most: i64, now: Instant) -> Statement {
        let claim = "update outbox set due_at = :now + :lease, attempts = attempts + 1,
            created_at = case attempts when 0 then :now else created_at end where id in
            (select id from outbox where shard = :shard and status = 'due' and due_at <= :now
             order by due_at, id limit :most)
          returning json_object('id', id, 'body', body, 'key_id', key_id, 'attempts', attempts) as json";
        self.bound(claim).bind("now", now.millis()).bind("lease", LEASE_MILLIS).bind("most", most)
    }

    /// When the next mail or reminder is due, or a guest's booking expires.
    pub async fn next_due(&self) -> Result<Option<Instant>> {
        match self.next.take() {
            Some(next) => Ok(next),
            None => Ok(next_of(&self.directory.all(self.bound(NEXT)).await?)),
        }
    }
}

fn next_of(rows: &[String]) -> Option<Instant> {
    rows.first().and_then(|due| due.parse().ok()).map(Instant::from_millis)
}

/// What [`DirectoryQueue::claiming`] has claimed.
pub fn claimed(rows: &[String]) -> Result<Vec<Claimed>> {
    rows.iter().map(|row| whittle_json::from_str(row).map_err(Into::into)).collect()
}

impl Queue for DirectoryQueue<'_> {
    async fn claim(&self, most: i64, now: Instant) -> Result<Vec<Claimed>> {
        self.next.take();
        claimed(&self.directory.all(self.claiming(most, now)).await?)
    }

    async fn mark(&self, ids: &[&str]) -> Result<()> {
        let delete = "delete from outbox where id in (select value from json_each(:ids))";
        let delete = Statement::new(delete).bind("ids", json!(ids).to_string());
        let rows = self.directory.batch(vec![delete, self.bound(NEXT)]).await?;
        self.next.set(Some(rows.last().and_then(|rows| next_of(rows))));
        Ok(())
    }

    async fn postpone(&self, postponed: &Postponed<'_>, now: Instant) -> Result<()> {
        self.next.take();
        let postpone = "update outbox set due_at = :now + :wait, error = :why,
          status = case when created_at + :dead_after <= :now then 'dead' else status end where id = :id";
        let postpone = Statement::new(postpone)
            .bind("now", now.millis())
            .bind("wait", postponed.wait())
            .bind("why", postponed.why)
            .bind("dead_after", DEAD_AFTER_MILLIS)
            .bind("id", postponed.mail.id.as_str());
        self.directory.execute(postpone).await
    }

    async fn rekey(&self, id: &str, key_id: &str) -> Result<()> {
        let rekey = Statement::new("update outbox set key_id = :key_id where id = :id");
        self.directory.execute(rekey.bind("key_id", key_id).bind("id", id)).await
    }
}

/// Milliseconds to wait after so many attempts: 2 s doubling to 1 h, less up to a quarter.
pub fn backoff(attempts: i64, random: u8) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(20);
    let wait = FIRST_BACKOFF_MILLIS.saturating_mul(1_i64 << doublings).min(LONGEST_BACKOFF_MILLIS);
    let jitter = wait.saturating_mul(i64::from(random)).div_euclid(4 * 256);
    wait.saturating_sub(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_doubles_from_two_seconds_to_an_hour_with_jitter() {
        assert_eq!([1, 2, 3, 4].map(|n| backoff(n, 0)), [2_000, 4_000, 8_000, 16_000]);
        assert_eq!([12, 50, i64::MAX].map(|n| backoff(n, 0)), [3_600_000; 3]);
        assert_eq!((backoff(1, 255), backoff(0, 0)), (1_502, 2_000));
    }
}
