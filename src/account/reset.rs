//! A new password: by the old one, or by a mailed link. Both raise the account's epoch, which ends every session, token and
//! family, and voids every link to reset.
//!
//! Asking for a link tells nobody whether an address has an account: the same answer after the same work, a row of the
//! outbox included, which where there is none is to nobody.

use crate::auth::account::Account;
use crate::auth::account::authenticate;
use crate::auth::password;
use crate::auth::session;
use crate::mail::account as letters;
use crate::mail::account::Mail;
use crate::mail::budget::About;
use serde::Deserialize;
use serde_json::json;
use whittle_domain::account::{Password, Template};
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use worker::{D1PreparedStatement, Env};

use super::form::Form;
use crate::auth::lookup;
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Result, bad_link, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
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
    let stored = password::own(env, context, &account, &old).await?.ok_or_else(wrong)?;
    if !set(env, context, &account, ("", "password = ?3", stored.into()), &new).await? {
        return Err(wrong().into());
    }
    Ok(session::ended(changed(), env))
}

/// An account whose password can be reset: its address is its own.
#[derive(Deserialize)]
struct Known {
    id: u64,
    username: String,
    address: Address,
    epoch: i64,
    generation: u32,
}

const KNOWN: &str = "select json_object('id', id, 'username', username, 'address', address, 'epoch', epoch,
    'generation', address_generation) as json
  from accounts where address_key = ?1 and verified = 1 and active = 1";

/// `POST /accounts/password/reset/`: mails a link to choose another password, if the address is a verified account's. 202,
/// whether or not it is.
pub async fn ask(context: &RequestContext, env: &Env) -> Result<Reply> {
    let to = input::parse_email(&context.body)?;
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let directory = Directory::of(env)?;
    let known = directory.row(KNOWN, &[to.key().into()]).await?;
    let known: Option<Known> = known.map(|row| serde_json::from_str(&row)).transpose()?;
    // Not by the account: there may be none.
    let shard = scheduler::shard(random::id()?);
    let mail = match known {
        Some(known) => Mail::new(shard, Template::Reset, &known.address, known.id, &known.username)?
            .link(link(known.id, (known.epoch, known.generation), context)),
        None => Mail::new(shard, Template::Nobody, &to, 0, "")?.link(link(0, (0, 0), context)),
    };
    let count = mail.count(env, "", About::Reset, context.now);
    let statements = vec![
        mail.statement(env, &directory, "true", &[], context.now)?,
        count.statement(&directory, "true")?,
    ];
    letters::run(env, &directory, shard, statements, Some(&count), context).await?;
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
    Ok(Form::NewPassword.reply())
}

/// `POST` there: the password is the new one. 200.
/// 1. the token must be authentic; 2. the body must parse; 3. one batch, which holds as long as the link's epoch does.
pub async fn act(context: &RequestContext, env: &Env) -> Result<Reply> {
    let link = verified(context, env)?;
    let new = input::parse_new_password(&context.body)?;
    RateLimit::Place.check(env, context.place.clone()).await?;
    let row = lookup::by_id(&Directory::of(env)?, link.subject).await?;
    let account = Account::from(row.ok_or_else(bad_link)?);
    let guard = "(epoch % 4294967296, address_generation % 65536) = (?3 ->> 0, ?3 ->> 1)";
    let made_for = json!([link.generation, link.party]).to_string();
    // Whoever had the password may have the link of the feed.
    let feed = ", feed_generation = feed_generation + 1";
    if !set(env, context, &account, (feed, guard, made_for.into()), &new).await? {
        return Err(bad_link());
    }
    Ok(changed())
}

fn changed() -> Reply {
    let text = "Your password is changed. All sessions and tokens have ended: sign in anew.";
    Reply::json(200, json!({ "detail": text }).to_string())
}

fn verified(context: &RequestContext, env: &Env) -> Result<Link> {
    Link::verify(&context.token, Purpose::Reset, &config::keys(env)?, context.now).map_err(refused_link)
}

/// Sets the password, and more, where `guard` holds with its parameter `?3`, ends all ways in, and tells the account's address if it is its own. False where it
/// did not hold.
async fn set(
    env: &Env,
    context: &RequestContext,
    account: &Account,
    (more, guard, param): (&str, &str, Param),
    new: &Password,
) -> Result<bool> {
    let directory = Directory::of(env)?;
    let (id, hash) = (Param::id(account.id), password::hash(new)?);
    let update = format!(
        "update accounts set password = ?2, epoch = epoch + 1{more} where id = ?1 and active = 1 and {guard}"
    );
    let mut statements = vec![directory.statement(&update, &[id.clone(), hash.as_str().into(), param])?];
    // A hash has a salt of its own: where this one stands, this act has set it.
    let ours = format!("password = '{}'", hash.replace('\'', "''"));
    statements.extend(lookup::end_all(&directory, account.id, &ours)?);
    let shard = scheduler::shard(account.id);
    let mail = Mail::new(shard, Template::Changed, &account.address, account.id, &account.username)?;
    let told = format!("exists (select 1 from accounts where id = ?6 and verified = 1 and {ours})");
    statements.push(mail.statement(env, &directory, &told, std::slice::from_ref(&id), context.now)?);
    statements.push(is_set(&directory, &id, &ours)?);
    let done = letters::run(env, &directory, shard, statements, None, context).await?;
    Ok(done.last().is_some_and(|rows| !rows.is_empty()))
}

fn is_set(directory: &Directory, id: &Param, ours: &str) -> Result<D1PreparedStatement> {
    let sql = format!("select 'yes' as json from accounts where id = ?1 and {ours}");
    directory.statement(&sql, std::slice::from_ref(id))
}
