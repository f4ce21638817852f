//! The account that a request is made by.

use serde::Deserialize;
use whittle_domain::account::display_name;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::text::Name;
use whittle_domain::zone::Zone;
use worker::Env;

use super::jwt::{self, Kind as _};
use super::lookup::Lookup;
use super::password::{self, Typed};
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, bad_access_token, no_credentials, unauthorized};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::platform::Rows;

/// The credential with what an access token says in its place; one that is none stays as it was sent, and is refused where
/// it counts.
pub fn resolved(credential: Credential, env: &Env, now: Instant) -> Result<Credential> {
    let Credential::Bearer(token) = credential else { return Ok(credential) };
    Ok(match jwt::Access::verify(&token, &config::keys(env)?, now) {
        Some(jwt::Access { sub, epoch, family }) => Credential::Access { account: sub, epoch, family },
        None => Credential::Bearer(token),
    })
}

/// An account that has been authenticated.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: u64,
    pub username: String,
    /// The name by which others are told of it, if it has one.
    pub name: Option<Name>,
    /// Empty where it has none.
    pub first_name: String,
    /// Empty where it has none.
    pub last_name: String,
    /// Once it is another, whatever the account signed in by is void.
    pub epoch: i64,
    pub address: Address,
    /// Whether the address is verified.
    pub verified: bool,
    pub staff: bool,
    pub timezone: Zone,
}

/// An account as it is stored. It is read from an array, in this order (lookup.rs).
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
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// When what signs in was last noted as used, where that is noted.
    #[serde(default)]
    pub(super) used_at: Option<i64>,
}

/// The account behind a credential, with one read.
pub async fn authenticate(credential: &Credential, env: &Env, now: Instant) -> Result<Account> {
    let row = match Lookup::by_credential(credential, now) {
        Some(lookup) => lookup.read(&Directory::of(env), Vec::new()).await?.0,
        None => None,
    };
    admit(credential, row, env, now).await
}

/// What a query reads for the account that asks. The query follows a definition of `me`, the account's row: it is
/// `select ...`, or `, more as (...) select ...`.
pub async fn query_as_account(context: &RequestContext, env: &Env, query: Statement) -> Result<Rows> {
    let (_, mut results) = authenticate_and_query(context, env, vec![query]).await?;
    results.pop().ok_or_else(|| Error::Internal("a query without a result".to_owned()))
}

/// The account that asks, and what these queries read for it ([`query_as_account`]).
///
/// A token, a session, or a password that was judged shortly before is judged by the very transaction that reads. Any other
/// password is judged first, so that nothing is read for who only knows a name.
pub async fn authenticate_and_query(
    context: &RequestContext,
    env: &Env,
    queries: Vec<Statement>,
) -> Result<(Account, Vec<Rows>)> {
    let RequestContext { credential, now, .. } = context;
    let directory = Directory::of(env);
    if let Credential::Basic { name, password, .. } = credential {
        if let Some(judged) = password::recall(env, name, password, *now)? {
            let lookup = Lookup::by_judged_password(name, &judged);
            if let (Some(row), results) = lookup.read(&directory, queries.clone()).await? {
                return Ok((admit_row(row, env).ok_or_else(wrong_password)?, results));
            }
        }
        let account = authenticate(credential, env, *now).await?;
        let (row, results) = Lookup::by_account(&account).read(&directory, queries).await?;
        return Ok((row.map(Account::from).ok_or_else(wrong_password)?, results));
    }
    let (row, results) = match Lookup::by_credential(credential, *now) {
        Some(lookup) => lookup.read(&directory, queries).await?,
        None => (None, Vec::new()),
    };
    Ok((admit(credential, row, env, *now).await?, results))
}

/// The account, if the row that was read for the credential bears it out. The work is the same whether there is a row or not.
async fn admit(credential: &Credential, row: Option<Row>, env: &Env, now: Instant) -> Result<Account> {
    let (good, refusal): (bool, fn() -> Error) = match credential {
        Credential::None | Credential::Link(_) | Credential::OpenedLink(_) => return Err(no_credentials()),
        Credential::Bearer(_) => return Err(bad_access_token()),
        Credential::Unreadable(text) => return Err(unauthorized(text)),
        Credential::Basic { name, password, place } => {
            let typed = Typed { name, password, place };
            (password::verify(env, typed, row.as_ref(), now).await?, wrong_password)
        }
        Credential::Session(_) | Credential::SessionOrLink { .. } => (row.is_some(), no_credentials),
        Credential::Token(_) => (row.is_some(), || unauthorized("Invalid token.")),
        Credential::Access { .. } => (row.is_some(), bad_access_token),
    };
    row.filter(|_| good).and_then(|row| admit_row(row, env)).ok_or_else(refusal)
}

/// An account that is shut does not come in, and a demo account in development alone.
fn admit_row(row: Row, env: &Env) -> Option<Account> {
    (row.active == 1 && (row.demo == 0 || config::is_dev(env))).then(|| row.into())
}

fn wrong_password() -> Error {
    unauthorized("Invalid username/password.")
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: display_name(&row.first_name, &row.last_name),
            first_name: row.first_name,
            last_name: row.last_name,
            username: row.username,
            epoch: row.epoch,
            address: row.address,
            verified: row.verified == 1,
            staff: row.staff == 1,
            timezone: row.timezone,
        }
    }
}
