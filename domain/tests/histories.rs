//! Random histories of a proposal: the offer, the answers, the rights, and the ledger.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::collections::BTreeMap;

use common::history::{ID, complete, run};
use common::{HOUR, at, cases, scenario};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::json;
use whittle_domain::detail::Detailed as _;
use whittle_domain::duration::Duration;
use whittle_domain::ledger::{self, Stored};
use whittle_domain::proposal::{
    self, Act, Actor, Caller, Command, Creator, Cut, Narrowing, New, NewParty, NextRound, Party, Phase,
    Proposal, Rejection, Via, What, create, decide, replay, successor,
};
use whittle_domain::proposal::{LogEntry, Offer, ProposalLedger, StoredText};
use whittle_domain::slot::{Slot, Slots};

/// Whether this instant is in an offered slot. It defines "the offer never grows" by points in time, without `is_within`.
fn offered_at(proposal: &Proposal, quarter: i64) -> bool {
    let point = at(60 * 1000).checked_add(Duration::from_micros(quarter * HOUR / 4)).unwrap();
    proposal.slots.iter().any(|s| s.begin() <= point && point < s.end())
}

/// An entry of the log, from the entry itself.
fn said(proposal: &Proposal, stored: &Stored<Offer>, sees_addresses: bool) -> LogEntry {
    let entry = &stored.entry;
    let who = |label: &str| match (proposal.party_labelled(label), label) {
        (Some(party), _) if sees_addresses => party.address.to_string(),
        (Some(party), _) => party.name.as_ref().map_or_else(|| party.label(), ToString::to_string),
        (None, "creator") if sees_addresses => proposal.creator.address.to_string(),
        (None, "staff") if sees_addresses => stored.staff.clone().unwrap_or_else(|| label.to_owned()),
        (None, _) => label.to_owned(),
    };
    let mut data =
        BTreeMap::from([("act".to_owned(), json!(entry.act)), ("via".to_owned(), json!(entry.via))]);
    let mut put = |name: &str, value: &str| data.insert(name.to_owned(), json!(value));
    match (entry.act.as_str(), &entry.about) {
        ("create", _) => _ = put("opened", "created"),
        ("close", _) => _ = put("closed", "deleted"),
        ("notify", Some(about)) => {
            put("sender", &who(&entry.by));
            put("recipient", &who(about));
        }
        ("remind" | "resend", Some(about)) => _ = put("recipient", &who(about)),
        (_, Some(about)) => _ = put("party", &who(about)),
        _ => {}
    }
    let hidden =
        |field: &str| field == "terms" || field.strip_prefix('p').is_some_and(|n| n.parse::<u16>().is_ok());
    let told = stored.openings.iter().filter(|o| entry.act != "create" && !hidden(&o.field));
    data.extend(told.map(|o| (o.field.clone(), o.value.clone())));
    LogEntry {
        id: entry.seq,
        when: entry.at.clone(),
        occurrence: entry.kind,
        effector: who(&entry.by),
        slots: entry.body.slots.clone(),
        data: data.into_iter().collect(),
        prev: entry.prev,
        hash: entry.hash(),
    }
}

