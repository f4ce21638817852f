//! The end of an account: a mark that it leaves, then the end of all that would go on without it, then its rows.

use whittle_domain::instant::Instant;

use crate::account_part::Leaving;
use crate::auth::account::Account;
use crate::auth::lookup;
use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// The condition that an account leaves and that its address is its own.
pub fn is_leaving_and_verified(account: u64) -> Statement {
    let sql = "exists (select 1 from accounts where id = :account and leaving = 1 and verified = 1)";
    Statement::new(sql).bind("account", Param::id(account))
}

/// The statements that mark an account as leaving and end all its sign-ins; `mail` is written after that. The last one gives a
/// row if the account leaves.
pub fn leave(account: &Account, mail: Statement) -> Vec<Statement> {
    let id = || Param::id(account.id);
    let mark = Statement::new(
        "update accounts set leaving = 1, active = 0, epoch = epoch + 1 where id = :id and epoch = :epoch",
    );
    let mut statements = vec![mark.bind("id", id()).bind("epoch", account.epoch)];
    statements.extend(lookup::end_sign_ins(account.id, &"leaving = 1".into()));
    statements.push(mail);
    let leaves = Statement::new("select 'yes' as json from accounts where id = :id and leaving = 1");
    statements.push(leaves.bind("id", id()));
    statements
}

/// The account, if it leaves.
pub async fn find(directory: &Directory, account: u64) -> Result<Option<Leaving>> {
    let select = "select json_object('id', id, 'address', address, 'verified', verified) as json
      from accounts where id = :id and leaving = 1";
    let row = directory.first(Statement::new(select).bind("id", Param::id(account))).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// Some accounts that leave.
pub async fn find_some(directory: &Directory, most: i64) -> Result<Vec<u64>> {
    let select =
        "select cast(id as text) as json from accounts where leaving = 1 order by random() limit :most";
    let rows = directory.all(Statement::new(select).bind("most", most)).await?;
    Ok(rows.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Of each of these queries for ids some ids, in any order.
pub async fn find_unfinished(
    directory: &Directory,
    queries: Vec<Statement>,
    most: i64,
) -> Result<Vec<Vec<u64>>> {
    let some = |query| {
        let select = "select cast(id as text) as json from (:query) order by random() limit :most";
        Statement::new(select).embed("query", query).bind("most", most)
    };
    let rows = directory.batch(queries.into_iter().map(some).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect()).collect())
}

/// The condition that an account is deleted.
pub fn is_gone(account: u64) -> Statement {
    Statement::new("not exists (select 1 from accounts where id = :account)")
        .bind("account", Param::id(account))
}

/// The statement that deletes an account that leaves once these queries give nothing; tokens, sessions, contacts and changes of
/// address go with it.
pub fn delete(account: u64, unfinished: Vec<Statement>) -> Statement {
    let nothing = Statement::new("true");
    let is_finished = unfinished.into_iter().fold(nothing, |before, query| {
        Statement::new(":before and not exists (:query)").embed("before", before).embed("query", query)
    });
    Statement::new("delete from accounts where id = :account and leaving = 1 and :is_finished")
        .bind("account", Param::id(account))
        .embed("is_finished", is_finished)
}

/// Marks accounts as leaving that have not verified their address since then and own nothing. There is nobody to hear of it.
const PURGE: &str = "update accounts set leaving = 1, active = 0, epoch = epoch + 1 where id in (
    select id from accounts a where a.verified = 0 and a.demo = 0 and a.leaving = 0 and a.created_at < :before
      and not exists (select 1 from proposals where creator = a.id and state <> 'closed')
      and not exists (select 1 from calendars where owner = a.id and state <> 'closed')
      and not exists (select 1 from meetings where organiser = a.id)
      and not exists (select 1 from contacts where owner = a.id)
    limit :most)";

/// For how long an account may leave its address unverified.
const UNVERIFIED_MILLIS: i64 = 30 * 86_400_000;

/// Has accounts deleted that never verified their address and own nothing, some at a time.
pub async fn purge_unverified(directory: &Directory, most: i64, now: Instant) -> Result<()> {
    let before = now.millis().saturating_sub(UNVERIFIED_MILLIS);
    directory.execute(Statement::new(PURGE).bind("before", before).bind("most", most)).await
}
