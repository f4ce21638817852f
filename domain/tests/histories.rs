//! Random histories of a proposal: the five invariants of the design.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;

use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::test_runner::TestCaseError;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{self, Salts};
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, Event, Narrowing, New, NewDeadline, NewParty, Notice, Phase, Proposal,
    Rejection, Stored, Via, Visibility, What, apply, create, decide, due_mail, letter, next_wakeup, record,
    replay,
};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::text::Title;
use whittle_domain::zone::Zone;

const HOUR: i64 = 3_600_000_000;

fn at(hour: i64) -> Instant {
    Instant::from_micros(1_760_000_000_000_000 + hour * HOUR).unwrap()
}

fn slot(begin: i64, length: i64) -> Slot {
    Slot::new(at(1000 + begin), Duration::from_micros(length * HOUR)).unwrap()
}

fn slots(most: usize) -> impl Strategy<Value = Slots> {
    prop::collection::vec((0i64..24, 1i64..6), 0..most)
        .prop_map(|v| Slots::new(v.into_iter().map(|(b, d)| slot(b, d))).unwrap())
}

fn address(n: usize) -> String {
    format!("p{n}@example.org")
}

/// What a step wants of the slots: most acts must be sensible ones, or no history gets anywhere.
#[derive(Clone, Debug)]
enum Wish {
    Keep(Vec<prop::sample::Index>),
    Trim(prop::sample::Index),
    Any(Slots),
    None,
}

#[derive(Clone, Debug)]
enum Step {
    Narrow { wish: Wish, stale: bool, title: bool, deadline: Option<i64> },
    Notify(Vec<usize>),
    View,
    Revoke(Option<usize>),
    Close,
    Tick,
    Resend,
    Withdraw(usize),
    Replace(usize, usize),
}

#[derive(Clone, Debug)]
struct Move {
    who: usize,
    hours: i64,
    step: Step,
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        6 => prop::collection::vec(any::<prop::sample::Index>(), 1..6).prop_map(Wish::Keep),
        3 => any::<prop::sample::Index>().prop_map(Wish::Trim),
        2 => slots(5).prop_map(Wish::Any),
        1 => Just(Wish::None),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (wish(), prop::bool::weighted(0.1), prop::bool::weighted(0.1), prop::option::weighted(0.1, -5i64..200))
            .prop_map(|(wish, stale, title, deadline)| Step::Narrow { wish, stale, title, deadline }),
        4 => prop::collection::vec(0usize..6, 0..4).prop_map(Step::Notify),
        3 => Just(Step::View),
        1 => prop::option::of(0usize..6).prop_map(Step::Revoke),
        1 => prop::bool::weighted(0.3).prop_map(|close| if close { Step::Close } else { Step::View }),
        2 => Just(Step::Tick),
        1 => Just(Step::Resend),
        1 => (0usize..6).prop_map(Step::Withdraw),
        1 => (0usize..6, 0usize..9).prop_map(|(party, to)| Step::Replace(party, to)),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0usize..9, 0i64..30, step()).prop_map(|(who, hours, step)| Move { who, hours, step });
    prop::collection::vec(one, 1..25)
}

fn new() -> impl Strategy<Value = New> {
    (
        prop::collection::vec(any::<bool>(), 1..5),
        slots(8),
        prop::option::of(1i64..300),
        any::<bool>(),
        prop::option::of(1i64..3),
    )
        .prop_map(|(optional, slots, deadline, names, shortest)| New {
            title: Title::parse("cybes").unwrap(),
            parties: optional
                .into_iter()
                .enumerate()
                .map(|(n, optional)| NewParty {
                    address: address(n).parse().unwrap(),
                    name: None,
                    optional: optional && n > 0,
                })
                .collect(),
            slots: if slots.is_empty() { Slots::new([slot(1, 1)]).unwrap() } else { slots },
            timezone: Zone::default(),
            deadline: deadline.map(at),
            min_duration: shortest.map(|h| Duration::from_micros(h * HOUR)),
            visibility: if names { Visibility::Names } else { Visibility::Open },
        })
}

/// 0 to 4: parties by link; 5: the creator, who is party 0 by account; 6: staff; 7: a stranger; 8: an older link.
fn caller(who: usize, proposal: &Proposal) -> (Caller, Via) {
    let account = |id: u64, name: &str, staff| Caller::Account {
        id,
        address: name.parse().unwrap(),
        verified: true,
        staff,
    };
    match who {
        0..=4 => {
            let party = u16::try_from(who).unwrap() + 1;
            (Caller::Link { party, generation: proposal.party(party).map_or(0, |p| p.generation) }, Via::Link)
        }
        5 => (account(1, &address(0), false), Via::Basic),
        6 => (account(2, "staff@example.org", true), Via::Token),
        7 => (account(3, "nobody@example.org", false), Via::Basic),
        _ => (
            Caller::Link {
                party: 1,
                generation: proposal.party(1).map_or(0, |p| p.generation.wrapping_sub(1)),
            },
            Via::Link,
        ),
    }
}

