//! Signing up, by either document, and proving one's address.
//!
//! Nothing tells a stranger whether an address has an account: a sign-up with one that is another's makes a real account
//! all the same, with the same answer after the same work, and one mail goes to that address either way. Which one is
//! decided in the database, in the batch that makes the account.

use serde::Serialize;
use serde_json::json;
use whittle_domain::account::{SignUp, Template};
use whittle_domain::address::Address;
use whittle_domain::input::{self, Dialect, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use whittle_domain::text::PersonName;
use worker::Env;

use super::asked::{Asked, Question};
use super::store::registration::{self, Verified};
use crate::auth::account::authenticate;
use crate::auth::{lookup, password};
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, bad_link, conflict, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::account::{self as letters, Mail};
use crate::mail::budget::{self, About, Count};
use crate::mail::{held, scheduler};
use crate::object::failpoint;
use crate::random;

/// `POST /accounts/signup/` and `POST /api/user/sign_up/`: a new account. 201; it is mailed a link to verify its address.
/// 1. the rate limit; 2. all faults of all fields, a name that is taken among them; 3. the hash; 4. one batch; 5. 201.
pub async fn sign_up(context: &RequestContext, dialect: Dialect, env: &Env) -> Result<Reply> {
    let (id, new) = register(context, dialect, env).await?;
    let answer = Answer {
        id,
        username: new.username.as_str(),
        email: new.address.as_str(),
        first_name: new.first_name.as_ref().map(PersonName::as_str),
        last_name: new.last_name.as_ref().map(PersonName::as_str),
    };
    Ok(Reply::json(201, serde_json::to_string(&answer)?))
}

/// Makes the account, and gives its id.
pub async fn register(context: &RequestContext, dialect: Dialect, env: &Env) -> Result<(u64, SignUp)> {
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let directory = Directory::of(env);
    let new = match input::parse_sign_up(&context.body, dialect) {
        Ok(new) => new,
        Err(mut errors) => {
            if let Some(name) = input::parse_username(&context.body)
                && registration::is_username_taken(&directory, name.as_str()).await?
            {
                errors.add("username", dialect.username_taken());
            }
            return Err(errors.into());
        }
    };
    let id = random::id()?;
    let hash = password::hash(&new.password)?;
    let add = registration::add(id, &new, dialect, &hash, context.now);
    let made = match add_account(env, id, add.clone(), Some(&new), context).await {
        // Its recipient has had enough of such mail for today: the account is made without.
        Err(Error::TooMany { .. }) => add_account(env, id, add, None, context).await,
        other => other,
    };
    if !made? {
        return Err(FieldErrors::one("username", dialect.username_taken()).into());
    }
    Ok((id, new))
}

/// A new account, in the order of the documents; names where they were asked for.
#[derive(Serialize)]
struct Answer<'a> {
    id: u64,
    username: &'a str,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
}

/// Adds the account, with a mail to its address or without; false where the name is taken, and a refusal where the mail is too
/// much.
async fn add_account(
    env: &Env,
    id: u64,
    add: Statement,
    mailed: Option<&SignUp>,
    context: &RequestContext,
) -> Result<bool> {
    let mut statements = vec![add];
    let mut counts = None;
    if let Some(new) = mailed {
        let proof = Proof { id, generation: 0, username: new.username.as_str(), address: &new.address };
        let (mails, count) = proof.mail(env, context)?;
        statements.extend(mails);
        counts = Some(count);
    }
    statements.push(registration::exists(id));
    let done = match &counts {
        Some(count) => letters::run(env, scheduler::shard(id), statements, Some(count), context).await?,
        None => Directory::of(env).batch(statements).await?,
    };
    Ok(done.last().is_some_and(|rows| !rows.is_empty()))
}

/// An account that is to prove an address.
pub struct Proof<'a> {
    /// The account.
    pub id: u64,
    /// Which of its addresses this is.
    pub generation: u32,
    /// What it signs in with.
    pub username: &'a str,
    /// The address.
    pub address: &'a Address,
}

