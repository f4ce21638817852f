//! An account as its owner sees it, and what the owner can set.

use serde_json::json;
use whittle_domain::account::{BookableBy, MailLevel, SettingsChange};
use whittle_domain::text::PersonName;

use crate::d1::{Directory, Param, Statement, instant};
use crate::error::Result;

/// An account as its owner sees it.
fn shown() -> Statement {
    Statement::new(format!(
        "json_object('id', id, 'username', username, 'email', address,
           'verified', json(iif(verified, 'true', 'false')), 'first_name', first_name, 'last_name', last_name,
           'timezone', timezone, 'bookable_by', bookable_by, 'mail', :mail_levels ->> mail_level,
           'staff', json(iif(staff, 'true', 'false')), 'created_at', {})",
        instant("created_at")
    ))
    .bind("mail_levels", json!(MailLevel::ALL.map(MailLevel::as_str)).to_string())
}

/// The query for the account that asks.
pub fn show() -> Statement {
    Statement::new("select :shown as json from me").embed("shown", shown())
}

const CHANGE: &str = "update accounts set first_name = coalesce(:first_name, first_name),
    last_name = coalesce(:last_name, last_name), timezone = coalesce(:timezone, timezone),
    bookable_by = coalesce(:bookable_by, bookable_by), mail_level = coalesce(:mail_level, mail_level)
  where id = :id and (:seen is null or :shown = :seen) returning :shown as json";

/// Changes what is wanted, and gives the account as it is then; nothing where there is none, or where it is not as it was `seen`.
pub async fn change(
    directory: &Directory,
    account: u64,
    wanted: &SettingsChange,
    seen: Option<&str>,
) -> Result<Option<String>> {
    let name = |name: &Option<Option<PersonName>>| {
        name.as_ref().map(|name| name.as_ref().map_or("", PersonName::as_str).to_owned())
    };
    let change = Statement::new(CHANGE)
        .bind("id", Param::id(account))
        .bind("first_name", name(&wanted.first_name))
        .bind("last_name", name(&wanted.last_name))
        .bind("timezone", wanted.timezone.as_ref().map(ToString::to_string))
        .bind("bookable_by", wanted.bookable_by.map(BookableBy::as_str))
        .bind("mail_level", wanted.mail.map(MailLevel::rank))
        .bind("seen", seen)
        .embed("shown", shown());
    directory.first(change).await
}
