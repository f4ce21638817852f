//! `/accounts/sessions/`: the ways in that an account has open, sessions, tokens and pairs alike, and their end.

use crate::auth::account::Part;
use crate::auth::account::authenticate;
use crate::auth::account::query_as_account;
use crate::auth::jwt::REFRESH_MILLIS;
use crate::auth::lookup::Secret;
use serde_json::json;
use whittle_domain::instant::Instant;
use worker::Env;

use crate::auth::lookup;
use crate::d1::{Directory, Param, instant};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;

/// A way in is called by the first 16 digits of what is stored of it. `?3` is the one that asks.
fn list_sql(now: Instant) -> String {
    let way = |kind: &str, table: &str, key: &str, used: &str, idle: i64| {
        let since = now.millis().saturating_sub(idle);
        format!(
            "select '{kind}' as kind, {key} as key, w.agent, w.created_at, w.{used} as used_at
             from {table} w, me where w.account = me.id and w.epoch = me.epoch and w.{used} > {since}"
        )
    };
    format!(
        ", ways as (
           {sessions} union all {tokens} union all {pairs})
         select json_object('id', substr(key, 1, 16), 'kind', kind, 'agent', agent, 'created_at', {created},
           'used_at', {used}, 'current', json(iif(key = ?3, 'true', 'false'))) as json
         from ways order by used_at desc, key",
        sessions = way("session", "sessions", "w.hash", "used_at", Secret::Session.idle_millis()),
        tokens = way("token", "tokens", "w.hash", "used_at", Secret::Token.idle_millis()),
        pairs = way("pair", "families", "w.id", "rotated_at", REFRESH_MILLIS),
        created = instant("created_at"),
        used = instant("used_at"),
    )
}

/// What is stored of the way that a request came in by; empty where nothing is, as by Basic.
fn current(credential: &Credential) -> String {
    match credential {
        Credential::Token(secret) | Credential::Session(secret) => lookup::hash_of(secret),
        Credential::Access { family, .. } => family.clone(),
        _ => String::new(),
    }
}

/// What reads the ways in that the account that asks has open, the latest used first.
pub fn part(context: &RequestContext) -> Part {
    (list_sql(context.now), vec![current(&context.credential).into()])
}

/// `GET /accounts/sessions/`
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (sql, params) = part(context);
    Ok(Reply::json(200, format!("[{}]", query_as_account(context, env, &sql, params).await?.join(","))))
}

/// `DELETE /accounts/sessions/{id}/`: ends one, at once. 204.
pub async fn end(context: &RequestContext, env: &Env) -> Result<Reply> {
    let ended = delete(context, env, "substr({key}, 1, 16) = ?2", context.token.as_str().into()).await?;
    if ended == 0 { Err(not_found()) } else { Ok(Reply::empty()) }
}

/// `DELETE /accounts/sessions/`: ends all but the one that asks. 200 with how many.
pub async fn end_others(context: &RequestContext, env: &Env) -> Result<Reply> {
    let ended = delete(context, env, "{key} <> ?2", current(&context.credential).into()).await?;
    Ok(Reply::json(200, json!({ "ended": ended }).to_string()))
}

async fn delete(context: &RequestContext, env: &Env, which: &str, param: Param) -> Result<usize> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let directory = Directory::of(env)?;
    let of = |(table, key): (&str, &str)| {
        let which = which.replace("{key}", key);
        let sql = format!("delete from {table} where account = ?1 and {which} returning 'gone' as json");
        directory.statement(&sql, &[Param::id(account.id), param.clone()])
    };
    let tables = [("sessions", "hash"), ("tokens", "hash"), ("families", "id")];
    let done = directory.batch(tables.into_iter().map(of).collect::<Result<_>>()?).await?;
    Ok(done.iter().map(Vec::len).sum())
}
