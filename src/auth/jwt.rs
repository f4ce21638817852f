//! The tokens of `/accounts/login/`: JWT (RFC 7519), HS256 alone, with a key of its own for each kind.
//!
//! An *access* token names the account and its epoch, and is good for ten minutes. A *refresh* token names its family and
//! which of the family's tokens it is; the same inputs give the same token, so that whoever asks twice gets the same one.

use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt as _, Claims, Header, Token, UntrustedToken};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;

/// How long an access token is good: ten minutes (spec/calendars.md, part 0, "Accounts").
const ACCESS_MILLIS: i64 = 600_000;
/// How long a refresh token is good that nobody uses: thirty days.
pub const REFRESH_MILLIS: i64 = 30 * 86_400_000;

/// A token of one kind: its type in the header, and the key it is signed with.
pub trait Kind: Serialize + DeserializeOwned + Clone {
    /// The type in the header.
    const TYPE: &'static str;
    /// The purpose of its key.
    const KEY: &'static str;

    /// Until when it is good, in milliseconds.
    fn ends(&self) -> i64;

    /// The token.
    fn sign(&self, keys: &KeyRing) -> Option<String> {
        let id = keys.newest_id();
        let header = Header::empty().with_key_id(id).with_token_type(Self::TYPE);
        Hs256.token(&header, &Claims::new(self.clone()), &key::<Self>(keys, id)?).ok()
    }

    /// Reads one that is authentic and good. The algorithm is pinned by the validator's type, the kind by the header's type
    /// and by the key.
    fn read(token: &str, keys: &KeyRing, now: Instant) -> Option<Self> {
        let token = UntrustedToken::new(token).ok()?;
        if token.header().token_type.as_deref() != Some(Self::TYPE) {
            return None;
        }
        let key = key::<Self>(keys, token.header().key_id.as_deref()?)?;
        let token: Token<Self> = Hs256.validator::<Self>(&key).validate(&token).ok()?;
        let claims = token.claims().custom.clone();
        (claims.ends() > now.millis()).then_some(claims)
    }
}

/// An access token's claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The account.
    pub sub: u64,
    /// The account's epoch when it signed in: raised since, the token is void.
    pub epoch: i64,
    /// The family of refresh tokens that it came with: ended since, the token is void.
    pub family: String,
    /// Until when, in milliseconds.
    until: i64,
}

/// A refresh token's claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// The family.
    pub family: String,
    /// Which of the family's tokens.
    pub n: i64,
    /// Until when, in milliseconds.
    until: i64,
}

impl Kind for Access {
    const TYPE: &'static str = "at+jwt";
    const KEY: &'static str = "whittle/jwt/1/access";

    fn ends(&self) -> i64 {
        self.until
    }
}

impl Kind for Refresh {
    const TYPE: &'static str = "rt+jwt";
    const KEY: &'static str = "whittle/jwt/1/refresh";

    fn ends(&self) -> i64 {
        self.until
    }
}

impl Access {
    /// A token made now.
    pub fn new(sub: u64, epoch: i64, family: &str, now: Instant) -> Self {
        Self { sub, epoch, family: family.to_owned(), until: now.millis().saturating_add(ACCESS_MILLIS) }
    }
}

impl Refresh {
    /// The family's token of this number, which counts since `rotated_at` milliseconds.
    pub fn new(family: &str, n: i64, rotated_at: i64) -> Self {
        Self { family: family.to_owned(), n, until: rotated_at.saturating_add(REFRESH_MILLIS) }
    }
}

fn key<K: Kind>(keys: &KeyRing, id: &str) -> Option<Hs256Key> {
    // The bytes of a code over nothing: a key of 32 bytes for this purpose alone.
    Some(Hs256Key::new(keys.key(id, K::KEY)?.mac(b"").into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse(text).unwrap()
    }

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn a_token_is_good_for_its_time_and_its_kind() {
        let keys = ring(K1);
        let access = Access::new(7, 3, "f", at(1_000));
        let token = access.sign(&keys).unwrap();
        assert_eq!(Access::read(&token, &keys, at(1_000)), Some(access));
        assert_eq!(Access::read(&token, &keys, at(600_999)).map(|a| a.sub), Some(7));
        assert_eq!(Access::read(&token, &keys, at(601_000)), None, "ten minutes");
        assert_eq!(Refresh::read(&token, &keys, at(1_000)), None, "an access token refreshes nothing");
        let refresh = Refresh::new("f", 2, 1_000);
        let token = refresh.sign(&keys).unwrap();
        assert_eq!(refresh.sign(&keys).unwrap(), token, "the same inputs, the same token");
        assert_eq!(Refresh::read(&token, &keys, at(5)), Some(refresh));
        assert_eq!(Access::read(&token, &keys, at(5)), None, "a refresh token opens nothing");
    }

    #[test]
    fn an_old_key_verifies_until_it_is_taken_out_and_no_bit_can_be_changed() {
        let token = Access::new(7, 3, "f", at(0)).sign(&ring(K1)).unwrap();
        assert!(Access::read(&token, &ring(&format!("{K2},{K1}")), at(0)).is_some());
        assert!(Access::read(&token, &ring(K2), at(0)).is_none());
        let keys = ring(K1);
        for place in 0..token.len() {
            let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            assert_eq!(Access::read(&changed, &keys, at(0)), None, "{place}");
        }
    }

    #[test]
    fn another_algorithm_is_none() {
        use jwt_compact::alg::{Hs512, Hs512Key};
        let keys = ring(K1);
        let claims = Access::new(7, 3, "f", at(0));
        let header = Header::empty().with_key_id("k1").with_token_type(Access::TYPE);
        let bytes = keys.key("k1", Access::KEY).unwrap().mac(b"").into_bytes();
        let token = Hs512.token(&header, &Claims::new(claims), &Hs512Key::new(bytes)).unwrap();
        assert_eq!(Access::read(&token, &keys, at(0)), None);
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ.eyJzdWIiOjcsImVwb2NoIjozLCJ1bnRpbCI6OTk5OTk5OTk5OTl9.";
        assert_eq!(Access::read(none, &keys, at(0)), None);
        for junk in ["", ".", "..", "a.b.c", "\u{e4}"] {
            assert_eq!(Access::read(junk, &keys, at(0)), None);
        }
    }
}
