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

/// For which stored password and epoch a password was found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub stored: String,
    pub epoch: i64,
}

thread_local! {
    /// By the HMAC over name and password: what they were found right for, and until when that counts.
    static MEMO: RefCell<HashMap<[u8; 32], (Judged, i64)>> = RefCell::new(HashMap::new());
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
    pub name: &'a str,
    pub password: &'a str,
    /// See [`crate::http::credential::place`].
    pub place: &'a str,
}

/// Whether the password is the account's: by the memo, or after the rate limits by the hash.
pub async fn verify(env: &Env, typed: Typed<'_>, row: Option<&Row>, now: Instant) -> Result<bool> {
    let Typed { name, password, place } = typed;
    let code = memo_code(&config::keys(env)?, name, password);
    let judged = row.map(|row| Judged { stored: row.password.clone(), epoch: row.epoch });
    if judged.is_some() && code.and_then(|code| recall_code(code, now)) == judged {
        return Ok(true);
    }
    RateLimit::Place.check(env, place.to_owned()).await?;
    RateLimit::Name.check(env, format!("{place} {name}")).await?;
    let good = matches_hash(password, row);
    if let (Some(code), Some(judged), true) = (code, judged, good) {
        remember(code, judged, now);
    }
    Ok(good)
}

/// For what a password was found right in the last five minutes, in this isolate. Whether the account still has that stored
/// password and that epoch is for the caller to see.
pub fn recall(env: &Env, name: &str, password: &str, now: Instant) -> Result<Option<Judged>> {
    Ok(memo_code(&config::keys(env)?, name, password).and_then(|code| recall_code(code, now)))
}

/// The work is the same whether there is an account or not.
fn matches_hash(password: &str, row: Option<&Row>) -> bool {
    let Ok(hash) = PasswordHash::new(row.map_or(DUMMY, |row| row.password.as_str())) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && row.is_some()
}

/// Verifies the password of who has signed in already, where much is at stake; gives its stored hash, which is a guard of what
/// comes of it, or nothing where the password is wrong.
pub async fn verify_again(
    env: &Env,
    context: &RequestContext,
    account: &Account,
    password: &str,
) -> Result<Option<String>> {
    let Some(row) = lookup::find_by_id(&Directory::of(env), account.id).await? else { return Ok(None) };
    let good = verify_row(env, context, &row, password).await?;
    Ok(good.then_some(row.password))
}

/// Verifies the password of an account that has been read.
pub async fn verify_row(env: &Env, context: &RequestContext, row: &Row, password: &str) -> Result<bool> {
    let typed = Typed { name: &row.username, password, place: &context.place };
    verify(env, typed, Some(row), context.now).await
}

fn memo_code(keys: &KeyRing, name: &str, password: &str) -> Option<[u8; 32]> {
    let message = serde_json::to_vec(&(name, password)).ok()?;
    Some(keys.key(keys.newest_id(), "whittle/password-memo/1")?.mac(&message).into_bytes())
}

fn recall_code(code: [u8; 32], now: Instant) -> Option<Judged> {
    let is_fresh = |(_, until): &&(Judged, i64)| *until > now.millis();
    MEMO.with_borrow(|memo| memo.get(&code).filter(is_fresh).map(|(judged, _)| judged.clone()))
}

fn remember(code: [u8; 32], judged: Judged, now: Instant) {
    MEMO.with_borrow_mut(|memo| {
        if memo.len() >= MEMO_MOST {
            memo.retain(|_, (_, until)| *until > now.millis());
        }
        if memo.len() >= MEMO_MOST {
            memo.clear();
        }
        memo.insert(code, (judged, now.millis().saturating_add(MEMO_MILLIS)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(password: &str, epoch: i64) -> Row {
        let text = serde_json::json!({"id": 1, "username": "ob", "address": "ob@localhost", "verified": 1, "active": 1, "staff": 1,
            "demo": 1, "epoch": epoch, "timezone": "UTC", "password": password, "first_name": "", "last_name": ""});
        serde_json::from_value(text).unwrap()
    }

    fn keys() -> KeyRing {
        KeyRing::parse("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap()
    }

    #[test]
    fn a_password_is_remembered_for_five_minutes_and_for_what_it_was_judged_by() {
        let judged =
            Judged { stored: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$HASH".to_owned(), epoch: 0 };
        let now = Instant::from_millis(1_000);
        let later = Instant::from_millis(1_000 + MEMO_MILLIS);
        let one = memo_code(&keys(), "ob", "p").unwrap();
        remember(one, judged.clone(), now);
        assert_eq!((recall_code(one, now), recall_code(one, later)), (Some(judged), None));
        for (name, password) in [("ob", "q"), ("zo", "p"), ("obp", "")] {
            assert_eq!(recall_code(memo_code(&keys(), name, password).unwrap(), now), None);
        }
    }

    #[test]
    fn the_dummy_is_a_hash_that_nothing_matches() {
        assert!(PasswordHash::new(DUMMY).is_ok());
        assert!(!matches_hash("p", None) && !matches_hash("", Some(&row(DUMMY, 0))));
    }
}
