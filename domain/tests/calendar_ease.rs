//! What makes an owner's work easier: weekly hours and groups in the body of a new calendar, copies, and answers as CSV.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may panic"
)]

use serde_json::{Map, Value, json};
use whittle_domain::calendar::{
    Act, Calendar, CalendarDescription, CalendarName, Caller, Command, Copied, New, NewInvitee, Owner,
    create, csv, decide, replay,
};
use whittle_domain::input::{FoundContact, parse_calendar_edit, parse_new_calendar};
use whittle_domain::instant::Instant;
use whittle_domain::proposal::Via;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::{Slot, WrittenSlot};
use whittle_domain::text::PersonName;
use whittle_domain::zone::Zone;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn slot(begin: &str, duration: &str) -> Slot {
    WrittenSlot { begin: begin.to_owned(), duration: duration.to_owned() }.parse().unwrap()
}

fn liked(begin: &str, duration: &str, level: u8) -> PreferredSlot {
    PreferredSlot { slot: slot(begin, duration), preference: Preference::new(level).unwrap() }
}

fn invitee(contact: u64, first_name: &str, last_name: &str) -> NewInvitee {
    let address = format!("c{contact}@example.org").parse().unwrap();
    NewInvitee {
        contact,
        first_name: PersonName::parse(first_name).unwrap(),
        last_name: PersonName::parse(last_name).unwrap(),
        address,
    }
}

