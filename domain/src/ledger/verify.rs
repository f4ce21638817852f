//! The verifier: needs nothing but the export.

use std::collections::BTreeSet;
use std::fmt;

use super::export::FORMAT;
use super::{Digest, Entry, LedgerKind, Line, Opening, Rule as _, RuleFault, genesis};

/// What an export that verifies says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<B> {
    /// The entity's id.
    pub id: u64,
    /// The chain.
    pub entries: Vec<Entry<B>>,
    /// What was opened.
    pub openings: Vec<Opening>,
    /// The head: compare it with the receipt in a mail, for entries cut off the end show in nothing else.
    pub head: Digest,
}

/// Why an export does not verify; `line` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not a line of the format, or not in its canonical bytes.
    Malformed {
        /// Where.
        line: usize,
    },
    /// A line where none of its kind may stand.
    Misplaced {
        /// Where.
        line: usize,
    },
    /// An entry that is not chained to the one before.
    Unchained {
        /// Where.
        line: usize,
    },
    /// An opening of nothing that was committed to.
    Unopened {
        /// Where.
        line: usize,
    },
    /// An entry that violates the rule of its kind.
    Violated {
        /// Where.
        line: usize,
        /// Which rule.
        rule: &'static str,
    },
    /// The head is missing or another.
    WrongHead,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line } => write!(f, "line {line} is not a canonical line of this format"),
            Self::Misplaced { line } => write!(f, "line {line} may not stand here"),
            Self::Unchained { line } => write!(f, "line {line} is not chained to the entry before it"),
            Self::Unopened { line } => write!(f, "line {line} opens nothing that its entry commits to"),
            Self::Violated { line, rule } => write!(f, "line {line} violates the rule that {rule}"),
            Self::WrongHead => f.write_str("the head is missing or is not the last entry's hash"),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks an export of the kind `K` byte by byte: form, order, chain, commitments, head, and the kind's own rule.
///
/// # Errors
/// The first [`Fault`].
pub fn verify<K: LedgerKind>(text: &str) -> Result<Verified<K::Body>, Fault> {
    let body = text.strip_suffix('\n').ok_or(Fault::WrongHead)?;
    let mut lines = body.split('\n').enumerate().map(|(i, text)| {
        let line = i.saturating_add(1);
        let parsed: Line<K::Body> = whittle_json::from_str(text).map_err(|_| Fault::Malformed { line })?;
        if parsed.text() == text { Ok((line, parsed)) } else { Err(Fault::Malformed { line }) }
    });
    let subject = match lines.next().ok_or(Fault::WrongHead)?? {
        (_, Line::Ledger { format, subject }) if format == FORMAT => subject,
        (line, _) => return Err(Fault::Misplaced { line }),
    };
    let mut subject = subject.into_iter();
    let id = match (subject.next(), subject.next()) {
        (Some((name, id)), None) if name == K::NAME => id,
        _ => return Err(Fault::Misplaced { line: 1 }),
    };
    let mut found = Verified { id, entries: Vec::new(), openings: Vec::new(), head: genesis::<K>(id) };
    let mut rule = K::Rule::default();
    // Fields of the last entry that are still closed, in the order in which they may be opened.
    let mut closed: BTreeSet<String> = BTreeSet::new();
    for next in &mut lines {
        match next? {
            (line, Line::Entry(entry)) => {
                let seq = u32::try_from(found.entries.len()).ok().and_then(|n| n.checked_add(1));
                if Some(entry.seq) != seq || entry.prev != found.head {
                    return Err(Fault::Unchained { line });
                }
                rule.next(&entry.body).map_err(|fault| match fault {
                    RuleFault::Malformed => Fault::Malformed { line },
                    RuleFault::Violated(rule) => Fault::Violated { line, rule },
                })?;
                closed = entry.commitments.keys().cloned().collect();
                found.head = entry.hash();
                found.entries.push(entry);
            }
            (line, Line::Opening(opening)) => {
                let entry = found.entries.last().ok_or(Fault::Misplaced { line })?;
                let committed = entry.commitments.get(&opening.field);
                if entry.seq != opening.seq || committed != Some(&opening.commitment()) {
                    return Err(Fault::Unopened { line });
                }
                if !closed.contains(&opening.field) {
                    return Err(Fault::Misplaced { line });
                }
                closed.retain(|field| *field > opening.field);
                found.openings.push(opening);
            }
            (_, Line::Head { entries, hash }) => {
                let count = u32::try_from(found.entries.len()).ok();
                if Some(entries) != count || hash != found.head || entries == 0 {
                    return Err(Fault::WrongHead);
                }
                return match lines.next() {
                    None => Ok(found),
                    Some(_) => Err(Fault::WrongHead),
                };
            }
            (line, Line::Ledger { .. }) => return Err(Fault::Misplaced { line }),
        }
    }
    Err(Fault::WrongHead)
}
