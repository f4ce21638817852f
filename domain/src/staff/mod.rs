//! What staff do, and the ledger of it. Each act is an entry of one chain for the whole deployment, in the form of every other
//! ledger ([`crate::ledger`]), so that whoever has an export can verify it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::address::Address;
use crate::instant::Instant;
use crate::ledger::{
    Digest, Entry, LedgerKind, Occurrence, Opening, Recorded, Rule, RuleFault, Salts, genesis,
};

/// The id of the ledger in its export: a deployment has one.
pub const LEDGER_ID: u64 = 1;

/// The ledger of what staff do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffLedger {}

impl LedgerKind for StaffLedger {
    const NAME: &'static str = "staff";
    const GENESIS: &'static str = "whittle staff ledger 1 ";
    type Body = Subject;
    type Rule = SubjectIsNamed;
}

/// The member of an entry that is this ledger's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What was acted on: a kind, and where there are several of it a slash and the id, such as `account/7`, `proposal/12`,
    /// `mail`.
    pub subject: String,
}

/// Each entry names what was acted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectIsNamed;

impl Rule<Subject> for SubjectIsNamed {
    fn next(&mut self, body: &Subject) -> Result<(), RuleFault> {
        let (kind, id) = body.subject.split_once('/').unwrap_or((&body.subject, "1"));
        let is_named = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase());
        let has_id = !id.is_empty() && !id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
        if is_named && has_id { Ok(()) } else { Err(RuleFault::Malformed) }
    }
}

/// What staff do with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountAct {
    /// It may sign in.
    Activate,
    /// It may not, and is signed out everywhere.
    Deactivate,
    /// It is staff.
    Promote,
    /// It is staff no more.
    Demote,
    /// The mails that it has caused today are counted no more, so that it may cause mail again.
    Unlock,
}

impl AccountAct {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Activate, Self::Deactivate, Self::Promote, Self::Demote, Self::Unlock];

    /// The word for it in a request, and in the ledger.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Unlock => "unlock",
        }
    }
}

/// An act of staff, before it is chained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAct {
    /// Which act: `deactivate`, `retry`, `close`, ...
    pub act: String,
    /// See [`Subject::subject`].
    pub subject: String,
    /// Who acted, by the address of the account then.
    pub staff: Address,
    /// How that account came: `session`, `basic`, `token`, `bearer`.
    pub via: String,
    /// When (UTC).
    pub at: Instant,
    /// The address that it is about, where it is about one.
    #[serde(default)]
    pub about: Option<Address>,
}

/// The last entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub entries: u32,
    /// The hash of the last one; of none, the [`genesis`].
    pub hash: Digest,
}

impl Default for Head {
    fn default() -> Self {
        Self { entries: 0, hash: genesis::<StaffLedger>(LEDGER_ID) }
    }
}

impl StaffAct {
    /// The entry of the act after this head. Addresses lie beside the chain, committed to with these salts.
    #[must_use]
    pub fn record(&self, head: Head, salts: &Salts) -> Recorded<Subject> {
        let seq = head.entries.saturating_add(1);
        let opening = |field: &str, address: &Address| Opening {
            seq,
            field: field.to_owned(),
            salt: salts.salt(seq, field),
            value: email(address),
        };
        let mut openings: Vec<Opening> = self.about.iter().map(|about| opening("about", about)).collect();
        openings.push(opening("staff", &self.staff));
        let mut commitments = BTreeMap::new();
        for opening in &openings {
            commitments.insert(opening.field.clone(), opening.commitment());
        }
        let entry = Entry {
            seq,
            at: self.at.to_string(),
            kind: Occurrence::Update,
            act: self.act.clone(),
            via: self.via.clone(),
            by: "staff".to_owned(),
            about: None,
            body: Subject { subject: self.subject.clone() },
            commitments,
            prev: head.hash,
        };
        Recorded { entry, openings, staff: None }
    }
}

fn email(address: &Address) -> Value {
    json!({ "email": address.as_str() })
}

#[cfg(test)]
mod tests;
