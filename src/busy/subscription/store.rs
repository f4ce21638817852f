//! Subscribed calendars in D1. Their busy times are soft rows of `busy`, whose `source` is the subscription; they go with it by
//! trigger.

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use whittle_domain::busy::{FeedFault, MAX_FEEDS};
use whittle_domain::hex;
use whittle_domain::input::FieldErrors;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;

use crate::d1::{Directory, Param, Statement, instant};
use crate::error::{Error, Refusal, Result};

/// How many shards there are, each with a clock.
pub const SHARDS: u64 = 16;
const HOUR_MILLIS: i64 = 3_600_000;
/// How long one that is being read is left to who reads it.
const LEASE_MILLIS: i64 = 120_000;

/// A subscription, as far as reading it needs to know.
#[derive(Debug, Deserialize)]
pub struct Known {
    pub id: u64,
    pub account: u64,
    pub url: String,
    /// What the server called it when it was read last.
    pub etag: Option<String>,
    /// The first day of the times that were read then.
    pub day: Option<i64>,
    /// The account's.
    pub timezone: Zone,
    /// How often it could not be read since.
    pub failures: i64,
}

/// What reading gave.
pub enum Read {
    /// It is as it was.
    Same,
    /// The times that it says.
    Times(Times),
}

/// The busy times of a calendar: begins and ends in milliseconds, ordered.
pub struct Times {
    pub slots: Vec<[i64; 2]>,
    pub etag: Option<String>,
    pub day: i64,
}

/// A subscription as its owner sees it.
fn shown() -> String {
    format!(
        "json_object('id', s.id, 'url', s.url, 'instances', s.instances, 'created_at', {}, 'tried_at', {}, 'read_at', {},
           'failures', s.failures, 'error', s.error)",
        instant("s.created_at"),
        instant("s.tried_at"),
        instant("s.read_at"),
    )
}

/// The query for the subscriptions of the account that asks, each a JSON text.
pub fn list() -> Statement {
    Statement::new(format!(
        "select {} as json from subscriptions s where s.account = (select id from me) order by s.created_at, s.id",
        shown()
    ))
}

/// SQLite knows no alias of a table in what an update returns.
const KNOWN: &str = "json_object('id', id, 'account', account, 'url', url, 'etag', etag, 'day', day,
  'timezone', (select timezone from accounts a where a.id = subscriptions.account), 'failures', failures)";

