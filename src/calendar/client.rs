//! Calls of a calendar's object, by whoever has its id.

use worker::Env;

use super::wire::Request;
use crate::dev::Dev;
use crate::error::{Result, not_found};
use crate::object::rpc::{self, Rpc};

/// Calls the object of the calendar `id`. No calendar has the id 0.
pub async fn call<C: Rpc<Request = Request>>(id: u64, request: C, dev: &Dev, env: &Env) -> Result<C::Output> {
    match id {
        0 => Err(not_found()),
        _ => rpc::call(env, &id.to_string(), request, dev).await,
    }
}
