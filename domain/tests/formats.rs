//! Stored formats are pinned, because later versions must read what earlier versions stored.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use serde_json::{Value, json};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::genesis;
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::proposal::{
    Act, Actor, Caller, Command, Creator, Letter, Narrowing, New, NewParty, Notice, Proposal, Via,
    Visibility, apply, create, decide, letters, replay,
};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::text::{Description, Location, Name, Note, Title};
use whittle_domain::zone::Zone;

fn slot(begin: &str) -> Slot {
    Slot::new(Instant::parse(begin).unwrap(), Duration::from_seconds(3600)).unwrap()
}

fn now() -> Instant {
    Instant::parse("2026-01-01T00:00:00Z").unwrap()
}

fn proposal() -> Proposal {
    let new = New {
        title: Title::parse("cybes").unwrap(),
        location: Location::default(),
        description: Description::default(),
        parties: vec![
            NewParty {
                address: "ob@localhost".parse().unwrap(),
                name: None,
                optional: false,
                opted_out: false,
            },
            NewParty {
                address: "bea@example.org".parse().unwrap(),
                name: Name::parse("Bea").ok(),
                optional: true,
                opted_out: false,
            },
        ],
        slots: Slots::new([slot("2030-01-07T09:00:00Z"), slot("2030-01-08T09:00:00Z")]).unwrap(),
        timezone: Zone::default(),
        deadline: Instant::parse("2030-01-01T00:00:00Z"),
        min_duration: Some(Duration::from_seconds(900)),
        visibility: Visibility::Names,
        predecessor: None,
    };
    let creator =
        Creator { account: 1, address: "ob@localhost".parse().unwrap(), verified: true, name: None };
    let mut events = create(42, creator, Via::Basic, new, now());
    let bea = Act {
        caller: Caller::Link { party: 2, generation: 0 },
        via: Via::Link,
        command: Command::Narrow(Narrowing {
            slots: Slots::new([slot("2030-01-07T09:00:00Z")]).ok(),
            note: Note::parse("mornings").ok(),
            ..Narrowing::default()
        }),
    };
    events.extend(decide(&replay(&events).unwrap(), &bea, now()).unwrap());
    replay(&events).unwrap()
}

/// A stored value as an earlier version wrote it, without members that were added later.
fn without(mut stored: Value, later: &[&str]) -> Value {
    let row = stored.as_object_mut().unwrap();
    for key in later {
        assert!(row.remove(*key).is_some(), "{key}");
    }
    stored
}

#[test]
fn the_state_of_a_proposal_is_pinned() {
    let slots = json!([{ "b": 1_894_006_800_000_000_i64, "d": 3_600_000_000_i64 }, { "b": 1_894_093_200_000_000_i64, "d": 3_600_000_000_i64 }]);
    let stored = json!({
        "id": 42, "version": 2, "material_version": 2, "entries": 2, "phase": "open",
        "creator": { "account": 1, "address": "ob@localhost", "verified": true },
        "title": "cybes", "timezone": "UTC", "deadline": 1_893_456_000_000_000_i64, "deadline_told": false,
        "min_duration": 900_000_000, "visibility": "names", "slots": slots,
        "parties": [
            { "number": 1, "address": "ob@localhost", "name": null, "optional": false, "generation": 0, "invited": false,
              "opened": false, "reminded": [], "answer": { "slots": slots, "of": 2, "note": null } },
            { "number": 2, "address": "bea@example.org", "name": "Bea", "optional": true, "generation": 0, "invited": false,
              "opened": false, "reminded": [], "answer": { "slots": [slots[0]], "of": 2, "note": "mornings", "optional": true }, "entries": 1 },
        ],
        "seen": {}, "pending": { "due": 1_767_226_200_000_000_i64, "by": ["p2"] }, "created_at": 1_767_225_600_000_000_i64, "updated_at": 1_767_225_600_000_000_i64,
    });
    assert_eq!(serde_json::to_value(proposal()).unwrap(), stored);
    assert_eq!(serde_json::from_value::<Proposal>(stored.clone()).unwrap(), proposal());
    let older = serde_json::from_value::<Proposal>(without(stored, &["pending"])).unwrap();
    assert_eq!(older, Proposal { pending: None, ..proposal() });
    let mut stored = serde_json::to_value(proposal()).unwrap();
    stored["parties"][1]["answer"].as_object_mut().unwrap().remove("optional");
    let older = serde_json::from_value::<Proposal>(stored).unwrap();
    assert!(!older.parties[1].answer.as_ref().unwrap().optional, "before it was kept as what it was given");
    let mut passed_on = proposal();
    passed_on.parties[1].link_passed_on = true;
    let stored = serde_json::to_value(&passed_on).unwrap();
    assert_eq!(stored["parties"][1]["link_passed_on"], json!(true));
    assert_eq!(serde_json::from_value::<Proposal>(stored).unwrap(), passed_on);
    let mut described = proposal();
    described.location = Location::parse("Room 5").unwrap();
    described.description = Description::parse("Plans\nLunch").unwrap();
    let stored = serde_json::to_value(&described).unwrap();
    assert_eq!((&stored["location"], &stored["description"]), (&json!("Room 5"), &json!("Plans\nLunch")));
    assert_eq!(serde_json::from_value::<Proposal>(stored).unwrap(), described);
    let mut named = proposal();
    named.creator.name = Name::parse("Ana Lee").ok();
    let stored = serde_json::to_value(&named).unwrap();
    assert_eq!(stored["creator"]["name"], json!("Ana Lee"));
    assert_eq!(serde_json::from_value::<Proposal>(stored).unwrap(), named);
    let mut reminded = proposal();
    reminded.parties[1].reminded_at = Some(now());
    let stored = serde_json::to_value(&reminded).unwrap();
    assert_eq!(stored["parties"][1]["reminded_at"], json!(1_767_225_600_000_000_i64));
    assert_eq!(serde_json::from_value::<Proposal>(stored).unwrap(), reminded);
}

