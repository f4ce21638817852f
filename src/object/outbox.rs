//! The outbox: mail that is to be sent, written in the transaction of the change that causes it. Each object has one in
//! its own SQLite; that of meetings is in D1, in shards.
//!
//! A row is *claimed* (its due time moves beyond the lease and its attempts are counted), sent with its id and its key's
//! as idempotency key, and *marked* (deleted). A sender that dies between leaves the claim to run out, and the row is sent
//! again, byte for byte. Back-off doubles from 2 s to 1 h with jitter; after 24 h a mail is dead and stays.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use whittle_domain::instant::Instant;
use worker::{SqlStorage, SqlStorageValue};

use super::sql;
use crate::d1::{Directory, Param};
use crate::error::Result;

/// How long a claim lasts: longer than any attempt can take.
pub const LEASE_MILLIS: i64 = 60_000;
const FIRST_BACKOFF_MILLIS: i64 = 2_000;
const LONGEST_BACKOFF_MILLIS: i64 = 3_600_000;
const DEAD_AFTER_MILLIS: i64 = 86_400_000;

/// An object's table. `due_at` and `created_at` count milliseconds of the service's clock; from its first attempt on,
/// `created_at` is when that was: a mail does not age before. `status` is `due`, `held` (until `account` is verified) or
/// `dead`.
pub const SCHEMA: &str = "create table outbox (
  id text primary key,
  kind text not null check (kind in ('mail')),
  body text not null check (json_valid(body)),
  key_id text not null,
  status text not null check (status in ('due', 'held', 'dead')),
  due_at integer not null,
  created_at integer not null,
  attempts integer not null,
  error text,
  account integer
) strict, without rowid";

/// Where an outbox is.
#[derive(Clone, Copy)]
pub enum Outbox<'a> {
    /// In an object's own SQLite.
    Object(&'a SqlStorage),
    /// In D1, one shard of it.
    Directory(&'a Directory, u8),
}

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

/// A new mail.
pub struct NewMail {
    /// Random; with the key's id the idempotency key.
    pub id: String,
    /// The letter, as JSON.
    pub body: String,
    /// Whose verification it waits for, where it does.
    pub held_for: Option<u64>,
}

impl Outbox<'_> {
    async fn texts(&self, statement: &str, params: &[Param]) -> Result<Vec<String>> {
        match self {
            Self::Object(store) => {
                let statement = statement.replace("{shard}", "true");
                sql::texts(store, &statement, params.iter().map(Into::into).collect())
            }
            Self::Directory(directory, shard) => {
                let statement = statement.replace("{shard}", &format!("shard = {shard}"));
                let statements = vec![directory.statement(&statement, params)?];
                Ok(directory.batch(statements).await?.pop().unwrap_or_default())
            }
        }
    }

    /// Claims up to `most` mails that are due.
    pub async fn claim(&self, most: i64, now: Instant) -> Result<Vec<Claimed>> {
        let claim = "update outbox set due_at = ?1 + ?2, attempts = attempts + 1,
            created_at = case attempts when 0 then ?1 else created_at end where id in
            (select id from outbox where kind = 'mail' and {shard} and status = 'due' and due_at <= ?1
             order by created_at, id limit ?3)
          returning json_object('id', id, 'body', body, 'key_id', key_id, 'attempts', attempts) as json";
        let rows = self.texts(claim, &[now.millis().into(), LEASE_MILLIS.into(), most.into()]).await?;
        rows.iter().map(|row| serde_json::from_str(row).map_err(Into::into)).collect()
    }

    /// Marks a mail as done.
    pub async fn mark(&self, id: &str) -> Result<()> {
        self.texts("delete from outbox where id = ?1", &[id.into()]).await.map(|_| ())
    }

    /// Puts a mail off after a failure, by its back-off or by what the other side asked for, whichever is longer, at most
    /// an hour; 24 hours after its first attempt it is dead. `random` is the jitter.
    pub async fn put_off(
        &self,
        row: &Claimed,
        why: &str,
        retry_after_millis: i64,
        random: u8,
        now: Instant,
    ) -> Result<()> {
        let wait = backoff(row.attempts, random).max(retry_after_millis).min(LONGEST_BACKOFF_MILLIS);
        let put_off = "update outbox set due_at = ?1 + ?2, error = ?3,
          status = case when created_at + ?4 <= ?1 then 'dead' else status end where id = ?5";
        let params =
            [now.millis().into(), wait.into(), why.into(), DEAD_AFTER_MILLIS.into(), row.id.as_str().into()];
        self.texts(put_off, &params).await.map(|_| ())
    }

    /// Has the row signed by another key: its own is in the ring no more.
    pub async fn rekey(&self, id: &str, key_id: &str) -> Result<()> {
        let rekey = "update outbox set key_id = ?1 where id = ?2";
        self.texts(rekey, &[key_id.into(), id.into()]).await.map(|_| ())
    }

    /// When the next mail is due.
    pub async fn next_mail(&self) -> Result<Option<Instant>> {
        let query = "select cast(min(due_at) as text) as json from outbox where status = 'due' and kind = 'mail' and {shard}";
        Ok(self.texts(query, &[]).await?.first().and_then(|t| t.parse().ok()).map(Instant::from_millis))
    }
}

/// Adds a mail to an object's outbox.
pub fn add_mail(store: &SqlStorage, mail: &NewMail, key_id: &str, now: Instant) -> worker::Result<()> {
    let status = if mail.held_for.is_some() { "held" } else { "due" };
    let account = mail.held_for.and_then(|id| i64::try_from(id).ok());
    let params: Vec<SqlStorageValue> = vec![
        mail.id.as_str().into(),
        mail.body.as_str().into(),
        key_id.into(),
        status.into(),
        now.millis().into(),
        account.into(),
    ];
    sql::run(store, "insert into outbox values (?1, 'mail', ?2, ?3, ?4, ?5, ?5, 0, null, ?6)", params)
}

/// What an object holds for an account: ids and letters, the oldest first.
pub fn held(store: &SqlStorage, account: u64) -> Result<Vec<(String, String)>> {
    let query = "select json_array(id, body) from outbox where status = 'held' and account = ? order by created_at, id";
    let rows = sql::texts(store, query, vec![i64::try_from(account).unwrap_or(0).into()])?;
    rows.iter().map(|row| serde_json::from_str(row).map_err(Into::into)).collect()
}

/// Deletes what an object holds for an account.
pub fn delete_held(store: &SqlStorage, account: u64) -> Result<()> {
    let delete = "delete from outbox where status = 'held' and account = ?";
    Ok(sql::run(store, delete, vec![i64::try_from(account).unwrap_or(0).into()])?)
}

/// Releases mail that an object holds: it is due now, and has not aged.
pub fn release(store: &SqlStorage, ids: &BTreeSet<String>, now: Instant) -> Result<()> {
    let params = vec![now.millis().into(), serde_json::to_string(ids)?.into()];
    // Its link is good for as long as if it had been sent at once: what is held does not age.
    let release = "update outbox set status = 'due', due_at = ?1, created_at = ?1, body = iif(
        json_type(body, '$.link.expires') is null, body,
        json_set(body, '$.link.expires', json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer)))
      where status = 'held' and id in (select value from json_each(?2))";
    Ok(sql::run(store, release, params)?)
}

/// Whether an object holds mail.
pub fn holds_mail(store: &SqlStorage) -> Result<bool> {
    Ok(sql::number(store, "select 1 from outbox where status = 'held'", vec![])?.is_some())
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
