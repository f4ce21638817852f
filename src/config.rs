//! What the deployment sets.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use whittle_domain::keyring::KeyRing;
use worker::{Env, Url};

use crate::error::{Error, Result};

/// Days for which a mailed link is good, where `LINK_DAYS` says nothing (spec, part 0, "Links").
const LINK_DAYS: i64 = 30;

thread_local! {
    /// What the deployment sets is the same for as long as an isolate lives, and reading it is a call out of WebAssembly.
    static VARIABLES: RefCell<BTreeMap<&'static str, Option<String>>> = const { RefCell::new(BTreeMap::new()) };
    static ORIGIN: OnceCell<Rc<str>> = const { OnceCell::new() };
    static KEYS: OnceCell<KeyRing> = const { OnceCell::new() };
    static IS_DEV: OnceCell<bool> = const { OnceCell::new() };
}

/// A variable or a secret that is set to something.
pub fn var(env: &Env, name: &'static str) -> Option<String> {
    VARIABLES.with_borrow_mut(|known| {
        let read = || env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.is_empty());
        known.entry(name).or_insert_with(read).clone()
    })
}

/// Where the service is reached, without a trailing slash: what links are made of, never Host.
pub fn origin(env: &Env) -> Result<Rc<str>> {
    ORIGIN.with(|known| match known.get() {
        Some(origin) => Ok(Rc::clone(origin)),
        None => {
            let missing = || Error::Unavailable("PUBLIC_ORIGIN is not set".to_owned());
            let url = Url::parse(&var(env, "PUBLIC_ORIGIN").ok_or_else(missing)?);
            let url = url.map_err(|e| Error::Unavailable(format!("PUBLIC_ORIGIN: {e}")))?;
            Ok(Rc::clone(known.get_or_init(|| url.origin().ascii_serialization().into())))
        }
    })
}

/// The keys.
pub fn keys(env: &Env) -> Result<KeyRing> {
    KEYS.with(|known| match known.get() {
        Some(keys) => Ok(keys.clone()),
        None => {
            let missing = || Error::Unavailable("SECRET_KEYS is not set".to_owned());
            let keys = KeyRing::parse(&var(env, "SECRET_KEYS").ok_or_else(missing)?);
            let keys = keys.map_err(|fault| Error::Unavailable(format!("SECRET_KEYS: {fault:?}")))?;
            Ok(known.get_or_init(|| keys).clone())
        }
    })
}

/// Days for which a mailed link is good.
pub fn link_days(env: &Env) -> i64 {
    var(env, "LINK_DAYS").and_then(|d| d.parse().ok()).filter(|d| (1..=365).contains(d)).unwrap_or(LINK_DAYS)
}

/// A number that is set, or what it is by itself.
pub fn count(env: &Env, name: &'static str, default: i64) -> i64 {
    var(env, name).and_then(|n| n.parse().ok()).filter(|n| (0..1 << 53).contains(n)).unwrap_or(default)
}

/// Whether this is loopback.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// What `READ_ONLY` says of a deployment that is there to be filled.
pub const IMPORT: &str = "import";

/// Whether the deployment changes nothing, whatever is asked of it, because it is being moved (docs/operations.md).
pub fn read_only(env: &Env) -> Option<String> {
    var(env, "READ_ONLY")
}

/// Whether this is a developer's own machine: `DEV=1`, and links that lead nowhere else. All that is built in for
/// development asks this.
pub fn is_dev(env: &Env) -> bool {
    let local = || {
        let url = Url::parse(&var(env, "PUBLIC_ORIGIN")?).ok()?;
        url.host_str().map(is_loopback)
    };
    let is_dev = || var(env, "DEV").as_deref() == Some("1") && local() == Some(true);
    IS_DEV.with(|known| *known.get_or_init(is_dev))
}

/// The steps by which an object that is older than the code gets its tables up to date, each a statement, in order. None
/// has been needed so far. In development `DEV_OBJECT_UPGRADES` makes some up, so that a test can prove the mechanism.
pub fn object_upgrades(env: &Env) -> Vec<String> {
    let made_up = var(env, "DEV_OBJECT_UPGRADES").filter(|_| is_dev(env)).unwrap_or_default();
    made_up.split(';').map(str::trim).filter(|step| !step.is_empty()).map(ToOwned::to_owned).collect()
}
