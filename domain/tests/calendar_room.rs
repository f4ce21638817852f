//! How much there is room for: in a calendar, in its ledger, and for each of those who are asked.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unreachable,
    reason = "a test may panic"
)]

mod calendar_model;

use calendar_model::history::{ID, OWNER_ACCOUNT, address, at, owner, preferred, slot, word};
use calendar_model::scenario::{OWNER, cases};
use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};
use whittle_domain::calendar::limits::{MOST_BYTES, can_be_stored};
use whittle_domain::calendar::{
    Act, Answer, Calendar, Caller, Command, Composed, ENTRIES_KEPT_FOR_AN_INVITEE, Edit, Finalization,
    MOST_ENTRIES, MOST_ENTRIES_OF_AN_INVITEE, MOST_ENTRIES_OF_INVITEES, MOST_ENTRIES_TO_FINALIZE, New,
    NewInvitee, Phase, Rejection, Scheduled,
};
use whittle_domain::duration::Duration;
use whittle_domain::entity::{Entity as _, Via};
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

fn contact(id: u64) -> NewInvitee {
    NewInvitee {
        contact: id,
        first_name: serde_json::from_value(format!("First{id}").into()).unwrap(),
        last_name: serde_json::from_value("Last".into()).unwrap(),
        address: address(&format!("c{id}@example.org")),
    }
}

/// A calendar with so many invitees, answered until a year from now.
fn calendar(invitees: u64, slots: Vec<PreferredSlot>) -> Calendar {
    let new = New {
        name: serde_json::from_value("Interviews".into()).unwrap(),
        description: serde_json::from_value("".into()).unwrap(),
        timezone: Zone::default(),
        deadline: at(60 * 24 * 365),
        meeting_minutes: 30,
        step_minutes: 30,
        reminders: true,
        slots,
        invitees: (1..=invitees).map(contact).collect(),
    };
    let created = Calendar::create(ID, Composed { owner: owner(true, true), via: Via::Bearer, new }, at(0));
    created.events.iter().fold(None, Calendar::apply).unwrap()
}

fn by_owner(command: Command) -> Act {
    let caller = Caller::Account { id: OWNER_ACCOUNT, address: address(OWNER), verified: true, staff: false };
    Act { caller, via: Via::Bearer, command }
}

fn by(invitee: u16, command: Command) -> Act {
    Act { caller: Caller::Link { invitee, generation: 0 }, via: Via::Link, command }
}

fn by_system(command: Command) -> Act {
    Act { caller: Caller::System, via: Via::System, command }
}

/// Does an act; gives how many entries it left.
fn act(calendar: &mut Calendar, act: &Act) -> Result<u32, Rejection> {
    let before = calendar.entries;
    let decision = calendar.decide(act, at(1))?;
    *calendar = decision.events.iter().fold(Some(calendar.clone()), Calendar::apply).unwrap();
    Ok(calendar.entries - before)
}

fn edit(wanted: Edit) -> Act {
    by_owner(Command::Edit(wanted))
}

fn answer(slots: Vec<PreferredSlot>) -> Command {
    Command::Answer { slots, replace: true }
}

/// Does it as often as it is done; gives how often. `n` counts the rounds.
fn until_full(calendar: &mut Calendar, each: impl Fn(i64) -> Act) -> u32 {
    let mut done = 0;
    for n in 0..10_000 {
        match act(calendar, &each(n)) {
            Ok(1) => done += 1,
            refused => {
                assert_eq!(refused, Err(Rejection::LedgerFull));
                return done;
            }
        }
    }
    panic!("it grows for ever");
}

fn other_answer(n: i64) -> Command {
    answer(vec![preferred((200 + n % 2, 1, 1))])
}

