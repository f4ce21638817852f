//! The bodies of accounts: two documents, each with words of its own for the same faults.

use serde_json::{Value, json};

use super::fields::{address, line, required, says, text};
use super::{Body, FieldErrors};
use crate::account::{Password, PasswordFault, SignUp, Username, UsernameFault};

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
