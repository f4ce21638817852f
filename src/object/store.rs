//! The tables of an object: its state with the ledger's head, the ledger, the outbox, the tasks.

use std::cell::OnceCell;

use js_sys::JsString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use whittle_domain::entity::Entity;
use whittle_domain::ledger::{self, Digest, LedgerKind, Opening, Recorded, Stored};
use worker::SqlStorage;

use super::{outbox, sql, tasks};
use crate::error::{Error, Result};
use crate::platform::{self, Text};
use crate::statement::Compiled;

/// The length of a head as it is stored: 32 bytes in hexadecimal digits.
const HEAD_LENGTH: usize = 64;

/// The tables as they are now.
const SCHEMA: [&str; 4] = [
    "create table entity (
      one integer primary key check (one = 1),
      state text not null check (json_valid(state)),
      head text not null check (length(head) = 64),
      version integer not null
    ) strict",
    "create table ledger (
      seq integer primary key,
      entry text not null check (json_valid(entry)),
      beside text not null check (json_valid(beside))
    ) strict",
    outbox::SCHEMA,
    tasks::SCHEMA,
];

/// The version of these tables, which the entity's row has.
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
    /// How it is shown, without addresses and with them, once somebody has asked.
    shown: [OnceCell<JsString>; 2],
}

impl<E> Current<E> {
    /// An entity as it is now.
    pub fn new(entity: E, head: Digest) -> Self {
        Self { entity, head, shown: Default::default() }
    }

    /// How the entity is shown to who sees addresses, or does not: it is written once for all who look.
    pub fn shown(&self, sees_addresses: bool, write: impl FnOnce(&E) -> Result<String>) -> Result<Text> {
        let [masked, full] = &self.shown;
        let known = if sees_addresses { full } else { masked };
        if let Some(text) = known.get() {
            return Ok(Text::Passed(text.clone()));
        }
        let text = JsString::from(write(&self.entity)?);
        Ok(Text::Passed(known.get_or_init(|| text).clone()))
    }
}

/// Whether the tables are there. They are made when an entity is created, not when somebody probes an id.
pub fn exists(store: &SqlStorage) -> Result<bool> {
    let query = "select 1 from sqlite_master where type = 'table' and name = 'entity'";
    Ok(sql::number(store, query, &[])?.is_some())
}

/// The statements that make the tables, which run as one.
pub fn make() -> Compiled {
    Compiled::new(SCHEMA.join(";\n"), vec![])
}

/// The version that the tables have.
pub fn version(store: &SqlStorage) -> Result<i64> {
    Ok(sql::number(store, "select version from entity", &[])?.unwrap_or(VERSION))
}

/// The statements of the step that leads to a version.
pub fn upgrade(version: i64, step: &str) -> [Compiled; 2] {
    [
        Compiled::new(step.to_owned(), vec![]),
        Compiled::new("update entity set version = ?1", vec![version.into()]),
    ]
}

/// The entity, where there is one.
pub fn load<E: DeserializeOwned>(store: &SqlStorage) -> Result<Option<Current<E>>> {
    let Some(text) = sql::text(store, "select head || state from entity", &[])? else { return Ok(None) };
    let (head, entity) = text.split_at_checked(HEAD_LENGTH).unwrap_or_default();
    let head = Digest::parse(head).ok_or_else(|| Error::Internal("a head that is no hash".to_owned()))?;
    Ok(Some(Current::new(whittle_json::from_str(entity)?, head)))
}

/// The statements that write the state and what the ledger gains by it.
pub fn write<E: Entity>(current: &Current<E>, recorded: &[Recorded<Body<E>>]) -> Result<Vec<Compiled>> {
    let state = serde_json::to_string(&current.entity)?;
    let put = "insert into entity (one, state, head, version) values (1, ?1, ?2, ?3)
      on conflict (one) do update set state = excluded.state, head = excluded.head";
    let params = vec![state.into(), current.head.to_string().into(), VERSION.into()];
    let mut statements = vec![Compiled::new(put, params)];
    for entry in recorded {
        let beside = json!({ "openings": entry.openings, "staff": entry.staff });
        let params = vec![
            i64::from(entry.entry.seq).into(),
            entry.entry.canonical().into(),
            beside.to_string().into(),
        ];
        statements.push(Compiled::new("insert into ledger (seq, entry, beside) values (?1, ?2, ?3)", params));
    }
    Ok(statements)
}

/// The whole ledger as it is stored, in order: an entry and what lies beside it in turns, each in a line of its own. No JSON of
/// ours has a line break.
pub fn ledger_lines(store: &SqlStorage) -> Result<String> {
    platform::lines(store, "select entry || char(10) || beside from ledger order by seq")
}

/// The whole ledger, in order.
pub fn ledger<B: DeserializeOwned>(store: &SqlStorage) -> Result<Vec<Stored<B>>> {
    let query = "select json_object('entry', json(entry), 'openings', json_extract(beside, '$.openings'),
      'staff', json_extract(beside, '$.staff')) from ledger order by seq";
    let rows = sql::texts(store, query, &[])?;
    Ok(rows.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?)
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
