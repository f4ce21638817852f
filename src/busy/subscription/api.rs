//! The handlers of subscribed calendars.

use serde_json::Value;
use whittle_domain::busy::FeedFault;
use whittle_domain::input::FieldErrors;
use whittle_domain::instant::Instant;
use worker::Env;

use super::read::{own_host, parse, read};
use super::store::{self, Known, Read};
use super::wake::{shard, wake};
use crate::auth::account::{authenticate, query_as_account};
use crate::d1::Directory;
use crate::error::{Error, Result, forbidden_because, not_found};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::random;

/// When it is read anew, as far as the clock need know before: it looks when it wakes.
const HOUR_MILLIS: i64 = 3_600_000;

/// `GET /api/user/busy/subscriptions/`: all of the account's.
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let rows = query_as_account(context, env, store::list()).await?.texts();
    Ok(Reply::json(200, format!("[{}]", rows.join(","))))
}

/// `POST /api/user/busy/subscriptions/`: 201.
/// 1. the account must be verified; 2. the address must be one that may be asked; 3. it is read, and must be a calendar; 4. one batch.
pub async fn subscribe(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let url = match context.body.get("url") {
        Some(Value::String(url)) if url.trim().is_empty() => Err("This field may not be blank."),
        Some(Value::String(url)) => Ok(url.as_str()),
        Some(Value::Null) => Err("This field may not be null."),
        Some(_) => Err("Not a valid string."),
        None => Err("This field is required."),
    };
    let url = url.map_err(|words| FieldErrors::one("url", words))?;
    let url = parse(url, &own_host(env)?).map_err(|fault| refused(&fault))?;
    admit(env, account.id, account.verified).await?;
    let known = Known {
        id: random::id()?,
        account: account.id,
        url: url.into(),
        etag: None,
        day: None,
        timezone: account.timezone,
        failures: 0,
    };
    let times = match read(env, &known, context.now).await? {
        Ok(Read::Times(times)) => times,
        Ok(Read::Same) => return Err(refused(&FeedFault::Status(304))),
        Err(fault) => return Err(refused(&fault)),
    };
    let shard = shard(known.id);
    wake(env, shard, HOUR_MILLIS).await?;
    let shown = store::add(&Directory::of(env), &known, shard, times, context.now).await?;
    Ok(Reply::json(201, shown))
}

/// `POST /api/user/busy/subscriptions/{id}/`: it is read now. 200 with what came of it, which may be why it could not be read.
pub async fn read_now(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let known = store::find(&Directory::of(env), account.id, id).await?.ok_or_else(not_found)?;
    admit(env, account.id, account.verified).await?;
    let shown = refresh(env, &known, context.now).await?.ok_or_else(not_found)?;
    Ok(Reply::json(200, shown))
}

/// `DELETE /api/user/busy/subscriptions/{id}/`: 204. Its busy times go with it.
pub async fn end(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    match store::end(&Directory::of(env), account.id, id).await? {
        true => Ok(Reply::empty()),
        false => Err(not_found()),
    }
}

/// Reads one and writes what came of it; gives it as its owner sees it, where it is still there.
pub async fn refresh(env: &Env, known: &Known, now: Instant) -> Result<Option<String>> {
    let read = read(env, known, now).await?;
    store::note(&Directory::of(env), known, read, now).await
}

/// Nobody is to have other servers asked as often as it likes, or without saying who asks.
async fn admit(env: &Env, account: u64, verified: bool) -> Result<()> {
    if !verified {
        return Err(forbidden_because("Your address is not verified."));
    }
    RateLimit::Mail.check(env, format!("subscriptions {account}")).await
}

fn refused(fault: &FeedFault) -> Error {
    FieldErrors::one("url", &fault.to_string()).into()
}
