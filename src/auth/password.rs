//! Passwords: Argon2id as PHC strings, a dummy for unknown names, and a memo that spares callers by Basic the hash.

use crate::auth::account::Account;
use crate::auth::account::Row;
use std::cell::RefCell;
use std::collections::HashMap;

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use whittle_domain::account::Password;
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use worker::Env;

use crate::auth::lookup;
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::random;

/// A hash of nobody's password with the parameters of everybody's, so that unknown names take as long as known ones.
pub const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How long a password that matched is remembered in this isolate: five minutes (design, "Who is calling").
const MEMO_MILLIS: i64 = 300_000;
/// How many are remembered at most: some 100 KB.
const MEMO_MOST: usize = 1_000;

thread_local! {
    /// HMAC over name, password, stored hash and epoch, and until when it counts. A changed password or a raised epoch
    /// gives another code, so nothing stale is ever found.
    static MEMO: RefCell<HashMap<[u8; 32], i64>> = RefCell::new(HashMap::new());
}

/// What is stored of a password: Argon2id with a salt of its own, as a PHC string.
pub fn hash(password: &Password) -> Result<String> {
    let salt: [u8; 16] = random::bytes()?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
}

/// A name and a password as they were typed, and from where.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// The account's name.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// From where: see [`crate::http::credential::place`].
    pub place: &'a str,
}

/// Whether the password is the account's: by memory, or after the brakes by the hash.
pub async fn matches(env: &Env, typed: Typed<'_>, row: Option<&Row>, now: Instant) -> Result<bool> {
    let code = match row {
        Some(row) => code(&config::keys(env)?, typed.name, typed.password, row),
        None => None,
    };
    if code.is_some_and(|code| remembered(code, now)) {
        return Ok(true);
    }
    RateLimit::Place.check(env, typed.place.to_owned()).await?;
    RateLimit::Name.check(env, format!("{} {}", typed.place, typed.name)).await?;
    let good = is_of(typed.password, row);
    if let Some(code) = code.filter(|_| good) {
        remember(code, now);
    }
    Ok(good)
}

/// The work is the same whether there is an account or not.
fn is_of(password: &str, row: Option<&Row>) -> bool {
    let Ok(hash) = PasswordHash::new(row.map_or(DUMMY, |row| row.password.as_str())) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && row.is_some()
}

/// Whether this is the password of who has signed in already, asked again where much is at stake; gives its stored hash,
/// which is a guard of what comes of it.
pub async fn own(
    env: &Env,
    context: &RequestContext,
    account: &Account,
    password: &str,
) -> Result<Option<String>> {
    let row = lookup::by_id(&Directory::of(env)?, account.id).await?;
    let typed = Typed { name: &account.username, password, place: &context.place };
    let good = matches(env, typed, row.as_ref(), context.now).await?;
    Ok(row.filter(|_| good).map(|row| row.password))
}

fn code(keys: &KeyRing, name: &str, password: &str, row: &Row) -> Option<[u8; 32]> {
    let message = serde_json::to_vec(&(name, password, &row.password, row.epoch)).ok()?;
    Some(keys.key(keys.newest_id(), "whittle/password-memo/1")?.mac(&message).into_bytes())
}

fn remembered(code: [u8; 32], now: Instant) -> bool {
    MEMO.with_borrow(|memo| memo.get(&code).is_some_and(|until| *until > now.millis()))
}

fn remember(code: [u8; 32], now: Instant) {
    MEMO.with_borrow_mut(|memo| {
        if memo.len() >= MEMO_MOST {
            memo.retain(|_, until| *until > now.millis());
        }
        if memo.len() >= MEMO_MOST {
            memo.clear();
        }
        memo.insert(code, now.millis().saturating_add(MEMO_MILLIS));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(password: &str, epoch: i64) -> Row {
        let text = serde_json::json!({"id": 1, "username": "ob", "address": "ob@localhost", "verified": 1, "active": 1, "staff": 1,
            "demo": 1, "epoch": epoch, "timezone": "UTC", "password": password});
        serde_json::from_value(text).unwrap()
    }

    fn keys() -> KeyRing {
        KeyRing::parse("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap()
    }

    #[test]
    fn a_password_is_remembered_for_five_minutes_and_for_one_epoch() {
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$HASH";
        let now = Instant::from_millis(1_000);
        let later = Instant::from_millis(1_000 + MEMO_MILLIS);
        let one = code(&keys(), "ob", "p", &row(hash, 0)).unwrap();
        remember(one, now);
        assert!(remembered(one, now) && !remembered(one, later));
        for other in [
            code(&keys(), "ob", "q", &row(hash, 0)),
            code(&keys(), "zo", "p", &row(hash, 0)),
            code(&keys(), "ob", "p", &row(hash, 1)),
            code(&keys(), "ob", "p", &row("other", 0)),
            code(&keys(), "obp", "", &row(hash, 0)),
        ] {
            assert!(!remembered(other.unwrap(), now));
        }
    }

    #[test]
    fn the_dummy_is_a_hash_that_nothing_matches() {
        assert!(PasswordHash::new(DUMMY).is_ok());
        assert!(!is_of("p", None) && !is_of("", Some(&row(DUMMY, 0))));
    }
}
