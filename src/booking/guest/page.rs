//! The pages for guests: what can be booked, when, the form, and what came of it. The API's own handlers act.

use serde_json::{Value, json};
use whittle_domain::booking::offer::Offer;
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, Body};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::Status;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;
use worker::Env;

use super::api;
use super::book;
use super::frame::{self, Frame, Offered, StartPage};
use crate::d1::{Directory, Param, Statement};
use crate::error::{Result, bad_request, not_found};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::members;
use crate::http::notice::Notice;
use crate::http::parts::{Part, Parts, Row};
use crate::http::reply::Reply;
use crate::http::viewer::Shown;
use crate::meeting::api as meeting;
use crate::meeting::offered::{self, Found, Which};
use crate::route::Booking;
use crate::texts::{say, when};

/// The names of the fields for answers, as many as an offer has questions at most.
const ANSWERS: [&str; 3] = ["answer-1", "answer-2", "answer-3"];
/// How many days before a start that was chosen its page looks for others.
const BEFORE: i32 = 7;

/// The page of a route; none where it has none.
pub async fn dispatch(route: Booking, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Booking::PublicPage, _) => kinds(context, env).await.map(Some),
        (Booking::FreeTimes, _) => free_times(context, env).await.map(Some),
        (Booking::Hold, Some(form)) => hold(form, context, env).await.map(Some),
        _ => Ok(None),
    }
}

/// The page that an account publishes: its kinds of meeting.
async fn kinds(context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = api::published(context, env).await?;
    let kind = |offer: &Offer| {
        let length = when::length(minutes(offer.minutes));
        let line = match offer.location.as_str() {
            "" => length,
            place => say("guest-line").with("length", length).with("where", place).to_string(),
        };
        Row {
            title: offer.title.to_string(),
            href: format!("{}{}/", context.path, offer.slug),
            line,
            ..Row::default()
        }
    };
    let name = found.page.title.as_str();
    let texts = found.page.description.as_str().lines().map(ToOwned::to_owned).collect();
    let part = Part { rows: found.offers.iter().map(kind).collect(), texts, ..Part::default() };
    let lead = if part.rows.is_empty() { say("guest-none").with("name", name) } else { say("guest-kinds") };
    Reply::html(200, &parts(context, name, lead.to_string(), part))
}

/// A page of one part.
fn parts(context: &RequestContext, title: impl ToString, lead: String, part: Part) -> Parts {
    let page = Layout::new(&context.page, title);
    Parts { page, tabs: Vec::new(), lead, general: Vec::new(), parts: vec![part] }
}

/// When an offer can be booked, in the zone in which its reader sees times. A start that was chosen is among them if it is free.
async fn read(
    which: Which<'_>,
    start: Option<Instant>,
    context: &RequestContext,
    env: &Env,
) -> Result<(Found, Shown)> {
    let mut days = input::parse_days(|name| context.query(name))?;
    if let (Some(start), None) = (start, days.from) {
        days.from = Day::of(start, &Zone::default()).and_then(|day| day.plus_days(-BEFORE));
    }
    let query = offered::read(which, offered::around(&days, context.now)?, None, context.now);
    let (account, rows) = api::read_as_anybody(context, env, query).await?;
    let row = offered::found(&rows)?.ok_or_else(not_found)?;
    let shown = context.page.viewer.zone(account.as_ref().map(|account| &account.timezone), &row.zone);
    days.zone = Some(shown.zone.clone());
    Ok((offered::times(row, &days, account, context.now)?, shown))
}

/// The start that the query or a form names.
fn start_of(text: Option<&str>) -> Result<Option<Instant>> {
    let wrong = || bad_request(json!({ "start": [say("guest-wrong-start").to_string()] }));
    text.map(|text| Instant::parse(text).ok_or_else(wrong)).transpose()
}

/// The free times, or the form of one of them.
async fn free_times(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (name, slug) = api::names(context);
    let start = start_of(context.query("start"))?;
    let (found, shown) = read(Which::Named { name, slug }, start, context, env).await?;
    let frame = frame(&found, shown, context);
    match start {
        None => {
            let lead = say("guest-lead").with("name", found.page.title.as_str()).to_string();
            frame::times(context, (found.offer.title.as_str(), lead), frame, &found)
        }
        Some(start) => form(&found, frame, start, (&Form::default(), &Faults::default()), context),
    }
}

