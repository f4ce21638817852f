//! Passwords: Argon2id as PHC strings, a dummy for unknown names, and a memo that spares callers by Basic the hash.

use std::cell::RefCell;
use std::collections::HashMap;

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use whittle_domain::account::Password;
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;

use super::Row;
use crate::error::{Error, Result};
use crate::random;

/// A hash of nobody's password with the parameters of everybody's, so that unknown names take as long as known ones.
const DUMMY: &str =
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

/// Whether the password is the account's.
pub fn matches(keys: &KeyRing, name: &str, password: &str, row: Option<&Row>, now: Instant) -> bool {
    let stored = row.map_or(DUMMY, |row| row.password.as_str());
    let code = row.and_then(|row| code(keys, name, password, row));
    if code.is_some_and(|code| remembered(code, now)) {
        return true;
    }
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    let good = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && row.is_some();
    if let Some(code) = code.filter(|_| good) {
        remember(code, now);
    }
    good
}

fn code(keys: &KeyRing, name: &str, password: &str, row: &Row) -> Option<[u8; 32]> {
    let message = serde_json::to_vec(&(name, password, &row.password, row.epoch)).ok()?;
    Some(keys.key(keys.newest(), "whittle/password-memo/1")?.code(&message).bytes())
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
        let text = serde_json::json!({"id": 1, "address": "ob@localhost", "verified": 1, "active": 1, "staff": 1,
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
        assert!(!matches(&keys(), "nobody", "p", None, Instant::from_millis(0)));
    }
}
