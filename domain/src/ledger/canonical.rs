//! Canonical JSON (RFC 8785).
//!
//! The value becomes JSON as everywhere else, and what that says is written anew, so that no type is serialised by code of its own for
//! this: that and a table for numbers were 27 KB gzipped of the Worker.

use serde::Serialize;
use serde_json::Value;

use crate::order;

/// The canonical JSON of a value. All that is passed in here are maps with text keys, which cannot fail to serialise; an
/// empty text would verify against nothing.
pub(super) fn canonical<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).map(|json| rewritten(&json)).unwrap_or_default()
}

fn rewritten(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    if let Ok(value) = whittle_json::from_str(json) {
        write(&value, &mut text);
    }
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            order::sort_by_key(&mut members, |(name, _)| name.encode_utf16().collect::<Vec<_>>());
            text.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Number(number) => text.push_str(&written(number.as_f64().unwrap_or_default())),
        // Of these serde_json's text is the canonical one.
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

/// A number as ECMAScript writes it: with the fewest digits that tell it from all others, and with an exponent if it is very large or small.
fn written(number: f64) -> String {
    if number == 0.0 {
        // Without the sign that -0 has.
        "0".to_owned()
    } else if (1e-6..1e21).contains(&number.abs()) {
        number.to_string()
    } else {
        let text = format!("{number:e}");
        if text.contains("e-") { text } else { text.replace('e', "e+") }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
    use serde_json::json;

    use super::*;

    /// Any JSON, with numbers of all kinds, and names whose order differs between UTF-8 and UTF-16.
    fn anything() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            "[a-z_]{0,3}",
            "\\PC{0,4}",
            "[\u{e000}\u{ffff}\u{10000}\u{10ffff}\"\\\\\u{1}\u{7f}\n]{0,3}"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (0_u32..10_000).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (-30_i32..30, any::<i8>()).prop_map(|(power, n)| Value::from(f64::from(n) * 10_f64.powi(power))),
            any::<String>().prop_map(Value::from),
            name.prop_map(Value::from),
        ];
        let name =
            prop_oneof!["[a-z_]{0,3}", "[\u{e000}\u{ffff}\u{10000}\u{10ffff}\"\\\\\u{1}\u{7f}\n]{0,3}"];
        leaf.prop_recursive(4, 64, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..8).prop_map(
                    |members: BTreeMap<String, Value>| Value::Object(members.into_iter().collect())
                ),
            ]
        })
    }

    proptest! {
        #[test]
        fn anything_is_written_as_serde_jcs_writes_it(value in anything()) {
            prop_assert_eq!(canonical(&value), serde_jcs::to_string(&value).unwrap());
        }

        #[test]
        fn every_number_is_written_as_serde_jcs_writes_it(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                prop_assert_eq!(written(number), serde_jcs::to_string(&number).unwrap());
            }
        }
    }

    #[test]
    fn numbers_at_the_borders_are_written_as_serde_jcs_writes_them() {
        for number in [
            0.0,
            -0.0,
            1e-6,
            9.9e-7,
            1e20,
            1e21,
            -1e21,
            123_456_789_012_345_680_000.0,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
        ] {
            assert_eq!(canonical(&number), serde_jcs::to_string(&number).unwrap());
        }
        for number in [u64::MAX, 1 << 53, (1 << 53) + 1] {
            assert_eq!(canonical(&number), serde_jcs::to_string(&number).unwrap());
        }
    }

    #[test]
    fn members_are_in_the_order_of_utf_16() {
        assert_eq!(canonical(&json!({ "\u{ffff}": 1, "\u{10000}": 2 })), "{\"\u{10000}\":2,\"\u{ffff}\":1}");
    }
}
