//! The full screen without a terminal and without a service: every event is played, and what is drawn is read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::KeyCode;
use serde_json::{Value, json};
use whittle_cli::error::{Error, Refusal};
use whittle_cli::screen::draw::draw;
use whittle_cli::screen::model;
use whittle_cli::screen::state::{Effect, Event, Mode, Outcome, Pane, Start, State, Task, Then};

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

fn begin(start: Start) -> (State, Vec<Effect>) {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let today: Date = "2030-03-06".parse().unwrap();
    State::new("http://127.0.0.1:8787".into(), "ob, by password".into(), zone, today, "nonce".into(), start)
}

fn picture(state: &State, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let lines = buffer.content().chunks(usize::from(width));
    lines
        .map(|line| {
            line.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n"
        })
        .collect()
}

fn value(id: u64, version: u64, slots: usize) -> Value {
    let slots: Vec<Value> = (0..slots)
        .map(|day| json!({"begin": format!("2030-03-{:02}T09:00:00Z", day + 7), "duration": "01:00:00"}))
        .collect();
    json!({
        "id": id, "title": format!("Plan {id}"), "state": "open", "version": version, "slots": slots,
        "parties": ["ob@localhost", "bea@example.org"], "location": "Room 5", "description": "", "timezone": "UTC",
        "visibility": "open", "answers": [
            {"party": "p1", "email": "ob@localhost", "name": null, "optional": false, "state": "kept", "kept": 3, "of": 3, "note": null},
            {"party": "p2", "email": "bea@example.org", "name": null, "optional": false, "state": "invited", "kept": null, "of": null, "note": null},
        ],
    })
}

fn proposal(id: u64, version: u64, slots: usize) -> Outcome {
    let etag = format!("\"{version}\"");
    Outcome::Proposal(Box::new(model::proposal(value(id, version, slots), Some(&etag)).unwrap()))
}

fn rows(ids: &[u64]) -> Outcome {
    let list = Value::Array(ids.iter().map(|id| value(*id, 1, 3)).collect());
    Outcome::List(model::rows(&list).unwrap(), false)
}

/// The ticket of the one request among effects, and what it asks.
fn asked(effects: &[Effect]) -> (u64, Task) {
    match effects {
        [Effect::Send(ticket, task)] => (*ticket, task.clone()),
        other => panic!("{other:?}"),
    }
}

fn keys(state: &mut State, text: &str) -> Vec<Effect> {
    text.chars()
        .flat_map(|c| state.update(Event::Key(if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) })))
        .collect()
}

/// A screen whose list has three proposals.
fn listed() -> State {
    let (mut state, effects) = begin(Start::List);
    let (ticket, task) = asked(&effects);
    assert_eq!(task, Task::List(None));
    state.update(Event::Done(ticket, Ok(rows(&[33, 22, 11]))));
    state
}

/// The same, with the second of them beside the list.
fn shown(then: char) -> State {
    let mut state = listed();
    let (ticket, _) = asked(&keys(&mut state, &format!("{then}2\n")));
    let effects = state.update(Event::Done(ticket, Ok(proposal(22, 4, 3))));
    assert_eq!(effects, [Effect::Watch(22, "/22/live/".into())]);
    state
}

#[test]
fn a_position_in_the_list_is_what_a_number_means() {
    let mut state = listed();
    assert_eq!(asked(&keys(&mut state, "d2\n")).1, Task::Show(22, Then::Look));
    let mut state = listed();
    assert_eq!(asked(&keys(&mut state, "jjg\n")).1, Task::Log(11));
    let mut state = listed();
    assert!(keys(&mut state, "d4\n").is_empty());
    assert!(picture(&state, SIZES[0]).contains("There is no 4 in the list; it has 3."));
    assert!(keys(&mut state, "dx").is_empty());
    assert!(picture(&state, SIZES[0]).contains("huh? dx"));
}

#[test]
fn list_details_and_log_are_drawn_at_both_sizes() {
    for size in SIZES {
        let picture = picture(&shown('d'), size);
        for text in [
            ">  2  open       Plan 22",
            "Room 5",
            "Thu 2030-03-07 10:00 - 11:00 +01:00",
            "bea@example.org: invited",
            "  l   c   d[n]  p[n]  n[n]  g[n]  ?   q",
        ] {
            assert!(picture.contains(text), "{size:?} {text}\n{picture}");
        }
    }
    let mut state = listed();
    let (ticket, _) = asked(&keys(&mut state, "g1\n"));
    let log = json!({"entries": [{"when": "2030-03-06T09:00:00Z", "effector": "ob@localhost", "occurrence": "UPDATE", "data": {"act": "create", "via": "basic"}, "slots": []}]});
    state.update(Event::Done(ticket, Ok(Outcome::Log(33, log))));
    assert!(picture(&state, SIZES[0]).contains("ob@localhost"));
    assert!(picture(&state, SIZES[0]).contains("Log of 33"));
}