/// A calendar in Berlin whose deadline is on 20 October 2026, five days before clocks are put back there.
fn calendar(slots: Vec<PreferredSlot>, invitees: Vec<NewInvitee>) -> Calendar {
    let owner = Owner {
        account: 1,
        address: "ana@example.org".parse().unwrap(),
        verified: true,
        first_name: "Ana".to_owned(),
        last_name: "Lee".to_owned(),
    };
    let new = New {
        name: CalendarName::parse("Thesis").unwrap(),
        description: CalendarDescription::parse("Bring your draft.").unwrap(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: at("2026-10-20T16:00:00Z"),
        meeting_minutes: 45,
        step_minutes: 15,
        reminders: false,
        slots,
        invitees,
    };
    replay(&create(7, owner, Via::Session, new, at("2026-10-01"))).unwrap()
}

fn answered(calendar: Calendar, number: u16, slots: Vec<PreferredSlot>) -> Calendar {
    let generation = calendar.invitee(number).unwrap().generation;
    let act = Act {
        caller: Caller::Link { invitee: number, generation },
        via: Via::Link,
        command: Command::Answer { slots, replace: false },
    };
    let events = decide(&calendar, &act, at("2026-10-02")).unwrap();
    events.iter().fold(Some(calendar), whittle_domain::calendar::apply).unwrap()
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn answers_are_rows_in_the_calendars_zone_and_no_cell_is_a_formula() {
    let invitees = vec![
        invitee(1, "=SUM(A1)", "Stone, \"B\""),
        invitee(2, "Cyd", "Okafor"),
        invitee(3, "Dan", "Hu"),
        invitee(4, "Eve", "Roe"),
    ];
    let c = calendar(vec![liked("2026-10-24T22:00:00Z", "1 01:00:00", 2)], invitees);
    let given = vec![
        // Clocks show 02:30 twice; the second lasts until midnight.
        liked("2026-10-25T00:30:00Z", "00:30:00", 3),
        liked("2026-10-25T01:30:00Z", "21:30:00", 1),
        liked("2026-10-25T22:00:00Z", "02:00:00", 2),
    ];
    let mut c = answered(answered(c, 1, given), 2, Vec::new());
    c.invitees[3].removed = true;
    assert_eq!(
        csv::write(&c),
        "first_name,last_name,email,state,date,start_time,end_date,end_time,preference_level,timezone\r\n\
         '=SUM(A1),\"Stone, \"\"B\"\"\",c1@example.org,answered,2026-10-25,02:30:00,2026-10-25,02:00:00,3,Europe/Berlin (UTC+02:00)\r\n\
         '=SUM(A1),\"Stone, \"\"B\"\"\",c1@example.org,answered,2026-10-25,02:30:00,2026-10-25,24:00:00,1,Europe/Berlin (UTC+01:00)\r\n\
         '=SUM(A1),\"Stone, \"\"B\"\"\",c1@example.org,answered,2026-10-25,23:00:00,2026-10-26,01:00:00,2,Europe/Berlin (UTC+01:00)\r\n\
         Cyd,Okafor,c2@example.org,cannot,,,,,,\r\n\
         Dan,Hu,c3@example.org,unanswered,,,,,,\r\n"
    );
}

fn copied(c: &Calendar, weeks: Option<i32>, now: &str) -> Option<Copied> {
    c.copied(weeks, at(now))
}

#[test]
fn a_copy_is_as_few_weeks_later_as_put_all_of_it_into_the_future_and_keeps_the_hours() {
    let c = calendar(vec![liked("2026-10-22T07:00:00Z", "01:00:00", 3)], vec![invitee(1, "A", "B")]);
    let told = |weeks, now| {
        let copied = copied(&c, weeks, now).unwrap();
        (copied.weeks, copied.deadline.to_string(), copied.slots[0].slot.begin().to_string())
    };
    // 18:00 and 9:00 in Berlin, on both sides of the change.
    let same = (0, "2026-10-20T16:00:00Z".to_owned(), "2026-10-22T07:00:00Z".to_owned());
    assert_eq!(told(None, "2026-10-20T15:59:59Z"), same);
    let later = (1, "2026-10-27T17:00:00Z".to_owned(), "2026-10-29T08:00:00Z".to_owned());
    assert_eq!(told(None, "2026-10-20T16:00:00Z"), later);
    assert_eq!(told(Some(1), "2026-10-01"), later);
    assert_eq!(told(None, "2026-12-31").0, 11);
    assert_eq!(copied(&c, None, "2029-01-01"), None);
    assert_eq!(copied(&c, Some(i32::MAX), "2026-10-01"), None);
    assert_eq!(copied(&c, Some(0), "2026-12-01").unwrap().weeks, 0);
}

#[test]
fn hours_that_clocks_skip_in_the_new_week_are_shortened_or_left_out() {
    let slots = vec![
        liked("2026-10-25T00:15:00Z", "00:30:00", 1),
        liked("2026-10-25T01:15:00Z", "01:45:00", 2),
        liked("2026-10-26T09:00:00Z", "01:00:00", 3),
    ];
    let c = calendar(slots, vec![invitee(1, "A", "B")]);
    // 22 weeks after 25 October 2026 clocks are put forward.
    let later = copied(&c, Some(22), "2026-10-01").unwrap();
    let told = later.slots.iter().map(|s| format!("{} {}", s.slot.begin(), s.slot.end()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["2027-03-28T01:00:00Z 2027-03-28T02:00:00Z", "2027-03-29T08:00:00Z 2027-03-29T09:00:00Z"]
    );
    assert_eq!(later.skipped, 1);
}

#[test]
fn the_body_of_a_copy_is_one_that_create_takes_whatever_clocks_do() {
    for weeks in 0..100 {
        let slots = vec![
            liked("2026-10-24T22:00:00Z", "02:30:00", 1),
            liked("2026-10-25T01:30:00Z", "21:30:00", 2),
            liked("2026-10-26T22:00:00Z", "02:00:00", 3),
        ];
        let c = calendar(slots, vec![invitee(1, "A", "B"), invitee(2, "C", "D")]);
        let later = copied(&c, Some(weeks), "2026-10-01").unwrap();
        let new = parse_new_calendar(&c.copy_body(&later, &[2]), &Zone::default(), at("2026-10-01")).unwrap();
        assert_eq!((new.slots, new.deadline, &new.timezone), (later.slots, later.deadline, &c.timezone));
        assert_eq!((new.name.as_str(), new.description.as_str()), ("Thesis", "Bring your draft."));
        assert_eq!(
            (new.meeting_minutes, new.step_minutes, new.reminders, new.invitees),
            (45, 15, false, vec![2])
        );
    }
}

fn new_body(more: Value) -> Map<String, Value> {
    let mut all = body(json!({
        "name": "Thesis", "description": "", "deadline": "2026-10-20T16:00:00Z", "timezone": "Europe/Berlin",
        "invitees": [1],
    }));
    all.extend(body(more));
    all
}

#[test]
fn a_new_calendar_takes_weekly_hours_beside_or_in_place_of_slots() {
    let now = at("2026-10-01");
    let weekly =
        json!([{ "weekday": "tuesday", "start_time": "09:00", "end_time": "17:00", "preference_level": 2 }]);
    let dates = json!({ "weekly": weekly, "from": "2026-10-19", "until": "2026-11-01" });
    let read = |more: Value| parse_new_calendar(&new_body(more), &Zone::default(), now);
    let begins =
        |slots: &[PreferredSlot]| slots.iter().map(|s| s.slot.begin().to_string()).collect::<Vec<_>>();
    let alone = read(dates.clone()).unwrap();
    assert_eq!(begins(&alone.slots), ["2026-10-20T07:00:00Z", "2026-10-27T08:00:00Z"]);
    let mut both = dates.clone();
    both["available_slots"] = json!([{ "date": "2026-10-21", "start_time": "09:00:00", "end_time": "10:00:00", "preference_level": 3 }]);
    assert_eq!(read(both).unwrap().slots.len(), 3);
    // What clocks do is told.
    let mut sunday = dates;
    sunday["weekly"][0]["weekday"] = json!("sunday");
    sunday["weekly"][0]["start_time"] = json!("02:00");
    let notes = read(sunday).unwrap().notes;
    assert_eq!(
        notes,
        [
            "The time from 2026-10-25T02:00 to 2026-10-25T17:00 is longer: clocks in Europe/Berlin are put back then and show a part of it twice."
        ]
    );
    // Errors of weekly hours stand beside those of the other fields, and slots are required where there are none.
    let wrong =
        read(json!({ "weekly": weekly, "from": "x", "until": "2026-11-01", "invitees": [] })).unwrap_err();
    assert_eq!(
        json!(wrong),
        json!({ "from": ["Date must be in a valid date format YYYY-MM-DD."], "invitees": ["This list may not be empty."] })
    );
    let wrong = read(json!({ "weekly": null })).unwrap_err();
    assert_eq!(json!(wrong), json!({ "available_slots": ["This field is required."] }));
    // As many as there may be, and no more.
    let every: Vec<Value> = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .into_iter()
        .flat_map(|day| (6..13).map(move |hour| json!({ "weekday": day, "start_time": format!("{hour:02}:00"), "end_time": format!("{hour:02}:30") })))
        .collect();
    let many = read(json!({ "weekly": every, "from": "2026-10-19", "until": "2027-01-10" })).unwrap_err();
    assert_eq!(
        json!(many),
        json!({ "available_slots": ["Ensure this field has no more than 500 elements."] })
    );
}

#[test]
fn a_new_calendar_and_an_edit_take_groups() {
    let now = at("2026-10-01");
    let slots = json!([{ "date": "2026-10-21", "start_time": "09:00:00", "end_time": "10:00:00", "preference_level": 3 }]);
    let read = |groups: Value, invitees: Option<Value>| {
        let mut given = new_body(json!({ "available_slots": slots, "groups": groups }));
        given.remove("invitees");
        given.extend(invitees.map(|ids| ("invitees".to_owned(), ids)));
        parse_new_calendar(&given, &Zone::default(), now).map_err(|errors| json!(errors))
    };
    let new = read(json!(["Team", "team", "Choir"]), None).unwrap();
    assert_eq!(
        (new.groups.names().collect::<Vec<_>>(), new.invitees.clone()),
        (vec!["Choir", "Team"], vec![])
    );
    assert_eq!(read(json!("Team; Choir; team"), Some(json!([]))).unwrap().groups, new.groups.clone());
    assert_eq!(read(json!([]), None), Err(json!({ "invitees": ["This field is required."] })));
    assert_eq!(
        read(json!(null), Some(json!([]))),
        Err(json!({ "invitees": ["This list may not be empty."] }))
    );
    for bad in [json!([""]), json!(7), json!(["a;b"]), json!({})] {
        let wrong = read(bad.clone(), Some(json!([1]))).unwrap_err();
        assert_eq!(wrong.as_object().unwrap().keys().collect::<Vec<_>>(), ["groups"], "{bad}");
    }
    let edit = parse_calendar_edit(&body(json!({ "groups": ["Team"] })), &Zone::default(), now).unwrap();
    assert_eq!(edit.groups.names().collect::<Vec<_>>(), ["Team"]);
    assert!(edit.with_contacts(|_| FoundContact::Unknown).unwrap().add_invitees.is_empty());
}
