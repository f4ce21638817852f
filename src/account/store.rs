//! Accounts and their tokens in D1.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use whittle_domain::hex;
use whittle_domain::instant::Instant;
use worker::D1PreparedStatement;

use crate::caller::Credential;
use crate::d1::{Directory, Param};
use crate::error::Result;

/// A token unused for this long is void: 90 days (spec, part 0, "Tokens of accounts").
const TOKEN_IDLE_MILLIS: i64 = 90 * 86_400_000;
/// How fresh `used_at` is kept: a write every ten minutes, not one a request.
const TOUCH_MILLIS: i64 = 600_000;
/// The most tokens of an account; the least recently used goes.
const MOST_TOKENS: i64 = 20;

/// How an account is found: a condition on `accounts`, with its first parameter.
pub struct Find {
    condition: &'static str,
    param: Param,
    token: bool,
}

/// How the account of this credential is found, where it names one.
pub fn find(credential: &Credential) -> Option<Find> {
    match credential {
        Credential::Basic { name, .. } => {
            Some(Find { condition: "username = ?1", param: name.as_str().into(), token: false })
        }
        Credential::Token(token) => Some(Find {
            condition: "(id, epoch) in (select account, epoch from tokens where hash = ?1 and used_at > ?2)",
            param: hash_of(token).into(),
            token: true,
        }),
        Credential::Access { account, epoch } => Some(Find {
            condition: "(id, epoch) = (?1 ->> 0, ?1 ->> 1)",
            param: json!([account, epoch]).to_string().into(),
            token: false,
        }),
        Credential::None | Credential::Link(_) | Credential::Bearer(_) | Credential::Unreadable(_) => None,
    }
}

impl Find {
    /// The condition on `accounts`, of the parameters `?1` and `?2`.
    pub const fn condition(&self) -> &'static str {
        self.condition
    }

    /// The parameters.
    pub fn params(&self, now: Instant) -> Vec<Param> {
        vec![self.param.clone(), now.millis().saturating_sub(TOKEN_IDLE_MILLIS).into()]
    }
}

/// The statements that note the use of a token and read the account; the row is the last one's.
pub fn statements(directory: &Directory, find: &Find, now: Instant) -> Result<Vec<D1PreparedStatement>> {
    // D1 wants every parameter that is bound to occur: a condition by name has no use for the second.
    let select = format!(
        "select json_object('id', id, 'address', address, 'verified', verified, 'active', active, 'staff', staff, 'demo', demo,
           'epoch', epoch, 'timezone', timezone, 'password', password) as json
         from accounts where (?2 or true) and {}",
        find.condition
    );
    let read = directory.statement(&select, &find.params(now))?;
    if !find.token {
        return Ok(vec![read]);
    }
    let touch = directory.statement(
        "update tokens set used_at = ?1 where hash = ?2 and used_at < ?1 - ?3 and used_at > ?1 - ?4",
        &[now.millis().into(), find.param.clone(), TOUCH_MILLIS.into(), TOKEN_IDLE_MILLIS.into()],
    )?;
    Ok(vec![touch, read])
}

/// What is stored of a token.
pub fn hash_of(token: &str) -> String {
    hex::encode(&Sha256::digest(token.as_bytes()))
}

/// Keeps a new token; void ones and those beyond the most go.
pub async fn keep_token(directory: &Directory, account: u64, token: &str, now: Instant) -> Result<()> {
    let account = Param::id(account);
    let statements = vec![
        directory.statement(
            "insert into tokens (hash, account, epoch, created_at, used_at)
             select ?1, id, epoch, ?3, ?3 from accounts where id = ?2",
            &[hash_of(token).into(), account.clone(), now.millis().into()],
        )?,
        directory.statement(
            "delete from tokens where account = ?1 and (used_at <= ?2 or hash not in
               (select hash from tokens where account = ?1 order by used_at desc, created_at desc, rowid desc limit ?3))",
            &[account, now.millis().saturating_sub(TOKEN_IDLE_MILLIS).into(), MOST_TOKENS.into()],
        )?,
    ];
    directory.batch(statements).await.map(|_| ())
}
