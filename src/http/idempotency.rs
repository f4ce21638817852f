//! `Idempotency-Key` (the IETF's draft, draft-ietf-httpapi-idempotency-key-header): a request that creates or sends something
//! may be sent again, and gets the first answer again.
//!
//! A key belongs to its caller and its route, ids included. Its row in D1 is inserted before the act (*claimed*) and has the
//! answer afterwards. Whoever comes while there is none yet gets 409; a claim that was cut off is free again after a minute,
//! and then the act is judged anew, by the state as it is. A fault of ours, and a refusal that says nothing of the request
//! itself (401, 403, 429), leaves no row; nor does a body that is wrong (400), so that it can be mended and sent again.
//!
//! The row has neither key nor body: its name is a hash, and the body's fingerprint a code with a key of ours, because bodies
//! have passwords. The routes whose answers are secrets do not take the header (src/route/).

use serde::{Deserialize, Serialize};
use serde_json::json;
use whittle_domain::hex;
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use worker::{Env, console_error};

use crate::auth::account::authenticate;
use crate::auth::lookup::hash_of;
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, bad_request, conflict};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::reply::Reply;
use crate::route::policy::Credentials;

/// For how long an answer is kept: a day.
const KEPT_MILLIS: i64 = 86_400_000;
/// For how long a request can be under way: a claim without an answer is older only where it was cut off. A hop has ten
/// seconds, D1 eight.
const CLAIM_MILLIS: i64 = 60_000;
/// The longest key.
const MOST_BYTES: usize = 255;
/// The purpose of the key that bodies are marked with.
const PURPOSE: &str = "whittle/idempotency/1";

/// Takes over a claim that was cut off, of the same body.
const CLAIM: &str = "insert into idempotency_keys (id, fingerprint, account, claimed_at)
    values (:id, :fingerprint, :account, :now)
  on conflict (id) do update set claimed_at = excluded.claimed_at
    where answer is null and claimed_at <= :cut_off and fingerprint = excluded.fingerprint
  returning 'claimed' as json";
const READ: &str = "select json_object('fingerprint', fingerprint, 'answer', json(answer)) as json
  from idempotency_keys where id = :id";
const KEEP: &str = "update idempotency_keys set answer = :answer where id = :id and claimed_at = :claimed_at and answer is null";
const RELEASE: &str =
    "delete from idempotency_keys where id = :id and claimed_at = :claimed_at and answer is null";
const FORGET: &str = "delete from idempotency_keys where claimed_at <= :before";

/// A request's claim on its key.
pub struct Claim {
    id: String,
    claimed_at: i64,
}

/// What a key has come to.
pub enum Outcome {
    /// It is this request's: the act is to be done.
    Claimed(Claim),
    /// It was done before.
    Answered(Reply),
}

#[derive(Deserialize)]
struct Row {
    fingerprint: String,
    answer: Option<Answer>,
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    media: String,
    body: String,
    headers: Vec<(String, String)>,
}

/// The headers that are kept with an answer.
const HEADERS: [&str; 3] = ["Location", "ETag", "Retry-After"];

/// Claims a request's key, or finds what it has come to.
/// 1. the key must be one; 2. the caller must be somebody; 3. one batch claims it and reads the row.
pub async fn claim(key: &str, context: &RequestContext, env: &Env) -> Result<Outcome> {
    if key.is_empty() || key.len() > MOST_BYTES || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let text = format!("Idempotency-Key must be 1 to {MOST_BYTES} visible ASCII characters.");
        return Err(bad_request(json!({ "detail": text })));
    }
    let (caller, account) = caller(context, env).await?;
    let id =
        hash_of(&json!([caller, context.route.name(), context.path.trim_end_matches('/'), key]).to_string());
    let fingerprint = fingerprint(context, &config::keys(env)?)?;
    let now = context.now.millis();
    let claimed = Statement::new(CLAIM)
        .bind("id", id.as_str())
        .bind("fingerprint", fingerprint.as_str())
        .bind("account", account)
        .bind("now", now)
        .bind("cut_off", now.saturating_sub(CLAIM_MILLIS));
    let expired = Statement::new("delete from idempotency_keys where id = :id and claimed_at <= :before")
        .bind("id", id.as_str())
        .bind("before", now.saturating_sub(KEPT_MILLIS));
    let read = Statement::new(READ).bind("id", id.as_str());
    let rows = Directory::of(env).batch(vec![expired, claimed, read]).await?;
    let [_, claimed, row] = rows.as_slice() else {
        return Err(Error::Internal("a batch of another length".to_owned()));
    };
    if !claimed.is_empty() {
        return Ok(Outcome::Claimed(Claim { id, claimed_at: now }));
    }
    let row = row.first().ok_or_else(|| Error::Internal("a key without a row".to_owned()))?;
    let row: Row = whittle_json::from_str(row)?;
    if row.fingerprint != fingerprint {
        return Err(Error::Unprocessable(
            "This Idempotency-Key was sent with another request before.".into(),
        ));
    }
    let answer = row.answer.ok_or_else(|| conflict("The request with this Idempotency-Key is under way."))?;
    Ok(Outcome::Answered(answer.into()))
}

