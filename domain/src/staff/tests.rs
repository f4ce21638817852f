use proptest::prelude::{prop_assert_eq, proptest};

use super::*;
use crate::ledger::{Fault, export, verify};

fn act(act: &str, subject: &str, about: Option<&str>) -> StaffAct {
    StaffAct {
        act: act.to_owned(),
        subject: subject.to_owned(),
        staff: "ob@localhost".parse().unwrap(),
        via: "session".to_owned(),
        at: Instant::parse("2026-01-05T09:00:00Z").unwrap(),
        about: about.map(|text| text.parse().unwrap()),
    }
}

fn chained(acts: &[StaffAct]) -> Vec<(Entry<Subject>, Vec<Opening>)> {
    let salts = Salts::new([7; 32]);
    let mut head = Head::default();
    let mut chain = Vec::new();
    for act in acts {
        let Recorded { entry, openings, .. } = act.record(head, &salts);
        head = Head { entries: entry.seq, hash: entry.hash() };
        chain.push((entry, openings));
    }
    chain
}

#[test]
fn what_staff_do_is_one_chain_without_addresses() {
    let acts = [act("deactivate", "account/7", None), act("release", "address", Some("bea@example.org"))];
    let chain = chained(&acts);
    let text = export::<StaffLedger>(LEDGER_ID, chain.clone());
    let verified = verify::<StaffLedger>(&text).unwrap();
    assert_eq!(verified.entries.len(), 2);
    assert_eq!(verified.openings.len(), 3);
    for (entry, _) in chain {
        assert!(!entry.canonical().contains('@'), "{}", entry.canonical());
    }
}

#[test]
fn an_entry_that_names_nothing_is_refused() {
    for subject in ["", "Account/7", "account/", "account/07", "account/x", "/7", "two words"] {
        let text = export::<StaffLedger>(LEDGER_ID, chained(&[act("deactivate", subject, None)]));
        assert_eq!(verify::<StaffLedger>(&text), Err(Fault::Malformed { line: 2 }), "{subject}");
    }
}

proptest! {
    #[test]
    fn an_entry_that_is_left_out_is_missed(length in 2_usize..8, gone in 0_usize..8) {
        let acts: Vec<_> = (1..=length).map(|id| act("activate", &format!("account/{id}"), None)).collect();
        let mut chain = chained(&acts);
        // The last one shows in the receipt alone.
        let gone = gone % (length - 1);
        chain.remove(gone);
        let text = export::<StaffLedger>(LEDGER_ID, chain);
        prop_assert_eq!(verify::<StaffLedger>(&text), Err(Fault::Unchained { line: 2 + 2 * gone }));
    }
}
