//! Field errors in the shapes of the original's framework.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::{Slot, SlotFault, Slots};
use crate::text::Line;
use crate::zone::Zone;

/// Errors by field: `{"field": ["..."]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Map<String, Value>);

impl FieldErrors {
    /// One error.
    #[must_use]
    pub fn one(field: &str, message: &str) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Adds a plain message.
    pub fn add(&mut self, field: &str, message: &str) {
        self.put(field, json!([message]));
    }

    /// Adds an error of any shape.
    pub fn put(&mut self, field: &str, error: Value) {
        self.0.insert(field.to_owned(), error);
    }

    /// Adds those of other fields.
    pub fn merge(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Keeps the value, or notes its error and keeps nothing.
    pub fn take<T>(&mut self, field: &str, result: Result<T, Value>) -> Option<T> {
        result.map_err(|error| self.put(field, error)).ok()
    }

    /// # Errors
    /// Itself, where there are any.
    pub fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// A list of messages, as the framework gives them for one value.
pub(super) fn says(message: &str) -> Value {
    json!([message])
}

/// An error of a list as a whole.
fn of_list(message: &str) -> Value {
    json!({ "non_field_errors": [message] })
}

pub(super) fn required() -> Value {
    says("This field is required.")
}

fn null() -> Value {
    says("This field may not be null.")
}

/// What Python calls the value's type: the messages quote it.
fn type_name(value: &Value) -> &'static str {
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

/// A text; numbers count as one, as in the original.
pub(super) fn text(value: &Value) -> Result<String, Value> {
    match value {
        Value::Null => Err(null()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(says("Not a valid string.")),
    }
}

pub(super) fn line<const MOST: usize>(value: &Value) -> Result<Line<MOST>, Value> {
    Line::parse(&text(value)?).map_err(|fault| says(&fault.to_string()))
}

pub(super) fn address(value: &Value) -> Result<Address, Value> {
    match value {
        Value::Null => Err(null()),
        Value::String(text) if text.trim().is_empty() => Err(says("This field may not be blank.")),
        Value::String(text) => text.parse().map_err(|_| says("Enter a valid email address.")),
        _ => Err(says("Enter a valid email address.")),
    }
}

pub(super) fn zone(value: &Value) -> Result<Zone, Value> {
    Zone::named(&text(value)?).ok_or_else(|| says("Not a time zone of the IANA database."))
}

pub(super) fn boolean(value: &Value) -> Result<bool, Value> {
    match value {
        Value::Bool(yes) => Ok(*yes),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
            _ => Err(says("Must be a valid boolean.")),
        },
        Value::Number(n) if n.as_u64() == Some(1) => Ok(true),
        Value::Number(n) if n.as_u64() == Some(0) => Ok(false),
        Value::Null => Err(null()),
        _ => Err(says("Must be a valid boolean.")),
    }
}

pub(super) fn instant(value: &Value) -> Result<Instant, Value> {
    let read = match value {
        Value::Null => return Err(null()),
        Value::String(text) => Instant::parse(text),
        _ => None,
    };
    read.ok_or_else(|| {
        says("Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
    })
}

/// A length of time; a JSON number counts seconds.
pub(super) fn duration(value: &Value) -> Result<Duration, Value> {
    let wrong =
        || says("Duration has wrong format. Use one of these formats instead: [DD] [HH:[MM:]]ss[.uuuuuu].");
    let length = match value {
        Value::Null => return Err(null()),
        Value::String(text) => Duration::parse(text),
        Value::Number(number) => Duration::parse(&number.to_string()),
        _ => None,
    }
    .ok_or_else(wrong)?;
    if length.micros() > 0 { Ok(length) } else { Err(says("Ensure this value is greater than zero.")) }
}

pub(super) fn slot(value: &Value) -> Result<Slot, Value> {
    let Value::Object(item) = value else {
        return Err(of_list(&format!("Invalid data. Expected a dictionary, but got {}.", type_name(value))));
    };
    let mut errors = FieldErrors::default();
    let begin = errors.take("begin", item.get("begin").ok_or_else(required).and_then(instant));
    let length = errors.take("duration", item.get("duration").ok_or_else(required).and_then(duration));
    match (begin, length) {
        (Some(begin), Some(length)) => Slot::new(begin, length).map_err(|fault| match fault {
            SlotFault::Empty => json!({ "duration": ["Ensure this value is greater than zero."] }),
            SlotFault::TooLate => json!({ "duration": ["The slot ends after 9999-12-30T22:00:00Z."] }),
        }),
        _ => Err(Value::Object(errors.0)),
    }
}

/// A list of slots, duplicates collapsed.
pub(super) fn slots(value: &Value) -> Result<Slots, Value> {
    let slots = each(value, Slots::MOST, &json!({}), slot)?;
    Slots::new(slots).map_err(|_| too_many(Slots::MOST))
}

fn too_many(most: usize) -> Value {
    of_list(&format!("Ensure this field has no more than {most} elements."))
}

pub(super) fn empty() -> Value {
    of_list("This list may not be empty.")
}

/// A list of at most `most` items, each read by `read`; errors come as a list aligned with the input, `fine` standing
/// for items without one.
pub(super) fn each<T>(
    value: &Value,
    most: usize,
    fine: &Value,
    read: impl Fn(&Value) -> Result<T, Value>,
) -> Result<Vec<T>, Value> {
    let items = match value {
        Value::Null => return Err(null()),
        Value::Array(items) if items.len() > most => return Err(too_many(most)),
        Value::Array(items) => items,
        other => {
            return Err(of_list(&format!("Expected a list of items but got type \"{}\".", type_name(other))));
        }
    };
    let (mut good, mut errors, mut bad) = (Vec::new(), Vec::new(), false);
    for item in items {
        match read(item) {
            Ok(item) => {
                good.push(item);
                errors.push(fine.clone());
            }
            Err(error) => {
                bad = true;
                errors.push(error);
            }
        }
    }
    if bad { Err(Value::Array(errors)) } else { Ok(good) }
}
