//! What a file of contacts does to those that are there: judged once, shown by a preview or done.

use std::collections::HashMap;

use serde::Serialize;

use super::csv::Row;
use super::{Contact, Stored};
use crate::input::FieldErrors;

/// What comes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// There was no contact with its address.
    Added,
    /// There was, with another name, in other groups, or with its address spelled otherwise.
    Updated,
    /// There was the same.
    Unchanged,
    /// Something is wrong with it.
    Refused,
}

/// A row, and what comes of it.
#[derive(Clone, Debug, Serialize)]
pub struct Planned {
    /// The line it begins on.
    pub line: usize,
    /// What comes of it.
    pub outcome: Outcome,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<FieldErrors>,
}

/// What comes of a file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Rows that are new.
    pub added: usize,
    /// Rows that change a contact.
    pub updated: usize,
    /// Rows that change nothing.
    pub unchanged: usize,
    /// Rows that are wrong.
    pub refused: usize,
    /// All of them, in the order of the file.
    pub rows: Vec<Planned>,
}

/// The rows of a file, each address in one of them: those that have it again are wrong.
#[must_use]
pub fn distinct(mut rows: Vec<Row>) -> Vec<Row> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in &mut rows {
        let Ok(contact) = &row.contact else { continue };
        let first = *seen.entry(contact.email.key()).or_insert(row.line);
        if first != row.line {
            let told = format!("Line {first} has this email already.");
            row.contact = Err(FieldErrors::one("email", &told));
        }
    }
    rows
}

/// What comes of these rows, given who is there by the address's key.
#[must_use]
pub fn plan(rows: &[Row], there: &HashMap<String, Stored>) -> Report {
    let mut report = Report::default();
    for Row { line, contact } in rows {
        let (outcome, count) =
            match contact.as_ref().map(|contact| (contact, there.get(&contact.email.key()))) {
                Err(_) => (Outcome::Refused, &mut report.refused),
                Ok((_, None)) => (Outcome::Added, &mut report.added),
                Ok((contact, Some(stored))) if is_same(contact, stored) => {
                    (Outcome::Unchanged, &mut report.unchanged)
                }
                Ok(_) => (Outcome::Updated, &mut report.updated),
            };
        *count = count.saturating_add(1);
        let email = contact.as_ref().ok().map(|contact| contact.email.to_string());
        report.rows.push(Planned { line: *line, outcome, email, errors: contact.as_ref().err().cloned() });
    }
    report
}

/// Whether the contact would leave what is stored as it is; groups that nothing is said of stay.
fn is_same(contact: &Contact, stored: &Stored) -> bool {
    contact.first_name.as_str() == stored.first_name
        && contact.last_name.as_str() == stored.last_name
        && contact.email.as_str() == stored.email
        && contact.groups.as_ref().is_none_or(|groups| *groups == stored.groups)
}
