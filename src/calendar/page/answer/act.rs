//! What is asked for, and what is sent, by a mailed link.

use whittle_domain::calendar::InviteeView;
use whittle_domain::calendar::rows;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::common::{is_open, name, path, shown};
use super::form::{self, Choice, Doubt, Typed, rows_to_ask};
use super::over::{self, Dead};
use crate::calendar::respond;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::texts::{say, when};

/// The page: the form as long as answers are taken, and else what came of it.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    match respond::read(id, true, context, env).await {
        Ok(view) => page(&view, context),
        Err(error) => refused(id, error, context, env).await,
    }
}

fn page(view: &InviteeView, context: &RequestContext) -> Result<Reply> {
    match is_open(view, context.now) {
        true => form::page(view, &Typed::default(), &context.page, context.now),
        false => over::page(view, false, &context.page, context.now),
    }
}

/// An answer.
/// 1. what comes too late is told; 2. buttons that save nothing show the page again; 3. where the owner has changed the times since
///    the form was opened, the page shows it; 4. what leaves no meeting possible is asked first; 5. the calendar takes the answer.
pub async fn act(id: u64, form: &Form, replace: bool, context: &RequestContext, env: &Env) -> Result<Reply> {
    let view = match respond::read(id, false, context, env).await {
        Ok(view) => view,
        Err(error) => return refused(id, error, context, env).await,
    };
    if !is_open(&view, context.now) {
        return over::page(&view, true, &context.page, context.now);
    }
    let mut typed = Typed::of(form);
    if let Some(again) = show_again(form, &view, &mut typed, context)? {
        return Ok(again);
    }
    let before = view.answer.as_deref().unwrap_or_default();
    let none = form.get("do") == Some("none");
    if !none && note_changes(&view, &mut typed, context) {
        return form::page(&view, &typed, &context.page, context.now);
    }
    let answer = if none { Vec::new() } else { typed.answer(before) };
    if let Some(doubt) = doubt(&view, &answer).filter(|_| !form.has("sure")) {
        return form::confirm(&view, &typed, doubt, &context.page, context.now);
    }
    let is_none = answer.is_empty();
    match respond::submit(id, answer, replace, context, env).await {
        Ok(()) => {
            let notice = if is_none { Notice::TimesNone } else { Notice::TimesSent };
            Ok(Reply::saved(&path(id), notice))
        }
        Err(error) => not_taken(id, replace, error, typed, context, env).await,
    }
}

/// The page again, for the buttons that save nothing.
fn show_again(
    form: &Form,
    view: &InviteeView,
    typed: &mut Typed,
    context: &RequestContext,
) -> Result<Option<Reply>> {
    let best = Choice::Level(Some(Preference::ALL[2]));
    let no = Choice::Level(None);
    if let Some(bulk) = form.get("bulk") {
        let (level, date) = bulk.split_once(' ').unwrap_or((bulk, ""));
        let zone = form_zone(form, view, context);
        let choice = if level == "0" { no } else { best };
        typed.set_all(choice, |row| LocalTime::of(row.begin(), &zone).date() == date);
        return form::page(view, typed, &context.page, context.now).map(Some);
    }
    match form.get("do") {
        Some("zone") => {
            let mut context = context.clone();
            context.page.viewer.wanted = form.get("zone").and_then(Zone::parse);
            let reply = form::page(view, typed, &context.page, context.now)?;
            return Ok(Some(context.page.viewer.remember(reply)));
        }
        Some("all") => typed.set_all(best, |_| true),
        Some("clear") => typed.set_all(no, |_| true),
        Some("back") => {}
        _ => return Ok(None),
    }
    form::page(view, typed, &context.page, context.now).map(Some)
}

/// The zone whose days the form showed.
fn form_zone(form: &Form, view: &InviteeView, context: &RequestContext) -> Zone {
    form.get("shown_zone").and_then(Zone::parse).unwrap_or_else(|| shown(view, &context.page).zone)
}

