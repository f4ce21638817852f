//! The projection of calendars in D1: for lists and exports alone. No right and no write is decided by it.

use serde_json::json;
use whittle_domain::calendar::{Calendar, Phase};

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// `entries` orders what arrives: the number of ledger entries only ever rises. The invitees' rows are the schema's own care.
const UPSERT: &str = "insert into calendars
    (id, entries, owner, name, description, deadline, state, timezone, invited, answered, scheduled, invitee_keys,
     created_at, updated_at, holds_mail)
  values (:id, :entries, :owner, :name, :description, :deadline, :state, :timezone, :invited, :answered, :scheduled,
    :invitee_keys, :created_at, :updated_at, :holds_mail)
  on conflict (id) do update set entries = excluded.entries, name = excluded.name, description = excluded.description,
    deadline = excluded.deadline, state = excluded.state, invited = excluded.invited, answered = excluded.answered,
    scheduled = excluded.scheduled, invitee_keys = excluded.invitee_keys, updated_at = excluded.updated_at
  where excluded.entries > entries";

const HOLDS_MAIL: &str = "update calendars set holds_mail = 1 where id = :id";
const HOLDS_NO_MAIL: &str = "update calendars set holds_mail = 0 where id = :id and entries <= :entries";
const VERIFIED: &str = "select 'yes' as json from accounts where id = :account and verified = 1";

/// Writes the projection: an upsert that an older version loses, so that it may come late, twice and in any order; a closed
/// calendar is its own tombstone. Where the object holds mail, it gives whether the owner's address is verified.
pub async fn write(directory: &Directory, calendar: &Calendar, holds_mail: bool) -> Result<bool> {
    let asked: Vec<_> = match calendar.phase {
        Phase::Closed => Vec::new(),
        Phase::Open | Phase::Finalizing | Phase::Finalized => calendar.active_invitees().collect(),
    };
    let answered = asked.iter().filter(|invitee| invitee.answer.is_some()).count();
    let mut keys: Vec<String> = asked.iter().map(|invitee| invitee.address.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let upsert = Statement::new(UPSERT)
        .bind("id", Param::id(calendar.id))
        .bind("entries", i64::from(calendar.entries))
        .bind("owner", Param::id(calendar.owner.account))
        .bind("name", calendar.name.as_str())
        .bind("description", calendar.description.as_str())
        .bind("deadline", calendar.deadline.millis())
        .bind("state", calendar.phase.word())
        .bind("timezone", calendar.timezone.to_string())
        .bind("invited", count(asked.len()))
        .bind("answered", count(answered))
        .bind("scheduled", scheduled(calendar))
        .bind("invitee_keys", json!(keys).to_string())
        .bind("created_at", calendar.created_at.millis())
        .bind("updated_at", calendar.updated_at.millis())
        .bind("holds_mail", i64::from(holds_mail));
    if !holds_mail {
        return directory.execute(upsert).await.map(|()| false);
    }
    // A row that a later version has written holds mail all the same.
    let holding = Statement::new(HOLDS_MAIL).bind("id", Param::id(calendar.id));
    let verified = Statement::new(VERIFIED).bind("account", Param::id(calendar.owner.account));
    let found = directory.batch(vec![upsert, holding, verified]).await?;
    Ok(found.last().is_some_and(|rows| !rows.is_empty()))
}

/// The meetings that were made, with whom: `[[meeting, contact, first name, last name, address], ...]`.
fn scheduled(calendar: &Calendar) -> String {
    let rows = calendar.scheduled.iter().filter_map(|one| {
        let invitee = calendar.invitees.iter().find(|invitee| invitee.number == one.invitee)?;
        Some(json!([one.meeting, invitee.contact, invitee.first_name, invitee.last_name, invitee.address]))
    });
    serde_json::Value::from_iter(rows).to_string()
}

/// Notes that the object holds no mail any more.
pub async fn holds_no_mail(directory: &Directory, calendar: &Calendar) -> Result<()> {
    let statement = Statement::new(HOLDS_NO_MAIL)
        .bind("id", Param::id(calendar.id))
        .bind("entries", i64::from(calendar.entries));
    directory.execute(statement).await
}
