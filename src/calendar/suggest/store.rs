//! What D1 has for suggestions: the owner's engagements, and the suggestions that were worked out last.

use serde::Deserialize;
use whittle_domain::calendar::{Calendar, Suggestions};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use worker::Env;

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;
use crate::platform::{self, Rows};

/// How many engagements the batch reads that also authenticates. It does not know yet which time the calendar offers, so it reads all
/// that have not ended. An owner with more is asked about once more, for that time alone.
const MOST: i64 = 1_000;
/// The longest suggestions that are kept, in bytes: D1 takes two million for a row. Those of 30 invitees and 200 starts have a tenth of
/// it; only certificates of searches that hardly end are longer.
const MOST_KEPT: usize = 1_000_000;

/// A time at which the owner is busy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    pub slot: Slot,
    /// Whether no meeting may overlap it. Others are only shown.
    pub hard: bool,
    /// `meeting`, `block` or `import`.
    pub kind: String,
    /// What for, where it is a meeting.
    pub title: Option<String>,
}

/// A row as D1 gives it; times are milliseconds.
#[derive(Deserialize)]
struct Row(i64, i64, u8, String, Option<String>);

/// The rows of an account that are busy after `now` and are not of this calendar itself.
const ENGAGEMENTS: &str = "select json_array(b.starts_at, b.ends_at, b.hard, b.kind, m.title) as json
  from busy b left join meetings m on b.kind = 'meeting' and m.id = b.source
  where b.account = :owner and b.ends_at > :now and (b.expires_at is null or b.expires_at > :now) and b.starts_at < :until
    and (m.id is null or m.source <> 'calendar' or m.source_id <> :calendar)
  order by b.starts_at, b.id limit :most";

fn statement(calendar: u64, now: Instant, (until, most): (i64, i64), owner: Statement) -> Statement {
    Statement::new(ENGAGEMENTS)
        .embed("owner", owner)
        .bind("now", now.millis())
        .bind("until", until)
        .bind("calendar", Param::id(calendar))
        .bind("most", most)
}

/// The query for the engagements of the account that asks.
pub fn engagements(calendar: u64, now: Instant) -> Statement {
    // The last time that D1 can have: no integer of ours is beyond 2^53.
    statement(calendar, now, (1 << 53, MOST.saturating_add(1)), Statement::new("(select id from me)"))
}

/// The rows of [`engagements`]; none if there are more than it reads.
pub fn read_engagements(rows: &Rows) -> Option<Vec<Engagement>> {
    let texts = rows.texts();
    (texts.len() <= usize::try_from(MOST).unwrap_or(0)).then(|| read(&texts))
}

/// The owner's engagements that have not ended and begin before the owner's time ends.
pub async fn engagements_of(calendar: &Calendar, now: Instant, env: &Env) -> Result<Vec<Engagement>> {
    let until = calendar.slots.iter().map(|s| s.available.slot.end().millis()).max().unwrap_or(0);
    let owner = Statement::new(":account").bind("account", Param::id(calendar.owner.account));
    // SQLite takes a negative limit for none.
    let statement = statement(calendar.id, now, (until, -1), owner);
    Ok(read(&Directory::of(env).all(statement).await?))
}

fn read(texts: &[String]) -> Vec<Engagement> {
    let engagement = |text: &String| {
        let Row(from, until, hard, kind, title) = whittle_json::from_str(text).ok()?;
        let begin = Instant::from_millis(from);
        let length = Instant::from_millis(until).micros().checked_sub(begin.micros())?;
        let slot = Slot::new(begin, Duration::from_micros(length)).ok()?;
        Some(Engagement { slot, hard: hard == 1, kind, title })
    };
    texts.iter().filter_map(engagement).collect()
}

/// Suggestions as they were kept.
pub struct Kept {
    /// The name of their problem.
    pub name: String,
    body: String,
}

impl Kept {
    /// The suggestions; none if an older version has written them in another shape.
    pub fn suggestions(&self) -> Option<Suggestions> {
        whittle_json::from_str(&self.body).ok()
    }
}

/// The query for the kept suggestions of a calendar of the account that asks.
pub fn kept(calendar: u64) -> Statement {
    Statement::new(
        "select s.hash || ' ' || s.body as json from suggestions s cross join calendars c cross join me
         where s.calendar = :calendar and c.id = s.calendar and c.owner = me.id",
    )
    .bind("calendar", Param::id(calendar))
}

/// The row of [`kept`], if there is one.
pub fn read_kept(rows: &Rows) -> Option<Kept> {
    let text = rows.texts().into_iter().next()?;
    let (name, body) = text.split_once(' ')?;
    Some(Kept { name: name.to_owned(), body: body.to_owned() })
}

/// Keeps suggestions in place of those before, once the answer is on its way. They are derived: where it fails they are worked out
/// again. Of a calendar that was finalised or closed meanwhile nothing is kept.
pub fn keep(calendar: u64, name: &str, suggestions: &Suggestions, now: Instant, env: &Env) {
    let Ok(body) = serde_json::to_string(suggestions) else { return };
    if body.len() > MOST_KEPT {
        return;
    }
    let statement = Statement::new(
        "insert into suggestions (calendar, hash, body, at)
           select id, :hash, :body, :now from calendars where id = :calendar and state in ('open', 'finalizing')
         on conflict (calendar) do update set hash = excluded.hash, body = excluded.body, at = excluded.at",
    )
    .bind("calendar", Param::id(calendar))
    .bind("hash", name)
    .bind("body", body)
    .bind("now", now.millis());
    let directory = Directory::of(env);
    platform::after_the_answer(async move {
        let _ = directory.execute(statement).await;
    });
}
