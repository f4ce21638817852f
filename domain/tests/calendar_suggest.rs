//! Suggested schedules of a calendar, compared with all possible schedules, and what is wrong with a schedule made by hand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use common::schedule::{Ways, minutes, preferred, runner, small};
use common::{MINUTE, at};
use proptest::prelude::{prop_assert, prop_assert_eq};
use whittle_domain::calendar::{
    Answer, Calendar, CalendarDescription, CalendarName, ConflictKind, Invitee, Owner, OwnerSlot, Phase,
    Planned, SUGGESTION_WORK, Score, best_schedule, conflicts, fingerprint, problem, problem_input, score,
    suggest, unanswered,
};
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{
    Objective, Preference, PreferredSlot, Problem, ProblemInput, Schedule, solve, verify,
};
use whittle_domain::slot::Slot;
use whittle_domain::text::PersonName;
use whittle_domain::zone::Zone;

/// Contacts have other ids than their numbers.
fn contact(number: u16) -> u64 {
    900 - u64::from(number)
}

fn invited(number: u16, answer: Option<Vec<PreferredSlot>>) -> Invitee {
    Invitee {
        number,
        contact: contact(number),
        first_name: PersonName::parse("Ana").unwrap(),
        last_name: PersonName::parse("Berg").unwrap(),
        address: format!("p{number}@example.org").parse().unwrap(),
        generation: 0,
        removed: false,
        opened: false,
        reminded: Vec::new(),
        reminded_at: None,
        answer: answer.map(|slots| Answer { slots, at: at(0), asked: Vec::new(), told: Vec::new() }),
        opted_out: false,
        undeliverable: None,
        entries: 0,
    }
}

