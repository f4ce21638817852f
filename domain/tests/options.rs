//! What the organiser can do for a party of an open proposal beside mailing it: a link to pass on, and whether its answer is
//! optional.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::history::{complete, run};
use common::{address, at, cases, plain, scenario, slot};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::json;
use whittle_domain::entity::{Decision, Entity, Sender};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{Occurrence, Salts, genesis};
use whittle_domain::proposal::{
    Act, Actor, Caller, Command, Creator, Event, MOST_ENTRIES, Narrowing, New, NewParty, Notice, Phase,
    Proposal, ProposalLedger, Rejection, Via, What, apply, create, decide, due_mail, record, replay,
};
use whittle_domain::slot::Slots;

/// A proposal of two slots by a creator who is no party, to a required and an optional party and one more that is required.
fn proposal(verified: bool) -> Proposal {
    let creator = Creator { account: 1, address: address(9), verified, name: None };
    let party = |n| NewParty { address: address(n), name: None, optional: n == 1, opted_out: false };
    let new = New { deadline: Some(at(60 * 100)), ..plain((0..3).map(party).collect()) };
    replay(&create(7, creator, Via::Basic, new, at(0))).unwrap()
}

fn creator(command: Command) -> Act {
    let caller = Caller::Account { id: 1, address: address(9), verified: true, staff: false };
    Act { caller, via: Via::Session, command }
}

fn link(proposal: &Proposal, party: u16, command: Command) -> Act {
    let generation = proposal.party(party).unwrap().generation;
    Act { caller: Caller::Link { party, generation }, via: Via::Link, command }
}

fn act(proposal: &mut Proposal, act: &Act, now: Instant) -> Vec<What> {
    let events: Vec<Event> = decide(proposal, act, now).unwrap();
    for event in &events {
        *proposal = apply(Some(proposal.clone()), event).unwrap();
    }
    events.into_iter().map(|event| event.what).collect()
}

fn by_link(proposal: &mut Proposal, party: u16, command: Command, now: Instant) -> Vec<What> {
    let asked = link(proposal, party, command);
    act(proposal, &asked, now)
}

fn keep(slots: Slots) -> Command {
    Command::Narrow(Narrowing { slots: Some(slots), ..Narrowing::default() })
}

const fn set(party: u16, optional: bool) -> Command {
    Command::SetOptional { party, optional }
}

proptest! {
    #![proptest_config(cases())]

    /// Both acts are for the organiser of an open proposal and a party that is asked. Making a link changes nothing that others
    /// see. Another kind of answer changes nothing else, and what follows from it follows at once.
    #[test]
    fn both_acts_are_the_organisers_and_end_with_the_open_proposal(scenario in scenario()) {
        for decided in &run(&scenario).acts {
            let (before, after) = (&decided.before, &decided.after);
            let (number, optional) = match decided.act.command {
                Command::Link(party) => (party, None),
                Command::SetOptional { party, optional } => (party, Some(optional)),
                _ => continue,
            };
            let known = before.party(number);
            let stranger = matches!(decided.act.caller, Caller::Account { id: 3, .. });
            let others_required = before.active_parties().any(|p| !p.optional && p.number != number);
            let same = known.is_some_and(|p| optional == Some(p.optional));
            let wanted = match (before.phase, known) {
                _ if stranger => Err(Rejection::Forbidden),
                _ if before.standing(&decided.act.caller).is_err() => continue,
                _ if !decided.by_organiser() => Err(Rejection::Forbidden),
                (Phase::Closed, _) => Err(Rejection::Closed),
                (_, None) => Err(Rejection::NoParty),
                (Phase::Open, Some(_)) if same => Ok(vec![]),
                (Phase::Open, Some(_)) if optional == Some(true) && !others_required => {
                    let Err(Rejection::Invalid(errors)) = &decided.outcome else {
                        prop_assert!(false, "nobody is left who is required: {:?}", decided.outcome);
                        continue;
                    };
                    let said = serde_json::to_value(errors).unwrap();
                    prop_assert_eq!(said, json!({ "optional": ["At least one party must be required."] }));
                    continue;
                }
                (Phase::Open, Some(_)) => Ok(vec![optional.map_or(What::Linked { party: number }, |optional| {
                    What::OptionalSet { party: number, optional }
                })]),
                _ => Err(Rejection::NotOpen),
            };
            let events = match (&decided.outcome, wanted) {
                (Ok(events), Ok(wanted)) => (events, wanted),
                (outcome, wanted) => {
                    prop_assert_eq!(outcome.clone().err(), wanted.err());
                    continue;
                }
            };
            let (events, wanted) = events;
            prop_assert_eq!(events.is_empty(), wanted.is_empty());
            prop_assert!(events.iter().map(|e| e.what.clone()).take(wanted.len()).eq(wanted));
            let follows: Vec<&What> = events.iter().skip(1).map(|e| &e.what).collect();
            let one_left = before.slots.only();
            let completes = complete(after) && !complete(before);
            match (completes, one_left) {
                (true, Some(slot)) => {
                    let agreed = What::Agreed { slot };
                    prop_assert_eq!(follows, vec![&agreed]);
                }
                _ => prop_assert!(follows.iter().all(|what| completes && **what == What::AllAnswered)),
            }
            prop_assert_eq!(&before.cuts, &after.cuts, "a cut stays a cut");
            prop_assert_eq!(&before.slots, &after.slots);
            if optional.is_none() {
                prop_assert_eq!(before.version, after.version);
                prop_assert!(!after.party(number).unwrap().links_void);
            }
        }
    }
}

