//! `GET /`: one D1 call, authentication joined into it; the rows are JSON from SQLite, passed on unread.

use crate::auth::account::query_as_account;
use serde_json::json;
use worker::Env;

use crate::config;
use crate::error::{Result, bad_request};
use crate::http::context::RequestContext;
use crate::http::reply::{Reply, Shape};

/// Proposals a page (spec, part 0, "List").
const PAGE: usize = 50;
/// One more tells whether there is a next page.
const MOST_ROWS: i64 = 51;

/// The page of the list that is asked for.
/// 1. the cursor must parse; 2. account and page come in one batch; 3. the account must be admitted; 4. the page goes out.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (at, id) = cursor(context.query("before"))?;
    let origin = config::origin(env)?;
    let params = vec![at.into(), id.into(), origin.as_str().into(), MOST_ROWS.into()];
    let page = query_as_account(context, env, &page_sql(), params).await?;
    let rows: Vec<(&str, &str)> = page.iter().filter_map(|row| row.split_once(' ')).collect();
    let shown: Vec<&str> = rows.iter().take(PAGE).map(|(_, body)| *body).collect();
    let reply = Reply::json(200, format!("[{}]", shown.join(","))).shaped(Shape::List);
    Ok(match rows.get(PAGE.saturating_sub(1)) {
        Some((last, _)) if rows.len() > PAGE => {
            reply.with("Link", &format!("<{origin}/?before={last}>; rel=\"next\""))
        }
        _ => reply,
    })
}

/// Where the page begins: before this millisecond, or in it with a lower id.
fn cursor(text: Option<&str>) -> Result<(i64, i64)> {
    // No time of ours comes after the last integer that JSON can carry.
    let Some(text) = text else { return Ok(((1 << 53) - 1, 0)) };
    let read = |text: &str| text.parse::<i64>().ok().filter(|n| (0..1 << 53).contains(n));
    let pair = text.split_once('.').and_then(|(at, id)| Some((read(at)?, read(id)?)));
    pair.ok_or_else(|| bad_request(json!({ "before": ["Not a place in this list."] })))
}

/// A row is its place in the list, a blank, and the proposal's JSON: as one text the page could outgrow what D1 returns.
/// Who may not see addresses gets the masked row. Closed ones are tombstones. Staff and others are two branches, each read
/// in the order of an index of its own: in one, SQLite would walk everybody's proposals for each caller.
fn page_sql() -> String {
    let (offered, latest) = (
        "p.state <> 'closed' and (p.created_at, p.id) < (?3, ?4)",
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
            {latest} coalesce((select staff * ?6 from me), 0))
          union all select * from (
            select p.* from me cross join mine cross join proposals p on p.id = mine.id
            where not me.staff and {offered} {latest} ?6))
        select s.created_at || '.' || s.id || ' ' ||
          {shown} as json
        from seen s, me order by s.created_at desc, s.id desc limit ?6",
        shown = shown("s", "me.staff or s.creator = me.id", "?5"),
    )
}

/// SQL of a proposal's JSON as a list has it, for who may see addresses where `open` holds; its URLs begin with `origin`.
pub fn shown(row: &str, open: &str, origin: &str) -> String {
    let url = |member: &str, path: &str, end: &str| {
        format!("'$.{member}', {origin} || '{path}' || {row}.id || '{end}'")
    };
    format!(
        "json_replace(case when {row}.masked is null or {open} then {row}.shown else {row}.masked end, {}, {}, {}, {})",
        url("url", "/", "/"),
        url("log_url", "/", "/log/"),
        url("notify_url", "/", "/notify/"),
        url("meeting_url", "/meetings/", "/"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_two_numbers() {
        assert!(matches!(cursor(Some("5.7")), Ok((5, 7))));
        for bad in ["", "5", "5.", "-1.2", "5.x", "5.7.9", "9007199254740992.1"] {
            assert!(cursor(Some(bad)).is_err(), "{bad}");
        }
    }
}
