//! Refuses requests that another site caused.

use worker::{Env, Request};

use crate::config;
use crate::error::{Result, csrf};

/// What is said to another site.
const ELSEWHERE: &str = "Origin checking failed.";

/// Refuses an unsafe request that a browser sends for another site, however it authenticates. Clients that send no
/// Origin are none.
pub fn check(request: &Request, env: &Env) -> Result<()> {
    if matches!(request.inner().method().as_str(), "GET" | "HEAD") {
        return Ok(());
    }
    let site = request.headers().get("Sec-Fetch-Site")?.unwrap_or_default();
    if site == "cross-site" {
        return Err(csrf(ELSEWHERE));
    }
    let Some(origin) = request.headers().get("Origin")? else { return Ok(()) };
    let own = config::origin(env)?;
    // A form on a page that sends no referrer, as ours do, says `null` (Fetch, section 3.2): its browser vouches for it.
    if origin == own || (origin == "null" && site == "same-origin") {
        return Ok(());
    }
    // In development loopback's other names are the same place.
    let both = (worker::Url::parse(&origin), worker::Url::parse(&own));
    match both {
        (Ok(a), Ok(b))
            if config::is_dev(env)
                && a.port_or_known_default() == b.port_or_known_default()
                && a.host_str().is_some_and(config::is_loopback) =>
        {
            Ok(())
        }
        _ => Err(csrf(ELSEWHERE)),
    }
}
