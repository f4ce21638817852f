//! How many proposals an account may open in a day, and have open. They are counted in the directory, in the transaction that
//! authenticates: what is proposed at the same moment is not counted yet, so that a quota can be exceeded by as many.

use whittle_domain::instant::Instant;
use worker::Env;

use crate::auth::account::Account;
use crate::config;
use crate::d1::{Directory, Param, Statement};
use crate::error::{Error, Result, conflict};

const DAY_MILLIS: i64 = 86_400_000;

/// The proposals of an account that is verified, or is not, in a day and open.
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

/// How many proposals were opened in the last 24 hours, how many are open, and when the oldest was opened that must have passed
/// before there is room for another one that day.
const COUNT: &str = "select json_array(
    (select count(*) from (select 1 from proposals where creator = me.id and created_at > :day_ago
      limit (select iif(verified, :most_day, :most_day_unverified) from me))),
    (select count(*) from (select 1 from proposals where creator = me.id and state in ('open', 'exhausted')
      limit (select iif(verified, :most_open, :most_open_unverified) from me))),
    (select min(created_at) from (select created_at from proposals where creator = me.id and created_at > :day_ago
      order by created_at desc limit (select iif(verified, :most_day, :most_day_unverified) from me)))) as json
  from me";

/// The query that counts the proposals of the account that asks.
pub fn count(env: &Env, now: Instant) -> Statement {
    let (verified, unverified) = (Quota::for_account(true, env), Quota::for_account(false, env));
    Statement::new(COUNT)
        .bind("day_ago", now.millis().saturating_sub(DAY_MILLIS))
        .bind("most_day", verified.day)
        .bind("most_day_unverified", unverified.day)
        .bind("most_open", verified.open)
        .bind("most_open_unverified", unverified.open)
}

/// Refuses one more proposal where the quota is used up, by what [`count`] gave.
pub fn check(account: &Account, counted: &[String], env: &Env, now: Instant) -> Result<()> {
    let quota = Quota::for_account(account.verified, env);
    let counted = counted.first().map(|row| serde_json::from_str(row)).transpose()?;
    let (day, open, oldest): (i64, i64, Option<i64>) = counted.unwrap_or_default();
    if day >= quota.day {
        let free = oldest.unwrap_or(now.millis()).saturating_add(DAY_MILLIS);
        let seconds = free.saturating_sub(now.millis()).saturating_add(999).div_euclid(1000);
        let detail = format!("An account opens {} proposals a day at most. Nothing was proposed.", quota.day);
        return Err(Error::TooMany { detail: detail.into(), retry_after: seconds.clamp(1, 86_400) });
    }
    if open >= quota.open {
        let detail = format!(
            "An account has {} open proposals at most: close one first. Nothing was proposed.",
            quota.open
        );
        return Err(Error::Full(detail.into()));
    }
    Ok(())
}

/// Notes, before the proposal is made, that an account proposes under an address that it has not verified. From then on it
/// keeps that address until it has: otherwise its proposals could go out under an address that nobody ever proved. Refused
/// where the address is another one by now.
pub async fn keep_address(account: &Account, env: &Env) -> Result<()> {
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
    let changed = || conflict("Your address has changed this moment. Please propose again.");
    kept.map(|_| ()).ok_or_else(changed)
}
