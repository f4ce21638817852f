//! What js/platform.js does for us, declared and typed. Whatever happens often goes through it, because each call out of
//! WebAssembly costs, and each string that is passed costs more.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::task::{Context, Poll, Waker};

use js_sys::futures::{JsFuture, future_to_promise};
use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::prelude::{JsCast as _, JsValue, wasm_bindgen};
use worker::{Env, SqlStorage, Storage};

use crate::error::{Error, Result};
use crate::statement::{Compiled, Param};

mod glue {
    use super::{Array, Env, JsValue, wasm_bindgen};

    #[wasm_bindgen(module = "/js/platform.js")]
    extern "C" {
        pub fn head(request: &web_sys::Request, names: &Array) -> String;
        #[wasm_bindgen(catch)]
        pub fn body(request: &web_sys::Request, most: u32) -> Result<js_sys::Promise, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn respond(
            status: u16,
            common: &JsValue,
            own: Vec<JsValue>,
            body: &JsValue,
        ) -> Result<web_sys::Response, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn call(
            env: &Env,
            binding: &str,
            name: &str,
            message: &str,
            milliseconds: u32,
        ) -> Result<js_sys::Promise, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn open(
            env: &Env,
            binding: &str,
            name: &str,
            message: &str,
            milliseconds: u32,
        ) -> Result<js_sys::Promise, JsValue>;
        #[wasm_bindgen(catch, js_name = acceptSocket)]
        pub fn accept_socket(
            context: &JsValue,
            tag: &str,
            attached: &str,
            text: &str,
        ) -> Result<JsValue, JsValue>;
        pub fn sockets(context: &JsValue) -> Vec<JsValue>;
        #[wasm_bindgen(js_name = countSockets)]
        pub fn count_sockets(context: &JsValue, tag: Option<&str>) -> u32;
        pub fn attached(socket: &JsValue) -> String;
        #[wasm_bindgen(js_name = tellSocket)]
        pub fn tell_socket(socket: &JsValue, text: &str);
        #[wasm_bindgen(js_name = closeSocket)]
        pub fn close_socket(socket: &JsValue, code: u16);
        #[wasm_bindgen(catch)]
        pub fn batch(
            env: &Env,
            binding: &str,
            list: Vec<JsValue>,
            milliseconds: u32,
        ) -> Result<js_sys::Promise, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn post(
            env: Option<&Env>,
            binding: &str,
            url: &str,
            headers: Vec<JsValue>,
            body: &str,
            milliseconds: u32,
        ) -> Result<js_sys::Promise, JsValue>;
        pub fn page(rows: &JsValue, most: u32) -> Array;
        #[wasm_bindgen(catch)]
        pub fn column(sql: &JsValue, query: &str, params: Vec<JsValue>) -> Result<Array, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn first(sql: &JsValue, query: &str, params: Vec<JsValue>) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn lines(sql: &JsValue, query: &str) -> Result<Vec<u8>, JsValue>;
        #[wasm_bindgen(catch)]
        pub fn transact(storage: &JsValue, list: Vec<JsValue>) -> Result<(), JsValue>;
        #[wasm_bindgen(js_name = setAlarm)]
        pub fn set_alarm(storage: &JsValue, millis: f64);
        #[wasm_bindgen(js_name = deleteAlarm)]
        pub fn delete_alarm(storage: &JsValue);
        #[wasm_bindgen(js_name = waitUntil)]
        pub fn wait_until(promise: &js_sys::Promise);
    }
}

mod moving {
    use super::{Env, JsValue, wasm_bindgen};

    #[wasm_bindgen(module = "/js/transfer.js")]
    extern "C" {
        #[wasm_bindgen(catch)]
        pub fn transfer(
            request: &web_sys::Request,
            env: &Env,
            writes: bool,
            path: &str,
            after: JsValue,
        ) -> Result<js_sys::Promise, JsValue>;
    }
}

/// A text on its way out: one that we have made, or one of JavaScript's that goes on unread.
#[derive(Clone, Debug)]
pub enum Text {
    Made(String),
    Passed(JsString),
}

impl Text {
    /// The text, to be read.
    pub fn read(&self) -> Cow<'_, str> {
        match self {
            Self::Made(text) => Cow::Borrowed(text),
            Self::Passed(text) => Cow::Owned(String::from(text)),
        }
    }

    /// The text as JavaScript has it.
    pub fn into_js(self) -> JsValue {
        match self {
            Self::Made(text) => JsValue::from(text),
            Self::Passed(text) => text.into(),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Made(text)
    }
}

/// What an async function exported to JavaScript gives. It runs at once as far as it can; only what has to wait becomes a promise.
pub fn run(
    future: impl Future<Output = std::result::Result<JsValue, JsValue>> + 'static,
) -> std::result::Result<JsValue, JsValue> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Ok(future_to_promise(future).into()),
    }
}

