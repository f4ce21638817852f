//! `/accounts/me/`: what an account is and wants.

use crate::auth::account::Part;
use crate::auth::account::authenticate;
use crate::auth::account::query_as_account;
use serde_json::json;
use whittle_domain::account::{BookableBy, MailLevel};
use whittle_domain::input;
use whittle_domain::text::PersonName;
use worker::Env;

use crate::d1::{Directory, Param, instant};
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// SQL of an account as its owner sees it. `?3` are the words of the levels of mail.
fn shown() -> String {
    format!(
        "json_object('id', id, 'username', username, 'email', address,
           'verified', json(iif(verified, 'true', 'false')), 'first_name', first_name, 'last_name', last_name,
           'timezone', timezone, 'bookable_by', bookable_by, 'mail', ?3 ->> mail_level,
           'staff', json(iif(staff, 'true', 'false')), 'created_at', {}) as json",
        instant("created_at")
    )
}

/// The words of the levels of mail, by their numbers.
fn levels() -> Param {
    json!(MailLevel::ALL.map(MailLevel::as_str)).to_string().into()
}

/// What reads the account that asks as it sees itself.
pub fn part() -> Part {
    (format!("select {} from me", shown()), vec![levels()])
}

/// `GET /accounts/me/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (sql, params) = part();
    let row = query_as_account(context, env, &sql, params).await?.pop();
    row.map(|row| Reply::json(200, row)).ok_or_else(no_credentials)
}

const CHANGE: &str = "update accounts set first_name = coalesce(?2, first_name),
    last_name = coalesce(?4, last_name), timezone = coalesce(?5, timezone),
    bookable_by = coalesce(?6, bookable_by), mail_level = coalesce(?7, mail_level)
  where id = ?1 returning ";

/// `PATCH /accounts/me/`: names, time zone, who may book, how much mail. 200.
/// 1. the account; 2. the body; 3. one statement.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let wanted = input::parse_settings(&context.body)?;
    let name = |name: Option<Option<PersonName>>| {
        name.map_or(Param::Null, |name| name.as_ref().map_or("", PersonName::as_str).into())
    };
    let params = [
        Param::id(account.id),
        name(wanted.first_name),
        levels(),
        name(wanted.last_name),
        wanted.timezone.map_or(Param::Null, |zone| zone.to_string().into()),
        wanted.bookable_by.map(BookableBy::as_str).map_or(Param::Null, Param::from),
        wanted.mail.map(MailLevel::rank).map_or(Param::Null, Param::from),
    ];
    let directory = Directory::of(env)?;
    let sql = format!("{CHANGE}{}", shown());
    directory.row(&sql, &params).await?.map(|row| Reply::json(200, row)).ok_or_else(no_credentials)
}
