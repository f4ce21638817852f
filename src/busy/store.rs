//! Engagements in D1: rows of `busy`, and which events of calendar files those of kind `import` came of.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use whittle_domain::busy::{Import, ImportedEvent, MAX_IMPORTED};
use whittle_domain::hex;
use whittle_domain::input::FieldErrors;
use whittle_domain::instant::Instant;
use worker::Env;

use super::api::Wanted;
use crate::config;
use crate::d1::{Directory, Param, Statement, instant};
use crate::error::{Error, Refusal, Result};
use crate::http::cursor::{self, Cursor};
use crate::random;

/// A row is its place in the list, a blank, and the engagement as the API shows it. Only a meeting has a title: of what was
/// imported none is kept.
fn shown() -> String {
    format!(
        "json_object('kind', b.kind, 'from', {}, 'to', {}, 'title', m.title,
           'url', iif(m.id is null, null, :origin || '/meetings/' || m.id || '/'))",
        instant("b.starts_at"),
        instant("b.ends_at")
    )
}

/// A page of engagements in the order of their begins, and one more where there is a next page. A hold that has ended is none.
pub fn page(wanted: &Wanted, now: Instant, env: &Env) -> Result<Statement> {
    let page = "select b.starts_at || '.' || b.id || ' ' || :shown as json
      from busy b left join meetings m on b.kind = 'meeting' and m.id = b.source
      where b.account = (select id from me) and b.starts_at < :to and b.ends_at > :from
        and (b.expires_at is null or b.expires_at > :now)
        and (b.starts_at, b.id) > (:after_time, :after_id)
      order by b.starts_at, b.id limit :most";
    let Cursor { at, id } = wanted.after;
    Ok(Statement::new(page)
        .embed("shown", Statement::new(shown()).bind("origin", &*config::origin(env)?))
        .bind("from", wanted.range.begin().millis())
        .bind("to", wanted.range.end().millis())
        .bind("now", now.millis())
        .bind("after_time", at)
        .bind("after_id", id)
        .bind("most", cursor::ROWS))
}

/// What an account has imported.
#[derive(Debug, Default, Deserialize)]
pub struct Imported {
    pub events: u32,
    pub instances: u32,
    /// When something was imported last, in milliseconds.
    pub at: Option<i64>,
}

/// The query for what the account that asks has imported.
pub fn imported() -> Statement {
    Statement::new(
        "select json_object('events', count(*), 'instances', coalesce(sum(instances), 0), 'at', max(imported_at)) as json
           from busy_imports where account = (select id from me)",
    )
}

/// What an import did, in events; and how many busy times the file has.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// Events of earlier imports that are taken away: they have no busy time any more, or `replace` was asked for.
    pub removed: u32,
    /// Events of the file that take no time.
    #[serde(default)]
    pub free: usize,
    /// The busy times of the file.
    #[serde(default)]
    pub instances: usize,
}

/// The events of a file as rows, beside those that are stored.
const EVENTS: &str =
    "with e as (select value ->> 'uid' as uid, value ->> 'print' as print, value ->> 'id' as id,
    json_array_length(value, '$.slots') as instances, value -> 'slots' as slots from json_each(:events))";
const REPORT: &str = "select json_object(
    'added', count(*) filter (where i.id is null and e.instances > 0),
    'changed', count(*) filter (where i.print <> e.print and e.instances > 0),
    'unchanged', count(*) filter (where i.print = e.print),
    'removed', count(*) filter (where i.id is not null and e.instances = 0)
      + (select count(*) from busy_imports o
          where :replace and o.account = :account and not exists (select 1 from e where e.uid = o.uid))) as json
  from e left join busy_imports i on i.account = :account and i.uid = e.uid";
/// By trigger the busy times of what is deleted go with it.
const DELETE: &str = "delete from busy_imports where account = :account and (
    exists (select 1 from e where e.uid = busy_imports.uid and e.print <> busy_imports.print)
    or (:replace and not exists (select 1 from e where e.uid = busy_imports.uid)))";
const INSERT: &str = "insert into busy_imports (id, account, uid, print, instances, imported_at)
  select e.id, :account, e.uid, e.print, e.instances, :now from e where e.instances > 0
  on conflict (account, uid) do nothing";
const INSERT_BUSY: &str = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, strict, made_at,
    expires_at, kind, source)
  select :account, s.value ->> 0, s.value ->> 1, s.value ->> 0, s.value ->> 1, 0, 0, :now, null, 'import', i.id
  from e join busy_imports i on i.id = e.id and i.account = :account, json_each(e.slots) s";
/// No row has a negative number: where there are too many busy times, this one takes the whole batch back.
const BOUND: &str = "insert into busy_imports (id, account, uid, print, instances, imported_at)
  select 0, :account, '', '', -1, 0
  where (select sum(instances) from busy_imports where account = :account) > :most";

/// Writes what is new or different in a file, and what is not in it any more is deleted if that is asked for. All of it is one
/// transaction: two imports at once are one after the other.
pub async fn import(
    directory: &Directory,
    account: u64,
    import: &Import,
    replace: bool,
    now: Instant,
) -> Result<Report> {
    let events = import.events.iter().map(row).collect::<Result<Vec<_>>>()?;
    let events = Param::from(serde_json::Value::from(events).to_string());
    let of_file = |sql: &'static str| {
        let statement = Statement::new(format!("{EVENTS} {sql}"));
        statement.bind("events", events.clone()).bind("account", Param::id(account))
    };
    let statements = vec![
        of_file(REPORT).bind("replace", i64::from(replace)),
        of_file(DELETE).bind("replace", i64::from(replace)),
        of_file(INSERT).bind("now", now.millis()),
        of_file(INSERT_BUSY).bind("now", now.millis()),
        Statement::new(BOUND)
            .bind("account", Param::id(account))
            .bind("most", i64::try_from(MAX_IMPORTED).unwrap_or(i64::MAX)),
    ];
    let done = directory.batch(statements).await.map_err(|error| match error {
        Error::Database(Refusal::Constraint(words)) if words.contains("busy_imports_bound") => {
            let most = format!("An account has {MAX_IMPORTED} imported busy times at most.");
            FieldErrors::one("calendar", &most).into()
        }
        other => other,
    })?;
    let report = done.first().and_then(|rows| rows.first());
    let report = report.ok_or_else(|| Error::Internal("an import without a report".to_owned()))?;
    let report: Report = whittle_json::from_str(report)?;
    Ok(Report { free: import.free, instances: import.instances(), ..report })
}

/// An event as the statements read it. The UID is kept as its hash, for whoever made the file may have put anything into it.
fn row(event: &ImportedEvent) -> Result<serde_json::Value> {
    let slots: Vec<[i64; 2]> =
        event.slots.iter().map(|slot| [slot.begin().millis(), slot.end().millis()]).collect();
    let print = hash(&json!(slots).to_string());
    Ok(json!({ "uid": hash(&event.uid), "print": print, "id": random::id()?, "slots": slots }))
}

fn hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes()))
}

/// Forgets all that was imported.
pub async fn forget(directory: &Directory, account: u64) -> Result<()> {
    let delete = Statement::new("delete from busy_imports where account = :account");
    directory.execute(delete.bind("account", Param::id(account))).await
}
