//! The pages of what guests can book: the booking page's settings, its kinds of meeting, and each of these.

use serde_json::{Value, json};
use whittle_domain::input::Body;
use worker::Env;

use super::{api, code};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::members::{is, number, text, texts};
use crate::http::notice::Notice;
use crate::http::parts::{self, Act, Group, Line, Part, Parts, Row};
use crate::http::reply::Reply;
use crate::route::{Booking, segment};
use crate::texts::say;

const PAGE: &str = "/api/user/booking_page/";
const OFFERS: &str = "/api/user/offers/";
/// The numbers of a kind of meeting, with the least and the most that a browser takes, and what stands in an empty form. All are minutes
/// but the days.
const NUMBERS: [(&str, i64, i64, i64); 6] = [
    ("minutes", 5, 480, 30),
    ("step", 5, 480, 30),
    ("buffer_before", 0, 240, 0),
    ("buffer_after", 0, 240, 0),
    ("notice", 0, 43_200, 240),
    ("horizon_days", 1, 365, 30),
];

/// The page of a route; none where another client asks.
pub async fn dispatch(route: Booking, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    let slug = segment(&context.path, 3);
    let path = format!("{OFFERS}{slug}/");
    match (route, &context.form) {
        (Booking::BookingPage, _) => settings(&Faults::default(), context, env).await.map(Some),
        (Booking::SetBookingPage, Some(form)) => {
            let done = api::set_page(&context.with_body(settings_body(form)), env).await;
            match refused(done, PAGE, Notice::PagePublished)? {
                Ok(done) => Ok(Some(done)),
                Err(faults) => settings(&faults, context, env).await.map(Some),
            }
        }
        (Booking::WithdrawBookingPage, Some(_)) => {
            api::withdraw_page(context, env).await?;
            Ok(Some(Reply::saved(PAGE, Notice::PageWithdrawn)))
        }
        (Booking::Offers, _) => offers(&Faults::default(), context, env).await.map(Some),
        (Booking::AddOffer, Some(form)) => {
            let done = api::add(&context.with_body(body(form)), env).await;
            match refused(done, OFFERS, Notice::KindAdded)? {
                Ok(done) => Ok(Some(done)),
                Err(faults) => offers(&faults, context, env).await.map(Some),
            }
        }
        (Booking::Offer, _) => offer(&Faults::default(), context, env).await.map(Some),
        (Booking::ChangeOffer, Some(form)) => {
            // The button that pauses sends that alone, from the list.
            let (body, path) = match form.get("paused") {
                Some(paused) => {
                    (Body::from_iter([("paused".to_owned(), Value::from(paused == "true"))]), OFFERS)
                }
                None => (body(form), &*path),
            };
            match refused(api::change(&context.with_body(body), env).await, path, Notice::KindSaved)? {
                Ok(done) => Ok(Some(done)),
                Err(faults) => offer(&faults, context, env).await.map(Some),
            }
        }
        (Booking::RemoveOffer, Some(_)) => {
            api::remove(context, env).await?;
            Ok(Some(Reply::saved(OFFERS, Notice::KindRemoved)))
        }
        _ => Ok(None),
    }
}

/// What was done, or what is wrong with what was sent.
fn refused(done: Result<Reply>, path: &str, notice: Notice) -> Result<std::result::Result<Reply, Faults>> {
    match done {
        Ok(_) => Ok(Ok(Reply::saved(path, notice))),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => Faults::of(error).map(Err),
    }
}

fn value(form: &Form, name: &str) -> Value {
    Value::from(form.get(name).unwrap_or_default())
}

fn settings_body(form: &Form) -> Body {
    let mut body: Body = ["name", "title", "description"]
        .into_iter()
        .map(|name| (name.to_owned(), value(form, name)))
        .collect();
    body.insert("published".to_owned(), Value::Bool(true));
    body
}

/// The API's body of a kind of meeting. What is no number goes as it is, for the API says what is wrong with it.
fn body(form: &Form) -> Body {
    let mut body: Body = ["title", "description", "location"]
        .into_iter()
        .map(|name| (name.to_owned(), value(form, name)))
        .collect();
    let number = |name: &str| {
        form.get(name).map(|text| text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from))
    };
    for (name, ..) in NUMBERS {
        body.extend(number(name).map(|value| (name.to_owned(), value)));
    }
    body.extend(form.get("slug").map(|slug| ("slug".to_owned(), Value::from(slug))));
    body.insert("daily_cap".to_owned(), number("daily_cap").unwrap_or(Value::Null));
    let questions =
        form.get("questions").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    body.insert("questions".to_owned(), json!(questions.collect::<Vec<_>>()));
    body.insert("approval".to_owned(), Value::Bool(form.has("approval")));
    body
}

