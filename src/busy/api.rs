//! What an account sees of its engagements, and how it forgets what it has imported.

use whittle_domain::input;
use whittle_domain::slot::Slot;
use worker::Env;

use super::store;
use crate::auth::account::{authenticate, query_as_account};
use crate::config;
use crate::d1::Directory;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::cursor::{Cursor, List};
use crate::http::reply::Reply;
use crate::platform::Rows;

/// In the order of their begins. An engagement may have begun before 1970.
const LIST: List =
    List { path: "/api/user/busy/", parameter: "after", start: Cursor { at: -(1 << 53), id: 0 } };

/// What the query asks for.
pub struct Wanted {
    /// Engagements that overlap this are listed.
    pub range: Slot,
    pub after: Cursor,
}

/// `GET /api/user/busy/`: the engagements from `?from=` to `?to=`, a page of them.
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let wanted = wanted(context)?;
    let rows = query_as_account(context, env, store::page(&wanted, context.now, env)?).await?;
    page_of(&wanted, &rows, env)
}

/// Which engagements the query asks for: those of the next four weeks where it says nothing.
pub fn wanted(context: &RequestContext) -> Result<Wanted> {
    let range = input::parse_busy_range(context.query("from"), context.query("to"), context.now)?;
    Ok(Wanted { range, after: LIST.cursor(context)? })
}

/// The rows that were found, and where the next ones are.
pub fn page_of(wanted: &Wanted, rows: &Rows, env: &Env) -> Result<Reply> {
    let (from, to) = (wanted.range.begin().to_string(), wanted.range.end().to_string());
    LIST.page(rows, &config::origin(env)?, &[("from", Some(&from)), ("to", Some(&to))])
}

/// `DELETE /api/user/busy/import/`: 204, however much there was.
pub async fn forget(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?.id;
    store::forget(&Directory::of(env), account).await?;
    Ok(Reply::empty())
}