/// Notes what the owner has changed since the form was opened; tells whether the reader must look at it first: times that came, and
/// times that went and were marked.
fn note_changes(view: &InviteeView, typed: &mut Typed, context: &RequestContext) -> bool {
    let zone = shown(view, &context.page).zone;
    let now = rows_to_ask(view, context.now);
    let had: Vec<Slot> = typed.choices().iter().map(|(row, _)| *row).collect();
    let came: Vec<Slot> = now.into_iter().filter(|row| !rows::is_covered(row, &had)).collect();
    let offered: Vec<Slot> = view.owner_slots.iter().map(|available| available.slot).collect();
    let is_gone = |(row, choice): &&(Slot, Choice)| {
        matches!(choice, Choice::Level(Some(_))) && !rows::is_covered(row, &offered)
    };
    let went: Vec<Slot> = typed.choices().iter().filter(is_gone).map(|(row, _)| *row).collect();
    let line = |slot: &Slot| when::slot(slot, &zone);
    typed.meanwhile = came
        .iter()
        .map(|slot| say("availability-meanwhile-new").with("time", line(slot)).to_string())
        .chain(
            went.iter().map(|slot| say("availability-meanwhile-gone").with("time", line(slot)).to_string()),
        )
        .collect();
    typed.came = came;
    if typed.meanwhile.is_empty() {
        return false;
    }
    typed.said = Some(say("availability-meanwhile").with("name", name(&view.owner)).to_string());
    // Nothing is wrong with what was typed: the owner was faster.
    typed.faults = Faults::status_alone(409);
    true
}

/// Why an answer is asked about before it is saved.
fn doubt(view: &InviteeView, answer: &[PreferredSlot]) -> Option<Doubt> {
    if answer.is_empty() {
        return Some(Doubt::None);
    }
    let starts = rows::starts(&view.owner_slots, answer, view.meeting_minutes, view.step_minutes);
    (starts == Some(0)).then_some(Doubt::Short)
}

/// The page after an answer that was not taken. One that was to be the first is not, where there is one by now.
async fn not_taken(
    id: u64,
    replace: bool,
    error: Error,
    mut typed: Typed,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    if error.is_about_the_reader() || !error.is_refusal() {
        return Err(error);
    }
    let view = match respond::read(id, false, context, env).await {
        Ok(view) => view,
        Err(error) => return refused(id, error, context, env).await,
    };
    if !is_open(&view, context.now) {
        return over::page(&view, true, &context.page, context.now);
    }
    if !replace && view.answer.is_some() {
        typed.said = Some(say("availability-answered-elsewhere").to_string());
        typed.faults = Faults::status_alone(409);
    } else {
        typed.faults = Faults::of(error)?;
    }
    form::page(&view, &typed, &context.page, context.now)
}

/// The page of whoever may not look, or has nothing to look at.
async fn refused(id: u64, error: Error, context: &RequestContext, env: &Env) -> Result<Reply> {
    match error {
        // What was closed can still be read, and its page says so.
        Error::Gone(_) => {
            over::page(&*respond::read(id, false, context, env).await?, false, &context.page, context.now)
        }
        Error::Unauthorized(body) if body.get("expires").is_some() => over::expired(id, &context.page),
        Error::Unauthorized(_) if !has_link(context) => over::dead(Dead::NoLink, &context.page),
        Error::Unauthorized(_) => over::dead(Dead::Void, &context.page),
        Error::NotFound(_) => over::dead(Dead::Gone, &context.page),
        other => Err(other),
    }
}

fn has_link(context: &RequestContext) -> bool {
    use crate::http::credential::Credential;
    matches!(
        context.credential,
        Credential::Link(_) | Credential::OpenedLink(_) | Credential::SessionOrLink { .. }
    )
}

/// A new link, for whoever has one that has expired.
pub async fn resend(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    match respond::resend(id, context, env).await {
        Ok(_) => Ok(Reply::saved("/", Notice::LinkSent)),
        Err(error) => refused(id, error, context, env).await,
    }
}
