//! The hop from the Worker to an object. A panic in an object leaves its caller hanging, so each hop has a deadline.

use std::time::Duration;

use serde::Serialize;
use worker::{Env, Headers, Response};

use crate::clock;
use crate::error::{Error, Result};
use crate::http::reply::Reply;
use crate::outgoing;

/// How long a hop may take. An object's own turn is milliseconds; its inline D1 write has a deadline of 2 s.
const DEADLINE: Duration = Duration::from_secs(10);

/// The header of an answer whose body is an [`Error`].
const ERROR: &str = "X-Error";

/// Asks the object `name` of the namespace `binding`; its answer, or its refusal, is the caller's.
pub async fn ask<M: Serialize>(env: &Env, binding: &str, name: &str, message: &M) -> Result<Reply> {
    let body = serde_json::to_string(message)?;
    let request = outgoing::post("https://object/", &body, &[])?;
    let stub = env.durable_object(binding)?.get_by_name(name)?;
    let exchange = async move {
        let mut response = stub.fetch_with_request(request).await.map_err(lost)?;
        read(&mut response).await
    };
    let late = || Err(Error::Unavailable("an object did not answer in time".to_owned()));
    clock::within(DEADLINE, exchange).await.unwrap_or_else(late)
}

async fn read(response: &mut Response) -> Result<Reply> {
    let headers = response.headers().clone();
    let get = |name: &str| headers.get(name).ok().flatten();
    let status = response.status_code();
    let body = response.text().await.map_err(lost)?;
    if get(ERROR).is_some() {
        return Err(serde_json::from_str(&body)?);
    }
    let media = get("Content-Type").unwrap_or_default();
    let reply = Reply::json(status, body).media(&media);
    Ok(match get("ETag") {
        Some(tag) => reply.with("ETag", &tag),
        None => reply,
    })
}

/// What an object answers: the reply, or the error as the Worker is to have it.
pub fn answer(result: Result<Reply>) -> worker::Result<Response> {
    let reply = match result {
        Ok(reply) => reply,
        Err(error) => Reply::json(200, serde_json::to_string(&error)?).with(ERROR, "1"),
    };
    reply.with_headers(Headers::new())
}

fn lost(error: worker::Error) -> Error {
    Error::Unavailable(format!("hop: {error}"))
}
