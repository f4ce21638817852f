//! Request bodies and query parameters about contacts.

use serde_json::{Value, json};

use super::fields::{message, parse_address, parse_boolean, parse_line, parse_list, parse_text, required};
use super::{Body, FieldErrors};
use crate::contact::{Changes, Contact, Groups, GroupsError};

/// Reads the body of `POST /schedules/contacts/`, or one row of an imported file.
///
/// # Errors
/// All errors of all fields.
pub fn parse_new_contact(body: &Body) -> Result<Contact, FieldErrors> {
    let mut errors = FieldErrors::default();
    let first_name = errors.check("first_Name", required(body, "first_Name", parse_line));
    let last_name = errors.check("last_Name", required(body, "last_Name", parse_line));
    let email = errors.check("email", required(body, "email", parse_address));
    let groups = errors.check("groups", body.get("groups").map(parse_groups).transpose());
    errors.into_result()?;
    // Each value is present if there was no error.
    let contact =
        || Some(Contact { first_name: first_name?, last_name: last_name?, email: email?, groups: groups? });
    contact().ok_or_else(FieldErrors::default)
}

/// Reads the `contact_id` of a body. `None` for an integer that cannot be an id (ids are 1 to 2^53 - 1).
///
/// # Errors
/// The field is missing or not an integer.
pub fn parse_contact_id(body: &Body) -> Result<Option<u64>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let id = errors.check("contact_id", required(body, "contact_id", parse_id));
    errors.into_result().map(|()| id.flatten())
}

/// Reads the changes in the body of `PATCH /schedules/contacts/`. `None` if there are none.
///
/// The message for an invalid address has no full stop here, unlike that of `POST`: the original API documents both so.
///
/// # Errors
/// All errors of all fields.
pub fn parse_contact_changes(body: &Body) -> Result<Option<Changes>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let without_full_stop = |error: Value| {
        if error == message("Enter a valid email address.") {
            message("Enter a valid email address")
        } else {
            error
        }
    };
    let parse_email = |value| parse_address(value).map_err(without_full_stop);
    let first_name = errors.check("first_Name", body.get("first_Name").map(parse_line).transpose());
    let last_name = errors.check("last_Name", body.get("last_Name").map(parse_line).transpose());
    let email = errors.check("email", body.get("email").map(parse_email).transpose());
    let groups = errors.check("groups", body.get("groups").map(parse_groups).transpose());
    errors.into_result()?;
    let changes = Changes {
        first_name: first_name.flatten(),
        last_name: last_name.flatten(),
        email: email.flatten(),
        groups: groups.flatten(),
    };
    Ok((changes != Changes::default()).then_some(changes))
}

/// Reads the file from the member `csv` of the body of `POST /schedules/contacts/import/`.
///
/// # Errors
/// The member is missing or not a text.
pub fn parse_csv_text(body: &Body) -> Result<&str, FieldErrors> {
    match body.get("csv") {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Null) => Err(FieldErrors::one("csv", "This field may not be null.")),
        Some(_) => Err(FieldErrors::one("csv", "Not a valid string.")),
        None => Err(FieldErrors::one("csv", "This field is required.")),
    }
}

/// Reads a boolean query parameter, which is false if it is missing.
///
/// # Errors
/// The text is not a boolean. It must not count as false: `?preview=ture` would import the file.
pub fn parse_flag(name: &str, value: Option<&str>) -> Result<bool, FieldErrors> {
    let mut errors = FieldErrors::default();
    let flag = errors.check(name, value.map_or(Ok(false), |value| parse_boolean(&json!(value))));
    errors.into_result().map(|()| flag.unwrap_or(false))
}

/// Reads a query parameter that is searched for. `None` if it is missing or blank.
///
/// # Errors
/// The text has more than 256 characters.
pub fn parse_search<'a>(name: &str, value: Option<&'a str>) -> Result<Option<&'a str>, FieldErrors> {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().nth(256).is_some() => {
            Err(FieldErrors::one(name, "Ensure this field has no more than 256 characters."))
        }
        text => Ok(text),
    }
}

/// Reads an id from an integer, or from a text, which is what forms send.
pub(super) fn parse_id(value: &Value) -> Result<Option<u64>, Value> {
    let invalid = || message("A valid integer is required.");
    let text = match value {
        Value::String(_) | Value::Number(_) | Value::Null => parse_text(value)?,
        _ => return Err(invalid()),
    };
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    Ok(text.parse().ok().filter(|id| (1..1 << 53).contains(id)))
}

/// Reads groups from a list of names or, as forms send them, from one text with semicolons.
pub(super) fn parse_groups(value: &Value) -> Result<Groups, Value> {
    if let Value::String(text) = value {
        return Groups::parse(text).map_err(|error| match error {
            GroupsError::TooMany => too_many(),
            GroupsError::Name(_, error) => message(&error),
        });
    }
    // `Groups::new` stops at the first invalid name. Each name is checked by itself, so that all errors are reported.
    let parse_name = |value: &Value| {
        let name = parse_text(value)?;
        match Groups::new([name.as_str()]) {
            Err(GroupsError::Name(_, error)) => Err(message(&error)),
            _ => Ok(name),
        }
    };
    let names = parse_list(value, Groups::MAX, &json!([]), parse_name)?;
    Groups::new(names.iter().map(String::as_str)).map_err(|_| too_many())
}

fn too_many() -> Value {
    json!({ "non_field_errors": [format!("Ensure this field has no more than {} elements.", Groups::MAX)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: Value) -> Body {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn an_id_is_an_integer_as_a_number_or_as_text() {
        for (sent, wanted) in [
            (json!(7), Some(7)),
            (json!("7"), Some(7)),
            (json!(" 7 "), Some(7)),
            (json!(0), None),
            (json!(-7), None),
            (json!(1_u64 << 53), None),
            (json!("99999999999999999999999"), None),
        ] {
            assert_eq!(parse_contact_id(&body(json!({ "contact_id": sent }))), Ok(wanted), "{sent}");
        }
        for bad in [json!(""), json!("x"), json!(1.5), json!(true), json!([1]), json!({}), json!("٣")] {
            let errors = parse_contact_id(&body(json!({ "contact_id": bad }))).unwrap_err();
            assert_eq!(json!(errors), json!({ "contact_id": ["A valid integer is required."] }), "{bad}");
        }
    }

    #[test]
    fn groups_are_read_from_a_text_and_from_a_list() {
        let read = |groups: Value| {
            parse_contact_changes(&body(json!({ "groups": groups }))).unwrap().unwrap().groups
        };
        assert_eq!(read(json!(["b", "A"])), read(json!(" A; b;")));
        assert_eq!(read(json!([])), Some(Groups::default()));
    }
}