/// What the pages of an offer show beside its times.
fn frame(found: &Found, shown: Shown, context: &RequestContext) -> Frame {
    let offer = &found.offer;
    let offered = Offered {
        here: &context.path,
        name: found.page.title.as_str(),
        location: offer.location.as_str(),
        description: offer.description.as_str(),
        minutes: offer.minutes,
        approval: offer.approval,
        origin: &found.zone,
    };
    Frame::new(&offered, shown, context)
}

/// The form of a start, with what was typed and why it was refused.
fn form(
    found: &Found,
    mut frame: Frame,
    start: Instant,
    (typed, faults): (&Form, &Faults),
    context: &RequestContext,
) -> Result<Reply> {
    let others = frame.of_day(start);
    let (choices, is_taken) = frame.choices(&found.starts, start, faults, &["name", "email"]);
    // Who has not verified the address is a guest as any other.
    let account = found.account.as_ref().filter(|account| account.verified);
    let form = Some(typed);
    let mut fields = Vec::new();
    if account.is_none() {
        fields.push(Field::text("name", say("guest-name"), "name").typed(form, faults));
        let hint = say("guest-email-hint");
        fields.push(Field::email("email", say("guest-email"), "email").hint(hint).typed(form, faults));
    }
    for (question, name) in found.offer.questions.iter().zip(ANSWERS) {
        fields.push(Field::text(name, question.as_str(), "off").optional().typed(form, faults));
    }
    let held = match account {
        Some(account) => {
            let name = account.name.as_ref().map_or(account.username.as_str(), |name| name.as_str());
            say("guest-as-account").with("who", name).to_string()
        }
        None => say("guest-note-held").to_string(),
    };
    let privacy = say("guest-note-privacy").with("name", found.page.title.as_str()).to_string();
    let button = match account {
        Some(_) if found.offer.approval => say("guest-button-ask"),
        Some(_) => say("guest-button-book"),
        None => say("guest-button-hold"),
    };
    let page = StartPage {
        page: Layout::new(&context.page, found.offer.title.as_str()),
        lead: String::new(),
        action: context.path.clone(),
        hidden: ("zone", frame.zone.clone()),
        choices,
        is_taken,
        fields,
        notes: vec![held, privacy],
        button: button.to_string(),
        others,
        frame,
    };
    Reply::html(faults.status(), &page)
}

/// Holds a time for a guest, or books it for an account.
async fn hold(sent: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    match book::hold(context.with_body(body(sent)), env).await {
        Ok(reply) => held(&whittle_json::from_str(&reply.text())?, sent, context),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => {
            let faults = Faults::of(error)?;
            let Some(start) = start_of(sent.get("start"))? else { return Err(not_found()) };
            let (name, slug) = api::names(context);
            let (found, shown) = read(Which::Named { name, slug }, Some(start), context, env).await?;
            form(&found, frame(&found, shown, context), start, (sent, &faults), context)
        }
    }
}

/// What happened: on the page of the booking where its reader has an account, else here, for all that follows is mailed.
fn held(made: &Value, sent: &Form, context: &RequestContext) -> Result<Reply> {
    let at = |name: &str| Instant::parse(members::text(made, name));
    let Some(address) = sent.get("email") else {
        let is_firm = members::text(made, "status") == "confirmed";
        let notice = if is_firm { Notice::BookingMade } else { Notice::BookingAsked };
        return Ok(Reply::saved(&format!("/meetings/{}/", members::number(made, "meeting")), notice));
    };
    let zone = sent.get("zone").and_then(Zone::parse).unwrap_or_default();
    let slot = at("start").zip(at("end")).and_then(|(begin, end)| Slot::between(begin, end));
    let time = slot.map(|slot| when::slot_with_zone(&slot, &zone)).unwrap_or_default();
    let until = at("confirm_by").map(|until| when::moment(when::minute(until), &zone)).unwrap_or_default();
    let lead = say("guest-held-lead").with("until", until).to_string();
    let mail = say("guest-held-mail").with("address", address).to_string();
    let more = [say("guest-held-confirm"), say("guest-held-lost")].map(|said| said.to_string());
    let part = Part { texts: [vec![time, mail], more.to_vec()].concat(), ..Part::default() };
    let part = part.link(say("guest-others"), context.path.clone());
    Reply::html(201, &parts(context, say("guest-held-title"), lead, part))
}

