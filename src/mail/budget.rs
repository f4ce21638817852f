//! How much mail people may cause: a day for a recipient, a sender, and a recipient of one proposal. Mails are counted in
//! D1 before they are queued, by the ids of their outbox rows, and a trigger (schema.sql) compares each with its budgets: an
//! act that is cut off after that has counted too many mails, never too few.
//!
//! An act of its sender's own is counted in one batch, which the trigger refuses as a whole (429). Where somebody else brings a
//! mail about, or it was held, the mails that fit are counted and the others are left out.

use std::collections::BTreeSet;

use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Meeting, Source};
use whittle_domain::order;
use worker::Env;

use crate::config;
use crate::d1::{Compiled, Directory, Param, Statement};
use crate::error::{Error, Refusal, Result};

/// A budget's day. The trigger has the same.
const DAY_MILLIS: i64 = 86_400_000;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A proposal.
    Proposal(u64),
    /// A calendar.
    Calendar(u64),
    /// A meeting that came of no proposal.
    Meeting(u64),
    /// A meeting, to whoever booked or changed it: such mail is within the sender's budget alone.
    Own(u64),
    /// An account whose owner asked for the mail.
    Account(u64),
    /// Somebody, who may be a stranger, has signed up with the address.
    SignUp,
    /// Somebody, who may be a stranger, has asked for a link to reset the password.
    Reset,
    /// Somebody, who may be a stranger, has booked a time with the address.
    Hold,
    /// The mail is held until this account has verified its address.
    Held(u64),
}

impl About {
    /// A meeting's mail counts with that of its proposal. One of a calendar counts by itself: a calendar has a meeting with each.
    pub const fn of_meeting(meeting: &Meeting) -> Self {
        match meeting.source {
            Source::Proposal(proposal) => Self::Proposal(proposal),
            Source::Calendar(_) | Source::Event(_) => Self::Meeting(meeting.id),
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Proposal(_) => "proposal",
            Self::Calendar(_) => "calendar",
            Self::Meeting(_) | Self::Own(_) => "meeting",
            Self::Account(_) => "account",
            Self::SignUp => "sign_up",
            Self::Reset => "reset",
            Self::Hold => "hold",
            Self::Held(_) => "held",
        }
    }

    fn id(self) -> Param {
        match self {
            Self::Proposal(id)
            | Self::Calendar(id)
            | Self::Meeting(id)
            | Self::Own(id)
            | Self::Account(id)
            | Self::Held(id) => Param::id(id),
            Self::SignUp | Self::Reset | Self::Hold => Param::Null,
        }
    }
}

/// A mail to be counted.
pub struct Counted {
    /// Its outbox row.
    pub id: String,
    /// Its recipient, normalised for counting.
    pub recipient: String,
}

const COUNT: &str = "insert or ignore into mail_counts
  (id, recipient, sender, kind, about, at, most_recipient, most_sender, most_about, if_over)
  select value ->> 0, value ->> 1, :sender, :kind, :about, :now, :most_recipient, :most_sender, :most_about, :if_over
  from json_each(:mails) where :guard";
/// What fits and is counted now, or was before.
const FITTING: &str =
    "select id as json from mail_counts where id in (select value ->> 0 from json_each(:mails))";
/// What no budget looks at any more.
const FORGET: &str = "delete from mail_counts where at <= :now - 2 * 86400000 and kind <> 'held'";
/// When each budget that is used up gets its next place. What is held has none until it is released.
const WAIT: &str = "with recipients as (select distinct value ->> 1 as recipient from json_each(:mails))
  select cast(max(free) as text) as json from (
    select min(c.at) as free from mail_counts c join recipients r on r.recipient = c.recipient
      where c.at > :now - 86400000 and c.kind not in ('sign_up', 'reset', 'hold', 'held')
      group by c.recipient having count(*) >= :most_recipient
    union all select min(at) from mail_counts
      where sender = :sender and at > :now - 86400000 and kind <> 'held' having count(*) >= :most_sender
    union all select min(c.at) from mail_counts c join recipients r on r.recipient = c.recipient
      where c.kind = :kind and c.about is :about and c.at > :now - 86400000
      group by c.recipient having count(*) >= :most_about)";

/// What happens to a mail that exceeds a budget.
#[derive(Clone, Copy)]
enum IfOver {
    /// The whole batch is refused.
    Refuse,
    /// This mail is not counted.
    Skip,
}

/// What is to be counted: mails, whom they count for as sender, and what they are about.
pub struct Count {
    mails: String,
    sender: String,
    about: About,
    now: Instant,
    most_recipient: Option<i64>,
    most_sender: Option<i64>,
    most_about: Option<i64>,
}

