//! The handlers of meetings: who may, what is asked, one act, one answer.

use crate::auth::account::authenticate;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::input;
use whittle_domain::link::{Link, Purpose};
use whittle_domain::meeting::{Act, Caller, Command, Meeting, Rejection, Standing, View, view};
use whittle_domain::zone::Zone;
use worker::Env;

use super::refusal::refused;
use super::{Asked, Outcome, store};
use crate::auth::link;
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result, bad_link, bad_request, forbidden, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;
use crate::proposal::caller::caller as proposal_caller;
use crate::proposal::client::call;
use crate::proposal::wire::GetAttendee;

/// `GET /meetings/{id}/`: look; organiser, attendees, staff.
pub async fn show(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::View)).await
}

/// `PATCH /meetings/{id}/`: move it, or change its details; organiser and staff. 202.
/// 1. the caller must have business with it; 2. the body must parse; 3. the domain decides; 4. one batch; 5. 202.
pub async fn update(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| {
        let mut to =
            input::parse_update(&context.body)?.ok_or_else(|| bad_request(json!(["No update data"])))?;
        to.if_match = context.seen();
        Ok(Command::Update(to))
    })
    .await
}

/// `DELETE /meetings/{id}/`: cancel it; organiser and staff, and the guest who has booked it. 204. With a `message`, which those who
/// would come are told.
pub async fn cancel(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |context| {
        Ok(input::parse_message(&context.body)?.map_or(Command::Cancel, Command::CancelSaying))
    })
    .await
}

/// `POST /meetings/{id}/decline/`: not to come; attendees. 202.
pub async fn decline(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Decline)).await
}

/// `POST /meetings/{id}/accept/`: to come, after all; attendees. 202.
pub async fn accept(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Accept)).await
}

/// `POST /meetings/{id}/confirm/`: a guest says that a booking is its own. 200; 409 where the time is taken by now.
pub async fn confirm(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Confirm)).await
}

/// `POST /meetings/{id}/approve/`: the owner agrees to a guest's booking. 200.
pub async fn approve(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    act(id, context, env, |_| Ok(Command::Approve)).await
}

/// `POST /{id}/decline/` and `accept/`: whether a party of the agreed proposal `id` comes, by its link to the proposal or by
/// account. 202 with the meeting.
/// 1. the proposal tells which attendee the caller is, or that nothing is agreed; 2. the domain decides; 3. one batch; 4. 202.
pub async fn answer_as_party(
    id: u64,
    command: Command,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let caller = proposal_caller(&context.credential, id, env, context.now).await?;
    let attendee = call(id, GetAttendee { caller }, &context.dev, env).await?.0;
    if context.expected().is_some_and(|expected| expected != format!("p{attendee}")) {
        return Err(Error::SomebodyElse);
    }
    let act = Act { caller: Caller::Party { attendee }, command };
    // The proposal is agreed at once, and makes its meeting as soon as the directory answers.
    let late = || Error::Unavailable("the meeting is not made yet".to_owned());
    match super::act(env, id, &act, Asked::default(), context.now, &context.dev).await?.ok_or_else(late)? {
        Outcome::Done(meeting) => shown(202, &meeting, &act.caller, env),
        Outcome::Refused(rejection, _) => Err(refused(rejection)),
    }
}

/// The meeting as a page shows it, and what the reader is to it.
pub async fn look(id: u64, context: &RequestContext, env: &Env) -> Result<(View, Standing, Option<Zone>)> {
    let (meeting, standing, zone) = find(id, context, env).await?;
    Ok((view(&meeting, &standing, &config::origin(env)?), standing, zone))
}

/// The meeting, what the reader is to it, and the time zone of the account that is signed in.
pub async fn find(id: u64, context: &RequestContext, env: &Env) -> Result<(Meeting, Standing, Option<Zone>)> {
    let (caller, account) = caller(id, context, env).await?;
    let unknown = || if matches!(caller, Caller::Link { .. }) { bad_link() } else { not_found() };
    let meeting = store::load(&Directory::of(env), id).await?.ok_or_else(unknown)?;
    let standing = meeting.standing(&caller).map_err(refused)?;
    Ok((meeting, standing, account.map(|(zone, _)| zone)))
}

