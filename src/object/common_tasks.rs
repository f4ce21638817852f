//! The tasks that objects of all kinds have beside those of their own:
//! * to tell the directory which of the object's mail fails, for staff to see: the whole set each time, so that it does no harm
//!   twice, and the next run mends what a late one has written;
//! * to enter what staff did in their ledger: once, by the number of the entry that it left in the object's own.

use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::staff::StaffAct;

use super::host::Host;
use super::tasks::Queued;
use super::{failpoint, outbox};
use crate::d1::{Directory, Param, Statement};
use crate::error::Result;
use crate::staff_ledger;

/// The kind of the task that tells which mail fails.
pub const MAIL_FAILURES: &str = "mail_failures";
/// The kind of the task that enters an act of staff.
const STAFF_LEDGER: &str = "staff_ledger";
/// The kinds of these tasks.
pub const KINDS: [&str; 2] = [MAIL_FAILURES, STAFF_LEDGER];

/// How many milliseconds an act waits for D1; after that the alarm sees to the task.
const DEADLINE: u32 = 2_000;

const GONE: &str = "delete from mail_failures where kind = :kind and subject = :subject
  and mail not in (select value ->> 'mail' from json_each(:rows))";
/// What is about an account that is deleted is told to nobody.
const FAILING: &str =
    "insert into mail_failures (mail, kind, subject, status, recipient, template, account, attempts, error, first_at, next_at)
  select value ->> 'mail', :kind, :subject, value ->> 'status', value ->> 'to', value ->> 'template', value ->> 'account',
    value ->> 'attempts', value ->> 'error', value ->> 'first', value ->> 'next'
  from json_each(:rows) where exists (select 1 from accounts where id = value ->> 'account')
  on conflict (mail) do update set status = excluded.status, attempts = excluded.attempts, error = excluded.error,
    first_at = excluded.first_at, next_at = excluded.next_at";

/// The task of telling which mail fails.
pub fn tell(due: Instant) -> Queued {
    Queued::common(MAIL_FAILURES, String::new(), "null".to_owned(), due)
}

/// The task of entering an act of staff, as JSON; `source` names it among those of this object.
pub fn enter(source: String, act: String, due: Instant) -> Queued {
    Queued::common(STAFF_LEDGER, source, act, due)
}

/// The task of entering what one of staff did to an object: by which act, how that account came, and the entry that it left.
pub fn enter_entry(
    (kind, id): (&str, u64),
    (act, via, seq, at): (&str, &str, u32, &str),
    staff: &Address,
    due: Instant,
) -> Result<Queued> {
    let act = StaffAct {
        act: act.to_owned(),
        subject: format!("{kind}/{id}"),
        staff: staff.clone(),
        via: via.to_owned(),
        at: Instant::parse(at).unwrap_or(due),
        about: None,
    };
    Ok(enter(seq.to_string(), json!(act).to_string(), due))
}

/// Runs one of these tasks of the object of this kind and id.
pub async fn run(host: &Host, (kind, id): (&str, u64), task: &Queued) -> Result<()> {
    let directory = Directory::of(&host.env).within(DEADLINE);
    if task.kind == STAFF_LEDGER {
        failpoint::reach(host, "before_staff_ledger").await?;
        let act: StaffAct = whittle_json::from_str(&task.body)?;
        staff_ledger::append(&directory, &act, &format!("{kind}:{id}:{}", task.subject)).await?;
        return failpoint::reach(host, "after_staff_ledger").await;
    }
    failpoint::reach(host, "before_mail_failures").await?;
    let rows = outbox::failing(&host.sql)?;
    let bound = |sql: &'static str| {
        let statement = Statement::new(sql).bind("kind", kind).bind("subject", Param::id(id));
        statement.bind("rows", rows.as_str())
    };
    directory.batch(vec![bound(GONE), bound(FAILING)]).await.map(|_| ())
}
