//! How the account of a credential is found in D1, and what D1 keeps of tokens and sessions.

use sha2::{Digest as _, Sha256};
use whittle_domain::hex;
use whittle_domain::instant::Instant;

use super::account::{Account, Row};
use super::password::Judged;
use crate::d1::{Directory, Param, Statement};
use crate::error::Result;
use crate::http::credential::Credential;
use crate::platform::{self, Rows};

const DAY_MILLIS: i64 = 86_400_000;
/// How fresh `used_at` is kept: a write every ten minutes, not one a request.
const TOUCH_MILLIS: i64 = 600_000;
/// The most tokens, sessions or token families of an account; the least recently used goes (spec, part 0, "Tokens of
/// accounts").
pub const MAX_SIGN_INS: i64 = 20;

/// A random text that signs in by being known. A hash of it is kept.
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

    fn void_before(self, now: Instant) -> i64 {
        now.millis().saturating_sub(self.idle_millis())
    }

    /// The statements that keep a new one, as long as the account is what it was when it signed in: the first gives a row
    /// then. Void ones and those beyond the maximum go.
    pub fn keep(self, account: &Account, secret: &str, agent: &str, now: Instant) -> [Statement; 2] {
        let table = self.table();
        let insert = Statement::new(format!(
            "insert into {table} (hash, account, epoch, created_at, used_at, agent)
             select :hash, id, epoch, :now, :now, :agent from accounts
             where id = :account and epoch = :epoch and active = 1
             returning 'kept' as json"
        ))
        .bind("hash", hash_of(secret))
        .bind("account", Param::id(account.id))
        .bind("epoch", account.epoch)
        .bind("now", now.millis())
        .bind("agent", agent);
        let clean = Statement::new(format!(
            "delete from {table} where account = :account and (used_at <= :void_before or hash not in
               (select hash from {table} where account = :account
                order by used_at desc, created_at desc, rowid desc limit :most))"
        ))
        .bind("account", Param::id(account.id))
        .bind("void_before", self.void_before(now))
        .bind("most", MAX_SIGN_INS);
        [insert, clean]
    }

    /// The statement that ends one.
    pub fn end(self, secret: &str) -> Statement {
        Statement::new(format!("delete from {} where hash = :hash", self.table()))
            .bind("hash", hash_of(secret))
    }

    /// The statement that notes that it is used.
    fn touch(self, hash: &str, now: Instant) -> Statement {
        Statement::new(format!(
            "update {} set used_at = :now where hash = :hash and used_at between :void_before and :now",
            self.table()
        ))
        .bind("now", now.millis())
        .bind("hash", hash)
        .bind("void_before", self.void_before(now))
    }
}

/// The statements that delete all sign-ins of an account where `guard` holds, a condition on `accounts`. Its epoch, raised
/// beside, has voided them already.
pub fn end_sign_ins(account: u64, guard: &Statement) -> impl Iterator<Item = Statement> {
    ["tokens", "sessions", "families"].into_iter().map(move |table| {
        Statement::new(format!(
            "delete from {table} where account = :account
               and exists (select 1 from accounts where id = :account and :guard)"
        ))
        .bind("account", Param::id(account))
        .embed("guard", guard.clone())
    })
}

/// How an account is found.
pub struct Lookup {
    /// The query for its row, with when what signs in was last noted as used.
    me: Statement,
    /// What signs in, where it is a secret that is kept; and now.
    used: Option<(Secret, String, Instant)>,
}

