//! `GET /`: one D1 call, authentication joined into it; the rows are JSON from SQLite, passed on unread.

use crate::auth::account::query_as_account;
use worker::Env;

use crate::config;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::cursor::{self, Cursor, List};
use crate::http::reply::Reply;

/// Newest first: no time of ours comes after the last integer that JSON can carry.
const LIST: List = List { path: "/", parameter: "before", start: Cursor { at: (1 << 53) - 1, id: 0 } };

/// The page of the list that is asked for.
/// 1. the cursor must parse; 2. account and page come in one batch; 3. the account must be admitted; 4. the page goes out.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Cursor { at, id } = LIST.cursor(context)?;
    let origin = config::origin(env)?;
    let page = Statement::new(page_sql())
        .bind("before_time", at)
        .bind("before_id", id)
        .bind("origin", &*origin)
        .bind("most", cursor::ROWS);
    let rows = query_as_account(context, env, page).await?;
    LIST.page(&rows, &origin, &[])
}

/// A row is its place in the list, a blank, and the proposal's JSON: as one text the page could outgrow what D1 returns.
/// Who may not see addresses gets the masked row. Closed ones are tombstones. Staff and others are two branches, each read
/// in the order of an index of its own: in one, SQLite would walk everybody's proposals for each caller.
fn page_sql() -> String {
    let (offered, latest) = (
        "p.state <> 'closed' and (p.created_at, p.id) < (:before_time, :before_id)",
        "order by p.created_at desc, p.id desc limit",
    );
    format!(
        ", mine as (
          select id from proposals where creator = (select id from me)
          union select proposal from proposal_parties
            where address_key = (select address_key from me where verified)),
        seen as (
          select * from (
            select p.* from proposals p where {offered}
            {latest} coalesce((select staff * :most from me), 0))
          union all select * from (
            select p.* from me cross join mine cross join proposals p on p.id = mine.id
            where not me.staff and {offered} {latest} :most))
        select s.created_at || '.' || s.id || ' ' ||
          {shown} as json
        from seen s, me order by s.created_at desc, s.id desc limit :most",
        shown = shown("s", "me.staff or s.creator = me.id", ":origin"),
    )
}

/// SQL of a proposal's JSON as a list has it, for who may see addresses where `open` holds; its URLs begin with `origin`. A row
/// that was written when the service was reached elsewhere gets its URLs anew.
pub fn shown(row: &str, open: &str, origin: &str) -> String {
    let url = |member: &str, path: &str, end: &str| {
        format!("'$.{member}', {origin} || '{path}' || {row}.id || '{end}'")
    };
    let shown = format!("case when {row}.masked is null or {open} then {row}.shown else {row}.masked end");
    format!(
        "case {row}.origin when {origin} then {shown} else json_replace({shown}, {}, {}, {}, {}) end",
        url("url", "/", "/"),
        url("log_url", "/", "/log/"),
        url("notify_url", "/", "/notify/"),
        url("meeting_url", "/meetings/", "/"),
    )
}
