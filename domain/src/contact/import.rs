//! What the import of a file does to the contacts of an account. The preview and the import itself use one plan.

use std::collections::HashMap;

use serde::Serialize;

use super::csv::Row;
use super::{Contact, StoredContact};
use crate::input::FieldErrors;

/// What the import does with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The row adds a contact, because no contact has its address.
    Added,
    /// The row changes the contact with its address: the name, the groups, or the spelling of the address.
    Updated,
    /// The contact with the row's address is already as the row says.
    Unchanged,
    /// The row has errors, so nothing of the file is imported.
    Refused,
}

/// A row and what the import does with it, in the shape of the API.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedRow {
    /// The line of the file on which the row begins. The header is on line 1.
    pub line: usize,
    /// What the import does with the row.
    pub outcome: Outcome,
    /// The row's address. `None` if the row has errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The row's errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<FieldErrors>,
}

/// What the import of a file does, in the shape of the API.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The number of rows with [`Outcome::Added`].
    pub added: usize,
    /// The number of rows with [`Outcome::Updated`].
    pub updated: usize,
    /// The number of rows with [`Outcome::Unchanged`].
    pub unchanged: usize,
    /// The number of rows with [`Outcome::Refused`].
    pub refused: usize,
    /// All rows, in the order of the file.
    pub rows: Vec<PlannedRow>,
}

/// Gives an error to each row whose address an earlier row has.
#[must_use]
pub fn reject_duplicate_addresses(mut rows: Vec<Row>) -> Vec<Row> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in &mut rows {
        let Ok(contact) = &row.contact else { continue };
        let first = *seen.entry(contact.email.key()).or_insert(row.line);
        if first != row.line {
            let message = format!("Line {first} has this email already.");
            row.contact = Err(FieldErrors::one("email", &message));
        }
    }
    rows
}

/// Plans the import of these rows. `stored` has the account's contacts by [`Address::key`](crate::address::Address::key);
/// those that no row is about may be missing.
#[must_use]
pub fn plan_import(rows: &[Row], stored: &HashMap<String, StoredContact>) -> Report {
    let mut report = Report::default();
    for Row { line, contact } in rows {
        let (outcome, count) =
            match contact.as_ref().map(|contact| (contact, stored.get(&contact.email.key()))) {
                Err(_) => (Outcome::Refused, &mut report.refused),
                Ok((_, None)) => (Outcome::Added, &mut report.added),
                Ok((contact, Some(stored))) if is_unchanged(contact, stored) => {
                    (Outcome::Unchanged, &mut report.unchanged)
                }
                Ok(_) => (Outcome::Updated, &mut report.updated),
            };
        *count = count.saturating_add(1);
        let email = contact.as_ref().ok().map(|contact| contact.email.to_string());
        report.rows.push(PlannedRow { line: *line, outcome, email, errors: contact.as_ref().err().cloned() });
    }
    report
}

/// Whether the import of the contact would leave the stored one as it is. Without a column of groups, groups stay.
fn is_unchanged(contact: &Contact, stored: &StoredContact) -> bool {
    contact.first_name.as_str() == stored.first_name
        && contact.last_name.as_str() == stored.last_name
        && contact.email.as_str() == stored.email
        && contact.groups.as_ref().is_none_or(|groups| *groups == stored.groups)
}
