//! The signature of the mail provider's webhooks: the Svix scheme (Standard Webhooks 1.0, "Symmetric signatures").

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::instant::Instant;

/// The greatest difference between the sender's clock and ours, in seconds. An older webhook may be a replay. Five minutes
/// is what the libraries of the scheme use.
const TOLERANCE_SECONDS: i64 = 300;

/// The headers that sign a webhook.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// `svix-id`, which identifies the webhook.
    pub id: &'a str,
    /// `svix-timestamp`, when the webhook was sent, in seconds since 1970-01-01T00:00:00Z.
    pub timestamp: &'a str,
    /// `svix-signature`, one signature in the form `v1,<base64>` or several, separated by blanks.
    pub signature: &'a str,
}

/// Whether one of the signatures is valid for `body` under one of the secrets, and the webhook was sent within five
/// minutes of `now`. The secrets are `whsec_<base64>`, separated by commas; there are several while they are rotated.
#[must_use]
pub fn verify(secrets: &str, headers: Headers<'_>, body: &[u8], now: Instant) -> bool {
    let Ok(sent) = headers.timestamp.parse::<i64>() else { return false };
    if now.seconds().saturating_sub(sent).saturating_abs() > TOLERANCE_SECONDS {
        return false;
    }
    let signatures = || headers.signature.split(' ').filter_map(|s| s.strip_prefix("v1,"));
    let keys = secrets.split(',').filter_map(|secret| {
        let secret = secret.trim();
        Base64::decode_vec(secret.strip_prefix("whsec_").unwrap_or(secret)).ok().filter(|key| !key.is_empty())
    });
    keys.filter_map(|key| Hmac::<Sha256>::new_from_slice(&key).ok()).any(|mut hmac| {
        for part in [headers.id.as_bytes(), b".", headers.timestamp.as_bytes(), b".", body] {
            hmac.update(part);
        }
        let is_valid = |signature: &str| {
            Base64::decode_vec(signature).is_ok_and(|bytes| hmac.clone().verify_slice(&bytes).is_ok())
        };
        signatures().any(is_valid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed independently, by Python's hmac and hashlib.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn check(secret: &str, timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
        verify(secret, Headers { id: ID, timestamp, signature }, body, at(now))
    }

    #[test]
    fn the_schemes_own_example_verifies_and_nothing_else_does() {
        let (sent, when) = (1_614_265_330, "1614265330");
        assert!(check(SECRET, when, SIGNATURE, BODY, sent));
        assert!(check(SECRET, when, &format!("v1,AAAA v2,x {SIGNATURE}"), BODY, sent + 300));
        assert!(check(&format!("whsec_AAAA, {SECRET}"), when, SIGNATURE, BODY, sent - 300));
        assert!(!check(SECRET, when, SIGNATURE, b"{}", sent));
        assert!(!check(SECRET, when, SIGNATURE, BODY, sent + 301), "old");
        assert!(!check(SECRET, when, SIGNATURE, BODY, sent - 301), "of the future");
        assert!(!check(SECRET, "1614265331", SIGNATURE, BODY, sent));
        assert!(!check("whsec_AAAA", when, SIGNATURE, BODY, sent));
        for secret in ["", "whsec_", ",", "whsec_%%"] {
            assert!(!check(secret, when, SIGNATURE, BODY, sent), "{secret}");
        }
        for signature in
            ["", "v1,", SIGNATURE.trim_start_matches("v1,"), "v1,AAAA", &SIGNATURE.replace("v1", "v2")]
        {
            assert!(!check(SECRET, when, signature, BODY, sent), "{signature}");
        }
        assert!(!check(SECRET, "now", SIGNATURE, BODY, sent));
    }
}
