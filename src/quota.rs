//! How many proposals an account may open in a day, and have open, and how many calendars: the same numbers hold for each kind by
//! itself. They are counted in the directory, in the transaction that authenticates: what is made at the same moment is not
//! counted yet, so that a quota can be exceeded by as many.

use whittle_domain::instant::Instant;
use worker::Env;

use crate::auth::account::Account;
use crate::config;
use crate::d1::{Directory, Param, Statement};
use crate::error::{Error, Result};

const DAY_MILLIS: i64 = 86_400_000;

/// What is counted, in SQL and in words.
pub struct Kind {
    table: &'static str,
    /// The column of the account that made it.
    account: &'static str,
    /// The states in which it is open.
    open: &'static str,
    words: &'static str,
    /// That nothing came of the request.
    nothing: &'static str,
    /// What to do once more.
    again: &'static str,
}

/// *Find a time*.
pub const PROPOSALS: Kind = Kind {
    table: "proposals",
    account: "creator",
    open: "('open', 'exhausted')",
    words: "proposals",
    nothing: "Nothing was proposed.",
    again: "propose again",
};

/// *One-to-ones*.
pub const CALENDARS: Kind = Kind {
    table: "calendars",
    account: "owner",
    open: "('open', 'finalizing')",
    words: "calendars",
    nothing: "Nothing was created.",
    again: "create it again",
};

/// What an account that is verified, or is not, may make in a day and have open.
struct Quota {
    day: i64,
    open: i64,
}

impl Quota {
    fn for_account(verified: bool, env: &Env) -> Self {
        let count = |name, default| config::count(env, name, default);
        match verified {
            true => {
                Self { day: count("QUOTA_PROPOSALS_DAY", 200), open: count("QUOTA_PROPOSALS_OPEN", 1_000) }
            }
            false => Self { day: count("QUOTA_UNVERIFIED_DAY", 5), open: count("QUOTA_UNVERIFIED_OPEN", 5) },
        }
    }
}

/// How many were opened in the last 24 hours, how many are open, and when the oldest was opened that must have passed
/// before there is room for another one that day.
const COUNT: &str = "select json_array(
    (select count(*) from (select 1 from :table where :own = me.id and created_at > :day_ago
      limit (select iif(verified, :most_day, :most_day_unverified) from me))),
    (select count(*) from (select 1 from :table where :own = me.id and state in :open
      limit (select iif(verified, :most_open, :most_open_unverified) from me))),
    (select min(created_at) from (select created_at from :table where :own = me.id and created_at > :day_ago
      order by created_at desc limit (select iif(verified, :most_day, :most_day_unverified) from me)))) as json
  from me";

/// The query that counts those of the account that asks.
pub fn count(kind: &Kind, env: &Env, now: Instant) -> Statement {
    let (verified, unverified) = (Quota::for_account(true, env), Quota::for_account(false, env));
    Statement::new(COUNT)
        .embed("table", kind.table)
        .embed("own", kind.account)
        .embed("open", kind.open)
        .bind("day_ago", now.millis().saturating_sub(DAY_MILLIS))
        .bind("most_day", verified.day)
        .bind("most_day_unverified", unverified.day)
        .bind("most_open", verified.open)
        .bind("most_open_unverified", unverified.open)
}

/// Refuses one more where the quota is used up, by what [`count`] gave.
pub fn check(kind: &Kind, account: &Account, counted: &[String], env: &Env, now: Instant) -> Result<()> {
    let quota = Quota::for_account(account.verified, env);
    let counted = counted.first().map(|row| whittle_json::from_str(row)).transpose()?;
    let (day, open, oldest): (i64, i64, Option<i64>) = counted.unwrap_or_default();
    if day >= quota.day {
        let free = oldest.unwrap_or(now.millis()).saturating_add(DAY_MILLIS);
        let seconds = free.saturating_sub(now.millis()).saturating_add(999).div_euclid(1000);
        let Kind { words, nothing, .. } = kind;
        let detail = format!("An account opens {} {words} a day at most. {nothing}", quota.day);
        return Err(Error::TooMany { detail: detail.into(), retry_after: seconds.clamp(1, 86_400) });
    }
    if open >= quota.open {
        let Kind { words, nothing, .. } = kind;
        let detail =
            format!("An account has {} open {words} at most: close one first. {nothing}", quota.open);
        return Err(Error::Full(detail.into()));
    }
    Ok(())
}

/// Notes, before it is made, that an account asks others under an address that it has not verified. From then on it keeps that
/// address until it has: otherwise its invitations could go out under an address that nobody ever proved. Refused where the
/// address is another one by now.
pub async fn keep_address(kind: &Kind, account: &Account, env: &Env) -> Result<()> {
    if account.verified {
        return Ok(());
    }
    let keep = "update accounts set has_proposed = 1
      where id = :id and address = :address and epoch = :epoch and active = 1 returning 'kept' as json";
    let keep = Statement::new(keep)
        .bind("id", Param::id(account.id))
        .bind("address", account.address.as_str())
        .bind("epoch", account.epoch);
    let kept = Directory::of(env).first(keep).await?;
    let changed = || {
        let detail = format!("Your address has changed this moment. Please {}.", kind.again);
        Error::Conflict(detail.into())
    };
    kept.map(|_| ()).ok_or_else(changed)
}