fn command(step: &Step, proposal: &Proposal, now: Instant) -> Command {
    let offered: Vec<Slot> = proposal.slots.iter().copied().collect();
    match step {
        Step::Narrow { wish, stale, title, deadline } => {
            let slots = match wish {
                Wish::Keep(picks) if !offered.is_empty() => {
                    Slots::new(picks.iter().map(|i| *i.get(&offered))).unwrap()
                }
                Wish::Trim(pick) if !offered.is_empty() => {
                    let whole = pick.get(&offered);
                    let half = Duration::from_micros((whole.duration().micros() / 2).max(1));
                    Slots::new([Slot::new(whole.begin(), half).unwrap()]).unwrap()
                }
                Wish::Any(slots) => slots.clone(),
                _ => Slots::default(),
            };
            Command::Narrow(Narrowing {
                slots: Some(slots),
                title: title.then(|| Title::parse("other").unwrap()),
                deadline: deadline
                    .map(|h| NewDeadline { to: now.checked_add(Duration::from_micros(h * HOUR)) }),
                note: None,
                if_match: stale.then(|| vec![proposal.version.wrapping_sub(1)]),
            })
        }
        Step::Notify(parties) => Command::Notify(Notice {
            parties: parties.iter().map(|n| address(*n)).collect(),
            slots: proposal.slots.clone(),
            sender: None,
        }),
        Step::View => Command::View,
        Step::Revoke(party) => Command::Revoke(party.map(address)),
        Step::Close => Command::Close,
        Step::Resend => Command::Resend,
        Step::Withdraw(party) => Command::Withdraw(u16::try_from(party + 1).unwrap()),
        Step::Replace(party, to) => Command::Replace {
            party: u16::try_from(party + 1).unwrap(),
            address: address(*to).parse().unwrap(),
        },
        Step::Tick => Command::Tick,
    }
}

/// Whether the hour is offered: judged point by point in time, not by slots or their counts.
fn offered_at(proposal: &Proposal, quarter: i64) -> bool {
    let point = at(1000).checked_add(Duration::from_micros(quarter * HOUR / 4)).unwrap();
    proposal.slots.iter().any(|s| s.begin() <= point && point < s.end())
}

struct History {
    events: Vec<Event>,
    states: Vec<Proposal>,
    log: Vec<Stored>,
    refused: BTreeMap<String, usize>,
}

fn run(new: New, moves: &[Move]) -> Result<History, TestCaseError> {
    let creator = Creator { account: 1, address: address(0).parse().unwrap(), verified: true };
    let begun = create(42, creator, Via::Basic, new, at(0));
    let mut history =
        History { events: Vec::new(), states: Vec::new(), log: Vec::new(), refused: BTreeMap::new() };
    keep(&mut history, begun);
    let mut hour = 0;
    for Move { who, hours, step } in moves {
        hour += hours;
        let proposal = history.states.last().unwrap().clone();
        let (caller, via) =
            if matches!(step, Step::Tick) { (Caller::System, Via::System) } else { caller(*who, &proposal) };
        let act = Act { caller, via, command: command(step, &proposal, at(hour)) };
        match decide(&proposal, &act, at(hour)) {
            Ok(events) => {
                check(&proposal, &act, &events, at(hour))?;
                keep(&mut history, events);
            }
            Err(rejection) => {
                *history.refused.entry(format!("{rejection:?}").chars().take(9).collect()).or_default() += 1
            }
        }
    }
    Ok(history)
}

fn keep(history: &mut History, events: Vec<Event>) {
    for event in events {
        let state = apply(history.states.last().cloned(), &event).unwrap();
        let prev = history.log.last().map_or(ledger::genesis(42), |s| s.entry.hash());
        let recorded = record(&state, &event, prev, &Salts::new([9; 32]));
        history.log.push(Stored { entry: recorded.entry, openings: recorded.openings, staff: None });
        history.states.push(state);
        history.events.push(event);
    }
}

