//! Passwords of accounts, and what ends with them.

use serde::Deserialize;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::link::Link;

use crate::auth::lookup;
use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// An account whose password can be reset: its address is its own.
#[derive(Deserialize)]
pub struct Resettable {
    pub id: u64,
    pub username: String,
    pub address: Address,
    pub epoch: i64,
    pub generation: u32,
}

/// The account that has verified this address.
pub async fn find_by_address(directory: &Directory, address: &Address) -> Result<Option<Resettable>> {
    let select = "select json_object('id', id, 'username', username, 'address', address, 'epoch', epoch,
        'generation', address_generation) as json
      from accounts where address_key = :key and verified = 1 and active = 1";
    let row = directory.first(Statement::new(select).bind("key", address.key())).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// A condition on the account whose password is to be set.
pub enum Guard<'a> {
    /// Its stored password is this one.
    Stored(&'a str),
    /// Its epoch and the generation of its address are those that this link to reset was made for.
    Link(&'a Link),
}

impl Guard<'_> {
    fn condition(&self) -> Statement {
        match self {
            Self::Stored(stored) => Statement::new("password = :stored").bind("stored", *stored),
            Self::Link(link) => Statement::new(
                "(epoch % 4294967296, address_generation % 65536) = (:made_for ->> 0, :made_for ->> 1)",
            )
            .bind("made_for", json!([link.generation, link.party]).to_string()),
        }
    }
}

/// The statement that sets a password. Whoever had the old one may have the link of the feed, so that ends, too.
fn set(account: u64, hash: &str, guard: &Guard<'_>) -> Statement {
    let update =
        "update accounts set password = :hash, epoch = epoch + 1, feed_generation = feed_generation + 1
      where id = :account and active = 1 and :guard";
    Statement::new(update)
        .bind("account", Param::id(account))
        .bind("hash", hash)
        .embed("guard", guard.condition())
}

/// The condition on `accounts` that this very act has set the password: a hash has a salt of its own.
fn is_set(hash: &str) -> Statement {
    Statement::new("password = :hash").bind("hash", hash)
}

/// The condition that this act has set the password, and that the account's address is its own.
pub fn is_set_and_verified(account: u64, hash: &str) -> Statement {
    Statement::new("exists (select 1 from accounts where id = :account and verified = 1 and :is_set)")
        .bind("account", Param::id(account))
        .embed("is_set", is_set(hash))
}

/// The statements that set a password where the guard holds and end all sign-ins then; `mail` is written between. The last
/// one gives a row where the guard held.
pub fn change(account: u64, hash: &str, guard: &Guard<'_>, mail: Statement) -> Vec<Statement> {
    let done = Statement::new("select 'yes' as json from accounts where id = :account and :is_set")
        .bind("account", Param::id(account))
        .embed("is_set", is_set(hash));
    let mut statements = vec![set(account, hash, guard)];
    statements.extend(lookup::end_sign_ins(account, &is_set(hash)));
    statements.extend([mail, done]);
    statements
}
