//! Request bodies into commands, with the original's error shapes (spec 1.3, 1.5, 1.7, 1.9): all fields are judged,
//! and every fault is reported in one answer.

mod account;
mod contact;
mod fields;
mod meeting;
mod proposal;

pub use account::{
    Document, changed_password, mailbox, new_password, own_password, settings, sign_up, wanted_username,
};
pub use contact::{contact_changes, contact_id, csv_text, flag, new_contact, sought};
pub use fields::FieldErrors;
pub use meeting::relocation;
pub use proposal::{fixing, narrowing, new_proposal, next_round, notice, replacement, revocation};

/// A request's body: the members of a JSON object, or the fields of a form as texts.
pub type Body = serde_json::Map<String, serde_json::Value>;
