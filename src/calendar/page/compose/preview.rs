//! The mail that everybody will get, by the rules and templates that will make it.

use whittle_domain::calendar::{CalendarLedger, Letter, New, NewInvitee, create, letters, replay};
use whittle_domain::ledger::genesis;
use worker::Env;

use super::check::Ready;
use crate::calendar::api::owner;
use crate::calendar::page::common::base;
use crate::config;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::mail::dispatcher::Letter as Mailed;
use crate::mail::render;
use crate::proposal::new::preview::{Mail, without_links};
use crate::proposal::new::store::Known;

/// The invitation of the first person who is asked; none where this deployment sends no mail.
pub fn mail(ready: &Ready, known: &Known, context: &RequestContext, env: &Env) -> Result<Option<Mail>> {
    let Some(letter) = letter(ready, known, context) else { return Ok(None) };
    let keys = config::keys(env)?;
    let Ok(message) = render::message(&Mailed::Calendar(Box::new(letter)), &keys, keys.newest_id(), env)
    else {
        return Ok(None);
    };
    let mail: Mail = whittle_json::from_str(&message)?;
    let origin = config::origin(env)?;
    let text = without_links(&mail.text, &format!("{origin}{}", base(0)), &origin);
    Ok(Some(Mail { text, ..mail }))
}

/// The letter, as if the calendar had the id 0, which none has: whatever link is made of it opens nothing.
fn letter(ready: &Ready, known: &Known, context: &RequestContext) -> Option<Letter> {
    let invitees = (1..).zip(&ready.asked).map(|(number, asked)| NewInvitee {
        contact: asked.contact.unwrap_or(number),
        first_name: asked.first_name.clone(),
        last_name: asked.last_name.clone(),
        address: asked.address.clone(),
    });
    let new = New {
        name: ready.name.clone(),
        description: ready.description.clone(),
        timezone: ready.zone.clone(),
        deadline: ready.deadline,
        meeting_minutes: ready.minutes,
        step_minutes: ready.step,
        reminders: ready.reminders,
        slots: ready.slots.clone(),
        invitees: invitees.collect(),
    };
    let events = create(0, owner(&known.account), context.credential.via(), new, context.now);
    let after = replay(&events)?;
    letters(&after, events.first()?, genesis::<CalendarLedger>(0)).into_iter().next()
}
