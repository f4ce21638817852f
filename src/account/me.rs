//! `/accounts/me/`: what an account is and wants.

use whittle_domain::input;
use worker::Env;

use super::store::settings;
use crate::auth::account::{authenticate, query_as_account};
use crate::d1::Directory;
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// `GET /accounts/me/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let row = query_as_account(context, env, settings::show()).await?.texts().pop();
    row.map(|row| Reply::json(200, row)).ok_or_else(no_credentials)
}

/// `PATCH /accounts/me/`: names, time zone, who may book, how much mail. 200.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let wanted = input::parse_settings(&context.body)?;
    let shown = settings::change(&Directory::of(env), account.id, &wanted).await?;
    shown.map(|shown| Reply::json(200, shown)).ok_or_else(no_credentials)
}
