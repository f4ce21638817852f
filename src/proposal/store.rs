//! A proposal in its object's SQLite, and its projection in D1.

use serde_json::json;
use whittle_domain::ledger::{self, Digest, Recorded, Stored};
use whittle_domain::proposal::{Offer, Phase, Proposal, ProposalLedger, Visibility, view, visible_openings};
use worker::SqlStorage;

use crate::d1::{Directory, Param};
use crate::error::{Error, Result};
use crate::object::{outbox, sql};

/// The object's tables as they are now.
const SCHEMA: [&str; 4] = [
    "create table migrations (version integer primary key) strict",
    "create table proposal (
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
];

/// The version of the tables: `migrations` has one row for each that was applied.
const VERSION: i64 = 2;

/// A proposal with its ledger's head.
#[derive(Clone, Debug)]
pub struct Held {
    /// The state.
    pub proposal: Proposal,
    /// The hash of the last entry.
    pub head: Digest,
}

/// Whether the tables are there: they are made when a proposal is created, not when somebody probes an id.
pub fn exists(store: &SqlStorage) -> Result<bool> {
    Ok(sql::text(store, "select name from sqlite_master where type = 'table' and name = 'proposal'", vec![])?
        .is_some())
}

/// Makes the tables.
pub fn make(store: &SqlStorage) -> worker::Result<()> {
    for statement in SCHEMA {
        sql::run(store, statement, vec![])?;
    }
    sql::run(store, "insert into migrations values (?)", vec![VERSION.into()])
}

/// Brings the tables of an object that is older than the code up to date; within a transaction.
pub fn upgrade(store: &SqlStorage, creator: u64) -> worker::Result<()> {
    for statement in outbox::UPGRADE {
        sql::run(store, statement, vec![])?;
    }
    // Then it was the creator alone that mail could wait for.
    let held = "update outbox set account = ? where status = 'held'";
    sql::run(store, held, vec![i64::try_from(creator).unwrap_or(0).into()])?;
    sql::run(store, "insert into migrations values (?)", vec![VERSION.into()])
}

/// Whether the tables are older than the code.
pub fn is_old(store: &SqlStorage) -> Result<bool> {
    let version = sql::number(store, "select max(version) from migrations", vec![])?;
    Ok(version.is_some_and(|version| version < VERSION))
}

/// The proposal, where there is one.
pub fn load(store: &SqlStorage) -> Result<Option<Held>> {
    if !exists(store)? {
        return Ok(None);
    }
    let query = "select json_array(json(state), head) from proposal";
    let Some(text) = sql::text(store, query, vec![])? else { return Ok(None) };
    let (proposal, head) = serde_json::from_str(&text)?;
    Ok(Some(Held { proposal, head }))
}

/// Writes the state and what the ledger gains by it.
pub fn write(store: &SqlStorage, held: &Held, recorded: &[Recorded<Offer>]) -> worker::Result<()> {
    let state = serde_json::to_string(&held.proposal)?;
    let replace = "insert or replace into proposal values (1, ?1, ?2)";
    sql::run(store, replace, vec![state.into(), held.head.to_string().into()])?;
    for entry in recorded {
        let beside = json!({ "openings": entry.openings, "staff": entry.staff });
        let params = vec![
            i64::from(entry.entry.seq).into(),
            entry.entry.canonical().into(),
            beside.to_string().into(),
        ];
        sql::run(store, "insert into ledger values (?1, ?2, ?3)", params)?;
    }
    Ok(())
}

/// The whole ledger, in order.
pub fn ledger(store: &SqlStorage) -> Result<Vec<Stored<Offer>>> {
    let query = "select json_object('entry', json(entry), 'openings', json_extract(beside, '$.openings'),
      'staff', json_extract(beside, '$.staff')) from ledger order by seq";
    sql::texts(store, query, vec![])?
        .iter()
        .map(|row| serde_json::from_str(row).map_err(Error::from))
        .collect()
}

/// The export of a ledger for somebody who may, or may not, see addresses.
pub fn export(id: u64, stored: &[Stored<Offer>], sees_addresses: bool) -> String {
    ledger::export::<ProposalLedger>(
        id,
        stored.iter().map(|s| (s.entry.clone(), visible_openings(s, sees_addresses))),
    )
}

/// The projection's statements, in one batch. `entries` orders them: the number of ledger entries only ever rises.
const UPSERT: &str =
    "insert into proposals (id, entries, creator, title, state, shown, masked, created_at, updated_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
  on conflict (id) do update set entries = excluded.entries, title = excluded.title, state = excluded.state,
    shown = excluded.shown, masked = excluded.masked, updated_at = excluded.updated_at
  where excluded.entries > entries";
const DROP_PARTIES: &str = "delete from proposal_parties where proposal = ?1
  and (select entries from proposals where id = ?1) = ?2 and address_key not in (select value from json_each(?3))";
const ADD_PARTIES: &str = "insert or ignore into proposal_parties (proposal, address_key)
  select ?1, value from json_each(?3) where (select entries from proposals where id = ?1) = ?2";

const HOLDS_MAIL: &str = "update proposals set holds_mail = 1 where id = ?1
  and not exists (select 1 from accounts where id = proposals.creator and verified = 1)";
const VERIFIED: &str = "select 'yes' as json from accounts where id = ?1 and verified = 1";

/// Writes the projection: an upsert that an older version loses, so that it may come late, twice and in any order; a
/// closed proposal is its own tombstone. Gives whether the creator's address is verified.
pub async fn project(directory: &Directory, proposal: &Proposal, holds_mail: bool) -> Result<bool> {
    let id = Param::id(proposal.id);
    let entries = Param::Int(i64::from(proposal.entries));
    let shown = serde_json::to_string(&view(proposal, true, None))?;
    let masked = match proposal.visibility {
        Visibility::Open => Param::Null,
        Visibility::Names => serde_json::to_string(&view(proposal, false, None))?.into(),
    };
    let keys: Vec<String> = match proposal.phase {
        Phase::Closed => Vec::new(),
        _ => proposal.asked().map(|p| p.address.key()).collect(),
    };
    let keys = Param::from(json!(keys).to_string());
    let mut statements = vec![
        directory.statement(
            UPSERT,
            &[
                id.clone(),
                entries.clone(),
                Param::id(proposal.creator.account),
                proposal.title.as_str().into(),
                proposal.phase.word().into(),
                shown.into(),
                masked,
                proposal.created_at.millis().into(),
                proposal.updated_at.millis().into(),
            ],
        )?,
        directory.statement(DROP_PARTIES, &[id.clone(), entries.clone(), keys.clone()])?,
        directory.statement(ADD_PARTIES, &[id.clone(), entries, keys])?,
    ];
    if holds_mail {
        statements.push(directory.statement(HOLDS_MAIL, &[id])?);
    }
    statements.push(directory.statement(VERIFIED, &[Param::id(proposal.creator.account)])?);
    let found = directory.batch(statements).await?;
    Ok(found.last().is_some_and(|rows| !rows.is_empty()))
}
