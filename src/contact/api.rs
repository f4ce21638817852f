//! The handlers of contacts: one address for all acts, the contact's id in the body, as the document has it.

use crate::auth::account::{authenticate, query_as_account};
use serde_json::json;
use whittle_domain::contact::{self, csv};
use whittle_domain::input::{self, FieldErrors};
use worker::Env;

use super::store::{self, Added, Found, Wanted};
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::cursor::{Cursor, List};
use crate::http::reply::Reply;
use crate::platform::Rows;
use crate::random;

/// In the order in which they were added.
const LIST: List = List { path: "/schedules/contacts/", parameter: "after", start: Cursor { at: -1, id: 0 } };

/// `GET /schedules/contacts/`: the caller's contacts, a page of them, with `?search=` and `?group=` those that fit.
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let wanted = wanted(context)?;
    let rows = query_as_account(context, env, store::page(&wanted)).await?;
    page_of(&wanted, &rows, env)
}

/// Which contacts the query asks for.
pub fn wanted(context: &RequestContext) -> Result<Wanted<'_>> {
    let search = input::parse_search("search", context.query("search"))?;
    let group = input::parse_search("group", context.query("group"))?;
    Ok(Wanted { search, group, after: LIST.cursor(context)? })
}

/// The rows that were found, and where the next ones are.
pub fn page_of(wanted: &Wanted<'_>, rows: &Rows, env: &Env) -> Result<Reply> {
    let filters = [("search", wanted.search), ("group", wanted.group)];
    LIST.page(rows, &config::origin(env)?, &filters)
}

/// `POST /schedules/contacts/`: a new contact. 201.
/// 1. the account must be admitted; 2. the body must parse; 3. the database judges whether the address is free.
pub async fn add(context: &RequestContext, env: &Env) -> Result<Reply> {
    let owner = authenticate(&context.credential, env, context.now).await?.id;
    let new = input::parse_new_contact(&context.body)?;
    let id = random::id()?;
    match store::add(&Directory::of(env), owner, id, &new, context.now).await? {
        Added::Done(shown) => Ok(Reply::json(201, shown)),
        Added::Taken => Err(taken()),
        Added::Full => Err(full("non_field_errors")),
    }
}

/// `PATCH /schedules/contacts/`, and `PUT`: what is sent of a contact changes. 200.
/// 1. the account must be admitted; 2. the id must parse; 3. what can be changed is, unless somebody has the address;
/// 4. whose it is is judged before the rest of the body.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let owner = authenticate(&context.credential, env, context.now).await?.id;
    let id = input::parse_contact_id(&context.body)?.ok_or_else(not_found)?;
    let changes = input::parse_contact_changes(&context.body);
    let wanted = changes.as_ref().ok().and_then(Option::as_ref);
    let found = store::change(&Directory::of(env), owner, id, wanted, context.now).await?;
    let found = own(found, owner)?;
    let changes = changes?.ok_or_else(|| FieldErrors::one("non_field_errors", "No input."))?;
    // What came back is what is stored: the address is another one only where it could not be had.
    if changes.email.is_some_and(|email| email.as_str() != found.email) {
        return Err(taken());
    }
    Ok(Reply::json(200, found.shown))
}

/// `DELETE /schedules/contacts/`: the contact is gone. 204.
pub async fn remove(context: &RequestContext, env: &Env) -> Result<Reply> {
    let owner = authenticate(&context.credential, env, context.now).await?.id;
    let id = input::parse_contact_id(&context.body)?.ok_or_else(not_found)?;
    own(store::remove(&Directory::of(env), owner, id).await?, owner)?;
    Ok(Reply::empty())
}

/// Somebody else's contact is refused in the document's words: a text alone.
fn own(found: Option<Found>, owner: u64) -> Result<Found> {
    match found {
        None => Err(not_found()),
        Some(found) if found.owner != owner => Err(Error::Forbidden(json!("Invalid contact"))),
        Some(found) => Ok(found),
    }
}

/// `GET /schedules/contacts/groups/`: the names of the groups, with how many are in each.
pub async fn groups(context: &RequestContext, env: &Env) -> Result<Reply> {
    let rows = query_as_account(context, env, store::groups()).await?;
    Ok(Reply::json(200, format!("[{}]", rows.texts().join(","))))
}

/// `GET /schedules/contacts/export/`: all contacts as CSV.
pub async fn export(context: &RequestContext, env: &Env) -> Result<Reply> {
    let file = csv::write(&store::all(context, env).await?);
    let reply = Reply::json(200, file).media(csv::CONTENT_TYPE);
    Ok(reply.with("Content-Disposition", "attachment; filename=\"contacts.csv\""))
}

fn taken() -> Error {
    FieldErrors::one("email", "A contact with this email already exists.").into()
}

/// 400, where there are as many contacts as there may be.
pub fn full(field: &str) -> Error {
    FieldErrors::one(field, &format!("An account has {} contacts at most.", contact::MAX_CONTACTS)).into()
}
