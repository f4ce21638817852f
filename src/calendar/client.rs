//! Calls of a calendar's object, by whoever has its id.

use whittle_domain::calendar::Caller;
use worker::Env;

use super::wire::{BINDING, Request};
use crate::dev::Dev;
use crate::error::{Result, not_found};
use crate::object::live::Open;
use crate::object::rpc::{self, Rpc};

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
