//! `/api/user/working_hours/`: when an account can be booked by others, as `accounts.hours` has it.

use serde_json::Value;
use whittle_domain::booking::hours::WorkingHours;
use whittle_domain::input;
use whittle_domain::weekly::Day;
use worker::Env;

use crate::auth::account::authenticate_and_query;
use crate::d1::{Directory, Param, Statement};
use crate::error::{Error, Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The hours as the API shows them.
const SHOWN: &str = "json_object('timezone', timezone, 'weekly', hours -> '$.weekly',
    'exceptions', coalesce(hours -> '$.exceptions', json('[]')), 'version', hours_version)";
/// The same hours again are no other version.
const CHANGE: &str =
    "update accounts set hours = :hours, hours_version = hours_version + (hours is not :hours)
  where id = :id and (:version is null or hours_version = :version) returning :shown as json";

/// The answer that shows hours.
pub fn reply(hours: &Value) -> Reply {
    Reply::json(200, hours.to_string()).etag(version(hours))
}

fn version(hours: &Value) -> u32 {
    hours["version"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or_default()
}

fn query() -> Statement {
    Statement::new("select :shown as json from me").embed("shown", SHOWN)
}

/// `GET /api/user/working_hours/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Value> {
    let (_, mut found) = authenticate_and_query(context, env, vec![query()]).await?;
    let row = found.pop().and_then(|rows| rows.texts().pop()).ok_or_else(no_credentials)?;
    Ok(whittle_json::from_str(&row)?)
}

/// `PUT /api/user/working_hours/`
/// 1. the account must be admitted; 2. the body must be hours, in the account's zone; 3. `If-Match` must name their version; 4. they
///    are written, if no others were written meanwhile that the caller does not know.
pub async fn set(context: &RequestContext, env: &Env) -> Result<Value> {
    let (account, mut found) = authenticate_and_query(context, env, vec![query()]).await?;
    let row = found.pop().and_then(|rows| rows.texts().pop()).ok_or_else(no_credentials)?;
    let zone = input::check_hours_zone(&context.body, &account.timezone);
    let hours = match (input::parse_working_hours(&context.body), zone) {
        (Ok(hours), Ok(())) => hours,
        (Err(mut errors), Err(zone)) => {
            errors.merge(zone);
            return Err(errors.into());
        }
        (Err(errors), Ok(())) | (Ok(_), Err(errors)) => return Err(errors.into()),
    };
    let hours = match Day::of(context.now, &account.timezone) {
        Some(today) => hours.since(today),
        None => hours,
    };
    let known = match context.seen() {
        None => None,
        Some(versions) => {
            let now: Value = whittle_json::from_str(&row)?;
            let version = version(&now);
            if !versions.contains(&version) {
                return Err(Error::Stale { body: row, version });
            }
            Some(version)
        }
    };
    let stored = (hours != WorkingHours::default()).then(|| hours.to_value().to_string());
    let change = Statement::new(CHANGE)
        .bind("hours", stored)
        .bind("id", Param::id(account.id))
        .bind("version", known.map(i64::from))
        .embed("shown", SHOWN);
    match Directory::of(env).first(change).await? {
        Some(row) => Ok(whittle_json::from_str(&row)?),
        None => {
            let now = show(context, env).await?;
            Err(Error::Stale { body: now.to_string(), version: version(&now) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_version_is_the_tag() {
        let reply = reply(&json!({ "version": 7 }));
        assert!(reply.headers.contains(&("ETag", "\"7\"".to_owned())));
    }
}
