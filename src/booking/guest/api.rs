//! What guests see: the booking page of an account, and when its offers can be booked.
//!
//! Nothing of the owner is in it beside what is published: of what is busy a guest learns that it cannot be booked, and nothing else.
//! Unknown, withdrawn and paused are one answer.

use serde_json::{Value, json};
use whittle_domain::booking::offer::Offer;
use whittle_domain::input::{self, BookingPage};
use worker::Env;

use super::store;
use crate::auth::account::{Account, authenticate_and_query};
use crate::booking::offer::api::page_url;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;
pub use crate::meeting::offered::Found;
use crate::meeting::offered::{self, Which, body};

/// What an account publishes.
pub struct Published {
    pub page: BookingPage,
    /// Those that are not paused, in the order in which they were made.
    pub offers: Vec<Offer>,
}

/// The names of the page and of the offer that the path names: `/book/{name}/{slug}/`.
pub fn names(context: &RequestContext) -> (&str, &str) {
    let mut parts = context.path.split('/').skip(2);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// What these queries read, and the account that is signed in. A session that has ended is a guest's.
pub async fn read_as_anybody(
    context: &RequestContext,
    env: &Env,
    query: Statement,
) -> Result<(Option<Account>, Vec<String>)> {
    let is_session = match &context.credential {
        Credential::None | Credential::Link(_) | Credential::OpenedLink(_) => {
            return Ok((None, Directory::of(env).all(query).await?));
        }
        credential => matches!(credential, Credential::Session(_) | Credential::SessionOrLink { .. }),
    };
    match authenticate_and_query(context, env, vec![query.clone()]).await {
        Ok((account, rows)) => Ok((Some(account), rows.first().map(|rows| rows.texts()).unwrap_or_default())),
        Err(Error::Unauthorized(_)) if is_session => Ok((None, Directory::of(env).all(query).await?)),
        Err(error) => Err(error),
    }
}

/// What an account publishes under the name that the path has.
pub async fn published(context: &RequestContext, env: &Env) -> Result<Published> {
    let row = Directory::of(env).first(store::page(names(context).0)).await?.ok_or_else(not_found)?;
    let (page, offers) = whittle_json::from_str(&row)?;
    Ok(Published { page, offers })
}

/// `GET /book/{name}/`
pub async fn show_page(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Published { page, offers } = published(context, env).await?;
    let url = page_url(&page, env)?;
    let offer = |offer: &Offer| {
        json!({
            "slug": offer.slug, "url": format!("{url}{}/", offer.slug), "title": offer.title,
            "description": offer.description, "location": offer.location, "minutes": offer.minutes,
            "approval": offer.approval,
        })
    };
    let offers: Vec<Value> = offers.iter().map(offer).collect();
    let body =
        json!({ "name": page.name, "title": page.title, "description": page.description, "offers": offers });
    Ok(Reply::json(200, body.to_string()))
}

/// When the offer that the path names can be booked, on the days that the query asks for.
pub async fn free(context: &RequestContext, env: &Env) -> Result<Found> {
    let days = input::parse_days(|name| context.query(name))?;
    let (name, slug) = names(context);
    let query =
        offered::read(Which::Named { name, slug }, offered::around(&days, context.now)?, None, context.now);
    let (account, rows) = read_as_anybody(context, env, query).await?;
    let row = offered::found(&rows)?.ok_or_else(not_found)?;
    offered::times(row, &days, account, context.now)
}

/// `GET /book/{name}/{slug}/`
pub async fn show_times(context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = free(context, env).await?;
    let url = format!("{}{}/", page_url(&found.page, env)?, found.offer.slug);
    Ok(Reply::json(200, body(&found, &url).to_string()))
}
