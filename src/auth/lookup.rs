//! Accounts, their tokens and sessions in D1.

use crate::auth::account::Account;
use crate::auth::account::Row;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use whittle_domain::hex;
use whittle_domain::instant::Instant;
use worker::D1PreparedStatement;

use crate::d1::{Directory, Param};
use crate::error::Result;
use crate::http::credential::Credential;

const DAY_MILLIS: i64 = 86_400_000;
/// How fresh `used_at` is kept: a write every ten minutes, not one a request.
const TOUCH_MILLIS: i64 = 600_000;
/// The most tokens, sessions or families of an account; the least recently used goes (spec, part 0, "Tokens of accounts").
pub const MOST: i64 = 20;

/// What signs in by being known: a random text, of which a hash is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// An account's token.
    Token,
    /// A session's cookie.
    Session,
}

impl Secret {
    const fn table(self) -> &'static str {
        match self {
            Self::Token => "tokens",
            Self::Session => "sessions",
        }
    }

    /// Unused for this long it is void: a token after 90 days (spec, part 0, "Tokens of accounts"), a session after 14, as in
    /// the original's framework.
    pub const fn idle_millis(self) -> i64 {
        match self {
            Self::Token => 90 * DAY_MILLIS,
            Self::Session => 14 * DAY_MILLIS,
        }
    }

    /// Before when it was used last, if it is void.
    fn void_before(self, now: Instant) -> i64 {
        now.millis().saturating_sub(self.idle_millis())
    }

    /// The statements that keep a new one, as long as the account is what it was when it signed in: the first gives a row
    /// then. Void ones and those beyond the most go.
    pub fn keep(
        self,
        directory: &Directory,
        account: &Account,
        secret: &str,
        agent: &str,
        now: Instant,
    ) -> Result<Vec<D1PreparedStatement>> {
        let (table, id) = (self.table(), Param::id(account.id));
        Ok(vec![
            directory.statement(
                &format!(
                    "insert into {table} (hash, account, epoch, created_at, used_at, agent)
                     select ?1, id, epoch, ?3, ?3, ?4 from accounts where id = ?2 and epoch = ?5 and active = 1
                     returning 'kept' as json"
                ),
                &[
                    hash_of(secret).into(),
                    id.clone(),
                    now.millis().into(),
                    agent.into(),
                    account.epoch.into(),
                ],
            )?,
            directory.statement(
                &format!(
                    "delete from {table} where account = ?1 and (used_at <= ?2 or hash not in
                       (select hash from {table} where account = ?1
                        order by used_at desc, created_at desc, rowid desc limit ?3))"
                ),
                &[id, self.void_before(now).into(), MOST.into()],
            )?,
        ])
    }

    /// The statement that ends one.
    pub fn end(self, directory: &Directory, secret: &str) -> Result<D1PreparedStatement> {
        let sql = format!("delete from {} where hash = ?1", self.table());
        directory.statement(&sql, &[hash_of(secret).into()])
    }
}

/// The statements that end all ways in of an account, where `guard` holds, a condition on `accounts`. Its epoch, raised
/// beside, has voided them already: this takes their rows away.
pub fn end_all(directory: &Directory, account: u64, guard: &str) -> Result<Vec<D1PreparedStatement>> {
    let end = |table: &str| {
        let sql = format!(
            "delete from {table} where account = ?1 and exists (select 1 from accounts where id = ?1 and {guard})"
        );
        directory.statement(&sql, &[Param::id(account)])
    };
    ["tokens", "sessions", "families"].into_iter().map(end).collect()
}

/// How an account is found: a condition on `accounts`, with its first parameter.
pub struct Find {
    condition: &'static str,
    param: Param,
    secret: Option<Secret>,
}

/// How the account of this credential is found, where it names one.
pub fn find(credential: &Credential) -> Option<Find> {
    match credential {
        Credential::Basic { name, .. } => {
            Some(Find { condition: "username = ?1", param: name.as_str().into(), secret: None })
        }
        Credential::Token(token) => Some(Find {
            condition: "(id, epoch) in (select account, epoch from tokens where hash = ?1 and used_at > ?2)",
            param: hash_of(token).into(),
            secret: Some(Secret::Token),
        }),
        Credential::Session(cookie) => Some(Find {
            condition: "(id, epoch) in (select account, epoch from sessions where hash = ?1 and used_at > ?2)",
            param: hash_of(cookie).into(),
            secret: Some(Secret::Session),
        }),
        Credential::Access { account, epoch, family } => Some(Find {
            condition: "(id, epoch) = (?1 ->> 0, ?1 ->> 1)
              and exists (select 1 from families where id = ?1 ->> 2 and account = ?1 ->> 0)",
            param: json!([account, epoch, family]).to_string().into(),
            secret: None,
        }),
        Credential::None | Credential::Link(_) | Credential::Bearer(_) | Credential::Unreadable(_) => None,
    }
}

impl Find {
    /// The account as the row `me` of a statement, by the parameters `?1` and `?2`. D1 wants every parameter that is bound to
    /// occur: a condition by name has no use for the second.
    pub fn me(&self) -> String {
        format!("with me as materialized (select * from accounts where (?2 or true) and {})", self.condition)
    }

    /// The parameters.
    pub fn params(&self, now: Instant) -> Vec<Param> {
        let void_before = self.secret.map_or(0, |secret| secret.void_before(now));
        vec![self.param.clone(), void_before.into()]
    }
}

/// An account as [`super::Row`] reads it.
const ROW: &str = "json_object('id', id, 'username', username, 'address', address, 'verified', verified,
    'active', active, 'staff', staff, 'demo', demo, 'epoch', epoch, 'timezone', timezone, 'password', password) as json";

/// The statements that note the use of a token or session and read the account; the row is the last one's.
pub fn statements(directory: &Directory, find: &Find, now: Instant) -> Result<Vec<D1PreparedStatement>> {
    let read = directory.statement(&format!("{} select {ROW} from me", find.me()), &find.params(now))?;
    let Some(secret) = find.secret else { return Ok(vec![read]) };
    let touch = format!(
        "update {} set used_at = ?1 where hash = ?2 and used_at < ?1 - ?3 and used_at > ?4",
        secret.table()
    );
    let params =
        [now.millis().into(), find.param.clone(), TOUCH_MILLIS.into(), secret.void_before(now).into()];
    Ok(vec![directory.statement(&touch, &params)?, read])
}

/// An account by its number.
pub async fn by_id(directory: &Directory, id: u64) -> Result<Option<Row>> {
    let row = directory.row(&format!("select {ROW} from accounts where id = ?1"), &[Param::id(id)]).await?;
    Ok(row.map(|row| serde_json::from_str(&row)).transpose()?)
}

/// What is stored of a token or a cookie.
pub fn hash_of(secret: &str) -> String {
    hex::encode(&Sha256::digest(secret.as_bytes()))
}
