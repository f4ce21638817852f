//! Dead letters that staff have sent again: those of objects, and those in D1.

use whittle_domain::instant::Instant;
use whittle_domain::staff::StaffAct;
use worker::Env;

use crate::d1::{Directory, Statement};
use crate::dev::Dev;
use crate::error::{Result, not_found};
use crate::object::rpc::Json;
use crate::{calendar, proposal, random};

/// A dead mail is due again, as new: its idempotency key is another, for so are its bytes. Its link is good for as long as it was at
/// the first attempt. Gives the shard.
const RETRY: &str = "update outbox set id = :new, status = 'due', due_at = :now, created_at = :now, attempts = 0, error = null,
    body = iif(json_type(body, '$.link.expires') is null, body,
      json_set(body, '$.link.expires', json_extract(body, '$.link.expires') + cast((:now - created_at) / 1000 as integer)))
  where id = :id and status = 'dead'
  returning cast(shard as text) as json";

/// Has the object of this kind, `proposal` or `calendar`, send a dead mail again, and enter the act in the ledger of staff; false
/// where no mail of this id is dead.
pub async fn retry(
    env: &Env,
    kind: &str,
    subject: u64,
    mail: &str,
    act: &StaffAct,
    dev: &Dev,
) -> Result<bool> {
    let (mail, act) = (mail.to_owned(), serde_json::to_string(act)?);
    let Json(is_done) = match kind {
        "proposal" => {
            proposal::client::call(subject, proposal::wire::RetryMail { mail, act }, dev, env).await?
        }
        "calendar" => {
            calendar::client::call(subject, calendar::wire::RetryMail { mail, act }, dev, env).await?
        }
        _ => return Err(not_found()),
    };
    Ok(is_done)
}

/// Of which object this mail is, its kind and its id, as far as that has told that it fails; none of a mail in D1.
pub async fn owner(directory: &Directory, mail: &str) -> Result<Option<(String, u64)>> {
    let select = "select json_array(kind, subject) as json from mail_failures where mail = :mail";
    let row = directory.first(Statement::new(select).bind("mail", mail)).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// Whether this mail in D1 is dead: the guard of the batch that sends it again.
pub fn is_dead(id: &str) -> Statement {
    Statement::new("exists (select 1 from outbox where id = :id and status = 'dead')").bind("id", id)
}

/// The statement that sends a dead mail in D1 again; gives its shard, which is to be woken
/// ([`super::scheduler::wake_shard`]), or nothing where no mail of this id is dead.
pub fn retrying(id: &str, now: Instant) -> Result<Statement> {
    Ok(Statement::new(RETRY).bind("id", id).bind("new", random::name()?).bind("now", now.millis()))
}
