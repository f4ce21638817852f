//! Calls from the Worker, or from another object, to an object. A request and its answer are typed on both sides, so that
//! the two cannot disagree. A panic in an object leaves its caller hanging; therefore each call has a deadline.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::{Env, Headers, Request, Response};

use crate::clock;
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::outgoing;

/// How long a call may take. An object's own turn takes milliseconds; its tasks that run at once have deadlines of their
/// own, of 6 seconds at most.
const DEADLINE: Duration = Duration::from_secs(10);
/// The header of an answer whose body is an [`Error`].
const ERROR: &str = "X-Error";

/// A request to an object, with the type of its answer.
pub trait Rpc: Sized {
    /// The binding of the object's namespace.
    const BINDING: &'static str;
    /// All requests that the object takes.
    type Request: Serialize + From<Self>;
    /// What it answers.
    type Output: Output;
}

/// A request as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message<R> {
    /// What is asked.
    pub request: R,
    /// What development asks for.
    #[serde(default)]
    pub dev: Dev,
}

/// What an object answers with.
pub trait Output: Sized {
    /// The answer's body and entity tag.
    fn encode(self) -> Result<(String, Option<String>)>;
    /// The answer of a body and an entity tag.
    fn decode(body: String, etag: Option<String>) -> Result<Self>;
}

impl Output for () {
    fn encode(self) -> Result<(String, Option<String>)> {
        Ok((String::new(), None))
    }

    fn decode(_: String, _: Option<String>) -> Result<Self> {
        Ok(())
    }
}

/// An answer that the caller reads.
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Output for Json<T> {
    fn encode(self) -> Result<(String, Option<String>)> {
        Ok((serde_json::to_string(&self.0)?, None))
    }

    fn decode(body: String, _: Option<String>) -> Result<Self> {
        Ok(Self(serde_json::from_str(&body)?))
    }
}

/// An answer that goes on to the client unread, for speed.
#[derive(Clone, Debug)]
pub struct Representation {
    /// The body.
    pub body: String,
    /// The entity's version, where the body has one.
    pub version: Option<u32>,
}

impl Output for Representation {
    fn encode(self) -> Result<(String, Option<String>)> {
        Ok((self.body, self.version.map(|version| version.to_string())))
    }

    fn decode(body: String, etag: Option<String>) -> Result<Self> {
        Ok(Self { body, version: etag.and_then(|tag| tag.parse().ok()) })
    }
}

/// Calls the object `name`.
pub async fn call<C: Rpc>(env: &Env, name: &str, call: C, dev: &Dev) -> Result<C::Output> {
    let message = Message { request: C::Request::from(call), dev: dev.clone() };
    let request = outgoing::post("https://object/", &serde_json::to_string(&message)?, &[])?;
    let stub = env.durable_object(C::BINDING)?.get_by_name(name)?;
    let exchange = async move {
        let mut response = stub.fetch_with_request(request).await.map_err(lost)?;
        let get = |name: &str| response.headers().get(name).ok().flatten();
        let (is_error, etag) = (get(ERROR).is_some(), get("ETag"));
        let body = response.text().await.map_err(lost)?;
        if is_error { Err(serde_json::from_str(&body)?) } else { C::Output::decode(body, etag) }
    };
    let late = || Err(Error::Unavailable("an object did not answer in time".to_owned()));
    clock::within(DEADLINE, exchange).await.unwrap_or_else(late)
}

/// The message that an object was sent.
pub async fn receive<R: DeserializeOwned>(request: &mut Request) -> Result<Message<R>> {
    Ok(serde_json::from_str(&request.text().await?)?)
}

/// An object's answer to a request of the type `C`.
pub fn answer<C: Rpc>(result: Result<C::Output>) -> worker::Result<Response> {
    let headers = Headers::new();
    let (body, etag) = match result.and_then(C::Output::encode) {
        Ok(encoded) => encoded,
        Err(error) => {
            headers.set(ERROR, "1")?;
            (serde_json::to_string(&error)?, None)
        }
    };
    if let Some(tag) = etag {
        headers.set("ETag", &tag)?;
    }
    Ok(Response::ok(body)?.with_headers(headers))
}

fn lost(error: worker::Error) -> Error {
    Error::Unavailable(format!("call of an object: {error}"))
}