/// One of an account's.
pub async fn find(directory: &Directory, account: u64, id: u64) -> Result<Option<Known>> {
    let select = format!("select {KNOWN} as json from subscriptions where id = :id and account = :account");
    let select = Statement::new(select).bind("id", Param::id(id)).bind("account", Param::id(account));
    Ok(directory.first(select).await?.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// Takes up to `most` of a shard that are due: nobody else reads them meanwhile.
pub async fn claim(directory: &Directory, shard: u8, most: i64, now: Instant) -> Result<Vec<Known>> {
    let claim = format!(
        "update subscriptions set due_at = :now + :lease where id in
           (select id from subscriptions where shard = :shard and due_at <= :now order by due_at limit :most)
         returning {KNOWN} as json"
    );
    let claim = Statement::new(claim)
        .bind("now", now.millis())
        .bind("lease", LEASE_MILLIS)
        .bind("shard", i64::from(shard))
        .bind("most", most);
    let rows = directory.all(claim).await?;
    rows.iter().map(|row| whittle_json::from_str(row).map_err(Into::into)).collect()
}

/// When the next of a shard is due.
pub async fn next_due(directory: &Directory, shard: u8) -> Result<Option<Instant>> {
    let select = "select cast(min(due_at) as text) as json from subscriptions where shard = :shard";
    let due = directory.first(Statement::new(select).bind("shard", i64::from(shard))).await?;
    Ok(due.and_then(|due| due.parse().ok()).map(Instant::from_millis))
}

/// The shards in which something is due.
pub async fn due_shards(directory: &Directory, now: Instant) -> Result<Vec<u8>> {
    let select = "select cast(s.value as text) as json from json_each(:shards) s
      where exists (select 1 from subscriptions where shard = s.value and due_at <= :now)";
    let all = json!((0..SHARDS).collect::<Vec<_>>()).to_string();
    let shards = directory.all(Statement::new(select).bind("shards", all).bind("now", now.millis())).await?;
    Ok(shards.iter().filter_map(|shard| shard.parse().ok()).collect())
}

const ADD: &str = "insert into subscriptions (id, account, url, created_at, due_at, shard)
  select :id, :account, :url, :now, :now, :shard
  where (select count(*) from subscriptions where account = :account) < :most";

/// Adds one that was read; gives it as its owner sees it.
pub async fn add(
    directory: &Directory,
    known: &Known,
    shard: u8,
    times: Times,
    now: Instant,
) -> Result<String> {
    let add = Statement::new(ADD)
        .bind("id", Param::id(known.id))
        .bind("account", Param::id(known.account))
        .bind("url", known.url.as_str())
        .bind("now", now.millis())
        .bind("shard", i64::from(shard))
        .bind("most", i64::try_from(MAX_FEEDS).unwrap_or(i64::MAX));
    let mut statements = vec![add];
    statements.extend(good(known, Read::Times(times), now));
    statements.push(one(known.id));
    let done = directory.batch(statements).await.map_err(|error| match error {
        Error::Database(Refusal::Constraint(words)) if words.contains("subscriptions.url") => {
            FieldErrors::one("url", "You have subscribed to this calendar already.").into()
        }
        other => other,
    })?;
    let too_many =
        || FieldErrors::one("url", &format!("You can subscribe to {MAX_FEEDS} calendars at most."));
    done.into_iter().next_back().and_then(|mut rows| rows.pop()).ok_or_else(|| too_many().into())
}

fn one(id: u64) -> Statement {
    Statement::new(format!("select {} as json from subscriptions s where s.id = :id", shown()))
        .bind("id", Param::id(id))
}

/// Writes what reading it gave; gives it as its owner sees it, where it is still there.
pub async fn note(
    directory: &Directory,
    known: &Known,
    read: std::result::Result<Read, FeedFault>,
    now: Instant,
) -> Result<Option<String>> {
    let mut statements = match read {
        Ok(read) => good(known, read, now),
        Err(fault) => vec![failed(known, &fault, now)],
    };
    statements.push(one(known.id));
    Ok(directory.batch(statements).await?.pop().unwrap_or_default().pop())
}

/// In the batch that writes other times, the old ones go; times that are the same stay as they are. What stands in the subscription is
/// compared, so that of two who read at once each leaves what belongs together.
const IS_ANOTHER: &str = "exists (select 1 from subscriptions where id = :id and print is not :print)";
const DELETE_BUSY: &str = "delete from busy where kind = 'import' and source = :id and ";
const INSERT_BUSY: &str = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source)
  select :account, value ->> 0, value ->> 1, value ->> 0, value ->> 1, 0, :now, 'import', :id from json_each(:slots) where ";
const READ: &str = "update subscriptions set etag = :etag, print = :print, day = :day, instances = :instances, tried_at = :now,
  read_at = :now, failures = 0, error = null, due_at = :due where id = :id";
const SAME: &str = "update subscriptions set tried_at = :now, read_at = :now, failures = 0, error = null, due_at = :due where id = :id";

fn good(known: &Known, read: Read, now: Instant) -> Vec<Statement> {
    let id = Param::id(known.id);
    // Not all in the same second.
    let jitter = i64::try_from(known.id.rem_euclid(300)).unwrap_or(0).saturating_mul(1_000);
    let due = now.millis().saturating_add(HOUR_MILLIS).saturating_sub(jitter);
    let Read::Times(Times { slots, etag, day }) = read else {
        return vec![Statement::new(SAME).bind("id", id).bind("now", now.millis()).bind("due", due)];
    };
    let instances = i64::try_from(slots.len()).unwrap_or(i64::MAX);
    let slots = json!(slots).to_string();
    let print = hex::encode(&Sha256::digest(slots.as_bytes()));
    let of_rows = |sql: &str| {
        Statement::new(format!("{sql}{IS_ANOTHER}")).bind("id", id.clone()).bind("print", print.as_str())
    };
    vec![
        of_rows(DELETE_BUSY),
        of_rows(INSERT_BUSY)
            .bind("account", Param::id(known.account))
            .bind("now", now.millis())
            .bind("slots", slots),
        Statement::new(READ)
            .bind("id", id.clone())
            .bind("etag", etag)
            .bind("print", print.as_str())
            .bind("day", day)
            .bind("instances", instances)
            .bind("now", now.millis())
            .bind("due", due),
    ]
}

/// Its busy times stay as they were read last; it is tried again after one hour, two, four, and then once a day.
fn failed(known: &Known, fault: &FeedFault, now: Instant) -> Statement {
    let doublings = u32::try_from(known.failures.clamp(0, 5)).unwrap_or(5);
    let wait = HOUR_MILLIS.saturating_mul(1_i64 << doublings).min(24 * HOUR_MILLIS);
    let update = "update subscriptions set tried_at = :now, failures = failures + 1, error = :error, due_at = :now + :wait
      where id = :id";
    Statement::new(update)
        .bind("id", Param::id(known.id))
        .bind("now", now.millis())
        .bind("error", fault.to_string())
        .bind("wait", wait)
}

/// Ends one of an account's; whether there was one.
pub async fn end(directory: &Directory, account: u64, id: u64) -> Result<bool> {
    let delete = "delete from subscriptions where id = :id and account = :account returning '' as json";
    let delete = Statement::new(delete).bind("id", Param::id(id)).bind("account", Param::id(account));
    Ok(!directory.all(delete).await?.is_empty())
}
