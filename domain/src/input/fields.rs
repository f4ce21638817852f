//! Readers of single values, and their errors in the shapes and words of Django REST framework, which the original used.
//!
//! A reader gives a value or the error as JSON: usually a list with one message.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::wall::parse_begin;
use crate::address::Address;
use crate::detail::Detail;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, SlotError, Slots};
use crate::text::{Line, Text};
use crate::zone::Zone;

/// The errors of a request by field: `{"field": ["message"]}`. The error of a list or an object has the shape of the value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Map<String, Value>);

impl FieldErrors {
    /// The error of one field.
    #[must_use]
    pub fn one(field: &str, message: &str) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Sets the error of a field to one message.
    pub fn add(&mut self, field: &str, message: &str) {
        self.insert(field, json!([message]));
    }

    /// Sets the error of a field to a value of any shape.
    pub fn insert(&mut self, field: &str, error: Value) {
        self.0.insert(field.to_owned(), error);
    }

    /// Adds the errors of other fields.
    pub fn merge(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Gives the value that was read from a field, or records the field's error and gives `None`. So a function can check
    /// all fields before it stops.
    pub fn check<T>(&mut self, field: &str, result: Result<T, Value>) -> Option<T> {
        result.map_err(|error| self.insert(field, error)).ok()
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// The errors that were recorded, if any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// The error with one message.
pub(super) fn message(text: &str) -> Value {
    json!([text])
}

/// An error of a list as a whole, not of one of its items.
pub(super) fn list_error(text: &str) -> Value {
    json!({ "non_field_errors": [text] })
}

pub(super) fn missing() -> Value {
    message("This field is required.")
}

pub(super) fn list_is_empty() -> Value {
    list_error("This list may not be empty.")
}

fn too_many(max: usize) -> Value {
    list_error(&format!("Ensure this field has no more than {max} elements."))
}

pub(super) fn null() -> Value {
    message("This field may not be null.")
}

/// Reads a member that must be present.
pub(super) fn required<'a, T>(
    members: &'a Map<String, Value>,
    field: &str,
    parse: impl Fn(&'a Value) -> Result<T, Value>,
) -> Result<T, Value> {
    members.get(field).ok_or_else(missing).and_then(parse)
}

/// Reads a member that may be missing or null.
pub(super) fn optional<'a, T>(
    members: &'a Map<String, Value>,
    field: &str,
    parse: impl Fn(&'a Value) -> Result<T, Value>,
) -> Result<Option<T>, Value> {
    members.get(field).filter(|value| !value.is_null()).map(parse).transpose()
}

/// The name of the value's type in Python, which the messages quote.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Reads a text. A number is accepted, as in the original, and becomes its digits.
pub(super) fn parse_text(value: &Value) -> Result<String, Value> {
    match value {
        Value::Null => Err(null()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(message("Not a valid string.")),
    }
}

pub(super) fn parse_line<const MAX: usize>(value: &Value) -> Result<Line<MAX>, Value> {
    Line::parse(&parse_text(value)?).map_err(|error| message(&error.to_string()))
}

pub(super) fn parse_optional_text<const MAX: usize, const BREAKS: bool>(
    value: &Value,
) -> Result<Text<MAX, BREAKS>, Value> {
    Text::parse(&parse_text(value)?).map_err(|error| message(&error.to_string()))
}

/// Reads the details that a body has, each once.
pub(super) fn parse_details(body: &Map<String, Value>, errors: &mut FieldErrors) -> Vec<Detail> {
    let read = |name: &str, value: &Value| match name {
        "title" => parse_line(value).map(Detail::Title),
        "location" => parse_optional_text(value).map(Detail::Location),
        "description" => parse_optional_text(value).map(Detail::Description),
        _ => parse_zone(value).map(Detail::Timezone),
    };
    let given = Detail::NAMES.into_iter().filter_map(|name| Some((name, body.get(name)?)));
    given.filter_map(|(name, value)| errors.check(name, read(name, value))).collect()
}

pub(super) fn parse_address(value: &Value) -> Result<Address, Value> {
    match value {
        Value::Null => Err(null()),
        Value::String(text) if text.trim().is_empty() => Err(message("This field may not be blank.")),
        Value::String(text) => text.parse().map_err(|_| message("Enter a valid email address.")),
        _ => Err(message("Enter a valid email address.")),
    }
}

pub(super) fn parse_zone(value: &Value) -> Result<Zone, Value> {
    Zone::parse(&parse_text(value)?).ok_or_else(|| message("Not a time zone of the IANA database."))
}

pub(super) fn parse_boolean(value: &Value) -> Result<bool, Value> {
    match value {
        Value::Bool(yes) => Ok(*yes),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
            _ => Err(message("Must be a valid boolean.")),
        },
        Value::Number(n) if n.as_u64() == Some(1) => Ok(true),
        Value::Number(n) if n.as_u64() == Some(0) => Ok(false),
        Value::Null => Err(null()),
        _ => Err(message("Must be a valid boolean.")),
    }
}

pub(super) fn parse_instant(value: &Value) -> Result<Instant, Value> {
    let instant = match value {
        Value::Null => return Err(null()),
        Value::String(text) => Instant::parse(text),
        _ => None,
    };
    instant.ok_or_else(|| {
        message("Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
    })
}

/// Reads a duration of more than zero. A JSON number counts seconds.
pub(super) fn parse_duration(value: &Value) -> Result<Duration, Value> {
    let wrong_format = || {
        message("Duration has wrong format. Use one of these formats instead: [DD] [HH:[MM:]]ss[.uuuuuu].")
    };
    let duration = match value {
        Value::Null => return Err(null()),
        Value::String(text) => Duration::parse(text),
        Value::Number(number) => Duration::parse(&number.to_string()),
        _ => None,
    }
    .ok_or_else(wrong_format)?;
    if duration.micros() > 0 { Ok(duration) } else { Err(message("Ensure this value is greater than zero.")) }
}

pub(super) fn parse_slot(value: &Value) -> Result<Slot, Value> {
    let Value::Object(item) = value else {
        return Err(list_error(&format!(
            "Invalid data. Expected a dictionary, but got {}.",
            type_name(value)
        )));
    };
    let mut errors = FieldErrors::default();
    let begin = match parse_begin(item) {
        Ok(begin) => Some(begin),
        Err(faults) => {
            faults.into_iter().for_each(|(field, fault)| errors.insert(field, fault));
            None
        }
    };
    let duration = errors.check("duration", required(item, "duration", parse_duration));
    match (begin, duration) {
        (Some(begin), Some(duration)) => Slot::new(begin, duration).map_err(|error| match error {
            SlotError::Empty => json!({ "duration": ["Ensure this value is greater than zero."] }),
            SlotError::TooLate => json!({ "duration": ["The slot ends after 9999-12-30T22:00:00Z."] }),
        }),
        _ => Err(Value::Object(errors.0)),
    }
}

/// Reads a list of slots. Duplicates become one slot.
pub(super) fn parse_slots(value: &Value) -> Result<Slots, Value> {
    let slots = parse_list(value, Slots::MAX, &json!({}), parse_slot)?;
    Slots::new(slots).map_err(|_| too_many(Slots::MAX))
}

/// Reads a list of at most `max` items. The error is a list of the same length, in which `valid` stands for each item
/// without an error.
pub(super) fn parse_list<T>(
    value: &Value,
    max: usize,
    valid: &Value,
    parse: impl Fn(&Value) -> Result<T, Value>,
) -> Result<Vec<T>, Value> {
    let items = match value {
        Value::Null => return Err(null()),
        Value::Array(items) if items.len() > max => return Err(too_many(max)),
        Value::Array(items) => items,
        other => {
            return Err(list_error(&format!(
                "Expected a list of items but got type \"{}\".",
                type_name(other)
            )));
        }
    };
    let results: Vec<Result<T, Value>> = items.iter().map(parse).collect();
    if results.iter().all(Result::is_ok) {
        return Ok(results.into_iter().flatten().collect());
    }
    let errors = results.into_iter().map(|result| result.err().unwrap_or_else(|| valid.clone()));
    Err(Value::Array(errors.collect()))
}