#[test]
fn a_link_to_pass_on_is_of_the_current_generation_and_an_act_about_its_party() {
    let mut p = proposal(true);
    act(&mut p, &creator(Command::Revoke(Some("p3".to_owned()))), at(1));
    assert!(p.parties[2].links_void);
    assert_eq!(act(&mut p, &creator(Command::Link(3)), at(2)), [What::Linked { party: 3 }]);
    let link = p.link(p.party(3).unwrap(), at(2), 30);
    assert_eq!((link.party, link.generation, p.parties[2].links_void), (3, 1, false));
    let (events, head) = (decide(&p, &creator(Command::Link(3)), at(3)).unwrap(), p.entries);
    let after = apply(Some(p.clone()), &events[0]).unwrap();
    let genesis = genesis::<ProposalLedger>(7);
    let salts = Salts::new([9; 32]);
    let recorded = record(&after, &events[0], genesis, &salts);
    let entry = &recorded.entry;
    let told = (entry.kind, entry.act.as_str(), entry.by.as_str(), entry.about.as_deref());
    assert_eq!(told, (Occurrence::Notify, "link", "creator", Some("p3")));
    assert_eq!((entry.seq, recorded.openings.len()), (head + 1, 0));
    // The link can be voided, and another one made.
    assert_eq!(act(&mut p, &creator(Command::Revoke(Some("p3".to_owned()))), at(4)).len(), 1);
    let full = Proposal { entries: MOST_ENTRIES, ..p };
    assert_eq!(decide(&full, &creator(Command::Link(3)), at(5)), Err(Rejection::LedgerFull));
    assert_eq!(decide(&full, &creator(set(2, false)), at(5)), Err(Rejection::LedgerFull));
}

/// Whoever holds such a link may be the organiser. So mail that it causes is the organiser's: in budgets, as the sender, and held
/// as long as the organiser has not proven its address.
#[test]
fn mail_that_is_sent_by_a_passed_on_link_is_the_organisers() {
    let notice = |p: &Proposal| Notice {
        parties: vec!["p1".to_owned()],
        slots: p.slots.clone(),
        sender: None,
        only_uninvited: false,
    };
    let judge = |p: &Proposal, command| Entity::decide(p, &link(p, 3, command), at(9)).unwrap();
    for verified in [true, false] {
        let mut p = proposal(verified);
        let mailed = |p: &Proposal| judge(p, Command::Notify(notice(p)));
        let own = |sent: &Decision<Proposal>| {
            assert_eq!(sent.counted.sender, Sender::Address(address(2)));
            assert_eq!((sent.counted.held_for, sent.cause.unverified), (None, None));
        };
        own(&mailed(&p));
        act(&mut p, &creator(Command::Link(3)), at(1));
        let sent = mailed(&p);
        let organiser = match verified {
            true => Sender::Address(address(9)),
            false => Sender::Account(1),
        };
        let held = (!verified).then_some(1);
        assert_eq!((sent.counted.sender, sent.counted.held_for), (organiser.clone(), held));
        assert_eq!(sent.cause.unverified, held);
        assert!(
            matches!(&sent.events[0].what, What::Notified { sender: None, .. }),
            "no reply goes to the party"
        );
        let resent = judge(&p, Command::Resend);
        assert_eq!((resent.counted.sender, resent.counted.held_for), (organiser, held));
        let named = Notice { sender: Some(address(2)), ..notice(&p) };
        let refused = decide(&p, &link(&p, 3, Command::Notify(named)), at(9));
        assert_eq!(refused, Err(Rejection::NotYourAddress));
        // Links that are made after the party has voided that one are its own again.
        by_link(&mut p, 3, Command::Revoke(None), at(10));
        own(&mailed(&p));
    }
}