proptest! {
    #![proptest_config(cases())]

    /// The offer never grows. Running the history also shows that nothing panics.
    #[test]
    fn the_offer_never_grows(scenario in scenario()) {
        let history = run(&scenario);
        for (before, event, after) in history.steps() {
            for quarter in 0..128 {
                prop_assert!(
                    !offered_at(after, quarter) || offered_at(before, quarter),
                    "{:?} grows it at {}",
                    event.what,
                    quarter
                );
            }
            prop_assert!(
                after.slots.iter().all(|s| before.slots.iter().any(|o| s.is_within(o))),
                "{:?}",
                event.what
            );
        }
    }

    /// One event makes one entry. The export verifies, and with one bit changed it does not.
    #[test]
    fn the_ledger_has_one_entry_per_event_and_verifies_only_untampered(
        scenario in scenario(),
        at in any::<prop::sample::Index>(),
        bit in 0u8..7,
    ) {
        let history = run(&scenario);
        for (number, (applied, stored)) in (1..).zip(history.applied.iter().zip(&history.log)) {
            prop_assert_eq!(applied.after.entries, number);
            prop_assert_eq!(stored.entry.seq, number);
        }
        let text = ledger::export::<ProposalLedger>(ID, history.log.iter().map(|s| (s.entry.clone(), s.openings.clone())));
        let verified = ledger::verify::<ProposalLedger>(&text).map_err(|f| TestCaseError::fail(f.to_string()))?;
        prop_assert_eq!(verified.entries.len(), history.applied.len());
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(tampered) = String::from_utf8(bytes) {
            prop_assert!(ledger::verify::<ProposalLedger>(&tampered).is_err(), "byte {}", at);
        }
    }

    /// The log that is written from stored texts is what the entries say: each hash is computed here.
    #[test]
    fn the_log_says_what_the_entries_say(scenario in scenario(), sees_addresses in any::<bool>()) {
        let history = run(&scenario);
        let named = |stored: &Stored<Offer>| Stored { staff: Some("staff@example.org".to_owned()), ..stored.clone() };
        let log: Vec<Stored<Offer>> = history.log.iter().map(named).collect();
        let texts: Vec<(String, String)> = log.iter().map(|stored| {
            let beside = json!({ "openings": stored.openings, "staff": stored.staff });
            (stored.entry.canonical(), beside.to_string())
        }).collect();
        let texts: Vec<StoredText<'_>> =
            texts.iter().map(|(entry, beside)| StoredText { entry, beside }).collect();
        let head = log.last().map(|stored| stored.entry.hash()).unwrap();
        let written = proposal::log(history.now(), &texts, head, sees_addresses).unwrap();
        let written: Vec<LogEntry> = whittle_json::from_str(&written).unwrap();
        prop_assert_eq!(written.len(), log.len());
        for (written, stored) in written.iter().zip(&log) {
            let said = said(history.now(), stored, sees_addresses);
            prop_assert_eq!(written, &said);
        }
    }

    /// States and acts also survive being stored and read.
    #[test]
    fn replaying_events_gives_the_state(scenario in scenario()) {
        let history = run(&scenario);
        let replayed = replay(history.applied.iter().map(|h| &h.event));
        prop_assert_eq!(replayed.as_ref(), Some(history.now()));
        for applied in &history.applied {
            let stored = serde_json::to_string(&applied.after).unwrap();
            prop_assert_eq!(&whittle_json::from_str::<Proposal>(&stored).unwrap(), &applied.after);
        }
        for decided in &history.acts {
            let stored = serde_json::to_string(&decided.act).unwrap();
            prop_assert_eq!(&whittle_json::from_str::<Act>(&stored).unwrap(), &decided.act);
        }
    }

    /// The organiser changes a detail to another value, which leaves all else as it is; the entry tells the value, and no entry
    /// tells of a place or a description that is not said.
    #[test]
    fn a_change_of_a_detail_changes_nothing_else_and_is_an_entry_of_its_own(scenario in scenario()) {
        let history = run(&scenario);
        for (applied, stored) in history.applied.iter().zip(&history.log) {
            let (after, entry) = (&applied.after, &stored.entry);
            let opened = |field: &str| stored.openings.iter().find(|o| o.field == field).map(|o| o.value.clone());
            if applied.before.is_none() {
                for (field, text) in
                    [("location", after.location.as_str()), ("description", after.description.as_str())]
                {
                    prop_assert_eq!(opened(field), (!text.is_empty()).then(|| text.into()));
                    prop_assert_eq!(entry.commitments.contains_key(field), !text.is_empty());
                }
            }
            let What::Changed(detail) = &applied.event.what else { continue };
            prop_assert_eq!((entry.act.as_str(), opened(detail.name())), (detail.name(), Some(detail.value().into())));
            prop_assert!(after.details().contains(detail));
            let mut undone = after.clone();
            let before = applied.before.clone().unwrap();
            for former in before.details() {
                prop_assert!(former != *detail, "a change to the same value");
                if former.name() == detail.name() {
                    undone.set(former);
                }
            }
            prop_assert_eq!(after.version, before.version + 1);
            let counted = |p: Proposal| Proposal {
                version: 0,
                material_version: 0,
                entries: 0,
                updated_at: at(0),
                parties: p.parties.into_iter().map(|q| Party { entries: 0, ..q }).collect(),
                ..p
            };
            prop_assert_eq!(counted(undone), counted(before));
        }
    }

    /// The next round has the details of the round before, but for those that are given.
    #[test]
    fn a_next_round_inherits_the_details_that_are_not_given(scenario in scenario(), given in common::details()) {
        let exhausted = run(&scenario).now().clone();
        let round = NextRound { id: 43, slots: scenario.new.slots, deadline: None, details: given.clone(), parties: None };
        let next = successor(&exhausted, &round).details();
        for (was, is) in exhausted.details().into_iter().zip(next) {
            let wanted = given.iter().find(|d| d.name() == was.name()).cloned().unwrap_or(was);
            prop_assert_eq!(is, wanted);
        }
    }

    /// Every transition between phases is allowed, and every phase has the properties that it promises.
    #[test]
    fn the_state_table_is_respected(scenario in scenario()) {
        let history = run(&scenario);
        for (before, event, after) in history.steps() {
            let lawful = match (before.phase, after.phase) {
                (a, b) if a == b => true,
                (Phase::Open, Phase::Agreed) => {
                    matches!(event.what, What::Agreed { .. } | What::Fixed { .. })
                }
                (Phase::Open, Phase::Exhausted) => event.what == What::Exhausted,
                (_, Phase::Closed) => event.what == What::Closed,
                _ => false,
            };
            prop_assert!(lawful, "{:?} leads from {:?} to {:?}", event.what, before.phase, after.phase);
            if matches!(event.what, What::Answered { .. } | What::Cut { .. }) {
                prop_assert_eq!((before.phase, before.successor), (Phase::Open, None), "answered after its end");
                prop_assert!(before.deadline.is_none_or(|d| d > event.at), "answered after the deadline");
            }
            let told = |p: &Proposal| proposal::view(&Proposal { version: 0, ..p.clone() }, true, None);
            let looks = matches!(event.what, What::Viewed);
            let same = looks || told(before) == told(after);
            prop_assert!(
                before.version < after.version || (same && before.version == after.version),
                "{:?} is not told by the ETag",
                event.what
            );
        }
        for decided in &history.acts {
            let after = &decided.after;
            match after.phase {
                Phase::Agreed => prop_assert_eq!(after.slots.len(), 1),
                Phase::Exhausted => prop_assert!(after.slots.is_empty()),
                Phase::Open => {
                    prop_assert!(!after.slots.is_empty());
                    prop_assert!(
                        after.slots.len() > 1 || !complete(after),
                        "what has settled is not left open"
                    );
                }
                Phase::Closed => {}
            }
            if decided.outcome.is_err() {
                prop_assert_eq!(&decided.before, after, "a refused act changes nothing");
            }
            for sees in [true, false] {
                let rows = proposal::view(after, sees, None).answers;
                for (row, party) in rows.iter().zip(after.active_parties()) {
                    prop_assert_eq!(row.email.is_some(), sees);
                    prop_assert_eq!(row.mail, party.undeliverable.filter(|_| sees));
                }
            }
        }
    }

    /// An answer, a withdrawal, a replacement or a fix changes no answer of another party. The organiser clears one by making it
    /// required, if it was given as an optional one.
    #[test]
    fn an_answer_changes_only_by_the_partys_own_act(scenario in scenario()) {
        let history = run(&scenario);
        for applied in &history.applied {
            let Some(before) = &applied.before else { continue };
            let after = &applied.after;
            prop_assert_eq!(before.parties.len(), after.parties.len());
            for (was, is) in before.parties.iter().zip(&after.parties) {
                let own = applied.cause == Actor::Party(was.number)
                    && matches!(applied.event.what, What::Answered { .. });
                let set = match applied.event.what {
                    What::OptionalSet { party, optional } if party == was.number => Some(optional),
                    _ => None,
                };
                // Whoever becomes required is asked again, unless the answer had cut what was offered.
                let counts = was.answer.as_ref().is_none_or(|answer| !answer.optional);
                let asked_again = set == Some(false) && !counts && is.answer.is_none();
                prop_assert!(asked_again || set != Some(false) || counts);
                prop_assert!(
                    was.answer == is.answer || own || asked_again,
                    "{:?} changes {}'s",
                    applied.event.what,
                    was.label()
                );
                prop_assert_eq!(was.number, is.number);
                prop_assert_eq!(is.optional, set.unwrap_or(was.optional));
                prop_assert!(set.is_none_or(|_| was.optional != is.optional), "set to what it was");
                prop_assert!(!own || is.answer.as_ref().is_some_and(|answer| answer.optional == is.optional));
                prop_assert!(was.generation <= is.generation && (!was.withdrawn || is.withdrawn));
                let replaced = matches!(applied.event.what, What::Replaced { .. });
                prop_assert!(was.address == is.address || replaced, "another address");
            }
            prop_assert!(after.active_parties().any(|p| !p.optional), "somebody is always required");
            let cuts = before.slots != after.slots;
            if let (true, Actor::Party(number)) = (cuts, &applied.event.by) {
                let optional = before.party(*number).is_some_and(|p| p.optional);
                prop_assert!(
                    !optional || matches!(applied.event.what, What::Fixed { .. } | What::Exhausted),
                    "an optional one cuts nothing"
                );
            }
        }
    }

    /// Whatever an act takes out of the offer is kept with who did it and when, thirty slots for each person; no other event
    /// changes what was kept.
    #[test]
    fn a_cut_keeps_who_made_it_and_when(scenario in scenario()) {
        let history = run(&scenario);
        for (before, event, after) in history.steps() {
            let kept = before.cuts.len();
            prop_assert_eq!(&after.cuts[..kept], &before.cuts[..]);
            let is_cut = matches!(event.what, What::Answered { .. } | What::Cut { .. });
            let gone = before.slots.iter().filter(|slot| is_cut && !after.slots.iter().any(|s| s == *slot));
            let room = Slots::MAX - before.cut_by(&event.by.label()).count();
            let gone: Vec<Slot> = gone.take(room).copied().collect();
            match &after.cuts[kept..] {
                [] => prop_assert_eq!(gone, Vec::new()),
                [cut] => {
                    let Cut { by, at, slots } = cut;
                    prop_assert_eq!((by, at, slots), (&event.by.label(), &Some(event.at), &gone));
                }
                more => prop_assert!(false, "{more:?}"),
            }
        }
    }

    /// Only the creator and staff may close or control the proposal, and a link gives no more rights than its purpose.
    #[test]
    fn no_caller_exceeds_its_rights(scenario in scenario()) {
        let history = run(&scenario);
        for decided in &history.acts {
            let Ok(events) = &decided.outcome else { continue };
            let steers = events.iter().any(|e| {
                matches!(
                    e.what,
                    What::Changed(_)
                        | What::Rescheduled { .. }
                        | What::Closed
                        | What::Withdrawn { .. }
                        | What::Replaced { .. }
                        | What::Linked { .. }
                        | What::OptionalSet { .. }
                        | What::Fixed { .. }
                        | What::Succeeded { .. }
                        | What::Undeliverable { .. }
                )
            });
            prop_assert!(!steers || decided.by_organiser(), "{:?}", decided.act);
            match &decided.act.caller {
                Caller::Unsubscriber { .. } => {
                    prop_assert!(
                        matches!(decided.act.command, Command::OptOut | Command::OptIn),
                        "a way out leads nowhere else"
                    );
                }
                Caller::Link { party, generation } => {
                    prop_assert!(
                        decided.before.party(*party).is_some_and(|p| p.generation == *generation),
                        "a void link"
                    );
                }
                Caller::Account { id: 3, .. } => prop_assert!(false, "a stranger: {:?}", decided.act),
                Caller::Account { .. } | Caller::System => {}
                Caller::Either { .. } => prop_assert!(false, "no history has one"),
            }
            for event in events {
                let whose = match (&event.what, &decided.act.caller) {
                    (
                        What::OptedOut { party } | What::OptedIn { party },
                        Caller::Unsubscriber { party: own },
                    ) => Some((*party, *own)),
                    (
                        What::OptedOut { party } | What::OptedIn { party } | What::Resent { to: party },
                        Caller::Link { party: own, .. },
                    ) => Some((*party, *own)),
                    (
                        What::OptedOut { party: 0 } | What::OptedIn { party: 0 },
                        Caller::Account { id, .. },
                    ) => Some((1, u16::try_from(*id).unwrap())),
                    (
                        What::OptedOut { party } | What::OptedIn { party },
                        Caller::Account { address, verified: true, .. },
                    ) if decided.before.party(*party).is_some_and(|p| p.address == *address) => None,
                    (What::OptedOut { .. } | What::OptedIn { .. }, by) => {
                        prop_assert!(false, "{:?} by {:?}", event.what, by);
                        None
                    }
                    _ => None,
                };
                prop_assert!(
                    whose.is_none_or(|(party, own)| party == own),
                    "{:?} by {:?}",
                    event.what,
                    decided.act.caller
                );
            }
        }
    }
}

