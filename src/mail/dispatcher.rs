//! Sends what is due in a queue: a mail is claimed, sent and marked, in an object's queue and in D1's alike.

use futures_util::future::join_all;
use serde_json::json;
use whittle_domain::instant::Instant;
use worker::console_error;

pub use super::letter::Letter;
use super::queue::{Claimed, Postponed, Queue};
use super::render;
use super::suppression::{self, Recipient, Suppressed};
use super::transport::{Failure, Transport, transport};
use crate::clock;
use crate::config;
use crate::d1::Directory;
use crate::error::Result;
use crate::object::failpoint;
use crate::object::host::Host;
use crate::random;

/// Mails sent at once: workerd allows six connections (docs/architecture.md).
pub const AT_ONCE: i64 = 5;
/// Mails sent by one run of the alarm, so that a run stays well under its limit of 15 minutes.
const ROUNDS: usize = 20;

/// A mail that may not be sent: for whoever has the queue to note, and then to mark.
pub struct Refused {
    /// The row.
    pub row: Claimed,
    /// What it was made of.
    pub letter: Letter,
    /// Why.
    pub why: Suppressed,
}

/// What a run came to.
pub struct Run {
    /// Whether there is anything to send mail with.
    pub can_send: bool,
    /// What may not be sent.
    pub refused: Vec<Refused>,
}

/// See the module.
pub struct Dispatcher<'a, Q> {
    /// The object that runs it.
    pub host: &'a Host,
    /// Where the mail waits.
    pub queue: &'a Q,
    /// Whether a mail is still to be sent, by what has become of its cause since: what is not goes.
    pub wanted: &'a dyn Fn(&Letter) -> bool,
}

impl<Q: Queue> Dispatcher<'_, Q> {
    fn now(&self) -> Instant {
        clock::now(failpoint::offset(&self.host.sql, &self.host.env))
    }

    /// Sends what is due; `claimed` of it is claimed already.
    pub async fn run(&self, mut claimed: Option<Vec<Claimed>>) -> Result<Run> {
        let mut refused = Vec::new();
        let Some(transport) = transport(&self.host.env)? else {
            // Mail stays queued; /healthz fails and says so.
            return Ok(Run { can_send: false, refused });
        };
        for _ in 0..ROUNDS {
            let claimed = match claimed.take() {
                Some(claimed) => claimed,
                None => self.queue.claim(AT_ONCE, self.now()).await?,
            };
            // What becomes due meanwhile sets the alarm.
            let is_last = i64::try_from(claimed.len()).is_ok_and(|claimed| claimed < AT_ONCE);
            let (good, bad) = self.judged(claimed).await?;
            refused.extend(bad);
            let tried =
                join_all(good.iter().map(|(row, letter)| self.deliver(&transport, row, letter))).await;
            let tried = tried.into_iter().collect::<Result<Vec<bool>>>()?;
            let sent: Vec<&str> = good
                .iter()
                .zip(tried)
                .filter(|(_, sent)| *sent)
                .map(|((row, _), _)| row.id.as_str())
                .collect();
            if !sent.is_empty() {
                self.queue.mark(&sent).await?;
            }
            if is_last {
                break;
            }
        }
        Ok(Run { can_send: true, refused })
    }

    /// Those that may be sent, and those that may not. What cannot be read, or asked about, is postponed.
    async fn judged(&self, claimed: Vec<Claimed>) -> Result<(Vec<(Claimed, Letter)>, Vec<Refused>)> {
        let mut letters = Vec::new();
        for row in claimed {
            match Letter::parse(&row.body) {
                Ok(letter) if (self.wanted)(&letter) => letters.push((row, letter)),
                Ok(_) => self.queue.mark(&[&row.id]).await?,
                Err(fault) => self.postpone(&row, &Failure::new(&fault.to_string())).await?,
            }
        }
        if letters.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let mails: Vec<Recipient<'_>> = letters.iter().map(|(_, letter)| letter.recipient()).collect();
        let Ok(found) = suppression::find(&Directory::of(&self.host.env), &mails).await else {
            for (row, _) in &letters {
                self.postpone(row, &Failure::new("the directory did not answer")).await?;
            }
            return Ok((Vec::new(), Vec::new()));
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for ((row, mut letter), found) in letters.into_iter().zip(found) {
            if let Some(to) = found.to {
                letter.readdress(to);
            }
            let counts = |why: &&Suppressed| !letter.is_sent_despite(**why);
            match found.reasons.iter().find(counts).copied() {
                Some(why) => bad.push(Refused { row, letter, why }),
                None => good.push((row, letter)),
            }
        }
        Ok((good, bad))
    }

    /// Whether it was sent, and is to be marked; whatever goes wrong postpones this mail and no other.
    async fn deliver(&self, transport: &Transport, row: &Claimed, letter: &Letter) -> Result<bool> {
        let failure = match self.prepare(row, letter).await {
            Ok((key, message)) => {
                failpoint::reach(self.host, "before_send").await?;
                let sent = transport.send(&key, &message, self.now()).await;
                failpoint::reach(self.host, "before_mark").await?;
                match sent {
                    Ok(()) => return Ok(true),
                    Err(failure) => failure,
                }
            }
            Err(error) => Failure::new(error.fault().unwrap_or("refused")),
        };
        self.postpone(row, &failure).await.map(|()| false)
    }

    async fn postpone(&self, row: &Claimed, failure: &Failure) -> Result<()> {
        console_error!("{}", json!({ "mail": row.id, "attempts": row.attempts, "fault": failure.why }));
        let [jitter] = random::bytes()?;
        let Failure { why, retry_after_millis } = failure;
        let postponed = Postponed { mail: row, why, retry_after_millis: *retry_after_millis, random: jitter };
        self.queue.postpone(&postponed, self.now()).await
    }

    /// The idempotency key and the message of a row, the same each time as long as its key is in the ring. After that it
    /// is signed anew, which makes it another message: the key's id is part of the idempotency key.
    async fn prepare(&self, row: &Claimed, letter: &Letter) -> Result<(String, String)> {
        let keys = config::keys(&self.host.env)?;
        let key_id = if keys.contains(&row.key_id) { row.key_id.as_str() } else { keys.newest_id() };
        if key_id != row.key_id {
            self.queue.rekey(&row.id, key_id).await?;
        }
        Ok((format!("{}-{key_id}", row.id), render::message(letter, &keys, key_id, &self.host.env)?))
    }
}
