//! The worked example of docs/log.md: the domain writes exactly this export, and the steps of the page verify it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may panic"
)]

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{self, Salts, Stored};
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, Event, Narrowing, New, NewParty, Proposal, ProposalLedger, Via,
    Visibility, apply, create, decide, record,
};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::text::{Description, Location, Name, Note, Title};
use whittle_domain::zone::Zone;

const PAGE: &str = include_str!("../../docs/log.md");

/// The first code block of the page with this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n```{language}\n")).unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    block
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Two parties are asked for an hour out of two slots. The second party keeps a part of the first slot.
fn example() -> String {
    let at = |text: &str| Instant::parse(text).unwrap();
    let slot =
        |begin: &str, minutes: i64| Slot::new(at(begin), Duration::from_seconds(60 * minutes)).unwrap();
    let party = |address: &str, name: Option<&str>| NewParty {
        address: address.parse().unwrap(),
        name: name.map(|name| Name::parse(name).unwrap()),
        optional: false,
        opted_out: false,
    };
    let new = New {
        title: Title::parse("Lunch").unwrap(),
        location: Location::default(),
        description: Description::default(),
        parties: vec![party("ann@example.org", None), party("bea@example.org", Some("Bea"))],
        slots: Slots::new([slot("2030-01-07T11:00:00Z", 120), slot("2030-01-08T11:00:00Z", 60)]).unwrap(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: None,
        min_duration: None,
        visibility: Visibility::Open,
        predecessor: None,
    };
    let creator =
        Creator { account: 1, address: "ann@example.org".parse().unwrap(), verified: true, name: None };
    let begun = create(42, creator, Via::Basic, new, at("2030-01-01T09:00:00Z"));
    let mut proposal: Option<Proposal> = None;
    let mut stored = Vec::new();
    let mut keep = |events: Vec<Event>| {
        for event in events {
            let after = apply(proposal.take(), &event).unwrap();
            let prev = stored
                .last()
                .map_or_else(|| ledger::genesis::<ProposalLedger>(42), |s: &Stored<_>| s.entry.hash());
            let recorded = record(&after, &event, prev, &Salts::new([7; 32]));
            stored.push(Stored { entry: recorded.entry, openings: recorded.openings, staff: None });
            proposal = Some(after);
        }
        proposal.clone().unwrap()
    };
    let state = keep(begun);
    let answer = Act {
        caller: Caller::Link { party: 2, generation: 0 },
        via: Via::Link,
        command: Command::Narrow(Narrowing {
            slots: Slots::new([slot("2030-01-07T12:00:00Z", 60)]).ok(),
            note: Note::parse("Only after noon").ok(),
            ..Narrowing::default()
        }),
    };
    keep(decide(&state, &answer, at("2030-01-02T08:30:00Z")).unwrap());
    ledger::export::<ProposalLedger>(42, stored.into_iter().map(|s| (s.entry, s.openings)))
}

#[test]
fn the_service_writes_the_export_of_the_page_and_verifies_it() {
    let export = block("jsonl");
    assert_eq!(example(), export);
    let verified = ledger::verify::<ProposalLedger>(export).unwrap();
    assert_eq!((verified.id, verified.entries.len(), verified.openings.len()), (42, 3, 5));
}

#[test]
fn each_hash_of_the_page_is_the_hash_of_the_text_above_it() {
    for (name, place) in [("genesis", "prev"), ("commitment", "note"), ("entry", "hash")] {
        let [text, hash] = block(name).lines().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(sha256(text), hash, "{name}");
        assert!(block("jsonl").contains(&format!("\"{place}\":\"{hash}\"")), "{name}");
    }
}

/// The bytes of the object in a line, for example between `{"entry":` and the last `}`.
fn object<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    line.strip_prefix(&format!("{{\"{kind}\":"))?.strip_suffix('}')
}

/// Steps 2 to 5 of the page without any code of the service. Gives the first line that fails.
fn verify(export: &str) -> Result<(), usize> {
    let lines: Vec<&str> = export.strip_suffix('\n').ok_or(0usize)?.split('\n').collect();
    let ledger: Value = whittle_json::from_str(lines[0]).map_err(|_| 1usize)?;
    let mut head = sha256(&format!("whittle ledger 1 {}", ledger["ledger"]["proposal"]));
    let mut entries: Vec<Value> = Vec::new();
    for (number, line) in (2..).zip(&lines[1..]) {
        let fails = |is: bool| if is { Ok(()) } else { Err(number) };
        if let Some(text) = object(line, "entry") {
            let entry: Value = whittle_json::from_str(text).map_err(|_| number)?;
            fails(entry["seq"] == entries.len() + 1 && entry["prev"] == head)?;
            head = sha256(text);
            entries.push(entry);
        } else if let Some(text) = object(line, "opening") {
            let opening: Value = whittle_json::from_str(text).map_err(|_| number)?;
            let entry = entries.last().ok_or(number)?;
            let hashed = format!("{},\"whittle\":\"commitment/1\"}}", text.strip_suffix('}').ok_or(number)?);
            let field = opening["field"].as_str().ok_or(number)?;
            fails(opening["seq"] == entry["seq"] && entry["commitments"][field] == sha256(&hashed))?;
        } else {
            let text = object(line, "head").ok_or(number)?;
            fails(number == lines.len())?;
            fails(text == format!("{{\"entries\":{},\"hash\":\"{head}\"}}", entries.len()))?;
            return Ok(());
        }
    }
    Err(lines.len())
}

#[test]
fn the_steps_of_the_page_verify_the_export_and_no_changed_one() {
    let export = block("jsonl");
    assert_eq!(verify(export), Ok(()));
    let lines: Vec<&str> = export.lines().collect();
    // Every digit, and every letter of a text: any change is found, by both verifiers.
    for (at, found) in export.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        let other = if found == '1' { '2' } else { '1' };
        let mut changed = export.to_owned();
        changed.replace_range(at..=at, &other.to_string());
        assert!(ledger::verify::<ProposalLedger>(&changed).is_err(), "{at}");
        // Without step 1 the names of members in the first and the last line are not looked at.
        let line = export[..at].matches('\n').count();
        if (1..lines.len() - 1).contains(&line) {
            assert!(verify(&changed).is_err(), "{at}");
        }
    }
    for left_out in 1..lines.len() - 1 {
        let mut fewer = lines.clone();
        let line = fewer.remove(left_out);
        let is_entry = line.starts_with("{\"entry\"");
        assert_eq!(verify(&format!("{}\n", fewer.join("\n"))).is_err(), is_entry, "{line}");
    }
}