#[test]
fn a_wait_shows_its_progress_and_ends_by_escape() {
    let mut state = listed();
    let (ticket, _) = asked(&keys(&mut state, "d1\n"));
    for _ in 0..9 {
        state.update(Event::Tick);
    }
    assert!(picture(&state, SIZES[0]).contains("Reading proposal 33 ... 2 s. Esc ends the wait."));
    state.update(Event::Key(KeyCode::Esc));
    assert!(state.wait.is_none());
    // What comes too late is nothing any more.
    state.update(Event::Done(ticket, Ok(proposal(33, 1, 3))));
    assert_eq!(state.pane, Pane::Empty);
    assert_eq!(asked(&keys(&mut state, "r")).1, Task::Show(33, Then::Look));
}

#[test]
fn slots_are_kept_of_the_version_that_was_seen() {
    let mut state = shown('p');
    assert!(picture(&state, SIZES[0]).contains(">  1 [x] Thu 2030-03-07 10:00 - 11:00 +01:00"));
    let (ticket, task) = asked(&keys(&mut state, " 3\n"));
    let Task::Patch(22, etag, slots) = task else { panic!("{task:?}") };
    assert_eq!((etag.as_deref(), slots.len()), (Some("\"4\""), 1));
    assert_eq!(slots[0]["begin"], "2030-03-08T09:00:00Z");
    // Another answer came first: the picker is there again, with the times as they are now.
    let stale = Error::Refused(Box::new(Refusal { status: 412, ..Refusal::default() }));
    let (ticket, task) = asked(&state.update(Event::Done(ticket, Err(stale))));
    assert_eq!(task, Task::Show(22, Then::Patch));
    state.update(Event::Done(ticket, Ok(proposal(22, 5, 2))));
    let Task::Patch(_, etag, slots) = asked(&keys(&mut state, "\n")).1 else { panic!() };
    assert_eq!((etag.as_deref(), slots.len()), (Some("\"5\""), 2));
}

/// Two changes at once could be done in any order; of two readings the later one is wanted.
#[test]
fn a_change_is_waited_for_and_a_reading_gives_way() {
    let mut state = listed();
    let (first, _) = asked(&keys(&mut state, "d1\n"));
    let (second, task) = asked(&keys(&mut state, "d3\n"));
    assert_eq!(task, Task::Show(11, Then::Look));
    state.update(Event::Done(first, Ok(proposal(33, 1, 3))));
    assert_eq!(state.pane, Pane::Empty);
    state.update(Event::Done(second, Ok(proposal(11, 1, 3))));
    let mut state = shown('p');
    asked(&keys(&mut state, "\n"));
    assert!(keys(&mut state, "\n").is_empty());
    assert!(picture(&state, SIZES[0]).contains("Sending your answer to 22 has not ended"));
}

#[test]
fn keeping_nothing_is_asked_about() {
    let mut state = shown('p');
    assert!(keys(&mut state, "x\n").is_empty());
    assert!(picture(&state, SIZES[0]).contains("Enter again sends that"));
    assert!(keys(&mut state, "j\n").is_empty(), "another key takes it back");
    let Task::Patch(_, _, slots) = asked(&keys(&mut state, "\n")).1 else { panic!() };
    assert!(slots.is_empty());
}

#[test]
fn a_new_version_is_read_and_keeps_what_is_chosen() {
    let mut state = shown('p');
    keys(&mut state, "1");
    assert!(state.update(Event::Version(22, 4)).is_empty(), "it is shown already");
    assert!(state.update(Event::Version(33, 9)).is_empty(), "it is not shown");
    let (ticket, task) = asked(&state.update(Event::Version(22, 5)));
    assert_eq!(task, Task::Show(22, Then::Look));
    assert!(state.update(Event::Version(22, 6)).is_empty(), "it is being read");
    state.update(Event::Done(ticket, Ok(proposal(22, 6, 2))));
    assert!(picture(&state, SIZES[0]).contains("The offer has changed just now"));
    let Task::Patch(_, etag, slots) = asked(&keys(&mut state, "\n")).1 else { panic!() };
    assert_eq!((etag.as_deref(), slots.len()), (Some("\"6\""), 1));
}

