//! What cron does: it is a net. All of it happens by itself, but for what was cut off at the wrong moment.

use serde::Deserialize;
use serde_json::json;
use worker::{Env, console_error};

use crate::clock::{self, Offset};
use crate::d1::{Directory, Param};
use crate::error::Result;
use crate::{meeting, proposal};

/// Releases looked after in one run.
const MOST: i64 = 100;

/// One run.
pub async fn run(env: &Env) {
    let released = release(env).await;
    for (what, done) in [("held mail", released), ("mail clocks", meeting::clock::look_all(env).await)] {
        if let Err(error) = done {
            console_error!("{}", json!({ "scheduled": what, "fault": error.fault() }));
        }
    }
}

/// A line of the index of who holds mail.
#[derive(Deserialize)]
struct Holds(u64, u64);

/// Has whoever holds mail for an account that is verified by now send it. A line is struck off after that: cut off between,
/// the release is only asked for again.
async fn release(env: &Env) -> Result<()> {
    let directory = Directory::of(env)?;
    let meetings = "update outbox set status = 'due', account = null,
        body = json_set(body, '$.link.expires', json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer))
      where status = 'held' and exists (select 1 from accounts where id = outbox.account and verified = 1)";
    let index =
        "select json_array(h.account, h.proposal) as json from held h join accounts a on a.id = h.account
      where a.verified = 1 limit ?1";
    let now = clock::now(Offset::default()).millis();
    let statements =
        vec![directory.statement(meetings, &[now.into()])?, directory.statement(index, &[MOST.into()])?];
    let rows = directory.batch(statements).await?.pop().unwrap_or_default();
    for row in rows {
        let Holds(account, id) = serde_json::from_str(&row)?;
        // One that fails is not to keep the others waiting.
        if let Err(error) = proposal::api::release(id, account, env).await {
            console_error!("{}", json!({ "release": id, "fault": error.fault() }));
            continue;
        }
        let strike = "delete from held where account = ?1 and proposal = ?2";
        directory.batch(vec![directory.statement(strike, &[Param::id(account), Param::id(id)])?]).await?;
    }
    Ok(())
}
