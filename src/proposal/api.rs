//! The handlers of proposals: who may, what is asked, one hop, one answer.

use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::input;
use whittle_domain::link::Link;
use whittle_domain::proposal::{Act, Caller, Command, Creator, Undeliverable, Via};
use whittle_domain::text::gibberish;
use worker::Env;

use super::list;
use super::wire::{Agreement, Ask, Message};
use crate::caller;
use crate::config;
use crate::dev::Dev;
use crate::error::{Error, Result, bad_request, conflict, not_found};
use crate::mail::unsubscribe::Scope;
use crate::object::hop;
use crate::reply::{Reply, Shape};
use crate::route::Route;
use crate::serve::{Asked, versions};
use crate::{account, random};

/// `GET /`: what the caller created or is a verified party to; staff everything.
pub async fn list(asked: &Asked, env: &Env) -> Result<Reply> {
    list::show(asked, env).await
}

/// `POST /`: propose.
/// 1. the caller must be an account; 2. the body must parse; 3. a fresh object becomes the proposal; 4. 201.
pub async fn propose(asked: Asked, env: &Env) -> Result<Reply> {
    let account = account::of(&asked.credential, env, asked.now).await?;
    let title = gibberish(random::bytes()?);
    let new = input::new_proposal(&asked.body, title, account.timezone.clone(), asked.now)?;
    let id = asked.dev.id.map_or_else(random::id, Ok)?;
    let creator =
        Creator { account: account.id, address: account.address.clone(), verified: account.verified };
    let ask = Ask::Create { id, creator, via: asked.credential.via(), new: Box::new(new) };
    let (credential, address) = (asked.credential, account.address.clone());
    let reply = send(env, id, Message { ask, dev: asked.dev }).await?;
    // What is proposed under an address that is not proven stays under it; the account may have got another meanwhile.
    if !account.verified {
        let now_there = account::of(&credential, env, asked.now).await?;
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
pub async fn show(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |_| Ok(Command::View)).await
}

/// `PATCH /{id}/`: narrow what is still offered.
/// 1. the caller must be a party, the creator or staff; 2. the body must parse; 3. the object decides; 4. 202 with what
///    is left.
pub async fn narrow(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |asked| {
        let narrowing = input::narrowing(&asked.body)?;
        let mut narrowing = narrowing.ok_or_else(|| bad_request(json!(["No update data"])))?;
        narrowing.if_match = asked.if_match.as_deref().and_then(versions);
        Ok(Command::Narrow(narrowing))
    })
    .await
}

/// `POST /{id}/fix/`: settle on one of the slots that are left; creator and staff. 202.
pub async fn fix(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |asked| Ok(Command::Fix(input::fixing(&asked.body)?))).await
}

/// `POST /{id}/round/`: ask the same parties again, with other slots, where nothing was left; creator and staff. 201, and
/// 200 where that was done before.
pub async fn round(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    let next = asked.dev.id.map_or_else(random::id, Ok)?;
    let reply =
        act(id, asked, env, |asked| Ok(Command::Round(input::next_round(&asked.body, next)?))).await?;
    Ok(match reply.status {
        201 => reply.with("Location", &format!("{}/{next}/", config::origin(env)?)),
        _ => reply,
    })
}

/// What was agreed, for the caller's calendar.
pub async fn agreement(id: u64, caller: Caller, asked: &Asked, env: &Env) -> Result<Agreement> {
    let reply = send(env, id, Message { ask: Ask::Agreement { caller }, dev: asked.dev.clone() }).await?;
    match reply.status {
        200 => Ok(serde_json::from_str(&reply.body)?),
        _ => Err(Error::Refused(Box::new(reply))),
    }
}

/// Takes whom a link to unsubscribe was mailed to out of this proposal's mail, and out of more.
pub async fn leave(link: &Link, scope: Scope, asked: &Asked, env: &Env) -> Result<()> {
    let ask = Ask::Leave { party: link.party, generation: link.generation, scope };
    whole(send(env, link.subject, Message { ask, dev: asked.dev.clone() }).await?)
}

/// Shows at the party of this address that mail does not reach it.
pub async fn undeliverable(id: u64, address: &Address, why: Undeliverable, env: &Env) -> Result<()> {
    let ask = Ask::Undeliverable { address: address.clone(), why };
    whole(send(env, id, Message { ask, dev: Dev::default() }).await?)
}

