//! The master secrets of a deployment, and the keys derived from them.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A key for one purpose, as long as SHA-256's block (so that HMAC takes it as it is). It never prints itself.
#[derive(Clone)]
pub struct Key([u8; 64]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A message authentication code under construction: HMAC-SHA256 (RFC 2104).
pub struct Code(Hmac<Sha256>);

impl Key {
    /// Starts a code over `message`.
    #[must_use]
    pub fn code(&self, message: &[u8]) -> Code {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(message);
        Code(mac)
    }
}

impl Code {
    /// The code's bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// Whether `code` is this code, in constant time.
    #[must_use]
    pub fn is(self, code: &[u8]) -> bool {
        self.0.verify_slice(code).is_ok()
    }
}

/// The master secrets, newest first: `SECRET_KEYS`, written `id:base64` with commas or blanks between. The newest
/// signs, all verify; taking one out voids what it signed.
#[derive(Clone)]
pub struct KeyRing(Vec<(String, Vec<u8>)>);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

/// Why the secrets cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRingFault {
    /// There is no key at all.
    Empty,
    /// A key is not written `id:base64`, or its id is not 1 to 16 letters, digits, `-` or `_`.
    Malformed,
    /// A key has fewer than 32 bytes.
    Short,
    /// Two keys have one id.
    Twice,
}

impl KeyRing {
    /// Reads `SECRET_KEYS`.
    ///
    /// # Errors
    /// See [`KeyRingFault`]; a ring is usable whole or not at all.
    pub fn parse(text: &str) -> Result<Self, KeyRingFault> {
        let mut keys: Vec<(String, Vec<u8>)> = Vec::new();
        for item in text.split([',', ' ', '\n', '\t']).filter(|s| !s.is_empty()) {
            let (id, secret) = item.split_once(':').ok_or(KeyRingFault::Malformed)?;
            let good = (1..=16).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            let secret = Base64::decode_vec(secret).map_err(|_| KeyRingFault::Malformed)?;
            if !good {
                return Err(KeyRingFault::Malformed);
            }
            if secret.len() < 32 {
                return Err(KeyRingFault::Short);
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(KeyRingFault::Twice);
            }
            keys.push((id.to_owned(), secret));
        }
        if keys.is_empty() { Err(KeyRingFault::Empty) } else { Ok(Self(keys)) }
    }

    /// The id of the key that signs.
    #[must_use]
    pub fn newest(&self) -> &str {
        self.0.first().map_or("", |(id, _)| id)
    }

    /// Whether a key of this id is in the ring.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|(other, _)| other == id)
    }

    /// The key of `id` for one purpose, by HKDF-SHA256 (RFC 5869): keys of two purposes have nothing in common.
    #[must_use]
    pub fn key(&self, id: &str, purpose: &str) -> Option<Key> {
        let (_, secret) = self.0.iter().find(|(other, _)| other == id)?;
        let mut key = [0; 64];
        Hkdf::<Sha256>::new(Some(b"whittle"), secret).expand(purpose.as_bytes(), &mut key).ok()?;
        Some(Key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_usable_whole_or_not_at_all() {
        let good = Base64::encode_string(&[7; 32]);
        let ring = KeyRing::parse(&format!("k2:{good}, k1:{good}")).unwrap();
        assert_eq!((ring.newest(), ring.has("k1"), ring.has("k0")), ("k2", true, false));
        for (text, fault) in [
            (String::new(), KeyRingFault::Empty),
            ("k1".into(), KeyRingFault::Malformed),
            (format!("k 1:{good}"), KeyRingFault::Malformed),
            (format!("k1:{good},k2:%%%"), KeyRingFault::Malformed),
            (format!("k1:{}", Base64::encode_string(&[7; 31])), KeyRingFault::Short),
            (format!("k1:{good},k1:{good}"), KeyRingFault::Twice),
        ] {
            assert_eq!(KeyRing::parse(&text).map(|_| ()), Err(fault), "{text}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let ring = KeyRing::parse(&format!("k1:{}", Base64::encode_string(&[65; 32]))).unwrap();
        assert_eq!(format!("{ring:?} {:?}", ring.key("k1", "x")), "[\"k1\"] Some(Key(…))");
    }
}
