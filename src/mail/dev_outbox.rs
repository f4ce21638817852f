//! `/outbox/`: what the built-in outbox has sent, in development on loopback alone.

use worker::Env;

use super::page::{self, Message};
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::{HTML, Reply};

/// How many messages a page shows.
const PAGE: usize = 20;

/// A mail brings its own style and nothing else: no script runs, nothing is loaded, and no form is sent. The sandbox gives it
/// an origin of its own, so that it has no cookie of ours.
const CONTENT_SECURITY_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn admit(context: &RequestContext, env: &Env) -> Result<()> {
    let is_open = config::is_dev(env) && config::is_loopback(&context.host);
    if is_open { Ok(()) } else { Err(not_found()) }
}

/// The newest 1,000 messages, newest first, in the wire format plus `id` and `sent_at`. A page shows some at a time, and with
/// `?mail=` one as a mail program shows it.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    admit(context, env)?;
    let directory = Directory::of(env);
    if context.html {
        return match context.query("mail") {
            Some(number) => show_part(number, &directory).await,
            None => show_page(context, &directory).await,
        };
    }
    let select = "select json_set(message, '$.id', id,
        '$.sent_at', strftime('%Y-%m-%dT%H:%M:%fZ', sent_at / 1000.0, 'unixepoch')) as json
      from dev_outbox order by seq desc limit 1000";
    let messages = directory.all(Statement::new(select)).await?;
    Ok(Reply::json(200, format!("[{}]", messages.join(","))))
}

async fn show_page(context: &RequestContext, directory: &Directory) -> Result<Reply> {
    let before = context.query("before").and_then(|seq| seq.parse::<i64>().ok()).unwrap_or(i64::MAX >> 11);
    let select = "select json_set(message, '$.seq', seq, '$.sent_at', sent_at) as json
      from dev_outbox where seq < :before order by seq desc limit :most";
    let most = i64::try_from(PAGE).unwrap_or_default().saturating_add(1);
    let rows = directory.all(Statement::new(select).bind("before", before).bind("most", most)).await?;
    let messages: Vec<Message> = rows
        .iter()
        .take(PAGE)
        .map(|row| whittle_json::from_str(row))
        .collect::<std::result::Result<_, _>>()?;
    page::outbox(context, messages, rows.len() > PAGE)
}

/// The HTML part of a message, as a mail program shows it.
async fn show_part(number: &str, directory: &Directory) -> Result<Reply> {
    let number: i64 = number.parse().map_err(|_| not_found())?;
    let select = "select message ->> '$.html' as json from dev_outbox where seq = :number";
    let part = directory.first(Statement::new(select).bind("number", number)).await?;
    let part = part.ok_or_else(not_found)?;
    Ok(Reply::json(200, part).media(HTML).with("Content-Security-Policy", CONTENT_SECURITY_POLICY))
}
