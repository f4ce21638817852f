//! The faults of a schedule that the owner chooses: each by example, and in the documented order.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unreachable,
    reason = "a test may panic"
)]

mod calendar_model;

use calendar_model::history::{at, run, slot, word};
use calendar_model::scenario::{Chosen, Edits, Move, Scenario, Step, Who};
use whittle_domain::calendar::{Calendar, Rejection, Scheduled};

/// Contacts 1 to 4 are invited, and 3 was removed; 1 and 2 have answered, 1 with two slots that touch and one by itself.
fn calendar() -> Calendar {
    let answer = |number, slots| Move {
        who: Who::Link(number),
        minutes: 1,
        step: Step::Answer { slots, replace: false },
    };
    let remove = Step::Edit(Edits { remove: vec![3], ..Edits::default() });
    let moves = vec![
        answer(1, vec![(210, 2, 1), (212, 2, 3), (220, 2, 2)]),
        answer(2, vec![(210, 8, 2)]),
        Move { who: Who::Owner, minutes: 1, step: remove },
    ];
    let scenario = Scenario {
        contacts: vec![1, 2, 3, 4],
        slots: vec![(210, 4, 3)],
        deadline: 90,
        reminders: true,
        verified: true,
        named: true,
        punctual: false,
        moves,
    };
    run(&scenario).now().clone()
}

/// What is wrong with meetings of invitees, in half hours, at this half hour.
fn fault(calendar: &Calendar, chosen: &[Chosen], now: i64) -> Option<String> {
    let meeting = |(number, begin, length): &Chosen| Scheduled {
        meeting: 7,
        invitee: *number,
        slot: slot(*begin, *length),
    };
    let scheduled: Vec<Scheduled> = chosen.iter().map(meeting).collect();
    calendar.check_schedule(&scheduled, at(30 * now)).err().map(|rejection| word(&rejection))
}

#[test]
fn each_fault_of_a_schedule_is_told_and_the_first_of_several() {
    let calendar = calendar();
    let not_invited = "Unschedulable Contact not invited to calendar";
    let twice = "Unschedulable Contact is scheduled twice";
    let overlap = "Unschedulable Meeting times overlap";
    let unavailable = "Unschedulable Invalid meeting time for contact: 1";
    let past = "Unschedulable Meeting time is in the past";
    let far = "Unschedulable Meeting time is more than two years from now";
    let empty = "Invalid finalized_schedule: This list may not be empty.";
    let all: &[(&[Chosen], Option<&str>)] = &[
        (&[], Some(empty)),
        // Each has the faults of all that come later, too.
        (&[(9, 10, 2), (1, 10, 2), (1, 11, 2)], Some(not_invited)),
        (&[(0, 210, 1)], Some(not_invited)),
        (&[(3, 210, 1)], Some(not_invited)),
        (&[(1, 10, 2), (1, 11, 2)], Some(twice)),
        (&[(1, 210, 1), (1, 212, 1)], Some(twice)),
        (&[(1, 10, 2), (2, 11, 2)], Some(overlap)),
        (&[(2, 210, 4), (4, 211, 1)], Some(overlap)),
        (&[(2, 215, 1), (4, 100, 40), (1, 130, 2)], Some(overlap)),
        (&[(1, 214, 1)], Some(unavailable)),
        (&[(1, 213, 2)], Some(unavailable)),
        (&[(1, 213, 8)], Some(unavailable)),
        (&[(1, 209, 1)], Some(unavailable)),
        (&[(4, 19, 4)], Some(past)),
        (&[(4, 48 * 734, 1)], Some(far)),
        (&[(4, 210, 48 * 734)], Some(far)),
        // Across slots that touch; one after the other; anywhere with who has not answered; some of the invitees, in any order.
        (&[(1, 211, 2)], None),
        (&[(1, 210, 4), (2, 214, 4)], None),
        (&[(2, 214, 1), (1, 212, 1), (4, 213, 1)], None),
        (&[(4, 20, 90)], None),
    ];
    for (chosen, expected) in all {
        assert_eq!(fault(&calendar, chosen, 20).as_deref(), *expected, "{chosen:?}");
    }
}

#[test]
fn a_contact_is_found_by_its_id_and_one_that_is_not_invited_is_told() {
    let calendar = calendar();
    assert_eq!(
        calendar.scheduled_with(4, slot(1, 1), 9),
        Scheduled { meeting: 9, invitee: 4, slot: slot(1, 1) }
    );
    for contact in [0, 3, 5] {
        let scheduled = [calendar.scheduled_with(contact, slot(210, 1), 9)];
        let not_invited = Rejection::Unschedulable("Contact not invited to calendar".to_owned());
        assert_eq!(calendar.check_schedule(&scheduled, at(0)), Err(not_invited), "{contact}");
    }
}
