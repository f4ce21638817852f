//! The bodies of contacts.

use serde_json::{Value, json};

use super::fields::{address, boolean, each, line, required, says, text};
use super::{Body, FieldErrors};
use crate::contact::{Changes, Contact, Groups, GroupsFault};

/// The body of `POST /schedules/contacts/`.
///
/// # Errors
/// All faults of all fields.
pub fn new_contact(body: &Body) -> Result<Contact, FieldErrors> {
    let mut errors = FieldErrors::default();
    let field = |name: &str| body.get(name).ok_or_else(required);
    let first_name = errors.take("first_Name", field("first_Name").and_then(line));
    let last_name = errors.take("last_Name", field("last_Name").and_then(line));
    let email = errors.take("email", field("email").and_then(address));
    let groups = errors.take("groups", body.get("groups").map(groups).transpose());
    errors.none()?;
    // Each value is there where no error was noted.
    let new =
        || Some(Contact { first_name: first_name?, last_name: last_name?, email: email?, groups: groups? });
    new().ok_or_else(FieldErrors::default)
}

/// The `contact_id` of a body; `None` for a number that no contact has.
///
/// # Errors
/// One that is missing or no integer.
pub fn contact_id(body: &Body) -> Result<Option<u64>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let id = errors.take("contact_id", body.get("contact_id").ok_or_else(required).and_then(id));
    errors.none().map(|()| id.flatten())
}

/// What else the body of `PATCH /schedules/contacts/` has; `None` where it has nothing. Its word for a bad address has no
/// full stop, where that of `POST` has one: so they are documented.
///
/// # Errors
/// All faults of all fields.
pub fn contact_changes(body: &Body) -> Result<Option<Changes>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let bare = |fault: Value| {
        if fault == says("Enter a valid email address.") {
            says("Enter a valid email address")
        } else {
            fault
        }
    };
    let email = |value| address(value).map_err(bare);
    let first_name = errors.take("first_Name", body.get("first_Name").map(line).transpose());
    let last_name = errors.take("last_Name", body.get("last_Name").map(line).transpose());
    let email = errors.take("email", body.get("email").map(email).transpose());
    let groups = errors.take("groups", body.get("groups").map(groups).transpose());
    errors.none()?;
    let changes = Changes {
        first_name: first_name.flatten(),
        last_name: last_name.flatten(),
        email: email.flatten(),
        groups: groups.flatten(),
    };
    Ok((changes != Changes::default()).then_some(changes))
}

/// The text of `POST /schedules/contacts/import/`, where it is in a member.
///
/// # Errors
/// A `csv` that is missing or no text.
pub fn csv_text(body: &Body) -> Result<&str, FieldErrors> {
    match body.get("csv") {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Null) => Err(FieldErrors::one("csv", "This field may not be null.")),
        Some(_) => Err(FieldErrors::one("csv", "Not a valid string.")),
        None => Err(FieldErrors::one("csv", "This field is required.")),
    }
}

/// A boolean of a query, false where it is not there: a word that is neither must not count as one of them.
///
/// # Errors
/// A text that is no boolean.
pub fn flag(name: &str, value: Option<&str>) -> Result<bool, FieldErrors> {
    let mut errors = FieldErrors::default();
    let yes = errors.take(name, value.map_or(Ok(false), |value| boolean(&json!(value))));
    errors.none().map(|()| yes.unwrap_or(false))
}

/// A text of a query that is searched for, of 256 characters at most; `None` where it is blank.
///
/// # Errors
/// A longer one.
pub fn sought<'a>(name: &str, value: Option<&'a str>) -> Result<Option<&'a str>, FieldErrors> {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().nth(256).is_some() => {
            Err(FieldErrors::one(name, "Ensure this field has no more than 256 characters."))
        }
        text => Ok(text),
    }
}

/// An integer, which a form sends as text.
fn id(value: &Value) -> Result<Option<u64>, Value> {
    let wrong = || says("A valid integer is required.");
    let text = match value {
        Value::String(_) | Value::Number(_) | Value::Null => text(value)?,
        _ => return Err(wrong()),
    };
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    Ok(text.parse().ok().filter(|id| (1..1 << 53).contains(id)))
}

/// Groups: a list of names, or, from a form, one text with semicolons.
fn groups(value: &Value) -> Result<Groups, Value> {
    if let Value::String(text) = value {
        return Groups::parse(text).map_err(|fault| match fault {
            GroupsFault::TooMany => too_many(),
            GroupsFault::Name(_, why) => says(&why),
        });
    }
    // Every name is judged by itself, so that all faults are told.
    let name = |value: &Value| {
        let name = text(value)?;
        match Groups::new([name.as_str()]) {
            Err(GroupsFault::Name(_, why)) => Err(says(&why)),
            _ => Ok(name),
        }
    };
    let names = each(value, Groups::MOST, &json!([]), name)?;
    Groups::new(names.iter().map(String::as_str)).map_err(|_| too_many())
}

fn too_many() -> Value {
    json!({ "non_field_errors": [format!("Ensure this field has no more than {} elements.", Groups::MOST)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: Value) -> Body {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn an_id_is_an_integer_in_any_clothes() {
        for (sent, wanted) in [
            (json!(7), Some(7)),
            (json!("7"), Some(7)),
            (json!(" 7 "), Some(7)),
            (json!(0), None),
            (json!(-7), None),
            (json!(1_u64 << 53), None),
            (json!("99999999999999999999999"), None),
        ] {
            assert_eq!(contact_id(&body(json!({ "contact_id": sent }))), Ok(wanted), "{sent}");
        }
        for bad in [json!(""), json!("x"), json!(1.5), json!(true), json!([1]), json!({}), json!("٣")] {
            let errors = contact_id(&body(json!({ "contact_id": bad }))).unwrap_err();
            assert_eq!(json!(errors), json!({ "contact_id": ["A valid integer is required."] }), "{bad}");
        }
    }

    #[test]
    fn a_text_of_groups_and_a_list_are_one() {
        let read =
            |groups: Value| contact_changes(&body(json!({ "groups": groups }))).unwrap().unwrap().groups;
        assert_eq!(read(json!(["b", "A"])), read(json!(" A; b;")));
        assert_eq!(read(json!([])), Some(Groups::default()));
    }
}
