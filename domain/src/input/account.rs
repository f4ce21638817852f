//! Request bodies about accounts. Two of the original APIs can sign up an account; each words the same errors in its own
//! way, and clients of both rely on the words.

use serde_json::{Value, json};

use super::fields::{message, parse_address, parse_line, parse_text, parse_zone, required};
use super::{Body, FieldErrors};
use crate::account::{
    BookableBy, MailLevel, Password, PasswordError, SettingsChange, SignUp, Username, UsernameError,
};
use crate::address::Address;
use crate::text::PersonName;

/// The API through which somebody signs up. It decides which fields are required and how errors are worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `/accounts/signup/`, of the calendars: both names are required, and the password is typed twice.
    Calendars,
    /// `/api/user/sign_up/`, of the bookings: user name, address and password are enough.
    Bookings,
}

impl Dialect {
    /// The message for a user name that another account has.
    #[must_use]
    pub const fn username_taken(self) -> &'static str {
        match self {
            Self::Calendars => "Username already taken.",
            Self::Bookings => "A user with that username already exists.",
        }
    }

    const fn password_error(self, error: PasswordError) -> &'static str {
        match (self, error) {
            (Self::Calendars, PasswordError::TooShort) => "Password must be at least 8 characters long.",
            (Self::Bookings, PasswordError::TooShort) => {
                "This password is too short. It must contain at least 8 characters."
            }
            (_, PasswordError::TooCommon) => "This password is too common.",
            (_, PasswordError::TooLong) => "Ensure this field has no more than 1024 characters.",
        }
    }
}

/// Reads the user name from the body of a sign-up whose other fields may be wrong. `None` if it is missing or invalid. With
/// it the caller can report a name that is taken together with all other errors.
#[must_use]
pub fn parse_username(body: &Body) -> Option<Username> {
    body.get("username").and_then(Value::as_str).and_then(|name| Username::parse(name).ok())
}

/// Reads the body of a sign-up.
///
/// # Errors
/// All errors of all fields.
pub fn parse_sign_up(body: &Body, dialect: Dialect) -> Result<SignUp, FieldErrors> {
    let mut errors = FieldErrors::default();
    let username = errors.check("username", required(body, "username", parse_username_text));
    let address = errors.check("email", required(body, "email", parse_address));
    let password = errors.check("password", required(body, "password", |v| parse_password(v, dialect)));
    let (mut first_name, mut last_name) = (None, None);
    if dialect == Dialect::Calendars {
        first_name = errors.check("first_name", required(body, "first_name", parse_line));
        last_name = errors.check("last_name", required(body, "last_name", parse_line));
        let password2 = errors.check("password2", required(body, "password2", |v| Ok(v.clone())));
        if password2.is_some() && password2.as_ref() != body.get("password") {
            errors.add("password2", "Passwords must match.");
        }
    }
    errors.into_result()?;
    // Each value is present if there was no error.
    let sign_up = || {
        Some(SignUp { username: username?, address: address?, first_name, last_name, password: password? })
    };
    sign_up().ok_or_else(FieldErrors::default)
}

/// Reads a body with `new_password`. If it also has `password2`, both must be equal.
///
/// # Errors
/// All errors of both fields.
pub fn parse_new_password(body: &Body) -> Result<Password, FieldErrors> {
    let mut errors = FieldErrors::default();
    let new = take_new_password(body, &mut errors);
    errors.into_result()?;
    new.ok_or_else(FieldErrors::default)
}

/// Reads the body of a change of password: `old_password`, and the new one as [`parse_new_password`] reads it.
///
/// # Errors
/// All errors of all fields.
pub fn parse_password_change(body: &Body) -> Result<(String, Password), FieldErrors> {
    let mut errors = FieldErrors::default();
    let old = errors.check("old_password", required(body, "old_password", parse_any_password));
    let new = take_new_password(body, &mut errors);
    errors.into_result()?;
    old.zip(new).ok_or_else(FieldErrors::default)
}

fn take_new_password(body: &Body, errors: &mut FieldErrors) -> Option<Password> {
    if body.get("password2").is_some_and(|again| body.get("new_password") != Some(again)) {
        errors.add("password2", "Passwords must match.");
    }
    errors.check("new_password", required(body, "new_password", |v| parse_password(v, Dialect::Calendars)))
}

