//! Whatever a server answers, the client neither panics nor lets a control character through to the terminal.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Map, Value, json};
use whittle_cli::config::Credential;
use whittle_cli::error::Error;
use whittle_cli::http::{Answer, Ask, Client, refusal_texts};
use whittle_cli::show::{Look, human, rows, template::Template};
use whittle_cli::table::all;

/// Members that answers have, so that random values stand where the client looks.
const NAMES: [&str; 24] = [
    "id",
    "slots",
    "begin",
    "duration",
    "parties",
    "answers",
    "state",
    "title",
    "entries",
    "needs_you",
    "items",
    "proposal",
    "results",
    "suggested_schedules",
    "analysis",
    "words",
    "unanswered",
    "timezone",
    "detail",
    "message",
    "busy",
    "starts",
    "deadline",
    "checks",
];

fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[\\x00-\\x9f\u{202e}\u{2028}]*".prop_map(Value::from),
        "[0-9]{1,6}-[0-9]{1,3}-[0-9]{1,3}T[0-9:.]{1,20}(Z|[+-][0-9:]{1,6})".prop_map(Value::from),
        prop::sample::select(vec![
            "9999-12-30T22:00:00Z",
            "0001-01-01T00:00:00Z",
            "99999 00:00:00",
            "00:00:00.000001"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner.clone()), 0..8).prop_map(
                |members| Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
                )
            ),
            prop::collection::hash_map(".*", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c == '\n' || c == '\t' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)))
}

proptest! {
    #[test]
    fn odd_answers_are_shown_without_harm(value in odd_json()) {
        for zone in [TimeZone::UTC, TimeZone::posix("<-12>12").unwrap()] {
            let look = Look { zone: &zone, color: false };
            for command in all() {
                let text = human(&value, &command.show, &look);
                assert!(is_harmless(&text), "{}: {text:?}", command.name);
                if let Ok(text) = Template::parse("{id} {slots.0.begin} {title}").unwrap().rows(&rows(&value, &command.show)) {
                    assert!(is_harmless(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn odd_refusals_are_told_without_harm(body in prop_oneof![odd_json().prop_map(|value| value.to_string().into_bytes()), prop::collection::vec(any::<u8>(), 0..300)], status in 0u16..1000) {
        let answer = Answer { status, headers: vec![("location".to_owned(), "\u{1b}]0;x\u{7}".to_owned())], body };
        let texts = refusal_texts(&answer);
        assert!(texts.len() <= 20 && texts.iter().all(|text| is_harmless(text) && text.chars().count() <= 500));
        let _ = answer.json();
    }
}

/// A server that answers each connection with the same bytes, whatever is asked.
fn server(bytes: Vec<u8>) -> url::Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url::Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked);
            // The client may have enough before all is sent.
            let _ = stream.write_all(&bytes);
        }
    });
    url
}

fn ask(bytes: impl Into<Vec<u8>>) -> Result<Answer, Error> {
    let client = Client::new(server(bytes.into()), Credential::Nobody, Duration::from_secs(10));
    client.send(&Ask::new(ureq::http::Method::GET, "/"))
}

#[test]
fn what_is_no_answer_is_an_error() {
    for bytes in [
        &b""[..],
        b"\n",
        b"hello",
        b"HTTP/1.1",
        b"HTTP/1.1 999999 x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n\x00\x01: \xff\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ] {
        let error = ask(bytes).unwrap_err();
        assert_eq!(error.code(), 7, "{error}");
    }
    let long = [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'a'; 1 << 20]].concat();
    assert_eq!(ask(long).unwrap_err().code(), 7);
}

#[test]
fn an_answer_without_end_ends() {
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    bytes.resize(65 << 20, b'a');
    let error = ask(bytes).unwrap_err();
    assert_eq!(error.code(), 7);
    assert!(error.to_string().contains("larger than 64 MiB"), "{error}");
}

#[test]
fn a_redirect_is_not_followed() {
    let error =
        ask("HTTP/1.1 308 x\r\nlocation: https://elsewhere.example.org/\r\ncontent-length: 0\r\n\r\n")
            .unwrap_err();
    assert!(error.to_string().contains("https://elsewhere.example.org/"), "{error}");
}

#[test]
fn each_status_has_its_exit_code() {
    for (status, code) in [
        (400, 5),
        (401, 3),
        (403, 3),
        (404, 4),
        (409, 5),
        (410, 4),
        (412, 5),
        (413, 5),
        (422, 5),
        (429, 6),
        (503, 6),
        (500, 7),
        (302, 7),
    ] {
        let error = ask(format!("HTTP/1.1 {status} x\r\ncontent-length: 15\r\n\r\n{{\"detail\":\"no\"}}"))
            .unwrap_err();
        assert_eq!(error.code(), code, "{status}");
        assert!(error.to_string().contains("no"), "{status}: {error}");
    }
    let error = ask("HTTP/1.1 401 x\r\ncontent-length: 2\r\n\r\n{}").unwrap_err();
    assert!(error.to_string().contains("whittle login"), "{error}");
}

#[test]
fn faults_are_told_with_their_fields() {
    let body = json!({"slots": [{}, {"begin": ["Wrong."]}], "detail": "All of it."}).to_string().into_bytes();
    let answer = Answer { status: 400, headers: Vec::new(), body };
    assert_eq!(refusal_texts(&answer), ["All of it.", "slots[2].begin: Wrong."]);
}
