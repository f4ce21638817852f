//! The page of a meeting: when and where, who comes, and what one can do.

use askama::Template;
use serde_json::{Value, json};
use whittle_domain::input::{Body, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::{AttendeeView, PartStat, Status, View, view};
use whittle_domain::slot::{Slot, WrittenSlot};
use whittle_domain::wall::WallTime;
use whittle_domain::zone::Zone;
use worker::Env;

use super::api;
use super::calendars::calendars;
use crate::auth::opened_link;
use crate::booking::guest::booked::Booked;
use crate::booking::guest::page as guest;
use crate::config;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::route::Meeting;
use crate::texts::{say, when};

/// The page of a route; none where the API's answer is a file or a page of an account.
pub async fn dispatch(route: Meeting, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Meeting::Meeting(id), _) => show(id, &Typed::default(), context, env).await.map(Some),
        (Meeting::Update(id), Some(form)) if form.has("start") => {
            guest::move_to(id, form, context, env).await.map(Some)
        }
        (Meeting::OtherTimes(id), _) => guest::other_times(id, context, env).await.map(Some),
        (Meeting::Confirm(id), Some(form)) => {
            let done = api::confirm(id, context.clone(), env).await;
            let notice = guest::confirmed(&done);
            after(id, done, notice, form, context, env).await.map(Some)
        }
        (Meeting::Approve(id), Some(form)) => {
            let done = api::approve(id, context.clone(), env).await;
            after(id, done, Notice::BookingApproved, form, context, env).await.map(Some)
        }
        (Meeting::Update(id), Some(form)) => update(id, form, context, env).await.map(Some),
        (Meeting::Cancel(id), Some(form)) => {
            let done = api::cancel(id, context.clone(), env).await;
            after(id, done, Notice::MeetingCancelled, form, context, env).await.map(Some)
        }
        (Meeting::Decline(id), Some(form)) => {
            let done = api::decline(id, context.clone(), env).await;
            after(id, done, Notice::Declined, form, context, env).await.map(Some)
        }
        (Meeting::Accept(id), Some(form)) => {
            let done = api::accept(id, context.clone(), env).await;
            after(id, done, Notice::Accepted, form, context, env).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// The browser forgets its link. A cookie can be forgotten whatever has become of the link.
pub async fn forget(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    if !context.credential.has_opened_link() {
        api::find(id, context, env).await?;
    }
    Ok(opened_link::forget(Reply::saved("/", Notice::LinkForgotten), &format!("/meetings/{id}"), env))
}

/// What was typed into the form that moves or changes it.
#[derive(Default)]
struct Typed {
    form: Form,
    faults: Faults,
}

struct Attendee {
    name: String,
    state: String,
    badge: &'static str,
    optional: bool,
}

#[derive(Template)]
#[template(path = "page/meeting.html")]
struct MeetingPage<'a> {
    page: Layout,
    typed: &'a Typed,
    meeting: View,
    /// As whom the page acts: forms carry it.
    label: String,
    /// The same, for its reader.
    me: String,
    /// Whether the reader came by a link, and not by signing in.
    by_link: bool,
    /// In the reader's zone, and in the meeting's where that shows something else.
    time: String,
    origin: Option<String>,
    begin: Instant,
    calendars: Vec<(String, String)>,
    attendees: Vec<Attendee>,
    /// Whether the reader comes, where it is asked to.
    comes: Option<PartStat>,
    organises: bool,
    /// Whether the reader may move, change and cancel it.
    changes: bool,
    /// Whom an event has, one a line: its participants can change that.
    event: Option<String>,
    cancelled: bool,
    /// Whether it takes place.
    stands: bool,
    /// What a guest has booked.
    booked: Option<Booked>,
    /// Where the guest can book anew.
    again: Option<String>,
    /// The beginning on the clocks of the meeting's zone.
    wall: (String, String),
    minutes: String,
    zones: Vec<String>,
}

impl MeetingPage<'_> {
    /// What was typed into a field, else what is stored.
    fn value(&self, name: &str, stored: &str) -> String {
        let typed = self.typed.form.fields().iter().find(|(key, _)| key == name);
        typed.map_or_else(|| stored.to_owned(), |(_, value)| value.clone())
    }
}

/// The page, with what was typed and why it was refused.
async fn show(id: u64, typed: &Typed, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, standing, zone) = api::find(id, context, env).await?;
    let meeting = view(&found, &standing, &config::origin(env)?);
    let origin = found.timezone.clone();
    // A guest has said in which zone it reads times.
    let told = found.booking.as_ref().filter(|_| zone.is_none()).map(|booking| &booking.timezone);
    let shown = context.page.viewer.zone(zone.as_ref().or(told), &origin);
    let booked = Booked::new(&found, &standing, &shown.zone, context.now);
    let again = match &found.booking {
        Some(booking) if booked.as_ref().is_some_and(|booked| booked.again) => {
            guest::path(booking.offer, env).await?
        }
        _ => None,
    };
    let written = WrittenSlot { begin: meeting.begin.clone(), duration: meeting.duration.clone() };
    let slot = written.parse().ok_or_else(|| Error::Internal("a meeting without a time".to_owned()))?;
    let own = meeting.attendees.iter().find(|attendee| Some(&attendee.attendee) == meeting.you.as_ref());
    let local = LocalTime::of(slot.begin(), &origin);
    let template = MeetingPage {
        page: Layout::new(&context.page, meeting.title.as_str()),
        typed,
        label: standing.label(),
        me: me(own, standing.organiser, &meeting),
        by_link: zone.is_none(),
        time: when::slot_with_zone(&slot, &shown.zone),
        origin: (shown.zone != origin).then(|| when::slot_with_zone(&slot, &origin)),
        begin: slot.begin(),
        calendars: calendars(&meeting.title, &meeting.location, &slot),
        attendees: meeting.attendees.iter().map(attendee).collect(),
        comes: own.map(|attendee| attendee.partstat),
        organises: standing.organiser,
        changes: standing.changes && (standing.organiser || found.booking.is_none()),
        cancelled: matches!(meeting.status, Status::Cancelled | Status::Expired),
        stands: meeting.status == Status::Confirmed,
        booked,
        again,
        event: (standing.changes
            && zone.is_some()
            && meeting.source.kind == "event"
            && found.booking.is_none())
        .then(|| people(&meeting)),
        wall: (local.date(), local.hour_and_minute()),
        minutes: minutes(&slot).to_string(),
        zones: Zone::names(),
        meeting,
    };
    Reply::html(typed.faults.status(), &template)
}

