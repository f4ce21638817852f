//! The bodies of accounts: two documents, each with words of its own for the same faults.

use serde_json::{Value, json};

use super::fields::{address, line, required, says, text, zone};
use super::{Body, FieldErrors};
use crate::account::{
    BookableBy, MailLevel, Password, PasswordFault, Settings, SignUp, Username, UsernameFault,
};
use crate::address::Address;
use crate::text::PersonName;

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `/accounts/signup/`: names are required, the password is typed twice.
    Calendars,
    /// `/api/user/sign_up/`
    Bookings,
}

impl Document {
    /// That the name is somebody's already.
    #[must_use]
    pub const fn taken(self) -> &'static str {
        match self {
            Self::Calendars => "Username already taken.",
            Self::Bookings => "A user with that username already exists.",
        }
    }

    const fn password_fault(self, fault: PasswordFault) -> &'static str {
        match (self, fault) {
            (Self::Calendars, PasswordFault::TooShort) => "Password must be at least 8 characters long.",
            (Self::Bookings, PasswordFault::TooShort) => {
                "This password is too short. It must contain at least 8 characters."
            }
            (_, PasswordFault::TooCommon) => "This password is too common.",
            (_, PasswordFault::TooLong) => "Ensure this field has no more than 1024 characters.",
        }
    }
}

/// The name that a sign-up asks for, where it is one: its being taken is told beside all other faults.
#[must_use]
pub fn wanted_username(body: &Body) -> Option<Username> {
    body.get("username").and_then(Value::as_str).and_then(|name| Username::parse(name).ok())
}

/// The body of a sign-up.
///
/// # Errors
/// All faults of all fields.
pub fn sign_up(body: &Body, document: Document) -> Result<SignUp, FieldErrors> {
    let mut errors = FieldErrors::default();
    let get = |field: &str| body.get(field).ok_or_else(required);
    let name = errors.take("username", get("username").and_then(username));
    let email = errors.take("email", get("email").and_then(address));
    let word = errors.take("password", get("password").and_then(|value| password(value, document)));
    let (mut first, mut last) = (None, None);
    if document == Document::Calendars {
        first = errors.take("first_name", get("first_name").and_then(line));
        last = errors.take("last_name", get("last_name").and_then(line));
        match get("password2") {
            Ok(again) if body.get("password") == Some(again) => {}
            Ok(_) => errors.add("password2", "Passwords must match."),
            Err(absent) => errors.put("password2", absent),
        }
    }
    errors.none()?;
    let made = || {
        Some(SignUp { username: name?, address: email?, first_name: first, last_name: last, password: word? })
    };
    made().ok_or_else(FieldErrors::default)
}

/// The body of a new password, typed once or, where `password2` is there, twice.
///
/// # Errors
/// All faults of both fields.
pub fn new_password(body: &Body) -> Result<Password, FieldErrors> {
    let mut errors = FieldErrors::default();
    let word = chosen(body, &mut errors);
    errors.none()?;
    word.ok_or_else(FieldErrors::default)
}

/// The body of a change of password: the old one, and the new one as in [`new_password`].
///
/// # Errors
/// All faults of all fields.
pub fn changed_password(body: &Body) -> Result<(String, Password), FieldErrors> {
    let mut errors = FieldErrors::default();
    let old = errors.take("old_password", body.get("old_password").ok_or_else(required).and_then(typed));
    let word = chosen(body, &mut errors);
    errors.none()?;
    old.zip(word).ok_or_else(FieldErrors::default)
}

fn chosen(body: &Body, errors: &mut FieldErrors) -> Option<Password> {
    let value = body.get("new_password").ok_or_else(required);
    if body.get("password2").is_some_and(|again| body.get("new_password") != Some(again)) {
        errors.add("password2", "Passwords must match.");
    }
    errors.take("new_password", value.and_then(|value| password(value, Document::Calendars)))
}

/// The account's own password, which a body repeats where much is at stake.
///
/// # Errors
/// One that is missing or no text.
pub fn own_password(body: &Body) -> Result<String, FieldErrors> {
    let mut errors = FieldErrors::default();
    let word = errors.take("password", body.get("password").ok_or_else(required).and_then(typed));
    errors.none()?;
    word.ok_or_else(FieldErrors::default)
}

/// A password as it was typed, good or not.
fn typed(value: &Value) -> Result<String, Value> {
    match text(value)? {
        word if word.is_empty() => Err(says("This field may not be blank.")),
        word => Ok(word),
    }
}

/// The address of a body's `email`.
///
/// # Errors
/// One that is missing or none.
pub fn mailbox(body: &Body) -> Result<Address, FieldErrors> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", body.get("email").ok_or_else(required).and_then(address));
    errors.none()?;
    email.ok_or_else(FieldErrors::default)
}

/// The body of a change of settings.
///
/// # Errors
/// All faults of all fields, nothing to change among them, and fields that are changed elsewhere.
pub fn settings(body: &Body) -> Result<Settings, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut name = |field: &str| body.get(field).and_then(|value| errors.take(field, person(value)));
    let (first_name, last_name) = (name("first_name"), name("last_name"));
    let timezone = body.get("timezone").and_then(|value| errors.take("timezone", zone(value)));
    let mut word = |field: &str, words: &[&str]| {
        let value = body.get(field)?;
        errors.take(field, choice(value, words))
    };
    let bookable_by = word("bookable_by", &BookableBy::ALL.map(BookableBy::word));
    let mail = word("mail", &MailLevel::ALL.map(MailLevel::word));
    for (field, says) in [
        ("email", "POST /accounts/address/ changes the address."),
        ("password", "POST /accounts/password/ changes the password."),
        ("username", "The name stays as it is."),
    ] {
        if body.contains_key(field) {
            errors.add(field, says);
        }
    }
    errors.none()?;
    let settings = Settings {
        first_name,
        last_name,
        timezone,
        bookable_by: bookable_by.and_then(|n| BookableBy::ALL.get(n).copied()),
        mail: mail.and_then(|n| MailLevel::ALL.get(n).copied()),
    };
    if settings == Settings::default() {
        return Err(FieldErrors::one("non_field_errors", "No input."));
    }
    Ok(settings)
}

/// A name, or none.
fn person(value: &Value) -> Result<Option<PersonName>, Value> {
    match value {
        Value::String(text) if text.trim().is_empty() => Ok(None),
        value => line(value).map(Some),
    }
}

/// Which of the words it is.
fn choice(value: &Value, words: &[&str]) -> Result<usize, Value> {
    let word = text(value)?;
    let found = words.iter().position(|w| *w == word);
    found.ok_or_else(|| says(&format!("\"{word}\" is not a valid choice. Use one of: {}.", words.join(", "))))
}

fn username(value: &Value) -> Result<Username, Value> {
    Username::parse(&text(value)?).map_err(|fault| match fault {
        UsernameFault::Blank => says("This field may not be blank."),
        UsernameFault::TooLong => says("Ensure this field has no more than 150 characters."),
        UsernameFault::Unknown => says(
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
        ),
    })
}

fn password(value: &Value, document: Document) -> Result<Password, Value> {
    match value {
        Value::String(text) if text.is_empty() => Err(says("This field may not be blank.")),
        value => Password::parse(&text(value)?).map_err(|faults| {
            json!(faults.into_iter().map(|fault| document.password_fault(fault)).collect::<Vec<_>>())
        }),
    }
}
