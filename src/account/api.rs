//! `POST /api-token-auth/`: name and password for a token.

use serde_json::{Value, json};
use whittle_domain::hex;
use whittle_domain::input::{Body, FieldErrors};
use whittle_domain::instant::Instant;
use worker::Env;

use super::{Account, store};
use crate::caller::Credential;
use crate::d1::Directory;
use crate::error::{Error, Result, bad_request};
use crate::random;
use crate::reply::Reply;

/// The account of a body's `username` and `password`; `None` where there is none of these.
pub async fn by_password(body: &Body, env: &Env, now: Instant) -> Result<Option<Account>> {
    let mut errors = FieldErrors::default();
    let mut field = |name: &str| match body.get(name) {
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
    let credential = Credential::Basic { name: field("username"), password: field("password") };
    errors.none()?;
    match super::of(&credential, env, now).await {
        Err(Error::Refused(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// Hands out a new token: only its hash is kept, so that none can be handed out twice.
pub async fn token_auth(body: &Body, env: &Env, now: Instant) -> Result<Reply> {
    let Some(account) = by_password(body, env, now).await? else {
        let text = "Unable to log in with provided credentials.";
        return Err(bad_request(json!({ "non_field_errors": [text] })));
    };
    let token = hex::encode(&random::bytes::<20>()?);
    store::keep_token(&Directory::of(env)?, account.id, &token, now).await?;
    Ok(Reply::json(200, json!({ "token": token }).to_string()))
}