impl Proof<'_> {
    /// The statements that mail its address: the link to prove it, or, to whose it is already, that somebody wants it; and
    /// what they count as. Nothing is mailed once the account has another address to prove: the link would prove that one.
    pub fn mail(&self, env: &Env, context: &RequestContext) -> Result<([Statement; 2], Count)> {
        let shard = scheduler::shard(self.id);
        let link = letters::link(Purpose::Verify, self.id, self.generation, letters::PROOF_LIFE, context.now);
        let ask = Mail::new(shard, Template::Verify, self.address, self.id, self.username)?.link(link);
        let taken = ask.instead(Template::Taken);
        let is_taken = registration::is_address_taken(self.address, self.id);
        let is_to_verify = registration::is_to_verify(self.id, self.generation, self.address);
        let guard = |sql| {
            Statement::new(sql).embed("taken", is_taken.clone()).embed("to_verify", is_to_verify.clone())
        };
        let mails = [
            taken.write(env, guard(":taken and :to_verify"), context.now)?,
            ask.write(env, guard("not :taken and :to_verify"), context.now)?,
        ];
        // Anybody can cause these: each counts for an account of its own, so that the recipient's budget alone is to end them.
        Ok((mails, ask.count(env, &budget::unproven(self.id), About::SignUp, context.now)))
    }
}

/// `POST /accounts/verify/`: mails another link to who has not proven its address yet. 202, and 200 where there is nothing
/// to prove.
pub async fn mail_proof_again(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    if account.verified {
        return Ok(Reply::json(200, json!({ "detail": "Your address is verified." }).to_string()));
    }
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let generation = registration::address_generation(&Directory::of(env), account.id).await?;
    let proof = Proof { id: account.id, generation, username: &account.username, address: &account.address };
    let (mails, count) = proof.mail(env, context)?;
    letters::run(env, scheduler::shard(account.id), mails.into(), Some(&count), context).await?;
    Ok(Reply::json(202, json!({ "detail": "A new link is on its way to your address." }).to_string()))
}

/// `GET /accounts/verify/{token}/`: asks; nothing is done.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Asked> {
    let link = verify_link(context, env)?;
    let found = registration::find_by_link(&Directory::of(env), &link).await?.ok_or_else(bad_link)?;
    let needs_password = makes_staff(&found.address, env);
    Ok(Asked { question: Question::Verify, needs_password, username: found.username, address: found.address })
}

/// `POST` there: the address is verified, and what was held until then is sent. 200, however often. Whoever verifies an address
/// of `STAFF_ADDRESSES` is staff (design, "Who is calling"), so that it takes the account's password too: a stranger may have
/// signed up with that address.
/// 1. the token must be authentic; 2. for staff, the password; 3. one batch, unless another account has the address; 4. what is
///    held goes out.
pub async fn verify(context: &RequestContext, env: &Env) -> Result<Reply> {
    let link = verify_link(context, env)?;
    let directory = Directory::of(env);
    let found = registration::find_by_link(&directory, &link).await?.ok_or_else(bad_link)?;
    let staff = makes_staff(&found.address, env);
    if staff && !found.verified {
        check_password(env, &directory, link.subject, context).await?;
    }
    match registration::verify(&directory, &link, staff).await? {
        Verified::NoAccount => Err(bad_link()),
        Verified::Taken => Err(conflict("This address is another account's already. Sign in with that one.")),
        Verified::Yes => {
            // Cut off here, cron finds what is held.
            failpoint::here(&context.dev, env, "before_release").await;
            held::release(env, Some(link.subject), context.now).await?;
            let body = json!({ "detail": "Your address is verified." });
            Ok(Reply::json(200, body.to_string()))
        }
    }
}

/// Refuses a body without this account's `password`.
pub async fn check_password(
    env: &Env,
    directory: &Directory,
    account: u64,
    context: &RequestContext,
) -> Result<()> {
    let typed = input::parse_own_password(&context.body)?;
    let row = lookup::find_by_id(directory, account).await?.ok_or_else(bad_link)?;
    match password::verify_row(env, context, &row, &typed).await? {
        true => Ok(()),
        false => Err(FieldErrors::one("password", "This is not the password of this account.").into()),
    }
}

/// Whether an address is one of `STAFF_ADDRESSES`.
pub fn makes_staff(address: &Address, env: &Env) -> bool {
    let listed = config::var(env, "STAFF_ADDRESSES").unwrap_or_default();
    let mut addresses = listed.split([',', ' ', ';']).filter_map(|text| text.parse::<Address>().ok());
    addresses.any(|listed| listed.key() == address.key())
}

fn verify_link(context: &RequestContext, env: &Env) -> Result<Link> {
    Link::verify(&context.token, Purpose::Verify, &config::keys(env)?, context.now).map_err(refused_link)
}
