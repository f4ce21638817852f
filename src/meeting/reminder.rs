//! Reminders, a day before a meeting begins: to the organiser and to whoever has not declined.
//!
//! `meetings.remind_at` says when; the database itself sets it (schema.sql): a day before the begin of what is made, confirmed or
//! moved earlier than that, and otherwise never. So whoever writes meetings need not think of it, and no letter is written weeks
//! ahead that could be wrong by then. When it is due, the clock of the meeting's shard writes the letters, of the meeting as it is now,
//! and takes the time away, in one batch that holds only if the meeting is still of that version: each is queued once or never. What
//! becomes of the meeting while its reminders wait to be sent is asked right before that ([`crate::mail::suppression`]).

use serde_json::Value;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Meeting, Template, letters_about};
use worker::Env;

use super::store::{self, SELECT};
use crate::config;
use crate::d1::{Compiled, Directory, Param, Statement};
use crate::error::Result;

/// Meetings of one batch: each can have a hundred participants.
const AT_ONCE: i64 = 5;
/// Mail of an account whose address is not verified is held, and so nobody has heard of the meeting; a deleted account's meetings
/// are cancelled.
const IS_DUE: &str = "r.remind_at is not null and r.status = 'confirmed'
  and exists (select 1 from accounts o where o.id = r.organiser and o.verified = 1)";

/// The query for the meetings of a shard whose reminders are due.
pub fn due(shard: u8, now: Instant) -> Statement {
    let select = format!(
        "{SELECT} and m.source_id % 16 = :shard and m.remind_at <= :now order by m.remind_at limit :most"
    );
    Statement::new(select).bind("shard", i64::from(shard)).bind("now", now.millis()).bind("most", AT_ONCE)
}

/// Queues the reminders of these meetings.
pub async fn queue_all(rows: &[String], env: &Env, now: Instant) -> Result<()> {
    let mut statements = Vec::new();
    for row in rows {
        statements.extend(queue(env, &whittle_json::from_str(row)?, now)?);
    }
    if !statements.is_empty() {
        Directory::of(env).batch(statements).await?;
    }
    Ok(())
}

fn queue(env: &Env, meeting: &Meeting, now: Instant) -> Result<Vec<Compiled>> {
    let (id, version) = (meeting.id, meeting.version);
    let seed = format!("reminder-{id}-{version}");
    // A clock that comes so late that the meeting has begun reminds nobody.
    let written = match meeting.begin > now {
        true => letters_about(meeting, Template::Reminder, now, config::link_days(env)),
        false => Vec::new(),
    };
    let rows: Vec<Value> =
        written.iter().map(|letter| store::mail(&store::row_id(&seed, letter), letter)).collect();
    let guard =
        format!("exists (select 1 from meetings r where r.id = {id} and r.version = {version} and {IS_DUE})");
    let mut statements = store::queue(meeting, &rows, &guard, config::keys(env)?.newest_id(), now);
    let done = "update meetings set remind_at = null where id = ?1 and version = ?2";
    statements.push(Directory::statement(done, &[Param::id(id), i64::from(version).into()]));
    Ok(statements)
}
