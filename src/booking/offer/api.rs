//! What an account publishes to guests: its booking page, and the kinds of meeting on it.

use serde_json::{Value, json};
use whittle_domain::booking::offer::{self, MAX_OFFERS, Offer};
use whittle_domain::input::{self, BookingPage, FieldErrors};
use worker::Env;

use super::store::{self, Added, Changed, MAX_NAMES, Named};
use crate::auth::account::{Account, authenticate_and_query};
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result, conflict, not_found};
use crate::http::context::RequestContext;
use crate::http::precondition;
use crate::http::reply::Reply;
use crate::platform::Rows;

/// How many slugs are tried at most: an account cannot have more.
const MOST_SLUGS: usize = 40;

/// What an account publishes.
pub struct Offers {
    /// The account.
    pub account: Account,
    /// None where it has none.
    pub page: Option<BookingPage>,
    /// In the order in which they were made.
    pub offers: Vec<Offer>,
}

impl Offers {
    /// Where a guest books an offer; none without a page.
    pub fn url(&self, offer: &Offer, env: &Env) -> Result<Option<String>> {
        let page = self.page.as_ref();
        page.map(|page| Ok(format!("{}{}/", page_url(page, env)?, offer.slug))).transpose()
    }

    fn shown(&self, offer: &Offer, env: &Env) -> Result<Value> {
        let mut shown = json!(offer);
        if let Some(members) = shown.as_object_mut() {
            members.insert("url".to_owned(), json!(self.url(offer, env)?));
        }
        Ok(shown)
    }
}

/// Where a booking page is.
pub fn page_url(page: &BookingPage, env: &Env) -> Result<String> {
    Ok(format!("{}/book/{}/", config::origin(env)?, page.name))
}

/// What the account that asks publishes; with a slug that offer alone.
pub async fn offers(slug: Option<&str>, context: &RequestContext, env: &Env) -> Result<Offers> {
    let queries = vec![store::page(), slug.map_or_else(store::offers, store::offer)];
    let (account, rows) = authenticate_and_query(context, env, queries).await?;
    let texts = |at: usize| rows.get(at).map(Rows::texts).unwrap_or_default();
    let page = texts(0).first().map(|row| whittle_json::from_str(row)).transpose()?;
    let offers =
        texts(1).iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?;
    Ok(Offers { account, page, offers })
}

/// The slug of the offer that the path names: `/api/user/offers/{slug}/`.
fn slug(context: &RequestContext) -> &str {
    context.path.split('/').nth(4).unwrap_or_default()
}

/// The offer that the path names.
pub async fn named(context: &RequestContext, env: &Env) -> Result<(Offers, Offer)> {
    let mut found = offers(Some(slug(context)), context, env).await?;
    let offer = found.offers.pop().ok_or_else(not_found)?;
    Ok((found, offer))
}

/// `GET /api/user/booking_page/`
pub async fn show_page(context: &RequestContext, env: &Env) -> Result<Reply> {
    let page = offers(Some(""), context, env).await?.page;
    shown_page(page.as_ref(), env)
}

fn shown_page(page: Option<&BookingPage>, env: &Env) -> Result<Reply> {
    let body = page_body(page, env)?.to_string();
    let tag = precondition::tag(&body);
    Ok(Reply::json(200, body).etag(tag))
}

/// The account that asks; and its page as it is stored, where it is a condition that the page has not changed: nothing where it has
/// none.
async fn seen_page(context: &RequestContext, env: &Env) -> Result<(Account, Option<String>)> {
    let (account, mut rows) = authenticate_and_query(context, env, vec![store::page()]).await?;
    let row = rows.pop().and_then(|rows| rows.texts().pop());
    let page = row.as_deref().map(whittle_json::from_str).transpose()?;
    let is_condition = precondition::check(context, &page_body(page.as_ref(), env)?.to_string())?;
    Ok((account, is_condition.then(|| row.unwrap_or_default())))
}

/// 412, with the page as it is by now.
async fn stale_page(context: &RequestContext, env: &Env) -> Result<Reply> {
    let page = offers(Some(""), context, env).await?.page;
    Err(precondition::stale(&page_body(page.as_ref(), env)?.to_string()))
}

fn page_body(page: Option<&BookingPage>, env: &Env) -> Result<Value> {
    let nothing = || json!({ "name": null, "title": "", "description": "", "published": false });
    let mut body = page.map_or_else(nothing, |page| json!(page));
    if let Some(members) = body.as_object_mut() {
        members.insert("url".to_owned(), json!(page.map(|page| page_url(page, env)).transpose()?));
    }
    Ok(body)
}