#[test]
fn one_invitee_fills_its_own_room_and_nobody_elses() {
    let mut c = calendar(3, vec![preferred((200, 4, 3))]);
    assert_eq!(until_full(&mut c, |n| by(1, other_answer(n))), MOST_ENTRIES_OF_AN_INVITEE);
    assert_eq!(act(&mut c, &by(1, Command::Resend)), Err(Rejection::LedgerFull));
    assert_eq!(act(&mut c, &by(1, Command::View)), Ok(0), "looking still works, unrecorded");
    assert_eq!(act(&mut c, &by(1, Command::OptOut)), Ok(1), "so does unsubscribing");
    assert_eq!(act(&mut c, &by(1, Command::OptIn)), Err(Rejection::LedgerFull));
    assert_eq!(act(&mut c, &by(1, Command::OptOut)), Ok(0));
    assert_eq!(act(&mut c, &by(2, other_answer(0))), Ok(1));
    assert_eq!(act(&mut c, &edit(Edit { reminders: Some(false), ..Edit::default() })), Ok(1));
}

#[test]
fn all_invitees_together_leave_room_for_the_one_who_has_said_nothing() {
    let mut c = calendar(70, vec![preferred((200, 4, 3))]);
    let mut done = 0;
    for invitee in 1..=69 {
        done += until_full(&mut c, |n| by(invitee, other_answer(n)));
    }
    // All but what is kept for each.
    let kept = 19 * ENTRIES_KEPT_FOR_AN_INVITEE;
    assert!((MOST_ENTRIES_OF_INVITEES..=MOST_ENTRIES_OF_INVITEES + kept).contains(&done), "{done}");
    assert_eq!(act(&mut c, &by(70, Command::View)), Ok(0), "a look is not kept room for");
    for n in 0..i64::from(ENTRIES_KEPT_FOR_AN_INVITEE) - 1 {
        assert!(act(&mut c, &by(70, other_answer(n))).is_ok(), "{n}");
    }
    assert!(c.invitee(70).unwrap().answer.is_some());
    assert_eq!(act(&mut c, &edit(Edit { reminders: Some(false), ..Edit::default() })), Ok(1));
}

#[test]
fn a_full_ledger_still_lets_the_owner_end_it() {
    let mut c = calendar(2, vec![preferred((200, 4, 3))]);
    let toggle = |n: i64| edit(Edit { reminders: Some(n % 2 == 1), ..Edit::default() });
    assert_eq!(until_full(&mut c, toggle), MOST_ENTRIES - 1);
    assert_eq!(act(&mut c, &by_owner(Command::View)), Ok(0));
    assert_eq!(act(&mut c, &by(1, other_answer(0))), Ok(1), "its fault is nobody else's");
    assert_eq!(act(&mut c, &by_owner(Command::Remind(2))), Err(Rejection::LedgerFull));
    let choose = |seed: &str| {
        let scheduled = vec![Scheduled { meeting: 7, invitee: 2, slot: slot(200, 1) }];
        by_owner(Command::Finalize(Finalization { seed: seed.to_owned(), scheduled }))
    };
    let mut rounds = 0;
    while act(&mut c, &choose("a")).is_ok() {
        assert_eq!(act(&mut c, &by_system(Command::Undo { seed: "a".to_owned() })), Ok(1));
        rounds += 1;
        assert!(rounds <= MOST_ENTRIES_TO_FINALIZE, "it grows for ever");
    }
    assert_eq!(rounds, MOST_ENTRIES_TO_FINALIZE / 2);
    assert_eq!(act(&mut c, &by_owner(Command::Close)), Ok(1));
    assert_eq!(c.phase, Phase::Closed);
}

#[test]
fn there_are_200_invitees_at_a_time_and_1_000_ever() {
    let mut c = calendar(199, Vec::new());
    let add = |ids: std::ops::RangeInclusive<u64>| Edit {
        add_invitees: ids.map(contact).collect(),
        ..Edit::default()
    };
    let refused = |c: &mut Calendar, wanted: Edit| word(&act(c, &edit(wanted)).unwrap_err());
    let many = "Invalid add_invitees: Ensure this calendar has no more than 200 invitees.";
    assert_eq!(refused(&mut c, add(200..=201)), many);
    assert_eq!(act(&mut c, &edit(add(200..=200))), Ok(1));
    assert_eq!(refused(&mut c, add(201..=201)), many);
    let swap = Edit { remove_invitees: vec![1], ..add(201..=201) };
    assert_eq!(act(&mut c, &edit(swap)), Ok(2));
    let same = edit(Edit { name: Some(c.name.clone()), ..Edit::default() });
    assert_eq!(act(&mut c, &same), Ok(0));
    for n in 0..3 {
        let remove_invitees = c.active_invitees().map(|i| i.contact).collect();
        let first = 1_000 * (n + 1);
        let swap = Edit { remove_invitees, ..add(first..=first + 199) };
        assert_eq!(act(&mut c, &edit(swap)), Ok(2));
    }
    assert_eq!(c.invitees.len(), 801);
    let remove_invitees: Vec<u64> = c.active_invitees().map(|i| i.contact).collect();
    let swap = |count: u64| Edit { remove_invitees: remove_invitees.clone(), ..add(9_001..=9_000 + count) };
    let ever = "Invalid add_invitees: 1,000 people have been invited to this calendar, which is the most there can be.";
    assert_eq!(refused(&mut c, swap(200)), ever);
    assert_eq!(act(&mut c, &edit(swap(199))), Ok(2));
    assert_eq!(c.invitees.iter().map(|i| i.number).max(), Some(1_000));
}

