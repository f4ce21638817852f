//! The handlers of calendars for their invitees, who have nothing but a mailed link.

use serde_json::json;
use whittle_domain::calendar::{Act, Command, InviteeView, Reading};
use whittle_domain::input;
use whittle_domain::schedule::PreferredSlot;
use worker::Env;

use super::bodies;
use super::caller::{invitee, invitee_even_expired};
use super::client::call;
use super::refusal::{bad_token, refused};
use super::wire::{Perform, Read};
use crate::auth::opened_link;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::notice::Notice;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::object::rpc::Json;

/// `GET /schedules/calendars/{id}/respond/{token}/`: look, which leaves one VIEW entry an invitee and version.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let view = read(id, true, context, env).await?;
    Ok(Reply::json(200, bodies::invitation(&view)?).etag(view.version))
}

/// `POST /schedules/calendars/{id}/respond/{token}/`: answer. `PUT`, with `replace`: answer anew. 200.
/// 1. the link must be an invitee's; 2. the body must parse, or is refused once it is clear that answers are taken; 3. the object
///    decides.
pub async fn answer(id: u64, replace: bool, context: &RequestContext, env: &Env) -> Result<Reply> {
    let view = read(id, false, context, env).await?;
    let slots = match input::parse_answer(&context.body, &view.timezone) {
        Ok(slots) => slots,
        Err(fault) => {
            let nothing = Command::Answer { slots: Vec::new(), replace };
            view.may_answer(replace, context.now).map_err(|rejection| refused(rejection, &nothing))?;
            return Err(fault.into());
        }
    };
    submit(id, slots, replace, context, env).await?;
    let said = json!({ "success_message": "Availability submitted successfully." });
    Ok(Reply::json(200, said.to_string()))
}

/// Has the object take an answer.
pub async fn submit(
    id: u64,
    slots: Vec<PreferredSlot>,
    replace: bool,
    context: &RequestContext,
    env: &Env,
) -> Result<()> {
    let caller = invitee(id, context, env).await?;
    let act = Act { caller, via: context.credential.via(), command: Command::Answer { slots, replace } };
    call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
        .await?;
    Ok(())
}

/// `POST /schedules/calendars/{id}/resend/`: mail the caller a new link; for this a link that has expired is good enough.
pub async fn resend(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let caller = invitee_even_expired(id, context, env).await?;
    let act = Act { caller, via: context.credential.via(), command: Command::Resend };
    call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
        .await?;
    let said = json!({ "detail": "A new link is on its way to your address." });
    Ok(Reply::json(202, said.to_string()))
}

/// `POST /schedules/calendars/{id}/forget/`: the browser forgets its link, whatever has become of that. 303.
pub async fn forget(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    if !context.credential.has_opened_link() {
        read(id, false, context, env).await?;
    }
    let reply = Reply::saved("/", Notice::LinkForgotten);
    Ok(opened_link::forget(reply, &opened_link::calendar_path(id), env))
}

/// What the holder of the link reads. A page that is brought up to date leaves a VIEW only of whoever has never looked.
pub async fn read(id: u64, looks: bool, context: &RequestContext, env: &Env) -> Result<Box<InviteeView>> {
    let caller = invitee(id, context, env).await?;
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller, via: context.credential.via(), command };
    match call(id, Read { act, looks }, &context.dev, env).await? {
        Json(Reading::Invitee(view)) => Ok(view),
        Json(Reading::Owner { .. }) => Err(bad_token()),
    }
}
