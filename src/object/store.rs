//! The tables of an object: its state with the ledger's head, the ledger, the outbox, the tasks.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use whittle_domain::entity::Entity;
use whittle_domain::ledger::{self, Digest, LedgerKind, Opening, Recorded, Stored};
use worker::SqlStorage;

use super::{outbox, sql, tasks};
use crate::error::Result;

/// The tables as they are now.
const SCHEMA: [&str; 5] = [
    "create table migrations (version integer primary key) strict",
    "create table entity (
      one integer primary key check (one = 1),
      state text not null check (json_valid(state)),
      head text not null check (length(head) = 64)
    ) strict",
    "create table ledger (
      seq integer primary key,
      entry text not null check (json_valid(entry)),
      beside text not null check (json_valid(beside))
    ) strict",
    outbox::SCHEMA,
    tasks::SCHEMA,
];

/// The version of these tables. `migrations` has one row for each version that an object has had.
pub const VERSION: i64 = 1;

/// The body of an entry of `E`'s ledger.
pub type Body<E> = <<E as Entity>::Ledger as LedgerKind>::Body;

/// An entity with its ledger's head.
#[derive(Clone, Debug)]
pub struct Current<E> {
    /// The state.
    pub entity: E,
    /// The hash of the ledger's last entry.
    pub head: Digest,
}

/// Whether the tables are there. They are made when an entity is created, not when somebody probes an id.
pub fn exists(store: &SqlStorage) -> Result<bool> {
    let query = "select name from sqlite_master where type = 'table' and name = 'entity'";
    Ok(sql::text(store, query, vec![])?.is_some())
}

/// Makes the tables.
pub fn make(store: &SqlStorage) -> worker::Result<()> {
    for statement in SCHEMA {
        sql::run(store, statement, vec![])?;
    }
    sql::run(store, "insert into migrations values (?)", vec![VERSION.into()])
}

/// The version that the tables have.
pub fn version(store: &SqlStorage) -> Result<i64> {
    Ok(sql::number(store, "select max(version) from migrations", vec![])?.unwrap_or(VERSION))
}

/// Runs the step that leads to a version, within the caller's transaction.
pub fn upgrade(store: &SqlStorage, version: i64, step: &str) -> worker::Result<()> {
    sql::run(store, step, vec![])?;
    sql::run(store, "insert into migrations values (?)", vec![version.into()])
}

/// The entity, where there is one.
pub fn load<E: DeserializeOwned>(store: &SqlStorage) -> Result<Option<Current<E>>> {
    if !exists(store)? {
        return Ok(None);
    }
    let query = "select json_array(json(state), head) from entity";
    let Some(text) = sql::text(store, query, vec![])? else { return Ok(None) };
    let (entity, head) = serde_json::from_str(&text)?;
    Ok(Some(Current { entity, head }))
}

/// Writes the state and what the ledger gains by it.
pub fn write<E: Entity>(
    store: &SqlStorage,
    current: &Current<E>,
    recorded: &[Recorded<Body<E>>],
) -> worker::Result<()> {
    let state = serde_json::to_string(&current.entity)?;
    let replace = "insert or replace into entity values (1, ?1, ?2)";
    sql::run(store, replace, vec![state.into(), current.head.to_string().into()])?;
    for entry in recorded {
        let beside = json!({ "openings": entry.openings, "staff": entry.staff });
        let params = vec![
            i64::from(entry.entry.seq).into(),
            entry.entry.canonical().into(),
            beside.to_string().into(),
        ];
        sql::run(store, "insert into ledger (seq, entry, beside) values (?1, ?2, ?3)", params)?;
    }
    Ok(())
}

/// The whole ledger, in order.
pub fn ledger<B: DeserializeOwned>(store: &SqlStorage) -> Result<Vec<Stored<B>>> {
    let query = "select json_object('entry', json(entry), 'openings', json_extract(beside, '$.openings'),
      'staff', json_extract(beside, '$.staff')) from ledger order by seq";
    let rows = sql::texts(store, query, vec![])?;
    Ok(rows.iter().map(|row| serde_json::from_str(row)).collect::<std::result::Result<_, _>>()?)
}

/// The export of a ledger, with the openings that its reader may see.
pub fn export<K: LedgerKind>(
    id: u64,
    stored: &[Stored<K::Body>],
    visible: impl Fn(&Stored<K::Body>) -> Vec<Opening>,
) -> String
where
    K::Body: Serialize,
{
    ledger::export::<K>(id, stored.iter().map(|entry| (entry.entry.clone(), visible(entry))))
}
