//! How a calendar begins: from a body, or as a copy of another one.

use whittle_domain::calendar::{Calendar, New};
use whittle_domain::input::{
    self, Body, FieldErrors, FoundContact, invited_groups, join_groups, override_members, parse_new_calendar,
};
use worker::Env;

use super::api::{make, whole};
use super::bodies::{self, LeftOut};
use super::contacts::{self, Contacts, Grouped};
use super::refusal::hidden;
use crate::auth::account::{Account, authenticate_and_query};
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Result, forbidden};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::quota::{self, CALENDARS};
use crate::random;

/// `POST /schedules/calendars/create/`
/// 1. the caller must be an account; 2. the body must parse, and its contacts be the caller's; 3. a fresh object becomes the calendar
///    ([`make`]); 4. 201.
pub async fn create(context: &RequestContext, env: &Env) -> Result<Reply> {
    let count = quota::count(&CALENDARS, env, context.now);
    let queries = [vec![count], named(&context.body)].concat();
    let (account, mut found) = authenticate_and_query(context, env, queries).await?;
    let grouped = contacts::read_grouped(found.pop())?;
    let known = contacts::read(found.pop())?;
    let counted = found.pop().map(|rows| rows.texts()).unwrap_or_default();
    let (new, notes) = read(&context.body, &account, &known, &grouped, context)?;
    begin(new, notes, Vec::new(), &account, &counted, context, env).await
}

/// `POST /schedules/calendars/{id}/copy/`: a new calendar like this one, later; its owner. 201.
/// 1. the caller must be its owner; 2. its times are shifted by weeks; 3. what the body says stands in place of what it has;
/// 4. whoever is no contact any more is left out, and told; 5. as of any new calendar.
pub async fn copy(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let count = quota::count(&CALENDARS, env, context.now);
    let queries = [vec![count], named(&context.body)].concat();
    let (account, mut found) = authenticate_and_query(context, env, queries).await?;
    let grouped = contacts::read_grouped(found.pop())?;
    let named = contacts::read(found.pop())?;
    let counted = found.pop().map(|rows| rows.texts()).unwrap_or_default();
    let calendar = whole(id, account.clone().into(), context, env).await.map_err(hidden)?;
    if calendar.owner.account != account.id {
        return Err(forbidden());
    }
    let weeks = input::parse_shift(&context.body)?;
    let copied = calendar.copied(weeks, context.now).ok_or_else(|| {
        FieldErrors::one("shift_weeks", "The times of this calendar cannot be shifted into the future.")
    })?;
    let asked: Vec<u64> = match context.body.contains_key("invitees") {
        true => Vec::new(),
        false => calendar.active_invitees().map(|invitee| invitee.contact).collect(),
    };
    let known = contacts::of(account.id, &asked, &Directory::of(env)).await?;
    let (kept, gone): (Vec<u64>, Vec<u64>) = asked.into_iter().partition(|id| known.is_own(*id));
    let body = override_members(calendar.copy_body(&copied, &kept), &context.body);
    let (new, mut notes) = read(&body, &account, &known.and(named), &grouped, context)?;
    if copied.skipped > 0 && body.contains_key("available_slots") {
        notes.push(format!(
            "{} of the times are left out, because clocks in {} are put forward then and skip all of them.",
            copied.skipped, calendar.timezone
        ));
    }
    begin(new, notes, left_out(&calendar, &gone), &account, &counted, context, env).await
}

/// The queries for the contacts and the groups that a body names.
fn named(body: &Body) -> Vec<Statement> {
    let ids = contacts::query(contacts::items(body, "invitees"));
    vec![ids, contacts::query_groups(&invited_groups(body))]
}

/// The content of a new calendar, and what was left out or changed of its times.
fn read(
    body: &Body,
    account: &Account,
    known: &Contacts,
    grouped: &Grouped,
    context: &RequestContext,
) -> Result<(New, Vec<String>)> {
    let mut new = parse_new_calendar(body, &account.timezone, context.now)?;
    let groups = std::mem::take(&mut new.groups);
    join_groups(&mut new.invitees, &groups, |name| grouped.ids(name), |_| false)?;
    let notes = std::mem::take(&mut new.notes);
    let find = |id| match known.find(id) {
        FoundContact::Unknown => grouped.contacts.find(id),
        found => found,
    };
    Ok((new.with_contacts(find)?, notes))
}

/// Who was asked by a calendar and is no contact any more.
fn left_out(calendar: &Calendar, gone: &[u64]) -> Vec<LeftOut> {
    gone.iter().filter_map(|id| calendar.invitee_of_contact(*id)).map(LeftOut::of).collect()
}

async fn begin(
    new: New,
    notes: Vec<String>,
    left_out: Vec<LeftOut>,
    account: &Account,
    counted: &[String],
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let id = context.dev.id.map_or_else(random::id, Ok)?;
    let body = bodies::created(id, &new, notes, left_out)?;
    make(id, new, account, counted, context, env).await?;
    let url = format!("{}/schedules/calendars/{id}/details/", config::origin(env)?);
    Ok(Reply::json(201, body).with("Location", &url))
}
