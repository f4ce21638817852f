//! An open page that is brought up to date: whoever has looked before leaves no trace by it, and nobody reads in secret.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::{Who, at};
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, Narrowing, New, NewParty, Proposal, Rejection, Via, What, apply, create,
    decide, replay,
};

fn proposal() -> Proposal {
    let creator = Creator { account: 1, address: common::address(9), verified: true, name: None };
    let party = |n| NewParty { address: common::address(n), name: None, optional: false, opted_out: false };
    let new = New { ..common::plain((0..2).map(party).collect()) };
    replay(&create(7, creator, Via::Basic, new, at(0))).unwrap()
}

const fn link(command: Command) -> Act {
    Act { caller: Caller::Link { party: 1, generation: 0 }, via: Via::Link, command }
}

/// Does an act; gives what happened.
fn act(proposal: &mut Proposal, act: &Act) -> Result<Vec<What>, Rejection> {
    let events = decide(proposal, act, at(1))?;
    for event in &events {
        *proposal = apply(Some(proposal.clone()), event).unwrap();
    }
    Ok(events.into_iter().map(|event| event.what).collect())
}

#[test]
fn who_has_looked_before_leaves_no_view_by_refreshing() {
    let mut p = proposal();
    assert_eq!(act(&mut p, &link(Command::View)), Ok(vec![What::Viewed]));
    let caller = common::caller(Who::Creator, &p, true).0;
    let title = serde_json::from_value("another".into()).unwrap();
    let details = vec![whittle_domain::detail::Detail::Title(title)];
    let narrow = Command::Narrow(Narrowing { details, ..Narrowing::default() });
    assert_eq!(act(&mut p, &Act { caller, via: Via::Basic, command: narrow }).unwrap().len(), 1);
    let entries = p.entries;
    assert_eq!(act(&mut p, &link(Command::Refresh)), Ok(vec![]));
    assert_eq!(p.entries, entries);
    assert_eq!(
        act(&mut p, &link(Command::View)),
        Ok(vec![What::Viewed]),
        "looking at it leaves one, as ever"
    );
}

#[test]
fn who_never_looked_leaves_a_view_by_refreshing() {
    let mut p = proposal();
    assert_eq!(act(&mut p, &link(Command::Refresh)), Ok(vec![What::Viewed]));
    assert_eq!(act(&mut p, &link(Command::Refresh)), Ok(vec![]));
}

#[test]
fn a_refresh_needs_the_standing_of_a_look() {
    let mut p = proposal();
    let caller = Caller::Link { party: 1, generation: 1 };
    let strange = Act { caller, via: Via::Link, command: Command::Refresh };
    assert_eq!(act(&mut p, &strange), Err(Rejection::LinkVoid));
    let caller = common::caller(Who::Creator, &p, true).0;
    act(&mut p, &Act { caller, via: Via::Basic, command: Command::Close }).unwrap();
    assert_eq!(act(&mut p, &link(Command::Refresh)), Err(Rejection::Closed));
}
