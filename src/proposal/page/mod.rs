//! The pages of proposals: which page a route has, and what the pages share.

mod act;
mod agreed;
mod common;
pub mod demo;
mod home;
mod log;
mod organise;
mod organiser;
mod respond;
mod rows;
mod show;

use serde::Deserialize;
use whittle_domain::proposal::{Act, Command, LogEntry, ReaderView, Shown};
use whittle_domain::zone::Zone;
use worker::Env;

use super::caller::caller_and_zone;
use super::client::call;
use super::new;
use super::wire::Read;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::http::viewer;
use crate::route::Proposal;
use crate::texts::{and, say};

/// The page of a route; none where the API's answer is shown as it is, such as a file.
pub async fn dispatch(route: Proposal, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Proposal::List, _) => home::show(context, env).await.map(Some),
        (Proposal::Propose, Some(form)) if form.has("once") => {
            new::create::create(form, context, env).await.map(Some)
        }
        (Proposal::Show(id), _) => show::show(id, context, env).await.map(Some),
        (Proposal::Log(id), _) if context.query("format").is_none() => {
            log::show(id, context, env).await.map(Some)
        }
        (Proposal::Narrow(id), Some(form)) => act::narrow(id, form, context, env).await.map(Some),
        (Proposal::Notify(id), Some(form)) => organise::notify(id, form, context, env).await.map(Some),
        (Proposal::Revoke(id), Some(form)) => organise::revoke(id, form, context, env).await.map(Some),
        (Proposal::Withdraw(id, party), Some(form)) => {
            organise::withdraw(id, party, form, context, env).await.map(Some)
        }
        (Proposal::Replace(id, party), Some(form)) => {
            organise::replace(id, party, form, context, env).await.map(Some)
        }
        (Proposal::SetOptional(id, party), Some(form)) => {
            organise::set_optional(id, party, form, context, env).await.map(Some)
        }
        (Proposal::MakeLink(id, party), Some(form)) => {
            organise::make_link(id, party, form, context, env).await.map(Some)
        }
        (Proposal::Fix(id), Some(form)) => organise::fix(id, form, context, env).await.map(Some),
        (Proposal::Close(id), Some(form)) => organise::close(id, form, context, env).await.map(Some),
        (Proposal::AcceptAgreed(id), Some(_)) => act::accept(id, context, env).await.map(Some),
        (Proposal::DeclineAgreed(id), Some(_)) => act::decline(id, context, env).await.map(Some),
        (Proposal::Follow(id), Some(_)) => act::follow(id, context, env).await.map(Some),
        (Proposal::Resend(id), Some(_)) => act::resend(id, context, env).await.map(Some),
        _ => Ok(None),
    }
}

pub use act::{follow, forget};

/// All that a page of a proposal shows.
#[derive(Deserialize)]
struct Page {
    reader: ReaderView,
    log: Vec<LogEntry>,
    /// The time zone of the account that is signed in.
    #[serde(skip)]
    zone: Option<Zone>,
}

impl Page {
    /// The zone to show times in.
    fn shown(&self, context: &RequestContext) -> viewer::Shown {
        context.page.viewer.zone(self.zone.as_ref(), &self.reader.zone)
    }
}

/// Reads a proposal for a page, which leaves a VIEW like the API's GET. A page that is brought up to date (`?show=live`) leaves one
/// only of whoever has never looked.
async fn read(id: u64, context: &RequestContext, env: &Env) -> Result<Page> {
    read_as(id, true, context, env).await
}

/// Reads a proposal without leaving a trace: for the page of a form that was refused, and for the log of a closed one.
async fn read_again(id: u64, context: &RequestContext, env: &Env) -> Result<Page> {
    read_as(id, false, context, env).await
}

async fn read_as(id: u64, looks: bool, context: &RequestContext, env: &Env) -> Result<Page> {
    let (caller, zone) = caller_and_zone(&context.credential, id, env, context.now).await?;
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller, via: context.credential.via(), command };
    let read = call(id, Read { act, looks }, &context.dev, env).await?;
    let page: Page = whittle_json::from_str(&read.body.read())?;
    Ok(Page { zone, ..page })
}

/// How a page calls somebody.
fn name(shown: &Shown) -> String {
    match (&shown.name, &shown.address, shown.number) {
        (Some(name), _, _) => name.clone(),
        (None, Some(address), _) => address.clone(),
        (None, None, 0) => say("the-organiser").to_string(),
        (None, None, number) => say("person-number").with("number", number).to_string(),
    }
}

/// How a page calls whoever an entry of the log calls so.
fn effector(text: &str) -> String {
    let number = text.strip_prefix('p').and_then(|number| number.parse::<u16>().ok());
    match (text, number) {
        (_, Some(number)) => say("person-number").with("number", number).to_string(),
        ("creator", _) => say("the-organiser").to_string(),
        ("staff", _) => say("the-staff").to_string(),
        ("system", _) => say("site-name").to_string(),
        (name, None) => name.to_owned(),
    }
}
