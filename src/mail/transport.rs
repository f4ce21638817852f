//! To whom mail is handed: a service binding `MAIL`, an HTTP API, or, in development, the built-in outbox. Without any
//! of them nothing is sent and nothing is lost.

use std::time::Duration;

use whittle_domain::instant::Instant;
use worker::{AbortController, Env, Fetch, Fetcher, Response};

use crate::clock;
use crate::config;
use crate::d1::Directory;
use crate::error::Result;
use crate::outgoing;

/// How long one attempt may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// Whoever sends.
pub enum Transport {
    /// A service binding.
    Binding(Fetcher),
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
    if let Ok(binding) = env.service("MAIL") {
        return Ok(Some(Transport::Binding(binding)));
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
        let controller = AbortController::default();
        let signal = controller.signal();
        let exchange = async {
            let mut response = match self {
                Self::Binding(fetcher) => {
                    let request = outgoing::post("https://mail/emails", message, &[key_header])?;
                    fetcher.fetch_request(request).await
                }
                Self::Api { url, key } => {
                    let bearer = format!("Bearer {key}");
                    let headers = [key_header, ("Authorization", bearer.as_str())];
                    let request = outgoing::post(&format!("{url}/emails"), message, &headers)?;
                    Fetch::Request(request).send_with_signal(&signal).await
                }
                Self::Dev(_) => Response::empty(),
            }?;
            let seconds = response.headers().get("Retry-After")?.and_then(|s| s.parse::<i64>().ok());
            // Read to its end, for an unread body keeps one of the few connections busy.
            let _ = response.bytes().await;
            Ok::<_, worker::Error>((response.status_code(), seconds.unwrap_or(0)))
        };
        let (status, seconds) = match clock::within(DEADLINE, exchange).await {
            Some(Ok(answer)) => answer,
            Some(Err(_)) => return Err(Failure::new("unreachable")),
            None => {
                controller.abort();
                return Err(Failure::new("no answer in time"));
            }
        };
        if (200..300).contains(&status) {
            return Ok(());
        }
        Err(Failure {
            why: format!("status {status}"),
            retry_after_millis: seconds.clamp(0, 86_400).saturating_mul(1_000),
        })
    }
}
