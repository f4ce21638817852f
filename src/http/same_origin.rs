//! Refuses requests that another site caused.

use worker::Env;

use crate::config;
use crate::error::{Result, csrf};
use crate::http::head::Head;

/// What is said to another site.
const ELSEWHERE: &str = "Origin checking failed.";

/// Refuses an unsafe request that a browser sends for another site, however it authenticates. Clients that send no
/// Origin are none.
pub fn check(head: &Head, env: &Env) -> Result<()> {
    if head.is_safe() {
        return Ok(());
    }
    let site = head.fetch_site.as_deref();
    if site == Some("cross-site") {
        return Err(csrf(ELSEWHERE));
    }
    let Some(origin) = &head.origin else { return Ok(()) };
    // A form on a page that sends no referrer, as ours do, says `null` (Fetch, section 3.2): its browser vouches for it.
    if (origin == "null" && site == Some("same-origin")) || is_own(origin, env)? {
        return Ok(());
    }
    Err(csrf(ELSEWHERE))
}

/// Refuses whoever does not say that a page of ours asks: any site can have a browser open a socket, with our cookies, and is
/// told by nothing but the Origin.
pub fn require(head: &Head, env: &Env) -> Result<()> {
    match &head.origin {
        None => Err(csrf("Origin is missing.")),
        Some(origin) if is_own(origin, env)? => Ok(()),
        Some(_) => Err(csrf(ELSEWHERE)),
    }
}

fn is_own(origin: &str, env: &Env) -> Result<bool> {
    let own = config::origin(env)?;
    if *origin == *own {
        return Ok(true);
    }
    // In development loopback's other names are the same place.
    let both = (worker::Url::parse(origin), worker::Url::parse(&own));
    Ok(match both {
        (Ok(a), Ok(b)) => {
            config::is_dev(env)
                && a.port_or_known_default() == b.port_or_known_default()
                && a.host_str().is_some_and(config::is_loopback)
        }
        _ => false,
    })
}