/// Has the platform keep this request alive until `work` is done, which the answer does not wait for.
pub fn after_the_answer(work: impl Future<Output = ()> + 'static) {
    glue::wait_until(&future_to_promise(async move {
        work.await;
        Ok(JsValue::UNDEFINED)
    }));
}

/// The method, the URL, and the headers of these names, in their order.
pub fn head(request: &web_sys::Request, names: &Array) -> String {
    glue::head(request, names)
}

/// A request's body; none where it has more than `most` bytes.
pub async fn body(request: &web_sys::Request, most: usize) -> Result<Option<Vec<u8>>> {
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let bytes = settled(glue::body(request, most)).await.map_err(|error| broken("a body", &error))?;
    Ok(bytes.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec()))
}

/// A response with the headers that every answer has and with its own.
pub fn respond(
    status: u16,
    common: &[(&str, &str)],
    own: &[(&str, &str)],
    body: Option<JsValue>,
) -> std::result::Result<web_sys::Response, JsValue> {
    thread_local! {
        static COMMON: OnceCell<JsValue> = const { OnceCell::new() };
    }
    let common = COMMON.with(|known| {
        // One object for all answers, which each copies.
        known.get_or_init(|| pairs(common)).clone()
    });
    let own = own.iter().flat_map(|(name, value)| [JsValue::from_str(name), JsValue::from_str(value)]);
    glue::respond(status, &common, own.collect(), &body.unwrap_or(JsValue::NULL))
}

fn pairs(headers: &[(&str, &str)]) -> JsValue {
    let pair = |(name, value): &(&str, &str)| Array::of2(&JsValue::from_str(name), &JsValue::from_str(value));
    let pairs: Array = headers.iter().map(pair).collect();
    web_sys::Headers::new_with_str_sequence_sequence(&pairs).map_or(JsValue::NULL, Into::into)
}

/// Calls an object: the tag and the body of its answer.
pub async fn call(
    env: &Env,
    binding: &str,
    name: &str,
    message: &str,
    milliseconds: u32,
) -> Result<(String, Text)> {
    let answer = settled(glue::call(env, binding, name, message, milliseconds)).await;
    let answer: Array =
        answer.map_err(|error| Error::Unavailable(format!("call of an object: {}", words(&error))))?.into();
    let body = answer.get(1).dyn_into::<JsString>();
    let body = body.map_err(|_| Error::Internal("an object's answer without a body".to_owned()))?;
    Ok((answer.get(0).as_string().unwrap_or_default(), Text::Passed(body)))
}

/// What became of a request for a socket.
pub enum Opened {
    /// The response that carries the socket.
    Socket(web_sys::Response),
    /// Why there is none.
    Refused(String),
}

/// Asks an object for a socket.
pub async fn open(env: &Env, binding: &str, name: &str, message: &str, milliseconds: u32) -> Result<Opened> {
    let opened = settled(glue::open(env, binding, name, message, milliseconds)).await;
    let opened =
        opened.map_err(|error| Error::Unavailable(format!("socket of an object: {}", words(&error))))?;
    Ok(match opened.as_string() {
        Some(text) => Opened::Refused(text),
        None => Opened::Socket(opened.unchecked_into()),
    })
}

/// A socket of an object.
pub struct Socket(JsValue);

/// Takes a socket that is counted by `tag` and told `text` first; gives the response that carries the other end.
pub fn accept_socket(
    context: &JsValue,
    tag: &str,
    attached: &str,
    text: &str,
) -> std::result::Result<JsValue, JsValue> {
    glue::accept_socket(context, tag, attached, text)
}

/// The sockets of an object.
pub fn sockets(context: &JsValue) -> Vec<Socket> {
    glue::sockets(context).into_iter().map(Socket).collect()
}

/// How many sockets an object has, of one tag where it is named.
pub fn count_sockets(context: &JsValue, tag: Option<&str>) -> usize {
    usize::try_from(glue::count_sockets(context, tag)).unwrap_or(usize::MAX)
}

/// What was attached to a socket.
pub fn attached(socket: &Socket) -> String {
    glue::attached(&socket.0)
}

/// Sends a text by a socket, if somebody hears it.
pub fn tell_socket(socket: &Socket, text: &str) {
    glue::tell_socket(&socket.0, text);
}

/// Closes a socket, if it is not closed.
pub fn close_socket(socket: &Socket, code: u16) {
    glue::close_socket(&socket.0, code);
}

/// An object's answer, as [`call`] reads it.
pub fn answer(tag: &str, body: Text) -> JsValue {
    Array::of2(&JsValue::from_str(tag), &body.into_js()).into()
}

/// Reads or writes what a deployment stores (js/transfer.js): the status and the body of the answer.
pub async fn transfer(
    request: &web_sys::Request,
    env: &Env,
    writes: bool,
    path: &str,
    after: Option<&str>,
) -> Result<(u16, Text)> {
    let after = after.map_or(JsValue::NULL, JsValue::from_str);
    let answer = settled(moving::transfer(request, env, writes, path, after)).await;
    let answer: Array =
        answer.map_err(|error| Error::Unavailable(format!("transfer: {}", words(&error))))?.into();
    let body = answer.get(1).dyn_into::<JsString>();
    let body = body.map_err(|_| Error::Internal("an answer without a body".to_owned()))?;
    Ok((status(&answer.get(0)), Text::Passed(body)))
}

