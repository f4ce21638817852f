//! A new password: by the old one, or by a mailed link. Both raise the account's epoch, which ends every session, token and
//! family, and voids every link to reset.
//!
//! Asking for a link tells nobody whether an address has an account: the same answer after the same work, a row of the
//! outbox included, which where there is none is to nobody.

use serde_json::json;
use whittle_domain::account::{Password, Template};
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use worker::Env;

use super::asked;
use super::store::password::{self as store, Guard};
use crate::auth::account::{Account, authenticate};
use crate::auth::{lookup, password, session};
use crate::config;
use crate::d1::Directory;
use crate::error::{Result, bad_link, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::account::{self as letters, Mail};
use crate::mail::budget::About;
use crate::mail::scheduler;
use crate::random;

/// For how long a link to reset is good: an hour.
const LIFE: Duration = Duration::from_seconds(3_600);

/// `POST /accounts/password/`: another password, by the old one. 200; every session and token has ended.
/// 1. the account; 2. the body; 3. the old password; 4. one batch, which holds as long as the old one does.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let (old, new) = input::parse_password_change(&context.body)?;
    let wrong = || {
        let text = "Your old password was entered incorrectly. Please enter it again.";
        FieldErrors::one("old_password", text)
    };
    let stored = password::verify_again(env, context, &account, &old).await?.ok_or_else(wrong)?;
    if !set(env, context, &account, &Guard::Stored(&stored), &new).await? {
        return Err(wrong().into());
    }
    Ok(session::ended(changed(), env))
}

/// `POST /accounts/password/reset/`: mails a link to choose another password, if the address is a verified account's. 202,
/// whether or not it is.
pub async fn request_link(context: &RequestContext, env: &Env) -> Result<Reply> {
    let to = input::parse_email(&context.body)?;
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let known = store::find_by_address(&Directory::of(env), &to).await?;
    // Not by the account: there may be none.
    let shard = scheduler::shard(random::id()?);
    let mail = match known {
        Some(known) => Mail::new(shard, Template::Reset, &known.address, known.id, &known.username)?
            .link(link(known.id, (known.epoch, known.generation), context)),
        None => Mail::new(shard, Template::Nobody, &to, 0, "")?.link(link(0, (0, 0), context)),
    };
    let count = mail.count(env, "", About::Reset, context.now);
    let write = mail.write(env, "true", context.now)?;
    letters::run(env, shard, vec![write], Some(&count), context).await?;
    let text = "If this is the address of an account, a link to choose a new password is on its way.";
    Ok(Reply::json(202, json!({ "detail": text }).to_string()))
}

/// The link to reset the password of an account, void as soon as its epoch or its address is another.
pub fn link(account: u64, (epoch, generation): (i64, u32), context: &RequestContext) -> Link {
    let epoch = u32::try_from(epoch.rem_euclid(1 << 32)).unwrap_or_default();
    let party = u16::try_from(generation % (1 << 16)).unwrap_or_default();
    Link { party, ..letters::link(Purpose::Reset, account, epoch, LIFE, context.now) }
}

/// `GET /accounts/password/reset/{token}/`: asks for the new password.
pub fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    verified(context, env)?;
    Ok(asked::new_password())
}

/// `POST` there: the password is the new one. 200.
/// 1. the token must be authentic; 2. the body must parse; 3. one batch, which holds as long as the link's epoch does.
pub async fn act(context: &RequestContext, env: &Env) -> Result<Reply> {
    let link = verified(context, env)?;
    let new = input::parse_new_password(&context.body)?;
    RateLimit::Place.check(env, context.place.clone()).await?;
    let row = lookup::find_by_id(&Directory::of(env), link.subject).await?;
    let account = Account::from(row.ok_or_else(bad_link)?);
    match set(env, context, &account, &Guard::Link(&link), &new).await? {
        true => Ok(changed()),
        false => Err(bad_link()),
    }
}

fn changed() -> Reply {
    let text = "Your password is changed. All sessions and tokens have ended: sign in anew.";
    Reply::json(200, json!({ "detail": text }).to_string())
}

fn verified(context: &RequestContext, env: &Env) -> Result<Link> {
    Link::verify(&context.token, Purpose::Reset, &config::keys(env)?, context.now).map_err(refused_link)
}

/// Sets the password where the guard holds, ends all sign-ins, and tells the account's address if it is its own. False where
/// the guard did not hold.
async fn set(
    env: &Env,
    context: &RequestContext,
    account: &Account,
    guard: &Guard<'_>,
    new: &Password,
) -> Result<bool> {
    let hash = password::hash(new)?;
    let shard = scheduler::shard(account.id);
    let mail = Mail::new(shard, Template::Changed, &account.address, account.id, &account.username)?.write(
        env,
        store::is_set_and_verified(account.id, &hash),
        context.now,
    )?;
    let statements = store::change(account.id, &hash, guard, mail);
    let done = letters::run(env, shard, statements, None, context).await?;
    Ok(done.last().is_some_and(|rows| !rows.is_empty()))
}
