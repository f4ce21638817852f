//! The mail about an account: rows of the outbox of meetings, sent by the same clocks, written in the batch of what they are
//! about.

use serde_json::json;
use whittle_domain::account::{self, Template};
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use worker::{Env, console_error};

use crate::config;
use crate::d1::{Directory, Statement};
use crate::dev::Dev;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::mail::budget::{About, Count, Counted};
use crate::mail::{Letter, scheduler};
use crate::random;

/// For how long an address can be proven by a mail: a week.
pub const PROOF_LIFE: Duration = Duration::from_seconds(7 * 86_400);

/// A mail about an account, to be written.
pub struct Mail {
    row: String,
    letter: account::Letter,
    shard: u8,
}

const WRITE: &str = "insert into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, shard)
  select :row, 'mail', :body, :key_id, 'due', :now, :now, 0, :shard where :guard";
/// A mail counts if it was written.
const IS_WRITTEN: &str = "exists (select 1 from outbox where id = value ->> 0)";

impl Mail {
    /// A mail of this account, without a link, in a shard of the outbox.
    pub fn new(shard: u8, template: Template, to: &Address, account: u64, username: &str) -> Result<Self> {
        let letter = account::Letter {
            template,
            to: to.clone(),
            account,
            username: username.to_owned(),
            link: None,
            other: None,
        };
        Ok(Self { row: random::name()?, letter, shard })
    }

    /// With a link to act by.
    pub fn link(mut self, link: Link) -> Self {
        self.letter.link = Some(link);
        self
    }

    /// About another address too.
    pub fn about(mut self, other: &Address) -> Self {
        self.letter.other = Some(other.clone());
        self
    }

    /// Another mail in the place of this one: at most one of the two may be written.
    pub fn instead(&self, template: Template) -> Self {
        let letter = account::Letter { template, link: None, ..self.letter.clone() };
        Self { row: self.row.clone(), letter, shard: self.shard }
    }

    /// The statement that writes it where `guard` holds.
    pub fn write(&self, env: &Env, guard: impl Into<Statement>, now: Instant) -> Result<Statement> {
        let statement = Statement::new(WRITE)
            .bind("row", self.row.as_str())
            .bind("body", serde_json::to_string(&Letter::from(self.letter.clone()))?)
            .bind("key_id", config::keys(env)?.newest_id())
            .bind("now", now.millis())
            .bind("shard", i64::from(self.shard))
            .embed("guard", guard);
        Ok(statement)
    }

    /// What it counts as, with whom it counts for.
    pub fn count(&self, env: &Env, sender: &str, about: About, now: Instant) -> Count {
        let counted = Counted { id: self.row.clone(), recipient: self.letter.to.counting_key() };
        Count::new(env, &[counted], sender, about, now)
    }
}

/// Runs a batch that writes mail to this shard: its clock is asked to look before, whatever becomes of the batch, and after.
/// Where the mail exceeds a budget, 429, and nothing is written.
pub async fn run(
    env: &Env,
    shard: u8,
    mut statements: Vec<Statement>,
    count: Option<&Count>,
    context: &RequestContext,
) -> Result<Vec<Vec<String>>> {
    let directory = Directory::of(env);
    scheduler::wake_shard(env, shard, scheduler::GRACE_MILLIS, &Dev::default()).await?;
    let wanted = statements.len();
    statements.extend(count.map(|count| count.counting(IS_WRITTEN)));
    let done = directory.batch(statements).await;
    let mut done = match count {
        Some(count) => count.judge(&directory, done, context.now).await?,
        None => done?,
    };
    done.truncate(wanted);
    // It is done: where this fails, the clock keeps the promise that it made before.
    if let Err(error) = scheduler::wake_shard(env, shard, 0, &context.dev).await {
        console_error!("{}", json!({ "clock": shard, "fault": error.fault() }));
    }
    Ok(done)
}

/// A link about an account, or about a change of its address.
pub fn link(purpose: Purpose, subject: u64, generation: u32, life: Duration, now: Instant) -> Link {
    Link { purpose, subject, party: 0, generation, expires: now.saturating_add(life).seconds() }
}
