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
use crate::proposal::client::call;
use crate::proposal::wire::Release;

/// Releases looked after at once.
const MOST: i64 = 100;

const MEETINGS: &str = "update outbox set status = 'due', account = null,
    body = json_set(body, '$.link.expires',
      json_extract(body, '$.link.expires') + cast((?1 - created_at) / 1000 as integer))
  where status = 'held' and account = coalesce(?2, account)
    and exists (select 1 from accounts where id = outbox.account and verified = 1)
  returning cast(shard as text) as json";
const HOLDING: &str = "select json_array(p.creator, p.id, p.entries) as json
  from proposals p join accounts a on a.id = p.creator
  where p.holds_mail = 1 and a.verified = 1 and p.creator = coalesce(?1, p.creator) order by random() limit ?2";
const HOLDS_NONE: &str = "update proposals set holds_mail = 0 where id = ?1 and entries = ?2";

/// A proposal that holds mail: its creator, its id, and how many entries its log had.
#[derive(Deserialize)]
struct Holding(u64, u64, i64);

/// Has whatever holds mail for this account, or for any, send it, if the account is verified by now. The directory forgets
/// that a proposal holds mail after that: cut off between, the release is only asked for again.
pub async fn release(env: &Env, account: Option<u64>, now: Instant) -> Result<()> {
    let directory = Directory::of(env)?;
    let account = account.map_or(Param::Null, Param::id);
    let statements = vec![
        directory.statement(MEETINGS, &[now.millis().into(), account.clone()])?,
        directory.statement(HOLDING, &[account, MOST.into()])?,
    ];
    let mut rows = directory.batch(statements).await?;
    let holding = rows.pop().unwrap_or_default();
    let mut shards: Vec<u8> = rows.pop().unwrap_or_default().iter().filter_map(|s| s.parse().ok()).collect();
    shards.sort_unstable();
    shards.dedup();
    for shard in shards {
        scheduler::wake_shard(env, shard, 0, &Dev::default()).await?;
    }
    for row in holding {
        let Holding(account, id, entries) = serde_json::from_str(&row)?;
        // One that fails is not to keep the others waiting.
        if let Err(error) = call(id, Release { account }, &Dev::default(), env).await {
            console_error!("{}", json!({ "release": id, "fault": error.fault() }));
            continue;
        }
        directory.run(HOLDS_NONE, &[Param::id(id), entries.into()]).await?;
    }
    Ok(())
}
