//! An object's outbox: mail that is to be sent, written in the transaction of the change that causes it. Its SQLite answers at
//! once; the dispatcher takes mail out of it as out of any queue ([`crate::mail::queue`]).

use std::collections::BTreeSet;

use whittle_domain::instant::Instant;
use worker::SqlStorage;

use super::common_tasks::MAIL_FAILURES;
use super::host::Host;
use super::known::Known;
use super::{failpoint, sql, tasks};
use crate::clock;
use crate::error::Result;
use crate::mail::queue::{Claimed, DEAD_AFTER_MILLIS, LEASE_MILLIS, Postponed, Queue};
use crate::platform;
use crate::statement::{Compiled, Param};

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

/// A new mail.
pub struct NewMail {
    /// Random; with the key's id the idempotency key.
    pub id: String,
    /// The letter, as JSON.
    pub body: String,
    /// Whose verification it waits for, where it does.
    pub held_for: Option<u64>,
}

/// An object's outbox as the dispatcher knows it.
pub struct ObjectQueue<'a> {
    /// The object.
    pub host: &'a Host,
    /// What it knows of its tables.
    pub known: &'a Known,
}

impl Queue for ObjectQueue<'_> {
    async fn claim(&self, most: i64, now: Instant) -> Result<Vec<Claimed>> {
        claim(&self.host.sql, most, now)
    }

    async fn mark(&self, ids: &[&str]) -> Result<()> {
        let ids = serde_json::to_string(ids)?;
        let delete = "delete from outbox where id in (select value from json_each(?1))";
        let now = clock::now(failpoint::offset(&self.host.sql, &self.host.env));
        self.write(&[tell(&ids, now), Compiled::new(delete, vec![ids.as_str().into()])])
    }

    async fn postpone(&self, postponed: &Postponed<'_>, now: Instant) -> Result<()> {
        let ids = serde_json::to_string(&[&postponed.mail.id])?;
        self.write(&[postpone(postponed, now), tell(&ids, now)])
    }

    async fn rekey(&self, id: &str, key_id: &str) -> Result<()> {
        let rekey = "update outbox set key_id = ?1 where id = ?2";
        sql::run(&self.host.sql, rekey, &[key_id.into(), id.into()])
    }
}

impl ObjectQueue<'_> {
    /// Writes a change of the outbox in one transaction with the task that it may cause.
    fn write(&self, statements: &[Compiled]) -> Result<()> {
        platform::transact(&self.host.storage, statements)?;
        if tasks::any_waits(&self.host.sql, &[MAIL_FAILURES])? {
            self.known.note_task();
        }
        Ok(())
    }
}

/// The statement that enqueues the task of telling which mail fails, if one of these does, or is dead.
fn tell(ids: &str, now: Instant) -> Compiled {
    let tell = format!(
        "insert into tasks (kind, subject, body, revision, due_at, created_at, attempts)
         select ?1, '', 'null', 1, ?2, ?2, 0 where exists
           (select 1 from outbox where {FAILS} and id in (select value from json_each(?3)))
         on conflict (kind, subject) do update set revision = revision + 1,
           due_at = iif(attempts = 0, excluded.due_at, due_at)"
    );
    Compiled::new(tell, vec![MAIL_FAILURES.into(), now.millis().into(), ids.into()])
}

/// Which rows staff are told of: what has failed for the fourth time, or may have, so that a hiccup tells nothing.
const FAILS: &str = "(status = 'dead' or (status = 'due' and attempts >= 4 and error is not null))";

/// Whether any mail fails, or is dead.
pub fn any_fails(store: &SqlStorage) -> Result<bool> {
    Ok(sql::number(store, &format!("select 1 from outbox where {FAILS} limit 1"), &[])?.is_some())
}

/// The mail that fails or is dead, as a JSON list for the directory.
pub fn failing(store: &SqlStorage) -> Result<String> {
    let query = format!(
        "select json_group_array(json_object('mail', id, 'status', status, 'to', coalesce(body ->> '$.to', ''),
           'template', body ->> '$.template', 'account', body ->> '$.account', 'attempts', attempts, 'error', error,
           'first', created_at, 'next', due_at)) from outbox where {FAILS}"
    );
    Ok(sql::text(store, &query, &[])?.unwrap_or_default())
}

/// The statement that deletes what is dead.
pub fn delete_dead() -> Compiled {
    Compiled::new("delete from outbox where status = 'dead'", vec![])
}

