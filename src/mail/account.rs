//! The mail about an account: rows of the outbox of meetings, sent by the same clocks, written in the batch of what they are
//! about.

use serde_json::json;
use whittle_domain::account::{self, Template};
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use worker::{D1PreparedStatement, Env, console_error};

use crate::config;
use crate::d1::{Directory, Param};
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
  select ?1, 'mail', ?2, ?3, 'due', ?4, ?4, 0, ?5 where ";

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

    /// The statement that writes it where `guard` holds, a condition with parameters of its own from `?6` on.
    pub fn statement(
        &self,
        env: &Env,
        directory: &Directory,
        guard: &str,
        params: &[Param],
        now: Instant,
    ) -> Result<D1PreparedStatement> {
        let own = [
            self.row.as_str().into(),
            serde_json::to_string(&Letter::from(self.letter.clone()))?.into(),
            config::keys(env)?.newest_id().into(),
            now.millis().into(),
            i64::from(self.shard).into(),
        ];
        directory.statement(&format!("{WRITE}{guard}"), &[&own, params].concat())
    }

    /// What it counts as, with whom it counts for.
    pub fn count(&self, env: &Env, sender: &str, about: About, now: Instant) -> Count {
        let counted = Counted { id: self.row.clone(), recipient: self.letter.to.counting_key() };
        Count::new(env, &[counted], sender, about, now)
    }
}

/// Runs a batch that writes mail to this shard: its clock is asked to look before, whatever becomes of the batch, and after.
/// Where that exceeds a budget, 429, and nothing is written.
pub async fn run(
    env: &Env,
    directory: &Directory,
    shard: u8,
    statements: Vec<D1PreparedStatement>,
    count: Option<&Count>,
    context: &RequestContext,
) -> Result<Vec<Vec<String>>> {
    scheduler::wake_shard(env, shard, scheduler::GRACE_MILLIS, &Dev::default()).await?;
    let done = directory.batch(statements).await;
    let done = match count {
        Some(count) => count.judge(directory, done, context.now).await?,
        None => done?,
    };
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
