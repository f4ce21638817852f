//! Request bodies of what staff do: what is to be done, and the password of whoever does it.

use serde_json::Value;

use super::account::parse_any_password;
use super::fields::{message, parse_address, parse_text, required};
use super::{Body, FieldErrors};
use crate::address::Address;
use crate::staff::AccountAct;

/// Reads what is to be done with an account, and the password.
///
/// # Errors
/// All errors of both fields.
pub fn parse_account_act(body: &Body) -> Result<(AccountAct, String), FieldErrors> {
    with_password(body, "act", |value| {
        let word = parse_text(value)?;
        let known = AccountAct::ALL.into_iter().find(|act| act.word() == word);
        known.ok_or_else(|| message(&format!("\"{word}\" is not a valid choice.")))
    })
}

/// Reads the id of a mail, and the password.
///
/// # Errors
/// All errors of both fields.
pub fn parse_mail_retry(body: &Body) -> Result<(String, String), FieldErrors> {
    with_password(body, "mail", |value| match parse_text(value)? {
        text if text.trim().is_empty() => Err(message("This field may not be blank.")),
        text if text.len() > 64 => Err(message("Ensure this field has no more than 64 characters.")),
        text => Ok(text),
    })
}

/// Reads the address that is to get mail again, and the password.
///
/// # Errors
/// All errors of both fields.
pub fn parse_release(body: &Body) -> Result<(Address, String), FieldErrors> {
    with_password(body, "email", parse_address)
}

fn with_password<T>(
    body: &Body,
    field: &str,
    parse: fn(&Value) -> Result<T, Value>,
) -> Result<(T, String), FieldErrors> {
    let mut errors = FieldErrors::default();
    let wanted = errors.check(field, required(body, field, parse));
    let password = errors.check("password", required(body, "password", parse_any_password));
    errors.into_result()?;
    wanted.zip(password).ok_or_else(FieldErrors::default)
}
