//! The account that a request is made by.

use serde::Deserialize;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;
use worker::Env;

use super::jwt::{self, Kind as _};
use super::lookup;
use super::password::{self, Typed};
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Error, Result, bad_access_token, no_credentials, unauthorized};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;

/// The credential with what an access token says in its place; one that is none stays as it was sent, and is refused where
/// it counts.
pub fn resolved(credential: Credential, env: &Env, now: Instant) -> Result<Credential> {
    let Credential::Bearer(token) = credential else { return Ok(credential) };
    Ok(match jwt::Access::read(&token, &config::keys(env)?, now) {
        Some(jwt::Access { sub, epoch, family, .. }) => Credential::Access { account: sub, epoch, family },
        None => Credential::Bearer(token),
    })
}

/// An account that has shown who it is.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: u64,
    /// What it signs in with.
    pub username: String,
    /// Its epoch: with another, whatever it signed in by is void.
    pub epoch: i64,
    /// Its address.
    pub address: Address,
    /// Whether the address is verified.
    pub verified: bool,
    /// Whether it is staff.
    pub staff: bool,
    /// Its time zone.
    pub timezone: Zone,
}

/// An account as it is stored.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    pub(super) id: u64,
    pub(super) username: String,
    pub(super) address: Address,
    pub(super) verified: u8,
    pub(super) active: u8,
    pub(super) staff: u8,
    pub(super) demo: u8,
    pub(super) epoch: i64,
    pub(super) timezone: Zone,
    pub(super) password: String,
}

/// The account behind name and password or a token, with one read.
pub async fn authenticate(credential: &Credential, env: &Env, now: Instant) -> Result<Account> {
    let directory = Directory::of(env)?;
    let row = match lookup::find(credential) {
        Some(find) => directory.batch(lookup::statements(&directory, &find, now)?).await?.pop(),
        None => None,
    };
    admit(credential, row.unwrap_or_default(), env, now).await
}

/// A statement that reads for the account that asks, which is the row `me` in it, and its parameters, `?3` and on. It
/// follows that row's definition: `select ...`, or `, more as (...) select ...`.
pub type Part = (String, Vec<Param>);

/// What a statement reads for the account that asks, in the one batch that also reads the account.
pub async fn query_as_account(
    context: &RequestContext,
    env: &Env,
    sql: &str,
    params: Vec<Param>,
) -> Result<Vec<String>> {
    Ok(query_all_as_account(context, env, vec![(sql.to_owned(), params)]).await?.pop().unwrap_or_default())
}

/// As [`read`], of several statements.
pub async fn query_all_as_account(
    context: &RequestContext,
    env: &Env,
    parts: Vec<Part>,
) -> Result<Vec<Vec<String>>> {
    let directory = Directory::of(env)?;
    let Some(find) = lookup::find(&context.credential) else {
        let refusal = admit(&context.credential, Vec::new(), env, context.now).await.err();
        return Err(refusal.unwrap_or_else(no_credentials));
    };
    let mut statements = lookup::statements(&directory, &find, context.now)?;
    let before = statements.len();
    for (sql, params) in parts {
        let params = [find.params(context.now), params].concat();
        statements.push(directory.statement(&format!("{} {sql}", find.me()), &params)?);
    }
    let mut rows = directory.batch(statements).await?;
    let found = rows.split_off(before.min(rows.len()));
    admit(&context.credential, rows.pop().unwrap_or_default(), env, context.now).await?;
    Ok(found)
}

/// The account, if the row that was read for the credential bears it out. The work is the same whether there is a row
/// or not; a demo account comes in during development alone.
async fn admit(credential: &Credential, rows: Vec<String>, env: &Env, now: Instant) -> Result<Account> {
    let row: Option<Row> = rows.first().map(|text| serde_json::from_str(text)).transpose()?;
    let (good, refusal): (bool, fn() -> Error) = match credential {
        Credential::None | Credential::Link(_) => return Err(no_credentials()),
        Credential::Bearer(_) => return Err(bad_access_token()),
        Credential::Unreadable(text) => return Err(unauthorized(text)),
        Credential::Basic { name, password, place } => {
            let good = password::matches(env, Typed { name, password, place }, row.as_ref(), now).await?;
            (good, || unauthorized("Invalid username/password."))
        }
        Credential::Session(_) => (row.is_some(), no_credentials),
        Credential::Token(_) => (row.is_some(), || unauthorized("Invalid token.")),
        Credential::Access { .. } => (row.is_some(), bad_access_token),
    };
    let dev = config::is_dev(env);
    let row = row.filter(|row| good && row.active == 1 && (row.demo == 0 || dev));
    let row = row.ok_or_else(refusal)?;
    Ok(row.into())
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            username: row.username,
            epoch: row.epoch,
            address: row.address,
            verified: row.verified == 1,
            staff: row.staff == 1,
            timezone: row.timezone,
        }
    }
}
