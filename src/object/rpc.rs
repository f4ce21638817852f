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

/// Asks the object `name` of the namespace `binding`; its answer is the caller's.
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
    if let Some(fault) = get("X-Fault") {
        return Err(if status == 503 { Error::Unavailable(fault) } else { Error::Internal(fault) });
    }
    let media = get("Content-Type").unwrap_or_default();
    let mut reply = Reply::json(status, response.text().await.map_err(lost)?).media(&media);
    for name in ["ETag", "Retry-After"] {
        if let Some(value) = get(name) {
            reply = reply.with(name, &value);
        }
    }
    Ok(reply)
}

/// What an object answers: the reply, or its fault for our log.
pub fn answer(result: Result<Reply>) -> worker::Result<Response> {
    let headers = Headers::new();
    if let Some(fault) = result.as_ref().err().and_then(Error::fault) {
        let printable: String =
            fault.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { ' ' }).collect();
        headers.set("X-Fault", &printable)?;
    }
    result.unwrap_or_else(Error::reply).with_headers(headers)
}

fn lost(error: worker::Error) -> Error {
    Error::Unavailable(format!("hop: {error}"))
}