impl Count {
    /// Counts these mails within the budgets of what they are about.
    pub fn new(env: &Env, mails: &[Counted], sender: &str, about: About, now: Instant) -> Self {
        let rows: Vec<_> = mails.iter().map(|m| json!([m.id, m.recipient])).collect();
        let recipient = Some(config::count(env, "BUDGET_RECIPIENT", 20));
        let by_sender = Some(config::count(env, "BUDGET_SENDER", 200));
        let by_about = Some(config::count(env, "BUDGET_PROPOSAL", 5));
        let (most_recipient, most_sender, most_about) = match about {
            // Whoever forgot the password must be able to get in, whatever else was mailed there.
            About::Reset => (None, None, recipient),
            // As much may wait for an account as it may send in a day.
            About::Held(_) => (None, None, by_sender),
            // Nobody else is bothered by it.
            About::Own(_) => (None, by_sender, None),
            _ => (recipient, by_sender, by_about),
        };
        let (mails, sender) = (json!(rows).to_string(), sender.to_owned());
        Self { mails, sender, about, now, most_recipient, most_sender, most_about }
    }

    /// What the statements that count and that tell when to try again have in common.
    fn bound(&self, sql: &'static str) -> Statement {
        Statement::new(sql)
            .bind("mails", self.mails.as_str())
            .bind("sender", self.sender.as_str())
            .bind("kind", self.about.kind())
            .bind("about", self.about.id())
            .bind("now", self.now.millis())
            .bind("most_recipient", self.most_recipient)
            .bind("most_sender", self.most_sender)
            .bind("most_about", self.most_about)
    }

    /// The statement that counts where `guard` holds, and refuses the batch where that is too much.
    pub fn counting(&self, guard: impl Into<Statement>) -> Statement {
        self.counting_or(guard, IfOver::Refuse)
    }

    /// As [`Self::counting`], for code that numbers its parameters.
    pub fn statement(&self, guard: &str) -> Result<Compiled> {
        self.counting(Statement::new(guard.to_owned())).compile()
    }

    fn counting_or(&self, guard: impl Into<Statement>, if_over: IfOver) -> Statement {
        let if_over = match if_over {
            IfOver::Refuse => "refuse",
            IfOver::Skip => "skip",
        };
        self.bound(COUNT).bind("if_over", if_over).embed("guard", guard)
    }

    /// What a batch with that statement came to: where a budget refused it, 429 and when to try again.
    pub async fn judge<T>(&self, directory: &Directory, done: Result<T>, now: Instant) -> Result<T> {
        match done {
            Err(Error::Database(Refusal::Budget(_))) => {
                let free = directory.first(self.bound(WAIT)).await?;
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
pub fn forgetting(now: Instant) -> Statement {
    Statement::new(FORGET).bind("now", now.millis())
}

/// The sender that an account is whose address is verified; none while it is not.
pub async fn proven(env: &Env, account: u64) -> Result<Option<String>> {
    let select = "select address as json from accounts where id = :id and verified = 1";
    let address = Directory::of(env).first(Statement::new(select).bind("id", Param::id(account))).await?;
    Ok(address.and_then(|address| address.parse::<Address>().ok()).map(|address| address.counting_key()))
}

/// By this, accounts that are verified now have nothing held any more, as far as budgets go.
pub const RELEASE: &str = "delete from mail_counts where kind = 'held' and about between :first and :last
  and exists (select 1 from accounts where id = mail_counts.about and verified = 1)";

/// Counts all of the mails, or none and says when to try again (429).
pub async fn count(env: &Env, mails: &[Counted], sender: &str, about: About, now: Instant) -> Result<()> {
    if mails.is_empty() {
        return Ok(());
    }
    let directory = Directory::of(env);
    let count = Count::new(env, mails, sender, about, now);
    let done = directory.batch(vec![forgetting(now), count.counting("true")]).await;
    count.judge(&directory, done, now).await.map(|_| ())
}

/// Counts as many of the mails as fit, in their order, and gives the ids of those: the others are not to be sent. Asked again
/// with the same ids, the answer is the same or larger.
pub async fn count_fitting(
    env: &Env,
    mails: &[Counted],
    sender: &str,
    about: About,
    now: Instant,
) -> Result<BTreeSet<String>> {
    if mails.is_empty() {
        return Ok(BTreeSet::new());
    }
    let directory = Directory::of(env);
    let count = Count::new(env, mails, sender, about, now);
    let fitting = Statement::new(FITTING).bind("mails", count.mails.as_str());
    let counting = count.counting_or("true", IfOver::Skip);
    // What was held so far was counted as that.
    let held = "delete from mail_counts
      where kind = 'held' and :kind <> 'held' and id in (select value ->> 0 from json_each(:mails))";
    let held = Statement::new(held).bind("kind", about.kind()).bind("mails", count.mails.as_str());
    let done = directory.batch(vec![forgetting(now), held, counting, fitting]).await?;
    Ok(order::set(done.into_iter().next_back().unwrap_or_default()))
}

/// Takes back what was counted for an act that was refused after all.
pub async fn forget(env: &Env, ids: &[&str]) -> Result<()> {
    let delete = "delete from mail_counts where id in (select value from json_each(:ids))";
    Directory::of(env).execute(Statement::new(delete).bind("ids", json!(ids).to_string())).await
}