/// `PUT /api/user/booking_page/`: 200.
/// 1. the account, whose address must be verified: guests are mailed in its name; 2. the body must parse; 3. one batch, which takes
///    the name if it is free.
pub async fn set_page(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (account, seen) = seen_page(context, env).await?;
    if !account.verified {
        let said = "Verify your address first: then you can publish when you can be booked.";
        return Err(Error::Forbidden(json!({ "err_message": [said] })));
    }
    let page = input::parse_page(&context.body)?;
    let fault = |text: &str| Err(FieldErrors::one("name", text).into());
    match store::set_page(&Directory::of(env), account.id, &page, seen.as_deref(), context.now).await? {
        Named::Yes => shown_page(Some(&page), env),
        Named::Stale => stale_page(context, env).await,
        Named::Taken => fault("This name is taken."),
        Named::Full => {
            fault(&format!("An account can have {MAX_NAMES} names at most, and keeps each for good."))
        }
    }
}

/// `DELETE /api/user/booking_page/`: 204, whether it was published or not.
pub async fn withdraw_page(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (account, seen) = seen_page(context, env).await?;
    match store::withdraw_page(&Directory::of(env), account.id, seen.as_deref(), context.now).await? {
        false if seen.is_some_and(|seen| !seen.is_empty()) => stale_page(context, env).await,
        _ => Ok(Reply::empty()),
    }
}

/// `GET /api/user/offers/`
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = offers(None, context, env).await?;
    let shown = found.offers.iter().map(|offer| found.shown(offer, env)).collect::<Result<Vec<Value>>>()?;
    Ok(Reply::json(200, Value::from(shown).to_string()))
}

/// `GET /api/user/offers/{slug}/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, offer) = named(context, env).await?;
    answer(200, &found, &offer, env)
}

fn answer(status: u16, found: &Offers, offer: &Offer, env: &Env) -> Result<Reply> {
    Ok(Reply::json(status, found.shown(offer, env)?.to_string()).etag(offer.version))
}

/// `POST /api/user/offers/`: 201.
/// 1. the account, with the slugs that it has; 2. the body must parse; 3. one batch.
pub async fn add(context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = offers(None, context, env).await?;
    let given = input::parse_offer(&context.body, None)?;
    let mut slugs: Vec<String> = found.offers.iter().map(|offer| offer.slug.clone()).collect();
    loop {
        let mut new = given.clone();
        if new.slug.is_empty() {
            new.slug = offer::slug_of(new.title.as_str(), &slugs);
        }
        match store::add(&Directory::of(env), found.account.id, &new, context.now).await? {
            Added::Yes => return answer(201, &found, &new, env),
            // Another request has taken what was made of the title.
            Added::Taken if given.slug.is_empty() && slugs.len() < MOST_SLUGS => slugs.push(new.slug),
            Added::Taken => return Err(taken()),
            Added::Full => {
                let said = format!("An account has {MAX_OFFERS} kinds of meeting at most.");
                return Err(FieldErrors::one("non_field_errors", &said).into());
            }
        }
    }
}

/// `PATCH /api/user/offers/{slug}/`: 200.
/// 1. the account, and the offer; 2. the body must parse; 3. one statement, which holds as long as the offer is what it was.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, before) = named(context, env).await?;
    let after = input::parse_offer(&context.body, Some(&before))?;
    if context.seen().is_some_and(|seen| !seen.contains(&before.version)) {
        return Err(stale(&found, &before, env)?);
    }
    if after == before {
        return answer(200, &found, &before, env);
    }
    match store::change(&Directory::of(env), found.account.id, &before.slug, &after, context.now).await? {
        Changed::Yes => {
            let version = after.version.saturating_add(1);
            answer(200, &found, &Offer { version, ..after }, env)
        }
        Changed::Taken => Err(taken()),
        Changed::Stale => Err(conflict("This kind of meeting has changed meanwhile.")),
    }
}

fn taken() -> Error {
    FieldErrors::one("slug", "You have a kind of meeting with this slug already.").into()
}

/// `DELETE /api/user/offers/{slug}/`: 204. What guests have booked stays.
pub async fn remove(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, offer) = named(context, env).await?;
    let seen = context.seen();
    if seen.as_ref().is_some_and(|seen| !seen.contains(&offer.version)) {
        return Err(stale(&found, &offer, env)?);
    }
    let version = seen.map(|_| offer.version);
    match store::remove(&Directory::of(env), found.account.id, &offer.slug, version).await? {
        true => Ok(Reply::empty()),
        // Somebody else was faster: with a change, or with the same.
        false => {
            let (found, offer) = named(context, env).await?;
            Err(stale(&found, &offer, env)?)
        }
    }
}

/// 412, with the offer as it is.
fn stale(found: &Offers, offer: &Offer, env: &Env) -> Result<Error> {
    Ok(Error::Stale { body: found.shown(offer, env)?.to_string(), version: offer.version })
}
