//! The pages of events: booking people, with the hours at which all of them are free, and the list of what is booked.

use serde_json::{Value, json};
use whittle_domain::contact::people;
use whittle_domain::input::{Body, EventBody};
use whittle_domain::wall::WallTime;
use whittle_domain::weekly::Day;
use worker::Env;

use super::{api, change, suggest};
use crate::auth::account::{Account, authenticate_and_query};
use crate::busy::week::day_title;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::members::{list, number, text, texts};
use crate::http::notice::Notice;
use crate::http::parts::{self, Button, Choice, Group, Hour, HourKind, Line, Part, Parts, Row};
use crate::http::reply::Reply;
use crate::route::Booking;
use crate::texts::{say, when};

/// The page on which people are booked.
const BOOK: &str = "/api/event/suggest/";
/// Where an event is booked, and the list of them.
const EVENTS: &str = "/api/event/";
/// The most contacts that the page shows.
const MOST_CONTACTS: i64 = 200;
/// How many of the free hours are shown first, as the best.
const BEST: usize = 3;

const CONTACTS: &str = "select json_object('email', email, 'name', first_name || ' ' || last_name) as json
  from contacts where owner = (select id from me) order by first_name, last_name, id limit :most";

/// The page of a route; none where another client asks.
pub async fn dispatch(route: Booking, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Booking::Events, _) => events(context, env).await.map(Some),
        (Booking::SuggestEvents, _) => {
            let form = Form::new(context.query.clone());
            show(&form, Faults::default(), context, env).await.map(Some)
        }
        (Booking::BookEvent, Some(form)) => book(form, context, env).await.map(Some),
        // The page of an event is that of its meeting, which tells whoever has no business with it nothing.
        (Booking::Event(id), _) => Ok(Some(Reply::see_other(&format!("/meetings/{id}/")))),
        (Booking::ChangeEvent(id), Some(form)) => change_event(id, form, context, env).await.map(Some),
        _ => Ok(None),
    }
}

/// Whom a form names: the addresses that are typed, and the contacts that are ticked. Or what of it is no address.
fn people_of(form: &Form) -> std::result::Result<Vec<String>, String> {
    let typed = ["people", "participants"].into_iter().find_map(|name| form.get(name)).unwrap_or_default();
    let read = people::read(typed);
    if let Some(piece) = read.unread.first() {
        return Err(say("new-fault-unread").with("piece", piece.as_str()).to_string());
    }
    let mut people: Vec<String> =
        read.people.iter().map(|person| person.address.as_str().to_owned()).collect();
    for contact in form.all("contact") {
        if !people.iter().any(|known| known == contact) {
            people.push(contact.to_owned());
        }
    }
    Ok(people)
}

/// `POST /api/event/`: the hour that was pressed is booked; or nothing is, and the free hours are shown.
async fn book(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let people = match people_of(form) {
        Ok(people) => people,
        Err(said) => return show(form, Faults::default().with("participants", said), context, env).await,
    };
    let Some(time_slot) = form.get("time_slot") else {
        return show(form, Faults::default(), context, env).await;
    };
    let body = Body::from_iter([
        ("title".to_owned(), Value::from(form.get("title").unwrap_or_default())),
        ("description".to_owned(), Value::from(form.get("description").unwrap_or_default())),
        ("time_slot".to_owned(), Value::from(time_slot)),
        ("participants".to_owned(), json!(people)),
    ]);
    match change::book(&context.with_body(body), env).await {
        Ok(reply) => {
            let answer: Value = whittle_json::from_str(&reply.text())?;
            let id = answer.get("response").map_or(0, |event| number(event, "id"));
            let notice =
                if list(&answer, "warnings").is_empty() { Notice::Booked } else { Notice::BookedOver };
            Ok(Reply::saved(&format!("/meetings/{id}/"), notice))
        }
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => show(form, Faults::of(error)?, context, env).await,
    }
}

/// An hour as a button: its value is the API's.
fn hour(time_slot: &str, note: String, class: &'static str, with_day: bool) -> Option<Hour> {
    let wall = WallTime::parse(time_slot)?;
    let (date, time) = time_slot.split_once([' ', 'T'])?;
    let clock = time.get(..5)?;
    let short = when::wall_short(wall);
    Some(Hour {
        kind: HourKind::Button,
        name: "time_slot",
        value: time_slot.to_owned(),
        clock: if with_day { short } else { clock.to_owned() },
        said: say("book-hour").with("day", day_title(Day::parse(date)?)).to_string(),
        note,
        class,
        ..Hour::default()
    })
}

