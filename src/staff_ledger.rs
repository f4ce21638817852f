//! The staff ledger in D1: what staff do, each act in the batch that does it. Two acts at once cannot have the same place in the
//! chain: the database refuses the later one, which is chained anew.

use serde_json::json;
use whittle_domain::ledger::{Digest, Salts};
use whittle_domain::staff::{Head, StaffAct};

use crate::d1::{Directory, Statement};
use crate::error::{Error, Refusal, Result};
use crate::random;

/// How often an act is chained anew before the caller is asked to try again.
const TRIES: u32 = 5;

const HEAD: &str =
    "select json_array(seq, hash) as json from staff_ledger where seq > 0 order by seq desc limit 1";
/// Gives a row if the act took place.
const ADD: &str = "insert into staff_ledger (seq, entry, openings, hash, source)
  select :seq, :entry, :openings, :hash, :source where :guard on conflict (source) do nothing returning 'done' as json";

/// The statement that adds an act after this head, if `guard` holds. `source` names an act that may be added twice.
pub fn adding(act: &StaffAct, head: Head, guard: Statement, source: Option<&str>) -> Result<Statement> {
    let recorded = act.record(head, &Salts::new(random::bytes()?));
    Ok(Statement::new(ADD)
        .bind("seq", i64::from(recorded.entry.seq))
        .bind("entry", recorded.entry.canonical())
        .bind("openings", json!(recorded.openings).to_string())
        .bind("hash", recorded.entry.hash().to_string())
        .bind("source", source)
        .embed("guard", guard))
}

/// The last entry.
pub async fn head(directory: &Directory) -> Result<Head> {
    let Some(row) = directory.first(Statement::new(HEAD)).await? else { return Ok(Head::default()) };
    let (entries, hash): (u32, Digest) = whittle_json::from_str(&row)?;
    Ok(Head { entries, hash })
}

/// Whether the database has refused a batch because another act has taken the place in the chain.
pub fn is_taken(error: &Error) -> bool {
    matches!(error, Error::Database(Refusal::Constraint(words)) if words.contains("staff_ledger"))
}

/// Does what `statements` do and adds the act, in one batch; both only if `guard` holds before. Gives what came of the statements,
/// and whether it was done.
pub async fn perform(
    directory: &Directory,
    act: &StaffAct,
    guard: Statement,
    source: Option<&str>,
    statements: Vec<Statement>,
) -> Result<(bool, Vec<Vec<String>>)> {
    let mut tries = TRIES;
    loop {
        let mut batch = vec![adding(act, head(directory).await?, guard.clone(), source)?];
        batch.extend(statements.iter().cloned());
        match directory.batch(batch).await {
            Ok(mut rows) => {
                let added = rows.remove(0);
                return Ok((!added.is_empty(), rows));
            }
            // Another act has taken its place in the chain.
            Err(error) if is_taken(&error) && tries > 0 => tries = tries.saturating_sub(1),
            Err(error) => return Err(error),
        }
    }
}

/// Adds an act that an object has done already, once.
pub async fn append(directory: &Directory, act: &StaffAct, source: &str) -> Result<()> {
    perform(directory, act, Statement::new("1"), Some(source), Vec::new()).await.map(|_| ())
}