/// The properties above mean something only if random histories reach all states, events, mails and rejections.
#[test]
fn the_histories_reach_every_state_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |name: String| {
        let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
        *seen.entry(name).or_default() += 1;
    };
    for _ in 0..600 {
        let scenario = scenario().new_tree(&mut runner).unwrap().current();
        let history = run(&scenario);
        for applied in &history.applied {
            count(format!("Is{:?}", applied.after.phase));
            count(format!("{:?}", applied.event.what));
            applied.letters.iter().for_each(|l| count(format!("Mail{:?}", l.template)));
        }
        for decided in &history.acts {
            match &decided.outcome {
                Err(rejection) => count(format!("Not{rejection:?}")),
                Ok(events) if events.is_empty() => count(format!("No{:?}", decided.act.command)),
                Ok(_) => {}
            }
        }
    }
    println!("{seen:?}");
    let phases = "IsOpen IsAgreed IsExhausted IsClosed";
    let events = "Created Answered Cut Changed Rescheduled Agreed Fixed Exhausted Succeeded Closed AllAnswered \
        Digested OptedOut OptedIn Undeliverable Notified Reminded Expired Viewed Revoked Resent Withdrawn Replaced \
        Linked OptionalSet";
    let mails = "MailInvitation MailUpdate MailLink MailReminder MailDeadline MailDigest MailAnswered MailExhausted \
        MailClosed";
    let refusals = "NotLinkVoid NotForbidden NotClosed NotStale NotAgreed NotExhausted NotDeadlinePassed NotTooEarly \
        NotNotOffered NotNoNextRound NotSucceeded NotNotOpen NotOpened NotNoParty NotWidened NotInvalid";
    let nothing = "NoRound NoOptOut NoOptIn NoUndeliverable NoView NoNotify NoSetOptional";
    for wanted in [phases, events, mails, refusals, nothing].join(" ").split_whitespace() {
        assert!(seen.get(wanted).is_some_and(|n| *n >= 10), "histories rarely reach {wanted}: {seen:?}");
    }
}

