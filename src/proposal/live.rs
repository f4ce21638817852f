//! `GET /{id}/live/`: a WebSocket that tells the version of a proposal ([`crate::object::live`]).

use worker::Env;

use super::caller::{caller, certain_for};
use super::client;
use super::wire::Admit;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::object::live::Open;

/// Opens it: 1. an own page must ask, which the route's policy says; 2. the caller must be known; 3. the caller must have standing,
/// which the object judges; 4. it must be asked for as a WebSocket.
pub async fn open(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    if !context.wants_socket {
        let admit = Admit { caller, closed_too: false, organiser: false };
        client::call(id, admit, &context.dev, env).await?;
        return Err(Error::UpgradeRequired);
    }
    let millis = certain_for(&context.credential, &caller, id, env, context.now);
    let open = Open { reader: caller, millis };
    client::open(id, open, &context.dev, env).await.map(Reply::socket)
}
