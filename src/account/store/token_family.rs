//! Token families: one sign-in, and all refresh tokens that were made of it. A family is one row: the number of the token that
//! counts, since when it does, and which numbers came in the last ten seconds.

use serde::Deserialize;
use whittle_domain::instant::Instant;

use crate::auth::account::Account;
use crate::auth::jwt::REFRESH_MILLIS;
use crate::auth::lookup::MAX_SIGN_INS;
use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// For how long a token that was refreshed is taken for another tab's (spec/calendars.md, part 0, "Accounts").
const GRACE_MILLIS: i64 = 10_000;

const OPEN: &str = "insert into families (id, account, epoch, n, rotated_at, created_at, agent)
  select :family, id, epoch, 0, :now, :now, :agent from accounts
  where id = :account and epoch = :epoch and active = 1
  returning 'open' as json";
const DELETE_OLD: &str =
    "delete from families where account = :account and (rotated_at <= :unused_since or id not in
  (select id from families where account = :account order by rotated_at desc, id limit :most))";

/// Opens a family, as long as the account is what it was when it signed in. Unused ones and those beyond the maximum go.
pub async fn open(
    directory: &Directory,
    account: &Account,
    family: &str,
    agent: &str,
    now: Instant,
) -> Result<bool> {
    let open = Statement::new(OPEN)
        .bind("family", family)
        .bind("account", Param::id(account.id))
        .bind("epoch", account.epoch)
        .bind("now", now.millis())
        .bind("agent", agent);
    let delete_old = Statement::new(DELETE_OLD)
        .bind("account", Param::id(account.id))
        .bind("unused_since", now.millis().saturating_sub(REFRESH_MILLIS))
        .bind("most", MAX_SIGN_INS);
    let opened = directory.batch(vec![open, delete_old]).await?.into_iter().next();
    Ok(opened.is_some_and(|rows| !rows.is_empty()))
}

/// A token of a family that takes the place of the one before it.
#[derive(Deserialize)]
pub struct Successor {
    pub account: u64,
    pub epoch: i64,
    /// When it took that place first, in milliseconds.
    pub issued_at: i64,
}

/// The row keeps what came in the last ten seconds, so that each of these tokens can be asked for again. Parameters are doubles:
/// JSON would keep the time as one.
const ROTATE: &str = "update families set n = n + 1, rotated_at = :now,
    recent = (select json_group_array(json(value)) from (
      select value from json_each(recent) where value ->> 1 >= :now - :grace
      union all select json_array(n + 1, cast(:now as integer))))
  where id = :family and n = :sent
    and exists (select 1 from accounts a where a.id = families.account and a.epoch = families.epoch and a.active = 1)";
const SUCCESSOR: &str =
    "select json_object('account', f.account, 'epoch', f.epoch, 'issued_at', r.value ->> 1) as json
  from families f join accounts a on a.id = f.account and a.epoch = f.epoch and a.active = 1
    join json_each(f.recent) r on r.value ->> 0 = :sent + 1 and r.value ->> 1 >= :now - :grace
  where f.id = :family";
/// Who sends an older token has stolen it, or was stolen from.
const END_IF_OLD: &str = "delete from families where id = :family and not exists
  (select 1 from json_each(recent) r where r.value ->> 0 = :sent + 1 and r.value ->> 1 >= :now - :grace)";

/// The successor of the token with the number `sent`: a new one where that counts, and the same one for ten seconds, whatever
/// was refreshed after it. With an older token the family ends, and there is none.
pub async fn rotate(
    directory: &Directory,
    family: &str,
    sent: i64,
    now: Instant,
) -> Result<Option<Successor>> {
    let bind = |sql| {
        let statement = Statement::new(sql).bind("family", family).bind("sent", sent);
        statement.bind("now", now.millis()).bind("grace", GRACE_MILLIS)
    };
    let mut results =
        directory.batch(vec![bind(ROTATE), bind(SUCCESSOR), bind(END_IF_OLD)]).await?.into_iter();
    let row = results.nth(1).and_then(|rows| rows.into_iter().next());
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// Ends a family.
pub async fn end(directory: &Directory, family: &str) -> Result<()> {
    let delete = Statement::new("delete from families where id = :family");
    directory.execute(delete.bind("family", family)).await
}
