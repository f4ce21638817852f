//! Signing up, by either document, and proving one's address.
//!
//! Nothing tells a stranger whether an address has an account: a sign-up with one that is another's makes a real account
//! all the same, with the same answer after the same work, and one mail goes to that address either way. Which one is
//! decided in the database, in the batch that makes the account.

use serde::Serialize;
use serde_json::json;
use whittle_domain::account::{Letter, SignUp, Template};
use whittle_domain::duration::Duration;
use whittle_domain::input::{self, Document, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use whittle_domain::text::PersonName;
use worker::{D1PreparedStatement, Env};

use super::password;
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Error, Result, bad_link, conflict, refused_link};
use crate::mail::budget::{Count, Counted};
use crate::mail::held;
use crate::meeting::clock;
use crate::random;
use crate::reply::{Reply, Shape};
use crate::serve::Asked;

/// For how long an address can be verified by a mail: a week.
const LINK_LIFE: Duration = Duration::from_seconds(7 * 86_400);
/// Whom mails of sign-ups count for: anybody can cause them, so that the recipient's budget alone is to end them.
const STRANGERS: &str = "";

/// `POST /accounts/signup/` and `POST /api/user/sign_up/`: a new account. 201; it is mailed a link to verify its address.
/// 1. all faults of all fields, a name that is taken among them; 2. the hash; 3. one batch; 4. 201.
pub async fn sign_up(asked: Asked, document: Document, env: &Env) -> Result<Reply> {
    let directory = Directory::of(env)?;
    let new = match input::sign_up(&asked.body, document) {
        Ok(new) => new,
        Err(mut errors) => {
            if let Some(name) = input::wanted_username(&asked.body)
                && is_taken(&directory, name.as_str()).await?
            {
                errors.add("username", document.taken());
            }
            return Err(errors.into());
        }
    };
    let id = random::id()?;
    let hash = password::hash(&new.password)?;
    let made = match make(env, &directory, id, &new, &hash, true, asked.now).await {
        // Its recipient has had enough of such mail for today: the account is made without.
        Err(Error::Refused(_)) => make(env, &directory, id, &new, &hash, false, asked.now).await,
        other => other,
    };
    if !made? {
        return Err(FieldErrors::one("username", document.taken()).into());
    }
    clock::look(env, id, 0, &asked.dev).await?;
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
    let select = "select 'yes' as json from accounts where username = ?1";
    let rows = directory.batch(vec![directory.statement(select, &[username.into()])?]).await?.pop();
    Ok(rows.is_some_and(|rows| !rows.is_empty()))
}

const ADD: &str = "insert into accounts
    (id, username, address, address_key, first_name, last_name, password, created_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (username) do nothing";
/// Whose address it is already hears of it; else it is asked to prove that it is his.
const MAIL: &str = "insert into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, shard)
  select ?2, 'mail', iif(exists (select 1 from accounts where address_key = ?3 and verified = 1), ?4, ?5), ?6, 'due', ?7, ?7,
    0, ?8 from accounts where id = ?1";

/// Makes the account, with its mail or without; false where the name is taken, and a refusal where the mail is too much.
async fn make(
    env: &Env,
    directory: &Directory,
    id: u64,
    new: &SignUp,
    hash: &str,
    mails: bool,
    now: Instant,
) -> Result<bool> {
    let text = |name: &Option<PersonName>| Param::from(name.as_ref().map_or("", |name| name.as_str()));
    let mut statements = vec![directory.statement(
        ADD,
        &[
            Param::id(id),
            new.username.as_str().into(),
            new.address.as_str().into(),
            new.address.key().into(),
            text(&new.first_name),
            text(&new.last_name),
            hash.into(),
            now.millis().into(),
        ],
    )?];
    let row = random::name()?;
    let counted = Counted { id: row.clone(), recipient: new.address.counting_key() };
    let count = Count::new(env, &[counted], STRANGERS, 0, now);
    if mails {
        statements.push(mail(env, directory, &row, id, new, now)?);
        let made = format!("exists (select 1 from accounts where id = {id})");
        statements.push(count.statement(directory, &made)?);
    }
    let made = "select 'yes' as json from accounts where id = ?1";
    statements.push(directory.statement(made, &[Param::id(id)])?);
    if mails {
        clock::look(env, id, clock::GRACE_MILLIS, &crate::dev::Dev::default()).await?;
    }
    let done = count.judge(directory, directory.batch(statements).await, now).await?;
    Ok(done.last().is_some_and(|rows| !rows.is_empty()))
}

fn mail(
    env: &Env,
    directory: &Directory,
    row: &str,
    id: u64,
    new: &SignUp,
    now: Instant,
) -> Result<D1PreparedStatement> {
    let keys = config::keys(env)?;
    let link = Link {
        purpose: Purpose::Verify,
        subject: id,
        party: 0,
        generation: 0,
        expires: now.saturating_add(LINK_LIFE).seconds(),
    };
    let letter = |security, link| Letter {
        security,
        to: new.address.clone(),
        account: id,
        username: new.username.as_str().to_owned(),
        link,
    };
    directory.statement(
        MAIL,
        &[
            Param::id(id),
            row.into(),
            new.address.key().into(),
            serde_json::to_string(&letter(Template::Taken, None))?.into(),
            serde_json::to_string(&letter(Template::Verify, Some(link)))?.into(),
            keys.newest().into(),
            now.millis().into(),
            i64::from(clock::shard(id)).into(),
        ],
    )
}

/// GET `/accounts/verify/{token}/`: asks; nothing is done.
pub fn ask(asked: &Asked, env: &Env) -> Result<Reply> {
    link(asked, env)?;
    let body = json!({ "detail": "POST to verify your address." });
    Ok(Reply::json(200, body.to_string()).shaped(Shape::Verify))
}

const VERIFY: &str = "update accounts set verified = 1
  where id = ?1 and address_generation = ?2 and active = 1 and verified = 0
    and not exists (select 1 from accounts b where b.address_key = accounts.address_key and b.verified = 1)";

/// POST there: the address is verified, and what was held until then is sent. 200, however often.
/// 1. the token must be authentic; 2. one batch, unless another account has the address; 3. what is held goes out.
pub async fn verify(asked: Asked, env: &Env) -> Result<Reply> {
    let link = link(&asked, env)?;
    let directory = Directory::of(env)?;
    let params = [Param::id(link.subject), i64::from(link.generation).into()];
    let state = "select cast(verified as text) as json from accounts
      where id = ?1 and address_generation = ?2 and active = 1";
    let statements = vec![directory.statement(VERIFY, &params)?, directory.statement(state, &params)?];
    let state = directory.batch(statements).await?.pop().and_then(|rows| rows.into_iter().next());
    match state.as_deref() {
        None => Err(bad_link()),
        Some("1") => {
            // Cut off here, cron finds what is held.
            held::release(env, Some(link.subject), asked.now).await?;
            let body = json!({ "detail": "Your address is verified." });
            Ok(Reply::json(200, body.to_string()))
        }
        Some(_) => Err(conflict("This address is another account's already. Sign in with that one.")),
    }
}

fn link(asked: &Asked, env: &Env) -> Result<Link> {
    Link::verify(&asked.token, Purpose::Verify, &config::keys(env)?, asked.now).map_err(refused_link)
}