#[test]
fn there_are_500_slots_of_the_owner_and_of_an_answer_and_all_are_within_two_years() {
    let mut c = calendar(1, Vec::new());
    let slots = |count: i64| (0..count).map(|n| preferred((200 + 2 * n, 1, 1))).collect::<Vec<_>>();
    let add = |add_slots| edit(Edit { add_slots, ..Edit::default() });
    let many = "Invalid add_availabilities: Ensure this calendar has no more than 500 slots.";
    assert_eq!(word(&act(&mut c, &add(slots(501))).unwrap_err()), many);
    assert_eq!(act(&mut c, &add(slots(500))), Ok(1));
    assert_eq!(word(&act(&mut c, &add(slots(1))).unwrap_err()), many);
    let swap = Edit { add_slots: slots(1), remove_slots: vec![3, 3, 999], ..Edit::default() };
    assert_eq!(act(&mut c, &edit(swap)), Ok(1));
    assert_eq!((c.slots.len(), c.next_slot), (500, 502));
    let far = PreferredSlot { slot: slot(48 * 732, 1), ..preferred((0, 1, 1)) };
    let swap = Edit { add_slots: vec![far], remove_slots: vec![4], ..Edit::default() };
    let why = "Invalid add_availabilities: Available date cannot be more than two years from now.";
    assert_eq!(word(&act(&mut c, &edit(swap)).unwrap_err()), why);
    let many = "Invalid availability: Ensure this field has no more than 500 elements.";
    assert_eq!(word(&act(&mut c, &by(1, answer(slots(501)))).unwrap_err()), many);
    assert_eq!(act(&mut c, &by(1, answer(slots(500)))), Ok(2));
    let odd = |micros: i64| {
        let begin = Instant::from_micros(at(0).micros() + micros).unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(864_000)).unwrap();
        PreferredSlot { slot, preference: Preference::new(1).unwrap() }
    };
    let wide = vec![odd(1), odd(50_000_000_000_008)];
    let why = "Invalid add_availabilities: These times are too far apart. Use times that begin at whole minutes, or fewer weeks.";
    let mut c = calendar(1, Vec::new());
    assert_eq!(word(&act(&mut c, &add(wide)).unwrap_err()), why);
}

/// A text of an object's row has 2 MB at most (Cloudflare's documents on limits of Durable Objects).
const MOST_BYTES_OF_A_ROW: usize = 2_000_000;

#[test]
fn two_hundred_answers_of_500_half_hours_can_be_stored() {
    let all: Vec<PreferredSlot> =
        (0..500).map(|n| preferred((200 + 3 * n, 1, 1 + u8::try_from(n % 3).unwrap()))).collect();
    let mut c = calendar(200, all.clone());
    for invitee in 1..=200 {
        assert!(act(&mut c, &by(invitee, answer(all.clone()))).is_ok(), "{invitee}");
    }
    assert!(c.all_answered());
    let bytes = serde_json::to_string(&c).unwrap().len();
    assert!(bytes < MOST_BYTES, "{bytes}");
}

