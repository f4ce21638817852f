//! Signing up, by either document, and proving one's address.
//!
//! Nothing tells a stranger whether an address has an account: a sign-up with one that is another's makes a real account
//! all the same, with the same answer after the same work, and one mail goes to that address either way. Which one is
//! decided in the database, in the batch that makes the account.

use crate::auth::account::authenticate;
use crate::auth::password;
use crate::mail::account as letters;
use crate::mail::account::Mail;
use serde::Serialize;
use serde_json::json;
use whittle_domain::account::{SignUp, Template};
use whittle_domain::address::Address;
use whittle_domain::input::{self, Dialect, FieldErrors};
use whittle_domain::link::{Link, Purpose};
use whittle_domain::text::PersonName;
use worker::{D1PreparedStatement, Env};

use super::form::Form;
use crate::config;
use crate::d1::{Directory, Param, Statement};
use crate::error::{Error, Result, bad_link, conflict, refused_link};
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::budget::{self, About, Count};
use crate::mail::held;
use crate::mail::scheduler;
use crate::object::failpoint;
use crate::random;

/// `POST /accounts/signup/` and `POST /api/user/sign_up/`: a new account. 201; it is mailed a link to verify its address.
/// 1. the brake; 2. all faults of all fields, a name that is taken among them; 3. the hash; 4. one batch; 5. 201.
pub async fn sign_up(context: RequestContext, dialect: Dialect, env: &Env) -> Result<Reply> {
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let directory = Directory::of(env)?;
    let new = match input::parse_sign_up(&context.body, dialect) {
        Ok(new) => new,
        Err(mut errors) => {
            if let Some(name) = input::parse_username(&context.body)
                && is_taken(&directory, name.as_str()).await?
            {
                errors.add("username", dialect.username_taken());
            }
            return Err(errors.into());
        }
    };
    let id = random::id()?;
    let hash = password::hash(&new.password)?;
    let made = match make(env, &directory, id, &new, &hash, true, &context).await {
        // Its recipient has had enough of such mail for today: the account is made without.
        Err(Error::TooMany { .. }) => make(env, &directory, id, &new, &hash, false, &context).await,
        other => other,
    };
    if !made? {
        return Err(FieldErrors::one("username", dialect.username_taken()).into());
    }
    let answer = Answer {
        id,
        username: new.username.as_str(),
        email: new.address.as_str(),
        first_name: new.first_name.as_ref().map(PersonName::as_str),
        last_name: new.last_name.as_ref().map(PersonName::as_str),
    };
    Ok(Reply::json(201, serde_json::to_string(&answer)?))
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

async fn is_taken(directory: &Directory, username: &str) -> Result<bool> {
    let select = Statement::new("select 'yes' as json from accounts where username = :username");
    Ok(directory.first(select.bind("username", username)).await?.is_some())
}

const ADD: &str = "insert into accounts
    (id, username, address, address_key, first_name, last_name, password, created_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (username) do nothing";
/// Whether an address is another account's already, of the parameters of a mail's own guard.
pub const IS_TAKEN: &str =
    "exists (select 1 from accounts where address_key = ?6 and verified = 1 and id <> ?7)";

/// Makes the account, with its mail or without; false where the name is taken, and a refusal where the mail is too much.
async fn make(
    env: &Env,
    directory: &Directory,
    id: u64,
    new: &SignUp,
    hash: &str,
    mails: bool,
    context: &RequestContext,
) -> Result<bool> {
    let text = |name: &Option<PersonName>| Param::from(name.as_ref().map_or("", |name| name.as_str()));
    let add = [
        Param::id(id),
        new.username.as_str().into(),
        new.address.as_str().into(),
        new.address.key().into(),
        text(&new.first_name),
        text(&new.last_name),
        hash.into(),
        context.now.millis().into(),
    ];
    let mut statements = vec![directory.statement(ADD, &add)?];
    let made = format!("exists (select 1 from accounts where id = {id})");
    // Anybody can cause these: each counts for an account of its own, so that the recipient's budget alone is to end them.
    let ask = Proof { id, generation: 0, username: new.username.as_str(), address: &new.address };
    let count = if mails { Some(ask.mail(env, directory, &mut statements, context)?) } else { None };
    statements.push(directory.statement(&format!("select 'yes' as json where {made}"), &[])?);
    let done = match &count {
        Some(count) => {
            letters::run(env, directory, scheduler::shard(id), statements, Some(count), context).await?
        }
        None => directory.batch(statements).await?,
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
    /// The statements that mail its address: the link to prove it, or, to whose it is already, that somebody wants it. Gives
    /// what they count as. Nothing is mailed once the account has another address to prove: the link would prove that one.
    pub fn mail(
        &self,
        env: &Env,
        directory: &Directory,
        statements: &mut Vec<D1PreparedStatement>,
        context: &RequestContext,
    ) -> Result<Count> {
        let guard = &format!(
            "exists (select 1 from accounts where id = {} and address_generation = {} and verified = 0
               and address_key = '{}')",
            self.id,
            self.generation,
            self.address.key().replace('\'', "''")
        );
        let new =
            |template| Mail::new(scheduler::shard(self.id), template, self.address, self.id, self.username);
        let link = letters::link(Purpose::Verify, self.id, self.generation, letters::PROOF_LIFE, context.now);
        let (ask, taken) = (new(Template::Verify)?.link(link), new(Template::Taken)?);
        let whose = [Param::from(self.address.key()), Param::id(self.id)];
        for (mail, when) in [(&taken, IS_TAKEN.to_owned()), (&ask, format!("not {IS_TAKEN}"))] {
            statements.push(mail.statement(
                env,
                directory,
                &format!("{when} and {guard}"),
                &whose,
                context.now,
            )?);
        }
        let count = ask.count(env, &budget::unproven(self.id), About::SignUp, context.now);
        statements.push(count.statement(directory, guard)?);
        Ok(count)
    }
}

/// `POST /accounts/verify/`: mails another link to who has not proven its address yet. 202, and 200 where there is nothing
/// to prove.
pub async fn again(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    if account.verified {
        return Ok(Reply::json(200, json!({ "detail": "Your address is verified." }).to_string()));
    }
    RateLimit::Mail.check(env, context.place.clone()).await?;
    let directory = Directory::of(env)?;
    let read = "select cast(address_generation as text) as json from accounts where id = ?1";
    let generation = directory.row(read, &[Param::id(account.id)]).await?;
    let generation = generation.and_then(|n| n.parse().ok()).unwrap_or(0);
    let ask = Proof { id: account.id, generation, username: &account.username, address: &account.address };
    let mut statements = Vec::new();
    let count = ask.mail(env, &directory, &mut statements, context)?;
    letters::run(env, &directory, scheduler::shard(account.id), statements, Some(&count), context).await?;
    Ok(Reply::json(202, json!({ "detail": "A new link is on its way to your address." }).to_string()))
}

/// GET `/accounts/verify/{token}/`: asks; nothing is done.
pub async fn ask(context: &RequestContext, env: &Env) -> Result<Reply> {
    let link = link(context, env)?;
    let directory = Directory::of(env)?;
    let read = "select json_array(username, address) as json from accounts
      where id = ?1 and address_generation = ?2 and active = 1";
    let params = [Param::id(link.subject), i64::from(link.generation).into()];
    let row = directory.row(read, &params).await?.ok_or_else(bad_link)?;
    let (username, address): (String, Address) = serde_json::from_str(&row)?;
    Ok(Form::Verify.about(&username, &address))
}

/// Whoever proves an address of `STAFF_ADDRESSES` is staff (design, "Who is calling").
const VERIFY: &str = "update accounts set verified = 1,
    staff = max(staff, address_key in (select value from json_each(?3)))
  where id = ?1 and address_generation = ?2 and active = 1 and verified = 0
    and not exists (select 1 from accounts b where b.address_key = accounts.address_key and b.verified = 1)";

/// POST there: the address is verified, and what was held until then is sent. 200, however often.
/// 1. the token must be authentic; 2. one batch, unless another account has the address; 3. what is held goes out.
pub async fn verify(context: RequestContext, env: &Env) -> Result<Reply> {
    let link = link(&context, env)?;
    let directory = Directory::of(env)?;
    let params = [Param::id(link.subject), i64::from(link.generation).into()];
    let verify = [params.clone().as_slice(), &[staff(env).into()]].concat();
    let state = "select cast(verified as text) as json from accounts
      where id = ?1 and address_generation = ?2 and active = 1";
    let statements = vec![directory.statement(VERIFY, &verify)?, directory.statement(state, &params)?];
    let state = directory.batch(statements).await?.pop().and_then(|rows| rows.into_iter().next());
    match state.as_deref() {
        None => Err(bad_link()),
        Some("1") => {
            // Cut off here, cron finds what is held.
            failpoint::here(&context.dev, env, "before_release").await;
            held::release(env, Some(link.subject), context.now).await?;
            let body = json!({ "detail": "Your address is verified." });
            Ok(Reply::json(200, body.to_string()))
        }
        Some(_) => Err(conflict("This address is another account's already. Sign in with that one.")),
    }
}

/// The addresses that make staff, as JSON.
pub fn staff(env: &Env) -> String {
    let listed = config::var(env, "STAFF_ADDRESSES").unwrap_or_default();
    let keys: Vec<String> = listed
        .split([',', ' ', ';'])
        .filter_map(|text| text.parse::<Address>().ok())
        .map(|address| address.key())
        .collect();
    json!(keys).to_string()
}

fn link(context: &RequestContext, env: &Env) -> Result<Link> {
    Link::verify(&context.token, Purpose::Verify, &config::keys(env)?, context.now).map_err(refused_link)
}