/// Has a proposal send what it holds for an account.
pub async fn release(id: u64, account: u64, env: &Env) -> Result<()> {
    whole(send(env, id, Message { ask: Ask::Release { account }, dev: Dev::default() }).await?)
}

/// Does what nobody does by hand.
pub async fn by_itself(id: u64, act: Act, env: &Env) -> Result<()> {
    let reply = send(env, id, Message { ask: Ask::Act(act), dev: Dev::default() }).await?;
    if reply.status < 300 { Ok(()) } else { Err(Error::Refused(Box::new(reply))) }
}

/// What was done, or the refusal.
fn whole(reply: Reply) -> Result<()> {
    if reply.status == 204 { Ok(()) } else { Err(Error::Refused(Box::new(reply))) }
}

/// `DELETE /{id}/`: close; creator and staff. 204.
pub async fn close(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |_| Ok(Command::Close)).await
}

/// `POST /{id}/notify/`: mail parties. 202 as soon as the mail is queued.
pub async fn notify(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    let reply = act(id, asked, env, |asked| Ok(Command::Notify(input::notice(&asked.body)?))).await?;
    Ok(reply.shaped(Shape::Other))
}

/// `POST /{id}/revoke/`: void a party's links.
pub async fn revoke(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |asked| Ok(Command::Revoke(input::revocation(&asked.body)?))).await
}

/// `POST /{id}/resend/`: mail the caller's party a new link; for this a link that has expired is good enough.
pub async fn resend(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    let caller = caller::of_resend(&asked.credential, id, env, asked.now).await?;
    let act = Act { caller, via: asked.credential.via(), command: Command::Resend };
    send(env, id, Message { ask: Ask::Act(act), dev: asked.dev }).await
}

/// `DELETE /{id}/parties/{party}/`: withdraw a party; creator and staff. 204.
pub async fn withdraw(id: u64, party: u16, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |_| Ok(Command::Withdraw(party))).await
}

/// `PUT /{id}/parties/{party}/`: replace the address of a party that never opened; creator and staff. 202.
pub async fn replace(id: u64, party: u16, asked: Asked, env: &Env) -> Result<Reply> {
    act(id, asked, env, |asked| Ok(Command::Replace { party, address: input::replacement(&asked.body)? }))
        .await
}

/// `GET /{id}/log/`: the ledger, as JSON or as an export that can be verified; it outlives the proposal.
pub async fn log(id: u64, asked: Asked, env: &Env) -> Result<Reply> {
    let caller = caller::of_proposal(&asked.credential, id, env, asked.now).await?;
    let jsonl = asked.query("format") == Some("jsonl")
        || crate::serve::quality(&asked.accept, "application/jsonl")
            > crate::serve::quality(&asked.accept, "application/json");
    let reply = send(env, id, Message { ask: Ask::Log { caller, jsonl }, dev: asked.dev }).await?;
    Ok(reply.shaped(if jsonl { Shape::Other } else { Shape::Log }))
}

/// An act on a proposal: 1. who calls, 2. what for, 3. one hop, in which the object decides; its reply is the caller's.
async fn act(
    id: u64,
    asked: Asked,
    env: &Env,
    read: impl FnOnce(&Asked) -> Result<Command>,
) -> Result<Reply> {
    let caller = caller::of_proposal(&asked.credential, id, env, asked.now).await?;
    // A closed proposal's links can still be voided.
    let closed_too = asked.route == Route::Revoke(id);
    let command = match read(&asked) {
        Ok(command) => command,
        Err(fault) => {
            // The refusal of a caller who has no business here goes before the faults of a body.
            let organiser = matches!(asked.route, Route::Fix(_) | Route::Round(_) | Route::Replace(..));
            let ask = Ask::Admit { caller, closed_too, organiser };
            let admitted = send(env, id, Message { ask, dev: asked.dev }).await?;
            return Err(if admitted.status == 200 { fault } else { Error::Refused(Box::new(admitted)) });
        }
    };
    let act = Act { caller, via: asked.credential.via(), command };
    let reply = send(env, id, Message { ask: Ask::Act(act), dev: asked.dev }).await?;
    Ok(reply.shaped(Shape::Proposal))
}

async fn send(env: &Env, id: u64, message: Message) -> Result<Reply> {
    if id == 0 {
        return Err(not_found());
    }
    hop::ask(env, "PROPOSAL", &id.to_string(), &message).await
}
