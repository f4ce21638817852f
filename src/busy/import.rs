//! `POST /api/user/busy/import/`: a calendar file becomes soft engagements. `?replace=true` takes away what was imported before
//! and is not in the file.

use whittle_domain::busy::{Range, plan_import};
use whittle_domain::input::{self, FieldErrors};
use worker::Env;

use super::reader;
use super::store::{self, Report};
use crate::auth::account::authenticate;
use crate::d1::Directory;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The report of what was done.
pub async fn run(context: &RequestContext, env: &Env) -> Result<Reply> {
    Ok(Reply::json(200, serde_json::to_string(&import(context, env).await?)?))
}

/// 1. the account must be admitted; 2. the file must be a calendar; 3. the domain says which times it has; 4. one batch compares
///    them with what is there, and writes what is new or different.
pub async fn import(context: &RequestContext, env: &Env) -> Result<Report> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let replace = match context.query("replace") {
        Some(flag) => input::parse_flag("replace", Some(flag))?,
        None => input::parse_body_flag(&context.body, "replace")?,
    };
    let text = input::parse_calendar_text(&context.body)?;
    let range = Range::from(context.now);
    let import = plan_import(&reader::read(text, range)?, &account.timezone, range)
        .map_err(|error| FieldErrors::one("calendar", &error.to_string()))?;
    store::import(&Directory::of(env), account.id, &import, replace, context.now).await
}
