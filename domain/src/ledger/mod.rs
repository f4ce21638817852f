//! The log of an entity as a hash chain.
//!
//! An [`Entry`] is what is hashed: canonical JSON (RFC 8785), free of personal data. Titles, notes, names and addresses
//! lie beside the chain as [`Opening`]s of salted commitments. They can be erased, and the chain still verifies. The first
//! `prev` is the [`genesis`]: the hash of a constant and the entity's id, so that no chain can be passed off as another's.
//!
//! The chain is the same for every kind of entity. What a kind adds is its [`LedgerKind`]: the name of the kind, the part of
//! an entry that is its own, and the rule that its entries obey (a proposal's offer only shrinks).

mod canonical;
mod commitment;
mod export;
mod verify;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use canonical::canonical;
pub use commitment::{Opening, Salts};
pub use export::{Line, export};
pub use verify::{Fault, Verified, verify};

use crate::address::Address;
use crate::hex;

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of `bytes`.
    #[must_use]
    pub fn sha256(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads a hash as it is written. `None` if the text is not 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
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
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a SHA-256 hash"))
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

/// What one kind of entity adds to the chain.
pub trait LedgerKind {
    /// The kind's name. It is the key of the entity's id in the first line of an export.
    const NAME: &'static str;
    /// The text that [`genesis`] hashes before the id. No two kinds have the same.
    const GENESIS: &'static str;
    /// The members of an entry that are this kind's own.
    type Body: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + 'static;
    /// What has to hold from one entry to the next.
    type Rule: Default + Rule<Self::Body>;
}

/// A rule over the entries of one chain, which remembers what it needs of the entries before.
pub trait Rule<B> {
    /// Takes the next entry's body.
    ///
    /// # Errors
    /// [`RuleFault`] if the body is not written as this kind writes it, or violates the rule.
    fn next(&mut self, body: &B) -> Result<(), RuleFault>;
}

/// Why a [`Rule`] refuses an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFault {
    /// The body is not written as this kind writes it.
    Malformed,
    /// The rule does not hold; the text says which rule.
    Violated(&'static str),
}

/// One link of the chain: what is hashed. `B` are the members that are the kind's own ([`LedgerKind::Body`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<B> {
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
    /// The members that are the kind's own.
    #[serde(flatten)]
    pub body: B,
    /// Salted commitments to what lies beside the chain, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub commitments: BTreeMap<String, Digest>,
    /// The hash of the entry before.
    pub prev: Digest,
}

impl<B: Serialize> Entry<B> {
    /// The canonical bytes (RFC 8785).
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical(self)
    }

    /// The hash of the canonical bytes.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::sha256(self.canonical().as_bytes())
    }
}

/// What the first entry of the chain of the entity `id` is chained to.
#[must_use]
pub fn genesis<K: LedgerKind>(id: u64) -> Digest {
    Digest::sha256(format!("{}{id}", K::GENESIS).as_bytes())
}

/// A new entry with what lies beside the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<B> {
    /// What is hashed.
    pub entry: Entry<B>,
    /// What the entry commits to.
    pub openings: Vec<Opening>,
    /// Which of staff acted. It is shown in the log and is no part of the chain.
    pub staff: Option<Address>,
}

/// An entry as it is stored, with what lies beside the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored<B> {
    /// What is hashed.
    pub entry: Entry<B>,
    /// What the entry commits to, as far as it is not erased.
    pub openings: Vec<Opening>,
    /// Which of staff acted.
    pub staff: Option<String>,
}

#[cfg(test)]
mod tests;
