//! The log of a proposal as a hash chain.
//!
//! An [`Entry`] is what is hashed: canonical JSON (RFC 8785), free of personal data. Titles, notes, names and addresses
//! lie beside the chain as [`Opening`]s of salted commitments; they can be erased, and the chain still verifies. The
//! first `prev` is the hash of a constant and the proposal's id, so that no chain can be passed off as another's.

mod commitment;
mod export;
mod verify;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

pub use commitment::{Opening, Salts};
pub use export::{Line, export};
pub use verify::{Fault, Verified, verify};

use crate::duration::Duration;
use crate::hex;
use crate::instant::Instant;
use crate::slot::{Slot, Slots};

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not a SHA-256 hash"))
    }
}

/// What kind of act an entry records, in the original's words (spec 1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Occurrence {
    /// Something changed.
    Update,
    /// Mail was caused.
    Notify,
    /// Somebody looked.
    View,
}

/// A slot as entries and the API write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSlot {
    /// See [`Instant`].
    pub begin: String,
    /// See [`Duration`].
    pub duration: String,
}

impl From<&Slot> for WrittenSlot {
    fn from(slot: &Slot) -> Self {
        Self { begin: slot.begin().to_string(), duration: slot.duration().to_string() }
    }
}

impl WrittenSlot {
    /// The slots as they are written.
    #[must_use]
    pub fn list(slots: &Slots) -> Vec<Self> {
        slots.iter().map(Self::from).collect()
    }

    fn read(&self) -> Option<Slot> {
        Slot::new(Instant::parse(&self.begin)?, Duration::parse(&self.duration)?).ok()
    }
}

/// One link of the chain: what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1 for the first.
    pub seq: u32,
    /// When, UTC.
    pub at: String,
    /// UPDATE, NOTIFY or VIEW.
    pub kind: Occurrence,
    /// Which act it was: `create`, `answer`, `title`, ...
    pub act: String,
    /// How whoever acted came: `link`, `basic`, `token`, `system`, never with what secret.
    pub via: String,
    /// Who acted: a party's number as `p2`, `creator`, `staff` or `system`.
    pub by: String,
    /// Whom it concerns, where that is a party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is offered after it.
    pub slots: Vec<WrittenSlot>,
    /// Salted commitments to what lies beside the chain, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub commitments: BTreeMap<String, Digest>,
    /// The hash of the entry before.
    pub prev: Digest,
}

impl Entry {
    /// The canonical bytes (RFC 8785).
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical(self)
    }

    /// The hash of the canonical bytes.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.canonical().as_bytes())
    }
}

/// Canonical JSON (RFC 8785). All that is passed in here are maps with text keys, which cannot fail to serialise; an
/// empty text would verify against nothing.
fn canonical<T: Serialize>(value: &T) -> String {
    serde_jcs::to_string(value).unwrap_or_default()
}

/// What the first entry of this proposal's chain is chained to.
#[must_use]
pub fn genesis(proposal: u64) -> Digest {
    Digest::of(format!("whittle ledger 1 {proposal}").as_bytes())
}

#[cfg(test)]
mod tests;