/// The page: whom and what for, and once somebody is named, when all of them are free; with what is wrong with an hour that was chosen.
async fn show(form: &Form, mut faults: Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let contacts = Statement::new(CONTACTS).bind("most", MOST_CONTACTS);
    let (account, found) = authenticate_and_query(context, env, vec![contacts]).await?;
    let contacts: Vec<Value> = found
        .first()
        .map(|rows| rows.texts())
        .unwrap_or_default()
        .iter()
        .filter_map(|row| whittle_json::from_str(row).ok())
        .collect();
    let today = Day::of(context.now, &account.timezone);
    let from = match form.get("from").map(|text| (text, Day::parse(text))) {
        Some((_, None)) => {
            faults = faults.with("from", say("fault-day"));
            today
        }
        Some((_, day)) => day,
        None => today,
    };
    let people = match people_of(form) {
        Ok(people) => people,
        Err(said) => {
            if faults.is_empty() {
                faults = faults.with("participants", said);
            }
            Vec::new()
        }
    };
    let asks = !people.is_empty() || form.has("do") || form.has("time_slot");
    let mut days = alternatives(&faults);
    let chosen = form.get("time_slot").filter(|_| days.is_empty() && faults.is_empty());
    if let Some(hour) = chosen.and_then(|time_slot| hour(time_slot, String::new(), "", true)) {
        days.push(parts::Day {
            title: say("book-chosen").to_string(),
            hours: vec![hour],
            ..parts::Day::default()
        });
    }
    if account.verified && asks && faults.field("participants").is_empty() {
        match suggested(&people, from, context, env).await {
            Ok(found) => days.extend(found),
            Err(error) if error.is_about_the_reader() => return Err(error),
            Err(error) if faults.is_empty() => faults = Faults::of(error)?,
            Err(_) => {}
        }
    }
    let template = page(form, &faults, contacts, days, from, &account, context);
    Reply::html(faults.status(), &template)
}

/// The hours that a refusal names instead.
fn alternatives(faults: &Faults) -> Vec<parts::Day> {
    let hours =
        faults.field("alternatives").iter().filter_map(|time_slot| hour(time_slot, String::new(), "", true));
    let hours: Vec<Hour> = hours.collect();
    if hours.is_empty() {
        return Vec::new();
    }
    let title = say("book-alternatives").to_string();
    vec![parts::Day {
        date: "alternatives".to_owned(),
        title,
        note: say("book-alternatives-hint").to_string(),
        hours,
        ..parts::Day::default()
    }]
}

/// When all of them are free: the best hours first, then all of them by day.
async fn suggested(
    people: &[String],
    from: Option<Day>,
    context: &RequestContext,
    env: &Env,
) -> Result<Vec<parts::Day>> {
    let mut query = vec![("participants".to_owned(), people.join(","))];
    query.extend(from.map(|day| ("from".to_owned(), day.to_string())));
    let asked = RequestContext { query, html: false, ..context.clone() };
    let answer: Value = whittle_json::from_str(&suggest::answer(&asked, env).await?.text())?;
    let suggestions = list(&answer, "suggestions");
    if suggestions.is_empty() {
        return Ok(vec![parts::Day {
            title: say("book-free").to_string(),
            note: say("book-none").to_string(),
            ..parts::Day::default()
        }]);
    }
    let note = |one: &Value| match texts(one, "soft") {
        soft if soft.is_empty() => String::new(),
        soft => say("book-soft").with("people", crate::texts::and(&soft)).to_string(),
    };
    let best =
        suggestions.iter().take(BEST).filter_map(|one| hour(text(one, "time_slot"), note(one), "best", true));
    let mut days = vec![parts::Day {
        date: "best".to_owned(),
        title: say("book-best").to_string(),
        hours: best.collect(),
        ..parts::Day::default()
    }];
    let mut others: Vec<(&str, &Value)> =
        suggestions.iter().map(|one| (text(one, "time_slot"), one)).collect();
    others.sort_unstable_by_key(|(time_slot, _)| *time_slot);
    for (time_slot, one) in others {
        let Some((date, hour)) = time_slot.get(..10).zip(hour(time_slot, note(one), "", false)) else {
            continue;
        };
        match days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.hours.push(hour),
            None => days.push(parts::Day {
                date: date.to_owned(),
                title: Day::parse(date).map(day_title).unwrap_or_default(),
                hours: vec![hour],
                ..parts::Day::default()
            }),
        }
    }
    Ok(days)
}

