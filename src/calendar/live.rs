//! `GET /schedules/calendars/{id}/live/`: a WebSocket that tells the version of a calendar ([`crate::object::live`]).

use whittle_domain::calendar::{Act, Caller, Command};
use worker::Env;

use super::caller::{certain_for, invitee};
use super::client;
use super::refusal::hidden;
use super::wire::Read;
use crate::auth::account::authenticate;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;
use crate::object::live::Open;

/// For how long an account is taken at its word: ten minutes.
const ACCOUNT_MILLIS: i64 = 600_000;

/// Opens it: 1. an own page must ask, which the route's policy says; 2. the caller must be known; 3. the caller must have standing,
/// which the object judges; 4. it must be asked for as a WebSocket.
///
/// A browser that has a session and has opened a link does not say which of its pages asks. What the socket tells is the same for
/// both; the session counts if its account owns the calendar, else the link.
pub async fn open(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (caller, millis) = match &context.credential {
        Credential::Link(_) | Credential::OpenedLink(_) => by_link(id, context, env).await?,
        Credential::SessionOrLink { .. } => match by_account(context, env).await {
            Ok(account) if admit(id, &account.0, context, env).await.is_ok() => account,
            Ok(_) | Err(Error::Unauthorized(_)) => by_link(id, context, env).await?,
            Err(fault) => return Err(fault),
        },
        _ => by_account(context, env).await?,
    };
    if !context.wants_socket {
        admit(id, &caller, context, env).await.map_err(hidden)?;
        return Err(Error::UpgradeRequired);
    }
    let open = Open { reader: caller, millis };
    client::open(id, open, &context.dev, env).await.map(Reply::socket).map_err(hidden)
}

async fn by_link(id: u64, context: &RequestContext, env: &Env) -> Result<(Caller, i64)> {
    Ok((invitee(id, context, env).await?, certain_for(id, context, env).await?))
}

async fn by_account(context: &RequestContext, env: &Env) -> Result<(Caller, i64)> {
    let account = authenticate(&context.credential, env, context.now).await?;
    Ok((account.into(), ACCOUNT_MILLIS))
}

/// Whether this caller may read the calendar.
async fn admit(id: u64, caller: &Caller, context: &RequestContext, env: &Env) -> Result<()> {
    let act = Act { caller: caller.clone(), via: context.credential.via(), command: Command::View };
    client::call(id, Read { act, looks: false }, &context.dev, env).await.map(|_| ())
}
