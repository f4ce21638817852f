//! The handlers of proposals: who may, what is asked, one hop, one answer.

use serde_json::json;
use whittle_domain::input;
use whittle_domain::proposal::{Act, Command, Creator};
use whittle_domain::text::gibberish;
use worker::Env;

use super::list;
use super::wire::{Ask, Message};
use crate::caller;
use crate::config;
use crate::error::{Error, Result, bad_request, not_found};
use crate::object::hop;
use crate::reply::{Reply, Shape};
use crate::route::Route;
use crate::serve::Asked;
use crate::{account, random, zone};

/// `GET /`: what the caller created or is a verified party to; staff everything.
pub async fn list(asked: &Asked, env: &Env) -> Result<Reply> {
    list::show(asked, env).await
}

/// `POST /`: propose.
/// 1. the caller must be an account; 2. the body must parse; 3. a fresh object becomes the proposal; 4. 201.
pub async fn propose(asked: Asked, env: &Env) -> Result<Reply> {
    let account = account::of(&asked.credential, env, asked.now).await?;
    let title = gibberish(random::bytes()?);
    let new = input::new_proposal(&asked.body, title, account.timezone, &zone::is_known, asked.now)?;
    let id = asked.dev.id.map_or_else(random::id, Ok)?;
    let creator = Creator { account: account.id, address: account.address, verified: account.verified };
    let ask = Ask::Create { id, creator, via: asked.credential.via(), new: Box::new(new) };
    let reply = send(env, id, Message { ask, dev: asked.dev }).await?;
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
            let ask = Ask::Admit { caller, closed_too };
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

/// The versions of an `If-Match` header (RFC 9110 section 13.1.1): `None` for `*`. The edge may weaken our tags, so
/// `W/"7"` equals `"7"`. What is no version of ours matches none.
fn versions(header: &str) -> Option<Vec<u32>> {
    if header.trim() == "*" {
        return None;
    }
    let tag = |text: &str| {
        let text = text.trim();
        text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
    };
    Some(header.split(',').filter_map(tag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_compared_weakly() {
        for (header, wanted) in [
            ("\"7\"", Some(vec![7])),
            ("W/\"7\"", Some(vec![7])),
            ("\"6\", W/\"7\"", Some(vec![6, 7])),
            ("*", None),
            ("7", Some(vec![])),
            ("\"x\"", Some(vec![])),
            ("", Some(vec![])),
        ] {
            assert_eq!(versions(header), wanted, "{header}");
        }
    }
}
