//! Signing in by name and password: for a token, for a session, for both. `/accounts/login/` is in [`super::sign_in`].

use crate::auth::account::Account;
use crate::auth::account::authenticate;
use crate::auth::lookup::Secret;
use crate::auth::session;
use serde::Serialize;
use serde_json::{Value, json};
use whittle_domain::hex;
use whittle_domain::input::FieldErrors;
use worker::Env;

use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, bad_request, no_credentials};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::object::failpoint;
use crate::random;

/// The account of a body's `username` and `password`; `None` where there is none of these.
pub async fn authenticate_by_body(context: &RequestContext, env: &Env) -> Result<Option<Account>> {
    let mut errors = FieldErrors::default();
    let mut field = |name: &str| match context.body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::String(_)) => {
            errors.add(name, "This field may not be blank.");
            String::new()
        }
        Some(Value::Null) => {
            errors.add(name, "This field may not be null.");
            String::new()
        }
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            errors.add(name, "Not a valid string.");
            String::new()
        }
        None => {
            errors.add(name, "This field is required.");
            String::new()
        }
    };
    let (name, password) = (field("username"), field("password"));
    errors.into_result()?;
    let credential = Credential::Basic { name, password, place: context.place.clone() };
    match authenticate(&credential, env, context.now).await {
        Err(Error::Unauthorized(_)) => Ok(None),
        other => {
            failpoint::pause(&context.dev, env, "before_keep").await;
            other.map(Some)
        }
    }
}

/// `POST /api-token-auth/`: hands out a new token. Only its hash is kept, so that none can be handed out twice.
pub async fn token_auth(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Some(account) = authenticate_by_body(context, env).await? else {
        let text = "Unable to log in with provided credentials.";
        return Err(bad_request(json!({ "non_field_errors": [text] })));
    };
    let token = new_token()?;
    let directory = Directory::of(env);
    keep(&directory, Secret::Token.keep(&account, &token, &context.agent, context.now).into()).await?;
    Ok(Reply::json(200, json!({ "token": token }).to_string()))
}

/// `POST /api/user/login/`: a token and a session at once. 200.
pub async fn login(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate_by_body(context, env)
        .await?
        .ok_or_else(|| err_message("Credentials were not correct"))?;
    let token = new_token()?;
    let directory = Directory::of(env);
    let (cookie, mut statements) = new_session(&account, context)?;
    statements.extend(Secret::Token.keep(&account, &token, &context.agent, context.now));
    keep(&directory, statements).await?;
    session::begun(Reply::json(200, user(&account, Some(&token))?), &cookie, env)
}

/// `POST /api-auth/login/`: the browser's form. A session, and on to where it was wanted: `next` of the query, on this site.
pub async fn browser_login(context: &RequestContext, env: &Env) -> Result<Reply> {
    let Some(account) = authenticate_by_body(context, env).await? else {
        let text =
            "Please enter a correct username and password. Note that both fields may be case-sensitive.";
        return Err(bad_request(json!({ "non_field_errors": [text] })));
    };
    let done = Reply::saved(next(context).unwrap_or("/"), Notice::SignedIn);
    begin_session(done, &account, context, env).await
}

/// The path of this site that the query wants to be led to.
pub fn next(context: &RequestContext) -> Option<&str> {
    context.query("next").filter(|next| is_path(next))
}

/// The answer with a new session.
pub async fn begin_session(
    reply: Reply,
    account: &Account,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    let (cookie, statements) = new_session(account, context)?;
    keep(&Directory::of(env), statements).await?;
    session::begun(reply, &cookie, env)
}

/// `POST /api/user/logout/`: the session ends, a token stays. 200.
pub async fn logout(context: &RequestContext, env: &Env) -> Result<Reply> {
    let done = Reply::json(200, json!({ "logged_out": true }).to_string());
    let Credential::Session(cookie) = &context.credential else {
        return authenticate(&context.credential, env, context.now).await.map(|_| done);
    };
    // One that has ended by itself is taken away all the same.
    Directory::of(env).execute(Secret::Session.end(cookie)).await?;
    Ok(session::ended(done, env))
}

/// `GET /api/user/get_detail/`: who is signed in, in the shape of the login. The token is told to who brings it: of others,
/// hashes alone are kept.
pub async fn detail(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await.map_err(|error| match error {
        Error::Unauthorized(_) if matches!(context.credential, Credential::None | Credential::Session(_)) => {
            err_message("You are not an authenticated user")
        }
        other => other,
    })?;
    let token = match &context.credential {
        Credential::Token(token) => Some(token.as_str()),
        _ => None,
    };
    Ok(Reply::json(200, user(&account, token)?))
}

/// 401, as the bookings' document words it: a text, where others are lists.
fn err_message(text: &str) -> Error {
    Error::Unauthorized(json!({ "err_message": text }))
}

/// An account as the bookings' document shows it.
fn user(account: &Account, token: Option<&str>) -> Result<String> {
    let user = User { id: account.id, username: &account.username, email: account.address.as_str() };
    Ok(serde_json::to_string(&SignedIn { is_authenticated: true, user, auth_token: token })?)
}

/// In the order of the document.
#[derive(Serialize)]
struct SignedIn<'a> {
    is_authenticated: bool,
    user: User<'a>,
    auth_token: Option<&'a str>,
}

#[derive(Serialize)]
struct User<'a> {
    id: u64,
    username: &'a str,
    email: &'a str,
}

/// Keeps what was just signed in by; the account's password, or all of it, may have gone meanwhile.
async fn keep(directory: &Directory, statements: Vec<Statement>) -> Result<()> {
    let done = directory.batch(statements).await?;
    if done.first().is_some_and(|rows| !rows.is_empty()) { Ok(()) } else { Err(no_credentials()) }
}

/// A token: 160 random bits.
fn new_token() -> Result<String> {
    Ok(hex::encode(&random::bytes::<20>()?))
}

/// A session's cookie, 256 random bits, and the statements that keep it; the one that the browser had so far ends.
fn new_session(account: &Account, context: &RequestContext) -> Result<(String, Vec<Statement>)> {
    let cookie = hex::encode(&random::bytes::<32>()?);
    let mut statements: Vec<Statement> =
        Secret::Session.keep(account, &cookie, &context.agent, context.now).into();
    statements.extend(context.session.as_deref().map(|before| Secret::Session.end(before)));
    Ok((cookie, statements))
}

/// Whether this is a path of this site: `//` and `/\` would lead to others.
fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_is_no_path() {
        for good in ["/", "/7/", "/schedules/contacts/?search=a&page=%2F%2Fx"] {
            assert!(is_path(good), "{good}");
        }
        for bad in ["", "//evil", "/\\evil", "https://evil", "evil", "/a\r\nb", "/a\tb", "/\u{e4}"] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