impl Lookup {
    /// How the account that a credential names is found; none where the credential names no account.
    pub fn by_credential(credential: &Credential, now: Instant) -> Option<Self> {
        let by_secret = |secret: Secret, text: &str| {
            let hash = hash_of(text);
            let me = Statement::new(format!(
                "select a.*, w.used_at from {} w join accounts a on a.id = w.account and a.epoch = w.epoch
                 where w.hash = :hash and w.used_at > :void_before",
                secret.table()
            ));
            let me = me.bind("hash", hash.as_str()).bind("void_before", secret.void_before(now));
            Self { me, used: Some((secret, hash, now)) }
        };
        Some(match credential {
            Credential::Basic { name, .. } => {
                Self::by_condition(Statement::new("username = :name").bind("name", name.as_str()))
            }
            Credential::Token(token) => by_secret(Secret::Token, token),
            Credential::Session(cookie) | Credential::SessionOrLink { session: cookie, .. } => {
                by_secret(Secret::Session, cookie)
            }
            Credential::Access { account, epoch, family } => Self::by_condition(
                Statement::new(
                    "(id, epoch) = (:account, :epoch)
                     and exists (select 1 from families where id = :family and account = :account)",
                )
                .bind("account", Param::id(*account))
                .bind("epoch", *epoch)
                .bind("family", family.as_str()),
            ),
            Credential::None
            | Credential::Link(_)
            | Credential::OpenedLink(_)
            | Credential::Bearer(_)
            | Credential::Unreadable(_) => return None,
        })
    }

    /// How an account is found as long as its password and its epoch are those for which this password was judged.
    pub fn by_judged_password(name: &str, judged: &Judged) -> Self {
        let condition = Statement::new("username = :name and (password, epoch) = (:stored, :epoch)")
            .bind("name", name)
            .bind("stored", judged.stored.as_str())
            .bind("epoch", judged.epoch);
        Self::by_condition(condition)
    }

    fn by_condition(condition: Statement) -> Self {
        let me = Statement::new("select *, null as used_at from accounts where :condition");
        Self { me: me.embed("condition", condition), used: None }
    }

    /// How an account is found that has been authenticated just now: as long as nothing has ended that.
    pub fn by_account(account: &Account) -> Self {
        let condition = Statement::new("id = :id and epoch = :epoch and active = 1")
            .bind("id", Param::id(account.id))
            .bind("epoch", account.epoch);
        Self::by_condition(condition)
    }

    /// Reads the account and, in the same transaction, what `queries` read for it ([`super::account::query_as_account`]).
    pub async fn read(
        self,
        directory: &Directory,
        queries: Vec<Statement>,
    ) -> Result<(Option<Row>, Vec<Rows>)> {
        let me = self.me;
        let row = Statement::new("select json_array(:row, used_at) as json from (:me)");
        let row = row.embed("row", ROW).embed("me", me.clone());
        let query = |query: Statement| {
            Statement::new("with me as materialized (:me) :query")
                .embed("me", me.clone())
                .embed("query", query)
        };
        let statements = [row].into_iter().chain(queries.into_iter().map(query)).collect();
        let mut results = directory.unread(statements).await?.into_iter();
        let row = results.next().and_then(|rows| rows.texts().into_iter().next());
        let row: Option<Row> = row.map(|row| whittle_json::from_str(&row)).transpose()?;
        if let (Some(used_at), Some((secret, hash, now))) =
            (row.as_ref().and_then(|row| row.used_at), self.used)
            && used_at < now.millis().saturating_sub(TOUCH_MILLIS)
        {
            // Nobody waits for it, and where it fails the next request notes it.
            let directory = directory.clone();
            platform::after_the_answer(async move {
                _ = directory.execute(secret.touch(&hash, now)).await;
            });
        }
        Ok((row, results.collect()))
    }
}

/// The members of an account as [`Row`] reads them.
const ROW: &str = "id, username, address, verified, active, staff, demo, epoch, timezone, password,
  first_name, last_name";

/// An account by its number.
pub async fn find_by_id(directory: &Directory, id: u64) -> Result<Option<Row>> {
    let select = Statement::new("select json_array(:row) as json from accounts where id = :id");
    let row = directory.first(select.embed("row", ROW).bind("id", Param::id(id))).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// What is stored of a token or a cookie.
pub fn hash_of(secret: &str) -> String {
    hex::encode(&Sha256::digest(secret.as_bytes()))
}
