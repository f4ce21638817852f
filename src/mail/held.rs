//! Mail that waits until whoever caused it has verified an address: released by the verification, and by cron where that
//! was cut off.

use crate::mail::scheduler;
use serde::Deserialize;
use serde_json::json;
use whittle_domain::instant::Instant;
use worker::{Env, console_error};

use crate::d1::{Directory, Param};
use crate::dev::Dev;
use crate::error::Result;
use crate::proposal;

/// Releases looked after at once.
const MOST: i64 = 100;

const MEETINGS: &str = "update outbox set status = 'due', account = null,
    body = json_set(body, '$.link.expires',
      json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer))
  where status = 'held' and account = coalesce(?2, account)
    and exists (select 1 from accounts where id = outbox.account and verified = 1)
  returning cast(shard as text) as json";
const INDEX: &str =
    "select json_array(h.account, h.proposal) as json from held h join accounts a on a.id = h.account
  where a.verified = 1 and h.account = coalesce(?1, h.account) order by random() limit ?2";

/// A line of the index of who holds mail.
#[derive(Deserialize)]
struct Holds(u64, u64);

/// Has whoever holds mail for this account, or for any, send it, if it is verified by now. A line is struck off after that:
/// cut off between, the release is only asked for again.
pub async fn release(env: &Env, account: Option<u64>, now: Instant) -> Result<()> {
    let directory = Directory::of(env)?;
    let account = account.map_or(Param::Null, Param::id);
    let statements = vec![
        directory.statement(MEETINGS, &[now.millis().into(), account.clone()])?,
        directory.statement(INDEX, &[account, MOST.into()])?,
    ];
    let mut rows = directory.batch(statements).await?;
    let index = rows.pop().unwrap_or_default();
    let mut shards: Vec<u8> = rows.pop().unwrap_or_default().iter().filter_map(|s| s.parse().ok()).collect();
    shards.sort_unstable();
    shards.dedup();
    for shard in shards {
        scheduler::wake_shard(env, shard, 0, &Dev::default()).await?;
    }
    for row in index {
        let Holds(account, id) = serde_json::from_str(&row)?;
        // One that fails is not to keep the others waiting.
        if let Err(error) = proposal::api::release(id, account, env).await {
            console_error!("{}", json!({ "release": id, "fault": error.fault() }));
            continue;
        }
        let strike = "delete from held where account = ?1 and proposal = ?2";
        directory.run(strike, &[Param::id(account), Param::id(id)]).await?;
    }
    Ok(())
}