/// The statement by which a dead mail is due again, as new: its idempotency key is another, for so are its bytes. Its link is good
/// for as long as it was at the first attempt.
pub fn retry(id: &str, new_id: &str, now: Instant) -> Compiled {
    let retry = "update outbox set id = ?3, status = 'due', due_at = ?1, created_at = ?1, attempts = 0, error = null,
        body = iif(json_type(body, '$.link.expires') is null, body,
          json_set(body, '$.link.expires', json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer)))
      where id = ?2 and status = 'dead'";
    Compiled::new(retry, vec![now.millis().into(), id.into(), new_id.into()])
}

/// Whether this mail is dead.
pub fn is_dead(store: &SqlStorage, id: &str) -> Result<bool> {
    let query = "select 1 from outbox where id = ?1 and status = 'dead'";
    Ok(sql::number(store, query, &[id.into()])?.is_some())
}

fn claim(store: &SqlStorage, most: i64, now: Instant) -> Result<Vec<Claimed>> {
    let claim = "update outbox set due_at = ?1 + ?2, attempts = attempts + 1,
        created_at = case attempts when 0 then ?1 else created_at end where id in
        (select id from outbox where status = 'due' and due_at <= ?1 order by created_at, id limit ?3)
      returning json_object('id', id, 'body', body, 'key_id', key_id, 'attempts', attempts)";
    let rows = sql::texts(store, claim, &[now.millis().into(), LEASE_MILLIS.into(), most.into()])?;
    rows.iter().map(|row| whittle_json::from_str(row).map_err(Into::into)).collect()
}

fn postpone(postponed: &Postponed<'_>, now: Instant) -> Compiled {
    let postpone = "update outbox set due_at = ?1 + ?2, error = ?3,
      status = case when created_at + ?4 <= ?1 then 'dead' else status end where id = ?5";
    let params = vec![
        now.millis().into(),
        postponed.wait().into(),
        postponed.why.into(),
        DEAD_AFTER_MILLIS.into(),
        postponed.mail.id.as_str().into(),
    ];
    Compiled::new(postpone, params)
}

/// The statement that adds a mail to an object's outbox.
pub fn add_mail(mail: &NewMail, key_id: &str, now: Instant) -> Compiled {
    let status = if mail.held_for.is_some() { "held" } else { "due" };
    let params: Vec<Param> = vec![
        mail.id.as_str().into(),
        mail.body.as_str().into(),
        key_id.into(),
        status.into(),
        now.millis().into(),
        mail.held_for.map_or(Param::Null, Param::id),
    ];
    Compiled::new("insert into outbox values (?1, 'mail', ?2, ?3, ?4, ?5, ?5, 0, null, ?6)", params)
}

/// What an object holds for an account: ids and letters, the oldest first.
pub fn held(store: &SqlStorage, account: u64) -> Result<Vec<(String, String)>> {
    let query = "select json_array(id, body) from outbox where status = 'held' and account = ? order by created_at, id";
    let rows = sql::texts(store, query, &[i64::try_from(account).unwrap_or(0).into()])?;
    rows.iter().map(|row| whittle_json::from_str(row).map_err(Into::into)).collect()
}

/// Deletes what an object holds for an account.
pub fn delete_held(store: &SqlStorage, account: u64) -> Result<()> {
    let delete = "delete from outbox where status = 'held' and account = ?";
    sql::run(store, delete, &[i64::try_from(account).unwrap_or(0).into()])
}

/// Releases mail that an object holds: it is due now, and has not aged.
pub fn release(store: &SqlStorage, ids: &BTreeSet<String>, now: Instant) -> Result<()> {
    let params = vec![now.millis().into(), serde_json::to_string(ids)?.into()];
    // Its link is good for as long as if it had been sent at once: what is held does not age.
    let release = "update outbox set status = 'due', due_at = ?1, created_at = ?1, body = iif(
        json_type(body, '$.link.expires') is null, body,
        json_set(body, '$.link.expires', json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer)))
      where status = 'held' and id in (select value from json_each(?2))";
    sql::run(store, release, &params)
}

/// Whether an object holds mail.
pub fn holds_mail(store: &SqlStorage) -> Result<bool> {
    Ok(sql::number(store, "select 1 from outbox where status = 'held'", &[])?.is_some())
}