/// Reads the caller's current `password`. Requests that could take an account away from its owner must repeat it.
///
/// # Errors
/// The field is missing, blank or not a text.
pub fn parse_own_password(body: &Body) -> Result<String, FieldErrors> {
    let mut errors = FieldErrors::default();
    let password = errors.check("password", required(body, "password", parse_any_password));
    errors.into_result()?;
    password.ok_or_else(FieldErrors::default)
}

/// Reads a password that is to be compared with the stored one, so the rules for new passwords do not apply.
pub(super) fn parse_any_password(value: &Value) -> Result<String, Value> {
    match parse_text(value)? {
        text if text.is_empty() => Err(message("This field may not be blank.")),
        text => Ok(text),
    }
}

/// Reads a body with the address `email`.
///
/// # Errors
/// The field is missing or not an address.
pub fn parse_email(body: &Body) -> Result<Address, FieldErrors> {
    let mut errors = FieldErrors::default();
    let email = errors.check("email", required(body, "email", parse_address));
    errors.into_result()?;
    email.ok_or_else(FieldErrors::default)
}

/// Reads the body of a change of settings.
///
/// # Errors
/// All errors of all fields. A body that changes nothing is an error, and so are fields that another route changes.
pub fn parse_settings(body: &Body) -> Result<SettingsChange, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut name =
        |field: &str| body.get(field).and_then(|value| errors.check(field, parse_optional_name(value)));
    let (first_name, last_name) = (name("first_name"), name("last_name"));
    let timezone = body.get("timezone").and_then(|value| errors.check("timezone", parse_zone(value)));
    let mut choose = |field: &str, words: &[&str]| {
        let value = body.get(field)?;
        errors.check(field, parse_choice(value, words))
    };
    let bookable_by = choose("bookable_by", &BookableBy::ALL.map(BookableBy::as_str));
    let mail = choose("mail", &MailLevel::ALL.map(MailLevel::as_str));
    for (field, message) in [
        ("email", "POST /accounts/address/ changes the address."),
        ("password", "POST /accounts/password/ changes the password."),
        ("username", "The name stays as it is."),
    ] {
        if body.contains_key(field) {
            errors.add(field, message);
        }
    }
    errors.into_result()?;
    let change = SettingsChange {
        first_name,
        last_name,
        timezone,
        bookable_by: bookable_by.and_then(|n| BookableBy::ALL.get(n).copied()),
        mail: mail.and_then(|n| MailLevel::ALL.get(n).copied()),
    };
    if change == SettingsChange::default() {
        return Err(FieldErrors::one("non_field_errors", "No input."));
    }
    Ok(change)
}

/// Reads a first or last name. A blank text removes it.
fn parse_optional_name(value: &Value) -> Result<Option<PersonName>, Value> {
    match value {
        Value::String(text) if text.trim().is_empty() => Ok(None),
        value => parse_line(value).map(Some),
    }
}

/// Reads one of the words and gives its index.
fn parse_choice(value: &Value, words: &[&str]) -> Result<usize, Value> {
    let word = parse_text(value)?;
    let found = words.iter().position(|w| *w == word);
    found.ok_or_else(|| {
        message(&format!("\"{word}\" is not a valid choice. Use one of: {}.", words.join(", ")))
    })
}

fn parse_username_text(value: &Value) -> Result<Username, Value> {
    Username::parse(&parse_text(value)?).map_err(|error| match error {
        UsernameError::Blank => message("This field may not be blank."),
        UsernameError::TooLong => message("Ensure this field has no more than 150 characters."),
        UsernameError::InvalidCharacter => message(
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
        ),
    })
}

fn parse_password(value: &Value, dialect: Dialect) -> Result<Password, Value> {
    match value {
        Value::String(text) if text.is_empty() => Err(message("This field may not be blank.")),
        value => Password::parse(&parse_text(value)?).map_err(|errors| {
            json!(errors.into_iter().map(|error| dialect.password_error(error)).collect::<Vec<_>>())
        }),
    }
}
