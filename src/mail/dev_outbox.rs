//! `GET /outbox/`: what the built-in outbox has sent, in development on loopback alone.

use worker::Env;

use super::page;
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The newest 1,000 messages, newest first, in the wire format plus `id` and `sent_at`.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    if !config::is_dev(env) || !config::is_loopback(&context.host) {
        return Err(not_found());
    }
    let select = "select json_set(message, '$.id', id,
        '$.sent_at', strftime('%Y-%m-%dT%H:%M:%fZ', sent_at / 1000.0, 'unixepoch')) as json
      from dev_outbox order by seq desc limit 1000";
    let directory = Directory::of(env);
    let messages = directory.all(Statement::new(select)).await?;
    Ok(Reply::json(200, format!("[{}]", messages.join(","))).page(page::outbox))
}
