//! `GET /new/` and `POST /new/`: the page, and what each of its buttons makes of what was typed. Nothing is kept.

use serde_json::json;
use whittle_domain::hex;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::series::Times;
use whittle_domain::proposal::{Caller, View};
use whittle_domain::zone::Zone;
use worker::Env;

use super::check::{self, Ready};
use super::draft::Draft;
use super::page::{self, Previewed, Shown};
use super::preview;
use super::store::{self, Known};
use super::times::{Row, Wrong};
use crate::auth::account::authenticate;
use crate::config;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::reply::Reply;
use crate::proposal::client::call;
use crate::proposal::wire::{Admit, Show};
use crate::random;

/// `GET /new/`: an empty page, or one that is filled in by its query: `?title=`, `?location=`, `?description=`, `?people=`, or with
/// `?again=` by the proposal whose next round it is.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    if !context.html {
        return told(context, env).await;
    }
    let (known, _) = store::load(&Draft::default().wanted(), context, env, Vec::new()).await?;
    let zone = context.page.viewer.zone(Some(&known.account.timezone), &Zone::default()).zone;
    let draft = match context.query("again").and_then(|id| id.parse().ok()) {
        Some(id) => again(id, &known, context, env).await?,
        None => Draft::blank(&known.name, &zone, &context.query),
    };
    let faults = Faults::default();
    let page = Shown { known: &known, rows: &[], faults: &faults, series: None, part: "", opened: true };
    page::compose(&draft, &page, context)
}

/// The next round of an own proposal: its people and details.
async fn again(id: u64, known: &Known, context: &RequestContext, env: &Env) -> Result<Draft> {
    let caller = Caller::from(known.account.clone());
    call(id, Admit { caller, closed_too: false, organiser: true }, &context.dev, env).await?;
    let shown = call(id, Show {}, &context.dev, env).await?;
    let view: View = whittle_json::from_str(&shown.body.read())?;
    Ok(Draft::again(&view, known.account.address.as_str()))
}

/// What another client is told.
async fn told(context: &RequestContext, env: &Env) -> Result<Reply> {
    authenticate(&context.credential, env, context.now).await?;
    let detail = "A browser gets a page here, which composes a proposal. To propose, POST to /.";
    Ok(Reply::json(200, json!({ "detail": detail, "fields": [] }).to_string()))
}

/// `POST /new/`: what was typed, and more of it.
/// 1. the times that were typed are taken over; 2. the button of the series makes times; 3. the preview judges everything.
pub async fn compose(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Some(form) = context.form.as_ref().filter(|_| context.html) else { return told(context, env).await };
    let mut draft = Draft::of_form(form);
    let (known, _) = store::load(&draft.wanted(), context, env, Vec::new()).await?;
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let rows = check::settle(&mut draft, &zone, context.now);
    let part = form.get("do").unwrap_or("preview");
    let (series, faults) = series(part, &mut draft, &zone, context.now);
    if part == "preview" {
        return match check::check(&draft, &rows, &known, context.now)? {
            Ok(ready) => previewed(&draft, &ready, &known, &Faults::default(), context, env),
            Err(faults) => shown(&draft, &known, &rows, &faults, context),
        };
    }
    let shown =
        Shown { known: &known, rows: &rows, faults: &faults, series: series.as_ref(), part, opened: false };
    page::compose(&draft, &shown, context)
}

/// What the buttons of the series make.
fn series(part: &str, draft: &mut Draft, zone: &Zone, now: Instant) -> (Option<Times>, Faults) {
    if !matches!(part, "series" | "use") {
        return (None, Faults::default());
    }
    match draft.series.series().times(zone, now) {
        Err(errors) => (None, check::series_faults(&errors)),
        Ok(times) if part == "series" => (Some(times), Faults::default()),
        Ok(times) => {
            let faults = check::add_series(draft, &times);
            // Used up: the next series begins anew.
            (Some(times).filter(|_| !faults.is_empty()), faults)
        }
    }
}

/// The page with faults beside its fields.
pub fn shown(
    draft: &Draft,
    known: &Known,
    rows: &[(Row, Wrong)],
    faults: &Faults,
    context: &RequestContext,
) -> Result<Reply> {
    page::compose(draft, &Shown { known, rows, faults, series: None, part: "", opened: false }, context)
}

/// The preview of a proposal that can be made.
pub fn previewed(
    draft: &Draft,
    ready: &Ready,
    known: &Known,
    faults: &Faults,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let once = new_once(env)?;
    let nights = preview::nights(ready, known);
    let mail = preview::mail(ready, known, context, env)?;
    page::preview(draft, ready, known, Previewed { once: &once, nights, mail, faults }, context)
}

/// The purpose of the key that ids are made with.
const PURPOSE: &str = "whittle/once/1";

/// What a preview carries so that sending it twice makes one proposal: the id of a key, a point, and 128 random bits.
pub fn new_once(env: &Env) -> Result<String> {
    Ok(format!("{}.{}", config::keys(env)?.newest_id(), random::name()?))
}

/// The id of the proposal that an account makes of a preview; none where the preview is none of ours. Nobody can aim at an id by
/// it, because the key is ours, nor at the proposal of another account.
pub fn id_of(once: &str, account: u64, env: &Env) -> Result<Option<u64>> {
    let Some((key, name)) = once.split_once('.') else { return Ok(None) };
    if hex::decode::<16>(name).is_none() {
        return Ok(None);
    }
    let Some(key) = config::keys(env)?.key(key, PURPOSE) else { return Ok(None) };
    let code = key.mac(format!("{account} {name}").as_bytes()).into_bytes();
    let bytes = code.first_chunk::<8>().copied().unwrap_or_default();
    Ok(Some(u64::from_le_bytes(bytes) >> 11).filter(|id| *id > 0))
}

/// What the form of a preview carries to be told apart.
pub fn once(form: &Form) -> &str {
    form.get("once").unwrap_or_default()
}