fn single(field: Field) -> Line {
    Line { fields: vec![field], faults: Vec::new() }
}

/// A kind of meeting as a form: as it is, or as it was typed.
fn fields(offer: &Value, form: Option<&Form>, faults: &Faults) -> Vec<Group> {
    let words = |kind, name: &'static str, label: String| {
        Field::of_kind(kind, name, label).value(text(offer, name)).typed(form, faults)
    };
    let amount = |wanted: &str, label: String| {
        let (name, least, most, usual) =
            NUMBERS.into_iter().find(|(name, ..)| *name == wanted).unwrap_or_default();
        let value = if offer.is_null() { usual } else { number(offer, name) };
        Field::number(name, label, least, most).value(&value.to_string()).typed(form, faults)
    };
    let cap = match offer.get("daily_cap").and_then(Value::as_i64) {
        Some(cap) => cap.to_string(),
        None => String::new(),
    };
    let slug =
        Field::of_kind("text", "slug", say("kind-slug")).hint(say("kind-slug-hint")).typed(form, faults);
    let mut first = vec![single(words("text", "title", say("kind-title").to_string()))];
    if offer.is_null() {
        first.push(single(slug));
    }
    first.extend([
        single(words("textarea", "description", say("kind-description").to_string())),
        single(words("text", "location", say("kind-location").to_string())),
        Line {
            fields: vec![
                amount("minutes", say("kind-minutes").to_string()),
                amount("step", say("kind-step").to_string()),
            ],
            faults: Vec::new(),
        },
    ]);
    let questions =
        Field::of_kind("textarea", "questions", say("kind-questions")).hint(say("kind-questions-hint"));
    let approval =
        Field::of_kind("checkbox", "approval", say("kind-approval")).hint(say("kind-approval-hint"));
    let rules = vec![
        Line {
            fields: vec![
                amount("buffer_before", say("kind-before").to_string()),
                amount("buffer_after", say("kind-after").to_string()),
            ],
            faults: Vec::new(),
        },
        Line {
            fields: vec![
                amount("notice", say("kind-notice").to_string()),
                amount("horizon_days", say("kind-horizon").to_string()),
            ],
            faults: Vec::new(),
        },
        single(
            Field::number("daily_cap", say("kind-cap"), 1, 100).optional().value(&cap).typed(form, faults),
        ),
        single(questions.value(&texts(offer, "questions").join("\n")).typed(form, faults)),
        single(approval.value(if is(offer, "approval") { "true" } else { "" }).typed(form, faults)),
    ];
    vec![
        Group { lines: first, ..Group::default() },
        Group {
            legend: say("kind-rules").to_string(),
            hint: say("kind-rules-hint").to_string(),
            lines: rules,
            ..Group::default()
        },
    ]
}

const BESIDE: [&str; 12] = [
    "title",
    "slug",
    "description",
    "location",
    "minutes",
    "step",
    "buffer_before",
    "buffer_after",
    "notice",
    "horizon_days",
    "daily_cap",
    "questions",
];

fn general(faults: &Faults, beside: &[&str]) -> Vec<String> {
    faults.beside(beside).into_iter().map(ToOwned::to_owned).collect()
}

/// A link to hand on, as text and as a code to scan.
fn link(url: &str) -> Part {
    let copy = Some((say("kind-link").to_string(), url.to_owned()));
    let part = Part { id: "hand-on", copy, picture: code::svg(url), ..Part::titled(say("link-title")) };
    part.text(say("link-lead")).link(say("link-open"), path_of(url))
}

/// The path of a URL of ours.
fn path_of(url: &str) -> String {
    url.split_once("/book/").map(|(_, rest)| format!("/book/{rest}")).unwrap_or_default()
}

