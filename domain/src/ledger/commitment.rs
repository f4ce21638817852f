//! Salted commitments: the chain holds the hash, the text lies beside it and can be erased.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::{Digest, canonical};
use crate::hex;

/// A text that an entry commits to, with the salt that hides it from guessing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The entry it belongs to.
    pub seq: u32,
    /// The field: `title`, `note`, `deadline`, `terms`, or a roster row as `p2`.
    pub field: String,
    /// 128 random bits as hexadecimal digits.
    pub salt: String,
    /// What is committed to.
    pub value: Value,
}

impl Opening {
    /// The commitment: SHA-256 over the canonical JSON of the opening with a domain separator.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        #[derive(Serialize)]
        struct Committed<'a> {
            whittle: &'static str,
            #[serde(flatten)]
            opening: &'a Opening,
        }
        Digest::sha256(canonical(&Committed { whittle: "commitment/1", opening: self }).as_bytes())
    }
}

/// A source of salts from 32 random bytes, which are then forgotten.
#[derive(Clone)]
pub struct Salts([u8; 32]);

impl std::fmt::Debug for Salts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salts(…)")
    }
}

impl Salts {
    /// From random bytes that are used for nothing else.
    #[must_use]
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The salt for one field of one entry.
    #[must_use]
    pub fn salt(&self, seq: u32, field: &str) -> String {
        let mut key = [0; 64];
        for (to, from) in key.iter_mut().zip(self.0) {
            *to = from;
        }
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(&seq.to_be_bytes());
        mac.update(field.as_bytes());
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        bytes.first_chunk::<16>().map(|half| hex::encode(half)).unwrap_or_default()
    }
}
