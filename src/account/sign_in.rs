//! `/accounts/login/`, `/accounts/token/refresh/`, `/accounts/logout/`: a pair of tokens, the next pair, and the end of it.
//!
//! Refreshing moves a token family on, in one statement, from the token that was sent alone. Who sends that token again within
//! ten seconds (two tabs, a lost answer) gets the same successor; who sends an old one later has stolen it, or was stolen from,
//! and the whole family ends.

use serde_json::{Value, json};
use whittle_domain::input::{Body, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use worker::Env;

use super::api;
use super::store::token_family;
use crate::auth::jwt::{Access, Kind as _, Refresh};
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result, bad_refresh_token, no_credentials, unauthorized};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::random;

/// `POST /accounts/login/`: name and password for a pair of tokens.
pub async fn login(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Some(account) = api::authenticate_by_body(context, env).await? else {
        return Err(unauthorized("No active account found with the given credentials"));
    };
    let (family, now) = (random::name()?, context.now);
    // Its password, or all of it, may have gone meanwhile.
    if !token_family::open(&Directory::of(env), &account, &family, &context.agent, now).await? {
        return Err(no_credentials());
    }
    let access = Access { sub: account.id, epoch: account.epoch, family: family.clone() };
    pair(&config::keys(env)?, (&access, now), (&Refresh { family, n: 0 }, now))
}

/// `POST /accounts/token/refresh/`: the next pair.
pub async fn refresh(context: &RequestContext, env: &Env) -> Result<Reply> {
    let keys = config::keys(env)?;
    let Refresh { family, n } = sent_token(&context.body, &keys, context.now)?;
    let next = token_family::rotate(&Directory::of(env), &family, n, context.now).await?;
    let next = next.ok_or_else(bad_refresh_token)?;
    let access = Access { sub: next.account, epoch: next.epoch, family: family.clone() };
    let refresh = Refresh { family, n: n.saturating_add(1) };
    pair(&keys, (&access, context.now), (&refresh, Instant::from_millis(next.issued_at)))
}

/// `POST /accounts/logout/`: the family ends. 204, however often.
pub async fn logout(context: &RequestContext, env: &Env) -> Result<Reply> {
    let sent = sent_token(&context.body, &config::keys(env)?, context.now)?;
    token_family::end(&Directory::of(env), &sent.family).await?;
    Ok(Reply::empty())
}

/// The refresh token of the body.
fn sent_token(body: &Body, keys: &KeyRing, now: Instant) -> Result<Refresh> {
    match body.get("refresh") {
        Some(Value::String(token)) if !token.is_empty() => {
            Refresh::verify(token, keys, now).ok_or_else(bad_refresh_token)
        }
        Some(Value::String(_)) => Err(FieldErrors::one("refresh", "This field may not be blank.").into()),
        Some(_) => Err(FieldErrors::one("refresh", "Not a valid string.").into()),
        None => Err(FieldErrors::one("refresh", "This field is required.").into()),
    }
}

/// Both tokens, each as it was issued then.
fn pair(keys: &KeyRing, access: (&Access, Instant), refresh: (&Refresh, Instant)) -> Result<Reply> {
    match (refresh.0.sign(refresh.1, keys), access.0.sign(access.1, keys)) {
        (Some(refresh), Some(access)) => {
            Ok(Reply::json(200, json!({ "refresh": refresh, "access": access }).to_string()))
        }
        _ => Err(Error::Internal("a token that cannot be signed".to_owned())),
    }
}
