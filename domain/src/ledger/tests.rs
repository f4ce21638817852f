use proptest::prelude::{any, prop_assert, proptest};
use serde_json::json;

use super::*;
use crate::proposal::{Offer, ProposalLedger};
use crate::slot::WrittenSlot;

fn slots(list: &[(&str, &str)]) -> Vec<WrittenSlot> {
    list.iter().map(|(b, d)| WrittenSlot { begin: (*b).to_owned(), duration: (*d).to_owned() }).collect()
}

const MORNING: (&str, &str) = ("2026-01-05T09:00:00Z", "01:00:00");
const NOON: (&str, &str) = ("2026-01-05T12:00:00Z", "01:00:00");

fn chain() -> Vec<(Entry<Offer>, Vec<Opening>)> {
    let salts = Salts::new([7; 32]);
    let open = |seq: u32, field: &str, value| Opening {
        seq,
        field: field.to_owned(),
        salt: salts.salt(seq, field),
        value,
    };
    let steps = vec![
        (
            "create",
            vec![MORNING, NOON],
            vec![open(1, "p1", json!({"email": "ob@localhost"})), open(1, "title", json!("cybes"))],
        ),
        ("answer", vec![MORNING], vec![open(2, "note", json!("müde"))]),
        ("view", vec![MORNING], vec![]),
    ];
    let mut prev = genesis::<ProposalLedger>(42);
    let mut out = Vec::new();
    for (seq, (act, offered, openings)) in (1..).zip(steps) {
        let entry = Entry {
            seq,
            at: format!("2026-01-01T00:00:0{seq}Z"),
            kind: if act == "view" { Occurrence::View } else { Occurrence::Update },
            act: act.to_owned(),
            via: "link".to_owned(),
            by: "p1".to_owned(),
            about: None,
            body: Offer { slots: slots(&offered) },
            commitments: openings.iter().map(|o| (o.field.clone(), o.commitment())).collect(),
            prev,
        };
        prev = entry.hash();
        out.push((entry, openings));
    }
    out
}

#[test]
fn the_stored_format_is_pinned() {
    let (entry, openings) = &chain()[0];
    assert_eq!(
        entry.canonical(),
        concat!(
            r#"{"act":"create","at":"2026-01-01T00:00:01Z","by":"p1","#,
            r#""commitments":{"p1":"3a88","title":"7d1f"},"#,
            r#""kind":"UPDATE","prev":"genesis","seq":1,"#,
            r#""slots":[{"begin":"2026-01-05T09:00:00Z","duration":"01:00:00"},"#,
            r#"{"begin":"2026-01-05T12:00:00Z","duration":"01:00:00"}],"via":"link"}"#
        )
        .replace("3a88", &openings[0].commitment().to_string())
        .replace("7d1f", &openings[1].commitment().to_string())
        .replace("genesis", &genesis::<ProposalLedger>(42).to_string())
    );
    // Computed independently: sha256sum, and Python's hmac and hashlib.
    assert_eq!(
        genesis::<ProposalLedger>(42).to_string(),
        "82a9397eade0a84815662bcdbcaea4767de518f641a8ad9d47a6947e14c6837c"
    );
    assert_eq!(
        openings[1].commitment().to_string(),
        "ad1fc9e3e363b4f90c6f0c7223b52871969b0b333cf00aea1cfa9e96fad2b823"
    );
}

#[test]
fn an_export_verifies_and_says_what_was_put_in() {
    let chain = chain();
    let verified = verify::<ProposalLedger>(&export::<ProposalLedger>(42, chain.clone())).unwrap();
    assert_eq!((verified.id, verified.entries.len(), verified.openings.len()), (42, 3, 3));
    assert_eq!(verified.head, chain[2].0.hash());
}

#[test]
fn erased_openings_leave_a_chain_that_verifies() {
    let erased = chain().into_iter().map(|(entry, _)| (entry, Vec::new()));
    assert_eq!(
        verify::<ProposalLedger>(&export::<ProposalLedger>(42, erased)).map(|v| v.openings.len()),
        Ok(0)
    );
}

#[test]
fn a_chain_cannot_be_passed_off_as_another_proposals() {
    let text = export::<ProposalLedger>(42, chain()).replace(r#""proposal":42"#, r#""proposal":43"#);
    assert_eq!(verify::<ProposalLedger>(&text), Err(Fault::Unchained { line: 2 }));
}

#[test]
fn the_first_line_is_of_one_proposal_and_says_nothing_else() {
    for more in [r#""proposal":42,"zone":1"#, r#""meeting":1,"proposal":42"#, r#""meeting":42"#] {
        let text = export::<ProposalLedger>(42, chain()).replace(r#""proposal":42"#, more);
        assert_eq!(verify::<ProposalLedger>(&text), Err(Fault::Misplaced { line: 1 }), "{more}");
    }
}

#[test]
fn every_flipped_bit_every_lost_and_every_swapped_line_is_seen() {
    let text = export::<ProposalLedger>(42, chain());
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let seen = String::from_utf8(bytes).map_or(true, |t| verify::<ProposalLedger>(&t).is_err());
            assert!(seen, "byte {at} bit {bit}");
        }
        assert!(text.get(..at).is_none_or(|t| verify::<ProposalLedger>(t).is_err()), "cut at {at}");
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for a in 0..lines.len() {
        for b in 0..a {
            let mut swapped = lines.clone();
            swapped.swap(a, b);
            assert!(verify::<ProposalLedger>(&swapped.concat()).is_err(), "swapped {a} {b}");
        }
        let mut doubled = lines.clone();
        doubled.insert(a, lines[a]);
        assert!(verify::<ProposalLedger>(&doubled.concat()).is_err(), "doubled {a}");
        let mut lost = lines.clone();
        lost.remove(a);
        // An opening may be erased; nothing else may.
        assert_eq!(
            verify::<ProposalLedger>(&lost.concat()).is_ok(),
            lines[a].starts_with("{\"opening\""),
            "lost {a}"
        );
    }
}

#[test]
fn an_offer_that_grows_is_seen_even_in_a_sound_chain() {
    let mut chain = chain();
    chain[2].0.body.slots = slots(&[MORNING, NOON]);
    assert_eq!(
        verify::<ProposalLedger>(&export::<ProposalLedger>(42, chain)),
        Err(Fault::Violated { line: 7, rule: "the offer only shrinks" })
    );
}

#[test]
fn json_that_says_the_same_in_other_bytes_is_refused() {
    let text = export::<ProposalLedger>(42, chain());
    for (from, to) in [
        (r#"{"act":"create""#, r#"{ "act":"create""#),
        (r#""seq":1,"#, r#""seq":1.0,"#),
        ("müde", "m\\u00fcde"),
        (r#""via":"link"}}"#, r#""via":"link","more":1}}"#),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(
            matches!(verify::<ProposalLedger>(&text.replacen(from, to, 1)), Err(Fault::Malformed { .. })),
            "{to}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        prop_assert!(verify::<ProposalLedger>(&text).is_err());
    }

    #[test]
    fn a_commitment_hides_behind_its_salt(a in any::<[u8; 32]>(), b in any::<[u8; 32]>()) {
        let of = |seed| Opening { seq: 1, field: "note".into(), salt: Salts::new(seed).salt(1, "note"), value: json!("x") }.commitment();
        prop_assert!((of(a) == of(b)) == (a == b));
    }
}