/// What the state table says of single acts.
fn check(before: &Proposal, act: &Act, events: &[Event], now: Instant) -> Result<(), TestCaseError> {
    let narrows = events.iter().any(|e| matches!(e.what, What::Answered { .. } | What::Cut { .. }));
    if narrows {
        prop_assert_eq!(before.phase, Phase::Open);
    }
    if events.iter().any(|e| {
        matches!(
            e.what,
            What::Retitled { .. }
                | What::Rescheduled { .. }
                | What::Closed
                | What::Withdrawn { .. }
                | What::Replaced { .. }
        )
    }) {
        prop_assert!(!matches!(act.caller, Caller::Link { .. }), "a party's link is not the organiser's");
    }
    if let Command::Notify(_) = act.command {
        let me = before.standing(&act.caller).unwrap().actor;
        for event in events {
            if let What::Notified { to, .. } = event.what {
                prop_assert!(
                    me != whittle_domain::proposal::Actor::Party(to),
                    "mailed about an act of his own"
                );
            }
        }
    }
    if matches!(act.command, Command::Tick) {
        let after = events.iter().fold(Some(before.clone()), apply).unwrap();
        prop_assert_eq!(due_mail(&after, now), vec![], "a tick leaves nothing due");
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("WHITTLE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    /// Invariant 1, and 4 with it: no history panics.
    #[test]
    fn what_is_offered_never_grows(new in new(), moves in moves()) {
        let history = run(new, &moves)?;
        for pair in history.states.windows(2) {
            for quarter in 0..128 {
                prop_assert!(!offered_at(&pair[1], quarter) || offered_at(&pair[0], quarter), "quarter {}", quarter);
            }
        }
    }

    /// Invariant 2.
    #[test]
    fn the_ledger_verifies_after_every_history_and_after_no_tampering(new in new(), moves in moves(), at in any::<prop::sample::Index>(), bit in 0u8..7) {
        let history = run(new, &moves)?;
        let text = ledger::export(42, history.log.iter().map(|s| (s.entry.clone(), s.openings.clone())));
        let verified = ledger::verify(&text).map_err(|f| TestCaseError::fail(f.to_string()))?;
        prop_assert_eq!(verified.entries.len(), history.states.last().unwrap().entries as usize);
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(tampered) = String::from_utf8(bytes) {
            prop_assert!(ledger::verify(&tampered).is_err(), "byte {}", at);
        }
    }

    /// Invariant 5, through what is stored: a state read back is the state.
    #[test]
    fn replaying_events_gives_the_state(new in new(), moves in moves()) {
        let history = run(new, &moves)?;
        let last = history.states.last().unwrap();
        let replayed = replay(&history.events);
        prop_assert_eq!(replayed.as_ref(), Some(last));
        let stored = serde_json::to_string(last).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Proposal>(&stored).unwrap(), last);
    }

    /// The state table, over whole histories.
    #[test]
    fn the_state_table_is_respected(new in new(), moves in moves()) {
        let history = run(new, &moves)?;
        for pair in history.states.windows(2) {
            let step = (pair[0].phase, pair[1].phase);
            let lawful = step.0 == step.1
                || step.0 == Phase::Open
                || (step.1 == Phase::Closed && step.0 != Phase::Closed);
            prop_assert!(lawful, "{:?}", step);
        }
        for state in &history.states {
            match state.phase {
                Phase::Agreed => prop_assert!(state.slots.len() == 1 && state.all_required_answered()),
                Phase::Exhausted => prop_assert!(state.slots.is_empty()),
                Phase::Open | Phase::Closed => {}
            }
            // A state that should have settled is followed at once by the event that settles it.
        }
        let last = history.states.last().unwrap();
        if last.phase == Phase::Open {
            prop_assert!(!last.slots.is_empty());
            prop_assert!(last.slots.len() > 1 || !last.all_required_answered());
        }
    }

    /// Nobody's answer changes but by its own act: not by another's answer, a withdrawal or a replacement.
    #[test]
    fn an_answer_never_changes_by_somebody_elses_act(new in new(), moves in moves()) {
        let history = run(new, &moves)?;
        for (pair, event) in history.states.windows(2).zip(&history.events[1..]) {
            for (before, after) in pair[0].parties.iter().zip(&pair[1].parties) {
                let own = event.by == whittle_domain::proposal::Actor::Party(before.number);
                prop_assert!(before.answer == after.answer || own);
                prop_assert_eq!(before.number, after.number);
                prop_assert!(before.generation <= after.generation && (!before.withdrawn || after.withdrawn));
            }
            prop_assert!(pair[1].asked().any(|p| !p.optional), "somebody is always required");
        }
    }

    /// Reminders reach the right people, once each, and the clock always has a next hour while something is due.
    #[test]
    fn time_owes_each_mail_once(new in new(), moves in moves()) {
        let history = run(new, &moves)?;
        let mut told = BTreeMap::new();
        for (event, state) in history.events.iter().zip(&history.states) {
            match event.what {
                What::Reminded { to, hours } => {
                    let party = state.party(to).unwrap();
                    prop_assert!(party.answer.is_none() && !party.optional && party.invited);
                    prop_assert!(told.insert((to, hours), ()).is_none(), "twice");
                }
                What::Rescheduled { .. } => told.clear(),
                What::Expired => prop_assert!(told.insert((0, 0), ()).is_none(), "twice"),
                _ => {}
            }
            let head = ledger::genesis(42);
            let mails = letter(state, event, head, 30).is_some();
            prop_assert_eq!(mails, matches!(event.what, What::Notified { .. } | What::Reminded { .. } | What::Resent { .. } | What::Expired));
            let wakeup = next_wakeup(state, event.at);
            prop_assert!(wakeup.is_none_or(|w| w >= event.at));
            prop_assert!(due_mail(state, event.at).is_empty() || wakeup == Some(event.at));
        }
    }
}

/// The histories are worth something only if they reach what they are to judge.
#[test]
fn the_histories_reach_every_state_and_every_refusal() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..600 {
        let (new, moves) = (new(), moves()).new_tree(&mut runner).unwrap().current();
        let history = run(new, &moves).unwrap();
        for state in &history.states {
            *seen.entry(format!("{:?}", state.phase)).or_default() += 1;
        }
        for event in &history.events {
            let kind = format!("{:?}", event.what);
            *seen.entry(kind.split([' ', '(']).next().unwrap().to_owned()).or_default() += 1;
        }
        for (refusal, count) in history.refused {
            *seen.entry(refusal).or_default() += count;
        }
    }
    println!("{seen:?}");
    for wanted in [
        "Open",
        "Agreed",
        "Exhausted",
        "Closed",
        "Created",
        "Answered",
        "Cut",
        "Retitled",
        "Rescheduled",
        "Notified",
        "Reminded",
        "Expired",
        "Viewed",
        "Revoked",
        "Resent",
        "Withdrawn",
        "Replaced",
        "Opened",
        "NoParty",
        "NotOpen",
        "LinkVoid",
        "Forbidden",
        "Stale",
        "DeadlineP",
        "Widened(W",
        "Invalid(F",
    ] {
        assert!(seen.contains_key(wanted), "no history reaches {wanted}: {seen:?}");
    }
}

