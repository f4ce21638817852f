//! The pages of hours: blocking some, the working hours, and when somebody is free.

use serde_json::Value;
use whittle_domain::booking::day::DayHours;
use whittle_domain::input::Body;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;
use worker::Env;

use super::{blocks, look, working_page};
use crate::auth::account::authenticate;
use crate::busy::week::{self, Refused, clock, day_title};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::page::query;
use crate::http::parts::{self, Button, Group, Hour, HourKind, Line, Part, Parts, Row};
use crate::http::reply::Reply;
use crate::route::Booking;
use crate::texts::{say, when};

/// For how many days one sees when somebody is free.
const DAYS: i32 = 7;

/// The page of a route; none where another client asks.
pub async fn dispatch(route: Booking, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Booking::BlockHours | Booking::UnblockHours, Some(form)) => {
            block(form, context, env).await.map(Some)
        }
        (Booking::WorkingHours, _) => working_page::show(context, env).await.map(Some),
        (Booking::SetWorkingHours, Some(form)) => working_page::set(form, context, env).await.map(Some),
        (Booking::AvailableHours, _) => free(true, context, env).await.map(Some),
        (Booking::FreeBusy, _) => free(false, context, env).await.map(Some),
        _ => Ok(None),
    }
}

/// The hours of a week as the form has them: what is ticked is blocked, and what was blocked and is not ticked is opened. Day by day,
/// as the API has it.
async fn block(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let ticked: Vec<&str> = form.all("hour").collect();
    let was: Vec<&str> =
        form.get("was").unwrap_or_default().split(',').filter(|hour| !hour.is_empty()).collect();
    let new = ticked.iter().filter(|hour| !was.contains(hour)).map(|hour| (true, *hour));
    let gone = was.iter().filter(|hour| !ticked.contains(hour)).map(|hour| (false, *hour));
    let mut changes: Vec<(bool, &str, Vec<&str>)> = Vec::new();
    for (blocks, (day, hour)) in
        new.chain(gone).filter_map(|(blocks, hour)| Some((blocks, hour.split_once(' ')?)))
    {
        match changes.iter_mut().find(|(known, date, _)| (*known, *date) == (blocks, day)) {
            Some((.., hours)) => hours.push(hour),
            None => changes.push((blocks, day, vec![hour])),
        }
    }
    let mut refused = Refused { status: 200, said: Vec::new(), form: form.clone() };
    for (adds, date, hours) in changes {
        let body = Body::from_iter([
            ("date".to_owned(), Value::from(date)),
            ("blocked_slots".to_owned(), Value::from(hours)),
        ]);
        match blocks::change(&context.with_body(body), adds, env).await {
            Ok(_) => {}
            Err(error) if error.is_about_the_reader() => return Err(error),
            Err(error) => {
                let faults = Faults::of(error)?;
                refused.status = faults.status();
                let day = Day::parse(date).map(day_title).unwrap_or_default();
                let said = faults.beside(&["alternatives"]).into_iter();
                let said = said
                    .map(|said| say("week-refused").with("day", day.clone()).with("said", said).to_string());
                refused.said.extend(said);
            }
        }
    }
    if !refused.said.is_empty() {
        return week::show(context, Some(&refused), env).await;
    }
    Ok(Reply::saved(&format!("{}{}", week::PATH, query("from", form.get("from"))), Notice::HoursBlocked))
}

