//! The page of an account's week: its meetings, what waits, its blocked hours and what was imported, with the hours of each day to block.

use serde_json::Value;
use whittle_domain::booking::day::DayHours;
use whittle_domain::booking::freebusy::merged;
use whittle_domain::booking::hours::WorkingHours;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;
use worker::Env;

use super::waiting;
use crate::auth::account::authenticate_and_query;
use crate::d1::Statement;
use crate::error::{Result, bad_request};
use crate::http::context::RequestContext;
use crate::http::form::Form;
use crate::http::members::{is, number, text};
use crate::http::parts::{self, Hour, HourKind, Part, Parts, Row};
use crate::http::reply::Reply;
use crate::texts::{say, when};

/// The page.
pub const PATH: &str = "/api/user/busy/";
const DAYS: i32 = 7;
/// By how much the range that is read is wider than the days, for the account's zone comes with the rows.
const DAY_MILLIS: i64 = 86_400_000;

/// All of a week is far less; an import can have any number.
const ROWS: &str = "select json_object('kind', b.kind, 'from', b.starts_at, 'to', b.ends_at, 'hard', b.hard,
    'title', m.title, 'id', m.id, 'held', m.status = 'held') as json
  from busy b left join meetings m on b.kind = 'meeting' and m.id = b.source
  where b.account = (select id from me) and b.starts_at < :to and b.ends_at > :from
    and (b.expires_at is null or b.expires_at > :now)
  order by b.starts_at, b.id limit 2000";
const HOURS: &str = "select coalesce(hours, 'null') as json from accounts where id = (select id from me)";

/// What is typed into the page and why it was refused.
#[derive(Default)]
pub struct Refused {
    pub status: u16,
    pub said: Vec<String>,
    pub form: Form,
}

/// An engagement.
struct Engagement {
    slot: Slot,
    kind: String,
    hard: bool,
    what: String,
    href: String,
}

/// The page of the week that begins with the day that the query names, or today.
pub async fn show(context: &RequestContext, refused: Option<&Refused>, env: &Env) -> Result<Reply> {
    let wanted = refused.and_then(|refused| refused.form.get("from")).or_else(|| context.query("from"));
    let first = match wanted.filter(|text| !text.is_empty()) {
        None => None,
        // An instant of the API begins with its date.
        Some(text) => match Day::parse(text.get(..10).unwrap_or(text)) {
            Some(day) => Some(day),
            None => return Err(bad_request(serde_json::json!({ "from": [say("fault-day").to_string()] }))),
        },
    };
    let now = context.now;
    let begin = first.and_then(|day| day.at(0)?.resolve_forward(&Zone::default())).unwrap_or(now).millis();
    let rows = Statement::new(ROWS)
        .bind("from", begin.saturating_sub(2 * DAY_MILLIS))
        .bind("to", begin.saturating_add(10 * DAY_MILLIS))
        .bind("now", now.millis());
    let queries = vec![rows, Statement::new(HOURS), waiting::query(now)];
    let (account, found) = authenticate_and_query(context, env, queries).await?;
    let zone = &account.timezone;
    let mut found = found.into_iter().map(|rows| rows.texts());
    let mut next = || found.next().unwrap_or_default();
    let engagements: Vec<Engagement> =
        next().iter().filter_map(|row| engagement(&whittle_json::from_str(row).ok()?)).collect();
    let hours: Value = next().pop().map_or(Ok(Value::Null), |row| whittle_json::from_str(&row))?;
    let hours = WorkingHours::stored(&hours).unwrap_or_default();
    let waiting = waiting::read(&next(), zone)?;
    let Some(first) = first.or_else(|| Day::of(now, zone)) else { return Err(bad_request(Value::Null)) };
    let from = |days: i32| first.plus_days(days).map(|day| format!("{PATH}?from={day}")).unwrap_or_default();

    let mut page = Parts::booking(context, say("week-title"));
    page.lead = say("week-lead").with("zone", when::zone_at(now, zone)).to_string();
    if let Some(refused) = refused {
        page.general.clone_from(&refused.said);
    }
    if !waiting.is_empty() {
        let part = Part { id: "waiting", rows: waiting, ..Part::titled(say("waiting-title")) };
        page.parts.push(part.text(say("waiting-lead")));
    }
    let days: Vec<parts::Day> = (0..DAYS)
        .filter_map(|n| first.plus_days(n))
        .map(|day| one_day(day, zone, now, &engagements, &hours, refused.map(|refused| &refused.form)))
        .collect();
    let blocked: Vec<String> = days
        .iter()
        .flat_map(|day| &day.hours)
        .filter(|hour| hour.class == "blocked")
        .map(|hour| hour.value.clone())
        .collect();
    let can_block = days.iter().any(|day| !day.hours.is_empty());
    let form = parts::Form {
        action: "/api/user/block_slots/".to_owned(),
        hidden: vec![("from", first.to_string()), ("was", blocked.join(","))],
        days,
        foot: if can_block { say("week-block-button").to_string() } else { String::new() },
        paints: can_block,
        ..parts::Form::default()
    };
    let part = Part { id: "week", form: Some(form), ..Part::default() };
    let part = part.text(say("week-block-hint"));
    page.parts.push(
        part.link(say("week-earlier"), from(-DAYS))
            .link(say("week-later"), from(DAYS))
            .link(say("week-list"), format!("{PATH}?show=list")),
    );
    Reply::html(refused.map_or(200, |refused| refused.status), &page)
}

