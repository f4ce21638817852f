//! `whittle verify` refuses what is not the log that was exported.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use whittle_cli::step::verify::check_export;
use whittle_domain::calendar::CalendarLedger;
use whittle_domain::ledger::{Entry, LedgerKind, Opening, export, verify};
use whittle_domain::proposal::ProposalLedger;

/// The exports that docs/log.md shows, in a block of this name.
fn documented(block: &str) -> &'static str {
    let page = include_str!("../../docs/log.md");
    let (_, rest) = page.split_once(&format!("```{block}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn one_changed_bit_of_each_byte_is_refused() {
    for (block, entries) in [("jsonl", 3), ("calendar", 5), ("staff", 2)] {
        let log = documented(block).as_bytes();
        assert_eq!(check_export(log, None).unwrap().entries, entries, "{block}");
        let mut changed = log.to_vec();
        for at in 0..log.len() {
            changed[at] ^= 1 << (at % 8);
            assert!(check_export(&changed, None).is_err(), "{block}: byte {at}");
            changed[at] = log[at];
        }
    }
}

#[test]
fn a_log_that_is_cut_off_anywhere_is_refused() {
    let log = documented("jsonl").as_bytes();
    for end in 0..log.len() {
        assert!(check_export(&log[..end], None).is_err(), "{end}");
    }
}

/// The same log without its last entries, with the head that it then has: the chain of it is whole.
fn shortened<K: LedgerKind>(log: &str, entries: usize) -> String {
    let whole = verify::<K>(log).unwrap();
    let kept = whole.entries.iter().take(entries).cloned();
    let openings = |entry: &Entry<K::Body>| -> Vec<Opening> {
        whole.openings.iter().filter(|opening| opening.seq == entry.seq).cloned().collect()
    };
    export::<K>(
        whole.id,
        kept.map(|entry| {
            let openings = openings(&entry);
            (entry, openings)
        }),
    )
}

#[test]
fn a_shortened_log_is_refused_against_its_receipt() {
    refuses_shortened::<ProposalLedger>(documented("jsonl"));
    refuses_shortened::<CalendarLedger>(documented("calendar"));
}

fn refuses_shortened<K: LedgerKind>(log: &str) {
    let whole = check_export(log.as_bytes(), None).unwrap();
    for entries in 1..whole.entries {
        let short = shortened::<K>(log, entries);
        let found = check_export(short.as_bytes(), None).unwrap();
        assert_eq!(found.entries, entries);
        assert!(
            check_export(short.as_bytes(), Some(&whole.head)).unwrap_err().contains("cut off"),
            "{entries}"
        );
        // The receipt of an earlier mail is that of an entry of the whole log.
        assert_eq!(check_export(log.as_bytes(), Some(&found.head)).unwrap().receipt, Some(entries));
    }
    assert_eq!(check_export(log.as_bytes(), Some(&whole.head)).unwrap().receipt, Some(whole.entries));
}
