//! `/accounts/login/`, `/accounts/token/refresh/`, `/accounts/logout/`: a pair of tokens, the next pair, and the end of it.
//!
//! A family of refresh tokens is one row: which of its tokens counts, and since when. Refreshing moves it on, in one
//! statement, from the token that was sent alone. Who sends that token again within ten seconds (two tabs) gets the same
//! successor; who sends an old one later has stolen it, or was stolen from, and the whole family ends.

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::input::{Body, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use worker::Env;

use super::api;
use crate::auth::jwt::{Access, Kind as _, REFRESH_MILLIS, Refresh};
use crate::auth::lookup;
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Error, Result, bad_refresh_token, no_credentials, unauthorized};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::random;

/// For how long a token that was refreshed is taken for another tab's (spec/calendars.md, part 0, "Accounts").
const GRACE_MILLIS: i64 = 10_000;
const OPEN: &str = "insert into families (id, account, epoch, n, rotated_at, created_at, agent)
  select ?1, id, epoch, 0, ?3, ?3, ?4 from accounts where id = ?2 and epoch = ?5 and active = 1
  returning 'open' as json";
const FORGET: &str = "delete from families where account = ?1 and (rotated_at <= ?2 or id not in
  (select id from families where account = ?1 order by rotated_at desc, id limit ?3))";

/// `POST /accounts/login/`: name and password for a pair of tokens.
pub async fn login(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = match api::by_password(context, env).await? {
        Some(account) => account,
        None => return Err(unauthorized("No active account found with the given credentials")),
    };
    let family = random::name()?;
    let directory = Directory::of(env)?;
    let (id, now) = (Param::id(account.id), context.now.millis());
    let statements = vec![
        directory.statement(
            OPEN,
            &[
                family.as_str().into(),
                id.clone(),
                now.into(),
                context.agent.as_str().into(),
                account.epoch.into(),
            ],
        )?,
        directory.statement(FORGET, &[id, now.saturating_sub(REFRESH_MILLIS).into(), lookup::MOST.into()])?,
    ];
    let opened = directory.batch(statements).await?.into_iter().next().unwrap_or_default();
    // Its password, or all of it, may have gone meanwhile.
    opened.first().ok_or_else(no_credentials)?;
    pair(&config::keys(env)?, account.id, account.epoch, &Refresh::new(&family, 0, now), context.now)
}

const ROTATE: &str = "update families set n = n + 1, rotated_at = ?3 where id = ?1 and n = ?2
  and exists (select 1 from accounts a where a.id = families.account and a.epoch = families.epoch and a.active = 1)";
const FAMILY: &str =
    "select json_object('account', f.account, 'epoch', f.epoch, 'n', f.n, 'rotated_at', f.rotated_at) as json
  from families f join accounts a on a.id = f.account and a.epoch = f.epoch and a.active = 1 where f.id = ?1";

#[derive(Deserialize)]
struct Family {
    account: u64,
    epoch: i64,
    n: i64,
    rotated_at: i64,
}

/// `POST /accounts/token/refresh/`: the next pair.
pub async fn refresh(context: &RequestContext, env: &Env) -> Result<Reply> {
    let keys = config::keys(env)?;
    let sent = sent(&context.body, &keys, context.now)?;
    let directory = Directory::of(env)?;
    let (id, now) = (Param::from(sent.family.as_str()), context.now.millis());
    let statements = vec![
        directory.statement(ROTATE, &[id.clone(), sent.n.into(), now.into()])?,
        directory.statement(FAMILY, std::slice::from_ref(&id))?,
    ];
    let family = directory.batch(statements).await?.pop().and_then(|rows| rows.into_iter().next());
    let family: Family = serde_json::from_str(&family.ok_or_else(bad_refresh_token)?)?;
    let next = sent.n.saturating_add(1);
    if family.n != next || now.saturating_sub(family.rotated_at) > GRACE_MILLIS {
        end(&directory, &sent.family).await?;
        return Err(bad_refresh_token());
    }
    let successor = Refresh::new(&sent.family, family.n, family.rotated_at);
    pair(&keys, family.account, family.epoch, &successor, context.now)
}

/// `POST /accounts/logout/`: the family ends. 204, however often.
pub async fn logout(context: &RequestContext, env: &Env) -> Result<Reply> {
    let sent = sent(&context.body, &config::keys(env)?, context.now)?;
    end(&Directory::of(env)?, &sent.family).await?;
    Ok(Reply::empty())
}

async fn end(directory: &Directory, family: &str) -> Result<()> {
    directory.run("delete from families where id = ?1", &[family.into()]).await
}

/// The refresh token of the body.
fn sent(body: &Body, keys: &KeyRing, now: Instant) -> Result<Refresh> {
    match body.get("refresh") {
        Some(Value::String(token)) if !token.is_empty() => {
            Refresh::read(token, keys, now).ok_or_else(bad_refresh_token)
        }
        Some(Value::String(_)) => Err(FieldErrors::one("refresh", "This field may not be blank.").into()),
        Some(_) => Err(FieldErrors::one("refresh", "Not a valid string.").into()),
        None => Err(FieldErrors::one("refresh", "This field is required.").into()),
    }
}

fn pair(keys: &KeyRing, account: u64, epoch: i64, refresh: &Refresh, now: Instant) -> Result<Reply> {
    let access = Access::new(account, epoch, &refresh.family, now).sign(keys);
    match (refresh.sign(keys), access) {
        (Some(refresh), Some(access)) => {
            Ok(Reply::json(200, json!({ "refresh": refresh, "access": access }).to_string()))
        }
        _ => Err(Error::Internal("a token that cannot be signed".to_owned())),
    }
}
