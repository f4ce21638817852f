//! Mailed links as credentials: a token is read without a database, for its subject alone.

use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, LinkError, Purpose};
use worker::Env;

use crate::config;
use crate::error::{Result, bad_link, refused_link};

/// Verifies a token that must open `subject`.
pub fn verify(token: &str, purpose: Purpose, subject: u64, env: &Env, now: Instant) -> Result<Link> {
    match Link::verify(token, purpose, &config::keys(env)?, now) {
        Ok(link) if link.subject == subject => Ok(link),
        Ok(_) => Err(bad_link()),
        Err(LinkError::Expired(link)) if link.subject != subject => Err(bad_link()),
        Err(refused) => Err(refused_link(refused)),
    }
}

/// As [`verify`], but an expired token is accepted: its holder may still ask for a new one.
pub fn verify_even_expired(
    token: &str,
    purpose: Purpose,
    subject: u64,
    env: &Env,
    now: Instant,
) -> Result<Link> {
    match Link::verify(token, purpose, &config::keys(env)?, now) {
        Err(LinkError::Expired(link)) if link.subject == subject => Ok(link),
        _ => verify(token, purpose, subject, env, now),
    }
}
