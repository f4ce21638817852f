//! What the deployment sets.

use whittle_domain::keyring::KeyRing;
use worker::{Env, Url};

use crate::error::{Error, Result};

/// Days for which a mailed link is good, where `LINK_DAYS` says nothing (spec, part 0, "Links").
const LINK_DAYS: i64 = 30;

/// A variable that is set to something.
pub fn var(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|v| v.to_string()).filter(|v| !v.is_empty())
}

/// A secret that is set to something.
pub fn secret(env: &Env, name: &str) -> Option<String> {
    env.secret(name).ok().map(|v| v.to_string()).filter(|v| !v.is_empty())
}

/// Where the service is reached, without a trailing slash: what links are made of, never Host.
pub fn origin(env: &Env) -> Result<String> {
    let text =
        var(env, "PUBLIC_ORIGIN").ok_or_else(|| Error::Unavailable("PUBLIC_ORIGIN is not set".to_owned()))?;
    let url = Url::parse(&text).map_err(|e| Error::Unavailable(format!("PUBLIC_ORIGIN: {e}")))?;
    Ok(url.origin().ascii_serialization())
}

/// The keys.
pub fn keys(env: &Env) -> Result<KeyRing> {
    let text =
        secret(env, "SECRET_KEYS").ok_or_else(|| Error::Unavailable("SECRET_KEYS is not set".to_owned()))?;
    KeyRing::parse(&text).map_err(|fault| Error::Unavailable(format!("SECRET_KEYS: {fault:?}")))
}

/// Days for which a mailed link is good.
pub fn link_days(env: &Env) -> i64 {
    var(env, "LINK_DAYS").and_then(|d| d.parse().ok()).filter(|d| (1..=365).contains(d)).unwrap_or(LINK_DAYS)
}

/// A number that is set, or what it is by itself.
pub fn count(env: &Env, name: &str, default: i64) -> i64 {
    var(env, name).and_then(|n| n.parse().ok()).filter(|n| (0..1 << 53).contains(n)).unwrap_or(default)
}

/// Whether this is loopback.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// Whether this is a developer's own machine: `DEV=1`, and links that lead nowhere else. All that is built in for
/// development asks this.
pub fn is_dev(env: &Env) -> bool {
    let local = || {
        let url = Url::parse(&var(env, "PUBLIC_ORIGIN")?).ok()?;
        url.host_str().map(is_loopback)
    };
    var(env, "DEV").as_deref() == Some("1") && local() == Some(true)
}

/// The steps by which an object that is older than the code gets its tables up to date, each a statement, in order. None
/// has been needed so far. In development `DEV_OBJECT_UPGRADES` makes some up, so that a test can prove the mechanism.
pub fn object_upgrades(env: &Env) -> Vec<String> {
    let made_up = var(env, "DEV_OBJECT_UPGRADES").filter(|_| is_dev(env)).unwrap_or_default();
    made_up.split(';').map(str::trim).filter(|step| !step.is_empty()).map(ToOwned::to_owned).collect()
}
