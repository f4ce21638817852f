//! Any body is accepted or refused without a panic, and what is accepted keeps the limits.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use serde_json::{Map, Value, json};
use whittle_domain::input;
use whittle_domain::instant::Instant;
use whittle_domain::text::Title;
use whittle_domain::zone::Zone;

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![
            Just("2030-01-01T00:00:00Z"),
            Just("2030-03-31T02:30"),
            Just("00:10"),
            Just("a@b.c"),
            Just("names"),
            Just("UTC")
        ]
        .prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("begin"),
        Just("duration"),
        Just("email"),
        Just("name"),
        Just("optional"),
        Just("timezone"),
        Just("fold")
    ];
    leaf().prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Map<String, Value>> {
    let keys = [
        "parties",
        "slots",
        "title",
        "location",
        "description",
        "timezone",
        "deadline",
        "min_duration",
        "visibility",
        "note",
        "sender",
        "invitation",
        "party",
        "begin",
        "fold",
    ];
    prop::collection::hash_map(prop::sample::select(keys.to_vec()), value(), 0..6)
        .prop_map(|m| m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

/// A body with valid parties and slots, so that its other fields decide.
fn with_valid_parties_and_slots(mut body: Map<String, Value>) -> Map<String, Value> {
    body.insert("parties".to_owned(), json!(["a@b.c", { "email": "d@e.f", "optional": true }]));
    body.insert("slots".to_owned(), json!([{ "begin": "2030-01-01T00:00:00Z", "duration": "01:00:00" }]));
    body
}

proptest! {
    #[test]
    fn no_body_panics_and_what_is_accepted_keeps_the_limits(body in body()) {
        let now = Instant::from_millis(1_700_000_000_000);
        let title = Title::parse("cybes").unwrap();
        for body in [body.clone(), with_valid_parties_and_slots(body)] {
            if let Ok(new) = input::parse_new_proposal(&body, title.clone(), Zone::default(), now) {
                prop_assert!((1..=30).contains(&new.slots.len()) && (1..=50).contains(&new.parties.len()));
                prop_assert!(new.parties.iter().any(|p| !p.optional));
                prop_assert!(new.deadline.is_none_or(|d| d > now));
                prop_assert!(!new.location.as_str().contains(char::is_control));
                prop_assert!(!new.description.as_str().contains(|c: char| c.is_control() && c != '\n'));
            }
            let _ = (input::parse_narrowing(&body), input::parse_notice(&body), input::parse_revocation(&body));
            let _ = (input::parse_next_round(&body, 1), input::parse_update(&body));
        }
    }
}