/// Why a POST has no answer.
pub enum Unsent {
    /// It took too long.
    Late,
    /// There is nobody, or the connection broke.
    Unreachable,
}

/// Sends a JSON text, to a service that is bound or to whoever has this URL; gives the status and `Retry-After`. The answer's body
/// is read to its end, for an unread one keeps one of the few connections busy.
pub async fn post(
    binding: Option<(&Env, &str)>,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    milliseconds: u32,
) -> std::result::Result<(u16, Option<String>), Unsent> {
    let headers =
        headers.iter().flat_map(|(name, value)| [JsValue::from_str(name), JsValue::from_str(value)]);
    let (env, name) = binding.map_or((None, ""), |(env, name)| (Some(env), name));
    let answer = settled(glue::post(env, name, url, headers.collect(), body, milliseconds)).await;
    let is_late = |error: &JsValue| words(error).contains("timeout");
    let unsent = |error| if is_late(&error) { Unsent::Late } else { Unsent::Unreachable };
    let answer = Array::from(&answer.map_err(unsent)?);
    Ok((status(&answer.get(0)), answer.get(1).as_string()))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status has three digits")]
fn status(value: &JsValue) -> u16 {
    value.as_f64().map_or(0, |status| status as u16)
}

/// The texts that a statement of D1 gave.
pub struct Rows(JsValue);

impl Rows {
    /// The texts.
    pub fn texts(&self) -> Vec<String> {
        Array::from(&self.0).iter().filter_map(|text| text.as_string()).collect()
    }

    /// The page that these rows are ([`crate::http::cursor`]), unread: its items, and the cursor of the last where there are more
    /// than `most`.
    pub fn page(&self, most: usize) -> (Text, Option<String>) {
        let page = glue::page(&self.0, u32::try_from(most).unwrap_or(u32::MAX));
        let last = page.get(1).as_string().filter(|cursor| !cursor.is_empty());
        (Text::Passed(page.get(0).into()), last)
    }
}

/// Runs statements in one transaction of D1. An error has D1's own words.
pub async fn batch(
    env: &Env,
    binding: &str,
    statements: &[Compiled],
    milliseconds: u32,
) -> std::result::Result<Vec<Rows>, String> {
    let list = list(statements);
    let results =
        settled(glue::batch(env, binding, list, milliseconds)).await.map_err(|error| words(&error))?;
    Ok(Array::from(&results).iter().map(Rows).collect())
}

/// The first column of the rows that a statement of an object's SQLite gives.
pub fn column(sql: &SqlStorage, query: &str, params: &[Param]) -> Result<Array> {
    glue::column(sql.as_ref(), query, params.iter().map(JsValue::from).collect())
        .map_err(|error| broken("object storage", &error))
}

/// The first column of the first row.
pub fn first(sql: &SqlStorage, query: &str, params: &[Param]) -> Result<JsValue> {
    glue::first(sql.as_ref(), query, params.iter().map(JsValue::from).collect())
        .map_err(|error| broken("object storage", &error))
}

/// The first column of all rows, with a line break between two.
pub fn lines(sql: &SqlStorage, query: &str) -> Result<String> {
    let lines = glue::lines(sql.as_ref(), query).map_err(|error| broken("object storage", &error))?;
    String::from_utf8(lines).map_err(|error| Error::Internal(error.to_string()))
}

/// Runs statements in one transaction of an object's SQLite; the first that fails takes all of them back.
pub fn transact(storage: &Storage, statements: &[Compiled]) -> Result<()> {
    glue::transact(storage.as_raw(), list(statements)).map_err(|error| broken("object storage", &error))
}

/// Sets an object's alarm, in milliseconds since the epoch. It is written with what is written before the next await.
pub fn set_alarm(storage: &Storage, millis: i64) {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are below 2^53")]
    glue::set_alarm(storage.as_raw(), millis as f64);
}

/// Takes an object's alarm away, as [`set_alarm`] sets it.
pub fn delete_alarm(storage: &Storage) {
    glue::delete_alarm(storage.as_raw());
}

/// SQL and parameters, in turns.
fn list(statements: &[Compiled]) -> Vec<JsValue> {
    let values = |Compiled { sql, params }: &Compiled| {
        let params: Array = params.iter().map(JsValue::from).collect();
        [JsValue::from_str(sql), params.into()]
    };
    statements.iter().flat_map(values).collect()
}

async fn settled(
    promise: std::result::Result<js_sys::Promise, JsValue>,
) -> std::result::Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

fn broken(what: &str, error: &JsValue) -> Error {
    Error::Internal(format!("{what}: {}", words(error)))
}

/// What an error says. D1 says why in the cause.
fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| "an error without words".to_owned()),
    }
}
