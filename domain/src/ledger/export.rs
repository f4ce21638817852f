//! The export: JSON lines, canonical bytes only.
//!
//! ```text
//! {"ledger":{"format":"whittle-ledger/1","proposal":42}}      covered by the first entry's prev
//! {"entry":{...}}                                             covered by the chain
//! {"opening":{...}}                                           covered by a commitment of the entry above
//! ...
//! {"head":{"entries":7,"hash":"..."}}                         the receipt that mails carry
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Digest, Entry, LedgerKind, Opening, canonical};

/// The format's name in the first line.
pub(super) const FORMAT: &str = "whittle-ledger/1";

/// One line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line<B> {
    /// The first line.
    Ledger {
        /// Always `whittle-ledger/1`.
        format: String,
        /// The entity's id, under the name of its kind: `"proposal": 42`.
        #[serde(flatten)]
        subject: BTreeMap<String, u64>,
    },
    /// An entry of the chain.
    Entry(Entry<B>),
    /// What the entry above commits to.
    Opening(Opening),
    /// The last line.
    Head {
        /// How many entries there are.
        entries: u32,
        /// The hash of the last.
        hash: Digest,
    },
}

impl<B: Serialize> Line<B> {
    /// The line as it is written, without the line feed.
    #[must_use]
    pub fn text(&self) -> String {
        canonical(self)
    }
}

/// The whole export; each entry comes with those of its openings that the reader may see, in order of field.
#[must_use]
pub fn export<K: LedgerKind>(
    id: u64,
    entries: impl IntoIterator<Item = (Entry<K::Body>, Vec<Opening>)>,
) -> String {
    let mut text = String::new();
    let mut put = |line: Line<K::Body>| {
        text.push_str(&line.text());
        text.push('\n');
    };
    let subject = BTreeMap::from([(K::NAME.to_owned(), id)]);
    put(Line::Ledger { format: FORMAT.to_owned(), subject });
    let (mut count, mut head) = (0u32, super::genesis::<K>(id));
    for (entry, mut openings) in entries {
        head = entry.hash();
        count = count.saturating_add(1);
        put(Line::Entry(entry));
        openings.sort_by(|a, b| a.field.cmp(&b.field));
        for opening in openings {
            put(Line::Opening(opening));
        }
    }
    put(Line::Head { entries: count, hash: head });
    text
}
