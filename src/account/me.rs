//! `/accounts/me/`: what an account is and wants.

use whittle_domain::input;
use worker::Env;

use super::store::settings;
use crate::auth::account::{authenticate_and_query, query_as_account};
use crate::d1::Directory;
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::precondition::{self, tag};
use crate::http::reply::Reply;

/// `GET /accounts/me/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let row = query_as_account(context, env, settings::show()).await?.texts().pop();
    row.map(shown).ok_or_else(no_credentials)
}

fn shown(row: String) -> Reply {
    let tag = tag(&row);
    Reply::json(200, row).etag(tag)
}

/// `PATCH /accounts/me/`: names, time zone, who may book, how much mail. 200.
/// 1. the account; 2. the body must parse; 3. `If-Match` must name what there is; 4. one statement, which with `If-Match` holds as long
///    as there is that.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (account, mut found) = authenticate_and_query(context, env, vec![settings::show()]).await?;
    let row = found.pop().and_then(|rows| rows.texts().pop()).ok_or_else(no_credentials)?;
    let wanted = input::parse_settings(&context.body)?;
    let seen = precondition::check(context, &row)?.then_some(row);
    let directory = Directory::of(env);
    let changed = settings::change(&directory, account.id, &wanted, seen.as_deref()).await?;
    changed.map(shown).ok_or_else(|| seen.map_or_else(no_credentials, |row| precondition::stale(&row)))
}
