//! Another address. It counts once it is proven; the old one hears of it when it is asked for and when it is done, and can
//! undo it for 30 days. Whoever undoes it did not want it, so that whoever did knows the password: that ends too, with
//! every way in, and the old address is mailed a link to choose another.
//!
//! An account that has not proven its address has nobody to hear of it: it simply gets another one to prove, unless it has
//! proposed something already: that was under the first one, and is not to go out as if its owner had.

use super::reset;
use super::sign_up;
use crate::auth::account::Account;
use crate::auth::account::authenticate;
use crate::auth::password;
use crate::mail::account as letters;
use crate::mail::account::Mail;
use crate::mail::budget::About;
use serde::Deserialize;
use serde_json::json;
use whittle_domain::account::Template;
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use worker::Env;

use super::form::Form;
use crate::auth::lookup;
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Result, bad_link, conflict, no_credentials, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::scheduler;
use crate::random;

/// For how long the old address can undo it: 30 days.
const UNDO_LIFE: Duration = Duration::from_seconds(30 * 86_400);

/// `POST /accounts/address/`: to have another address. 202; both addresses are mailed, and nothing changes until the new one
/// is proven.
/// 1. the account; 2. the body; 3. its password; 4. one batch.
pub async fn ask(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let wanted = wanted(context)?;
    if wanted.0.key() == account.address.key() {
        return Err(FieldErrors::one("email", "This is your address already.").into());
    }
    RateLimit::Mail.check(env, context.place.clone()).await?;
    if password::own(env, context, &account, &wanted.1).await?.is_none() {
        return Err(FieldErrors::one("password", "This is not your password.").into());
    }
    if account.verified {
        propose(env, context, &account, &wanted.0).await?;
    } else {
        replace(env, context, &account, &wanted.0).await?;
    }
    let text = "A mail is on its way to the new address: it counts as soon as it is proven.";
    Ok(Reply::json(202, json!({ "detail": text }).to_string()))
}

/// The address and the password of the body.
fn wanted(context: &RequestContext) -> Result<(Address, String)> {
    match (input::parse_email(&context.body), input::parse_own_password(&context.body)) {
        (Ok(address), Ok(password)) => Ok((address, password)),
        (address, password) => {
            let mut errors = FieldErrors::default();
            for fault in [address.err(), password.err()].into_iter().flatten() {
                errors.merge(fault);
            }
            Err(errors.into())
        }
    }
}

/// Of an account that has proven nothing: the new address in place of the old one.
async fn replace(env: &Env, context: &RequestContext, account: &Account, to: &Address) -> Result<()> {
    let directory = Directory::of(env)?;
    let id = Param::id(account.id);
    let read = "select cast(address_generation + 1 as text) as json from accounts where id = ?1
      and not exists (select 1 from proposals where creator = ?1)";
    let generation = directory.row(read, std::slice::from_ref(&id)).await?;
    let generation: u32 = generation.and_then(|n| n.parse().ok()).ok_or_else(|| {
        conflict("You have proposed under this address already. Sign up anew with the other one.")
    })?;
    let update = "update accounts set address = ?2, address_key = ?3, address_generation = ?4
      where id = ?1 and verified = 0 and address_generation = ?4 - 1 and epoch = ?5
        and not exists (select 1 from proposals where creator = ?1)";
    let params =
        [id, to.as_str().into(), to.key().into(), i64::from(generation).into(), account.epoch.into()];
    let mut statements = vec![directory.statement(update, &params)?];
    let proof = sign_up::Proof { id: account.id, generation, username: &account.username, address: to };
    let count = proof.mail(env, &directory, &mut statements, context)?;
    statements.push(directory.statement(
        "select 'yes' as json from accounts where id = ?1 and address_key = ?2 and address_generation = ?3",
        &[Param::id(account.id), to.key().into(), i64::from(generation).into()],
    )?);
    let done = letters::run(env, &directory, scheduler::shard(account.id), statements, Some(&count), context)
        .await?;
    match done.last().is_some_and(|rows| !rows.is_empty()) {
        true => Ok(()),
        false => Err(conflict("Your account has changed this moment. Please look, and ask again.")),
    }
}

/// As long as the password is the one that was typed: its epoch says so.
const ADD: &str = "insert into address_changes
    (id, account, epoch, old_address, old_key, new_address, new_key, state, asked_at)
  select ?1, id, epoch, address, address_key, ?3, ?4, 'asked', ?5 from accounts
  where id = ?2 and epoch = ?6 and active = 1";

