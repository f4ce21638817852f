//! The page of an account's engagements: what was imported, a file to import, and what is coming.

use askama::Template;
use serde::Deserialize;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::store::Imported;
use super::{api, import, store};
use crate::auth::account::authenticate_and_query;
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::route::Busy;
use crate::texts::{say, when};

const PATH: &str = "/api/user/busy/";

/// The answer to a browser.
pub async fn answer(route: Busy, context: &RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Busy::ListBusy => show(context, &Faults::default(), env).await,
        Busy::ImportBusy => match import::import(context, env).await {
            Ok(_) => Ok(Reply::saved(PATH, Notice::BusyImported)),
            Err(refused @ Error::Invalid(_)) => show(context, &Faults::of(refused)?, env).await,
            Err(other) => Err(other),
        },
        Busy::ForgetBusy => {
            api::forget(context, env).await?;
            Ok(Reply::saved(PATH, Notice::BusyForgotten))
        }
        Busy::Subscriptions | Busy::Subscribe | Busy::ReadSubscription(_) | Busy::EndSubscription(_) => {
            Err(not_found())
        }
    }
}

/// An engagement as the API lists it.
#[derive(Deserialize)]
struct Engagement {
    kind: String,
    from: String,
    to: String,
    title: Option<String>,
    url: Option<String>,
}

/// An engagement in words.
struct Shown {
    time: String,
    what: String,
    href: String,
}

#[derive(Template)]
#[template(path = "page/busy.html")]
struct BusyPage {
    page: Layout,
    imported: Imported,
    /// When something was imported last, in words.
    at: String,
    faults: Vec<String>,
    replace: bool,
    coming: Vec<Shown>,
    /// Where the next ones are.
    next: String,
    zone: String,
}

/// The page, with what is wrong with a file that was sent.
async fn show(context: &RequestContext, faults: &Faults, env: &Env) -> Result<Reply> {
    let wanted = api::wanted(context)?;
    let queries = vec![store::page(&wanted, context.now, env)?, store::imported()];
    let (account, found) = authenticate_and_query(context, env, queries).await?;
    let mut found = found.into_iter();
    let reply = found.next().map(|rows| api::page_of(&wanted, &rows, env)).transpose()?;
    let coming: Vec<Engagement> = match &reply {
        Some(reply) => serde_json::from_str(&reply.text())?,
        None => Vec::new(),
    };
    let imported = found.next().and_then(|rows| rows.texts().pop());
    let imported: Imported =
        imported.map_or_else(|| Ok(Imported::default()), |row| serde_json::from_str(&row))?;
    let zone = context.page.viewer.zone(Some(&account.timezone), &Zone::default()).zone;
    let next = reply.and_then(|reply| reply.next).unwrap_or_default();
    let mut said = faults.field("calendar").to_vec();
    said.extend(faults.beside(&["calendar"]).into_iter().map(ToOwned::to_owned));
    let page = BusyPage {
        page: Layout::new(&context.page, say("busy-title")),
        at: imported
            .at
            .map(|at| when::moment(when::minute(Instant::from_millis(at)), &zone))
            .unwrap_or_default(),
        imported,
        faults: said,
        replace: context.form.as_ref().is_some_and(|form| form.has("replace")),
        coming: coming.into_iter().filter_map(|engagement| shown(engagement, &zone)).collect(),
        // The API names the whole URL; a page needs its query alone.
        next: next.split_once('?').map(|(_, query)| format!("{PATH}?{query}")).unwrap_or_default(),
        zone: when::zone_at(context.now, &zone),
    };
    Reply::html(faults.status(), &page)
}

fn shown(engagement: Engagement, zone: &Zone) -> Option<Shown> {
    let (from, to) = (Instant::parse(&engagement.from)?, Instant::parse(&engagement.to)?);
    let length = Duration::from_micros(to.micros().checked_sub(from.micros())?);
    let what = match (engagement.title, engagement.kind.as_str()) {
        (Some(title), _) => title,
        (None, "import") => say("busy-kind-import").to_string(),
        (None, _) => say("busy-kind-other").to_string(),
    };
    // The page is of this origin, whatever the API calls it.
    let href = engagement.url.as_deref().and_then(|url| Some(url.split_once("/meetings/")?.1.to_owned()));
    Some(Shown {
        time: when::slot(&Slot::new(from, length).ok()?, zone),
        what,
        href: href.map(|rest| format!("/meetings/{rest}")).unwrap_or_default(),
    })
}
