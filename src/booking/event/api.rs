//! Events as the API shows them: the list of an account, and one of them.

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::booking::event::EventStatus;
use whittle_domain::booking::event_view::{EventView, view};
use whittle_domain::input::FieldErrors;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Caller, Meeting, Standing};
use worker::{Env, Url};

use super::store::{self, Listed, PAGE};
use crate::auth::account::{Account, authenticate_and_query};
use crate::config;
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// A page of an account's events.
pub struct EventsPage {
    /// How many events there are on all pages.
    pub count: i64,
    /// Where the next page is.
    pub next: Option<String>,
    /// Where the page before is.
    pub previous: Option<String>,
    pub events: Vec<EventView>,
}

/// An event as it is read: the meeting, and when it was made in milliseconds.
#[derive(Deserialize)]
pub struct Found(pub Meeting, pub i64);

#[derive(Deserialize)]
struct Rows {
    count: i64,
    rows: Vec<Found>,
}

/// `GET /api/event/`
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, page) = events(context, env).await?;
    let results: Vec<Value> = page.events.iter().map(EventView::to_value).collect();
    let body = json!({
        "count": page.count, "next": page.next, "previous": page.previous, "results": results,
    });
    Ok(Reply::json(200, body.to_string()))
}

/// A page of the events of the account that asks: those that are to come, or all with `?future=false`; of one status with
/// `?status=`.
pub async fn events(context: &RequestContext, env: &Env) -> Result<(Account, EventsPage)> {
    let listed = wanted(context)?;
    let (account, rows) = authenticate_and_query(context, env, vec![store::list(&listed)]).await?;
    let row = rows.first().and_then(|rows| rows.texts().into_iter().next());
    let row = row.ok_or_else(|| Error::Internal("a list without a row".to_owned()))?;
    let Rows { count, rows } = whittle_json::from_str(&row)?;
    let pages = count.saturating_add(PAGE).saturating_sub(1).div_euclid(PAGE).max(1);
    let page = if listed.page == 0 { pages } else { listed.page };
    if page > pages {
        return Err(invalid_page());
    }
    let url = |page: i64| link(page, context, env);
    let next = (page < pages).then(|| url(page.saturating_add(1))).transpose()?;
    let previous = (page > 1).then(|| url(page.saturating_sub(1))).transpose()?;
    let shown = |found: &Found| Ok(seen(found, &account, context.now)?.0);
    let events = rows.iter().map(shown).collect::<Result<_>>()?;
    Ok((account, EventsPage { count, next, previous, events }))
}

fn invalid_page() -> Error {
    Error::NotFound("Invalid page.".into())
}

fn wanted(context: &RequestContext) -> Result<Listed> {
    let mut errors = FieldErrors::default();
    let future = match context.query("future").unwrap_or("").to_ascii_lowercase().as_str() {
        "" | "true" | "1" => true,
        "false" | "0" => false,
        _ => {
            errors.add("future", "Must be a valid boolean.");
            true
        }
    };
    let status = context.query("status").filter(|word| !word.is_empty());
    let parsed = status.and_then(EventStatus::parse);
    if let Some(word) = status.filter(|_| parsed.is_none()) {
        errors.add("status", &format!("Value '{word}' is not a valid choice."));
    }
    errors.into_result()?;
    let page = match context.query("page") {
        None => Some(1),
        Some("last") => Some(0),
        Some(text) => text.trim().parse::<i64>().ok().filter(|page| (1..=1 << 40).contains(page)),
    };
    let page = page.ok_or_else(invalid_page)?;
    Ok(Listed { after: future.then_some(context.now), status: parsed, page })
}

/// Where a page of the same list is.
fn link(page: i64, context: &RequestContext, env: &Env) -> Result<String> {
    let url = Url::parse(&config::origin(env)?).and_then(|origin| origin.join("/api/event/"));
    let mut url = url.map_err(|error| Error::Internal(error.to_string()))?;
    let kept = context.query.iter().filter(|(name, _)| matches!(name.as_str(), "future" | "status"));
    if page > 1 || kept.clone().next().is_some() {
        let mut pairs = url.query_pairs_mut();
        pairs.extend_pairs(kept);
        if page > 1 {
            pairs.append_pair("page", &page.to_string());
        }
    }
    Ok(url.into())
}

/// `GET /api/event/{id}/`
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, event) = event(id, context, env).await?;
    Ok(Reply::json(200, event.to_value().to_string()).etag(event.version))
}

/// An event of the account that asks.
pub async fn event(id: u64, context: &RequestContext, env: &Env) -> Result<(Account, EventView)> {
    let (account, rows) = authenticate_and_query(context, env, vec![store::find(id)]).await?;
    let row = rows.first().and_then(|rows| rows.texts().into_iter().next()).ok_or_else(not_found)?;
    let (event, _) = seen(&whittle_json::from_str(&row)?, &account, context.now)?;
    Ok((account, event))
}

/// The event as an account sees it, and what that is to it; 404 where it has nothing to do with it.
pub fn seen(found: &Found, account: &Account, now: Instant) -> Result<(EventView, Standing)> {
    let Found(meeting, made) = found;
    let standing = meeting.standing(&caller(account)).map_err(|_| not_found())?;
    let made = Instant::from_millis(*made);
    Ok((view(meeting, made, standing.attendee, &account.timezone, now), standing))
}

/// The account as a meeting knows it.
pub fn caller(account: &Account) -> Caller {
    let proven = account.verified.then(|| account.address.clone());
    Caller::Account { id: account.id, proven, staff: account.staff }
}
