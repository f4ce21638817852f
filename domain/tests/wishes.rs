//! What random histories reach too seldom: opting out and in again, and deadlines that are moved again and again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::history::run;
use common::{HOUR, Move, Step, Who, Wish, World, address, cases, plain};
use proptest::prelude::{prop, prop_assert, proptest};
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Creator, NewParty, Phase, What};

/// What a mailbox has said of the round before holds for the creator whose it is, too; found by a history in 20,000.
#[test]
fn a_creator_who_opted_out_as_a_party_is_not_mailed_when_another_takes_its_place() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: n == 0 };
    let creator = Creator { account: 1, address: address(0), verified: false };
    let none = Step::Narrow { wish: Wish::None, stale: false, title: false, deadline: None, note: false };
    let one = |(who, step)| Move { who, minutes: 1, step };
    let moves = [(Who::Staff, Step::Replace(1, 5)), (Who::Link(2), none)].map(one).to_vec();
    let new = plain((0..2).map(party).collect());
    let history = run(&World { new, creator, proven: false, punctual: true, moves });
    assert_eq!(history.now().phase, Phase::Exhausted);
    assert!(history.happened.iter().all(|h| h.letters.is_empty()));
}

/// Nor does an address come back into it by being another party's, or its own again.
#[test]
fn who_opted_out_stays_out_when_the_address_is_replaced_and_comes_back() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(0), verified: true };
    let notify = || Step::Notify(vec![1, 2], false);
    let steps = [
        (Who::Creator, notify()),
        (Who::Unsubscriber(2), Step::OptOut),
        (Who::Creator, Step::Replace(2, 5)),
        (Who::Creator, Step::Replace(3, 1)),
        (Who::Creator, notify()),
        (Who::Creator, Step::Replace(3, 2)),
        (Who::Creator, Step::Replace(2, 1)),
        (Who::Creator, notify()),
    ];
    let moves = steps.map(|(who, step)| Move { who, minutes: 1, step }).to_vec();
    let new = plain((0..3).map(party).collect());
    let history = run(&World { new, creator, proven: true, punctual: true, moves });
    let to: Vec<String> =
        history.happened.iter().flat_map(|h| &h.letters).map(|l| l.to.to_string()).collect();
    let [a, b, c] = [1, 2, 5].map(|n| address(n).to_string());
    assert_eq!(to, [a, b.clone(), c, b]);
}

/// What is taken back is taken back wholly: not of a party that has the address now alone.
#[test]
fn who_opts_in_again_is_mailed_again_under_every_number() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(0), verified: true };
    let notify = || Step::Notify(vec![1, 2], false);
    let steps = [
        (Who::Unsubscriber(2), Step::OptOut),
        (Who::Creator, Step::Replace(2, 5)),
        (Who::Creator, Step::Replace(3, 1)),
        (Who::Creator, notify()),
        (Who::Unsubscriber(3), Step::OptIn),
        (Who::Creator, notify()),
        (Who::Creator, Step::Replace(3, 2)),
        (Who::Creator, Step::Replace(2, 1)),
        (Who::Creator, notify()),
    ];
    let moves = steps.map(|(who, step)| Move { who, minutes: 1, step }).to_vec();
    let new = plain((0..3).map(party).collect());
    let history = run(&World { new, creator, proven: true, punctual: true, moves });
    let to: Vec<String> =
        history.happened.iter().flat_map(|h| &h.letters).map(|l| l.to.to_string()).collect();
    let [a, b, c] = [1, 2, 5].map(|n| address(n).to_string());
    assert_eq!(to, [c.clone(), c, a.clone(), a, b]);
}

/// A creator whose mailbox opted out as a party's of the round before, and whose party it is not, can take it back.
#[test]
fn a_creator_who_opted_out_as_a_party_can_take_it_back() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: n == 0 };
    for replaced in [false, true] {
        let creator = Creator { account: 1, address: address(0), verified: false };
        let replace = replaced.then_some((Who::Staff, Step::Replace(1, 5)));
        let none = Step::Narrow { wish: Wish::None, stale: false, title: false, deadline: None, note: false };
        let steps = replace.into_iter().chain([(Who::Creator, Step::OptIn), (Who::Link(2), none)]);
        let moves = steps.map(|(who, step)| Move { who, minutes: 1, step }).collect();
        let new = plain((0..2).map(party).collect());
        let history = run(&World { new, creator, proven: false, punctual: true, moves });
        let to: Vec<_> = history.happened.iter().flat_map(|h| &h.letters).map(|l| l.to.clone()).collect();
        assert_eq!(to, [address(0)], "of what is exhausted");
    }
}

proptest! {
    #![proptest_config(cases())]

    /// However a deadline is moved, there is a day between two reminders.
    #[test]
    fn a_deadline_moved_at_random_reminds_nobody_again_and_again(
        rows in prop::collection::vec((60i64..1800, prop::option::weighted(0.9, 20i64..80)), 1..15),
    ) {
        let party = NewParty { address: address(1), name: None, optional: false, opted_out: false };
        let creator = Creator { account: 1, address: address(9), verified: true };
        let one = |(minutes, step)| Move { who: Who::Creator, minutes, step };
        let rows = rows.into_iter().map(|(minutes, hours)| one((minutes, Step::Reschedule(hours))));
        let moves = [one((1, Step::Notify(vec![0], false)))].into_iter().chain(rows).collect();
        let history = run(&World { new: plain(vec![party]), creator, proven: true, punctual: true, moves });
        let mut last: Option<Instant> = None;
        for happened in &history.happened {
            if !matches!(happened.event.what, What::Reminded { .. }) {
                continue;
            }
            if let Some(at) = last.replace(happened.event.at) {
                let apart = happened.event.at.micros() - at.micros();
                prop_assert!(apart >= 24 * HOUR, "within {}", apart);
            }
        }
    }
}

/// A deadline that is moved every few hours, always to just over a day ahead, reminds once a day.
#[test]
fn a_deadline_moved_again_and_again_reminds_nobody_again_and_again() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(9), verified: true };
    let one = |(minutes, step)| Move { who: Who::Creator, minutes, step };
    let invite = one((1, Step::Notify(vec![0], false)));
    let moves = (0..20).map(|_| one((180, Step::Reschedule(Some(25)))));
    let moves = [invite].into_iter().chain(moves).collect();
    let history = run(&World { new: plain(vec![party(1)]), creator, proven: true, punctual: true, moves });
    let reminded = history.happened.iter().filter(|h| matches!(h.event.what, What::Reminded { .. }));
    let hours: Vec<i64> = reminded.map(|h| (h.event.at.micros() - common::at(1).micros()) / HOUR).collect();
    assert_eq!(hours, [4, 28, 52, 76]);
}

/// It was found by tens of thousands of random histories.
#[test]
fn a_creator_who_withdraws_itself_is_not_told_that_all_others_have_answered() {
    // Verified since: at first its party had to answer like anybody's.
    let creator = Creator { account: 1, address: address(0), verified: false };
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let keep = Step::Narrow { wish: Wish::All, stale: false, title: false, deadline: None, note: false };
    let one = |(who, step)| Move { who, minutes: 1, step };
    let moves = [(Who::Link(2), keep), (Who::Creator, Step::Withdraw(1))].map(one).to_vec();
    let new = plain((0..2).map(party).collect());
    let history = run(&World { new, creator, proven: true, punctual: true, moves });
    let now = history.now();
    assert!(now.all_required_answered() && now.slots.len() > 1, "{now:?}");
    assert!(history.happened.iter().all(|h| h.event.what != What::AllAnswered));
}