#[test]
fn a_party_that_becomes_optional_is_not_waited_for_and_its_cuts_stay() {
    let mut p = proposal(true);
    let one = Slots::one(slot(0, 2));
    by_link(&mut p, 1, keep(one.clone()), at(1));
    assert_eq!((p.phase, p.slots.only()), (Phase::Open, Some(slot(0, 2))));
    let followed = act(&mut p, &creator(set(3, true)), at(2));
    assert_eq!(followed, [What::OptionalSet { party: 3, optional: true }, What::Agreed { slot: slot(0, 2) }]);
    // Of several slots, the creator chooses: it is mailed, unless it is the one who acts.
    let staff = Act {
        caller: Caller::Account { id: 2, address: address(8), verified: true, staff: true },
        ..creator(set(3, true))
    };
    for (who, told) in [(creator(set(3, true)), 0), (staff, 1)] {
        let mut p = proposal(true);
        let all = keep(p.slots.clone());
        by_link(&mut p, 1, all, at(1));
        let events = act(&mut p, &who, at(2));
        assert_eq!(events.iter().filter(|what| **what == What::AllAnswered).count(), told);
    }
}

#[test]
fn an_optional_answer_is_asked_for_again_and_a_required_one_holds() {
    let mut p = proposal(true);
    let one = Slots::one(slot(4, 2));
    by_link(&mut p, 2, keep(one.clone()), at(1));
    by_link(&mut p, 3, keep(one.clone()), at(2));
    assert_eq!(p.pending.as_ref().unwrap().by, ["p2", "p3"]);
    assert_eq!(act(&mut p, &creator(set(2, false)), at(3)).len(), 1);
    assert_eq!(
        (p.parties[1].answer.is_none(), p.slots.clone()),
        (true, one.clone()),
        "nothing was cut by it"
    );
    assert_eq!(p.pending.as_ref().unwrap().by, ["p3"], "the creator hears of answers that count");
    // What was cut as a required answer is an answer, whatever it was called in between.
    for optional in [true, false] {
        act(&mut p, &creator(set(3, optional)), at(4));
        assert_eq!(p.parties[2].answer.as_ref().map(|a| a.slots.clone()), Some(one.clone()));
    }
    assert!(!p.parties[2].optional);
    // An answer that was given in between was optional.
    act(&mut p, &creator(set(3, true)), at(5));
    by_link(&mut p, 3, keep(one), at(6));
    act(&mut p, &creator(set(3, false)), at(7));
    assert_eq!((p.parties[2].answer.is_none(), p.pending.is_none()), (true, true));
    let by_p2 = p.cut_by(&Actor::Party(2).label()).count();
    assert_eq!(by_p2, 0);
}

#[test]
fn whoever_becomes_required_gets_the_reminders_that_are_still_to_come() {
    let mut p = proposal(true);
    let notice = Notice {
        parties: vec!["p2".to_owned()],
        slots: p.slots.clone(),
        sender: None,
        only_uninvited: false,
    };
    act(&mut p, &creator(Command::Notify(notice)), at(1));
    // The deadline is 100 hours after the beginning; the first reminder was due at 28.
    act(&mut p, &creator(set(2, false)), at(60 * 30));
    assert_eq!(due_mail(&p, at(60 * 30)), []);
    assert_eq!(due_mail(&p, at(60 * 77)).len(), 1);
}
