//! What staff do. Each act is made with the password of whoever makes it, and is one batch with its entry in the staff ledger.
//! An act that would change nothing changes nothing, and is no entry.

use serde_json::json;
use whittle_domain::account::Template;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::staff::{AccountAct, StaffAct};
use worker::Env;

use super::{list, query_as_staff};
use crate::auth::account::Account;
use crate::auth::password;
use crate::d1::{Directory, Param, Statement};
use crate::dev::Dev;
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::mail::account::Mail;
use crate::mail::{budget, retry, scheduler};
use crate::staff_ledger;

/// Who of staff asks.
async fn staff(context: &RequestContext, env: &Env) -> Result<Account> {
    Ok(query_as_staff(context, env, Statement::new("select '' as json where (select staff from me) = 1"))
        .await?
        .0)
}

/// Refuses whoever does not know the password: a session that was left open does not do what staff may.
async fn check_password(typed: &str, account: &Account, context: &RequestContext, env: &Env) -> Result<()> {
    match password::verify_again(env, context, account, typed).await? {
        Some(_) => Ok(()),
        None => Err(FieldErrors::one("password", "This is not your password.").into()),
    }
}

/// An act of this account, now.
fn act(word: &str, subject: String, account: &Account, context: &RequestContext) -> StaffAct {
    StaffAct {
        act: word.to_owned(),
        subject,
        staff: account.address.clone(),
        via: context.credential.via().word().to_owned(),
        at: context.now,
        about: None,
    }
}

/// Does it, and enters it in the ledger, both only if `guard` holds; gives what the last statement read, and whether it was done.
async fn perform(
    act: &StaffAct,
    guard: Statement,
    statements: Vec<Statement>,
    env: &Env,
) -> Result<(bool, Option<String>)> {
    let (done, rows) = staff_ledger::perform(&Directory::of(env), act, guard, None, statements).await?;
    Ok((done, rows.into_iter().last().and_then(|rows| rows.into_iter().next())))
}

/// `POST /admin/accounts/{id}/`: the account is activated, deactivated, promoted, demoted or unlocked. 200, with the account as it
/// is then.
pub async fn on_account(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = staff(context, env).await?;
    let (wanted, typed) = input::parse_account_act(&context.body)?;
    check_password(&typed, &account, context, env).await?;
    if id == account.id && matches!(wanted, AccountAct::Deactivate | AccountAct::Demote) {
        return Err(FieldErrors::one("act", "You cannot do this to your own account.").into());
    }
    // The condition under which it changes something, and the change.
    let (guard, change) = match wanted {
        AccountAct::Activate => ("active = 0 and leaving = 0", "update accounts set active = 1"),
        AccountAct::Deactivate => ("active = 1", "update accounts set active = 0, epoch = epoch + 1"),
        AccountAct::Promote => ("staff = 0 and active = 1 and verified = 1", "update accounts set staff = 1"),
        AccountAct::Demote => ("staff = 1", "update accounts set staff = 0"),
        AccountAct::Unlock => ("active = 1", ""),
    };
    let guard = Statement::new(guard);
    let exists = Statement::new("exists (select 1 from accounts where id = :id and :guard)")
        .bind("id", Param::id(id))
        .embed("guard", guard.clone());
    let mut statements = match wanted {
        AccountAct::Unlock => vec![unlock(id, env).await?],
        _ => vec![
            Statement::new(format!("{change} where id = :id and :guard"))
                .bind("id", Param::id(id))
                .embed("guard", guard),
        ],
    };
    statements.push(list::reading_account(id, context.now.millis()));
    let act = act(wanted.word(), format!("account/{id}"), &account, context);
    let (_, shown) = perform(&act, exists, statements, env).await?;
    Ok(Reply::json(200, shown.ok_or_else(not_found)?))
}

/// The statement that forgets what an account has caused of mail today.
async fn unlock(id: u64, env: &Env) -> Result<Statement> {
    let address = "select address as json from accounts where id = :id";
    let address = Directory::of(env).first(Statement::new(address).bind("id", Param::id(id))).await?;
    let key = address.and_then(|text| text.parse::<whittle_domain::address::Address>().ok());
    let delete = "delete from mail_counts where sender in (:key, :unproven) and kind <> 'held'";
    Ok(Statement::new(delete)
        .bind("key", key.map(|address| address.counting_key()))
        .bind("unproven", budget::unproven(id)))
}

/// `POST /admin/outbox/retry/`: a dead letter is due again, as if it were new. 202.
pub async fn retry_mail(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = staff(context, env).await?;
    let (mail, typed) = input::parse_mail_retry(&context.body)?;
    check_password(&typed, &account, context, env).await?;
    let is_done = match retry::owner(&Directory::of(env), &mail).await? {
        Some((kind, id)) => {
            let act = act("retry", format!("{kind}/{id}"), &account, context);
            retry::retry(env, &kind, id, &mail, &act, &context.dev).await?
        }
        None => {
            let act = act("retry", "mail".to_owned(), &account, context);
            let statements = vec![retry::retrying(&mail, context.now)?];
            let (is_done, shard) = perform(&act, retry::is_dead(&mail), statements, env).await?;
            wake(shard.and_then(|shard| shard.parse().ok()), context, env).await;
            is_done
        }
    };
    if !is_done {
        return Err(not_found());
    }
    Ok(Reply::json(202, json!({ "mail": mail }).to_string()))
}

/// It is due, whatever becomes of this: cron wakes all clocks.
async fn wake(shard: Option<u8>, context: &RequestContext, env: &Env) {
    let Some(shard) = shard else { return };
    if let Err(error) = scheduler::wake_shard(env, shard, 0, &context.dev).await {
        worker::console_error!("{}", json!({ "clock": shard, "fault": error.fault() }));
    }
}

/// `POST /admin/suppressions/release/`: an address that bounced or complained gets mail again. 202. Whoever wants no mail is asked,
/// and says so by the link of any mail.
pub async fn release(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = staff(context, env).await?;
    let (email, typed) = input::parse_release(&context.body)?;
    check_password(&typed, &account, context, env).await?;
    let act =
        StaffAct { about: Some(email.clone()), ..act("release", "address".to_owned(), &account, context) };
    let guard = "exists (select 1 from suppressions where address_key = :key and reason <> 'unsubscribed')";
    let delete = "delete from suppressions where address_key = :key and reason <> 'unsubscribed'";
    let guard = Statement::new(guard).bind("key", email.key());
    let (done, _) = perform(&act, guard, vec![Statement::new(delete).bind("key", email.key())], env).await?;
    if !done {
        return Err(Error::NotFound("This address gets mail, as far as we know, or wants none.".into()));
    }
    Ok(Reply::json(202, json!({ "email": email }).to_string()))
}

/// `POST /admin/health/mail/`: a mail to whoever asks, by the way that all mail takes. 202.
pub async fn test_mail(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = staff(context, env).await?;
    let typed = input::parse_own_password(&context.body)?;
    check_password(&typed, &account, context, env).await?;
    let shard = scheduler::shard(account.id);
    let mail = Mail::new(shard, Template::Test, &account.address, account.id, &account.username)?;
    let act = act("test", "mail".to_owned(), &account, context);
    // Whatever becomes of this request, the clock looks for the mail.
    scheduler::wake_shard(env, shard, scheduler::GRACE_MILLIS, &Dev::default()).await?;
    let write = mail.write(env, Statement::new("true"), context.now)?;
    perform(&act, Statement::new("true"), vec![write], env).await?;
    wake(Some(shard), context, env).await;
    Ok(Reply::json(202, json!({ "email": account.address }).to_string()))
}
