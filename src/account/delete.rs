//! `DELETE /accounts/me/`: the end of an account.
//!
//! It can sign in no more from the moment it asks. Then what it has under way ends as if it had ended it itself, so that
//! nobody waits for it: its open proposals are closed and its coming meetings cancelled, each with its mails. Then its rows
//! go. What is too much for one request, or is cut off, is carried through by an object's alarm ([`super::deleter`]); cron is
//! a net below that. What others have of it, a place among their parties or attendees, is theirs and stays.

use serde_json::json;
use whittle_domain::account::Template;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::instant::Instant;
use worker::{Env, console_error};

use super::store::deletion as store;
use super::{PARTS, deleter};
use crate::auth::account::authenticate;
use crate::auth::{password, session};
use crate::d1::{Directory, Statement};
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::mail::account::{self as letters, Mail};
use crate::mail::scheduler;
use crate::object::failpoint;

/// How many proposals, and meetings, are ended in one run: with a hop and some calls of D1 each, 50 subrequests, a request's
/// limit on the free plan, are enough.
const AT_ONCE: i64 = 5;
/// How many accounts one run of cron looks after, and marks for deletion.
const ACCOUNTS_AT_ONCE: i64 = 5;

/// 1. the account; 2. its password; 3. the alarm is set; 4. it is marked as leaving; 5. as much of it ends as there is time
///    for. 204.
pub async fn delete(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let typed = input::parse_own_password(&context.body)?;
    if password::verify_again(env, context, &account, &typed).await?.is_none() {
        return Err(FieldErrors::one("password", "This is not your password.").into());
    }
    let shard = scheduler::shard(account.id);
    let mail = Mail::new(shard, Template::Gone, &account.address, account.id, &account.username)?.write(
        env,
        store::is_leaving_and_verified(account.id),
        context.now,
    )?;
    // Whatever becomes of this request, an alarm follows.
    deleter::wake(env, account.id, scheduler::GRACE_MILLIS).await?;
    let done = letters::run(env, shard, store::leave(&account, mail), None, context).await?;
    // Its password may have been changed meanwhile.
    done.last().and_then(|rows| rows.first()).ok_or_else(no_credentials)?;
    failpoint::here(&context.dev, env, "after_leaving").await;
    match finish(env, account.id, context.now).await {
        Ok(Progress::Done) => {}
        Ok(_) => log_fault(account.id, deleter::wake(env, account.id, 0).await),
        Err(error) => log_fault(account.id, Err(error)),
    }
    Ok(session::ended(Reply::empty(), env))
}

/// How far a deletion has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is left to do.
    Done,
    /// There is more to end.
    More,
    /// Something could not be ended now.
    Stuck,
}

/// Ends some of what an account that leaves has under way, and then the account.
pub async fn finish(env: &Env, account: u64, now: Instant) -> Result<Progress> {
    let directory = Directory::of(env);
    let Some(leaving) = store::find(&directory, account).await? else { return Ok(Progress::Done) };
    let queries: Vec<_> =
        PARTS.iter().filter_map(|part| Some((part, part.unfinished(account, now)?))).collect();
    let unfinished: Vec<Statement> = queries.iter().map(|(_, query)| query.clone()).collect();
    let found = store::find_unfinished(&directory, unfinished.clone(), AT_ONCE).await?;
    let mut stuck = false;
    for ((part, _), ids) in queries.iter().zip(found) {
        for id in ids {
            // One that fails keeps no other waiting.
            let done = part.end(env, &leaving, id, now).await;
            stuck = stuck || done.is_err();
            log_fault(account, done);
        }
    }
    let gone = store::is_gone(account);
    let mut statements = vec![store::delete(account, unfinished)];
    statements.extend(PARTS.iter().flat_map(|part| part.delete(account, &gone)));
    directory.batch(statements).await?;
    Ok(match store::find(&directory, account).await? {
        None => Progress::Done,
        Some(_) if stuck => Progress::Stuck,
        Some(_) => Progress::More,
    })
}

/// What cron does: it goes on with accounts whose alarm was lost, and has those deleted that were never verified.
pub async fn finish_some(env: &Env, now: Instant) -> Result<()> {
    let directory = Directory::of(env);
    store::purge_unverified(&directory, ACCOUNTS_AT_ONCE, now).await?;
    for account in store::find_some(&directory, ACCOUNTS_AT_ONCE).await? {
        match finish(env, account, now).await {
            Ok(_) => {}
            Err(error) => log_fault(account, Err(error)),
        }
    }
    Ok(())
}

/// What fails now is the alarm's.
fn log_fault(account: u64, done: Result<()>) {
    if let Err(error) = done {
        console_error!("{}", json!({ "leaving": account, "fault": error.fault() }));
    }
}
