//! Who gets no mail: addresses that bounced or complained, and those that want none, from one sender or at all. Asked
//! right before sending, so that a mail that was queued before does not go out after.

use serde::Deserialize;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::Undeliverable;

use crate::d1::{Directory, Param};
use crate::error::Result;

/// Why a mail is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suppressed {
    /// There is no such mailbox.
    Bounced,
    /// Its owner called our mail unwanted.
    Complained,
    /// Its owner wants none.
    Unsubscribed,
}

impl Suppressed {
    /// As the party shows it, where mail cannot reach it.
    pub const fn undeliverable(self) -> Option<Undeliverable> {
        match self {
            Self::Complained => Some(Undeliverable::Complained),
            Self::Bounced => Some(Undeliverable::Bounced),
            Self::Unsubscribed => None,
        }
    }
}

const FIND: &str = "select json_array(m.key, s.reason) as json
    from json_each(?1) m join suppressions s on s.address_key = m.value ->> 0
  union all select json_array(m.key, 'unsubscribed')
    from json_each(?1) m join optouts o on o.address_key = m.value ->> 0 and o.account = m.value ->> 1
  union all select json_array(m.key, 'unsubscribed')
    from json_each(?1) m join meeting_attendees a on a.meeting = m.value ->> 2 and a.number = m.value ->> 3
    where a.opted_out = 1";

/// A mail, as far as it matters here.
pub struct Asked<'a> {
    /// To whom.
    pub to: &'a Address,
    /// The account that is its sender.
    pub account: u64,
    /// The meeting it is about, and its attendee.
    pub attendee: Option<(u64, u16)>,
}

/// For each mail why it may not be sent; the gravest reason first.
pub async fn find(directory: &Directory, mails: &[Asked<'_>]) -> Result<Vec<Vec<Suppressed>>> {
    let row =
        |m: &Asked<'_>| json!([m.to.key(), m.account, m.attendee.map(|a| a.0), m.attendee.map(|a| a.1)]);
    let pairs: Vec<_> = mails.iter().map(row).collect();
    let statement = directory.statement(FIND, &[json!(pairs).to_string().into()])?;
    let rows = directory.batch(vec![statement]).await?.pop().unwrap_or_default();
    let mut found = vec![Vec::new(); mails.len()];
    for row in rows {
        let (index, why): (usize, Suppressed) = serde_json::from_str(&row)?;
        if let Some(reasons) = found.get_mut(index) {
            reasons.push(why);
        }
    }
    Ok(found)
}

/// Suppresses an address for what its provider said.
pub async fn add(directory: &Directory, address: &Address, why: Undeliverable, now: Instant) -> Result<()> {
    suppress(directory, address, why.word(), now).await
}

/// Notes that somebody wants no mail at all.
pub async fn unsubscribe(directory: &Directory, address: &Address, now: Instant) -> Result<()> {
    suppress(directory, address, "unsubscribed", now).await
}

async fn suppress(directory: &Directory, address: &Address, reason: &str, now: Instant) -> Result<()> {
    let add = "insert or ignore into suppressions (address_key, reason, at) values (?1, ?2, ?3)";
    let params = [address.key().into(), reason.into(), now.millis().into()];
    directory.batch(vec![directory.statement(add, &params)?]).await.map(|_| ())
}

/// Takes back what an address has said of mail that an account causes, and of mail at all.
pub async fn welcome(directory: &Directory, address: &Address, account: u64) -> Result<()> {
    let key = Param::from(address.key());
    let statements = vec![
        directory.statement(
            "delete from suppressions where address_key = ?1 and reason = 'unsubscribed'",
            std::slice::from_ref(&key),
        )?,
        directory.statement(
            "delete from optouts where address_key = ?1 and account = ?2",
            &[key, Param::id(account)],
        )?,
    ];
    directory.batch(statements).await.map(|_| ())
}

/// Notes that somebody wants no mail that an account causes.
pub async fn opt_out(directory: &Directory, address: &Address, account: u64, now: Instant) -> Result<()> {
    let add = "insert or ignore into optouts (address_key, account, at) values (?1, ?2, ?3)";
    let params = [address.key().into(), Param::id(account), now.millis().into()];
    directory.batch(vec![directory.statement(add, &params)?]).await.map(|_| ())
}
