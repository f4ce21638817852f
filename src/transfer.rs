//! Moving a whole deployment: `whittle admin export` reads all that one has stored, `whittle admin import` writes it to another.
//!
//! It is for the operator, who has the platform's account and could read all of it anyway, and not for staff: no account may see
//! all texts and hashes of passwords. So no account opens it, but the secret `TRANSFER_KEY`; without one there is nothing at
//! these paths (docs/decisions/0020-transfer.md). js/transfer.js reads and writes, and none of it comes here.

use web_sys::Request;
use whittle_domain::ledger::Digest;
use worker::Env;

use crate::config;
use crate::error::{Result, conflict, not_found, unauthorized};
use crate::http::head::Head;
use crate::http::reply::Reply;
use crate::platform;

/// The shortest key that opens it.
const SHORTEST_KEY: usize = 32;
const ROOT: &str = "/transfer";

/// Answers a request below `/transfer/`. Nothing is written but into a deployment that is there to be filled.
pub async fn answer(request: &Request, head: &Head, env: &Env) -> Result<Reply> {
    let key = config::var(env, "TRANSFER_KEY").filter(|key| key.len() >= SHORTEST_KEY);
    let key = key.ok_or_else(not_found)?;
    let sent = head.authorization.as_deref().and_then(|header| header.strip_prefix("Bearer "));
    // How far two hashes agree says nothing of how far the keys do.
    let hash = |key: &str| Digest::sha256(key.as_bytes());
    if hash(sent.unwrap_or_default()) != hash(&key) {
        return Err(unauthorized("This needs the key of the deployment, as a bearer token."));
    }
    if !head.is_safe() && config::read_only(env).as_deref() != Some(config::IMPORT) {
        return Err(conflict("Only a deployment with READ_ONLY=import can be filled."));
    }
    let path = head.path.strip_prefix(ROOT).unwrap_or_default();
    let (status, body) = platform::transfer(request, env, !head.is_safe(), path, head.query("after")).await?;
    Ok(if status == 204 { Reply::empty() } else { Reply::json(status, body) })
}
