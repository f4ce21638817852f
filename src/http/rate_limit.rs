//! RateLimits: the platform's rate limits, counted in one location and forgotten after a minute. They make guessing and
//! flooding slow. What must be exact, for somebody's inbox is at stake, is counted in D1 (src/mail/budget.rs).

use worker::Env;

use crate::error::{Error, Result};

/// What is braked; how often is in wrangler.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// Passwords that are hashed for one name, from one place.
    Name,
    /// Passwords that are hashed, from one place.
    Place,
    /// Mails that strangers ask for, from one place: sign-up, reset, resend.
    Mail,
}

impl RateLimit {
    const fn binding(self) -> &'static str {
        match self {
            Self::Name => "RATE_LIMIT_NAME",
            Self::Place => "RATE_LIMIT_PLACE",
            Self::Mail => "RATE_LIMIT_MAIL",
        }
    }

    /// Counts one, and refuses it (429) where it is one too many. A limit that is not bound is a fault of the deployment
    /// and lets nobody through; one that does not answer lets everybody, for it is a rate limit and no lock.
    pub async fn check(self, env: &Env, key: String) -> Result<()> {
        let limit = env.rate_limiter(self.binding());
        let limit = limit.map_err(|e| Error::Unavailable(format!("{}: {e}", self.binding())))?;
        match limit.limit(key).await {
            Ok(outcome) if !outcome.success => Err(throttled()),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// For how many seconds a caller who is refused is told to wait: the platform counts a minute.
const PERIOD: i64 = 60;

fn throttled() -> Error {
    let detail = format!("Request was throttled. Expected available in {PERIOD} seconds.");
    Error::TooMany { detail: detail.into(), retry_after: PERIOD }
}
