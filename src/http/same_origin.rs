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
    let own = config::origin(env)?;
    // A form on a page that sends no referrer, as ours do, says `null` (Fetch, section 3.2): its browser vouches for it.
    if **origin == *own || (origin == "null" && site == Some("same-origin")) {
        return Ok(());
    }
    // In development loopback's other names are the same place.
    let both = (worker::Url::parse(origin), worker::Url::parse(&own));
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