#[test]
fn whoever_answers_at_length_leaves_room_for_everybodys_ordinary_answer() {
    let mut c = calendar(200, vec![preferred((200, 4, 3))]);
    // Begins and lengths of odd microseconds, each of its own: nothing can be written shorter.
    let odd = |seed: u16, count: i64| {
        let slot = |n: i64| {
            let odd = (n * 7_919 + i64::from(seed) * 104_729) % 1_000_003;
            let begin = at(6_000 + (odd * 37) % 90_000).saturating_add(Duration::from_micros(odd));
            let slot = Slot::new(begin, Duration::from_micros(3_600_000_001 + odd)).unwrap();
            PreferredSlot { slot, preference: Preference::new(2).unwrap() }
        };
        (0..count).map(slot).collect::<Vec<_>>()
    };
    let refused =
        "Invalid availability: This calendar has no room for so many slots. Send fewer and longer ones.";
    let mut long = 0;
    for invitee in 1..=130 {
        match act(&mut c, &by(invitee, answer(odd(invitee, 500)))) {
            Ok(_) => long += 1,
            Err(rejection) => assert_eq!(word(&rejection), refused),
        }
    }
    assert!((90..130).contains(&long), "{long}");
    for invitee in 1..=200 {
        if c.invitee(invitee).unwrap().answer.is_none() {
            assert!(act(&mut c, &by(invitee, answer(odd(invitee, 30)))).is_ok(), "{invitee}");
        }
    }
    assert!(c.all_answered());
    let bytes = serde_json::to_string(&c).unwrap().len();
    assert!((1_500_000..MOST_BYTES_OF_A_ROW).contains(&bytes), "{bytes}");
}

/// The calendar with the longest names, and these times, begins and lengths in microseconds, as the answer of each that is asked.
fn wide(mut calendar: Calendar, rows: &[(i64, i64)]) -> Calendar {
    let slots = rows.iter().filter_map(|(begin, length)| {
        let begin = at(0).saturating_add(Duration::from_micros(*begin));
        let slot = Slot::new(begin, Duration::from_micros(*length)).ok()?;
        Some(PreferredSlot { slot, preference: Preference::new(3).unwrap() })
    });
    let slots: Vec<PreferredSlot> = slots.collect();
    for invitee in &mut calendar.invitees {
        let wide = "\u{1F9ED}\"".repeat(75);
        invitee.first_name = serde_json::from_value(wide.clone().into()).unwrap();
        invitee.last_name = serde_json::from_value(wide.into()).unwrap();
        let asked = slots.iter().map(|available| available.slot).collect();
        let answer = Answer { slots: slots.clone(), at: at(1), asked, told: Vec::new() };
        invitee.answer = Some(answer).filter(|_| !invitee.removed);
    }
    calendar
}

/// Those who are asked no more keep their names, which weigh as much as answers.
#[test]
fn a_calendar_that_has_asked_1_000_is_measured_too() {
    let mut c = calendar(1_000, Vec::new());
    c.invitees[..800].iter_mut().for_each(|invitee| invitee.removed = true);
    let row = |n: i64| ((n * 777_777_777_767) % 1_000_000_000_039, 999_999_999_959 - n);
    let fit = (50..90).step_by(4).map(|count| {
        let c = wide(c.clone(), &(0..count).map(row).collect::<Vec<_>>());
        let bytes = serde_json::to_string(&c).unwrap().len();
        assert_eq!(can_be_stored(&c), bytes <= MOST_BYTES, "{count} slots: {bytes} bytes");
        can_be_stored(&c)
    });
    let fit: Vec<bool> = fit.collect();
    assert!(fit.contains(&true) && fit.contains(&false), "{fit:?}");
}

proptest! {
    // Each case writes up to 10 MB.
    #![proptest_config(ProptestConfig { cases: 12, ..cases() })]

    /// What is taken to fit without being written does fit.
    #[test]
    fn what_can_be_stored_is_below_the_limit(invitees in 1u64..200, rows in prop::collection::vec((0i64..1 << 40, 1i64..1 << 40), 0..500)) {
        let c = wide(calendar(invitees, Vec::new()), &rows);
        let bytes = serde_json::to_string(&c).unwrap().len();
        prop_assert_eq!(can_be_stored(&c), bytes <= MOST_BYTES, "{} bytes", bytes);
        prop_assert!(MOST_BYTES < MOST_BYTES_OF_A_ROW);
    }
}
