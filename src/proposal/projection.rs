//! The projection of proposals in D1: for lists, search and exports alone. No right and no write is decided by it.

use serde_json::json;
use whittle_domain::proposal::{Phase, Proposal, Visibility, view};

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

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

const HOLDS_MAIL: &str = "update proposals set holds_mail = 1 where id = ?1";
const HOLDS_NO_MAIL: &str = "update proposals set holds_mail = 0 where id = :id and entries <= :entries";
const VERIFIED: &str = "select 'yes' as json from accounts where id = ?1 and verified = 1";

/// Writes the projection: an upsert that an older version loses, so that it may come late, twice and in any order; a
/// closed proposal is its own tombstone. Gives whether the creator's address is verified.
pub async fn write(directory: &Directory, proposal: &Proposal, holds_mail: bool) -> Result<bool> {
    let id = Param::id(proposal.id);
    let entries = Param::Int(i64::from(proposal.entries));
    let shown = serde_json::to_string(&view(proposal, true, None))?;
    let masked = match proposal.visibility {
        Visibility::Open => Param::Null,
        Visibility::Names => serde_json::to_string(&view(proposal, false, None))?.into(),
    };
    let keys: Vec<String> = match proposal.phase {
        Phase::Closed => Vec::new(),
        _ => proposal.active_parties().map(|p| p.address.key()).collect(),
    };
    let keys = Param::from(json!(keys).to_string());
    let mut statements = vec![
        Directory::statement(
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
        ),
        Directory::statement(DROP_PARTIES, &[id.clone(), entries.clone(), keys.clone()]),
        Directory::statement(ADD_PARTIES, &[id.clone(), entries, keys]),
    ];
    if holds_mail {
        statements.push(Directory::statement(HOLDS_MAIL, &[id]));
    }
    statements.push(Directory::statement(VERIFIED, &[Param::id(proposal.creator.account)]));
    let found = directory.batch(statements).await?;
    Ok(found.last().is_some_and(|rows| !rows.is_empty()))
}

/// Notes that the object holds no mail any more.
pub async fn holds_no_mail(directory: &Directory, proposal: &Proposal) -> Result<()> {
    let statement = Statement::new(HOLDS_NO_MAIL)
        .bind("id", Param::id(proposal.id))
        .bind("entries", i64::from(proposal.entries));
    directory.execute(statement).await
}
