//! The master secrets of a deployment, and the keys that are derived from them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use base64ct::{Base64, Encoding as _};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A key for one purpose. It has 64 bytes, the block size of SHA-256, so HMAC uses it without hashing it first. Its `Debug`
/// output does not contain the key.
#[derive(Clone)]
pub struct Key([u8; 64]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A message authentication code, HMAC-SHA256 (RFC 2104), that is either written with [`Mac::into_bytes`] or compared with
/// [`Mac::verify`].
pub struct Mac(Hmac<Sha256>);

impl Key {
    /// Computes the authentication code of `message`.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> Mac {
        let mut hmac = Hmac::<Sha256>::new(&self.0.into());
        hmac.update(message);
        Mac(hmac)
    }
}

impl Mac {
    /// The 32 bytes of the code. To check a code that was received, use [`Mac::verify`].
    #[must_use]
    pub fn into_bytes(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// Whether `received` is this code. The comparison takes constant time, so an attacker cannot find the code byte by
    /// byte.
    #[must_use]
    pub fn verify(self, received: &[u8]) -> bool {
        self.0.verify_slice(received).is_ok()
    }
}

/// The master secrets of a deployment, newest first. New tokens and links are signed with the newest secret; those that
/// were signed with an older one verify until the operator removes it.
///
/// A secret is never used as a key itself: see [`KeyRing::key`]. A clone is the same ring.
#[derive(Clone)]
pub struct KeyRing(Rc<Ring>);

struct Ring {
    secrets: Vec<(String, Vec<u8>)>,
    /// Keys that were derived before, by secret and purpose: a derivation takes longer than most codes.
    derived: RefCell<BTreeMap<String, Key>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.secrets.iter().map(|(id, _)| id)).finish()
    }
}

/// Why `SECRET_KEYS` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRingError {
    /// There are no keys.
    Empty,
    /// A key is not written as `id:base64`, or its id is not 1 to 16 ASCII letters, digits, `-` or `_`.
    Malformed,
    /// A key has fewer than 32 bytes.
    Short,
    /// Two keys have the same id.
    Twice,
}

impl KeyRing {
    /// Reads `SECRET_KEYS`: keys in the form `id:base64`, newest first, separated by commas or white space.
    ///
    /// # Errors
    /// See [`KeyRingError`]. One wrong key makes the whole ring unusable, so the operator notices.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let mut keys: Vec<(String, Vec<u8>)> = Vec::new();
        for item in text.split([',', ' ', '\n', '\t']).filter(|s| !s.is_empty()) {
            let (id, secret) = item.split_once(':').ok_or(KeyRingError::Malformed)?;
            let is_id = (1..=16).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            let secret = Base64::decode_vec(secret).map_err(|_| KeyRingError::Malformed)?;
            if !is_id {
                return Err(KeyRingError::Malformed);
            }
            if secret.len() < 32 {
                return Err(KeyRingError::Short);
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(KeyRingError::Twice);
            }
            keys.push((id.to_owned(), secret));
        }
        if keys.is_empty() {
            return Err(KeyRingError::Empty);
        }
        Ok(Self(Rc::new(Ring { secrets: keys, derived: RefCell::default() })))
    }

    /// The id of the newest key, with which everything new is signed.
    #[must_use]
    pub fn newest_id(&self) -> &str {
        self.0.secrets.first().map_or("", |(id, _)| id)
    }

    /// Whether the ring has a key of this id.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.0.secrets.iter().any(|(other, _)| other == id)
    }

    /// Derives the key for one purpose from the master secret `id`, by HKDF-SHA256 (RFC 5869) with `purpose` as info. Keys
    /// of different purposes are independent, so a code of one purpose never verifies for another. `None` if the ring has
    /// no key of this id.
    #[must_use]
    pub fn key(&self, id: &str, purpose: &str) -> Option<Key> {
        // No id has a blank.
        let name = format!("{id} {purpose}");
        if let Some(key) = self.0.derived.borrow().get(&name) {
            return Some(key.clone());
        }
        let (_, secret) = self.0.secrets.iter().find(|(other, _)| other == id)?;
        let mut bytes = [0; 64];
        Hkdf::<Sha256>::new(Some(b"whittle"), secret).expand(purpose.as_bytes(), &mut bytes).ok()?;
        self.0.derived.borrow_mut().insert(name, Key(bytes));
        Some(Key(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_usable_whole_or_not_at_all() {
        let good = Base64::encode_string(&[7; 32]);
        let ring = KeyRing::parse(&format!("k2:{good}, k1:{good}")).unwrap();
        assert_eq!((ring.newest_id(), ring.contains("k1"), ring.contains("k0")), ("k2", true, false));
        for (text, fault) in [
            (String::new(), KeyRingError::Empty),
            ("k1".into(), KeyRingError::Malformed),
            (format!("k 1:{good}"), KeyRingError::Malformed),
            (format!("k1:{good},k2:%%%"), KeyRingError::Malformed),
            (format!("k1:{}", Base64::encode_string(&[7; 31])), KeyRingError::Short),
            (format!("k1:{good},k1:{good}"), KeyRingError::Twice),
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
