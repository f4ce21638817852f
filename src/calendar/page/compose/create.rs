//! `POST /schedules/calendars/create/` by the form of the preview: the calendar is made, and everybody is invited.

use whittle_domain::calendar::{New, NewInvitee};
use worker::Env;

use super::api::{previewed, shown};
use super::check::{self, Ready};
use super::draft::Draft;
use super::store::{add_contacts, everybody};
use crate::calendar::api::{make, whole};
use crate::calendar::page::common::base;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::proposal::new::api::{id_of, once};
use crate::proposal::new::store::{Known, load};
use crate::quota::{self, CALENDARS};

/// Makes the calendar of a preview.
///
/// 1. what was typed is judged again: the page may be old; 2. whoever is no contact yet becomes one; 3. the id comes from the
///    preview and the account, so that the same preview makes one calendar, however often it is sent; 4. the object is made, or
///    it is there; 5. 303 to its page.
pub async fn create(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut draft = Draft::of_form(form);
    let count = quota::count(&CALENDARS, env, context.now);
    let (known, mut counted) = load(&draft.wanted(), context, env, vec![count]).await?;
    let counted = counted.pop().map(|rows| rows.texts()).unwrap_or_default();
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let rows = check::settle(&mut draft, &zone, context.now);
    let ready = match check::check(&draft, &rows, &known, context.now) {
        Ok(ready) => ready,
        Err(faults) => return shown(&draft, &known, &rows, &faults, context),
    };
    let Some(id) = id_of(once(form), known.account.id, env)? else {
        return previewed(&draft, &ready, &known, &Faults::status_alone(400), context, env);
    };
    let invitees = match invitees(&draft, &ready, &known, context, env).await {
        Ok(invitees) => invitees,
        Err(refusal) if refusal.is_refusal() => {
            return previewed(&draft, &ready, &known, &Faults::of(refusal)?, context, env);
        }
        Err(fault) => return Err(fault),
    };
    let count = u16::try_from(invitees.len()).unwrap_or(u16::MAX);
    let new = New {
        name: ready.name.clone(),
        description: ready.description.clone(),
        timezone: ready.zone.clone(),
        deadline: ready.deadline,
        meeting_minutes: ready.minutes,
        step_minutes: ready.step,
        reminders: ready.reminders,
        slots: ready.slots.clone(),
        invitees,
    };
    match make(id, new, &known.account, &counted, context, env).await {
        Ok(()) => {}
        Err(refusal) if refusal.is_refusal() && is_made(id, &known, context, env).await? => {}
        Err(refusal) => {
            let faults = Faults::of(refusal)?;
            return previewed(&draft, &ready, &known, &faults, context, env);
        }
    }
    let notice = match known.account.verified {
        true => Notice::CalendarSent(count),
        false => Notice::CalendarHeld(count),
    };
    Ok(Reply::saved(&format!("{}details/", base(id)), notice))
}

/// Everybody who is invited, now that all are contacts.
async fn invitees(
    draft: &Draft,
    ready: &Ready,
    known: &Known,
    context: &RequestContext,
    env: &Env,
) -> Result<Vec<NewInvitee>> {
    let mut asked = ready.asked.clone();
    if add_contacts(&asked, known, context, env).await? {
        let (known, _) = load(&draft.wanted(), context, env, Vec::new()).await?;
        asked = everybody(draft, &known).unwrap_or_default();
    }
    let invitee = |asked: super::store::Asked| {
        Some(NewInvitee {
            contact: asked.contact?,
            first_name: asked.first_name,
            last_name: asked.last_name,
            address: asked.address,
        })
    };
    Ok(asked.into_iter().filter_map(invitee).collect())
}

/// Whether this account has made the calendar already, by the same preview.
async fn is_made(id: u64, known: &Known, context: &RequestContext, env: &Env) -> Result<bool> {
    match whole(id, known.account.clone().into(), context, env).await {
        Ok(calendar) => Ok(calendar.owner.account == known.account.id),
        Err(refusal) if refusal.is_refusal() => Ok(false),
        Err(fault) => Err(fault),
    }
}
