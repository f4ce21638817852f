//! The outbox of an object: what it owes the world, written in the transaction of the change that causes it.
//!
//! A row is *claimed* (its due time moves beyond the lease and its attempts are counted), sent with its id and its key's
//! as idempotency key, and *marked* (deleted). A sender that dies between leaves the claim to run out, and the row is sent
//! again, byte for byte. Back-off doubles from 2 s to 1 h with jitter; after 24 h a row is dead and stays.

use serde::{Deserialize, Serialize};
use whittle_domain::instant::Instant;
use worker::{SqlStorage, SqlStorageValue};

use super::sql;
use crate::error::Result;

/// How long a claim lasts: longer than any attempt can take.
pub const LEASE_MILLIS: i64 = 60_000;
const FIRST_BACKOFF_MILLIS: i64 = 2_000;
const LONGEST_BACKOFF_MILLIS: i64 = 3_600_000;
/// A projection is tried more often: lists wait for it, and an attempt costs little.
const LONGEST_PROJECTION_BACKOFF_MILLIS: i64 = 60_000;
const DEAD_AFTER_MILLIS: i64 = 86_400_000;

/// The kind of mails.
pub const MAIL: &str = "mail";
/// The kind, and the id, of the one row that is no mail.
pub const PROJECTION: &str = "projection";

/// The table. `due_at` and `created_at` count milliseconds of the service's clock; from its first attempt on, `created_at`
/// is when that was: a mail does not age before. `status` is `due`, `held` (until the
/// account that caused it is verified) or `dead`.
pub const SCHEMA: &str = "create table outbox (
  id text primary key,
  kind text not null check (kind in ('mail', 'projection')),
  body text not null check (json_valid(body)),
  key_id text not null,
  status text not null check (status in ('due', 'held', 'dead')),
  due_at integer not null,
  created_at integer not null,
  attempts integer not null,
  error text
) strict, without rowid";

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
    pub attempts: u32,
}

/// Adds a mail.
pub fn add_mail(
    store: &SqlStorage,
    id: &str,
    body: &str,
    key_id: &str,
    held: bool,
    now: Instant,
) -> worker::Result<()> {
    let status = if held { "held" } else { "due" };
    let params: Vec<SqlStorageValue> =
        vec![id.into(), body.into(), key_id.into(), status.into(), now.millis().into()];
    sql::run(store, "insert into outbox values (?1, 'mail', ?2, ?3, ?4, ?5, ?5, 0, null)", params)
}

/// Notes that the projection is owed; the first attempt by alarm is due at `at`, should the inline one fail. A debt that
/// already failed keeps its own time.
pub fn owe_projection(store: &SqlStorage, at: Instant, now: Instant) -> worker::Result<()> {
    let params: Vec<SqlStorageValue> = vec![at.millis().into(), now.millis().into()];
    let add = "insert into outbox values ('projection', 'projection', '{}', '', 'due', ?1, ?2, 0, null)
      on conflict (id) do update set due_at = ?1, created_at = ?2 where attempts = 0";
    sql::run(store, add, params)
}

/// Whether the projection is owed at `now`.
pub fn projection_due(store: &SqlStorage, now: Instant) -> Result<bool> {
    let query = "select 1 from outbox where id = 'projection' and status = 'due' and due_at <= ?";
    Ok(sql::number(store, query, vec![now.millis().into()])?.is_some())
}

/// Whether the projection has failed and is still owed.
pub fn projection_failing(store: &SqlStorage) -> Result<bool> {
    let query = "select 1 from outbox where id = 'projection' and attempts > 0";
    Ok(sql::number(store, query, vec![])?.is_some())
}

/// Claims up to `most` mails that are due.
pub fn claim(store: &SqlStorage, most: i64, now: Instant) -> Result<Vec<Claimed>> {
    let claim = "update outbox set due_at = ?1 + ?2, attempts = attempts + 1,
        created_at = case attempts when 0 then ?1 else created_at end where id in
        (select id from outbox where kind = 'mail' and status = 'due' and due_at <= ?1 order by created_at, id limit ?3)
      returning json_object('id', id, 'body', body, 'key_id', key_id, 'attempts', attempts)";
    let rows = sql::texts(store, claim, vec![now.millis().into(), LEASE_MILLIS.into(), most.into()])?;
    rows.iter().map(|row| serde_json::from_str(row).map_err(Into::into)).collect()
}

/// Marks a row as done.
pub fn mark(store: &SqlStorage, id: &str) -> worker::Result<()> {
    sql::run(store, "delete from outbox where id = ?", vec![id.into()])
}

/// Puts a row off after a failure, by its back-off or by what the other side asked for, whichever is longer, at most an
/// hour; a mail that fails 24 hours after its first attempt is dead. `random` is the jitter.
pub fn put_off(
    store: &SqlStorage,
    id: &str,
    why: &str,
    retry_after_millis: i64,
    random: u8,
    now: Instant,
) -> Result<()> {
    let known = "select attempts from outbox where id = ?";
    let attempts = sql::number(store, known, vec![id.into()])?.unwrap_or(1);
    let longest = if id == PROJECTION { LONGEST_PROJECTION_BACKOFF_MILLIS } else { LONGEST_BACKOFF_MILLIS };
    let wait = backoff(attempts, random).max(retry_after_millis).min(longest);
    let put_off = "update outbox set due_at = ?1 + ?2, error = ?3,
      attempts = attempts + (kind = 'projection'),
      status = case when kind = 'mail' and created_at + ?4 <= ?1 then 'dead' else status end where id = ?5";
    let params: Vec<SqlStorageValue> =
        vec![now.millis().into(), wait.into(), why.into(), DEAD_AFTER_MILLIS.into(), id.into()];
    sql::run(store, put_off, params)?;
    Ok(())
}

/// Has the row signed by another key: its own is in the ring no more.
pub fn rekey(store: &SqlStorage, id: &str, key_id: &str) -> worker::Result<()> {
    sql::run(store, "update outbox set key_id = ?1 where id = ?2", vec![key_id.into(), id.into()])
}

/// When the next row of a kind is due.
pub fn next_due(store: &SqlStorage, kind: &str) -> Result<Option<Instant>> {
    let query = "select min(due_at) from outbox where status = 'due' and kind = ?";
    let next = sql::number(store, query, vec![kind.into()])?;
    Ok(next.map(Instant::from_millis))
}

/// Milliseconds to wait after so many attempts: 2 s doubling to 1 h, less up to a quarter.
fn backoff(attempts: i64, random: u8) -> i64 {
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