/// With 2,000 entries the ledger is full. Acts that end something are still possible (spec, part 0, "Log").
#[test]
fn a_full_ledger_accepts_only_acts_that_end_something() {
    let creator = Creator { account: 1, address: common::address(0), verified: true, name: None };
    let party = |n| NewParty { address: common::address(n), name: None, optional: false, opted_out: false };
    let new = New { deadline: Some(at(30)), ..common::plain((0..2).map(party).collect()) };
    let mut proposal = replay(&create(ID, creator, Via::Basic, new, at(0))).unwrap();
    proposal.entries = 1_999;
    let keep = Command::Narrow(Narrowing { slots: Some(proposal.slots.clone()), ..Narrowing::default() });
    let link = |command| Act { caller: Caller::Link { party: 2, generation: 0 }, via: Via::Link, command };
    let creator = |command| Act {
        caller: common::caller(common::Who::Creator, &proposal, true).0,
        via: Via::Basic,
        command,
    };
    let full = Proposal { entries: 2_000, ..proposal.clone() };
    let count = |act: Act, minute| decide(&full, &act, at(minute)).map(|e| e.len());
    assert!(decide(&proposal, &link(keep.clone()), at(1)).is_ok());
    assert_eq!(count(link(keep.clone()), 1), Err(Rejection::LedgerFull));
    assert_eq!(count(creator(keep), 1), Err(Rejection::LedgerFull), "nobody is exempt");
    assert_eq!(count(link(Command::Revoke(None)), 1), Ok(1));
    assert_eq!(count(link(Command::OptOut), 1), Ok(1));
    let mut out = full.clone();
    out.parties[1].opted_out = true;
    assert_eq!(decide(&out, &link(Command::OptIn), at(1)), Err(Rejection::LedgerFull), "it ends nothing");
    assert_eq!(count(link(Command::View), 1), Ok(0), "looking still works, unrecorded");
    let offered: Vec<Slot> = proposal.slots.iter().copied().collect();
    assert_eq!(count(creator(Command::Fix(offered[0])), 31), Ok(1));
    assert_eq!(count(creator(Command::Close), 1), Ok(1));
}
