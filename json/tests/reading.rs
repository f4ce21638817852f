//! What is read is what `serde_json` reads.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use whittle_json::from_str;

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Person {
    name: String,
    #[serde(default)]
    age: u8,
    #[serde(rename = "e-mail", skip_serializing_if = "Option::is_none")]
    mail: Option<String>,
    #[serde(skip)]
    seen: bool,
    likes: Vec<Kind>,
    at: (i64, f64),
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Unit,
    #[allow(dead_code, reason = "a name that is not read")]
    #[serde(skip)]
    Never,
    Wrapped(Box<Kind>),
    Pair(u32, Id),
    Named {
        id: Id,
        other: Option<bool>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
struct Id(String);

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Wide {
    first: u8,
    #[serde(flatten)]
    person: Person,
    #[serde(flatten)]
    rest: BTreeMap<Id, Value>,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", content = "of")]
enum Adjacent {
    A(Person),
    B,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind")]
enum Internal {
    A(Person),
    B { n: i32 },
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Person(Person),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: u8,
    b: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Borrowed<'a> {
    text: &'a str,
}

/// What comes of a text: the same value as from `serde_json`, or an error where there is one.
fn same<T: DeserializeOwned + PartialEq + Debug>(text: &str) {
    let (ours, theirs) = (from_str::<T>(text), serde_json::from_str::<T>(text));
    assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{text}\n{ours:?}\n{theirs:?}");
}

fn all(text: &str) {
    same::<Value>(text);
    same::<Person>(text);
    same::<Kind>(text);
    same::<Vec<Kind>>(text);
    same::<Wide>(text);
    same::<Adjacent>(text);
    same::<Internal>(text);
    same::<Untagged>(text);
    // A list of fields may end before those that can be missing: here, and not with `serde_json`.
    if !from_str::<Vec<IgnoredAny>>(text).is_ok_and(|fields| fields.len() == 1) {
        same::<Strict>(text);
    }
    same::<Option<Id>>(text);
    same::<BTreeMap<Id, Value>>(text);
    same::<(u8, String)>(text);
    same::<[i32; 2]>(text);
    same::<f64>(text);
    same::<i8>(text);
    same::<bool>(text);
    same::<char>(text);
    same::<()>(text);
    assert_eq!(from_str::<IgnoredAny>(text).is_ok(), serde_json::from_str::<Value>(text).is_ok(), "{text}");
}

fn person() -> Person {
    Person {
        name: "Ana \"\\ \u{1f957}\n".to_owned(),
        age: 7,
        mail: None,
        seen: false,
        likes: vec![
            Kind::Unit,
            Kind::Wrapped(Box::new(Kind::Wrapped(Box::new(Kind::Unit)))),
            Kind::Pair(3, Id("x".to_owned())),
            Kind::Named { id: Id(String::new()), other: Some(true) },
        ],
        at: (-5, 1.25e-3),
    }
}

#[test]
fn every_shape_is_read() {
    let wide = Wide { first: 1, person: person(), rest: [(Id("a".to_owned()), json!([1, null]))].into() };
    for value in [
        json!(person()),
        json!(Kind::Unit),
        json!(person().likes),
        json!(wide),
        json!(Adjacent::A(person())),
        json!(Adjacent::B),
        json!(Internal::A(person())),
        json!(Internal::B { n: -3 }),
        json!(Untagged::Person(person())),
        json!(Untagged::Number(u64::MAX)),
        json!({ "likes": [], "at": [1, 2], "name": "B", "unknown": { "a": [{}] }, "e-mail": null }),
        json!([1, "x"]),
        json!([-1, 2]),
        json!({ "unit": null }),
        json!({ "a": 1, "b": null }),
        json!({ "a": 1, "c": 2 }),
    ] {
        all(&value.to_string());
        all(&serde_json::to_string_pretty(&value).unwrap());
    }
    assert_eq!(from_str::<Person>(&json!(person()).to_string()).unwrap(), person());
    assert_eq!(from_str::<Wide>(&json!(wide).to_string()).unwrap(), wide);
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "tru",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "]",
        "[1]]",
        "1 2",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "--1",
        "1-2",
        "1e5e5",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud83e\\udd57\"",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\u{7f}\"",
        "\u{feff}1",
        "-0",
        "-0.0",
        "1E5",
        "1e999",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "9999999999999999999",
        "0.1",
        "256",
        "-129",
        "1.0",
        "'a'",
        "NaN",
        "{\"name\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"unit\":1}",
        "{\"wrapped\":\"unit\",\"unit\":null}",
        "{}",
        "[]",
        "\"pair\"",
        "{\"pair\":[1]}",
        "{\"pair\":[1,\"a\",2]}",
        "{\"never\":null}",
        "\"never\"",
        "\"other\"",
        "[\"wrapped\"]",
        "\"ab\"",
        "\u{a0}1",
        "[1,\u{2003}2]",
        "{\"a\":1}x",
        "[true,false,null]",
        "[1,\"a\"",
        "[1,\"a\",]",
        "[1,2,3]",
    ] {
        all(text);
    }
    for depth in [126, 127, 128, 200, 100_000] {
        all(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        all(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        all(&format!("{}\"unit\"{}", "{\"wrapped\":".repeat(depth), "}".repeat(depth)));
    }
}

/// Rows of the database are lists.
#[test]
fn a_structure_is_read_from_a_list_of_its_fields() {
    for text in
        ["[1,2]", "[1,null]", "[ 1 , 2 ]", "[1,2,3]", "[]", "[1,\"a\"]", "[1,2", "[1 2]", "[1,2,]", "[[1,2]]"]
    {
        same::<Strict>(text);
        same::<Vec<Strict>>(&format!("[{text},{text}]"));
    }
    for text in [
        r#"["A",7,null,["unit"],[1,2.5]]"#,
        r#"["A",7,"a@b.c",[],[1,2]]"#,
        r#"["A",7,"a@b.c",[],[1,2],false]"#,
    ] {
        same::<Person>(text);
        same::<(u8, Person)>(&format!("[3,{text}]"));
    }
    assert_eq!(from_str::<Strict>("[1]").unwrap(), Strict { a: 1, b: None });
}

#[test]
fn a_list_of_one_field_is_compared_with_what_reads_it_alike() {
    all("[0]");
}

#[test]
fn raw_values_and_borrowed_texts_are_parts_of_the_text() {
    let text = r#" { "a" : [ 1 , { "b" : "]" } ] , "c" : "\n" } "#;
    let raw: BTreeMap<String, Box<RawValue>> = from_str(text).unwrap();
    assert_eq!(raw["a"].get(), r#"[ 1 , { "b" : "]" } ]"#);
    assert_eq!(raw["c"].get(), r#""\n""#);
    let raw: &RawValue = from_str(" [1] ").unwrap();
    assert_eq!(raw.get(), "[1]");
    assert!(from_str::<&RawValue>("[1").is_err());
    assert_eq!(from_str::<Borrowed<'_>>(r#"{"text":"a"}"#).unwrap(), Borrowed { text: "a" });
    assert!(from_str::<Borrowed<'_>>(r#"{"text":"\n"}"#).is_err());
}

#[test]
fn errors_tell_what_is_wrong_and_where() {
    for (text, told) in [
        ("{\n \"name\": \"A\",\n  x", "expected a text at line 3 column 3"),
        ("{\"name\":\"A\"}", "missing field `likes`"),
        (
            "{\"likes\":[\"other\"]}",
            "unknown variant `other`, expected one of `unit`, `wrapped`, `pair`, `named`",
        ),
        ("{\"age\":256}", "invalid value: integer `256`, expected u8"),
        ("3", "expected an object at line 1 column 0"),
    ] {
        assert_eq!(from_str::<Person>(text).unwrap_err().to_string(), told);
    }
    assert!(whittle_json::from_slice::<Value>(b"\"\xff\"").is_err());
    assert_eq!(whittle_json::from_slice::<Value>(b"[1]").unwrap(), json!([1]));
}

/// An alias would move the names behind it.
#[test]
fn nothing_that_is_read_has_an_alias() {
    fn search(folder: &Path, found: &mut usize) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                search(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                *found += text.matches("Deserialize").count();
                let aliased = text.lines().any(|line| line.contains("serde(") && line.contains("alias"));
                assert!(!aliased, "{}", path.display());
            }
        }
    }
    let mut found = 0;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    search(&root.join("src"), &mut found);
    search(&root.join("domain/src"), &mut found);
    assert!(found > 100, "{found}");
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z]{0,3}", any::<String>(), Just("unit".to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("WHITTLE_CASES").ok().and_then(|count| count.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases.unwrap_or(500)) }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_value_is_read(value in value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            prop_assert_eq!(from_str::<Value>(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
            prop_assert_eq!(from_str::<&RawValue>(&text).unwrap().get(), text.as_str());
        }
    }

    /// A text with some of its characters changed.
    #[test]
    fn any_text_is_read_or_refused_like_by_serde_json(
        value in value(),
        at in any::<prop::sample::Index>(),
        with in prop_oneof!["[\\[\\]{}:,\"\\\\0-9.eE+ntfu \n-]{0,2}", any::<String>()],
        longer in 0..3_usize,
    ) {
        let text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len());
        let until = text.len().min(at + longer);
        let changed: String = text[..at].iter().copied().chain(with.chars()).chain(text[until..].iter().copied()).collect();
        all(&changed);
    }
}