/// Before the time of a cut was kept, a person had one entry with the slots of all of its acts.
#[test]
fn cuts_are_stored_with_their_time_and_read_without() {
    let answer = |slots: Slots| Act {
        caller: Caller::Account {
            id: 1,
            address: "ob@localhost".parse().unwrap(),
            verified: true,
            staff: false,
        },
        via: Via::Basic,
        command: Command::Narrow(Narrowing { slots: Some(slots), ..Narrowing::default() }),
    };
    let later = Instant::from_millis(now().millis() + 1_000);
    let half =
        Slot::new(Instant::parse("2030-01-07T09:00:00Z").unwrap(), Duration::from_seconds(1800)).unwrap();
    let shorter = Slots::new([half, slot("2030-01-08T09:00:00Z")]).unwrap();
    let acts = [(answer(shorter), now()), (answer(Slots::default()), later)];
    let cut = acts.iter().fold(proposal(), |state, (act, now)| {
        decide(&state, act, *now).unwrap().iter().fold(Some(state), apply).unwrap()
    });
    let monday = json!({ "b": 1_894_006_800_000_000_i64, "d": 3_600_000_000_i64 });
    let tuesday = json!({ "b": 1_894_093_200_000_000_i64, "d": 3_600_000_000_i64 });
    let half = json!({ "b": 1_894_006_800_000_000_i64, "d": 1_800_000_000_i64 });
    let mut stored = serde_json::to_value(&cut).unwrap();
    assert_eq!(
        stored["cuts"],
        json!([
            { "by": "p1", "at": 1_767_225_600_000_000_i64, "slots": [monday] },
            { "by": "p1", "at": 1_767_225_601_000_000_i64, "slots": [half, tuesday] },
        ])
    );
    assert_eq!(serde_json::from_value::<Proposal>(stored.clone()).unwrap(), cut);
    stored["cuts"] = json!([{ "by": "p1", "slots": [monday, half, tuesday] }]);
    let older: Proposal = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(older.cuts[0].at, None);
    assert!(older.cut_by("p1").eq(cut.cut_by("p1")));
    assert_eq!(serde_json::to_value(older).unwrap(), stored);
}

#[test]
fn a_letter_in_the_outbox_is_pinned() {
    let notify = Act {
        caller: Caller::Account {
            id: 1,
            address: "ob@localhost".parse().unwrap(),
            verified: true,
            staff: false,
        },
        via: Via::Basic,
        command: Command::Notify(Notice {
            parties: vec!["p2".to_owned()],
            slots: proposal().slots,
            sender: None,
            only_uninvited: false,
        }),
    };
    let [event] = decide(&proposal(), &notify, now()).unwrap().try_into().unwrap();
    let letters =
        letters(Some(&proposal()), &proposal(), &event, &Actor::Party(1), genesis::<ProposalLedger>(42), 30);
    let [letter] = letters.try_into().unwrap();
    let stored = json!({
        "template": "invitation", "to": "bea@example.org", "reply_to": null, "sender": null, "optional": true, "proposal": 42,
        "account": 1, "title": "cybes", "timezone": "UTC",
        "slots": [{ "b": 1_894_006_800_000_000_i64, "d": 3_600_000_000_i64 }, { "b": 1_894_093_200_000_000_i64, "d": 3_600_000_000_i64 }],
        "deadline": 1_893_456_000_000_000_i64, "said": [],
        "link": { "purpose": "proposal", "subject": 42, "party": 2, "generation": 0, "expires": 1_769_817_600 },
        "unsubscribe": { "purpose": "unsubscribe", "subject": 42, "party": 2, "generation": 0, "expires": 1_924_905_600 },
        "head": genesis::<ProposalLedger>(42).to_string(),
    });
    assert_eq!(serde_json::to_value(&letter).unwrap(), stored);
    assert_eq!(serde_json::from_value::<Letter>(stored.clone()).unwrap(), letter);
    // Before mails told whether an answer is required, and by what name others know the creator.
    let older = Letter { optional: false, ..letter.clone() };
    assert_eq!(serde_json::from_value::<Letter>(without(stored, &["optional"])).unwrap(), older);
    let described =
        Letter { location: "Room 5".to_owned(), description: "Plans\nLunch".to_owned(), ..letter };
    let stored = serde_json::to_value(&described).unwrap();
    assert_eq!((&stored["location"], &stored["description"]), (&json!("Room 5"), &json!("Plans\nLunch")));
    assert_eq!(serde_json::from_value::<Letter>(stored).unwrap(), described);
}
