//! Members of JSON that our own code or our own statements have written: what is missing is empty.

use serde_json::Value;

/// A text.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A whole number.
pub fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// Whether it says yes, as JSON or as SQLite does.
pub fn is(value: &Value, name: &str) -> bool {
    value.get(name).is_some_and(|it| it.as_bool() == Some(true) || it.as_i64() == Some(1))
}

/// A list.
pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a list.
pub fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}
