//! `GET /schedules/calendars/compose/` and `POST` there: the page, and what each of its buttons makes of what was typed.

use serde_json::json;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;
use worker::Env;

use super::check::{self, Ready};
use super::draft::Draft;
use super::preview;
use super::times::{Pattern, SpanRow};
use super::view::{self, Previewed, Shown};
use crate::auth::account::authenticate;
use crate::calendar::page::owned::read_owned;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::reply::Reply;
use crate::proposal::new::api::new_once;
use crate::proposal::new::store::{Known, load};
use crate::proposal::new::times::Wrong;

/// `GET`: an empty page, or with `?copy=` one like another calendar.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let draft = match context.query("copy").and_then(|id| id.parse().ok()) {
        Some(id) => Draft::copy(&read_owned(id, false, context, env).await?.calendar),
        None => Draft::default(),
    };
    let (known, _) = load(&draft.wanted(), context, env, Vec::new()).await?;
    let draft = match draft.copy {
        Some(_) => draft,
        None => {
            let zone = context.page.viewer.zone(Some(&known.account.timezone), &Zone::default()).zone;
            Draft::blank(&zone)
        }
    };
    let faults = Faults::default();
    let page = Shown { known: &known, rows: &[], faults: &faults, pattern: None, part: "", opened: true };
    view::compose(&draft, &page, context)
}

/// What another client is told.
pub async fn told(context: &RequestContext, env: &Env) -> Result<Reply> {
    authenticate(&context.credential, env, context.now).await?;
    let detail = "A browser gets a page here, which composes a calendar. To make one, POST to /schedules/calendars/create/.";
    Ok(Reply::json(200, json!({ "detail": detail }).to_string()))
}

/// `POST`: what was typed, and more of it.
/// 1. the times that were typed are taken over; 2. the button of the pattern makes times; 3. the preview judges everything.
pub async fn compose(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut draft = Draft::of_form(form);
    let (known, _) = load(&draft.wanted(), context, env, Vec::new()).await?;
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let rows = check::settle(&mut draft, &zone, context.now);
    let part = form.get("do").unwrap_or("preview");
    let (pattern, faults) = pattern(part, &mut draft, &zone, context.now);
    if part == "preview" {
        return match check::check(&draft, &rows, &known, context.now) {
            Ok(ready) => previewed(&draft, &ready, &known, &Faults::default(), context, env),
            Err(faults) => shown(&draft, &known, &rows, &faults, context),
        };
    }
    let pattern = pattern.as_ref();
    let shown = Shown { known: &known, rows: &rows, faults: &faults, pattern, part, opened: false };
    view::compose(&draft, &shown, context)
}

/// What the buttons of the pattern make.
fn pattern(part: &str, draft: &mut Draft, zone: &Zone, now: Instant) -> (Option<Pattern>, Faults) {
    if !matches!(part, "series" | "use") {
        return (None, Faults::default());
    }
    match draft.pattern.times(zone, now) {
        Err(faults) => (None, check::pattern_faults(&faults)),
        Ok(made) if part == "series" => (Some(made), Faults::default()),
        Ok(made) => {
            let faults = check::add_pattern(draft, &made);
            // Used up: the next pattern begins anew.
            (Some(made).filter(|_| !faults.is_empty()), faults)
        }
    }
}

/// The page with faults beside its fields.
pub fn shown(
    draft: &Draft,
    known: &Known,
    rows: &[(SpanRow, Wrong)],
    faults: &Faults,
    context: &RequestContext,
) -> Result<Reply> {
    view::compose(draft, &Shown { known, rows, faults, pattern: None, part: "", opened: false }, context)
}

/// The preview of a calendar that can be made.
pub fn previewed(
    draft: &Draft,
    ready: &Ready,
    known: &Known,
    faults: &Faults,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let once = new_once(env)?;
    let warnings = check::warnings(ready, known);
    let mail = preview::mail(ready, known, context, env)?;
    view::preview(draft, ready, known, Previewed { once: &once, warnings, mail, faults }, context)
}
