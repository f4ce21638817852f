//! How much mail people may cause: a day for a recipient, a sender, and a recipient of one proposal. Mails are counted in
//! D1 before they are queued, all of an act in one batch that a trigger refuses as a whole (schema.sql), by the ids of
//! their outbox rows: an act that is cut off after that has counted too many, never too few.

use serde_json::json;
use whittle_domain::instant::Instant;
use worker::{D1PreparedStatement, Env};

use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Error, Refusal, Result};

/// A budget's day. The trigger has the same.
const DAY_MILLIS: i64 = 86_400_000;

/// What mails are about that have a budget for themselves: no proposal's id, for those are below it.
const APART: u64 = 1 << 53;
/// No budget.
const ENDLESS: i64 = (1 << 53) - 1;

/// A mail to be counted.
pub struct Counted {
    /// Its outbox row.
    pub id: String,
    /// Its recipient, normalised for counting.
    pub recipient: String,
}

const COUNT: &str = "insert or ignore into mail_counts
  (id, recipient, sender, proposal, at, most_recipient, most_sender, most_proposal)
  select value ->> 0, value ->> 1, ?2, ?3, ?4, ?5, ?6, ?7 from json_each(?1)";
/// What no budget looks at any more.
const FORGET: &str = "delete from mail_counts where at <= ?1 - 2 * 86400000";
/// When each budget that is used up gets its next place.
const WAIT: &str = "with recipients as (select distinct value ->> 1 as recipient from json_each(?1))
  select cast(max(free) as text) as json from (
    select min(c.at) as free from mail_counts c join recipients r on r.recipient = c.recipient
      where c.at > ?4 - 86400000 group by c.recipient having count(*) >= ?5
    union all select min(at) from mail_counts where sender = ?2 and at > ?4 - 86400000 having count(*) >= ?6
    union all select min(c.at) from mail_counts c join recipients r on r.recipient = c.recipient
      where c.proposal = ?3 and c.at > ?4 - 86400000 group by c.recipient having count(*) >= ?7)";

/// What is to be counted: mails, whom they count for as sender, and what they are about.
pub struct Count {
    params: [Param; 7],
}

impl Count {
    /// Of these mails; `about` is the proposal or meeting.
    pub fn new(env: &Env, mails: &[Counted], sender: &str, about: u64, now: Instant) -> Self {
        let rows: Vec<_> = mails.iter().map(|m| json!([m.id, m.recipient])).collect();
        let params = [
            Param::from(json!(rows).to_string()),
            sender.into(),
            Param::id(about),
            now.millis().into(),
            config::count(env, "BUDGET_RECIPIENT", 20).into(),
            config::count(env, "BUDGET_SENDER", 200).into(),
            config::count(env, "BUDGET_PROPOSAL", 5).into(),
        ];
        Self { params }
    }

    /// Of mails that have a budget for themselves, as large as that of a recipient.
    pub fn apart(env: &Env, mails: &[Counted], now: Instant) -> Self {
        let mut count = Self::new(env, mails, "", APART, now);
        let [.., most_recipient, most_sender, most_apart] = &mut count.params;
        *most_apart = most_recipient.clone();
        (*most_recipient, *most_sender) = (ENDLESS.into(), ENDLESS.into());
        count
    }

    /// The statement that counts, where `guard` holds (`?3` is what the mails are about).
    pub fn statement(&self, directory: &Directory, guard: &str) -> Result<D1PreparedStatement> {
        directory.statement(&format!("{COUNT} where {guard}"), &self.params)
    }

    /// What a batch with that statement came to: where a budget refused it, 429 and when to try again.
    pub async fn judge<T>(&self, directory: &Directory, done: Result<T>, now: Instant) -> Result<T> {
        match done {
            Err(Error::Database(Refusal::Budget(_))) => {
                let free = directory.row(WAIT, &self.params).await?;
                let free: Option<i64> = free.and_then(|free| free.parse().ok());
                // Where nothing is used up by itself, this act is too large for what is left: a day later all is free.
                let at = free.unwrap_or(now.millis()).saturating_add(DAY_MILLIS);
                let seconds = at.saturating_sub(now.millis()).saturating_add(999).div_euclid(1000);
                let detail = "This would be more mail than is allowed in a day. Nothing was sent.".into();
                Err(Error::TooMany { detail, retry_after: seconds.clamp(1, 86_400) })
            }
            other => other,
        }
    }
}

/// The sender that an account is whose address proves nothing: nobody else's budget is to be used up by it.
pub fn unproven(account: u64) -> String {
    format!("account {account}")
}

/// The statement that forgets what no budget looks at any more.
pub fn forgetting(directory: &Directory, now: Instant) -> Result<D1PreparedStatement> {
    directory.statement(FORGET, &[now.millis().into()])
}

/// Counts all of the mails, or none and says when to try again (429).
pub async fn count(env: &Env, mails: &[Counted], sender: &str, proposal: u64, now: Instant) -> Result<()> {
    if mails.is_empty() {
        return Ok(());
    }
    let directory = Directory::of(env)?;
    let count = Count::new(env, mails, sender, proposal, now);
    let forget = forgetting(&directory, now)?;
    let done = directory.batch(vec![forget, count.statement(&directory, "true")?]).await;
    count.judge(&directory, done, now).await.map(|_| ())
}

/// Takes back what was counted for an act that was refused after all.
pub async fn forget(env: &Env, ids: &[&str]) -> Result<()> {
    let directory = Directory::of(env)?;
    let delete = "delete from mail_counts where id in (select value from json_each(?1))";
    directory.run(delete, &[json!(ids).to_string().into()]).await
}
