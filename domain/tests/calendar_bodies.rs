//! The bodies of calendars: every message of the original and of its document, in its place and shape, and no panic.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use serde_json::{Map, Value, json};
use whittle_domain::calendar::limits::unsolvable;
use whittle_domain::calendar::{NewInvitee, wall::WallSlot};
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, FieldErrors, FoundContact};
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

fn now() -> Instant {
    Instant::parse("2024-03-01T09:30:00Z").unwrap()
}

fn utc() -> Zone {
    Zone::default()
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The example of the document.
fn example() -> Value {
    json!({
        "name": "CSC309 Phase 2",
        "description": "Interview session after P2 submission",
        "deadline": "2024-03-15",
        "invitees": [1, 3, 5],
        "available_slots": [
            { "date": "2024-03-12", "start_time": "13:00:00", "end_time": "15:00:00", "preference_level": 3 },
            { "date": "2024-03-13", "start_time": "10:00:00", "end_time": "12:00:00", "preference_level": 1 },
        ],
    })
}

/// The example with some members replaced; those that become null are taken out.
fn with(changes: &Value) -> Map<String, Value> {
    let mut body = object(&example());
    for (field, value) in changes.as_object().unwrap() {
        match value {
            Value::String(text) if text == "(missing)" => body.remove(field),
            value => body.insert(field.clone(), value.clone()),
        };
    }
    body
}

fn told<T: std::fmt::Debug>(result: Result<T, FieldErrors>) -> Value {
    serde_json::to_value(result.unwrap_err()).unwrap()
}

fn refused(changes: &Value) -> Value {
    told(input::parse_new_calendar(&with(changes), &utc(), now()))
}

fn slot(changes: &Value) -> Value {
    let mut slot = object(&example()["available_slots"][0]);
    for (field, value) in changes.as_object().unwrap() {
        match value {
            Value::String(text) if text == "(missing)" => slot.remove(field),
            value => slot.insert(field.clone(), value.clone()),
        };
    }
    Value::Object(slot)
}

fn written(slots: &[PreferredSlot], zone: &Zone) -> Vec<Value> {
    let wall = slots.iter().map(|available| WallSlot::of(&available.slot, zone));
    wall.map(|wall| serde_json::to_value(wall).unwrap()).collect()
}

#[test]
fn the_documents_example_is_read() {
    let new = input::parse_new_calendar(&object(&example()), &utc(), now()).unwrap();
    assert_eq!(new.name.as_str(), "CSC309 Phase 2");
    assert_eq!(new.description.as_str(), "Interview session after P2 submission");
    assert_eq!(new.deadline.to_string(), "2024-03-15T00:00:00Z");
    assert_eq!((new.invitees, new.meeting_minutes, new.step_minutes), (vec![1, 3, 5], 60, 15));
    assert!(new.reminders && new.timezone == utc());
    let levels: Vec<u8> = new.slots.iter().map(|available| available.preference.level()).collect();
    assert_eq!(levels, [3, 1]);
    assert_eq!(new.slots[0].slot.begin().to_string(), "2024-03-12T13:00:00Z");
    assert_eq!(new.slots[0].slot.end().to_string(), "2024-03-12T15:00:00Z");
    // The names in the document's prose.
    let prose = json!({ "available_slots": "(missing)", "availability": [
        { "date": "2024-03-12", "start_time": "13:00:00", "end_time": "15:00:00", "preference": 2 }
    ] });
    let new = input::parse_new_calendar(&with(&prose), &utc(), now()).unwrap();
    assert_eq!(new.slots[0].preference.level(), 2);
}

#[test]
fn naive_times_are_meant_in_the_calendars_zone_and_offsets_count() {
    let changes = json!({ "timezone": "Europe/Berlin", "deadline": "2024-03-15T12:00:00" });
    let new = input::parse_new_calendar(&with(&changes), &utc(), now()).unwrap();
    assert_eq!(new.deadline.to_string(), "2024-03-15T11:00:00Z");
    assert_eq!(new.slots[0].slot.begin().to_string(), "2024-03-12T12:00:00Z");
    let new =
        input::parse_new_calendar(&with(&json!({ "deadline": "2024-03-15" })), &berlin(), now()).unwrap();
    assert_eq!((new.deadline.to_string(), new.timezone), ("2024-03-14T23:00:00Z".to_owned(), berlin()));
    let changes = json!({ "timezone": "Europe/Berlin", "deadline": "2024-03-15T12:00:00+05:00" });
    let new = input::parse_new_calendar(&with(&changes), &utc(), now()).unwrap();
    assert_eq!(new.deadline.to_string(), "2024-03-15T07:00:00Z");
    let summer = json!({ "timezone": "Europe/Berlin", "deadline": "2024-10-27T02:30:00", "fold": 1 });
    let new = input::parse_new_calendar(&with(&summer), &utc(), now()).unwrap();
    assert_eq!(new.deadline.to_string(), "2024-10-27T01:30:00Z");
}

#[test]
fn each_message_about_a_field_of_a_new_calendar() {
    let long = "x".repeat(151);
    let longer = "x".repeat(201);
    let wrong_format = "Datetime has wrong format. Use one of these formats instead: \
        YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
    for (field, value, message) in [
        ("name", json!("(missing)"), "This field is required."),
        ("name", json!(null), "This field may not be null."),
        ("name", json!(" "), "This field may not be blank."),
        ("name", json!(["x"]), "Not a valid string."),
        ("name", json!(long), "Ensure this field has no more than 150 characters."),
        ("description", json!("(missing)"), "This field is required."),
        ("description", json!(longer), "Ensure this field has no more than 200 characters."),
        ("deadline", json!("(missing)"), "This field is required."),
        ("deadline", json!(null), "This field may not be null."),
        ("deadline", json!("soon"), wrong_format),
        ("deadline", json!("2024-13-45"), wrong_format),
        ("deadline", json!(5), wrong_format),
        ("deadline", json!("2024-02-29"), "Deadline cannot be in the past."),
        ("deadline", json!("2024-03-01T09:30:00Z"), "Deadline cannot be in the past."),
        ("invitees", json!("(missing)"), "This field is required."),
        ("invitees", json!(null), "This field may not be null."),
        ("invitees", json!([]), "This list may not be empty."),
        ("invitees", json!("1"), "Expected a list of items but got type \"str\"."),
        ("invitees", json!([1, {}]), "Incorrect type. Expected pk value, received dict."),
        ("invitees", json!([1, true]), "Incorrect type. Expected pk value, received bool."),
        ("invitees", json!(["x"]), "Incorrect type. Expected pk value, received str."),
        ("invitees", json!([1.5]), "Incorrect type. Expected pk value, received float."),
        ("invitees", json!(vec![1; 201]), "Ensure this field has no more than 200 elements."),
        ("timezone", json!("Mars/Base"), "Not a time zone of the IANA database."),
        ("meeting_minutes", json!(4), "Ensure this value is greater than or equal to 5."),
        ("meeting_minutes", json!(-4), "Ensure this value is greater than or equal to 5."),
        ("meeting_minutes", json!(481), "Ensure this value is less than or equal to 480."),
        ("meeting_minutes", json!(70_000), "Ensure this value is less than or equal to 480."),
        ("meeting_minutes", json!(7.5), "A valid integer is required."),
        ("meeting_minutes", json!([]), "A valid integer is required."),
        ("step_minutes", json!(4), "Ensure this value is greater than or equal to 5."),
        ("step_minutes", json!(61), "Ensure this value is less than or equal to 60."),
        ("reminders", json!("perhaps"), "Must be a valid boolean."),
        ("available_slots", json!("(missing)"), "This field is required."),
        ("available_slots", json!(null), "This field may not be null."),
        ("available_slots", json!({}), "Expected a list of items but got type \"dict\"."),
        (
            "available_slots",
            json!(vec![slot(&json!({})); 501]),
            "Ensure this field has no more than 500 elements.",
        ),
    ] {
        assert_eq!(refused(&json!({ field: value.clone() })), json!({ field: [message] }), "{field} {value}");
    }
    // The original refuses nothing more: there may be no times yet, no description, and other members are ignored.
    let changes =
        json!({ "available_slots": [], "description": "", "more": { "of": "it" }, "timezone": null });
    assert!(input::parse_new_calendar(&with(&changes), &utc(), now()).is_ok());
    // All errors of all fields are told in one answer.
    let changes = json!({ "name": "", "deadline": "soon", "invitees": [], "available_slots": [slot(&json!({ "date": 7 }))] });
    let all = refused(&changes);
    assert_eq!(all.as_object().unwrap().len(), 4, "{all}");
}

#[test]
fn each_message_about_the_owners_times_and_the_first_of_several_faults() {
    let form = "Invalid slot data. Must be in the form: 'date','start_time', 'end_time', 'preference_level' ";
    let level = "Preference level must be either 1, 2, or 3 (3 being highest preference).";
    let no_date = "Date must be in a valid date format YYYY-MM-DD.";
    let no_time = "Start and end times must be in a valid date format HH:MM:SS.";
    // Ordered as they are tested: each item has the faults of all later ones, too.
    let faults = [
        (json!({ "preference_level": "(missing)", "date": 7 }), form),
        (json!({ "end_time": "(missing)" }), form),
        (json!({ "date": 20_240_312, "start_time": 5 }), "Date must be a string."),
        (json!({ "date": null }), "Date must be a string."),
        (json!({ "date": "12.03.2024", "start_time": 5 }), no_date),
        (json!({ "date": "2024-13-45" }), no_date),
        (json!({ "date": "2023-02-29" }), no_date),
        (json!({ "date": "2024-3-1" }), no_date),
        (json!({ "date": "2024-02-29", "start_time": 5 }), "Available date cannot be in the past."),
        (json!({ "start_time": 5, "end_time": "x" }), "Start and end times must be strings."),
        (json!({ "end_time": null }), "Start and end times must be strings."),
        (json!({ "start_time": "13:00", "preference_level": "x" }), no_time),
        (json!({ "end_time": "25:00:00" }), no_time),
        (json!({ "end_time": "14:00:60" }), no_time),
        (json!({ "start_time": "24:00:00", "end_time": "24:00:00" }), no_time),
        (json!({ "end_time": "1٣:00:00" }), no_time),
        (json!({ "end_time": "12:59:59", "preference_level": "x" }), "End time must be after start time."),
        (json!({ "end_time": "13:00:00" }), "End time must be after start time."),
        (json!({ "preference_level": "3" }), "Preference level must be an integer."),
        (json!({ "preference_level": 2.5 }), "Preference level must be an integer."),
        (json!({ "preference_level": true }), "Preference level must be an integer."),
        (json!({ "preference_level": null }), "Preference level must be an integer."),
        (json!({ "preference_level": 0 }), level),
        (json!({ "preference_level": -1 }), level),
        (json!({ "preference_level": 4 }), level),
        (json!({ "preference_level": u64::MAX }), level),
        (json!({ "date": "2026-03-05" }), "Available date cannot be more than two years from now."),
        (json!({ "end_date": "9999-01-01" }), "Available date cannot be more than two years from now."),
        (json!({ "end_date": "9999-12-31" }), "This time is out of range."),
        (json!({ "end_date": "2024-03-11" }), "End time must be after start time."),
        (json!({ "fold": 2, "date": "2024-03-12" }), "Must be 0 (the first) or 1 (the second)."),
    ];
    for (changes, message) in &faults {
        let slots = json!([slot(&json!({})), slot(changes)]);
        assert_eq!(
            refused(&json!({ "available_slots": slots })),
            json!({ "available_slots": [message] }),
            "{changes}"
        );
        let edit = object(&json!({ "add_availabilities": slots }));
        let edit = told(input::parse_calendar_edit(&edit, &utc(), now()));
        assert_eq!(edit, json!({ "add_availabilities": [message] }), "{changes}");
    }
    // Whatever is wrong first is told, and it alone.
    let slots = json!([slot(&faults[4].0), slot(&faults[2].0)]);
    assert_eq!(refused(&json!({ "available_slots": slots })), json!({ "available_slots": [no_date] }));
    let slots = json!([slot(&json!({})), 7, "x"]);
    let expected = json!({ "available_slots": {
        "1": ["Expected a dictionary of items but got type \"int\"."],
        "2": ["Expected a dictionary of items but got type \"str\"."],
    } });
    assert_eq!(refused(&json!({ "available_slots": slots })), expected);
}

#[test]
fn today_is_the_calendars_today() {
    // In Auckland it is 2 March already, and in Los Angeles it is still 1 March.
    let later = Instant::parse("2024-03-01T23:30:00Z").unwrap();
    let of = |zone: &str| {
        let slots = json!([slot(&json!({ "date": "2024-03-01" }))]);
        input::parse_new_calendar(
            &with(&json!({ "timezone": zone, "available_slots": slots })),
            &utc(),
            later,
        )
    };
    let past = json!({ "available_slots": ["Available date cannot be in the past."] });
    assert_eq!(told(of("Pacific/Auckland")), past);
    assert!(of("America/Los_Angeles").is_ok());
}

#[test]
fn a_day_ends_at_24_and_other_days_need_their_date() {
    let slots = json!([
        slot(&json!({ "end_time": "24:00:00", "x": [1] })),
        slot(&json!({ "end_time": "01:00:00", "end_date": "2024-03-13" })),
        slot(&json!({ "end_time": "24:00:00", "end_date": "2024-03-13", "fold": null })),
    ]);
    let new =
        input::parse_new_calendar(&with(&json!({ "available_slots": slots })), &berlin(), now()).unwrap();
    let ends: Vec<String> = new.slots.iter().map(|available| available.slot.end().to_string()).collect();
    assert_eq!(ends, ["2024-03-12T23:00:00Z", "2024-03-13T00:00:00Z", "2024-03-13T23:00:00Z"]);
    assert_eq!(written(&new.slots, &berlin())[0]["end_time"], "24:00:00");
}

#[test]
fn changes_of_clocks_are_told_in_the_resolvers_words() {
    let gap = "2024-03-31T02:30 does not exist in Europe/Berlin, because clocks are put forward then. \
        The times next to it are 2024-03-31T01:59 and 2024-03-31T03:00.";
    let twice = "2024-10-27T02:30 comes twice in Europe/Berlin, because clocks are put back then. Send \"fold\": 0 for the \
        first (+02:00, which is 2024-10-27T00:30:00Z) or \"fold\": 1 for the second (+01:00, which is 2024-10-27T01:30:00Z).";
    let dated = |date: &str, fold: Value| {
        let slot =
            slot(&json!({ "date": date, "start_time": "02:30:00", "end_time": "04:00:00", "fold": fold }));
        input::parse_new_calendar(&with(&json!({ "available_slots": [slot] })), &berlin(), now())
    };
    assert_eq!(told(dated("2024-03-31", json!(null))), json!({ "available_slots": [gap] }));
    assert_eq!(told(dated("2024-10-27", json!(null))), json!({ "available_slots": [twice] }));
    let begins = [json!(0), json!(1)].map(|fold| dated("2024-10-27", fold).unwrap().slots[0].slot.begin());
    assert_eq!(begins.map(|begin| begin.to_string()), ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"]);
    let item = |date: &str| {
        json!({
            "contact_id": 1, "start_time": format!("{date} 02:30:00"), "end_time": format!("{date} 04:00:00"), "preference_level": 1,
        })
    };
    let answer =
        |date: &str| told(input::parse_answer(&object(&json!({ "availability": [item(date)] })), &berlin()));
    assert_eq!(answer("2024/03/31"), json!({ "availability": [{ "non_field_errors": [gap] }] }));
    assert_eq!(answer("2024/10/27"), json!({ "availability": [{ "non_field_errors": [twice] }] }));
    let schedule = object(&json!({ "finalized_schedule": [item("2024/03/31")] }));
    assert_eq!(
        told(input::parse_finalized_schedule(&schedule, &berlin())),
        json!({ "non_field_errors": [gap] })
    );
    let deadline = json!({ "deadline": "2024-03-31T02:30:00", "timezone": "Europe/Berlin" });
    assert_eq!(refused(&deadline), json!({ "deadline": [gap] }));
}

#[test]
fn times_of_which_no_schedule_can_be_made_are_refused() {
    let day = |n: i64| {
        let day = Instant::parse("2024-03-02T00:00:00Z").unwrap().micros() + n * 86_400_000_000;
        Instant::from_micros(day).unwrap().to_string()[..10].to_owned()
    };
    let days = |count: i64| {
        let slots = (0..count)
            .map(|n| slot(&json!({ "date": day(n), "start_time": "00:00:00", "end_time": "24:00:00" })));
        slots.collect::<Vec<Value>>()
    };
    let starts =
        "These times have more than 10,000 possible starts. Use fewer times, or a larger step_minutes.";
    let many = json!({ "available_slots": days(35), "step_minutes": 5 });
    assert_eq!(refused(&many), json!({ "available_slots": [starts] }));
    let few = json!({ "available_slots": days(34), "step_minutes": 5 });
    assert!(input::parse_new_calendar(&with(&few), &utc(), now()).is_ok());
    // Bodies have whole seconds; with microseconds over two years no objective fits into 64 bits.
    let odd = |micros: i64| {
        let begin = Instant::from_micros(now().micros() + micros).unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(36_000)).unwrap();
        PreferredSlot { slot, preference: Preference::new(1).unwrap() }
    };
    let far = "These times are too far apart. Use times that begin at whole minutes, or fewer weeks.";
    assert_eq!(unsolvable([odd(0), odd(7), odd(63_000_000_000_001)], 60, 5), Some(far));
    assert_eq!(unsolvable([odd(0), odd(63_000_000_000_000)], 60, 5), None);
}

#[test]
fn each_message_about_an_edit() {
    let edit = |body: Value| input::parse_calendar_edit(&object(&body), &utc(), now());
    let nothing = json!({ "non_field_errors": ["No input."] });
    assert_eq!(told(edit(json!({}))), nothing);
    assert_eq!(told(edit(json!({ "other": 1 }))), nothing);
    assert!(edit(json!({ "add_invitees": [] })).is_ok());
    let long = "x".repeat(151);
    for (field, value, message) in [
        ("name", json!(long), json!(["Ensure this field has no more than 150 characters."])),
        ("name", json!(null), json!(["This field may not be null."])),
        ("deadline", json!("2024-02-01"), json!(["Deadline cannot be in the past."])),
        (
            "deadline",
            json!([]),
            json!([
                "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
            ]),
        ),
        ("add_invitees", json!(5), json!(["Expected a list of items but got type \"int\"."])),
        ("remove_invitees", json!([[]]), json!(["Incorrect type. Expected pk value, received list."])),
        ("remove_availabilities", json!([1, "x"]), json!({ "1": ["A valid integer is required."] })),
        ("remove_availabilities", json!("x"), json!(["Expected a list of items but got type \"str\"."])),
        ("reminders", json!(7), json!(["Must be a valid boolean."])),
    ] {
        assert_eq!(told(edit(json!({ field: value.clone() }))), json!({ field: message }), "{field} {value}");
    }
    let edit = edit(json!({
        "name": "New Calendar Name",
        "description": "New Calendar Description",
        "deadline": "2025-10-15",
        "add_invitees": [5, 5],
        "remove_invitees": [3, u64::MAX],
        "add_availabilities": [slot(&json!({}))],
        "remove_availabilities": [1, 70_000_000_000_u64, -4],
    }))
    .unwrap();
    assert_eq!(edit.edit.deadline.unwrap().to_string(), "2025-10-15T00:00:00Z");
    assert_eq!((edit.add_invitees, edit.edit.remove_invitees), (vec![5], vec![3, 0]));
    assert_eq!((edit.edit.add_slots.len(), edit.edit.remove_slots), (1, vec![1]));
}

#[test]
fn contacts_are_joined_or_refused() {
    let find = |id: u64| match id {
        1 | 3 => FoundContact::Own(Box::new(NewInvitee {
            contact: id,
            first_name: serde_json::from_value(json!("Jane")).unwrap(),
            last_name: serde_json::from_value(json!("Joe")).unwrap(),
            address: "jane@example.org".parse().unwrap(),
        })),
        5 => FoundContact::Foreign,
        _ => FoundContact::Unknown,
    };
    let new = |ids: Value| {
        input::parse_new_calendar(&with(&json!({ "invitees": ids })), &utc(), now())
            .unwrap()
            .with_contacts(find)
    };
    let contacts: Vec<u64> = new(json!([3, "1", 3])).unwrap().invitees.iter().map(|i| i.contact).collect();
    assert_eq!(contacts, [3, 1]);
    assert_eq!(told(new(json!([1, 5]))), json!({ "invitees": ["Invalid contact id."] }));
    assert_eq!(told(new(json!([1, 99]))), json!({ "invitees": ["Contact does not exist."] }));
    assert_eq!(told(new(json!([-1]))), json!({ "invitees": ["Contact does not exist."] }));
    let edit = |ids: Value| {
        let body = object(&json!({ "add_invitees": ids }));
        input::parse_calendar_edit(&body, &utc(), now()).unwrap().with_contacts(find)
    };
    assert_eq!(edit(json!([3])).unwrap().add_invitees.len(), 1);
    let foreign = json!({ "add_invitees": ["You do not have permission to add this contact."] });
    assert_eq!(told(edit(json!([5]))), foreign);
    assert_eq!(told(edit(json!([99]))), json!({ "add_invitees": ["Contact does not exist."] }));
}

#[test]
fn each_message_about_an_answer() {
    let item = |start: Value, end: Value, level: Value| json!({ "start_time": start, "end_time": end, "preference_level": level });
    let good = || item(json!("2024/03/12 13:00:00"), json!("2024/03/12 14:00:00"), json!(3));
    let answer = |value: Value| input::parse_answer(&object(&json!({ "availability": value })), &berlin());
    let required = json!({ "availability": ["This field is required."] });
    assert_eq!(told(input::parse_answer(&object(&json!({ "more": 1 })), &utc())), required);
    for (start, end, level, message) in [
        (json!("12:00"), json!("x"), json!(9), "Invalid start time format."),
        (json!(null), json!("x"), json!(9), "Invalid start time format."),
        (json!("2024/03/12"), json!("x"), json!(9), "Invalid start time format."),
        (json!("2024/13/45 10:00:00"), json!("x"), json!(9), "Invalid start time format."),
        (json!("2024/03/12 13:00:00"), json!("soon"), json!(9), "Invalid end time format."),
        (json!("2024/03/12 13:00:00"), json!(5), json!(9), "Invalid end time format."),
        (json!("2024/03/12 24:00:00"), json!("2024/03/13 10:00:00"), json!(1), "Invalid start time format."),
        (
            json!("2024/03/12 13:00:00"),
            json!("2024/03/12 13:00:00"),
            json!(1),
            "End time must be after start time.",
        ),
        (json!("2024/03/12 13:00:00"), json!("2024/03/12 14:00:00"), json!(0), "Invalid preference level."),
        (
            json!("2024/03/12 13:00:00"),
            json!("2024/03/12 14:00:00"),
            json!("high"),
            "Invalid preference level.",
        ),
        (
            json!("2024/03/12 13:00:00"),
            json!("2024/03/12 14:00:00"),
            json!(null),
            "Invalid preference level.",
        ),
    ] {
        let told = told(answer(json!([good(), item(start.clone(), end.clone(), level)])));
        assert_eq!(told, json!({ "availability": [{}, { "non_field_errors": [message] }] }), "{start} {end}");
    }
    let missing = told(answer(json!([{ "end_time": "x" }])));
    let required = json!(["This field is required."]);
    assert_eq!(
        missing,
        json!({ "availability": [{ "start_time": required, "preference_level": required }] })
    );
    let no_object = json!({ "availability": [{ "non_field_errors": ["Invalid data. Expected a dictionary, but got int."] }] });
    assert_eq!(told(answer(json!([7]))), no_object);
    let no_list = json!({ "availability": { "non_field_errors": ["Expected a list of items but got type \"dict\"."] } });
    assert_eq!(told(answer(json!({}))), no_list);
    let many = json!({ "availability": { "non_field_errors": ["Ensure this field has no more than 500 elements."] } });
    assert_eq!(told(answer(json!(vec![good(); 501]))), many);
    // Nothing suits; the zone of the calendar, an offset, ISO 8601, midnight, and more members.
    assert_eq!(answer(json!([])).unwrap(), []);
    let slots = answer(json!([
        good(),
        item(json!("2024-03-12T13:00:00+05:00"), json!("2024-03-12T14:00"), json!(1)),
        { "start_time": "2024/03/12 23:00:00", "end_time": "2024/03/12 24:00:00", "preference": 2, "x": 1 },
    ]));
    let ends: Vec<[String; 2]> = slots
        .unwrap()
        .iter()
        .map(|available| [available.slot.begin().to_string(), available.slot.end().to_string()])
        .collect();
    assert_eq!(
        ends,
        [
            ["2024-03-12T12:00:00Z", "2024-03-12T13:00:00Z"],
            ["2024-03-12T08:00:00Z", "2024-03-12T13:00:00Z"],
            ["2024-03-12T22:00:00Z", "2024-03-12T23:00:00Z"],
        ]
    );
}

#[test]
fn each_message_about_a_schedule() {
    let parse = |value: Value| {
        input::parse_finalized_schedule(&object(&json!({ "finalized_schedule": value })), &utc())
    };
    let missing = json!({ "error": "Missing Fields" });
    assert_eq!(told(input::parse_finalized_schedule(&Map::new(), &utc())), missing);
    assert_eq!(told(parse(json!(null))), missing);
    assert_eq!(told(parse(json!([]))), json!({ "finalized_schedule": ["This list may not be empty."] }));
    let no_list = json!({ "finalized_schedule": ["Expected a list of items but got type \"str\"."] });
    assert_eq!(told(parse(json!("x"))), no_list);
    let good =
        || json!({ "contact_id": 1, "start_time": "2024/03/12 13:00:00", "end_time": "2024/03/12 14:00:00" });
    let required = json!(["This field is required."]);
    let of = |field: &str, value: Value| {
        let mut item = object(&good());
        item.insert(field.to_owned(), value);
        told(parse(json!([good(), item, 7])))
    };
    let unselected = json!({ "error": "Availability not selected for a user" });
    assert_eq!(of("start_time", json!(null)), unselected);
    assert_eq!(of("end_time", json!(" ")), unselected);
    assert_eq!(
        of("start_time", json!("soon")),
        json!({ "non_field_errors": ["Invalid start time format."] })
    );
    assert_eq!(of("end_time", json!("soon")), json!({ "non_field_errors": ["Invalid end time format."] }));
    assert_eq!(
        of("end_time", json!("2024/03/12 13:00:00")),
        json!({ "non_field_errors": ["End time must be after start time."] })
    );
    assert_eq!(of("contact_id", json!("x")), json!({ "contact_id": ["A valid integer is required."] }));
    assert_eq!(
        told(parse(json!([{}]))),
        json!({ "contact_id": required, "start_time": required, "end_time": required })
    );
    let no_object = json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got int."] });
    assert_eq!(told(parse(json!([7]))), no_object);
    assert!(told(parse(json!(vec![good(); 201]))).to_string().contains("no more than 200 elements"));
    let chosen = parse(
        json!([good(), { "contact_id": "-3", "start_time": "2024-03-12T13:00:00Z", "end_time": "2024/03/12 15:00:00", "x": 1 }]),
    );
    let chosen: Vec<(u64, String)> =
        chosen.unwrap().iter().map(|meeting| (meeting.contact, meeting.slot.end().to_string())).collect();
    assert_eq!(chosen, [(1, "2024-03-12T14:00:00Z".to_owned()), (0, "2024-03-12T15:00:00Z".to_owned())]);
}

fn leaf() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        Just("2024-03-12"),
        Just("2024-03-31T02:30:00"),
        Just("2024/10/27 02:30:00"),
        Just("9999-12-31"),
        Just("0001-01-01T00:00:00"),
        Just("9999-12-30T23:59:59Z"),
        Just("13:00:00"),
        Just("24:00:00"),
        Just("1"),
        Just("Europe/Berlin"),
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..600).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        texts.prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("date"),
        Just("start_time"),
        Just("end_time"),
        Just("end_date"),
        Just("fold"),
        Just("end_fold"),
        Just("preference_level"),
        Just("preference"),
        Just("contact_id"),
    ];
    leaf().prop_recursive(3, 32, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..8)
                .prop_map(|m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Map<String, Value>> {
    let keys = [
        "name",
        "description",
        "deadline",
        "timezone",
        "invitees",
        "available_slots",
        "availability",
        "meeting_minutes",
        "step_minutes",
        "reminders",
        "fold",
        "add_invitees",
        "remove_invitees",
        "add_availabilities",
        "remove_availabilities",
        "finalized_schedule",
    ];
    prop::collection::hash_map(prop::sample::select(keys.to_vec()), value(), 0..7)
        .prop_map(|m| m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

/// An item that is nearly one: the document's, with one member replaced.
fn nearly() -> impl Strategy<Value = Map<String, Value>> {
    (0usize..6, value()).prop_map(|(n, value)| {
        let fields = ["date", "start_time", "end_time", "preference_level", "end_date", "fold"];
        let slots = json!([slot(&json!({ fields[n]: value.clone() }))]);
        let stamped = json!({ "contact_id": 1, "start_time": "2024/03/12 13:00:00", "end_time": "2024/03/12 14:00:00", "preference_level": 3 });
        let mut stamped = object(&stamped);
        stamped.insert(fields[n].to_owned(), value);
        let items = json!([stamped]);
        let mut body = with(&json!({ "available_slots": slots }));
        for (field, value) in [("add_availabilities", &slots), ("availability", &items), ("finalized_schedule", &items)] {
            body.insert(field.to_owned(), value.clone());
        }
        body
    })
}

proptest! {
    #[test]
    fn no_body_panics_and_what_is_accepted_keeps_the_limits(body in prop_oneof![body(), nearly()], in_berlin in any::<bool>()) {
        let zone = if in_berlin { berlin() } else { utc() };
        if let Ok(new) = input::parse_new_calendar(&body, &zone, now()) {
            prop_assert!(new.deadline > now() && (1..=200).contains(&new.invitees.len()) && new.slots.len() <= 500);
            prop_assert!((5..=480).contains(&new.meeting_minutes) && (5..=60).contains(&new.step_minutes));
        }
        let _ = input::parse_calendar_edit(&body, &zone, now());
        if let Ok(slots) = input::parse_answer(&body, &zone) {
            prop_assert!(slots.iter().all(|available| available.slot.begin().micros() % 1_000_000 == 0));
        }
        let _ = input::parse_finalized_schedule(&body, &zone);
    }
}
