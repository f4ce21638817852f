//! The ledger as `GET /{id}/log/` shows it (spec 1.11).
//!
//! A log has up to 2,000 entries. So it is written from the stored texts, of which only the parts are read that are shown, and no
//! entry is hashed: the hash of each stands in the next one.

use crate::order::{self, sort_by_key};
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Proposal;
use super::view::shown;
use crate::detail::Detail;
use crate::ledger::{Digest, Occurrence};
use crate::slot::WrittenSlot;

/// One entry of the answer, as a client reads it.
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

/// An entry as it is stored: its canonical JSON, and the JSON of what lies beside it.
#[derive(Clone, Copy, Debug)]
pub struct StoredText<'a> {
    /// The JSON of an [`crate::ledger::Entry`].
    pub entry: &'a str,
    /// `openings` and `staff`, as in [`crate::ledger::Stored`].
    pub beside: &'a str,
}

/// What is read of an entry.
#[derive(Deserialize)]
struct Entry<'a> {
    seq: u32,
    at: &'a str,
    kind: &'a str,
    act: &'a str,
    via: &'a str,
    by: &'a str,
    about: Option<&'a str>,
    #[serde(borrow)]
    slots: &'a RawValue,
    prev: &'a str,
}

/// What is read of what lies beside it.
#[derive(Deserialize)]
struct Beside<'a> {
    #[serde(borrow)]
    openings: Vec<Text<'a>>,
    staff: Option<String>,
}

#[derive(Deserialize)]
struct Text<'a> {
    field: &'a str,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// One entry of the answer, as it is written.
#[derive(Serialize)]
struct Written<'a> {
    id: u32,
    when: &'a str,
    occurrence: &'a str,
    effector: Cow<'a, str>,
    slots: &'a RawValue,
    data: Data<'a>,
    prev: &'a str,
    hash: &'a str,
}

/// Members in the order of their names.
struct Data<'a>(Vec<(&'a str, Datum<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Datum<'a> {
    Said(Cow<'a, str>),
    Stored(&'a RawValue),
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The entries of the answer as a JSON array, for somebody who may, or may not, see addresses. `stored` is the whole ledger in
/// order, `head` its last hash.
///
/// # Errors
/// If a stored text is not JSON as this module reads it.
pub fn log(
    proposal: &Proposal,
    stored: &[StoredText<'_>],
    head: Digest,
    sees_addresses: bool,
) -> serde_json::Result<String> {
    let people: BTreeMap<String, String> =
        order::map(proposal.parties.iter().map(|party| (party.label(), shown(party, sees_addresses))));
    let entries: Vec<Entry<'_>> =
        stored.iter().map(|text| whittle_json::from_str(text.entry)).collect::<serde_json::Result<_>>()?;
    let head = head.to_string();
    let hashes = entries.iter().skip(1).map(|entry| entry.prev).chain([head.as_str()]);
    let mut written = Vec::with_capacity(stored.iter().map(|text| text.entry.len()).sum());
    let mut separator = b'[';
    for ((entry, text), hash) in entries.iter().zip(stored).zip(hashes) {
        written.push(std::mem::replace(&mut separator, b','));
        let beside: Beside<'_> = whittle_json::from_str(text.beside)?;
        let who = |label| who(proposal, &people, &beside, label, sees_addresses);
        let line = Written {
            id: entry.seq,
            when: entry.at,
            occurrence: entry.kind,
            effector: who(entry.by),
            slots: entry.slots,
            data: data(entry, &beside, who),
            prev: entry.prev,
            hash,
        };
        serde_json::to_writer(&mut written, &line)?;
    }
    if separator == b'[' {
        written.push(separator);
    }
    written.push(b']');
    String::from_utf8(written).map_err(serde::ser::Error::custom)
}

/// What stands for whoever has this label.
fn who<'a>(
    proposal: &Proposal,
    people: &'a BTreeMap<String, String>,
    beside: &Beside<'_>,
    label: &'a str,
    sees_addresses: bool,
) -> Cow<'a, str> {
    match (people.get(label), label) {
        (Some(shown), _) => Cow::Borrowed(shown),
        (None, "creator") if sees_addresses => Cow::Owned(proposal.creator.address.to_string()),
        (None, "staff") if sees_addresses => beside.staff.clone().map_or(Cow::Borrowed(label), Cow::Owned),
        (None, _) => Cow::Borrowed(label),
    }
}

/// Which act, how the effector came, whom it concerns, texts.
fn data<'a>(entry: &Entry<'a>, beside: &Beside<'a>, who: impl Fn(&'a str) -> Cow<'a, str>) -> Data<'a> {
    let said = |text: &'a str| Datum::Said(Cow::Borrowed(text));
    let mut data = vec![("act", said(entry.act)), ("via", said(entry.via))];
    match (entry.act, entry.about) {
        ("create", _) => data.push(("opened", said("created"))),
        ("close", _) => data.push(("closed", said("deleted"))),
        ("notify", Some(about)) => {
            data.push(("sender", Datum::Said(who(entry.by))));
            data.push(("recipient", Datum::Said(who(about))));
        }
        ("remind" | "resend", Some(about)) => data.push(("recipient", Datum::Said(who(about)))),
        (_, Some(about)) => data.push(("party", Datum::Said(who(about)))),
        _ => {}
    }
    let others = ["note", "deadline", "successor", "optional"];
    let is_told = |field: &str| Detail::NAMES.contains(&field) || others.contains(&field);
    if entry.act != "create" {
        let told = beside.openings.iter().filter(|opening| is_told(opening.field));
        data.extend(told.map(|opening| (opening.field, Datum::Stored(opening.value))));
    }
    sort_by_key(&mut data, |(name, _)| *name);
    Data(data)
}
