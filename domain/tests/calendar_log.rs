//! The worked example of calendars in docs/log.md: the domain writes exactly this export, and each change of it is found.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use whittle_domain::calendar::{
    Act, Calendar, CalendarLedger, Caller, Command, Composed, Finalization, New, NewInvitee, Owner, Phase,
    Scheduled,
};
use whittle_domain::duration::Duration;
use whittle_domain::entity::{Decision, Entity as _, Via};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{self, Fault, Salts};
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

const PAGE: &str = include_str!("../../docs/log.md");

fn block() -> &'static str {
    let (_, rest) = PAGE.split_once("\n```calendar\n").unwrap();
    rest.split_once("```").unwrap().0
}

/// Ann asks Bea for an hour in one of two slots; Bea answers, and the hour is agreed.
fn example() -> String {
    let at = |text: &str| Instant::parse(text).unwrap();
    let slot =
        |begin: &str, minutes: i64| Slot::new(at(begin), Duration::from_seconds(60 * minutes)).unwrap();
    let preferred = |slot, level| PreferredSlot { slot, preference: Preference::new(level).unwrap() };
    let text = |text: &str| serde_json::from_value(text.into()).unwrap();
    let bea = NewInvitee {
        contact: 5,
        first_name: serde_json::from_value("Bea".into()).unwrap(),
        last_name: serde_json::from_value("Bell".into()).unwrap(),
        address: "bea@example.org".parse().unwrap(),
    };
    let new = New {
        name: text("Reviews"),
        description: serde_json::from_value("".into()).unwrap(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: at("2030-01-04T12:00:00Z"),
        meeting_minutes: 60,
        step_minutes: 15,
        reminders: true,
        slots: vec![
            preferred(slot("2030-01-07T11:00:00Z", 120), 3),
            preferred(slot("2030-01-08T11:00:00Z", 60), 1),
        ],
        invitees: vec![bea],
    };
    let address: whittle_domain::address::Address = "ann@example.org".parse().unwrap();
    let owner = Owner {
        account: 1,
        address: address.clone(),
        verified: true,
        first_name: "Ann".to_owned(),
        last_name: "Abel".to_owned(),
    };
    let mut calendar: Option<Calendar> = None;
    let mut stored = Vec::new();
    let mut head = ledger::genesis::<CalendarLedger>(42);
    let mut keep = |decision: Decision<Calendar>| {
        for event in decision.events {
            let after = Calendar::apply(calendar.take(), &event).unwrap();
            let recorded = after.record(&event, head, &Salts::new([7; 32]));
            head = recorded.entry.hash();
            stored.push((recorded.entry, recorded.openings));
            calendar = Some(after);
        }
        calendar.clone().unwrap()
    };
    let mut state =
        keep(Calendar::create(42, Composed { owner, via: Via::Bearer, new }, at("2030-01-01T09:00:00Z")));
    let link = Caller::Link { invitee: 1, generation: 0 };
    let ann = Caller::Account { id: 1, address, verified: true, staff: false };
    let hour = slot("2030-01-07T12:00:00Z", 60);
    let chosen = Finalization {
        seed: "a seed".to_owned(),
        scheduled: vec![Scheduled { meeting: 7, invitee: 1, slot: hour }],
    };
    let answer = Command::Answer { slots: vec![preferred(hour, 2)], replace: false };
    for (caller, via, command, now) in [
        (link, Via::Link, answer, "2030-01-02T08:30:00Z"),
        (ann, Via::Bearer, Command::Finalize(chosen), "2030-01-03T10:00:00Z"),
        (Caller::System, Via::System, Command::Commit { seed: "a seed".to_owned() }, "2030-01-03T10:00:01Z"),
    ] {
        state = keep(state.decide(&Act { caller, via, command }, at(now)).unwrap());
    }
    assert_eq!(state.phase, Phase::Finalized);
    ledger::export::<CalendarLedger>(42, stored)
}

#[test]
fn the_service_writes_the_export_of_the_page_and_verifies_it() {
    assert_eq!(example(), block());
    let verified = ledger::verify::<CalendarLedger>(block()).unwrap();
    assert_eq!((verified.id, verified.entries.len(), verified.openings.len()), (42, 5, 7));
}

#[test]
fn each_change_of_the_export_is_found_and_it_is_no_proposals() {
    let export = block();
    for (at, found) in export.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        let other = if found == '1' { '2' } else { '1' };
        let mut changed = export.to_owned();
        changed.replace_range(at..=at, &other.to_string());
        assert!(ledger::verify::<CalendarLedger>(&changed).is_err(), "{at}");
    }
    assert_eq!(ledger::verify::<ProposalLedger>(export), Err(Fault::Misplaced { line: 1 }));
    let renamed = export.replacen("\"calendar\":42", "\"proposal\":42", 1);
    assert!(ledger::verify::<ProposalLedger>(&renamed).is_err());
    assert_ne!(ledger::genesis::<CalendarLedger>(42), ledger::genesis::<ProposalLedger>(42));
}
