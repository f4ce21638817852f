//! The handlers of proposals: who may, what is asked, one call of the object, one answer.

use serde_json::json;
use whittle_domain::input;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Act, Caller, Command, Creator, New, Proposed};
use whittle_domain::text::generated_title;
use worker::Env;

use super::caller::{caller, caller_even_expired};
use super::client::call;
use super::list;
use super::wire::{Admit, Create, Log, MakeLink, Notify, OpenRound, Perform, Show};
use crate::auth::account::{Account, authenticate_and_query};
use crate::config;
use crate::error::{Error, Result, bad_request};
use crate::http::context::RequestContext;
use crate::http::negotiation::quality;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::object::failpoint;
use crate::object::rpc::Representation;
use crate::quota::{self, PROPOSALS};
use crate::random;

/// `GET /`: what the caller created or is a verified party to; staff everything.
pub async fn list(context: &RequestContext, env: &Env) -> Result<Reply> {
    list::show(context, env).await
}

/// `POST /`: propose.
/// 1. the caller must be an account; 2. the body must parse; 3. a fresh object becomes the proposal ([`open`]); 4. 201.
pub async fn propose(context: &RequestContext, env: &Env) -> Result<Reply> {
    let count = quota::count(&PROPOSALS, env, context.now);
    let (account, mut counted) = authenticate_and_query(context, env, vec![count]).await?;
    let title = generated_title(random::bytes()?);
    let new = input::parse_new_proposal(&context.body, title, account.timezone.clone(), context.now)?;
    let counted = counted.pop().map(|rows| rows.texts()).unwrap_or_default();
    let id = context.dev.id.map_or_else(random::id, Ok)?;
    let created = open(id, new, &account, &counted, context, env).await?;
    Ok(show_as(201, created).with("Location", &url(id, env)?))
}

/// Makes the proposal `id`, if the account's quota has room for it, by what [`quota::count`] gave.
pub async fn open(
    id: u64,
    new: New,
    account: &Account,
    counted: &[String],
    context: &RequestContext,
    env: &Env,
) -> Result<Representation> {
    quota::check(&PROPOSALS, account, counted, env, context.now)?;
    failpoint::pause(&context.dev, env, "before_propose").await;
    quota::keep_address(&PROPOSALS, account, env).await?;
    let proposed = Proposed { creator: creator(account), via: context.credential.via(), new };
    call(id, Create { id, proposed }, &context.dev, env).await
}

/// The account as the creator of a proposal.
pub fn creator(account: &Account) -> Creator {
    Creator {
        account: account.id,
        address: account.address.clone(),
        verified: account.verified,
        name: account.name.clone(),
    }
}

fn url(id: u64, env: &Env) -> Result<String> {
    Ok(format!("{}/{id}/", config::origin(env)?))
}

/// `GET /{id}/`: look, which leaves one VIEW entry a party and version.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let act = act(id, context, Needs::Party, env, |_| Ok(Command::View)).await?;
    perform(200, id, act, context, env).await
}

/// `PATCH /{id}/`: narrow what is still offered.
/// 1. the caller must be a party, the creator or staff; 2. the body must parse; 3. the object decides; 4. 202 with what
///    is left.
pub async fn narrow(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let act = act(id, context, Needs::Party, env, |context| {
        let narrowing = input::parse_narrowing(&context.body)?;
        let mut narrowing = narrowing.ok_or_else(|| bad_request(json!(["No update data"])))?;
        narrowing.if_match = context.seen();
        Ok(Command::Narrow(narrowing))
    });
    perform(202, id, act.await?, context, env).await
}

/// `POST /{id}/fix/`: settle on one of the slots that are left; creator and staff. 202.
pub async fn fix(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = |context: &RequestContext| Ok(Command::Fix(input::parse_slot_choice(&context.body)?));
    let act = act(id, context, Needs::Organiser, env, read).await?;
    perform(202, id, act, context, env).await
}

/// `POST /{id}/round/`: ask again with other slots, where nothing was left or in place of what is; creator and staff. 201, and
/// 200 where that was done before.
pub async fn round(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let next = context.dev.id.map_or_else(random::id, Ok)?;
    let read = |context: &RequestContext| Ok(Command::Round(input::parse_next_round(&context.body, next)?));
    let act = act(id, context, Needs::Organiser, env, read).await?;
    let successor = call(id, OpenRound { act, expected: context.expected() }, &context.dev, env).await?.0;
    let shown = call(successor, Show {}, &context.dev, env).await?;
    match successor == next {
        true => Ok(show_as(201, shown).with("Location", &url(next, env)?)),
        false => Ok(show_as(200, shown)),
    }
}

/// `DELETE /{id}/`: close; creator and staff. 204.
pub async fn close(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let act = act(id, context, Needs::Party, env, |_| Ok(Command::Close)).await?;
    perform(204, id, act, context, env).await
}

/// `POST /{id}/notify/`: mail parties. 202 as soon as the mail is queued.
pub async fn notify(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = |context: &RequestContext| Ok(Command::Notify(input::parse_notice(&context.body)?));
    let act = act(id, context, Needs::Party, env, read).await?;
    let Representation { body, .. } =
        call(id, Notify { act, expected: context.expected() }, &context.dev, env).await?;
    Ok(Reply::json(202, body))
}

