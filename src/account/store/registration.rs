//! New accounts, and the proof of an address.

use whittle_domain::account::{BookableBy, SignUp};
use whittle_domain::address::Address;
use whittle_domain::input::Dialect;
use whittle_domain::instant::Instant;
use whittle_domain::link::Link;
use whittle_domain::text::PersonName;

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;

/// Whether a name to sign in with is another account's.
pub async fn is_username_taken(directory: &Directory, username: &str) -> Result<bool> {
    let select = Statement::new("select 'yes' as json from accounts where username = :username");
    Ok(directory.first(select.bind("username", username)).await?.is_some())
}

const ADD: &str = "insert into accounts
    (id, username, address, address_key, first_name, last_name, password, bookable_by, created_at)
  values (:id, :username, :address, :address_key, :first_name, :last_name, :password, :bookable_by, :now)
  on conflict (username) do nothing";

/// The statement that adds an account, unless its name is taken. Whoever signs up by the API of bookings can be booked by anyone.
pub fn add(id: u64, new: &SignUp, dialect: Dialect, password_hash: &str, now: Instant) -> Statement {
    let bookable_by = match dialect {
        Dialect::Bookings => BookableBy::Anyone,
        Dialect::Calendars => BookableBy::Contacts,
    };
    let text = |name: &Option<PersonName>| name.as_ref().map_or("", PersonName::as_str).to_owned();
    Statement::new(ADD)
        .bind("id", Param::id(id))
        .bind("username", new.username.as_str())
        .bind("address", new.address.as_str())
        .bind("address_key", new.address.key())
        .bind("first_name", text(&new.first_name))
        .bind("last_name", text(&new.last_name))
        .bind("password", password_hash)
        .bind("bookable_by", bookable_by.as_str())
        .bind("now", now.millis())
}

/// The query that gives a row if there is this account.
pub fn exists(id: u64) -> Statement {
    Statement::new("select 'yes' as json from accounts where id = :id").bind("id", Param::id(id))
}

/// The condition that an address is verified by another account.
pub fn is_address_taken(address: &Address, account: u64) -> Statement {
    let sql = "exists (select 1 from accounts where address_key = :key and verified = 1 and id <> :account)";
    Statement::new(sql).bind("key", address.key()).bind("account", Param::id(account))
}

/// The condition that an account has this address, with this generation, and has not verified it.
pub fn is_to_verify(account: u64, generation: u32, address: &Address) -> Statement {
    let sql = "exists (select 1 from accounts where id = :account and address_generation = :generation
      and address_key = :key and verified = 0)";
    Statement::new(sql)
        .bind("account", Param::id(account))
        .bind("generation", i64::from(generation))
        .bind("key", address.key())
}

/// The generation of an account's address.
pub async fn address_generation(directory: &Directory, account: u64) -> Result<u32> {
    let select =
        Statement::new("select cast(address_generation as text) as json from accounts where id = :id");
    let row = directory.first(select.bind("id", Param::id(account))).await?;
    Ok(row.and_then(|generation| generation.parse().ok()).unwrap_or(0))
}

/// The account whose address a link verifies.
pub struct ToVerify {
    pub username: String,
    pub address: Address,
    pub verified: bool,
}

/// The account that has the address that a link was mailed to.
pub async fn find_by_link(directory: &Directory, link: &Link) -> Result<Option<ToVerify>> {
    let select = "select json_array(username, address, verified) as json from accounts
      where id = :id and address_generation = :generation and active = 1";
    let row = directory.first(bind_link(select, link)).await?;
    let found: Option<(String, Address, u8)> = row.map(|row| whittle_json::from_str(&row)).transpose()?;
    Ok(found.map(|(username, address, verified)| ToVerify { username, address, verified: verified == 1 }))
}

const VERIFY: &str = "update accounts set verified = 1, staff = max(staff, :staff)
  where id = :id and address_generation = :generation and active = 1 and verified = 0
    and not exists (select 1 from accounts b where b.address_key = accounts.address_key and b.verified = 1)";
const IS_VERIFIED: &str = "select cast(verified as text) as json from accounts
  where id = :id and address_generation = :generation and active = 1";

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The address is verified.
    Yes,
    /// Another account has verified it.
    Taken,
    /// No account has the address that the link was mailed to.
    NoAccount,
}

/// Verifies an address by a link, unless another account has it, and makes its account staff if it is to be.
pub async fn verify(directory: &Directory, link: &Link, staff: bool) -> Result<Verified> {
    let verify = bind_link(VERIFY, link).bind("staff", i64::from(staff));
    let state = directory.batch(vec![verify, bind_link(IS_VERIFIED, link)]).await?.pop();
    Ok(match state.and_then(|rows| rows.into_iter().next()).as_deref() {
        None => Verified::NoAccount,
        Some("1") => Verified::Yes,
        Some(_) => Verified::Taken,
    })
}

fn bind_link(sql: &'static str, link: &Link) -> Statement {
    let statement = Statement::new(sql).bind("id", Param::id(link.subject));
    statement.bind("generation", i64::from(link.generation))
}
