//! `/accounts/me/`: what an account is and wants.

use serde_json::json;
use whittle_domain::account::{BookableBy, MailLevel};
use whittle_domain::input;
use whittle_domain::text::PersonName;
use worker::Env;

use super::store::Find;
use crate::d1::{Directory, Param};
use crate::error::{Result, no_credentials};
use crate::reply::Reply;
use crate::serve::Asked;

/// An account as its owner sees it. `?3` are the words of the levels of mail.
pub const SHOWN: &str = "json_object('id', id, 'username', username, 'email', address,
    'verified', json(iif(verified, 'true', 'false')), 'first_name', first_name, 'last_name', last_name,
    'timezone', timezone, 'bookable_by', bookable_by, 'mail', ?3 ->> mail_level,
    'staff', json(iif(staff, 'true', 'false')),
    'created_at', strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch'))";

/// The words of the levels of mail, by their numbers.
pub fn levels() -> Param {
    json!(MailLevel::ALL.map(MailLevel::word)).to_string().into()
}

/// `GET /accounts/me/`
pub async fn show(asked: &Asked, env: &Env) -> Result<Reply> {
    let sql = |find: &Find| {
        format!("select {SHOWN} as json from accounts where (?2 or true) and {}", find.condition())
    };
    let rows = super::read(asked, env, sql, vec![levels()]).await?;
    rows.into_iter().next().map(|row| Reply::json(200, row)).ok_or_else(no_credentials)
}

const CHANGE: &str = "update accounts set first_name = coalesce(?2, first_name),
    last_name = coalesce(?4, last_name), timezone = coalesce(?5, timezone),
    bookable_by = coalesce(?6, bookable_by), mail_level = coalesce(?7, mail_level)
  where id = ?1 returning ";

/// `PATCH /accounts/me/`: names, time zone, who may book, how much mail. 200.
/// 1. the account; 2. the body; 3. one statement.
pub async fn change(asked: &Asked, env: &Env) -> Result<Reply> {
    let account = super::of(&asked.credential, env, asked.now).await?;
    let wanted = input::settings(&asked.body)?;
    let name = |name: Option<Option<PersonName>>| {
        name.map_or(Param::Null, |name| name.as_ref().map_or("", PersonName::as_str).into())
    };
    let params = [
        Param::id(account.id),
        name(wanted.first_name),
        levels(),
        name(wanted.last_name),
        wanted.timezone.map_or(Param::Null, |zone| zone.to_string().into()),
        wanted.bookable_by.map(BookableBy::word).map_or(Param::Null, Param::from),
        wanted.mail.map(MailLevel::number).map_or(Param::Null, Param::from),
    ];
    let directory = Directory::of(env)?;
    let sql = format!("{CHANGE}{SHOWN} as json");
    directory.row(&sql, &params).await?.map(|row| Reply::json(200, row)).ok_or_else(no_credentials)
}