/// `POST /{id}/revoke/`: void a party's links.
pub async fn revoke(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = |context: &RequestContext| Ok(Command::Revoke(input::parse_revocation(&context.body)?));
    // A closed proposal's links can still be voided.
    let act = act(id, context, Needs::PartyEvenClosed, env, read).await?;
    perform(202, id, act, context, env).await
}

/// `POST /{id}/resend/`: mail the caller's party a new link; for this a link that has expired is good enough. The answer is
/// the same for whoever asks, whatever has become of the proposal's times.
pub async fn resend(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let caller = caller_even_expired(&context.credential, id, env, context.now).await?;
    let act = Act { caller, via: context.credential.via(), command: Command::Resend };
    call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
        .await?;
    let body = json!({ "detail": "A new link is on its way to your address." });
    Ok(Reply::json(202, body.to_string()))
}

/// `DELETE /{id}/parties/{party}/`: withdraw a party; creator and staff. 204.
pub async fn withdraw(id: u64, party: u16, context: &RequestContext, env: &Env) -> Result<Reply> {
    let act = act(id, context, Needs::Party, env, |_| Ok(Command::Withdraw(party))).await?;
    perform(204, id, act, context, env).await
}

/// `PUT /{id}/parties/{party}/`: replace the address of a party that never opened; creator and staff. 202.
pub async fn replace(id: u64, party: u16, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = |context: &RequestContext| {
        Ok(Command::Replace { party, address: input::parse_replacement(&context.body)? })
    };
    let act = act(id, context, Needs::Organiser, env, read).await?;
    perform(202, id, act, context, env).await
}

/// `PATCH /{id}/parties/{party}/`: make the answer of a party optional, or required; creator and staff. 202.
pub async fn set_optional(id: u64, party: u16, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = |context: &RequestContext| {
        Ok(Command::SetOptional { party, optional: input::parse_optional_flag(&context.body)? })
    };
    let act = act(id, context, Needs::Organiser, env, read).await?;
    perform(202, id, act, context, env).await
}

/// A link of a party, for the organiser to pass on.
pub struct PassedOn {
    /// Where it leads, with its token.
    pub url: String,
    /// Until when it works.
    pub expires: Instant,
}

/// `POST /{id}/parties/{party}/link/`: make a link of a party that the organiser passes on; creator and staff. 201.
pub async fn make_link(id: u64, party: u16, context: &RequestContext, env: &Env) -> Result<Reply> {
    let PassedOn { url, expires } = new_link(id, party, context, env).await?;
    Ok(Reply::json(201, json!({ "url": url, "expires": expires.to_string() }).to_string()))
}

/// Makes a link of a party. The object notes that it was made, and the token is signed here, so that none is stored.
pub async fn new_link(id: u64, party: u16, context: &RequestContext, env: &Env) -> Result<PassedOn> {
    let act = act(id, context, Needs::Organiser, env, |_| Ok(Command::Link(party))).await?;
    let made = MakeLink { act, party, expected: context.expected() };
    let link = call(id, made, &context.dev, env).await?.0;
    let keys = config::keys(env)?;
    let token = link.token(&keys, keys.newest_id());
    let token = token.ok_or_else(|| Error::Internal("the newest key is none".to_owned()))?;
    Ok(PassedOn { url: format!("{}?et={token}", url(id, env)?), expires: link.expires() })
}

/// `GET /{id}/log/`: the ledger, as JSON or as an export that can be verified; it outlives the proposal.
pub async fn log(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    let jsonl = context.query("format") == Some("jsonl")
        || quality(&context.accept, "application/jsonl") > quality(&context.accept, "application/json");
    let Representation { body, .. } = call(id, Log { caller, jsonl }, &context.dev, env).await?;
    Ok(match jsonl {
        true => Reply::json(200, body).media("application/jsonl"),
        false => Reply::json(200, body),
    })
}

/// What an act's caller must be, before the faults of its body are told.
enum Needs {
    Party,
    PartyEvenClosed,
    Organiser,
}

/// The act that a request asks for. A caller who may not act here at all hears that before the faults of the body.
async fn act(
    id: u64,
    context: &RequestContext,
    needs: Needs,
    env: &Env,
    read: impl FnOnce(&RequestContext) -> Result<Command>,
) -> Result<Act> {
    let caller: Caller = caller(&context.credential, id, env, context.now).await?;
    match read(context) {
        Ok(command) => Ok(Act { caller, via: context.credential.via(), command }),
        Err(fault) => {
            let closed_too = matches!(needs, Needs::PartyEvenClosed);
            let organiser = matches!(needs, Needs::Organiser);
            call(id, Admit { caller, closed_too, organiser }, &context.dev, env).await?;
            Err(fault)
        }
    }
}

/// Does an act; the answer is the proposal after it, or nothing (204).
async fn perform(status: u16, id: u64, act: Act, context: &RequestContext, env: &Env) -> Result<Reply> {
    let shown =
        call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
            .await?;
    Ok(if status == 204 { Reply::empty() } else { show_as(status, shown) })
}

fn show_as(status: u16, shown: Representation) -> Reply {
    let reply = Reply::json(status, shown.body);
    match shown.version {
        Some(version) => reply.etag(version),
        None => reply,
    }
}