/// The API's body of the form.
fn body(form: &Form) -> Body {
    let mut body = Body::new();
    for name in ["start", "name", "email", "zone"] {
        if let Some(value) = form.get(name) {
            body.insert(name.to_owned(), json!(value));
        }
    }
    let answers = ANSWERS.iter().filter(|name| form.has(name)).map(|name| form.get(name).unwrap_or_default());
    body.insert("answers".to_owned(), json!(answers.collect::<Vec<_>>()));
    body
}

fn minutes(minutes: i64) -> Duration {
    Duration::from_seconds(minutes.saturating_mul(60))
}

/// Where what was booked by an offer can be booked anew; none where that is not published any more.
pub async fn path(offer: u64, env: &Env) -> Result<Option<String>> {
    let select = "select '/book/' || p.name || '/' || o.slug || '/' as json from offers o
      join booking_pages p on p.account = o.account and p.published = 1 where o.id = :offer and o.paused = 0";
    Directory::of(env).first(Statement::new(select).bind("offer", Param::id(offer))).await
}

/// What the page says after a guest has confirmed: it is booked, or the owner is asked.
pub fn confirmed(done: &Result<Reply>) -> Notice {
    let status = |reply: &Reply| {
        whittle_json::from_str(&reply.text())
            .ok()
            .map(|body: Value| members::text(&body, "status") == "confirmed")
    };
    match done.as_ref().ok().and_then(status) {
        Some(true) => Notice::BookingMade,
        _ => Notice::BookingAsked,
    }
}

/// The times to which a booking can be moved, or the question whether to move it to one of them.
pub async fn other_times(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    moving(id, start_of(context.query("start"))?, &Faults::default(), context, env).await
}

async fn moving(
    id: u64,
    start: Option<Instant>,
    faults: &Faults,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let (meeting, standing, _) = meeting::find(id, context, env).await?;
    let Some(booking) = meeting.booking.as_ref().filter(|_| standing.attendee.is_some()) else {
        return Err(not_found());
    };
    if meeting.status != Status::Confirmed || !booking.may_change(meeting.begin, context.now) {
        // What can be done with it is said there.
        return Ok(Reply::see_other(&format!("/meetings/{id}/")));
    }
    let (found, shown) = read(Which::Of(id), start, context, env).await?;
    let mut frame = frame(&found, shown, context);
    frame.here = format!("/meetings/{id}/times/");
    let now = frame.choice(meeting.begin).time;
    let Some(start) = start else {
        let lead = say("guest-move-lead").with("time", now).to_string();
        return frame::times(context, (meeting.title.as_str(), lead), frame, &found);
    };
    let others = frame.of_day(start);
    let (choices, is_taken) = frame.choices(&found.starts, start, faults, &[]);
    let page = StartPage {
        page: Layout::new(&context.page, meeting.title.as_str()),
        lead: say("guest-move-now").with("time", now).to_string(),
        action: format!("/meetings/{id}/?_method=PATCH"),
        hidden: ("as", standing.label()),
        choices,
        is_taken,
        fields: Vec::new(),
        notes: Vec::new(),
        button: say("guest-move-button").to_string(),
        others,
        frame,
    };
    Reply::html(faults.status(), &page)
}

/// Moves a booking to a time that was chosen.
pub async fn move_to(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut body = Body::new();
    body.insert("begin".to_owned(), json!(form.get("start")));
    match meeting::update(id, context.with_body(body), env).await {
        Ok(_) => Ok(Reply::saved(&format!("/meetings/{id}/"), Notice::MeetingChanged)),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => moving(id, start_of(form.get("start"))?, &Faults::of(error)?, context, env).await,
    }
}
