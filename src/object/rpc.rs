//! Calls from the Worker, or from another object, to an object. A request and its answer are typed on both sides, so that
//! the two cannot disagree. A panic in an object leaves its caller hanging; therefore each call has a deadline.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use worker::Env;

use super::live::Open;
use crate::dev::Dev;
use crate::error::Result;
use crate::platform::{self, Opened, Text};

/// How many milliseconds a call may take. An object's own turn takes a few; its tasks that run at once have deadlines of
/// their own, of 6 seconds at most.
const DEADLINE: u32 = 10_000;
/// The tag of an answer whose body is an [`crate::error::Error`]; any other is an entity tag, or empty.
const ERROR: &str = "!";

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
    /// The answer's entity tag, or nothing, and its body.
    fn encode(self) -> Result<(String, Text)>;
    /// The answer of a tag and a body.
    fn decode(tag: &str, body: Text) -> Result<Self>;
}

impl Output for () {
    fn encode(self) -> Result<(String, Text)> {
        Ok((String::new(), String::new().into()))
    }

    fn decode(_: &str, _: Text) -> Result<Self> {
        Ok(())
    }
}

/// An answer that the caller reads.
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Output for Json<T> {
    fn encode(self) -> Result<(String, Text)> {
        Ok((String::new(), serde_json::to_string(&self.0)?.into()))
    }

    fn decode(_: &str, body: Text) -> Result<Self> {
        Ok(Self(whittle_json::from_str(&body.read())?))
    }
}

/// An answer that goes on to the client unread, for speed.
#[derive(Clone, Debug)]
pub struct Representation {
    /// The body.
    pub body: Text,
    /// The entity's version, where the body has one.
    pub version: Option<u32>,
}

impl Output for Representation {
    fn encode(self) -> Result<(String, Text)> {
        Ok((self.version.map(|version| version.to_string()).unwrap_or_default(), self.body))
    }

    fn decode(tag: &str, body: Text) -> Result<Self> {
        Ok(Self { body, version: tag.parse().ok() })
    }
}

/// Declares the requests that the objects of `BINDING` take: each is a variant of `Request`, and a type of its own with the type of
/// its answer.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident $fields:tt -> $output:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name $fields

            impl Rpc for $name {
                const BINDING: &'static str = BINDING;
                type Request = Request;
                type Output = $output;
            }

            impl From<$name> for Request {
                fn from(request: $name) -> Self {
                    Self::$name(Box::new(request))
                }
            }
        )*

        /// All requests that the object takes.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Request {
            $(#[allow(missing_docs)] $name(Box<$name>),)*
        }
    };
}

pub(crate) use requests;

/// Calls the object `name`.
pub async fn call<C: Rpc>(env: &Env, name: &str, call: C, dev: &Dev) -> Result<C::Output> {
    let message = Message { request: C::Request::from(call), dev: dev.clone() };
    let message = serde_json::to_string(&message)?;
    let (tag, body) = platform::call(env, C::BINDING, name, &message, DEADLINE).await?;
    if tag == ERROR { Err(whittle_json::from_str(&body.read())?) } else { C::Output::decode(&tag, body) }
}

/// Asks the object `name` for a socket; gives the response that carries it.
pub async fn open<R: Serialize>(
    env: &Env,
    binding: &str,
    name: &str,
    open: Open<R>,
    dev: &Dev,
) -> Result<web_sys::Response> {
    let message = serde_json::to_string(&Message { request: open, dev: dev.clone() })?;
    match platform::open(env, binding, name, &message, DEADLINE).await? {
        Opened::Socket(response) => Ok(response),
        Opened::Refused(text) => Err(whittle_json::from_str(&text)?),
    }
}

/// The message that an object was sent.
pub fn receive<R: DeserializeOwned>(message: &str) -> Result<Message<R>> {
    Ok(whittle_json::from_str(message)?)
}

/// An object's answer to a request of the type `C`.
pub fn answer<C: Rpc>(result: Result<C::Output>) -> JsValue {
    match result.and_then(C::Output::encode) {
        Ok((tag, body)) => platform::answer(&tag, body),
        // An error is a tree of texts, which nothing keeps from being written.
        Err(error) => platform::answer(ERROR, serde_json::to_string(&error).unwrap_or_default().into()),
    }
}