/// When somebody is free, or busy: a week of it. Whoever is free can be booked from here.
async fn free(shows_free: bool, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let zone = &account.timezone;
    let named = ["date", "from"].into_iter().find_map(|name| context.query(name));
    // An instant of the API begins with its date.
    let date = named.filter(|text| !text.is_empty()).map(|text| Day::parse(text.get(..10).unwrap_or(text)));
    let today = Day::of(context.now, zone);
    let user = context.query("user").unwrap_or_default();
    let (mut faults, mut days) = (Faults::default(), Vec::new());
    match date.map_or(today, |day| day).zip(today) {
        None => faults = faults.with("date", say("fault-day")),
        Some((first, _)) => match busy(first, user, zone, context, env).await {
            Ok(busy) => {
                let all = (0..DAYS).filter_map(|n| first.plus_days(n));
                let hours = |day| {
                    if shows_free {
                        free_day(day, user, zone, context.now, &busy)
                    } else {
                        busy_day(day, zone, &busy)
                    }
                };
                days = all.map(hours).collect();
            }
            Err(error @ Error::Invalid(_)) => faults = Faults::of(error)?,
            Err(other) => return Err(other),
        },
    }
    let value = date.flatten().or(today).map(|day| day.to_string()).unwrap_or_default();
    let path = if shows_free { "/api/user/get_available_slots/" } else { "/api/user/freebusy/" };
    let first = if shows_free { "date" } else { "from" };
    let asked = Form::new(context.query.clone());
    let who = Field::email("user", say("free-who"), "off")
        .hint(say("free-who-hint"))
        .optional()
        .typed(Some(&asked), &faults);
    let day = Field::of_kind("date", first, say("free-from"))
        .value(&value)
        .typed_but(None, faults.field("date").to_vec());
    let line = Line { fields: vec![who, day], faults: Vec::new() };
    let form = parts::Form {
        action: path.to_owned(),
        asks: true,
        groups: vec![Group { lines: vec![line], ..Group::default() }],
        buttons: vec![Button { class: "quiet", ..Button::send(say("free-show")) }],
        ..parts::Form::default()
    };
    let mut page =
        Parts::booking(context, if shows_free { say("free-title") } else { say("freebusy-title") });
    page.lead = say("free-lead").with("zone", when::zone_at(context.now, zone)).to_string();
    page.general = faults.beside(&["user", "date", "from"]).into_iter().map(ToOwned::to_owned).collect();
    page.parts.push(Part { form: Some(form), ..Part::default() });
    page.parts.push(Part { id: "days", days, ..Part::default() });
    Reply::html(faults.status(), &page)
}

/// When somebody is busy in the days from this one on, as the API tells it.
async fn busy(first: Day, user: &str, zone: &Zone, context: &RequestContext, env: &Env) -> Result<Vec<Slot>> {
    let midnight =
        |day: Option<Day>| day.and_then(|day| day.at(0)?.resolve_forward(zone)).map(|at| at.to_string());
    let (from, to) = (midnight(Some(first)), midnight(first.plus_days(DAYS)));
    let asked = [("from", from), ("to", to), ("user", Some(user.to_owned()))];
    let query = asked
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|value| !value.is_empty())?)));
    let asked = RequestContext { query: query.collect(), html: false, ..context.clone() };
    Ok(look::free_busy(&asked, env).await?.busy)
}

fn busy_day(day: Day, zone: &Zone, busy: &[Slot]) -> parts::Day {
    let range = DayHours::new(day, zone).range();
    let here = busy.iter().filter_map(|slot| {
        let range = range?;
        Slot::between(slot.begin().max(range.begin()), slot.end().min(range.end()))
    });
    let row = |slot: Slot| Row {
        line: when::clock_range(&slot, zone),
        title: say("freebusy-busy").to_string(),
        ..Row::default()
    };
    let rows: Vec<Row> = here.map(row).collect();
    let note = if rows.is_empty() { say("freebusy-free").to_string() } else { String::new() };
    parts::Day { date: day.to_string(), title: day_title(day), note, rows, ..parts::Day::default() }
}

fn free_day(day: Day, user: &str, zone: &Zone, now: Instant, busy: &[Slot]) -> parts::Day {
    let of_day = DayHours::new(day, zone);
    let occupied = of_day.occupied(busy);
    let is_free =
        |hour: &u8| !occupied.contains(*hour) && of_day.slot(*hour).is_some_and(|slot| slot.begin() > now);
    let hours = (0..24).filter(is_free).map(|hour| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("participants", user)
            .append_pair("from", &day.to_string())
            .append_pair("time_slot", &format!("{day} {}:00", clock(hour)))
            .finish();
        Hour {
            kind: HourKind::Link,
            value: format!("/api/event/suggest/?{query}"),
            clock: clock(hour),
            said: say("free-book").with("day", day_title(day)).to_string(),
            ..Hour::default()
        }
    });
    let hours: Vec<Hour> = hours.collect();
    let note = if hours.is_empty() { say("free-none").to_string() } else { String::new() };
    parts::Day { date: day.to_string(), title: day_title(day), note, hours, ..parts::Day::default() }
}
