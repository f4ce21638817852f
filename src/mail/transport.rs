//! To whom mail is handed: a service binding `MAIL`, an HTTP API, or, in development, the built-in outbox. Without any
//! of them nothing is sent and nothing is lost.

use whittle_domain::instant::Instant;
use worker::Env;

use crate::config;
use crate::d1::Directory;
use crate::error::Result;
use crate::platform::{self, Unsent};

/// The binding of a service that sends.
const MAIL: &str = "MAIL";
/// How many milliseconds one attempt may take.
const DEADLINE: u32 = 10_000;

/// Whoever sends.
pub enum Transport {
    /// A service that is bound.
    Binding(Env),
    /// The HTTP API at this address, with this key.
    Api {
        /// Without a trailing slash.
        url: String,
        /// The bearer token.
        key: String,
    },
    /// The built-in outbox in D1.
    Dev(Directory),
}

/// Why a mail was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For the log and for staff; never an address or a body.
    pub why: String,
    /// For how long the other side asked to be left alone, in milliseconds.
    pub retry_after_millis: i64,
}

impl Failure {
    /// A failure that says nothing of when to try again.
    pub fn new(why: &str) -> Self {
        Self { why: why.to_owned(), retry_after_millis: 0 }
    }
}

/// The transport of this deployment, where there is one: somebody who sends, and an address to send from.
pub fn transport(env: &Env) -> Result<Option<Transport>> {
    if sender(env).is_none() {
        return Ok(None);
    }
    if env.service(MAIL).is_ok() {
        return Ok(Some(Transport::Binding(env.clone())));
    }
    if let (Some(url), Some(key)) = (config::var(env, "MAIL_API_URL"), config::var(env, "MAIL_API_KEY")) {
        return Ok(Some(Transport::Api { url: url.trim_end_matches('/').to_owned(), key }));
    }
    if config::is_dev(env) { Ok(Some(Transport::Dev(Directory::of(env)))) } else { Ok(None) }
}

/// Whom mail comes from: `MAIL_FROM`; in development a name that leads nowhere does.
pub fn sender(env: &Env) -> Option<String> {
    let default = || config::is_dev(env).then(|| "Whittle <whittle@localhost>".to_owned());
    config::var(env, "MAIL_FROM").or_else(default)
}

impl Transport {
    /// Hands a message over. The provider that honours the idempotency key delivers it once, however often it is sent.
    pub async fn send(
        &self,
        idempotency_key: &str,
        message: &str,
        now: Instant,
    ) -> std::result::Result<(), Failure> {
        let Self::Dev(directory) = self else {
            return self.post(idempotency_key, message).await;
        };
        let keep =
            "insert into dev_outbox (id, message, sent_at) values (?1, ?2, ?3) on conflict (id) do nothing";
        let params = [idempotency_key.into(), message.into(), now.millis().into()];
        directory.run(keep, &params).await.map_err(|_| Failure::new("outbox"))
    }

    async fn post(&self, idempotency_key: &str, message: &str) -> std::result::Result<(), Failure> {
        let key_header = ("Idempotency-Key", idempotency_key);
        let sent = match self {
            Self::Binding(env) => {
                platform::post(Some((env, MAIL)), "https://mail/emails", &[key_header], message, DEADLINE)
                    .await
            }
            Self::Api { url, key } => {
                let bearer = format!("Bearer {key}");
                let headers = [key_header, ("Authorization", bearer.as_str())];
                platform::post(None, &format!("{url}/emails"), &headers, message, DEADLINE).await
            }
            Self::Dev(_) => return Ok(()),
        };
        let (status, retry_after) = match sent {
            Ok(answer) => answer,
            Err(Unsent::Late) => return Err(Failure::new("no answer in time")),
            Err(Unsent::Unreachable) => return Err(Failure::new("unreachable")),
        };
        let seconds = retry_after.and_then(|seconds| seconds.parse::<i64>().ok()).unwrap_or(0);
        if (200..300).contains(&status) {
            return Ok(());
        }
        Err(Failure {
            why: format!("status {status}"),
            retry_after_millis: seconds.clamp(0, 86_400).saturating_mul(1_000),
        })
    }
}
