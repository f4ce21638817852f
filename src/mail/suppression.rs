//! Who gets no mail: addresses that bounced or complained, and those that want none, from one sender or at all. Recipient
//! right before sending, so that a mail that was queued before does not go out after.

use serde::Deserialize;
use serde_json::json;
use whittle_domain::account::MailLevel;
use whittle_domain::address::Address;
use whittle_domain::entity::NotSent;
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
    /// Its owner wants less than this of what it caused itself.
    Unwanted,
}

impl Suppressed {
    /// As the party shows it, where mail cannot reach it.
    pub const fn undeliverable(self) -> Option<Undeliverable> {
        match self {
            Self::Complained => Some(Undeliverable::Complained),
            Self::Bounced => Some(Undeliverable::Bounced),
            Self::Unsubscribed | Self::Unwanted => None,
        }
    }
}

impl From<Suppressed> for NotSent {
    fn from(why: Suppressed) -> Self {
        match (why, why.undeliverable()) {
            (_, Some(why)) => Self::Undeliverable(why),
            (Suppressed::Unwanted, None) => Self::Unwanted,
            (_, None) => Self::Unsubscribed,
        }
    }
}

/// D1 takes no more than five selects in one. What an account causes itself to be told goes to the address that it has by now: the reasons are that address's.
const FIND: &str = "with
    asked as (select key as n, value ->> 0 as sent, value ->> 1 as account, value ->> 2 as meeting,
        value ->> 3 as attendee, value ->> 4 as level, value ->> 5 as reminds_of from json_each(?1)),
    mails as (select asked.*, a.id as own, a.address, a.mail_level, coalesce(a.address_key, sent) as address_key
      from asked left join accounts a on level is not null and a.id = account and a.verified = 1)
  select json_array(m.n, s.reason, null) as json from mails m join suppressions s on s.address_key = m.address_key
  union all select json_array(m.n, 'unsubscribed', null)
    from mails m join optouts o on o.address_key = m.address_key and o.account = m.account
  union all select json_array(m.n, 'unsubscribed', null)
    from mails m join meeting_attendees a on a.meeting = m.meeting and a.number = m.attendee where a.opted_out = 1
  union all select json_array(m.n, 'unwanted', null) from mails m
    where m.mail_level < m.level
      or (m.level is not null and not exists (select 1 from accounts where id = m.account))
      or (m.reminds_of is not null and not exists (select 1 from meetings e where e.id = m.meeting and e.status = 'confirmed'
        and e.starts_at = m.reminds_of and (m.attendee = 0 or exists (select 1 from meeting_attendees a
          where a.meeting = e.id and a.number = m.attendee and a.partstat <> 'declined'))))
  union all select json_array(m.n, null, m.address) from mails m where m.address_key <> m.sent";

/// A mail, as far as it matters here.
pub struct Recipient<'a> {
    /// To whom.
    pub to: &'a Address,
    /// The account that is its sender.
    pub account: u64,
    /// The meeting it is about, and its attendee.
    pub attendee: Option<(u64, u16)>,
    /// Where it is to the account that caused it: from which level on it gets it.
    pub own: Option<MailLevel>,
    /// When the meeting begins that it reminds of: it is sent only if that takes place then, and its recipient comes.
    pub reminds_of: Option<Instant>,
}

/// What there is to know of a mail right before it is sent.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Why it may not be sent.
    pub reasons: Vec<Suppressed>,
    /// The address that its recipient has by now, where that is another.
    pub to: Option<Address>,
}

/// For each mail why it may not be sent, the gravest reason first, and where to.
pub async fn find(directory: &Directory, mails: &[Recipient<'_>]) -> Result<Vec<Found>> {
    let row = |m: &Recipient<'_>| {
        let (meeting, attendee) = m.attendee.unzip();
        let reminds_of = m.reminds_of.map(Instant::millis);
        json!([m.to.key(), m.account, meeting, attendee, m.own.map(MailLevel::rank), reminds_of])
    };
    let pairs: Vec<_> = mails.iter().map(row).collect();
    let rows = directory.rows(FIND, &[json!(pairs).to_string().into()]).await?;
    let mut found = vec![Found::default(); mails.len()];
    for row in rows {
        let (index, why, to): (usize, Option<Suppressed>, Option<Address>) = whittle_json::from_str(&row)?;
        if let Some(mail) = found.get_mut(index) {
            mail.reasons.extend(why);
            mail.to = mail.to.take().or(to);
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
    directory.run(add, &params).await
}

/// Takes back what an address has said of mail that an account causes, and of mail at all.
pub async fn welcome(directory: &Directory, address: &Address, account: u64) -> Result<()> {
    let key = Param::from(address.key());
    let statements = vec![
        Directory::statement(
            "delete from suppressions where address_key = ?1 and reason = 'unsubscribed'",
            std::slice::from_ref(&key),
        ),
        Directory::statement(
            "delete from optouts where address_key = ?1 and account = ?2",
            &[key, Param::id(account)],
        ),
    ];
    directory.batch(statements).await.map(|_| ())
}

/// Notes that somebody wants no mail that an account causes.
pub async fn opt_out(directory: &Directory, address: &Address, account: u64, now: Instant) -> Result<()> {
    let add = "insert or ignore into optouts (address_key, account, at) values (?1, ?2, ?3)";
    let params = [address.key().into(), Param::id(account), now.millis().into()];
    directory.run(add, &params).await
}