async fn propose(env: &Env, context: &RequestContext, account: &Account, to: &Address) -> Result<()> {
    let directory = Directory::of(env)?;
    let change = random::id()?;
    let id = Param::id(account.id);
    let add = [
        Param::id(change),
        id.clone(),
        to.as_str().into(),
        to.key().into(),
        context.now.millis().into(),
        account.epoch.into(),
    ];
    let mut statements = vec![directory.statement(ADD, &add)?];
    let shard = scheduler::shard(account.id);
    let mail = |template, address| Mail::new(shard, template, address, account.id, &account.username);
    let proof = letters::link(Purpose::Address, change, 0, letters::PROOF_LIFE, context.now);
    let (prove, taken) = (mail(Template::Move, to)?.link(proof), mail(Template::Taken, to)?);
    let told = mail(Template::Leaving, &account.address)?.link(undo_link(change, context)).about(to);
    let there = format!("exists (select 1 from address_changes where id = {change})");
    let whose = [Param::from(to.key()), id];
    for (letter, guard, params) in [
        (&taken, format!("{there} and {}", sign_up::IS_TAKEN), whose.as_slice()),
        (&prove, format!("{there} and not {}", sign_up::IS_TAKEN), whose.as_slice()),
        (&told, there.clone(), &[]),
    ] {
        statements.push(letter.statement(env, &directory, &guard, params, context.now)?);
    }
    let count = prove.count(env, &account.address.counting_key(), About::Account(account.id), context.now);
    statements.push(count.statement(&directory, &there)?);
    statements.push(directory.statement(&format!("select 'yes' as json where {there}"), &[])?);
    let done = letters::run(env, &directory, shard, statements, Some(&count), context).await?;
    if done.last().is_some_and(|rows| !rows.is_empty()) { Ok(()) } else { Err(no_credentials()) }
}

fn undo_link(change: u64, context: &RequestContext) -> Link {
    letters::link(Purpose::Undo, change, 0, UNDO_LIFE, context.now)
}

/// A change as it is stored, and the account as it is.
#[derive(Deserialize)]
struct Change {
    account: u64,
    username: String,
    old_address: Address,
    new_address: Address,
    epoch: i64,
    generation: u32,
}

async fn read(directory: &Directory, id: u64) -> Result<Change> {
    let sql = "select json_object('account', c.account, 'username', a.username, 'old_address', c.old_address,
        'new_address', c.new_address, 'epoch', a.epoch, 'generation', a.address_generation) as json
      from address_changes c join accounts a on a.id = c.account and a.active = 1 where c.id = ?1";
    let row = directory.row(sql, &[Param::id(id)]).await?.ok_or_else(bad_link)?;
    Ok(serde_json::from_str(&row)?)
}

fn link(context: &RequestContext, purpose: Purpose, env: &Env) -> Result<u64> {
    let link =
        Link::verify(&context.token, purpose, &config::keys(env)?, context.now).map_err(refused_link)?;
    Ok(link.subject)
}

/// `GET /accounts/address/{token}/`: asks; nothing is done.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let change = read(&Directory::of(env)?, link(context, Purpose::Address, env)?).await?;
    Ok(Form::Address.about(&change.username, &change.new_address))
}

/// Only the last that was asked for, as long as the address is the one that it was asked for from, and the password the one
/// that was typed then.
const CHANGE: &str = "update accounts set address = ?2, address_key = ?3, verified = 1,
    address_generation = address_generation + 1,
    staff = max(staff, ?3 in (select value from json_each(?4)))
  where (id, epoch, address_key) = (select account, epoch, old_key from address_changes c
      where c.id = ?1 and c.state = 'asked' and not exists (select 1 from address_changes d
        where d.account = c.account and (d.asked_at, d.id) > (c.asked_at, c.id)))
    and active = 1
    and not exists (select 1 from accounts b where b.address_key = ?3 and b.verified = 1 and b.id <> accounts.id)";
/// Whether it is another's is told to who has proven that it is his.
const STATE: &str = "select case when state = 'done' then 'done'
    when state = 'asked' and exists (select 1 from accounts where address_key = new_key and verified = 1
      and id <> address_changes.account) then 'taken'
    else 'void' end as json from address_changes where id = ?1";

