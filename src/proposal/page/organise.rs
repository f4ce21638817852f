//! What the forms of the organiser's page do. The API's own handlers act.

use serde_json::{Value, json};
use whittle_domain::input::{Body, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::slot::WrittenSlot;
use whittle_domain::wall::{Unresolved, WallTime};
use whittle_domain::zone::Zone;
use worker::Env;

use super::act::path;
use super::{organiser, read_again, rows};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::proposal::api;
use crate::texts::{Said, say};

fn body(members: &[(&str, Value)]) -> Body {
    members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// The page after an act: again, with what was typed and why it was refused, or anew, with what was saved.
async fn answered(
    id: u64,
    done: Result<Reply>,
    notice: Notice,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    match done {
        Ok(_) => Ok(Reply::saved(&path(id), notice)),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => {
            let faults = Faults::of(error)?;
            let read = read_again(id, context, env).await?;
            let typed = organiser::Typed { form: form.clone(), faults, passed_on: None };
            organiser::page(&read, &typed, context, env).await
        }
    }
}

/// Mails those whom the form names about what is offered now.
pub async fn notify(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read_again(id, context, env).await?;
    let parties: Vec<&str> = form.all("party").collect();
    let slots: Vec<WrittenSlot> = read.reader.offered.iter().map(WrittenSlot::from).collect();
    let sent = context.with_body(body(&[("parties", json!(parties)), ("slots", json!(slots))]));
    answered(id, api::notify(id, &sent, env).await, Notice::MailSent, form, context, env).await
}

pub async fn revoke(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let sent = context.with_body(body(&[("party", json!(form.get("party")))]));
    answered(id, api::revoke(id, &sent, env).await, Notice::LinksVoid, form, context, env).await
}

pub async fn withdraw(
    id: u64,
    party: u16,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let done = api::withdraw(id, party, context, env).await;
    answered(id, done, Notice::Withdrawn, form, context, env).await
}

pub async fn replace(id: u64, party: u16, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let sent = context.with_body(body(&[("email", json!(form.get("email").unwrap_or_default()))]));
    let done = api::replace(id, party, &sent, env).await;
    answered(id, done, Notice::Replaced, form, context, env).await
}

pub async fn set_optional(
    id: u64,
    party: u16,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let sent = context.with_body(body(&[("optional", json!(form.get("optional").unwrap_or_default()))]));
    let notice =
        if form.get("optional") == Some("true") { Notice::MadeOptional } else { Notice::MadeRequired };
    answered(id, api::set_optional(id, party, &sent, env).await, notice, form, context, env).await
}

/// Makes a link to pass on, and shows it: on this page alone, for neither an address nor a cookie may have it.
pub async fn make_link(
    id: u64,
    party: u16,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    match api::new_link(id, party, context, env).await {
        Ok(made) => {
            let read = read_again(id, context, env).await?;
            let typed = organiser::Typed { passed_on: Some((party, made)), ..organiser::Typed::default() };
            organiser::page(&read, &typed, context, env).await
        }
        // Where it is refused, no notice is told.
        Err(refused) => answered(id, Err(refused), Notice::LinkSent, form, context, env).await,
    }
}

pub async fn fix(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let slot = form.get("slot").and_then(rows::parse).map(|slot| WrittenSlot::from(&slot));
    let sent = context.with_body(body(&[("slot", json!(slot))]));
    answered(id, api::fix(id, &sent, env).await, Notice::Fixed, form, context, env).await
}

/// Ends the proposal, or cancels what was agreed.
pub async fn close(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    match api::close(id, context, env).await {
        Ok(_) => Ok(Reply::saved("/", Notice::Closed)),
        refused => answered(id, refused, Notice::Closed, form, context, env).await,
    }
}

/// Other details, or another deadline. The deadline is a wall time of the proposal's zone, as the form shows it.
pub async fn details(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut members: Vec<(&str, Value)> = ["title", "location", "description", "timezone"]
        .into_iter()
        .filter(|name| form.has(name))
        .map(|name| (name, json!(form.get(name).unwrap_or_default())))
        .collect();
    if form.has("deadline_date") {
        let read = read_again(id, context, env).await?;
        match deadline(form, &read.reader.zone) {
            Ok(deadline) => members.push(("deadline", json!(deadline.map(|at| at.to_string())))),
            Err(error) => return answered(id, Err(error), Notice::Changed, form, context, env).await,
        }
    }
    let sent = context.with_body(body(&members));
    answered(id, api::narrow(id, &sent, env).await, Notice::Changed, form, context, env).await
}

/// The deadline of the form: none where both fields are empty.
fn deadline(form: &Form, zone: &Zone) -> Result<Option<Instant>> {
    let fault = |said: Said<'_>| Error::from(FieldErrors::one("deadline", &said.to_string()));
    let (date, time) = match (form.get("deadline_date"), form.get("deadline_time")) {
        (None, None) => return Ok(None),
        (Some(date), time) => (date, time.unwrap_or("23:59")),
        (None, Some(_)) => return Err(fault(say("fault-deadline-date"))),
    };
    let wall = WallTime::parse(&format!("{date}T{time}")).ok_or_else(|| fault(say("fault-deadline")))?;
    match wall.resolve(zone, None) {
        Ok(at) => Ok(Some(at)),
        Err(Unresolved::Gap { before, after }) => {
            Err(fault(say("fault-gap").with("before", clock(&before)).with("after", clock(&after))))
        }
        // An hour more to answer harms nobody.
        Err(Unresolved::Overlap { second, .. }) => Ok(Some(second.instant)),
        Err(Unresolved::OutOfRange) => Err(fault(say("fault-deadline"))),
    }
}

/// The time of day of a wall time.
fn clock(wall: &WallTime) -> String {
    wall.to_string().split_once('T').map(|(_, clock)| clock.to_owned()).unwrap_or_default()
}
