//! Calls of a calendar's object, by whoever has its id.

use whittle_domain::calendar::{Act, Caller, Command, Reading};
use whittle_domain::zone::Zone;
use worker::Env;

use super::caller::invitee;
use super::refusal::hidden;
use super::wire::{BINDING, Read, Request};
use crate::auth::account::authenticate;
use crate::dev::Dev;
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::object::live::Open;
use crate::object::rpc::{self, Json, Rpc};

/// Calls the object of the calendar `id`. No calendar has the id 0.
pub async fn call<C: Rpc<Request = Request>>(id: u64, request: C, dev: &Dev, env: &Env) -> Result<C::Output> {
    match id {
        0 => Err(not_found()),
        _ => rpc::call(env, &id.to_string(), request, dev).await,
    }
}

/// Opens a socket of the calendar `id`; gives the response that carries it.
pub async fn open(id: u64, open: Open<Caller>, dev: &Dev, env: &Env) -> Result<web_sys::Response> {
    rpc::open(env, BINDING, &id.to_string(), open, dev).await
}

/// Reads a calendar for a page, with the time zone of the account that is signed in. With `looks` it is a look, which leaves a VIEW.
/// Where the route takes links alone it is read for the invitee who holds the link, elsewhere for the owner, or staff.
pub async fn read(
    id: u64,
    looks: bool,
    context: &RequestContext,
    env: &Env,
) -> Result<(Reading, Option<Zone>)> {
    let (caller, zone) = match context.route.policy().takes_links_alone() {
        true => (invitee(id, context, env).await?, None),
        false => {
            let account = authenticate(&context.credential, env, context.now).await?;
            let zone = account.timezone.clone();
            (Caller::from(account), Some(zone))
        }
    };
    let command = if context.shows("live") { Command::Refresh } else { Command::View };
    let act = Act { caller, via: context.credential.via(), command };
    let Json(reading) = call(id, Read { act, looks }, &context.dev, env).await.map_err(hidden)?;
    Ok((reading, zone))
}
