//! The pages of an account's engagements: its week, the list of what is coming, and the calendars that they come from.

use askama::Template;
use serde_json::Value;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::store::Imported;
use super::{api, import, store, subscription, week};
use crate::auth::account::authenticate_and_query;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::members::{number, text};
use crate::http::notice::Notice;
use crate::http::parts::{Act, Part, Parts, Row, booking_tabs};
use crate::http::reply::Reply;
use crate::route::Busy;
use crate::texts::{say, when};

/// The calendars that engagements come from.
const CALENDARS: &str = "/api/user/busy/subscriptions/";

/// The answer to a browser.
pub async fn answer(route: Busy, context: &RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Busy::ListBusy
            if ["to", "after"].iter().any(|name| context.query(name).is_some()) || context.shows("list") =>
        {
            list(context, env).await
        }
        Busy::ListBusy => week::show(context, None, env).await,
        Busy::ImportBusy => match import::import(context, env).await {
            Ok(_) => Ok(Reply::saved(CALENDARS, Notice::BusyImported)),
            Err(refused @ Error::Invalid(_)) => calendars(context, &Faults::of(refused)?, env).await,
            Err(other) => Err(other),
        },
        Busy::ForgetBusy => {
            api::forget(context, env).await?;
            Ok(Reply::saved(CALENDARS, Notice::BusyForgotten))
        }
        Busy::Subscriptions => calendars(context, &Faults::default(), env).await,
        Busy::Subscribe => match subscription::api::subscribe(context, env).await {
            Ok(_) => Ok(Reply::saved(CALENDARS, Notice::Subscribed)),
            Err(refused @ Error::Invalid(_)) => calendars(context, &Faults::of(refused)?, env).await,
            Err(other) => Err(other),
        },
        Busy::ReadSubscription(id) => {
            subscription::api::read_now(id, context, env).await?;
            Ok(Reply::saved(CALENDARS, Notice::SubscriptionRead))
        }
        Busy::EndSubscription(id) => {
            subscription::api::end(id, context, env).await?;
            Ok(Reply::saved(CALENDARS, Notice::SubscriptionEnded))
        }
    }
}

/// What is coming, a page of it.
async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    let wanted = api::wanted(context)?;
    let queries = vec![store::page(&wanted, context.now, env)?];
    let (account, found) = authenticate_and_query(context, env, queries).await?;
    let reply = found.first().map(|rows| api::page_of(&wanted, rows, env)).transpose()?;
    let coming: Vec<Value> = match &reply {
        Some(reply) => whittle_json::from_str(&reply.text())?,
        None => Vec::new(),
    };
    let zone = context.page.viewer.zone(Some(&account.timezone), &Zone::default()).zone;
    let mut page = Parts::booking(context, say("busy-title"));
    page.lead = say("busy-coming-lead").with("zone", when::zone_at(context.now, &zone)).to_string();
    let mut part =
        Part { rows: coming.iter().filter_map(|one| shown(one, &zone)).collect(), ..Part::default() };
    if part.rows.is_empty() {
        part = part.text(say("busy-coming-none"));
    }
    // The API names the whole URL; a page needs its query alone.
    let next = reply.and_then(|reply| reply.next).unwrap_or_default();
    if let Some((_, query)) = next.split_once('?') {
        part = part.link(say("busy-next"), format!("{}?{query}", week::PATH));
    }
    page.parts.push(part.link(say("week-tab"), week::PATH));
    Reply::html(200, &page)
}

fn shown(engagement: &Value, zone: &Zone) -> Option<Row> {
    let instant = |name| Instant::parse(text(engagement, name));
    let what = match (text(engagement, "title"), text(engagement, "kind")) {
        ("", "import") => say("busy-kind-import").to_string(),
        ("", "block") => say("week-blocked").to_string(),
        ("", _) => say("busy-kind-other").to_string(),
        (title, _) => title.to_owned(),
    };
    // The page is of this origin, whatever the API calls it.
    let href = text(engagement, "url").split_once("/meetings/").map(|(_, rest)| format!("/meetings/{rest}"));
    let time = when::slot(&Slot::between(instant("from")?, instant("to")?)?, zone);
    Some(Row { title: what, line: time, href: href.unwrap_or_default(), ..Row::default() })
}

#[derive(Template)]
#[template(path = "page/busy.html")]
struct CalendarsPage {
    page: Layout,
    tabs: Vec<(String, &'static str)>,
    imported: Imported,
    /// When something was imported last, in words.
    at: String,
    faults: Vec<String>,
    replace: bool,
    subscribed: Vec<Row>,
    url: Field,
}

/// The calendars, with what is wrong with a file that was sent.
async fn calendars(context: &RequestContext, faults: &Faults, env: &Env) -> Result<Reply> {
    let (account, found) =
        authenticate_and_query(context, env, vec![store::imported(), subscription::store::list()]).await?;
    let imported = found.first().and_then(|rows| rows.texts().pop());
    let imported: Imported =
        imported.map_or_else(|| Ok(Imported::default()), |row| whittle_json::from_str(&row))?;
    let zone = context.page.viewer.zone(Some(&account.timezone), &Zone::default()).zone;
    let subscribed = found.get(1).map(|rows| rows.texts()).unwrap_or_default();
    let mut said = faults.field("calendar").to_vec();
    said.extend(faults.beside(&["calendar", "url"]).into_iter().map(ToOwned::to_owned));
    let page = CalendarsPage {
        page: Layout::new(&context.page, say("calendars-title")),
        tabs: booking_tabs(),
        at: imported
            .at
            .map(|at| when::moment(when::minute(Instant::from_millis(at)), &zone))
            .unwrap_or_default(),
        imported,
        faults: said,
        replace: context.form.as_ref().is_some_and(|form| form.has("replace")),
        subscribed: subscribed
            .iter()
            .filter_map(|row| Some(subscription(&whittle_json::from_str(row).ok()?, &zone)))
            .collect(),
        url: Field::of_kind("url", "url", say("subs-url"))
            .hint(say("subs-url-hint"))
            .typed(context.form.as_ref(), faults),
    };
    Reply::html(faults.status(), &page)
}

/// A calendar elsewhere: how old what is known of it is, and why it could not be read since.
fn subscription(row: &Value, zone: &Zone) -> Row {
    let moment = |name| Instant::parse(text(row, name)).map(|at| when::moment(when::minute(at), zone));
    let read =
        moment("read_at").map(|at| say("subs-read").with("count", number(row, "instances")).with("at", at));
    let mut line = read.map_or_else(|| say("subs-never").to_string(), |said| said.to_string());
    let failed = number(row, "failures");
    if failed > 0 {
        let said = say("subs-failed").with("count", failed).with("why", text(row, "error").to_owned());
        line = format!("{line} {said}");
    }
    let path = format!("{CALENDARS}{}/", number(row, "id"));
    Row {
        title: text(row, "url").to_owned(),
        line,
        badge: (failed > 0).then(|| (say("subs-fails").to_string(), "no")),
        acts: vec![
            Act::new(say("subs-read-now"), path.clone(), "quiet"),
            Act::new(say("subs-end"), format!("{path}?_method=DELETE"), "quiet"),
        ],
        ..Row::default()
    }
}
