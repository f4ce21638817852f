//! The handlers of proposals: who may, what is asked, one hop, one answer.

use super::caller::caller;
use super::caller::caller_even_expired;
use crate::auth::account::authenticate;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::input;
use whittle_domain::link::Link;
use whittle_domain::proposal::{Act, Caller, Command, Creator, Undeliverable, Via};
use whittle_domain::text::generated_title;
use worker::Env;

use super::list;
use super::wire::{Agreement, Ask, Message};
use crate::config;
use crate::dev::Dev;
use crate::error::{Result, bad_request, conflict, not_found};
use crate::http::context::RequestContext;
use crate::http::negotiation::versions;
use crate::http::reply::{Reply, Shape};
use crate::mail::unsubscribe::Scope;
use crate::object::rpc;
use crate::random;
use crate::route::Route;

/// `GET /`: what the caller created or is a verified party to; staff everything.
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    list::show(context, env).await
}

/// `POST /`: propose.
/// 1. the caller must be an account; 2. the body must parse; 3. a fresh object becomes the proposal; 4. 201.
pub async fn propose(context: RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let title = generated_title(random::bytes()?);
    let new = input::parse_new_proposal(&context.body, title, account.timezone.clone(), context.now)?;
    let id = context.dev.id.map_or_else(random::id, Ok)?;
    let creator =
        Creator { account: account.id, address: account.address.clone(), verified: account.verified };
    let ask = Ask::Create { id, creator, via: context.credential.via(), new: Box::new(new) };
    let (credential, address) = (context.credential, account.address.clone());
    let reply = send(env, id, Message { ask, dev: context.dev }).await?;
    // What is proposed under an address that is not proven stays under it; the account may have got another meanwhile.
    if !account.verified {
        let now_there = authenticate(&credential, env, context.now).await?;
        if now_there.address != address {
            let act = Act { caller: account.into(), via: Via::System, command: Command::Close };
            by_itself(id, act, env).await?;
            return Err(conflict("Your address has changed this moment. Please propose again."));
        }
    }
    Ok(match reply.status {
        201 => reply.with("Location", &format!("{}/{id}/", config::origin(env)?)).shaped(Shape::Proposal),
        _ => reply,
    })
}

/// `GET /{id}/`: look, which leaves one VIEW entry a party and version.
pub async fn show(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::View)).await
}

/// `PATCH /{id}/`: narrow what is still offered.
/// 1. the caller must be a party, the creator or staff; 2. the body must parse; 3. the object decides; 4. 202 with what
///    is left.
pub async fn narrow(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| {
        let narrowing = input::parse_narrowing(&context.body)?;
        let mut narrowing = narrowing.ok_or_else(|| bad_request(json!(["No update data"])))?;
        narrowing.if_match = context.if_match.as_deref().and_then(versions);
        Ok(Command::Narrow(narrowing))
    })
    .await
}

/// `POST /{id}/fix/`: settle on one of the slots that are left; creator and staff. 202.
pub async fn fix(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| Ok(Command::Fix(input::parse_slot_choice(&context.body)?))).await
}

/// `POST /{id}/round/`: ask the same parties again, with other slots, where nothing was left; creator and staff. 201, and
/// 200 where that was done before.
pub async fn round(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    let next = context.dev.id.map_or_else(random::id, Ok)?;
    let reply =
        act(id, context, env, |context| Ok(Command::Round(input::parse_next_round(&context.body, next)?)))
            .await?;
    Ok(match reply.status {
        201 => reply.with("Location", &format!("{}/{next}/", config::origin(env)?)),
        _ => reply,
    })
}

/// What was agreed, for the caller's calendar.
pub async fn agreement(id: u64, caller: Caller, context: &RequestContext, env: &Env) -> Result<Agreement> {
    let reply = send(env, id, Message { ask: Ask::Agreement { caller }, dev: context.dev.clone() }).await?;
    Ok(serde_json::from_str(&reply.body)?)
}

/// Takes whom a link to unsubscribe was mailed to out of this proposal's mail, and out of more.
pub async fn leave(link: &Link, scope: Scope, context: &RequestContext, env: &Env) -> Result<()> {
    let ask = Ask::Leave { party: link.party, generation: link.generation, scope };
    send(env, link.subject, Message { ask, dev: context.dev.clone() }).await.map(|_| ())
}

