//! The projection of proposals in D1: for lists, search and exports alone. No right and no write is decided by it.

use serde_json::json;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Party, Phase, Proposal, Visibility, view};

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// `entries` orders what arrives: the number of ledger entries only ever rises. The parties' rows are the schema's own care.
const UPSERT: &str = "insert into proposals
    (id, entries, creator, title, state, shown, masked, origin, created_at, updated_at, party_keys, holds_mail,
     deadline, successor, required_left)
  values (:id, :entries, :creator, :title, :state, :shown, :masked, :origin, :created_at, :updated_at, :party_keys, :holds_mail,
    :deadline, :successor, :required_left)
  on conflict (id) do update set entries = excluded.entries, title = excluded.title, state = excluded.state,
    shown = excluded.shown, masked = excluded.masked, origin = excluded.origin, updated_at = excluded.updated_at, party_keys = excluded.party_keys,
    deadline = excluded.deadline, successor = excluded.successor, required_left = excluded.required_left
  where excluded.entries > entries";

const HOLDS_MAIL: &str = "update proposals set holds_mail = 1 where id = :id";
const HOLDS_NO_MAIL: &str = "update proposals set holds_mail = 0 where id = :id and entries <= :entries";
const VERIFIED: &str = "select 'yes' as json from accounts where id = :account and verified = 1";

/// Writes the projection: an upsert that an older version loses, so that it may come late, twice and in any order; a
/// closed proposal is its own tombstone. The row's URLs begin with `origin`. Where the object holds mail, it gives whether the creator's address is verified.
pub async fn write(
    directory: &Directory,
    proposal: &Proposal,
    holds_mail: bool,
    origin: &str,
) -> Result<bool> {
    let masked = match proposal.visibility {
        Visibility::Open => None,
        Visibility::Names => Some(serde_json::to_string(&view(proposal, false, Some(origin)))?),
    };
    let parties: Vec<(String, Option<&str>)> = match proposal.phase {
        Phase::Closed => Vec::new(),
        _ => proposal.active_parties().map(|p| (p.address.key(), answer(proposal, p))).collect(),
    };
    let required_left = parties.iter().filter(|(_, answer)| *answer == Some(REQUIRED)).count();
    let upsert = Statement::new(UPSERT)
        .bind("id", Param::id(proposal.id))
        .bind("entries", i64::from(proposal.entries))
        .bind("creator", Param::id(proposal.creator.account))
        .bind("title", proposal.title.as_str())
        .bind("state", proposal.phase.word())
        .bind("shown", serde_json::to_string(&view(proposal, true, Some(origin)))?)
        .bind("masked", masked)
        .bind("origin", origin)
        .bind("created_at", proposal.created_at.millis())
        .bind("updated_at", proposal.updated_at.millis())
        .bind("party_keys", json!(parties).to_string())
        .bind("holds_mail", i64::from(holds_mail))
        .bind("deadline", proposal.deadline.map(Instant::millis))
        .bind("successor", proposal.successor.map_or(Param::Null, Param::id))
        .bind("required_left", i64::try_from(required_left).unwrap_or(i64::MAX));
    if !holds_mail {
        return directory.execute(upsert).await.map(|()| false);
    }
    // A row that a later version has written holds mail all the same.
    let holding = Statement::new(HOLDS_MAIL).bind("id", Param::id(proposal.id));
    let verified = Statement::new(VERIFIED).bind("account", Param::id(proposal.creator.account));
    let found = directory.batch(vec![upsert, holding, verified]).await?;
    Ok(found.last().is_some_and(|rows| !rows.is_empty()))
}

/// The answer of a required party is due.
const REQUIRED: &str = "required";

/// Which answer is due of the party of an open proposal, or that it was given.
fn answer(proposal: &Proposal, party: &Party) -> Option<&'static str> {
    let answer = match (&party.answer, party.optional) {
        (Some(_), _) => "given",
        (None, true) => "optional",
        (None, false) => REQUIRED,
    };
    (proposal.phase == Phase::Open).then_some(answer)
}

/// Notes that the object holds no mail any more.
pub async fn holds_no_mail(directory: &Directory, proposal: &Proposal) -> Result<()> {
    let statement = Statement::new(HOLDS_NO_MAIL)
        .bind("id", Param::id(proposal.id))
        .bind("entries", i64::from(proposal.entries));
    directory.execute(statement).await
}
