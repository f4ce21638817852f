//! The room in a ledger: no act can be repeated for ever, and no party can use up the organiser's room.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::at;
use whittle_domain::detail::Detail;
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, MOST_ENTRIES, MOST_ENTRIES_OF_A_PARTY, MOST_ENTRIES_OF_PARTIES, Narrowing,
    New, NewParty, Proposal, Rejection, Via, apply, create, decide, replay,
};

/// A proposal whose creator is no party.
fn proposal(parties: usize) -> Proposal {
    let creator = Creator { account: 1, address: common::address(9), verified: true, name: None };
    let party = |n| NewParty { address: common::address(n), name: None, optional: false, opted_out: false };
    let new = New { ..common::plain((0..parties).map(party).collect()) };
    replay(&create(7, creator, Via::Basic, new, at(0))).unwrap()
}

fn party(number: u16, command: Command) -> Act {
    let address = common::address(usize::from(number) - 1);
    let caller = Caller::Account { id: 100 + u64::from(number), address, verified: true, staff: false };
    Act { caller, via: Via::Basic, command }
}

fn creator(command: Command) -> Act {
    let caller = Caller::Account { id: 1, address: common::address(9), verified: true, staff: false };
    Act { caller, via: Via::Basic, command }
}

/// Does an act; gives how many entries it left.
fn act(proposal: &mut Proposal, act: &Act) -> Result<u32, Rejection> {
    let before = proposal.entries;
    for event in decide(proposal, act, at(1))? {
        *proposal = apply(Some(proposal.clone()), &event).unwrap();
    }
    Ok(proposal.entries - before)
}

fn keep(proposal: &Proposal, if_match: Option<Vec<u32>>) -> Command {
    Command::Narrow(Narrowing { slots: Some(proposal.slots.clone()), if_match, ..Narrowing::default() })
}

fn retitle(n: u32) -> Command {
    let title = Detail::Title(serde_json::from_value(format!("title {n}").into()).unwrap());
    Command::Narrow(Narrowing { details: vec![title], ..Narrowing::default() })
}

#[test]
fn subscribing_and_unsubscribing_end_at_the_partys_room_and_unsubscribing_always_passes() {
    let mut p = proposal(3);
    let mut rounds = 0;
    loop {
        assert_eq!(act(&mut p, &party(1, Command::OptOut)), Ok(1));
        match act(&mut p, &party(1, Command::OptIn)) {
            Ok(1) => rounds += 1,
            refused => break assert_eq!(refused, Err(Rejection::LedgerFull)),
        }
        assert!(rounds <= MOST_ENTRIES_OF_A_PARTY, "it grows for ever");
    }
    assert!(p.parties[0].opted_out);
    assert_eq!(act(&mut p, &party(1, Command::OptOut)), Ok(0), "said twice it is said once");
    assert!(p.parties[0].entries <= MOST_ENTRIES_OF_A_PARTY + 1);
}

#[test]
fn voiding_links_that_are_void_leaves_no_entry() {
    let mut p = proposal(3);
    assert_eq!(act(&mut p, &party(1, Command::Revoke(None))), Ok(1));
    for _ in 0..3 {
        assert_eq!(act(&mut p, &party(1, Command::Revoke(None))), Ok(0));
        assert_eq!(act(&mut p, &creator(Command::Revoke(Some("p1".to_owned())))), Ok(0));
    }
    let generation = p.parties[0].generation;
    assert_eq!(act(&mut p, &party(1, Command::Resend)), Ok(1));
    assert_eq!(
        act(&mut p, &creator(Command::Revoke(Some("p1".to_owned())))),
        Ok(1),
        "a link was mailed since"
    );
    assert_eq!(p.parties[0].generation, generation + 1);
}

#[test]
fn links_that_a_meeting_has_mailed_since_are_voided_too_and_that_ends_with_the_room() {
    let mut p = proposal(1);
    let slot = *p.slots.iter().next().unwrap();
    let slots = whittle_domain::slot::Slots::one(slot);
    let answer = Command::Narrow(Narrowing { slots: Some(slots), ..Narrowing::default() });
    act(&mut p, &party(1, answer)).unwrap();
    assert_eq!(p.phase, whittle_domain::proposal::Phase::Agreed);
    let mut times = 0;
    while act(&mut p, &party(1, Command::Revoke(None))) == Ok(1) {
        times += 1;
        assert!(times <= MOST_ENTRIES_OF_A_PARTY, "it grows for ever");
    }
    assert!(times > 2, "{times}");
    assert_eq!(act(&mut p, &party(1, Command::Revoke(None))), Err(Rejection::LedgerFull));
}

