//! Another address. It counts once it is proven; the old one hears of it when it is asked for and when it is done, and can
//! undo it for 30 days. Whoever undoes it did not want it, so that whoever did knows the password: that ends too, with
//! every way in, and the old address is mailed a link to choose another.
//!
//! An account that has not proven its address has nobody to hear of it: it simply gets another one to prove, unless it has
//! proposed something already: that was under the first one, and is not to go out as if its owner had.

use serde_json::json;
use whittle_domain::account::Template;
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use worker::Env;

use super::asked::{Asked, Question};
use super::store::address_change::{self as store, Change};
use super::store::registration;
use super::{reset, sign_up};
use crate::auth::account::{Account, authenticate};
use crate::auth::password;
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Result, bad_link, conflict, no_credentials, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::account::{self as letters, Mail};
use crate::mail::budget::About;
use crate::mail::scheduler;
use crate::random;

/// For how long the old address can undo it: 30 days.
const UNDO_LIFE: Duration = Duration::from_seconds(30 * 86_400);

/// `POST /accounts/address/`: to have another address. 202; both addresses are mailed, and nothing changes until the new one
/// is proven.
/// 1. the account; 2. the body; 3. its password; 4. one batch.
pub async fn request_change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let wanted = wanted(context)?;
    if wanted.0.key() == account.address.key() {
        return Err(FieldErrors::one("email", "This is your address already.").into());
    }
    RateLimit::Mail.check(env, context.place.clone()).await?;
    if password::verify_again(env, context, &account, &wanted.1).await?.is_none() {
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

/// Gives an account that has proven nothing the new address in place of the old one.
async fn replace(env: &Env, context: &RequestContext, account: &Account, to: &Address) -> Result<()> {
    let generation = store::next_generation(&Directory::of(env), account.id).await?.ok_or_else(|| {
        conflict("You have proposed under this address already. Sign up anew with the other one.")
    })?;
    let proof = sign_up::Proof { id: account.id, generation, username: &account.username, address: to };
    let (mails, count) = proof.mail(env, context)?;
    let mut statements = vec![store::replace(account, to, generation)];
    statements.extend(mails);
    statements.push(store::is_replaced(account, to, generation));
    let done = letters::run(env, scheduler::shard(account.id), statements, Some(&count), context).await?;
    match done.last().is_some_and(|rows| !rows.is_empty()) {
        true => Ok(()),
        false => Err(conflict("Your account has changed this moment. Please look, and ask again.")),
    }
}

/// Asks for the new address of an account that has verified its own.
async fn propose(env: &Env, context: &RequestContext, account: &Account, to: &Address) -> Result<()> {
    let (change, now) = (random::id()?, context.now);
    let shard = scheduler::shard(account.id);
    let mail = |template, address| Mail::new(shard, template, address, account.id, &account.username);
    let proof = letters::link(Purpose::Address, change, 0, letters::PROOF_LIFE, now);
    let prove = mail(Template::Move, to)?.link(proof);
    let taken = prove.instead(Template::Taken);
    let told = mail(Template::Leaving, &account.address)?.link(undo_link(change, context)).about(to);
    let is_taken = registration::is_address_taken(to, account.id);
    let guard =
        |sql| Statement::new(sql).embed("asked", store::is_asked(change)).embed("taken", is_taken.clone());
    let done = Statement::new("select 'yes' as json where :asked").embed("asked", store::is_asked(change));
    let statements = vec![
        store::ask(change, account, to, now),
        taken.write(env, guard(":asked and :taken"), now)?,
        prove.write(env, guard(":asked and not :taken"), now)?,
        told.write(env, store::is_asked(change), now)?,
        done,
    ];
    let count = prove.count(env, &account.address.counting_key(), About::Account(account.id), now);
    let done = letters::run(env, shard, statements, Some(&count), context).await?;
    if done.last().is_some_and(|rows| !rows.is_empty()) { Ok(()) } else { Err(no_credentials()) }
}

fn undo_link(change: u64, context: &RequestContext) -> Link {
    letters::link(Purpose::Undo, change, 0, UNDO_LIFE, context.now)
}

/// The change that the link in the path is for, with its id.
async fn find(context: &RequestContext, purpose: Purpose, env: &Env) -> Result<(u64, Change)> {
    let link =
        Link::verify(&context.token, purpose, &config::keys(env)?, context.now).map_err(refused_link)?;
    let change = store::find(&Directory::of(env), link.subject).await?.ok_or_else(bad_link)?;
    Ok((link.subject, change))
}

/// `GET /accounts/address/{token}/`: asks; nothing is done.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Asked> {
    let (_, change) = find(context, Purpose::Address, env).await?;
    let needs_password = sign_up::makes_staff(&change.new_address, env);
    Ok(Asked {
        question: Question::Address,
        needs_password,
        username: change.username,
        address: change.new_address,
    })
}

/// `POST` there: the new address is the account's. 200, however often; 409 where it is another account's by now, 401 where
/// another change was asked for since, or the password is another. An address of `STAFF_ADDRESSES` takes the account's
/// password too, as at [`sign_up::verify`].
pub async fn change(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (id, wanted) = find(context, Purpose::Address, env).await?;
    let staff = sign_up::makes_staff(&wanted.new_address, env);
    if staff {
        sign_up::check_password(env, &Directory::of(env), wanted.account, context).await?;
    }
    let shard = scheduler::shard(wanted.account);
    let mail = Mail::new(shard, Template::Left, &wanted.old_address, wanted.account, &wanted.username)?
        .link(undo_link(id, context))
        .about(&wanted.new_address)
        .write(env, store::is_being_done(id), context.now)?;
    let statements = store::perform(id, &wanted.new_address, staff, mail);
    let done = letters::run(env, shard, statements, None, context).await?;
    match done.last().and_then(|rows| rows.first()).map(String::as_str) {
        Some("done") => Ok(Reply::json(200, json!({ "detail": "This is your address now." }).to_string())),
        Some("taken") => Err(conflict("This address is another account's already.")),
        _ => Err(bad_link()),
    }
}

/// `GET /accounts/address/undo/{token}/`: asks; nothing is done.
pub async fn show_undo(context: &RequestContext, env: &Env) -> Result<Asked> {
    let (_, change) = find(context, Purpose::Undo, env).await?;
    let (username, address) = (change.username, change.old_address);
    Ok(Asked { question: Question::Undo, needs_password: false, username, address })
}

/// `POST` there: the old address is the account's again, or stays so; every way in has ended, and a link to choose another
/// password is on its way to it. 200, however often; 409 where the address is another account's by now: this one is shut.
pub async fn undo(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (id, change) = find(context, Purpose::Undo, env).await?;
    let shard = scheduler::shard(change.account);
    let next = (change.epoch.saturating_add(1), change.generation.wrapping_add(1));
    let mail = Mail::new(shard, Template::Reset, &change.old_address, change.account, &change.username)?
        .link(reset::link(change.account, next, context))
        .write(env, store::is_being_undone(id, password::DUMMY), context.now)?;
    let statements = store::undo(id, &change, password::DUMMY, mail);
    let done = letters::run(env, shard, statements, None, context).await?;
    match done.last().and_then(|rows| rows.first()).map(String::as_str) {
        Some("1") => {
            let text = "It is undone. All sessions and tokens have ended, and the password too: a link to choose \
                        another is on its way to you.";
            Ok(Reply::json(200, json!({ "detail": text }).to_string()))
        }
        _ => Err(conflict("This address is another account's by now. The one that left it is shut.")),
    }
}
