//! The tokens of `/accounts/login/`: JWT (RFC 7519), HS256 alone, with a key of its own for each kind.
//!
//! An *access* token names the account and its epoch, and is good for ten minutes. A *refresh* token names its token family and
//! its number in it; the same inputs give the same token, so that whoever asks twice gets the same one. Both carry the
//! registered claims `iat` and `exp`, in whole seconds: a token ends with the second that `exp` names.

use chrono::DateTime;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt as _, Claims, Header, Token, UntrustedToken};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;

/// How long a refresh token is good that nobody uses: thirty days.
pub const REFRESH_MILLIS: i64 = 30 * 86_400_000;

/// A token of one kind: its type in the header, and the key it is signed with.
pub trait Kind: Serialize + DeserializeOwned + Clone {
    /// The type in the header.
    const TYPE: &'static str;
    /// The purpose of its key.
    const KEY: &'static str;
    /// For how long it is good.
    const LIFE_SECONDS: i64;

    /// The token that is issued then.
    fn sign(&self, issued: Instant, keys: &KeyRing) -> Option<String> {
        let id = keys.newest_id();
        let header = Header::empty().with_key_id(id).with_token_type(Self::TYPE);
        let seconds = issued.millis().div_euclid(1000);
        let mut claims = Claims::new(self.clone());
        claims.issued_at = DateTime::from_timestamp(seconds, 0);
        claims.expiration = DateTime::from_timestamp(seconds.checked_add(Self::LIFE_SECONDS)?, 0);
        Hs256.token(&header, &claims, &key::<Self>(keys, id)?).ok()
    }

    /// Verifies that a token is authentic and has not expired. The algorithm is pinned by the validator's type, the kind by
    /// the header's type and by the key.
    fn verify(token: &str, keys: &KeyRing, now: Instant) -> Option<Self> {
        let token = UntrustedToken::new(token).ok()?;
        if token.header().token_type.as_deref() != Some(Self::TYPE) {
            return None;
        }
        let key = key::<Self>(keys, token.header().key_id.as_deref()?)?;
        let token: Token<Self> = Hs256.validator::<Self>(&key).validate(&token).ok()?;
        let ends = token.claims().expiration?.timestamp_millis();
        (ends > now.millis()).then(|| token.claims().custom.clone())
    }
}

/// An access token's own claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The account.
    pub sub: u64,
    /// The account's epoch when it signed in: once that is raised, the token is void.
    pub epoch: i64,
    /// The token family that it came with: once that has ended, the token is void.
    pub family: String,
}

/// A refresh token's own claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    pub family: String,
    /// Which of the family's tokens it is.
    pub n: i64,
}

impl Kind for Access {
    const TYPE: &'static str = "at+jwt";
    const KEY: &'static str = "whittle/jwt/1/access";
    /// Ten minutes (spec/calendars.md, part 0, "Accounts").
    const LIFE_SECONDS: i64 = 600;
}

impl Kind for Refresh {
    const TYPE: &'static str = "rt+jwt";
    const KEY: &'static str = "whittle/jwt/1/refresh";
    const LIFE_SECONDS: i64 = REFRESH_MILLIS / 1000;
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

    fn access() -> Access {
        Access { sub: 7, epoch: 3, family: "f".to_owned() }
    }

    #[test]
    fn a_token_is_good_for_its_time_and_its_kind() {
        let keys = ring(K1);
        let token = access().sign(at(1_999), &keys).unwrap();
        assert_eq!(Access::verify(&token, &keys, at(1_999)), Some(access()));
        assert_eq!(Access::verify(&token, &keys, at(600_999)), Some(access()));
        assert_eq!(
            Access::verify(&token, &keys, at(601_000)),
            None,
            "ten minutes from the second it was issued in"
        );
        assert_eq!(Refresh::verify(&token, &keys, at(1_999)), None, "an access token refreshes nothing");
        let refresh = Refresh { family: "f".to_owned(), n: 2 };
        let token = refresh.sign(at(1_000), &keys).unwrap();
        assert_eq!(refresh.sign(at(1_000), &keys).unwrap(), token, "the same inputs, the same token");
        assert_eq!(Refresh::verify(&token, &keys, at(5)), Some(refresh));
        assert_eq!(Access::verify(&token, &keys, at(5)), None, "a refresh token opens nothing");
    }

    #[test]
    fn the_registered_claims_are_seconds() {
        let token = access().sign(at(1_999), &ring(K1)).unwrap();
        let token = UntrustedToken::new(&token).unwrap();
        let claims = token.deserialize_claims_unchecked::<serde_json::Value>().unwrap();
        let seconds = [claims.issued_at, claims.expiration].map(|time| time.map(|time| time.timestamp()));
        assert_eq!(seconds, [Some(1), Some(601)]);
    }

    #[test]
    fn an_old_key_verifies_until_it_is_taken_out_and_no_bit_can_be_changed() {
        let token = access().sign(at(0), &ring(K1)).unwrap();
        assert!(Access::verify(&token, &ring(&format!("{K2},{K1}")), at(0)).is_some());
        assert!(Access::verify(&token, &ring(K2), at(0)).is_none());
        let keys = ring(K1);
        for place in 0..token.len() {
            let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            assert_eq!(Access::verify(&changed, &keys, at(0)), None, "{place}");
        }
    }

    #[test]
    fn another_algorithm_is_none() {
        use jwt_compact::alg::{Hs512, Hs512Key};
        let keys = ring(K1);
        let header = Header::empty().with_key_id("k1").with_token_type(Access::TYPE);
        let bytes = keys.key("k1", Access::KEY).unwrap().mac(b"").into_bytes();
        let mut claims = Claims::new(access());
        claims.expiration = DateTime::from_timestamp(600, 0);
        let token = Hs512.token(&header, &claims, &Hs512Key::new(bytes)).unwrap();
        assert_eq!(Access::verify(&token, &keys, at(0)), None);
        let good = Hs256.token(&header, &claims, &Hs256Key::new(bytes)).unwrap();
        assert_eq!(Access::verify(&good, &keys, at(0)), Some(access()));
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ.eyJleHAiOjk5OTk5OTk5OTksInN1YiI6NywiZXBvY2giOjMsImZhbWlseSI6ImYifQ.";
        assert_eq!(Access::verify(none, &keys, at(0)), None);
        for junk in ["", ".", "..", "a.b.c", "\u{e4}"] {
            assert_eq!(Access::verify(junk, &keys, at(0)), None);
        }
    }
}
