//! Mail that waits until whoever caused it has verified an address: released by the verification, and by cron where that
//! was cut off. What is released counts against the budgets of the account and of its recipients; what they have no room for
//! waits on, and cron finds it (docs/decisions/0009-held-mail.md).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::order;
use worker::{Env, console_error};

use super::budget::{self, About, Counted};
use super::{Letter, scheduler};
use crate::d1::{Directory, Param, Statement};
use crate::dev::Dev;
use crate::error::Result;
use crate::object::rpc::Json;
use crate::{calendar, proposal};

/// Proposals, calendars, and mails of meetings, that one run releases at most.
const MOST: i64 = 100;
/// Proposals, and calendars, that a verification releases itself, each with a call of its object and one of D1; cron releases the rest.
const MOST_INLINE: i64 = 5;
/// Ids are below 2^53.
const LAST_ID: u64 = (1 << 53) - 1;

/// A meeting that was cancelled while its mail was held never took place for those who were not told of it.
const DELETE_CANCELLED: &str = "delete from outbox where status = 'held' and account between :first and :last
  and exists (select 1 from accounts where id = outbox.account and verified = 1)
  and exists (select 1 from meetings where id = outbox.body ->> '$.meeting.id' and status = 'cancelled')";
const HELD: &str = "select json_object('id', o.id, 'account', a.id, 'address', a.address, 'body', o.body) as json
  from outbox o join accounts a on a.id = o.account
  where o.status = 'held' and o.account between :first and :last and a.verified = 1 order by random() limit :most";
/// What is held does not age: its link is good for as long as if it had been sent at once.
const RELEASE: &str = "update outbox set status = 'due', account = null, due_at = :now, created_at = :now,
    body = json_set(body, '$.link.expires',
      json_extract(body, '$.link.expires') + cast((:now - created_at) / 1000 as integer))
  where status = 'held' and id in (select value from json_each(:ids))
  returning cast(shard as text) as json";
const PROPOSALS_HOLDING: &str = "select json_array(p.creator, p.id, p.entries) as json
  from proposals p join accounts a on a.id = p.creator
  where p.holds_mail = 1 and p.creator between :first and :last and a.verified = 1
  order by random() limit :most";
const PROPOSAL_HOLDS_NONE: &str = "update proposals set holds_mail = 0 where id = :id and entries = :entries";
const CALENDARS_HOLDING: &str = "select json_array(c.owner, c.id, c.entries) as json
  from calendars c join accounts a on a.id = c.owner
  where c.holds_mail = 1 and c.owner between :first and :last and a.verified = 1
  order by random() limit :most";
const CALENDAR_HOLDS_NONE: &str = "update calendars set holds_mail = 0 where id = :id and entries = :entries";

/// A mail that D1's outbox holds for an account that is verified by now.
#[derive(Deserialize)]
struct Held {
    id: String,
    account: u64,
    address: Address,
    /// The letter as the outbox stores it.
    body: String,
}

/// A proposal, or a calendar, that holds mail: who made it, its id, and how many entries its log had.
#[derive(Deserialize)]
struct Holding(u64, u64, i64);

/// Releases what is held for this account, or for any, that is verified by now. Cut off anywhere, the next run goes on.
pub async fn release(env: &Env, account: Option<u64>, now: Instant) -> Result<()> {
    release_meetings(env, account, now).await?;
    release_objects(env, account, (PROPOSALS_HOLDING, PROPOSAL_HOLDS_NONE), async |id, account| {
        proposal::client::call(id, proposal::wire::Release { account }, &Dev::default(), env).await
    })
    .await?;
    release_objects(env, account, (CALENDARS_HOLDING, CALENDAR_HOLDS_NONE), async |id, account| {
        calendar::client::call(id, calendar::wire::Release { account }, &Dev::default(), env).await
    })
    .await
}

/// A statement about what this account holds, or any. As a range of accounts SQLite finds it by index.
fn held_by(account: Option<u64>, sql: &'static str) -> Statement {
    let (first, last) = account.map_or((0, LAST_ID), |id| (id, id));
    Statement::new(sql).bind("first", Param::id(first)).bind("last", Param::id(last))
}

async fn release_meetings(env: &Env, account: Option<u64>, now: Instant) -> Result<()> {
    let directory = Directory::of(env);
    let held = held_by(account, HELD).bind("most", MOST);
    let statements = vec![held_by(account, budget::RELEASE), held_by(account, DELETE_CANCELLED), held];
    let rows = directory.batch(statements).await?.pop().unwrap_or_default();
    // Mail to the account itself is part of no budget; the rest counts for its account, and for what it is about.
    let mut ids = BTreeSet::new();
    let mut counted: BTreeMap<(u64, u64), (String, About, Vec<Counted>)> = BTreeMap::new();
    for row in rows {
        let Held { id, account, address, body } = whittle_json::from_str(&row)?;
        let letter = Letter::parse(&body)?;
        match &letter {
            Letter::Meeting(meeting) if !letter.is_to_its_sender() => {
                let meeting = &meeting.meeting;
                let group = counted
                    .entry((account, meeting.id))
                    .or_insert_with(|| (address.counting_key(), About::of_meeting(meeting), Vec::new()));
                group.2.push(Counted { id, recipient: letter.to().counting_key() });
            }
            _ => _ = ids.insert(id),
        }
    }
    for (sender, about, mails) in counted.into_values() {
        ids.extend(budget::count_fitting(env, &mails, &sender, about, now).await?);
    }
    if ids.is_empty() {
        return Ok(());
    }
    let release = Statement::new(RELEASE).bind("now", now.millis()).bind("ids", json!(ids).to_string());
    let shards: BTreeSet<u8> =
        order::set(directory.all(release).await?.iter().filter_map(|s| s.parse().ok()));
    for shard in shards {
        scheduler::wake_shard(env, shard, 0, &Dev::default()).await?;
    }
    Ok(())
}

/// Has objects of one kind release what they hold; `release` asks the one of this id to do so for this account, which tells whether
/// nothing is held any more.
async fn release_objects(
    env: &Env,
    account: Option<u64>,
    (holding, holds_none): (&'static str, &'static str),
    release: impl AsyncFn(u64, u64) -> Result<Json<bool>>,
) -> Result<()> {
    let directory = Directory::of(env);
    let most = if account.is_some() { MOST_INLINE } else { MOST };
    for row in directory.all(held_by(account, holding).bind("most", most)).await? {
        let Holding(account, id, entries) = whittle_json::from_str(&row)?;
        // One that fails is not to keep the others waiting.
        match release(id, account).await {
            Ok(Json(true)) => {
                let none = Statement::new(holds_none).bind("id", Param::id(id)).bind("entries", entries);
                directory.execute(none).await?;
            }
            Ok(Json(false)) => {}
            Err(error) => console_error!("{}", json!({ "release": id, "fault": error.fault() })),
        }
    }
    Ok(())
}
