//! What the forms of the owner's pages do. The API's own handlers act.

use askama::Template;
use serde_json::{Value, json};
use whittle_domain::calendar::wall::WallSlot;
use whittle_domain::calendar::{Calendar, Planned};
use whittle_domain::input::Body;
use whittle_domain::local::LocalTime;
use worker::Env;

use super::common::{Common, base};
use super::compose::store::{add_contacts, everybody};
use super::compose::times::SpanRow;
use super::compose::{check::said, draft::Draft};
use super::manage::{self, Typed};
use super::owned::read_owned;
use crate::calendar::api;
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::proposal::new::store::load;
use crate::proposal::new::times::Row;
use crate::texts::{say, when};

/// The page of a calendar.
pub fn path(id: u64) -> String {
    format!("{}details/", base(id))
}

fn body(members: Vec<(&str, Value)>) -> Body {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The page after an act: anew, with what was saved, or again, with what was typed and why it was refused.
async fn answered(
    id: u64,
    done: Result<Reply>,
    notice: Notice,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    match done {
        Ok(_) => Ok(Reply::saved(&path(id), notice)),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => refused(id, Faults::of(error)?, context, env).await,
    }
}

async fn refused(id: u64, faults: Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let form = context.form.clone().unwrap_or_default();
    let read = read_owned(id, false, context, env).await?;
    manage::page(&read, &Typed { form, faults }, context, env).await
}

/// `PUT .../details/` by one of the page's forms: the details, the times, more people, or somebody taken off the list.
pub async fn edit(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read_owned(id, false, context, env).await?;
    let calendar = &*read.calendar;
    let (changes, notice) = match form.get("do") {
        Some("times") => (times(calendar, form, context), Notice::TimesChanged),
        Some("people") => (people(calendar, form, context, env).await?, Notice::Invited),
        Some("remove") => {
            let contact = form.get("contact").unwrap_or_default();
            (Ok(body(vec![("remove_invitees", json!([contact]))])), Notice::Uninvited)
        }
        _ => (details(calendar, form, context), Notice::Changed),
    };
    let changes = match changes {
        Ok(changes) => changes,
        Err(faults) => return refused(id, faults, context, env).await,
    };
    if changes.is_empty() {
        return Ok(Reply::see_other(&path(id)));
    }
    let done = api::edit(id, &context.with_body(changes), env).await;
    answered(id, done, notice, context, env).await
}

/// Name, description, deadline, reminders. A deadline that is as it was may have passed.
fn details(calendar: &Calendar, form: &Form, context: &RequestContext) -> std::result::Result<Body, Faults> {
    let mut members = vec![
        ("name", json!(form.get("name").unwrap_or_default())),
        ("description", json!(form.get("description").unwrap_or_default())),
        ("reminders", json!(form.has("reminders"))),
    ];
    let row = Row::named(form, "deadline");
    let before = LocalTime::of(calendar.deadline, &calendar.timezone);
    if (row.date.as_str(), row.clock.as_str()) != (&before.date(), &before.hour_and_minute()) {
        let (_, at) = row
            .moment(&calendar.timezone, context.now)
            .map_err(|why| Faults::default().with("deadline", said(&why, &calendar.timezone)))?;
        members.push(("deadline", json!(at.to_string())));
    }
    Ok(body(members))
}

/// The times that were unticked, and those that were typed.
fn times(calendar: &Calendar, form: &Form, context: &RequestContext) -> std::result::Result<Body, Faults> {
    let zone = &calendar.timezone;
    let kept: Vec<&str> = form.all("keep").collect();
    let removed: Vec<&str> = form.all("slot").filter(|slot| !kept.contains(slot)).collect();
    let mut faults = Faults::default();
    let mut added: Vec<Value> = Vec::new();
    for row in SpanRow::of_form(form) {
        let offered = row.time(zone, context.now).map_err(|why| said(&why, zone));
        match offered.map(|offered| offered.preferred(zone, context.now)) {
            Ok(Some(preferred)) => {
                let mut slot = json!(WallSlot::of(&preferred.slot, zone));
                if let Some(members) = slot.as_object_mut() {
                    members.insert("preference_level".to_owned(), json!(preferred.preference));
                }
                added.push(slot);
            }
            Ok(None) => {}
            Err(said) => faults = faults.with("times", said),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let members = [("add_availabilities", json!(added)), ("remove_availabilities", json!(removed))];
    Ok(body(members.into_iter().filter(|(_, value)| *value != json!([])).collect()))
}

/// More people: contacts that are ticked, and people who were typed and become contacts.
async fn people(
    calendar: &Calendar,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<std::result::Result<Body, Faults>> {
    let draft = Draft::of_form(form);
    let (known, _) = load(&draft.wanted(), context, env, Vec::new()).await?;
    let said = |faults: Vec<String>| {
        faults.into_iter().fold(Faults::default(), |faults, said| faults.with("people", said))
    };
    let asked = match everybody(&draft, &known) {
        Ok(asked) => asked,
        Err(faults) => return Ok(Err(said(faults))),
    };
    let known = match add_contacts(&asked, &known, context, env).await {
        Ok(false) => known,
        Ok(true) => load(&draft.wanted(), context, env, Vec::new()).await?.0,
        Err(error) if error.is_refusal() => return Ok(Err(Faults::of(error)?)),
        Err(fault) => return Err(fault),
    };
    let asked = match everybody(&draft, &known) {
        Ok(asked) => asked,
        Err(faults) => return Ok(Err(said(faults))),
    };
    let is_new = |contact: &u64| calendar.invitee_of_contact(*contact).is_none();
    let contacts: Vec<u64> = asked.iter().filter_map(|asked| asked.contact).filter(is_new).collect();
    match contacts.is_empty() {
        true => Ok(Err(Faults::default().with("people", say("cal-fault-invited")))),
        false => Ok(Ok(body(vec![("add_invitees", json!(contacts))]))),
    }
}

/// `POST .../remind/{id}/{contact}/`
pub async fn remind(id: u64, contact: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let done = api::remind(id, contact, context, env).await;
    answered(id, done, Notice::MailSent, context, env).await
}

#[derive(Template)]
#[template(path = "page/calendar/remind.html")]
struct RemindPage {
    page: Layout,
    common: Common,
    contact: u64,
    lead: String,
    /// Whether there is somebody to remind.
    can: bool,
}

/// `GET .../remind/{id}/{contact}/` in a browser: the question whether to, for a link acts on nothing.
pub async fn ask_to_remind(id: u64, contact: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read_owned(id, false, context, env).await?;
    let calendar = &*read.calendar;
    let invitee = calendar.invitee_of_contact(contact).ok_or_else(not_found)?;
    let zone = read.shown(context).zone;
    let name = invitee.full_name();
    let answered = invitee.answer.is_some();
    let lead = match answered {
        true => say("cal-remind-answered").with("name", name.as_str()),
        false => say("cal-remind-lead")
            .with("name", name.as_str())
            .with("time", when::moment(calendar.deadline, &zone)),
    };
    let template = RemindPage {
        page: Layout::new(&context.page, say("cal-remind-title").with("name", name.as_str())),
        lead: lead.to_string(),
        common: Common::new(&read.reader(), "details/", context),
        contact,
        can: !answered,
    };
    Reply::html(200, &template)
}

/// `DELETE /schedules/calendars/{id}/`
pub async fn close(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let done = api::close(id, context, env).await;
    answered(id, done, Notice::CalendarClosed, context, env).await
}

/// Finalises, or says why not. Somebody whose other window was faster is led to what came of that.
pub async fn finalize(
    id: u64,
    items: &[Planned],
    context: &RequestContext,
    env: &Env,
) -> Result<std::result::Result<Reply, Faults>> {
    let item = |item: &Planned| {
        json!({
            "contact_id": item.contact, "start_time": item.begin.to_string(), "end_time": item.end.to_string(),
        })
    };
    let schedule: Vec<Value> = items.iter().map(item).collect();
    let sent = context.with_body(body(vec![("finalized_schedule", json!(schedule))]));
    match api::finalize(id, &sent, env).await {
        Ok(_) => Ok(Ok(Reply::saved(&path(id), Notice::Finalized))),
        Err(Error::Absent(_)) => Ok(Ok(Reply::see_other(&path(id)))),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => Ok(Err(Faults::of(error)?)),
    }
}