/// Two thousand entries, then 429; it can still be closed, and links voided (spec, part 0, "Log").
#[test]
fn a_full_ledger_takes_only_what_ends_something() {
    let creator = Creator { account: 1, address: address(0).parse().unwrap(), verified: true };
    let new = New {
        title: Title::parse("cybes").unwrap(),
        parties: (0..2)
            .map(|n| NewParty { address: address(n).parse().unwrap(), name: None, optional: false })
            .collect(),
        slots: Slots::new([slot(0, 2), slot(4, 2)]).unwrap(),
        timezone: Zone::default(),
        deadline: None,
        min_duration: None,
        visibility: Visibility::Open,
    };
    let mut proposal = replay(&create(42, creator, Via::Basic, new, at(0))).unwrap();
    proposal.entries = 1_999;
    let keep = Command::Narrow(Narrowing { slots: Some(proposal.slots.clone()), ..Narrowing::default() });
    let link = |command| Act { caller: Caller::Link { party: 2, generation: 0 }, via: Via::Link, command };
    assert_eq!(decide(&proposal, &link(keep.clone()), at(1)).map(|e| e.len()), Ok(1));
    proposal.entries = 2_000;
    assert_eq!(decide(&proposal, &link(keep.clone()), at(1)), Err(Rejection::LedgerFull));
    let creator = Act { caller: caller(5, &proposal).0, via: Via::Basic, command: keep };
    assert_eq!(decide(&proposal, &creator, at(1)), Err(Rejection::LedgerFull), "nobody is exempt");
    assert_eq!(decide(&proposal, &link(Command::Revoke(None)), at(1)).map(|e| e.len()), Ok(1));
    assert_eq!(decide(&proposal, &link(Command::View), at(1)), Ok(vec![]), "looking still works, unrecorded");
    let close = Act { caller: caller(5, &proposal).0, via: Via::Basic, command: Command::Close };
    assert_eq!(decide(&proposal, &close, at(1)).map(|e| e.len()), Ok(1));
}