async fn act(
    id: u64,
    context: RequestContext,
    env: &Env,
    read: impl FnOnce(&RequestContext) -> Result<Command>,
) -> Result<Reply> {
    let (caller, account) = caller(id, &context, env).await?;
    let unknown = || if matches!(caller, Caller::Link { .. }) { bad_link() } else { not_found() };
    let command = match read(&context) {
        Ok(command) => command,
        Err(fault) => {
            // The refusal of a caller who has no business here goes before the faults of a body.
            let meeting = store::load(&Directory::of(env), id).await?.ok_or_else(unknown)?;
            let changes = meeting.standing(&caller).map_err(refused)?.changes;
            return Err(if changes { fault } else { forbidden() });
        }
    };
    if let Some(expected) = context.expected() {
        let meeting = store::load(&Directory::of(env), id).await?.ok_or_else(unknown)?;
        if meeting.standing(&caller).map_err(refused)?.label() != expected {
            return Err(Error::SomebodyElse);
        }
    }
    let act = Act { caller: caller.clone(), command };
    let seen = context.seen();
    let asked = Asked {
        zone: account.as_ref().map(|(zone, _)| zone),
        seen: seen.as_deref(),
        account: account.as_ref().map(|(_, address)| (address, context.credential.via())),
    };
    let done = super::act(env, id, &act, asked, context.now, &context.dev).await?;
    match done.ok_or_else(unknown)? {
        Outcome::Done(meeting) => match act.command {
            Command::View | Command::Confirm | Command::Approve => shown(200, &meeting, &caller, env),
            Command::Cancel | Command::CancelSaying(_) => Ok(Reply::empty()),
            _ => shown(202, &meeting, &caller, env),
        },
        Outcome::Refused(Rejection::Stale, meeting) => {
            let body = shown(412, &meeting, &caller, env)?.text().into_owned();
            Err(Error::Stale { body, version: meeting.version })
        }
        Outcome::Refused(rejection, _) => Err(refused(rejection)),
    }
}

fn shown(status: u16, meeting: &Meeting, caller: &Caller, env: &Env) -> Result<Reply> {
    let standing = meeting.standing(caller).map_err(refused)?;
    let body = serde_json::to_string(&view(meeting, &standing, &config::origin(env)?))?;
    Ok(Reply::json(status, body).etag(meeting.version))
}

/// The caller as a meeting needs to know it, by link without D1, by account with one read; and the time zone and the address of the
/// account that is signed in.
async fn caller(id: u64, context: &RequestContext, env: &Env) -> Result<(Caller, Option<(Zone, Address)>)> {
    let linked = |token: &str| {
        let Link { party, generation, .. } = link::verify(token, Purpose::Meeting, id, env, context.now)?;
        Ok(Caller::Link { attendee: party, generation })
    };
    let account = async || {
        let account = authenticate(&context.credential, env, context.now).await?;
        let proven = account.verified.then(|| account.address.clone());
        let caller = Caller::Account { id: account.id, proven, staff: account.staff };
        Ok((caller, Some((account.timezone, account.address))))
    };
    match &context.credential {
        Credential::Link(token) | Credential::OpenedLink(token) => linked(token).map(|link| (link, None)),
        Credential::SessionOrLink { link, .. } => match (account().await, linked(link)) {
            (Ok((account, signed_in)), Ok(link)) => {
                Ok((Caller::Either { account: Box::new(account), link: Box::new(link) }, signed_in))
            }
            (Ok(account), Err(_)) => Ok(account),
            (Err(Error::Unauthorized(_)), link) => link.map(|link| (link, None)),
            (Err(fault), _) => Err(fault),
        },
        _ => account().await,
    }
}