fn page(
    form: &Form,
    faults: &Faults,
    contacts: Vec<Value>,
    days: Vec<parts::Day>,
    from: Option<Day>,
    account: &Account,
    context: &RequestContext,
) -> Parts {
    let typed = ["people", "participants"].into_iter().find_map(|name| form.get(name)).unwrap_or_default();
    let one = |field: Field| Line { fields: vec![field], faults: Vec::new() };
    let who = Field::of_kind("textarea", "people", say("book-who")).hint(say("book-who-hint"));
    let who = who.value(typed).typed_but(None, faults.field("participants").to_vec());
    let ticked: Vec<&str> = form.all("contact").collect();
    let choices = contacts.iter().map(|contact| Choice {
        name: "contact",
        value: text(contact, "email").to_owned(),
        label: text(contact, "name").to_owned(),
        small: text(contact, "email").to_owned(),
        ticked: ticked.contains(&text(contact, "email")),
    });
    let choices: Vec<Choice> = choices.collect();
    let mut groups = vec![Group { lines: vec![one(who)], ..Group::default() }];
    if !choices.is_empty() {
        let legend = say("book-contacts-title").to_string();
        groups.push(Group { legend, folded: true, choices, ..Group::default() });
    }
    let date = from.map(|day| day.to_string()).unwrap_or_default();
    let date = Field::of_kind("date", "from", say("book-from"))
        .value(&date)
        .typed_but(None, faults.field("from").to_vec());
    groups.push(Group {
        lines: vec![
            one(Field::of_kind("text", "title", say("book-what")).typed(Some(form), faults)),
            one(Field::of_kind("textarea", "description", say("book-description")).typed(Some(form), faults)),
            one(date),
        ],
        ..Group::default()
    });
    let shows = !days.is_empty();
    let form = parts::Form {
        action: EVENTS.to_owned(),
        groups,
        buttons: vec![Button {
            class: if shows { "quiet" } else { "" },
            ..Button::quiet("look", say("book-look"))
        }],
        days,
        ..parts::Form::default()
    };
    let mut page = Parts::booking(context, say("book-title"));
    page.lead = say("book-lead").with("zone", when::zone_at(context.now, &account.timezone)).to_string();
    let beside = ["participants", "title", "description", "from", "alternatives"];
    page.general = faults.beside(&beside).into_iter().map(ToOwned::to_owned).collect();
    if !account.verified {
        page.general.push(say("book-unverified").to_string());
    }
    let part = Part { id: "book", form: Some(form), ..Part::default() };
    page.parts.push(part);
    let others = Part::default()
        .link(say("events-title"), EVENTS)
        .link(say("free-title"), "/api/user/get_available_slots/");
    page.parts.push(others);
    page
}

/// `GET /api/event/`: what is booked, a page of it.
async fn events(context: &RequestContext, env: &Env) -> Result<Reply> {
    let answer: Value = whittle_json::from_str(&api::list(context, env).await?.text())?;
    let row = |event: &Value| {
        let time = WallTime::parse(text(event, "time_slot")).map(when::wall).unwrap_or_default();
        let people = crate::texts::and(&texts(event, "participants"));
        Row {
            title: text(event, "title").to_owned(),
            href: format!("/meetings/{}/", number(event, "id")),
            line: say("events-line").with("time", time).with("people", people).to_string(),
            badge: (text(event, "status") == "cancelled")
                .then(|| (say("cal-list-cancelled").to_string(), "no")),
            ..Row::default()
        }
    };
    let mut page = Parts::booking(context, say("events-title"));
    let mut part =
        Part { id: "events", rows: list(&answer, "results").iter().map(row).collect(), ..Part::default() };
    if part.rows.is_empty() {
        part = part.text(say("events-none"));
    }
    for (name, label) in [("previous", say("events-previous")), ("next", say("events-next"))] {
        // The API names the whole URL; a page needs its query alone.
        let url = text(&answer, name);
        if let Some((_, query)) = url.split_once('?') {
            part = part.link(label, format!("{EVENTS}?{query}"));
        } else if !url.is_empty() {
            part = part.link(label, EVENTS);
        }
    }
    let all = context.query("future") == Some("false");
    part = if all {
        part.link(say("events-coming"), EVENTS)
    } else {
        part.link(say("events-all"), format!("{EVENTS}?future=false"))
    };
    page.parts.push(part.link(say("events-book"), BOOK));
    Reply::html(200, &page)
}

/// `PATCH /api/event/{id}/` by a form of the meeting's page: other people, or whether it takes place.
async fn change_event(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut body = Body::new();
    let mut faults = Faults::default();
    if let Some(status) = form.get("status") {
        body.insert("status".to_owned(), Value::from(status));
    }
    if form.has("people") {
        match people_of(form) {
            Ok(people) => _ = body.insert("participants".to_owned(), json!(people)),
            Err(said) => faults = faults.with("participants", said),
        }
    }
    if faults.is_empty() {
        match change::change(id, EventBody::Part, &context.with_body(body), env).await {
            Ok(_) => return Ok(Reply::saved(&format!("/meetings/{id}/"), Notice::MeetingChanged)),
            Err(error) if error.is_about_the_reader() => return Err(error),
            Err(error) => faults = Faults::of(error)?,
        }
    }
    crate::meeting::page::again(id, form, faults, context, env).await
}