/// Keeps an answer under its key, or gives the key free. It is the caller's in any case: where that fails, the claim runs out.
pub async fn settle(claim: Claim, answer: Result<Reply>, env: &Env) -> Result<Reply> {
    let (fault, reply) = match answer {
        Err(error) if !error.is_refusal() => (Some(error), None),
        Err(refusal) => (None, Some(Reply::from(refusal))),
        Ok(reply) => (None, Some(reply)),
    };
    let Claim { id, claimed_at } = claim;
    let passing = |status| matches!(status, 400 | 401 | 403 | 429 | 500..);
    let statement = match reply.as_ref().filter(|reply| !passing(reply.status)) {
        Some(reply) => Statement::new(KEEP).bind("answer", serde_json::to_string(&Answer::from(reply))?),
        None => Statement::new(RELEASE),
    };
    let statement = statement.bind("id", id).bind("claimed_at", claimed_at);
    if let Err(error) = Directory::of(env).execute(statement).await {
        console_error!("{}", json!({ "idempotency": "an answer that is not kept", "fault": error.fault() }));
    }
    match (fault, reply) {
        (Some(fault), _) => Err(fault),
        (None, reply) => reply.ok_or_else(|| Error::Internal("neither an answer nor a fault".to_owned())),
    }
}

/// The statement that forgets what is no longer kept.
pub fn forgetting(now: Instant) -> Statement {
    Statement::new(FORGET).bind("before", now.millis().saturating_sub(KEPT_MILLIS))
}

/// Whose key it is, and the account that the row goes with. A stranger's is that of the place that he asks from.
async fn caller(context: &RequestContext, env: &Env) -> Result<(String, Option<i64>)> {
    match (context.route.policy().credentials, &context.credential) {
        (
            Credentials::AccountOrLink | Credentials::Link,
            Credential::Link(token) | Credential::OpenedLink(token),
        ) => Ok((format!("link {token}"), None)),
        (Credentials::Account | Credentials::AccountOrLink, credential) => {
            let id = authenticate(credential, env, context.now).await?.id;
            Ok((format!("account {id}"), i64::try_from(id).ok()))
        }
        (
            Credentials::None
            | Credentials::InRequest
            | Credentials::Link
            | Credentials::Signature
            | Credentials::Key,
            _,
        ) => Ok((format!("place {}", context.place), None)),
    }
}

/// What tells two requests apart: body and query, but for the credentials in them.
fn fingerprint(context: &RequestContext, keys: &KeyRing) -> Result<String> {
    let mut body = context.body.clone();
    for credential in ["et", "csrfmiddlewaretoken"] {
        body.remove(credential);
    }
    let query: Vec<_> = context.query.iter().filter(|(name, _)| name != "et").collect();
    let id = keys.newest_id();
    let key = keys.key(id, PURPOSE).ok_or_else(|| Error::Internal("the newest key is none".to_owned()))?;
    Ok(hex::encode(&key.mac(json!([body, query]).to_string().as_bytes()).into_bytes()))
}

impl From<&Reply> for Answer {
    fn from(reply: &Reply) -> Self {
        let kept = reply.headers.iter().filter(|(name, _)| HEADERS.contains(name));
        Self {
            status: reply.status,
            media: reply.media.clone(),
            body: reply.text().into_owned(),
            headers: kept.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        }
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        let reply = match answer.body.is_empty() {
            true => Self { status: answer.status, ..Self::empty() },
            false => Self::json(answer.status, answer.body),
        };
        let mut reply = reply.media(&answer.media);
        for name in HEADERS {
            if let Some((_, value)) = answer.headers.iter().find(|(kept, _)| kept == name) {
                reply = reply.with(name, value);
            }
        }
        reply
    }
}