/// `POST` there: the new address is the account's. 200, however often; 409 where it is another account's by now, 401 where
/// another change was asked for since, or the password is another.
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let id = link(context, Purpose::Address, env)?;
    let directory = Directory::of(env)?;
    let wanted = read(&directory, id).await?;
    let shard = scheduler::shard(wanted.account);
    let key = Param::id(id);
    let to = &wanted.new_address;
    let params = [key.clone(), to.as_str().into(), to.key().into(), sign_up::staff(env).into()];
    let told = Mail::new(shard, Template::Left, &wanted.old_address, wanted.account, &wanted.username)?;
    let told = told.link(undo_link(id, context)).about(to);
    // Only where this act does it: the change is asked for until its last statement but one.
    let there = "exists (select 1 from accounts a where a.id = address_changes.account and a.verified = 1
      and a.address_key = address_changes.new_key and a.epoch = address_changes.epoch)";
    let now_there =
        format!("exists (select 1 from address_changes where id = ?6 and state = 'asked' and {there})");
    let done =
        format!("update address_changes set state = 'done' where id = ?1 and state = 'asked' and {there}");
    let statements = vec![
        directory.statement(CHANGE, &params)?,
        told.statement(env, &directory, &now_there, std::slice::from_ref(&key), context.now)?,
        directory.statement(&done, std::slice::from_ref(&key))?,
        directory.statement(STATE, &[key])?,
    ];
    let done = letters::run(env, &directory, shard, statements, None, context).await?;
    match done.last().and_then(|rows| rows.first()).map(String::as_str) {
        Some("done") => Ok(Reply::json(200, json!({ "detail": "This is your address now." }).to_string())),
        Some("taken") => Err(conflict("This address is another account's already.")),
        _ => Err(bad_link()),
    }
}

/// `GET /accounts/address/undo/{token}/`: asks; nothing is done.
pub async fn show_undo(context: &RequestContext, env: &Env) -> Result<Reply> {
    let change = read(&Directory::of(env)?, link(context, Purpose::Undo, env)?).await?;
    Ok(Form::Undo.about(&change.username, &change.old_address))
}

/// The password goes too: nobody's is the one that the dummy is a hash of; and so does the link of the feed. Where the old
/// address is another account's by now, the account is shut: whoever took it could be mailed a new password.
const BACK: &str = "update accounts set epoch = epoch + 1, address_generation = address_generation + 1,
    feed_generation = feed_generation + 1, password = ?2,
    active = not exists (select 1 from accounts b where b.address_key = ?4 and b.verified = 1 and b.id <> ?5),
    address = iif(exists (select 1 from accounts b where b.address_key = ?4 and b.verified = 1 and b.id <> ?5), address, ?3),
    address_key =
      iif(exists (select 1 from accounts b where b.address_key = ?4 and b.verified = 1 and b.id <> ?5), address_key, ?4)
  where id = ?5 and active = 1 and exists (select 1 from address_changes where id = ?1 and state <> 'undone')";
/// This one and all that were asked for after it: whoever asked for one may have asked for more.
const UNDONE: &str = "update address_changes set state = 'undone'
  where account = ?2 and asked_at >= (select asked_at from address_changes where id = ?1)
    and exists (select 1 from accounts where id = ?2 and password = ?3)";

/// `POST` there: the old address is the account's again, or stays so; every way in has ended, and a link to choose another
/// password is on its way to it. 200, however often; 409 where the address is another account's by now: this one is shut.
pub async fn undo(context: &RequestContext, env: &Env) -> Result<Reply> {
    let id = link(context, Purpose::Undo, env)?;
    let directory = Directory::of(env)?;
    let change = read(&directory, id).await?;
    let (key, account) = (Param::id(id), Param::id(change.account));
    let old = &change.old_address;
    let back = [key.clone(), password::DUMMY.into(), old.as_str().into(), old.key().into(), account.clone()];
    let undone = [key.clone(), account.clone(), password::DUMMY.into()];
    let ours = format!("password = '{}'", password::DUMMY);
    let shard = scheduler::shard(change.account);
    let mail = Mail::new(shard, Template::Reset, old, change.account, &change.username)?;
    let next = (change.epoch.saturating_add(1), change.generation.wrapping_add(1));
    let mail = mail.link(reset::link(change.account, next, context));
    // Only where this act does it, as above.
    let now_back = format!(
        "exists (select 1 from address_changes c join accounts a on a.id = c.account and a.active = 1
           where c.id = ?6 and c.state <> 'undone' and a.address_key = c.old_key and a.{ours})"
    );
    let mut statements = vec![
        directory.statement(BACK, &back)?,
        mail.statement(env, &directory, &now_back, std::slice::from_ref(&key), context.now)?,
        directory.statement(UNDONE, &undone)?,
    ];
    statements.extend(lookup::end_all(&directory, change.account, &ours)?);
    let state = "select cast(active as text) as json from accounts where id = ?1";
    statements.push(directory.statement(state, &[account])?);
    let done = letters::run(env, &directory, shard, statements, None, context).await?;
    match done.last().and_then(|rows| rows.first()).map(String::as_str) {
        Some("1") => {
            let text = "It is undone. All sessions and tokens have ended, and the password too: a link to choose \
                        another is on its way to you.";
            Ok(Reply::json(200, json!({ "detail": text }).to_string()))
        }
        _ => Err(conflict("This address is another account's by now. The one that left it is shut.")),
    }
}
