//! `DELETE /accounts/me/`: the end of an account.
//!
//! It can sign in no more from the moment it asks. Then what it has under way ends as if it had ended it itself, so that
//! nobody waits for it: its open proposals are closed and its coming meetings cancelled, each with its mails. Then its rows
//! go. Where that is cut off, or too much for one request, cron goes on (src/scheduled.rs). What others have of it, a place
//! among their parties or attendees, is theirs and stays.

use crate::auth::account::authenticate;
use crate::mail::account as letters;
use crate::mail::account::Mail;
use serde::Deserialize;
use serde_json::json;
use whittle_domain::account::Template;
use whittle_domain::address::Address;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::meeting;
use whittle_domain::proposal::{Act, Caller, Command, Via};
use worker::{Env, console_error};

use crate::auth::{lookup, password, session};
use crate::d1::{Directory, Param};
use crate::dev::Dev;
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::mail::scheduler;
use crate::meeting as meetings;
use crate::object::failpoint;
use crate::proposal::client::call;
use crate::proposal::wire::Perform;

/// Proposals, and meetings, that are ended at once: with a hop and some calls of D1 each, 50 subrequests, a request's limit
/// on the free plan, are enough.
const AT_ONCE: i64 = 5;

/// 1. the account; 2. its password; 3. it is on its way out; 4. as much of it as there is time for. 204.
pub async fn leave(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let typed = input::parse_own_password(&context.body)?;
    if password::own(env, context, &account, &typed).await?.is_none() {
        return Err(FieldErrors::one("password", "This is not your password.").into());
    }
    let directory = Directory::of(env)?;
    let go = "update accounts set leaving = 1, active = 0, epoch = epoch + 1 where id = ?1 and epoch = ?2";
    let id = Param::id(account.id);
    let mut statements = vec![directory.statement(go, &[id.clone(), account.epoch.into()])?];
    statements.extend(lookup::end_all(&directory, account.id, "leaving = 1")?);
    let shard = scheduler::shard(account.id);
    let mail = Mail::new(shard, Template::Gone, &account.address, account.id, &account.username)?;
    let told = "exists (select 1 from accounts where id = ?6 and leaving = 1 and verified = 1)";
    statements.push(mail.statement(env, &directory, told, std::slice::from_ref(&id), context.now)?);
    let leaving = "select 'yes' as json from accounts where id = ?1 and leaving = 1";
    statements.push(directory.statement(leaving, &[id])?);
    let done = letters::run(env, &directory, shard, statements, None, context).await?;
    // Its password may have been changed meanwhile.
    done.last().and_then(|rows| rows.first()).ok_or_else(no_credentials)?;
    failpoint::here(&context.dev, env, "after_leaving").await;
    note(account.id, finish(env, Some(account.id), context.now).await);
    Ok(session::ended(Reply::empty(), env))
}

/// Who leaves, and what it has under way.
#[derive(Deserialize)]
struct Leaving {
    id: u64,
    address: Address,
    verified: u8,
    proposals: Vec<u64>,
    meetings: Vec<u64>,
}

/// What is agreed and has no meeting yet is about to have one.
const LEAVING: &str = "select json_object('id', a.id, 'address', a.address, 'verified', a.verified,
    'proposals', (select json_group_array(id) from (select p.id from proposals p
      where p.creator = a.id and (p.state in ('open', 'exhausted')
        or (p.state = 'agreed' and not exists (select 1 from meetings where id = p.id)))
      order by random() limit ?3)),
    'meetings', (select json_group_array(id) from (select id from meetings
      where organiser = a.id and status = 'confirmed' and starts_at > ?2 order by random() limit ?3))) as json
  from accounts a where a.leaving = 1 and a.id = coalesce(?1, a.id) order by random() limit 5";

/// Ends what this account, or any that leaves, has under way, and then the account. One that fails keeps no other waiting.
pub async fn finish(env: &Env, account: Option<u64>, now: Instant) -> Result<()> {
    let directory = Directory::of(env)?;
    let params = [account.map_or(Param::Null, Param::id), now.millis().into(), AT_ONCE.into()];
    let rows = directory.rows(LEAVING, &params).await?;
    for row in rows {
        let leaving: Leaving = serde_json::from_str(&row)?;
        for proposal in &leaving.proposals {
            note(leaving.id, close(env, &leaving, *proposal).await);
        }
        for meeting in &leaving.meetings {
            note(leaving.id, cancel(env, &leaving, *meeting, now).await);
        }
        note(leaving.id, delete(&directory, leaving.id, now).await);
    }
    Ok(())
}

/// What fails now is cron's.
fn note(account: u64, done: Result<()>) {
    if let Err(error) = done {
        console_error!("{}", json!({ "leaving": account, "fault": error.fault() }));
    }
}

async fn close(env: &Env, leaving: &Leaving, proposal: u64) -> Result<()> {
    let (id, verified) = (leaving.id, leaving.verified == 1);
    let caller = Caller::Account { id, address: leaving.address.clone(), verified, staff: false };
    let act = Act { caller, via: Via::System, command: Command::Close };
    match call(proposal, Perform { act }, &Dev::default(), env).await.map(|_| ()) {
        // Closed already: the list only lags.
        Err(error) if error.is_refusal() => Ok(()),
        other => other,
    }
}

async fn cancel(env: &Env, leaving: &Leaving, meeting: u64, now: Instant) -> Result<()> {
    let proven = (leaving.verified == 1).then(|| leaving.address.clone());
    let caller = meeting::Caller::Account { id: leaving.id, proven, staff: false };
    let act = meeting::Act { caller, command: meeting::Command::Cancel };
    meetings::act(env, meeting, &act, now, &Dev::default()).await.map(|_| ())
}

/// Takes its rows away once nothing of it is under way; tokens, sessions, contacts and changes of address go with it.
async fn delete(directory: &Directory, id: u64, now: Instant) -> Result<()> {
    let gone = "delete from accounts where id = ?1 and leaving = 1
      and not exists (select 1 from proposals p where p.creator = ?1 and (p.state in ('open', 'exhausted')
        or (p.state = 'agreed' and not exists (select 1 from meetings where id = p.id))))
      and not exists (select 1 from meetings where organiser = ?1 and status = 'confirmed' and starts_at > ?2)";
    let after = |sql: &str| {
        let sql = format!("delete from {sql} and not exists (select 1 from accounts where id = ?1)");
        directory.statement(&sql, &[Param::id(id)])
    };
    let statements = vec![
        directory.statement(gone, &[Param::id(id), now.millis().into()])?,
        // What is closed stays as a tombstone, without what it said.
        directory.statement(
            "update proposals set shown = '{}', masked = null, holds_mail = 0 where creator = ?1 and state = 'closed'
               and not exists (select 1 from accounts where id = ?1)",
            &[Param::id(id)],
        )?,
        after("busy where account = ?1")?,
        after("mail_counts where kind = 'held' and about = ?1")?,
        after("optouts where account = ?1")?,
        after("outbox where account = ?1 and status = 'held'")?,
        after(
            "outbox where status = 'dead' and body ->> 'account' = ?1 and body ->> 'kind' = 'account'",
        )?,
    ];
    directory.batch(statements).await.map(|_| ())
}
