//! What is done by the forms of a proposal's pages. The API's own handlers act.

use serde_json::json;
use whittle_domain::input::Body;
use whittle_domain::link::Link;
use whittle_domain::meeting::Command;
use whittle_domain::slot::{Slot, WrittenSlot};
use whittle_domain::zone::Zone;
use worker::Env;

use super::{Page, organise, read_again, respond};
use crate::auth::opened_link;
use crate::config;
use crate::error::{Error, Result, conflict, forbidden_because};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::meeting::api as meeting;
use crate::proposal::api;
use crate::proposal::caller::caller;
use crate::proposal::client::call;
use crate::proposal::wire::{Admit, FindParty, GetSuccessor};
use crate::texts::say;

/// The page of a proposal.
pub fn path(id: u64) -> String {
    format!("/{id}/")
}

/// An answer.
/// 1. buttons that save nothing show the page again; 2. parts of times are read; 3. what leaves one time or none is asked
///    first; 4. the API's handler acts; 5. what others cut meanwhile is told, and the ticks stay.
pub async fn narrow(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    if form.get("do") == Some("details") {
        return organise::details(id, form, context, env).await;
    }
    let read = read_again(id, context, env).await?;
    let mut typed = respond::Typed::of(form);
    if let Some(shown) = show_again(form, &read, &mut typed, context)? {
        return Ok(shown);
    }
    let ticked = match form.get("do") {
        Some("none") => Vec::new(),
        _ => typed.kept.clone().unwrap_or_default(),
    };
    let zone = wanted_zone(form, context, &read);
    let kept = match parts(&typed, &ticked, &zone) {
        Ok(kept) => kept,
        Err(faults) => {
            typed.faults = faults;
            return respond::page(&read, &typed, context);
        }
    };
    let offered = &read.reader.offered;
    let asks = kept.len() <= 1 && kept.len() < offered.len() || kept.is_empty();
    if asks && !form.has("sure") {
        return respond::confirm(&read, &kept, &typed.note, context);
    }
    match api::narrow(id, &context.with_body(body(&kept, &typed.note)), env).await {
        Ok(_) if kept.is_empty() => Ok(Reply::saved(&path(id), Notice::AnsweredNone)),
        Ok(_) => Ok(Reply::saved(&path(id), Notice::Answered)),
        Err(error) => refused(id, error, &kept, typed, context, env).await,
    }
}

/// The page again, after an answer that was refused.
async fn refused(
    id: u64,
    error: Error,
    kept: &[Slot],
    mut typed: respond::Typed,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    if error.is_about_the_reader() {
        return Err(error);
    }
    let read = read_again(id, context, env).await?;
    if read.reader.view.state != whittle_domain::proposal::Phase::Open {
        return Err(error);
    }
    typed.meanwhile = respond::cut_meanwhile(&read, kept, context);
    typed.faults = match typed.meanwhile.is_empty() {
        true => Faults::of(error)?,
        // Nothing is wrong with what was typed: others were faster.
        false => Faults::status_alone(409),
    };
    respond::page(&read, &typed, context)
}

/// The page again, for the buttons that save nothing.
fn show_again(
    form: &Form,
    read: &Page,
    typed: &mut respond::Typed,
    context: &RequestContext,
) -> Result<Option<Reply>> {
    let button = form.get("do");
    if button == Some("zone") {
        let mut context = context.clone();
        context.page.viewer.wanted = form.get("zone").and_then(Zone::parse);
        let reply = respond::page(read, typed, &context)?;
        return Ok(Some(context.page.viewer.remember(reply)));
    }
    match typed.press(button, &read.reader.offered) {
        true => respond::page(read, typed, context).map(Some),
        false => Ok(None),
    }
}

/// The zone in which the clock times of the form are meant: the one that its page showed.
fn wanted_zone(form: &Form, context: &RequestContext, read: &Page) -> Zone {
    let shown = form.get("shown_zone").and_then(Zone::parse);
    shown.unwrap_or_else(|| read.shown(context).zone)
}

/// The ticked times, each as the part of it that was typed.
fn parts(typed: &respond::Typed, ticked: &[Slot], zone: &Zone) -> std::result::Result<Vec<Slot>, Faults> {
    let mut faults = Faults::default();
    let mut kept = Vec::new();
    for slot in ticked {
        let part = typed.parts.iter().find(|(of, _, _)| of == slot);
        match part.map(|(_, from, to)| (from, to, slot.part(from, to, zone))) {
            None => kept.push(*slot),
            Some((_, _, Some(part))) => kept.push(part),
            Some((from, to, None)) => {
                let field = format!("part {}", super::rows::value(slot));
                let said = say("fault-part").with("from", from.as_str()).with("to", to.as_str());
                faults = faults.with(&field, said);
            }
        }
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// The API's body of an answer.
fn body(kept: &[Slot], note: &str) -> Body {
    let slots: Vec<WrittenSlot> = kept.iter().map(WrittenSlot::from).collect();
    let mut body = Body::new();
    body.insert("slots".to_owned(), json!(slots));
    if !note.is_empty() {
        body.insert("note".to_owned(), json!(note));
    }
    body
}

/// To come, after all.
pub async fn accept(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    meeting::answer_as_party(id, Command::Accept, context, env).await?;
    Ok(Reply::saved(&path(id), Notice::Accepted))
}

/// Not to come.
pub async fn decline(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    meeting::answer_as_party(id, Command::Decline, context, env).await?;
    Ok(Reply::saved(&path(id), Notice::Declined))
}

/// A new link, for whoever has one that has expired.
pub async fn resend(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    api::resend(id, context, env).await?;
    Ok(Reply::saved("/", Notice::LinkSent))
}

/// The next round, for whoever has a link to this one: the same address gets the link of its party there, as long as nobody has
/// made the links of that party void.
pub async fn follow(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    let next = call(id, GetSuccessor { caller }, &context.dev, env).await?.0;
    let Some(successor) = next.id else { return Ok(Reply::see_other(&path(id))) };
    let target = path(successor);
    let Some(address) = next.address else { return Ok(Reply::see_other(&target)) };
    match call(successor, FindParty { address }, &context.dev, env).await?.0 {
        Some((party, 0)) => {
            let link = Link::proposal(successor, party, 0, context.now, config::link_days(env));
            opened_link::keep(Reply::see_other(&target), &link, env)
        }
        Some(_) => Err(conflict("Open the link in the mail about the new times.")),
        None => Err(forbidden_because("You are not asked for the new times.")),
    }
}

/// The browser forgets its link.
pub async fn forget(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    // A cookie can be forgotten whatever has become of the link.
    if !context.credential.has_opened_link() {
        let caller = caller(&context.credential, id, env, context.now).await?;
        call(id, Admit { caller, closed_too: true, organiser: false }, &context.dev, env).await?;
    }
    Ok(opened_link::forget(Reply::saved("/", Notice::LinkForgotten), &format!("/{id}"), env))
}
