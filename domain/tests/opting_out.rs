//! Cases that random histories reach too seldom: opting out and in again, and deadlines that are moved many times.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::history::run;
use common::{HOUR, Scenario, SlotChoice, Step, TimedAct, Who, address, cases, plain};
use proptest::prelude::{prop, prop_assert, proptest};
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Creator, NewParty, Phase, What};

/// The party opted out in the round before, and the creator has the same address. One random history in 20,000 found this.
#[test]
fn a_creator_who_opted_out_as_a_party_gets_no_mail_when_the_party_is_replaced() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: n == 0 };
    let creator = Creator { account: 1, address: address(0), verified: false, name: None };
    let none = Step::Narrow {
        choice: SlotChoice::None,
        stale: false,
        details: Vec::new(),
        deadline: None,
        note: false,
    };
    let one = |(who, step)| TimedAct { who, minutes: 1, step };
    let moves = [(Who::Staff, Step::Replace(1, 5)), (Who::Link(2), none)].map(one).to_vec();
    let new = plain((0..2).map(party).collect());
    let history = run(&Scenario { new, creator, proven: false, punctual: true, moves });
    assert_eq!(history.now().phase, Phase::Exhausted);
    assert!(history.applied.iter().all(|h| h.letters.is_empty()));
}

/// The address stays opted out when it becomes that of another party, and when its own party gets it back.
#[test]
fn an_address_that_opted_out_stays_out_when_it_is_replaced_and_comes_back() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(0), verified: true, name: None };
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
    let moves = steps.map(|(who, step)| TimedAct { who, minutes: 1, step }).to_vec();
    let new = plain((0..3).map(party).collect());
    let history = run(&Scenario { new, creator, proven: true, punctual: true, moves });
    let to: Vec<String> = history.applied.iter().flat_map(|h| &h.letters).map(|l| l.to.to_string()).collect();
    let [a, b, c] = [1, 2, 5].map(|n| address(n).to_string());
    assert_eq!(to, [a, b.clone(), c, b]);
}

/// Opting in counts for every party that had the address, not only for the one that has it now.
#[test]
fn an_address_that_opts_in_again_gets_mail_under_every_party_number() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(0), verified: true, name: None };
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
    let moves = steps.map(|(who, step)| TimedAct { who, minutes: 1, step }).to_vec();
    let new = plain((0..3).map(party).collect());
    let history = run(&Scenario { new, creator, proven: true, punctual: true, moves });
    let to: Vec<String> = history.applied.iter().flat_map(|h| &h.letters).map(|l| l.to.to_string()).collect();
    let [a, b, c] = [1, 2, 5].map(|n| address(n).to_string());
    assert_eq!(to, [c.clone(), c, a.clone(), a, b]);
}

/// The party opted out in the round before. The creator has the same address, whether or not the party still has it.
#[test]
fn a_creator_who_opted_out_as_a_party_can_opt_in() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: n == 0 };
    for replaced in [false, true] {
        let creator = Creator { account: 1, address: address(0), verified: false, name: None };
        let replace = replaced.then_some((Who::Staff, Step::Replace(1, 5)));
        let none = Step::Narrow {
            choice: SlotChoice::None,
            stale: false,
            details: Vec::new(),
            deadline: None,
            note: false,
        };
        let steps = replace.into_iter().chain([(Who::Creator, Step::OptIn), (Who::Link(2), none)]);
        let moves = steps.map(|(who, step)| TimedAct { who, minutes: 1, step }).collect();
        let new = plain((0..2).map(party).collect());
        let history = run(&Scenario { new, creator, proven: false, punctual: true, moves });
        let to: Vec<_> = history.applied.iter().flat_map(|h| &h.letters).map(|l| l.to.clone()).collect();
        assert_eq!(to, [address(0)], "of what is exhausted");
    }
}

proptest! {
    #![proptest_config(cases())]

    /// There is a day between two reminders, however the deadline is moved.
    #[test]
    fn a_deadline_moved_at_random_reminds_at_most_once_a_day(
        rows in prop::collection::vec((60i64..1800, prop::option::weighted(0.9, 20i64..80)), 1..15),
    ) {
        let party = NewParty { address: address(1), name: None, optional: false, opted_out: false };
        let creator = Creator { account: 1, address: address(9), verified: true, name: None };
        let one = |(minutes, step)| TimedAct { who: Who::Creator, minutes, step };
        let rows = rows.into_iter().map(|(minutes, hours)| one((minutes, Step::Reschedule(hours))));
        let moves = [one((1, Step::Notify(vec![0], false)))].into_iter().chain(rows).collect();
        let history = run(&Scenario { new: plain(vec![party]), creator, proven: true, punctual: true, moves });
        let mut last: Option<Instant> = None;
        for applied in &history.applied {
            if !matches!(applied.event.what, What::Reminded { .. }) {
                continue;
            }
            if let Some(at) = last.replace(applied.event.at) {
                let apart = applied.event.at.micros() - at.micros();
                prop_assert!(apart >= 24 * HOUR, "within {}", apart);
            }
        }
    }
}

/// The deadline is moved every three hours, to 25 hours ahead each time.
#[test]
fn a_deadline_moved_every_few_hours_reminds_once_a_day() {
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let creator = Creator { account: 1, address: address(9), verified: true, name: None };
    let one = |(minutes, step)| TimedAct { who: Who::Creator, minutes, step };
    let invite = one((1, Step::Notify(vec![0], false)));
    let moves = (0..20).map(|_| one((180, Step::Reschedule(Some(25)))));
    let moves = [invite].into_iter().chain(moves).collect();
    let history = run(&Scenario { new: plain(vec![party(1)]), creator, proven: true, punctual: true, moves });
    let reminded = history.applied.iter().filter(|h| matches!(h.event.what, What::Reminded { .. }));
    let hours: Vec<i64> = reminded.map(|h| (h.event.at.micros() - common::at(1).micros()) / HOUR).collect();
    assert_eq!(hours, [4, 28, 52, 76]);
}

/// Tens of thousands of random histories found this case.
#[test]
fn a_creator_who_withdraws_its_own_party_gets_no_mail_that_all_have_answered() {
    // The creator is verified by now. At creation it was not, so its party had to answer.
    let creator = Creator { account: 1, address: address(0), verified: false, name: None };
    let party = |n| NewParty { address: address(n), name: None, optional: false, opted_out: false };
    let keep = Step::Narrow {
        choice: SlotChoice::All,
        stale: false,
        details: Vec::new(),
        deadline: None,
        note: false,
    };
    let one = |(who, step)| TimedAct { who, minutes: 1, step };
    let moves = [(Who::Link(2), keep), (Who::Creator, Step::Withdraw(1))].map(one).to_vec();
    let new = plain((0..2).map(party).collect());
    let history = run(&Scenario { new, creator, proven: true, punctual: true, moves });
    let now = history.now();
    assert!(now.all_required_answered() && now.slots.len() > 1, "{now:?}");
    assert!(history.applied.iter().all(|h| h.event.what != What::AllAnswered));
}
