//! `POST /` by the form of the preview: the proposal is made, and everybody is invited.

use serde_json::Value;
use whittle_domain::detail::Detail;
use whittle_domain::proposal::{Act, Caller, Command, New, NextRound, Notice as Mailing};
use worker::Env;

use super::api::{id_of, once, previewed, shown};
use super::check::{self, Ready};
use super::draft::Draft;
use super::page;
use super::store::{self, Known};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::proposal::api;
use crate::proposal::client::call;
use crate::proposal::wire::{Admit, Notify, OpenRound};
use crate::quota::{self, PROPOSALS};

/// Makes the proposal of a preview, and sends it unless that is not wanted.
///
/// 1. what was typed is judged again: the page may be old; 2. the id comes from the preview and the account, so that the same
///    preview makes one proposal, however often it is sent; 3. the API's handler makes it, or it is there; 4. who was not invited
///    yet is invited; 5. 303 to its page.
pub async fn create(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut draft = Draft::of_form(form);
    let count = quota::count(&PROPOSALS, env, context.now);
    let (known, mut counted) = store::load(&draft.wanted(), context, env, vec![count]).await?;
    let counted = counted.pop().map(|rows| rows.texts()).unwrap_or_default();
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let rows = check::settle(&mut draft, &zone, context.now);
    let ready = match check::check(&draft, &rows, &known, context.now)? {
        Ok(ready) => ready,
        Err(faults) => return shown(&draft, &known, &rows, &faults, context),
    };
    let Some(id) = id_of(once(form), known.account.id, env)? else {
        return previewed(&draft, &ready, &known, &Faults::status_alone(400), context, env);
    };
    let opened = match draft.again {
        Some(before) => open_round(before, id, &ready, &known, context, env).await,
        None => api::open(id, ready.new.clone(), &known.account, &counted, context, env).await.map(|_| id),
    };
    let mut id = id;
    match opened {
        // There is one next round at most: it may have been opened before.
        Ok(opened) => id = opened,
        Err(refusal) if refusal.is_refusal() && is_made(id, &known, context, env).await? => {}
        Err(refusal) => {
            let faults = Faults::of(refusal)?;
            return previewed(&draft, &ready, &known, &faults, context, env);
        }
    }
    let path = format!("/{id}/");
    if form.get("do") == Some("create") {
        return Ok(Reply::saved(&path, Notice::Proposed));
    }
    match invite(id, &ready, &known, context, env).await {
        Ok(count) if known.account.verified => Ok(Reply::saved(&path, Notice::Sent(count))),
        Ok(count) => Ok(Reply::saved(&path, Notice::Held(count))),
        Err(refusal @ Error::TooMany { .. }) => {
            let wait = match &refusal {
                Error::TooMany { retry_after, .. } => retry_after.to_string(),
                _ => String::new(),
            };
            let page = page::unsent(id, &draft, once(form), &Faults::of(refusal)?, context)?;
            Ok(page.with("Retry-After", &wait))
        }
        // It was sent before, and somebody has answered since.
        Err(refusal) if refusal.is_refusal() => Ok(Reply::see_other(&path)),
        Err(fault) => Err(fault),
    }
}

/// Opens the next round of a proposal, which ends by that; gives the id of the round.
async fn open_round(
    before: u64,
    id: u64,
    ready: &Ready,
    known: &Known,
    context: &RequestContext,
    env: &Env,
) -> Result<u64> {
    let New { slots, deadline, parties, title, location, description, timezone, .. } = ready.new.clone();
    let details = vec![
        Detail::Title(title),
        Detail::Location(location),
        Detail::Description(description),
        Detail::Timezone(timezone),
    ];
    let round = NextRound { id, slots, deadline, details, parties: Some(parties) };
    let caller = Caller::from(known.account.clone());
    let act = Act { caller, via: context.credential.via(), command: Command::Round(round) };
    Ok(call(before, OpenRound { act, expected: None }, &context.dev, env).await?.0)
}

/// Whether this account has made the proposal already, by the same preview.
async fn is_made(id: u64, known: &Known, context: &RequestContext, env: &Env) -> Result<bool> {
    let caller = Caller::from(known.account.clone());
    let admit = Admit { caller, closed_too: true, organiser: true };
    match call(id, admit, &context.dev, env).await {
        Ok(()) => Ok(true),
        Err(refusal) if refusal.is_refusal() => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Invites everybody who was not invited yet; gives how many people are asked.
async fn invite(id: u64, ready: &Ready, known: &Known, context: &RequestContext, env: &Env) -> Result<u16> {
    let mailing = Mailing {
        parties: labels(&ready.new, known),
        slots: ready.new.slots.clone(),
        sender: None,
        only_uninvited: true,
    };
    let caller = Caller::from(known.account.clone());
    let act = Act { caller, via: context.credential.via(), command: Command::Notify(mailing) };
    let sent = call(id, Notify { act, expected: None }, &context.dev, env).await?;
    let sent: Value = whittle_json::from_str(&sent.body.read())?;
    // Sent again it mails nobody, and everybody is told.
    let count = sent.get("recipients").and_then(Value::as_array).map_or(0, Vec::len);
    let count = if count == 0 { ready.asked.len() } else { count };
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}

/// The labels of those who are asked: whoever asks has answered by asking.
fn labels(new: &New, known: &Known) -> Vec<String> {
    let parties = (1_u16..).zip(&new.parties);
    let others = parties.filter(|(_, party)| party.address != known.account.address);
    others.map(|(number, _)| format!("p{number}")).collect()
}