#[test]
fn a_lost_server_is_told_and_asked_again_with_the_same_key() {
    let mut state = listed();
    keys(&mut state, "c\na@example.org b@example.org\n2030-03-07T10:00 1h\n");
    let (ticket, task) = asked(&keys(&mut state, "\n"));
    let Task::Create(title, parties, slots, key) = task.clone() else { panic!() };
    assert_eq!((title.as_str(), parties.len(), slots.len()), ("", 2, 1));
    assert_eq!(slots[0]["begin"], "2030-03-07T09:00:00Z");
    assert!(key.starts_with("nonce-"));
    state.update(Event::Done(
        ticket,
        Err(Error::Unreachable("There is no answer from http://127.0.0.1:8787/.".into())),
    ));
    assert!(
        picture(&state, SIZES[0])
            .contains("There is no answer from http://127.0.0.1:8787. It may have been done")
    );
    state.update(Event::Key(KeyCode::Esc));
    let (ticket, again) = asked(&keys(&mut state, "r"));
    assert_eq!(again, task, "the same key makes it one proposal");
    state.update(Event::Done(ticket, Ok(proposal(44, 1, 1))));
    assert!(picture(&state, SIZES[0]).contains("Proposal 44 is there."));
    assert_eq!(state.rows.as_ref().unwrap()[0].id, 44);
}

#[test]
fn a_link_alone_has_no_list_and_needs_none() {
    let (mut state, effects) = begin(Start::Proposal(22));
    let (ticket, task) = asked(&effects);
    assert_eq!(task, Task::Show(22, Then::Look));
    state.update(Event::Done(ticket, Ok(proposal(22, 1, 3))));
    for (typed, task) in [
        ("d1\n", Task::Show(22, Then::Look)),
        ("p\n", Task::Show(22, Then::Patch)),
        ("l", Task::Show(22, Then::Look)),
    ] {
        assert_eq!(asked(&keys(&mut state.clone(), typed)).1, task);
    }
    keys(&mut state, "c");
    assert!(picture(&state, SIZES[0]).contains("this needs an account"));

    let (mut state, effects) = begin(Start::Token);
    assert!(effects.is_empty());
    assert_eq!(asked(&keys(&mut state, "8022\n")).1, Task::Show(8022, Then::Look));
}

fn invitation() -> Outcome {
    let value = json!({
        "name": "Talks", "deadline": "2030-03-01T00:00:00Z", "timezone": "Europe/Berlin", "step_minutes": 30,
        "owner_availability": [{"date": "2030-03-12", "start_time": "13:00:00", "end_time": "15:00:00", "preference": 3}],
        "availability": null,
    });
    Outcome::Times(Box::new(model::invitation(&value).unwrap()))
}

#[test]
fn times_for_a_calendar_are_painted() {
    let (mut state, effects) = begin(Start::Calendar(7));
    let (ticket, _) = asked(&effects);
    state.update(Event::Done(ticket, Ok(invitation())));
    for size in SIZES {
        let picture = picture(&state, size);
        for text in ["2030-03-11 to 2030-03-17", "Tue 12", "13:00", "Talks"] {
            assert!(picture.contains(text), "{text}\n{picture}");
        }
    }
    // An area of two steps, of which a third is not offered; then one that is worth less.
    keys(&mut state, "kvjj 2");
    keys(&mut state, "k");
    let (ticket, task) = asked(&keys(&mut state, "\n"));
    let Task::Answer(7, times, false) = task else { panic!("{task:?}") };
    assert_eq!(
        times,
        [
            json!({"start_time": "2030/03/12 13:00:00", "end_time": "2030/03/12 13:30:00", "preference_level": 3}),
            json!({"start_time": "2030/03/12 13:30:00", "end_time": "2030/03/12 14:00:00", "preference_level": 2}),
        ]
    );
    state.update(Event::Done(ticket, Ok(Outcome::Done)));
    keys(&mut state, "k ");
    assert!(picture(&state, SIZES[0]).contains("That time is not offered"), "{}", picture(&state, SIZES[0]));
    assert!(
        matches!(asked(&keys(&mut state, "\n")).1, Task::Answer(7, _, true)),
        "an answer is changed from now on"
    );
}

#[test]
fn hours_of_the_own_week_are_blocked_and_freed() {
    let mut state = listed();
    let (ticket, task) = asked(&keys(&mut state, "w"));
    let monday: Date = "2030-03-04".parse().unwrap();
    assert_eq!(task, Task::Busy(monday));
    let items = [
        json!({"kind": "block", "from": "2030-03-04T09:00:00Z", "to": "2030-03-04T10:00:00Z"}),
        json!({"kind": "meeting", "from": "2030-03-04T11:00:00Z", "to": "2030-03-04T12:00:00Z"}),
    ];
    let times = model::busy(&json!({"timezone": "UTC"}), &items, monday).unwrap();
    state.update(Event::Done(ticket, Ok(Outcome::Times(Box::new(times)))));
    assert!(picture(&state, SIZES[0]).contains("Your week"));
    // Nine is blocked and becomes free, ten becomes blocked, eleven is taken.
    let Task::Block(new, old) = asked(&keys(&mut state, " j jj \n")).1 else { panic!() };
    assert_eq!(new, [(monday, vec![10, 12])]);
    assert_eq!(old, [(monday, vec![9])]);
    state.update(Event::Key(KeyCode::Esc));
    keys(&mut state, "q");
    assert!(matches!(state.mode, Mode::Week(_)), "what is not sent is asked about");
    keys(&mut state, "q");
    assert_eq!(state.mode, Mode::Browse);
}