/// Shows at the party of this address that mail does not reach it.
pub async fn undeliverable(id: u64, address: &Address, why: Undeliverable, env: &Env) -> Result<()> {
    let ask = Ask::Undeliverable { address: address.clone(), why };
    send(env, id, Message { ask, dev: Dev::default() }).await.map(|_| ())
}

/// Has a proposal send what it holds for an account.
pub async fn release(id: u64, account: u64, env: &Env) -> Result<()> {
    send(env, id, Message { ask: Ask::Release { account }, dev: Dev::default() }).await.map(|_| ())
}

/// Does what nobody does by hand.
pub async fn by_itself(id: u64, act: Act, env: &Env) -> Result<()> {
    send(env, id, Message { ask: Ask::Act(act), dev: Dev::default() }).await.map(|_| ())
}

/// `DELETE /{id}/`: close; creator and staff. 204.
pub async fn close(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Close)).await
}

/// `POST /{id}/notify/`: mail parties. 202 as soon as the mail is queued.
pub async fn notify(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    let reply =
        act(id, context, env, |context| Ok(Command::Notify(input::parse_notice(&context.body)?))).await?;
    Ok(reply.shaped(Shape::Other))
}

/// `POST /{id}/revoke/`: void a party's links.
pub async fn revoke(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| Ok(Command::Revoke(input::parse_revocation(&context.body)?))).await
}

/// `POST /{id}/resend/`: mail the caller's party a new link; for this a link that has expired is good enough.
pub async fn resend(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller_even_expired(&context.credential, id, env, context.now).await?;
    let act = Act { caller, via: context.credential.via(), command: Command::Resend };
    send(env, id, Message { ask: Ask::Act(act), dev: context.dev }).await
}

/// `DELETE /{id}/parties/{party}/`: withdraw a party; creator and staff. 204.
pub async fn withdraw(id: u64, party: u16, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Withdraw(party))).await
}

/// `PUT /{id}/parties/{party}/`: replace the address of a party that never opened; creator and staff. 202.
pub async fn replace(id: u64, party: u16, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| {
        Ok(Command::Replace { party, address: input::parse_replacement(&context.body)? })
    })
    .await
}

/// `GET /{id}/log/`: the ledger, as JSON or as an export that can be verified; it outlives the proposal.
pub async fn log(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    let jsonl = context.query("format") == Some("jsonl")
        || crate::http::negotiation::quality(&context.accept, "application/jsonl")
            > crate::http::negotiation::quality(&context.accept, "application/json");
    let reply = send(env, id, Message { ask: Ask::Log { caller, jsonl }, dev: context.dev }).await?;
    Ok(reply.shaped(if jsonl { Shape::Other } else { Shape::Log }))
}

/// An act on a proposal: 1. who calls, 2. what for, 3. one hop, in which the object decides; its reply is the caller's.
async fn act(
    id: u64,
    context: RequestContext,
    env: &Env,
    read: impl FnOnce(&RequestContext) -> Result<Command>,
) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    // A closed proposal's links can still be voided.
    let closed_too = context.route == Route::Revoke(id);
    let command = match read(&context) {
        Ok(command) => command,
        Err(fault) => {
            // The refusal of a caller who has no business here goes before the faults of a body.
            let organiser = matches!(context.route, Route::Fix(_) | Route::Round(_) | Route::Replace(..));
            let ask = Ask::Admit { caller, closed_too, organiser };
            send(env, id, Message { ask, dev: context.dev }).await?;
            return Err(fault);
        }
    };
    let act = Act { caller, via: context.credential.via(), command };
    let reply = send(env, id, Message { ask: Ask::Act(act), dev: context.dev }).await?;
    Ok(reply.shaped(Shape::Proposal))
}

async fn send(env: &Env, id: u64, message: Message) -> Result<Reply> {
    if id == 0 {
        return Err(not_found());
    }
    rpc::ask(env, "PROPOSAL", &id.to_string(), &message).await
}
