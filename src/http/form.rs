//! The forms of pages: what a browser sends, and what is said beside the fields where it is refused.
//!
//! Every act that the API knows by PATCH, PUT or DELETE is a form that is posted to the same URL with `?_method=PATCH` and so
//! on ([`crate::http::head::Head`]). The capability's form module makes the API's body of the fields, the API's own handler
//! acts, and the page comes again: by 303 with a notice where it was done, else with what was typed and why it was not.

use askama::Template;
use std::collections::BTreeMap;

use serde_json::Value;
use whittle_domain::slot::{Slot, WrittenSlot};

use crate::error::{Error, Result};
use crate::http::reply::Reply;
use crate::texts::faults::worded;

/// The fields of a form in the order of the page. A name comes once for each box that is ticked.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub const fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The value of a field, without what surrounds it; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(key, value)| key == name && !value.trim().is_empty());
        value.map(|(_, value)| value.trim())
    }

    /// The values of a field that are not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(key, _)| key == name);
        values.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether the field was sent, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All fields, as they were sent.
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

/// A slot as forms carry it.
pub fn slot_value(slot: &Slot) -> String {
    let written = WrittenSlot::from(slot);
    format!("{}|{}", written.begin, written.duration)
}

/// A slot that a form carries.
pub fn parse_slot(value: &str) -> Option<Slot> {
    let (begin, duration) = value.split_once('|')?;
    WrittenSlot { begin: begin.to_owned(), duration: duration.to_owned() }.parse()
}

/// Why a form was refused: what is said at its head, and beside its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The status of the page that says it; 0 where nothing is wrong.
    pub status: u16,
    /// What concerns no field.
    pub general: Vec<String>,
    fields: BTreeMap<String, Vec<String>>,
}

/// The members of a refusal's body that are no fields.
const GENERAL: [&str; 3] = ["detail", "non_field_errors", "err_message"];

/// The faults of a field, beside it. They are rendered by `{{ faults.told(name)|safe }}`.
#[derive(Template)]
#[template(path = "page/faults.html")]
pub struct FieldFaults<'a> {
    name: &'a str,
    said: &'a [String],
}

/// What a field that has faults says of itself. It is rendered by `{{ faults.mark(name)|safe }}`.
#[derive(Template)]
#[template(path = "page/invalid.html")]
pub struct Mark<'a> {
    name: &'a str,
    is_invalid: bool,
}

impl Faults {
    /// What a refusal says. An error that is ours is given back: its page is the service's.
    pub fn of(error: Error) -> Result<Self> {
        if !error.is_refusal() {
            return Err(error);
        }
        let reply = Reply::from(error);
        let mut faults = Self { status: reply.status, ..Self::default() };
        match whittle_json::from_str(&reply.text()).unwrap_or_default() {
            Value::Object(members) => {
                for (name, value) in &members {
                    faults.add(name, value);
                }
            }
            other => faults.general.extend(sentences(&other)),
        }
        Ok(faults)
    }

    /// Nothing that is wrong with a field, and yet the page has this status.
    pub fn status_alone(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// One more fault of a field.
    pub fn with(mut self, field: &str, said: impl ToString) -> Self {
        self.status = if self.status == 0 { 400 } else { self.status };
        self.fields.entry(field.to_owned()).or_default().push(said.to_string());
        self
    }

    fn add(&mut self, name: &str, value: &Value) {
        match GENERAL.contains(&name) {
            true => self.general.extend(sentences(value)),
            false => self.fields.entry(name.to_owned()).or_default().extend(sentences(value)),
        }
    }

    /// What a page says beside a field.
    pub fn told<'a>(&'a self, name: &'a str) -> FieldFaults<'a> {
        FieldFaults { name, said: self.field(name) }
    }

    /// What ties a field to what is said beside it.
    pub fn mark<'a>(&self, name: &'a str) -> Mark<'a> {
        Mark { name, is_invalid: !self.field(name).is_empty() }
    }

    /// What is said beside a field.
    pub fn field(&self, name: &str) -> &[String] {
        self.fields.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is said of fields that the page does not have: it belongs to the head then.
    pub fn beside(&self, known: &[&str]) -> Vec<&str> {
        let others = self.fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        self.general.iter().chain(others.flat_map(|(_, said)| said)).map(String::as_str).collect()
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.status == 0
    }

    /// The status of the page.
    pub const fn status(&self) -> u16 {
        if self.status == 0 { 200 } else { self.status }
    }
}

/// The texts of a member, however deep they lie, each once.
pub fn sentences(value: &Value) -> Vec<String> {
    let mut said: Vec<String> = match value {
        Value::String(text) => vec![worded(text)],
        Value::Array(items) => items.iter().flat_map(sentences).collect(),
        Value::Object(members) => members.values().flat_map(sentences).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    };
    let mut seen: Vec<String> = Vec::new();
    said.retain(|text| {
        let new = !seen.contains(text);
        seen.push(text.clone());
        new
    });
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{bad_request, conflict};
    use serde_json::json;

    #[test]
    fn what_is_refused_is_said_beside_its_field() {
        let body = json!({ "title": ["Too long."], "slots": [{ "begin": ["No time."] }, {}, { "begin": ["No time."] }], "detail": "No." });
        let faults = Faults::of(bad_request(body)).unwrap();
        assert_eq!(
            (faults.status(), faults.field("title"), faults.field("slots")),
            (400, &["Too long.".to_owned()][..], &["No time.".to_owned()][..])
        );
        assert_eq!(faults.beside(&["title"]), ["No.", "No time."]);
        assert_eq!(Faults::of(conflict("Over.")).unwrap().general, ["Over."]);
        assert!(Faults::of(Error::Internal(String::new())).is_err() && Faults::default().is_empty());
    }

    #[test]
    fn a_name_can_come_more_than_once() {
        let form = Form::new(vec![
            ("keep".into(), "1".into()),
            ("keep".into(), " 2 ".into()),
            ("note".into(), " ".into()),
        ]);
        assert_eq!(form.all("keep").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((form.get("note"), form.has("note"), form.has("x")), (None, true, false));
    }
}