/// The page again, with what was typed into one of its forms and why it was refused.
pub async fn again(
    id: u64,
    form: &Form,
    faults: Faults,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    show(id, &Typed { form: form.clone(), faults }, context, env).await
}

/// The addresses of all who belong to a meeting, one a line.
fn people(meeting: &View) -> String {
    let attendees = meeting.attendees.iter().filter_map(|attendee| attendee.email.as_ref());
    let mut people: Vec<&str> = meeting.organiser.email.iter().chain(attendees).map(String::as_str).collect();
    people.dedup();
    people.join("\n")
}

/// Who reads the page.
fn me(own: Option<&AttendeeView>, organises: bool, meeting: &View) -> String {
    let organiser = || meeting.organiser.name.clone().or_else(|| meeting.organiser.email.clone());
    match own {
        Some(own) => attendee(own).name,
        None if organises => organiser().unwrap_or_else(|| say("the-organiser").to_string()),
        None => say("the-organiser").to_string(),
    }
}

fn minutes(slot: &Slot) -> i64 {
    slot.duration().micros().div_euclid(60_000_000)
}

fn attendee(attendee: &AttendeeView) -> Attendee {
    let number = || attendee.attendee.trim_start_matches('p').to_owned();
    let name = attendee.name.clone().or_else(|| attendee.email.clone());
    let (state, badge) = match attendee.partstat {
        PartStat::Accepted => (say("attendee-accepted"), "yes"),
        PartStat::Declined => (say("attendee-declined"), "no"),
        PartStat::NeedsAction => (say("attendee-open"), ""),
    };
    Attendee {
        name: name.unwrap_or_else(|| say("person-number").with("number", number()).to_string()),
        state: state.to_string(),
        badge,
        optional: attendee.optional,
    }
}

/// The page after an act: anew with what was saved, or again with what is wrong.
async fn after(
    id: u64,
    done: Result<Reply>,
    notice: Notice,
    form: &Form,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    match done {
        Ok(_) => Ok(Reply::saved(&format!("/meetings/{id}/"), notice)),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => {
            let typed = Typed { form: form.clone(), faults: Faults::of(error)? };
            show(id, &typed, context, env).await
        }
    }
}

/// Another time or other details. The beginning is wall time of the zone that the form names.
async fn update(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (meeting, ..) = api::look(id, context, env).await?;
    let done = match body(form, &meeting) {
        Ok(body) => api::update(id, context.with_body(body), env).await,
        Err(errors) => Err(errors.into()),
    };
    after(id, done, Notice::MeetingChanged, form, context, env).await
}

/// The API's body of the form. What was not touched is not sent, so that a meeting of odd seconds is not moved.
fn body(form: &Form, meeting: &View) -> std::result::Result<Body, FieldErrors> {
    let mut body = Body::new();
    for name in ["title", "location", "description", "timezone"] {
        if form.has(name) {
            body.insert(name.to_owned(), json!(form.get(name).unwrap_or_default()));
        }
    }
    let zone = Zone::parse(&meeting.timezone).unwrap_or_default();
    let written = WrittenSlot { begin: meeting.begin.clone(), duration: meeting.duration.clone() };
    let Some(slot) = written.parse() else { return Ok(body) };
    let local = LocalTime::of(slot.begin(), &zone);
    let [date, time] = ["date", "time"].map(|name| form.get(name).unwrap_or_default());
    if (date, time) != (&local.date(), &local.hour_and_minute()) {
        let text = format!("{date}T{time}");
        WallTime::parse(&text).ok_or_else(|| FieldErrors::one("begin", &say("fault-begin").to_string()))?;
        body.insert("begin".to_owned(), json!(text));
        if let Some(fold) = form.get("fold") {
            body.insert("fold".to_owned(), Value::from(fold));
        }
    }
    let typed = form.get("minutes").and_then(|text| text.parse::<i64>().ok());
    match typed.filter(|minutes| (1..=100_000).contains(minutes)) {
        Some(wanted) if wanted != minutes(&slot) => {
            body.insert("duration".to_owned(), json!(format!("{wanted}:00")));
        }
        Some(_) => {}
        None => return Err(FieldErrors::one("duration", &say("fault-minutes").to_string())),
    }
    Ok(body)
}