#[test]
fn a_small_terminal_says_so_and_can_be_left() {
    for (width, height) in [(39, 24), (80, 9), (1, 1), (20, 5)] {
        let picture = picture(&listed(), (width, height));
        assert!(!picture.contains("Proposals"), "{picture}");
        assert!(width < 20 || picture.contains("This terminal has"), "{picture}");
    }
    assert!(picture(&listed(), (40, 10)).contains("Plan 33"));
    assert_eq!(keys(&mut listed(), "q"), [Effect::Quit]);
}

#[test]
fn what_the_server_says_is_no_command_to_the_terminal() {
    let mut state = listed();
    let mut odd = value(33, 1, 1);
    odd["title"] = json!("a\u{1b}[31mb\u{202e}c\td\ne");
    let (ticket, _) = asked(&keys(&mut state, "d1\n"));
    let shown = model::proposal(odd, None).unwrap();
    state.update(Event::Done(ticket, Ok(Outcome::Proposal(Box::new(shown)))));
    for size in SIZES {
        let picture = picture(&state, size);
        assert!(
            picture.chars().all(|c| c == '\n' || !c.is_control()) && !picture.contains('\u{202e}'),
            "{picture:?}"
        );
    }
}

fn any_key() -> impl Strategy<Value = KeyCode> {
    prop_oneof![
        8 => prop::sample::select("lcdpngqwrvax?hjk <>0123456789".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
        6 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End,
            KeyCode::PageUp, KeyCode::PageDown, KeyCode::Backspace, KeyCode::Tab, KeyCode::F(5), KeyCode::Delete,
        ]),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let error = prop_oneof![
        Just(Error::Unreachable("There is no answer.".into())),
        Just(Error::Unreadable("\u{1b}]0;x".into())),
        (300u16..600).prop_map(|status| Error::Refused(Box::new(Refusal { status, ..Refusal::default() }))),
    ];
    let outcome = prop_oneof![
        (0u64..5, 0u64..9, 0usize..24).prop_map(|(id, version, slots)| proposal(id, version, slots)),
        prop::collection::vec(0u64..5, 0..40).prop_map(|ids| rows(&ids)),
        (0u64..5).prop_map(|id| Outcome::Log(id, json!({"entries": [7, {"when": "x"}]}))),
        Just(invitation()),
        Just(Outcome::Done),
        (0usize..3).prop_map(Outcome::Notified),
    ];
    prop_oneof![
        12 => any_key().prop_map(Event::Key),
        1 => Just(Event::Tick),
        4 => (1u64..12, prop_oneof![3 => outcome.prop_map(Ok), 1 => error.prop_map(Err)]).prop_map(|(ticket, result)| Event::Done(ticket, result)),
        1 => (0u64..5, 0u64..9).prop_map(|(id, version)| Event::Version(id, version)),
        1 => (0u64..5, any::<bool>()).prop_map(|(id, heard)| Event::Heard(id, heard)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever comes, in whatever order: no panic, something is drawn at any size, and what was waited for can be ended.
    #[test]
    fn no_key_and_no_answer_breaks_the_screen(
        start in prop_oneof![Just(Start::List), Just(Start::Proposal(1)), Just(Start::Calendar(1)), Just(Start::Token)],
        events in prop::collection::vec(any_event(), 0..80),
        size in (1u16..120, 1u16..40),
    ) {
        let (mut state, _) = begin(start);
        for event in events {
            // Answers come for what is waited for, too.
            let event = match (event, &state.wait) {
                (Event::Done(ticket, result), Some(wait)) if ticket.is_multiple_of(2) => Event::Done(wait.ticket, result),
                (event, _) => event,
            };
            let waited = state.wait.is_some();
            let effects = state.update(event);
            let sent = effects.iter().filter(|effect| matches!(effect, Effect::Send(..))).count();
            prop_assert!(sent <= 1);
            prop_assert!(waited || sent == 0 || state.wait.is_some() || state.renewal.is_some());
        }
        picture(&state, size);
        picture(&state, SIZES[0]);
        state.update(Event::Key(KeyCode::Esc));
        prop_assert!(state.wait.is_none());
        // A few keys lead out from everywhere.
        for _ in 0..4 {
            state.update(Event::Key(KeyCode::Esc));
        }
        prop_assert_eq!(state.update(Event::Key(KeyCode::Char('q'))), vec![Effect::Quit]);
    }
}