/// A calendar whose deadline is half a day before its times, which begin at `at(0)`.
fn calendar(meeting: u16, step: u16, owner: &[PreferredSlot], invitees: Vec<Invitee>) -> Calendar {
    Calendar {
        id: 7,
        version: 1,
        material_version: 1,
        entries: 1,
        phase: Phase::Open,
        owner: Owner {
            account: 1,
            address: "owner@example.org".parse().unwrap(),
            verified: true,
            first_name: String::new(),
            last_name: String::new(),
        },
        name: CalendarName::parse("Interviews").unwrap(),
        description: CalendarDescription::parse("").unwrap(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: at(-720),
        meeting_minutes: meeting,
        step_minutes: step,
        reminders: true,
        slots: (1..).zip(owner).map(|(id, available)| OwnerSlot { id, available: *available }).collect(),
        next_slot: 9,
        invitees,
        deadline_passed: false,
        summarized: false,
        intent: None,
        scheduled: Vec::new(),
        seen: BTreeMap::new(),
        owner_opted_out: false,
        created_at: at(-10_000),
        updated_at: at(-10_000),
    }
}

/// The calendar of a problem, with the engagements that the problem has.
fn calendar_of(input: &ProblemInput) -> Calendar {
    let answered = (1..).zip(&input.invitees).map(|(number, i)| invited(number, Some(i.available.clone())));
    calendar(input.meeting_minutes, input.step_minutes, &input.owner, answered.collect())
}

fn objective(score: &Score) -> Objective {
    Objective { placed: score.placed, preference: score.preference, delay: score.delay }
}

/// Before all of the times, and after the deadline or before it.
const BEFORE: i64 = -1_000;

#[test]
fn the_first_suggestion_is_the_best_of_all_schedules_and_is_proven() {
    let placed = RefCell::new([0usize; 8]);
    let checked = runner(700).run(&small(), |input| {
        let calendar = calendar_of(&input);
        let problem = problem(&calendar, &input.busy, at(BEFORE)).unwrap().unwrap();
        let found = suggest(&problem, 3, SUGGESTION_WORK);
        prop_assert!(found.complete && found.optimal && found.gap.is_none());

        let mut ranking = Ways::enumerate(&input).ranking();
        let most = ranking[0].placed;
        ranking.retain(|o| o.placed == most && most > 0);
        let scores: Vec<Objective> = found.schedules.iter().map(|s| objective(&s.score)).collect();
        prop_assert_eq!(&scores[..], &ranking[..ranking.len().min(3)]);

        // The suggestions carry all that a checker needs, also after they were kept.
        let kept = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(
            &whittle_json::from_str::<whittle_domain::calendar::Suggestions>(&kept).unwrap(),
            &found
        );
        let again = Problem::new(found.problem.clone()).unwrap();
        let first = found.schedules.first().map(|s| Schedule(s.meetings.clone())).unwrap_or_default();
        prop_assert!(verify(&again, &first, &found.certificate).unwrap().is_optimal());

        // What is suggested has no fault as a schedule made by hand, and the same score.
        for suggested in &found.schedules {
            let length = i64::from(calendar.meeting_minutes);
            let planned = |begin: Instant| {
                let end = Instant::from_micros(begin.micros() + length * MINUTE).unwrap();
                move |contact| Planned { contact, begin, end }
            };
            let items: Vec<Planned> =
                suggested.meetings.iter().map(|p| planned(p.begin)(p.invitee)).collect();
            prop_assert_eq!(conflicts(&calendar, &items, &input.busy, at(BEFORE)), []);
            prop_assert_eq!(score(&calendar, Some(&problem), &items), suggested.score);
        }

        let best = best_schedule(&calendar, &input.busy, at(BEFORE), SUGGESTION_WORK);
        let numbers = first.0.iter().map(|p| (u16::try_from(900 - p.invitee).unwrap(), p.begin));
        prop_assert_eq!(best, numbers.collect::<Vec<_>>());
        placed.borrow_mut()[most as usize] += 1;
        Ok(())
    });
    checked.unwrap();
    println!("calendars by how many are placed: {:?}", placed.borrow());
    assert!(placed.borrow()[1..5].iter().all(|n| *n > 5));
}

#[test]
fn nothing_is_suggested_while_somebody_has_not_answered_and_the_deadline_has_not_passed() {
    let times = vec![preferred(0, 120, 3)];
    let mut removed = invited(3, None);
    removed.removed = true;
    let one = invited(1, Some(times.clone()));
    let calendar = calendar(60, 15, &times, vec![one, invited(2, None), removed]);
    let asked = |now| problem_input(&calendar, &[], now).map(|input| input.invitees);
    assert_eq!(asked(at(-721)), None);
    let after = asked(at(-720)).unwrap();
    assert_eq!(after.iter().map(|i| i.id).collect::<Vec<_>>(), [contact(1)]);
    assert_eq!(unanswered(&calendar), [contact(2)]);

    let mut complete = calendar;
    complete.invitees[1].answer = complete.invitees[0].answer.clone();
    let before = problem_input(&complete, &[], at(-721)).unwrap().invitees;
    assert_eq!(before.iter().map(|i| i.id).collect::<Vec<_>>(), [contact(1), contact(2)]);
    assert!(unanswered(&complete).is_empty());
}

#[test]
fn time_that_has_passed_is_no_time_for_meetings() {
    let times = vec![preferred(0, 180, 2)];
    let calendar = calendar(60, 15, &times, vec![invited(1, Some(times.clone()))]);
    let starts = |now| {
        let problem = problem(&calendar, &[], now).unwrap().unwrap();
        problem.starts().iter().map(|s| (s.at.micros() - at(0).micros()) / MINUTE).collect::<Vec<_>>()
    };
    // `at(0)` is three minutes and twenty seconds after a multiple of five minutes.
    for (now, first) in [(-4, 0), (-3, 15), (11, 15), (12, 30)] {
        assert_eq!(starts(at(now))[0], first, "{now}");
    }
    assert!(starts(at(130)).is_empty());
}

#[test]
fn the_fingerprint_changes_with_all_that_the_suggestions_depend_on() {
    let times = vec![preferred(0, 240, 2), preferred(400, 500, 1)];
    let people = vec![invited(1, Some(times.clone())), invited(2, Some(vec![preferred(0, 100, 3)]))];
    let usual = calendar(60, 15, &times, people);
    let name = |calendar: &Calendar, busy: &[Slot], now: i64| {
        fingerprint(&problem_input(calendar, busy, at(now)).unwrap(), 3, SUGGESTION_WORK)
    };
    let first = name(&usual, &[], BEFORE);

    type Change = fn(&mut Calendar);
    let changes: [(&str, Change); 9] = [
        ("the length", |c| c.meeting_minutes = 55),
        ("the step", |c| c.step_minutes = 20),
        ("the owner's preference", |c| c.slots[0].available.preference = Preference::new(3).unwrap()),
        ("the owner's time", |c| c.slots[1].available = preferred(400, 501, 1)),
        ("less of the owner's time", |c| c.slots.truncate(1)),
        ("an answer", |c| c.invitees[1].answer.as_mut().unwrap().slots[0] = preferred(0, 101, 3)),
        ("a preference", |c| c.invitees[1].answer.as_mut().unwrap().slots[0] = preferred(0, 100, 2)),
        ("an invitee less", |c| c.invitees[1].removed = true),
        ("another invitee", |c| c.invitees[1].contact = 5),
    ];
    let mut names = HashSet::from([first.clone()]);
    for (what, change) in changes {
        let mut changed = usual.clone();
        change(&mut changed);
        assert!(names.insert(name(&changed, &[], BEFORE)), "{what}");
    }
    for (what, busy) in [("busy", minutes(30, 40)), ("busy at other times", minutes(30, 41))] {
        assert!(names.insert(name(&usual, &[busy], BEFORE)), "{what}");
    }
    assert!(names.insert(name(&usual, &[], 7)), "time has passed");
    assert!(names.insert(name(&usual, &[], 100)), "more time has passed");
    let input = problem_input(&usual, &[], at(BEFORE)).unwrap();
    assert!(names.insert(fingerprint(&input, 4, SUGGESTION_WORK)), "the number of schedules");
    assert!(names.insert(fingerprint(&input, 3, 5)), "the work limit");

    let mut same = usual.clone();
    same.name = CalendarName::parse("Another name").unwrap();
    same.version = 9;
    assert_eq!(name(&same, &[], BEFORE), first);
    assert_eq!(name(&usual, &[], BEFORE + 77), first, "no time of the owner has passed");
    assert_eq!(
        name(&usual, &[minutes(250, 390), minutes(600, 700)], BEFORE),
        first,
        "busy at no time of the owner"
    );
    let parts = [minutes(20, 40), minutes(30, 60)];
    assert_eq!(name(&usual, &parts, BEFORE), name(&usual, &[minutes(20, 60)], BEFORE), "busy twice");
}

#[test]
fn nobody_is_placed_in_no_schedule() {
    let owner = vec![preferred(0, 60, 3)];
    let calendar = calendar(60, 15, &owner, vec![invited(1, Some(Vec::new()))]);
    let problem = problem(&calendar, &[], at(BEFORE)).unwrap().unwrap();
    let found = suggest(&problem, 3, SUGGESTION_WORK);
    assert!(found.schedules.is_empty() && found.optimal && found.complete);
    assert_eq!(found.unplaced.len(), 1);
}

/// The work limit is one for all that is said, so with little work the result is less, and says so.
#[test]
fn little_work_gives_less_and_claims_no_more() {
    let cut = RefCell::new(0);
    let checked = runner(100).run(&common::schedule::tight(), |input| {
        let problem = Problem::new(input).unwrap();
        let whole = suggest(&problem, 3, SUGGESTION_WORK);
        prop_assert!(whole.optimal && whole.complete);
        for work in [0, 1_000, 4_000, 16_000, 64_000] {
            let found = suggest(&problem, 3, work);
            // All of the work is counted, that of the search too, which may take half of it. Passes that have begun are finished.
            let search = solve(&problem, work / 2).work;
            prop_assert!(
                search <= found.work && found.work < work + 40_000,
                "{} {} {}",
                work,
                search,
                found.work
            );
            prop_assert_eq!(found.optimal, found.gap.is_none());
            let first = found.schedules.first().map(|s| objective(&s.score)).unwrap_or(Objective::EMPTY);
            let best = objective(&whole.schedules[0].score);
            prop_assert!(first <= best && best <= found.certificate.bound);
            if found.optimal {
                prop_assert_eq!(first, best);
            }
            if found.complete {
                prop_assert_eq!(&found.schedules, &whole.schedules);
                prop_assert_eq!(&found.competing, &whole.competing);
            } else {
                *cut.borrow_mut() += 1;
            }
        }
        Ok(())
    });
    checked.unwrap();
    assert!(*cut.borrow() > 100, "{}", cut.borrow());
}

#[test]
fn a_schedule_made_by_hand_is_told_all_its_faults() {
    let owner = [preferred(0, 180, 3), preferred(240, 300, 1)];
    let answered = |number, slots: &[PreferredSlot]| invited(number, Some(slots.to_vec()));
    let people = vec![
        answered(1, &[preferred(0, 90, 2), preferred(90, 180, 3)]),
        answered(2, &[preferred(0, 60, 1), preferred(120, 400, 1)]),
        invited(3, None),
    ];
    let calendar = calendar(60, 15, &owner, people);
    let item = |number, begin, end| Planned { contact: contact(number), begin: at(begin), end: at(end) };
    let told = |items: &[Planned], busy: &[Slot], now| {
        let all = conflicts(&calendar, items, busy, at(now));
        all.iter().map(|c| (c.item, c.kind)).collect::<Vec<_>>()
    };
    use ConflictKind as K;

    assert_eq!(told(&[item(1, 60, 120), item(2, 0, 60)], &[minutes(120, 240)], -5), []);
    assert_eq!(told(&[item(4, 0, 60)], &[], -5), [(0, K::NotInvited)]);
    assert_eq!(told(&[item(1, 0, 60), item(1, 60, 120)], &[], -5), [(1, K::Twice(0))]);
    assert_eq!(told(&[item(1, 60, 60), item(2, 60, 0)], &[], -5), [(0, K::Empty), (1, K::Empty)]);
    assert_eq!(told(&[item(1, 0, 60), item(2, 30, 60)], &[], -5), [(1, K::Overlap(0))]);
    assert_eq!(told(&[item(2, 30, 90)], &[], -5), [(0, K::OutsideAnswer)]);
    assert_eq!(told(&[item(3, 0, 60)], &[], -5), [(0, K::Unanswered)]);
    assert_eq!(told(&[item(2, 250, 310)], &[], -5), [(0, K::OutsideOwner)]);
    assert_eq!(
        told(&[item(2, 0, 60)], &[minutes(59, 70), minutes(60, 90)], -5),
        [(0, K::Busy(minutes(59, 70)))]
    );
    assert_eq!(told(&[item(2, 0, 60)], &[], 1), [(0, K::Past)]);
    let years = 3 * 366 * 1_440;
    let far = told(&[item(3, years, years + 60)], &[], -5);
    assert_eq!(far, [(0, K::Unanswered), (0, K::TooFar), (0, K::OutsideOwner)]);
    let all =
        told(&[item(1, 0, 60), item(2, 0, 60), item(2, 55, 115), item(5, 110, 130)], &[minutes(0, 10)], 30);
    let busy = K::Busy(minutes(0, 10));
    let expected = [
        (0, busy),
        (0, K::Past),
        (1, K::Overlap(0)),
        (1, busy),
        (1, K::Past),
        (2, K::Twice(1)),
        (2, K::Overlap(0)),
        (2, K::Overlap(1)),
        (2, K::OutsideAnswer),
        (3, K::NotInvited),
        (3, K::Overlap(2)),
    ];
    assert_eq!(all, expected);
    let warnings: Vec<bool> =
        [K::Unanswered, K::OutsideOwner, K::Past].iter().map(|k| k.is_warning()).collect();
    assert_eq!(warnings, [true, true, false]);

    // Times of both are worth their preferences; a time that nobody named is worth none.
    let scored =
        score(&calendar, None, &[item(1, 60, 120), item(2, 250, 310), item(3, 0, 60), item(4, 0, 60)]);
    let expected = (3, 3, (2 + 3) + 1 + 3, 18, (60 + 250) * MINUTE, Some(at(0)));
    let scored = (
        scored.placed,
        scored.people,
        scored.preference,
        scored.most_preference,
        scored.delay.micros(),
        scored.first,
    );
    assert_eq!(scored, expected);
}