#[test]
fn nobody_makes_others_requests_stale_by_unsubscribing() {
    let mut p = proposal(2);
    let seen = p.version;
    for command in [Command::OptOut, Command::OptIn, Command::OptOut] {
        act(&mut p, &party(1, command)).unwrap();
    }
    assert!(p.version > seen, "the representation has changed");
    let answer = keep(&p, Some(vec![seen]));
    assert_eq!(act(&mut p, &party(2, answer)), Ok(1));
    // An answer is what If-Match is for.
    let answer = keep(&p, Some(vec![seen]));
    assert_eq!(act(&mut p, &party(1, answer)), Err(Rejection::Stale));
}

#[test]
fn a_party_uses_up_its_own_room_and_no_other() {
    let mut p = proposal(3);
    for _ in 0..MOST_ENTRIES_OF_A_PARTY {
        let answer = keep(&p, None);
        assert_eq!(act(&mut p, &party(1, answer)), Ok(1));
    }
    let answer = keep(&p, None);
    assert_eq!(act(&mut p, &party(1, answer.clone())), Err(Rejection::LedgerFull));
    assert_eq!(act(&mut p, &party(2, answer)), Ok(1), "another party goes on");
    assert_eq!(act(&mut p, &party(1, Command::View)), Ok(0), "looking still works, unrecorded");
    assert_eq!(act(&mut p, &party(1, Command::OptOut)), Ok(1), "unsubscribing always passes");
}

#[test]
fn the_parties_together_leave_the_organiser_its_room() {
    let mut p = proposal(9);
    'all: for number in 1..=8 {
        loop {
            let answer = keep(&p, None);
            match act(&mut p, &party(number, answer)) {
                Ok(_) => {}
                Err(_) if p.parties.iter().map(|p| p.entries).sum::<u32>() == MOST_ENTRIES_OF_PARTIES => {
                    break 'all;
                }
                Err(_) => break,
            }
        }
    }
    assert_eq!(p.parties.iter().map(|p| p.entries).sum::<u32>(), MOST_ENTRIES_OF_PARTIES);
    let answer = keep(&p, None);
    assert_eq!(act(&mut p, &party(9, answer)), Err(Rejection::LedgerFull));
    let mut n = 0;
    while act(&mut p, &creator(retitle(n))) == Ok(1) {
        n += 1;
    }
    assert!(n >= MOST_ENTRIES - MOST_ENTRIES_OF_PARTIES - 1, "{n}");
    assert_eq!(act(&mut p, &creator(retitle(n))), Err(Rejection::LedgerFull));
    // What ends or repairs something passes all the same.
    assert_eq!(act(&mut p, &creator(Command::Withdraw(9))), Ok(1));
    assert_eq!(act(&mut p, &creator(Command::Revoke(Some("p2".to_owned())))), Ok(1));
    assert_eq!(act(&mut p, &creator(Command::Close)), Ok(1));
}

#[test]
fn the_creators_own_party_has_the_organisers_room() {
    let creator = Creator { account: 1, address: common::address(0), verified: true, name: None };
    let party = |n| NewParty { address: common::address(n), name: None, optional: false, opted_out: false };
    let new = common::plain((0..2).map(party).collect());
    let mut p = replay(&create(7, creator, Via::Basic, new, at(0))).unwrap();
    let own = |command| Act {
        caller: Caller::Account { id: 1, address: common::address(0), verified: true, staff: false },
        via: Via::Basic,
        command,
    };
    for _ in 0..=MOST_ENTRIES_OF_A_PARTY {
        let answer = keep(&p, None);
        assert_eq!(act(&mut p, &own(answer)), Ok(1));
    }
    // The room that is the organiser's is there when that of all parties is used up.
    p.parties[1].entries = MOST_ENTRIES_OF_PARTIES;
    let answer = keep(&p, None);
    assert_eq!(act(&mut p, &own(answer)), Ok(1));
}
