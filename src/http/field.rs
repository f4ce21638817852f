//! A field of a page's form: its label, what it is for, what was typed into it, and what is wrong with it.

use askama::Template;

use crate::http::form::{Faults, Form};

/// A field of one line. It is rendered by `{{ field|safe }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "page/input.html")]
pub struct Field {
    /// As it is sent.
    pub name: &'static str,
    /// What it is known by on the page.
    id: String,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    hint: String,
    value: String,
    /// The least and the most of a number or a date.
    range: Option<(String, String)>,
    required: bool,
    faults: Vec<String>,
}

impl Field {
    /// A field of text that has to be filled in.
    pub fn text(name: &'static str, label: impl ToString, autocomplete: &'static str) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label: label.to_string(),
            kind: "text",
            autocomplete,
            hint: String::new(),
            value: String::new(),
            range: None,
            required: true,
            faults: Vec::new(),
        }
    }

    /// A field for a mail address.
    pub fn email(name: &'static str, label: impl ToString, autocomplete: &'static str) -> Self {
        Self { kind: "email", ..Self::text(name, label, autocomplete) }
    }

    /// A field for a password: a new one (`new-password`) or one that there is (`current-password`).
    pub fn password(name: &'static str, label: impl ToString, autocomplete: &'static str) -> Self {
        Self { kind: "password", ..Self::text(name, label, autocomplete) }
    }

    /// An optional field of another kind: of several lines (`textarea`), a box to tick (`checkbox`), or as HTML calls it.
    pub fn of_kind(kind: &'static str, name: &'static str, label: impl ToString) -> Self {
        Self { kind, required: false, ..Self::text(name, label, "off") }
    }

    /// A number that has to be filled in.
    pub fn number(name: &'static str, label: impl ToString, least: i64, most: i64) -> Self {
        let range = Some((least.to_string(), most.to_string()));
        Self { kind: "number", range, ..Self::text(name, label, "off") }
    }

    /// In one of several forms of a page, which may have fields of the same name.
    pub fn within(self, form: &str) -> Self {
        Self { id: format!("{form}-{}", self.name), ..self }
    }

    /// With what helps to fill it in.
    pub fn hint(self, hint: impl ToString) -> Self {
        Self { hint: hint.to_string(), ..self }
    }

    /// That may stay empty.
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// With a value.
    pub fn value(self, value: &str) -> Self {
        Self { value: value.to_owned(), ..self }
    }

    /// With what was typed into it, but for passwords, and what is wrong with that.
    pub fn typed(self, form: Option<&Form>, faults: &Faults) -> Self {
        let said = faults.field(self.name).to_vec();
        self.typed_but(form, said)
    }

    /// With what was typed into it, and what is wrong with that.
    pub fn typed_but(mut self, form: Option<&Form>, said: Vec<String>) -> Self {
        if let Some(form) = form.filter(|form| self.kind != "password" && form.has(self.name)) {
            form.get(self.name).unwrap_or_default().clone_into(&mut self.value);
        }
        // A box that is not ticked is not sent.
        if self.kind == "checkbox" && form.is_some_and(|form| !form.has(self.name)) {
            self.value.clear();
        }
        self.faults = said;
        self
    }

    /// Whether something is wrong with it.
    pub const fn is_wrong(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The ids of what describes it, where anything does.
    fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let fault = (!self.faults.is_empty()).then(|| format!("{}-fault-1", self.id));
        fault.into_iter().chain(hint).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_what_was_typed_and_is_tied_to_what_is_wrong_with_it() {
        let form =
            Form::new(vec![("email".into(), "<i>".into()), ("password".into(), "not to be shown".into())]);
        let faults = Faults::default().with("email", "No address.").with("password", "Wrong.");
        let page = Field::email("email", "Address", "email").typed(Some(&form), &faults).to_string();
        assert!(
            page.contains("value=\"&#60;i&#62;\" aria-invalid=\"true\" aria-describedby=\"email-fault-1\"")
        );
        assert!(page.contains("<span class=\"fault\" id=\"email-fault-1\">No address.</span>"), "{page}");
        let page = Field::password("password", "Password", "current-password").typed(Some(&form), &faults);
        assert!(page.to_string().contains("value=\"\"") && !page.to_string().contains("not to be shown"));
    }
}