fn engagement(row: &Value) -> Option<Engagement> {
    let kind = text(row, "kind").to_owned();
    let title = text(row, "title");
    let what = match (kind.as_str(), title) {
        ("import", _) => say("busy-kind-import"),
        ("block", _) => say("week-blocked"),
        (_, "") => say("busy-kind-other"),
        (_, title) if is(row, "held") => say("week-held").with("title", title.to_owned()),
        (_, title) => say("week-meeting").with("title", title.to_owned()),
    };
    Some(Engagement {
        slot: Slot::between(
            Instant::from_millis(number(row, "from")),
            Instant::from_millis(number(row, "to")),
        )?,
        what: what.to_string(),
        hard: is(row, "hard"),
        href: match number(row, "id") {
            0 => String::new(),
            id => format!("/meetings/{id}/"),
        },
        kind,
    })
}

/// The name of a day: `Tuesday 24 November 2026`.
pub fn day_title(day: Day) -> String {
    let noon = day.at(720).and_then(|noon| noon.resolve_forward(&Zone::default()));
    noon.map(|noon| when::day(&LocalTime::of(noon, &Zone::default()))).unwrap_or_default()
}

/// An hour of 0 to 23 as clocks show it.
pub fn clock(hour: u8) -> String {
    format!("{hour:02}:00")
}

/// The hours at which an account can be booked by others, in words.
pub fn spans(minutes: &[(u16, u16)]) -> String {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60));
    let span = |(from, to): &(u16, u16)| {
        say("clock-range").with("from", clock(*from)).with("to", clock(*to)).to_string()
    };
    crate::texts::and(&minutes.iter().map(span).collect::<Vec<_>>())
}

fn one_day(
    day: Day,
    zone: &Zone,
    now: Instant,
    engagements: &[Engagement],
    working: &WorkingHours,
    typed: Option<&Form>,
) -> parts::Day {
    let of_day = DayHours::new(day, zone);
    let minutes = working.minutes(day);
    let note = match (working.is_always(), minutes.is_empty()) {
        (true, _) => String::new(),
        (_, true) => say("week-day-off").to_string(),
        (_, false) => say("week-hours").with("hours", spans(&minutes)).to_string(),
    };
    let here: Vec<&Engagement> = match of_day.range() {
        Some(range) => engagements.iter().filter(|one| one.slot.overlaps(&range)).collect(),
        None => Vec::new(),
    };
    let clipped = |slot: Slot| {
        of_day.range().and_then(|range| Slot::between(slot.begin().max(range.begin()), slot.end()))
    };
    let row = |slot: Slot, what: &str, href: &str| Row {
        line: clipped(slot).map(|slot| when::clock_range(&slot, zone)).unwrap_or_default(),
        title: what.to_owned(),
        href: href.to_owned(),
        ..Row::default()
    };
    let is_block = |one: &&&Engagement| one.kind == "block";
    let blocks = merged(here.iter().filter(is_block).map(|one| one.slot).collect());
    let mut rows: Vec<(Instant, Row)> = blocks
        .into_iter()
        .map(|slot| (slot.begin(), row(slot, &say("week-blocked").to_string(), "")))
        .collect();
    let others = here.iter().filter(|one| one.kind != "block");
    rows.extend(others.map(|one| (one.slot.begin(), row(one.slot, &one.what, &one.href))));
    rows.sort_by_key(|(begin, _)| *begin);
    let hour = |hour: u8| -> Option<Hour> {
        let pieces: Vec<Slot> = of_day.pieces(hour).collect();
        let over = |one: &&&Engagement| pieces.iter().any(|piece| piece.overlaps(&one.slot));
        let first = pieces.first()?;
        let mut over = here.iter().filter(over);
        let booked = over.clone().find(|one| one.hard && one.kind != "block");
        let was = over.clone().any(|one| one.kind == "block");
        let value = format!("{day} {hour:02}");
        let ticked = typed.map_or(was, |form| form.all("hour").any(|typed| typed == value));
        let noted = booked.or_else(|| over.find(|one| one.kind != "block"));
        let is_closed = booked.is_some() || first.end() <= now;
        Some(Hour {
            kind: if is_closed { HourKind::Closed } else { HourKind::Box },
            name: "hour",
            clock: clock(hour),
            note: match noted {
                Some(one) => one.what.clone(),
                None if is_closed => say("week-passed").to_string(),
                None => String::new(),
            },
            class: if was && !is_closed { "blocked" } else { "" },
            value,
            ticked,
            ..Hour::default()
        })
    };
    let hours: Vec<Hour> = if of_day.is_past(now) { Vec::new() } else { (0..24).filter_map(hour).collect() };
    let ticked = hours.iter().filter(|hour| hour.ticked).count();
    parts::Day {
        date: day.to_string(),
        title: day_title(day),
        note,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        fold: if hours.is_empty() {
            String::new()
        } else {
            say("week-block").with("count", ticked).to_string()
        },
        hours,
    }
}