/// `GET /api/user/booking_page/`
async fn settings(faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let stored: Value = whittle_json::from_str(&api::show_page(context, env).await?.text())?;
    let form = context.form.as_ref();
    let mut page = Parts::booking(context, say("page-title"));
    page.lead = say("page-lead").to_string();
    page.general = general(faults, &["name", "title", "description"]);
    let url = text(&stored, "url");
    let published = is(&stored, "published") && !url.is_empty();
    let field = |kind, name: &'static str, label: String| {
        Field::of_kind(kind, name, label).value(text(&stored, name)).typed(form, faults)
    };
    let fields = vec![
        field("text", "name", say("page-name").to_string()).hint(say("page-name-hint")),
        field("text", "title", say("page-heading").to_string()).hint(say("page-heading-hint")),
        field("textarea", "description", say("page-description").to_string()),
    ];
    let button = if published { say("page-save") } else { say("page-publish") };
    let part = Part {
        id: "settings",
        form: Some(parts::Form::simple(format!("{PAGE}?_method=PUT"), fields, button)),
        ..Part::default()
    };
    page.parts.push(
        part.text(if published { say("page-is-published") } else { say("page-is-not") })
            .link(say("kinds-title"), OFFERS),
    );
    if published {
        let withdraw =
            parts::Form::simple(format!("{PAGE}?_method=DELETE"), Vec::new(), say("page-withdraw"));
        let danger = Part { danger: true, form: Some(withdraw), ..Part::titled(say("page-withdraw-title")) };
        page.parts.push(link(url));
        page.parts.push(danger.text(say("page-withdraw-lead")));
    }
    Reply::html(faults.status(), &page)
}

/// `GET /api/user/offers/`
async fn offers(faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let stored: Value = whittle_json::from_str(&api::list(context, env).await?.text())?;
    let row = |offer: &Value| {
        let path = format!("{OFFERS}{}/", text(offer, "slug"));
        let paused = is(offer, "paused");
        let label = if paused { say("kind-resume") } else { say("kind-pause") };
        let fields = vec![("paused", (!paused).to_string())];
        Row {
            title: text(offer, "title").to_owned(),
            line: say("kind-line")
                .with("count", number(offer, "minutes"))
                .with("url", text(offer, "url").to_owned())
                .to_string(),
            badge: paused.then(|| (say("kind-paused").to_string(), "")),
            acts: vec![Act { fields, ..Act::new(label, format!("{path}?_method=PATCH"), "quiet") }],
            href: path,
        }
    };
    let rows: Vec<Row> = stored.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(row).collect();
    let mut page = Parts::booking(context, say("kinds-title"));
    page.lead = say("kinds-lead").to_string();
    page.general = general(faults, &BESIDE);
    let list = Part { id: "kinds", rows, ..Part::default() };
    let list = if list.rows.is_empty() { list.text(say("kinds-none")) } else { list };
    page.parts.push(list.link(say("page-title"), PAGE));
    let form = context.form.as_ref().filter(|_| !faults.is_empty());
    let mut new = parts::Form::simple(OFFERS, Vec::new(), say("kind-add-button"));
    new.groups = fields(&Value::Null, form, faults);
    page.parts.push(Part { id: "new", form: Some(new), ..Part::titled(say("kind-add")) });
    Reply::html(faults.status(), &page)
}

/// `GET /api/user/offers/{slug}/`
async fn offer(faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let offer: Value = whittle_json::from_str(&api::show(context, env).await?.text())?;
    let path = format!("{OFFERS}{}/", text(&offer, "slug"));
    let mut page = Parts::booking(context, text(&offer, "title"));
    page.general = general(faults, &BESIDE);
    let form = context.form.as_ref().filter(|_| !faults.is_empty());
    let mut change = parts::Form::simple(format!("{path}?_method=PATCH"), Vec::new(), say("kind-save"));
    change.groups = fields(&offer, form, faults);
    let url = text(&offer, "url");
    if !url.is_empty() {
        page.parts.push(link(url).link(say("link-code"), format!("{path}qr.svg")));
    }
    page.parts.push(Part { id: "change", form: Some(change), ..Part::titled(say("kind-change")) });
    let remove = parts::Form::simple(format!("{path}?_method=DELETE"), Vec::new(), say("kind-remove-button"));
    let remove = Part { danger: true, form: Some(remove), ..Part::titled(say("kind-remove")) };
    page.parts.push(remove.text(say("kind-remove-lead")).link(say("kinds-title"), OFFERS));
    Reply::html(faults.status(), &page)
}
