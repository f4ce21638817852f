//! `/accounts/sessions/`: the sign-ins that an account has open, sessions, tokens and token families alike, and their end.

use serde_json::json;
use worker::Env;

use super::store::sign_ins::{self, Ended};
use crate::auth::account::{Account, authenticate, authenticate_and_query};
use crate::auth::lookup;
use crate::d1::Directory;
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;

/// The key of the sign-in that a request uses; empty where it uses none, as by Basic.
pub fn current_key(credential: &Credential) -> String {
    match credential {
        Credential::Token(secret) | Credential::Session(secret) => lookup::hash_of(secret),
        Credential::Access { family, .. } => family.clone(),
        _ => String::new(),
    }
}

/// `GET /accounts/sessions/`
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, rows) = read(context, env).await?;
    Ok(Reply::json(200, format!("[{}]", rows.join(","))))
}

/// The account that asks, and its sign-ins, each as JSON.
pub async fn read(context: &RequestContext, env: &Env) -> Result<(Account, Vec<String>)> {
    let query = sign_ins::list(&current_key(&context.credential), context.now);
    let (account, mut found) = authenticate_and_query(context, env, vec![query]).await?;
    Ok((account, found.pop().map(|rows| rows.texts()).unwrap_or_default()))
}

/// `DELETE /accounts/sessions/{id}/`: ends one, at once. 204.
pub async fn end(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    match sign_ins::end(&Directory::of(env), account.id, Ended::One(&context.token)).await? {
        0 => Err(not_found()),
        _ => Ok(Reply::empty()),
    }
}

/// `DELETE /accounts/sessions/`: ends all but the one that asks. 200 with how many.
pub async fn end_others(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let current = current_key(&context.credential);
    let ended = sign_ins::end(&Directory::of(env), account.id, Ended::AllBut(&current)).await?;
    Ok(Reply::json(200, json!({ "ended": ended }).to_string()))
}
