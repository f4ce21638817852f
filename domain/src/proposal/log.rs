//! The ledger as `GET /{id}/log/` shows it (spec 1.11).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Proposal;
use super::ledger::Offer;
use super::view::shown;
use crate::detail::Detail;
use crate::ledger::{Digest, Occurrence, Stored};
use crate::slot::WrittenSlot;

/// One entry of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The entry's number.
    pub id: u32,
    /// UTC.
    pub when: String,
    /// UPDATE, NOTIFY or VIEW.
    pub occurrence: Occurrence,
    /// The address of whoever acted, or what stands for it.
    pub effector: String,
    /// What is offered after it.
    pub slots: Vec<WrittenSlot>,
    /// Which act, how the effector came, whom it concerns, texts.
    pub data: Map<String, Value>,
    /// The hash before.
    pub prev: Digest,
    /// The hash of this entry.
    pub hash: Digest,
}

/// The entry for somebody who may, or may not, see addresses.
#[must_use]
pub fn log(proposal: &Proposal, stored: &Stored<Offer>, sees_addresses: bool) -> LogEntry {
    let entry = &stored.entry;
    let who = |label: &str| match (proposal.party_labelled(label), label) {
        (Some(party), _) => shown(party, sees_addresses),
        (None, "creator") if sees_addresses => proposal.creator.address.to_string(),
        (None, "staff") if sees_addresses => stored.staff.clone().unwrap_or_else(|| label.to_owned()),
        (None, _) => label.to_owned(),
    };
    let effector = who(&entry.by);
    let mut data = Map::new();
    let mut put = |key: &str, value: String| data.insert(key.to_owned(), Value::String(value));
    put("act", entry.act.clone());
    put("via", entry.via.clone());
    match (entry.act.as_str(), &entry.about) {
        ("create", _) => put("opened", "created".to_owned()),
        ("close", _) => put("closed", "deleted".to_owned()),
        ("notify", Some(about)) => {
            put("sender", effector.clone());
            put("recipient", who(about))
        }
        ("remind" | "resend", Some(about)) => put("recipient", who(about)),
        (_, Some(about)) => put("party", who(about)),
        _ => None,
    };
    let told =
        |field: &str| Detail::NAMES.contains(&field) || ["note", "deadline", "successor"].contains(&field);
    let texts = stored.openings.iter().filter(|o| told(&o.field));
    for opening in texts.filter(|_| entry.act != "create") {
        data.insert(opening.field.clone(), opening.value.clone());
    }
    LogEntry {
        id: entry.seq,
        when: entry.at.clone(),
        occurrence: entry.kind,
        effector,
        slots: entry.body.slots.clone(),
        data,
        prev: entry.prev,
        hash: entry.hash(),
    }
}
