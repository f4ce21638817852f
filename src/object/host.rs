//! What an object has of the platform while it lives.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use wasm_bindgen::JsValue;
use worker::worker_sys::DurableObjectState;
use worker::{Env, SqlStorage, State, Storage};

use super::alarm;
use crate::error::{Result, not_found};

/// The platform's side of an object.
pub struct Host {
    pub storage: Storage,
    pub sql: SqlStorage,
    pub env: Env,
    /// The object as the platform has it, for its sockets.
    pub(super) context: JsValue,
    /// The name that the object was asked for by.
    pub name: Option<String>,
    /// When the alarm is set to run, in real milliseconds, as far as that is known.
    pub(super) alarm: Cell<Option<i64>>,
}

impl Host {
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        let context = JsValue::from(&state);
        let state = State::from(state);
        let storage = state.storage();
        Self { sql: storage.sql(), storage, env, context, name: state.id().name(), alarm: Cell::new(None) }
    }

    /// Whether it is known when the alarm runs.
    pub fn knows_alarm(&self) -> bool {
        self.alarm.get().is_some()
    }

    /// Sees to it that the alarm runs at this real time at the latest. An earlier one stays: a run that comes too early does no
    /// harm, and sets the next.
    pub fn wake_by(&self, real_millis: i64) {
        if self.alarm.get().is_none_or(|set| set > real_millis) {
            alarm::set(self, real_millis);
        }
    }
}

/// A kind of object.
pub trait Hosting: 'static {
    /// Answers a message ([`super::rpc`]).
    fn answer(self: Rc<Self>, message: String) -> LocalBoxFuture<'static, JsValue>;

    /// Opens a socket: gives the response that carries it, or an error as text ([`super::live`]). Most kinds have nobody who reads.
    fn open(self: Rc<Self>, _: String) -> LocalBoxFuture<'static, JsValue> {
        Box::pin(async { JsValue::from_str(&serde_json::to_string(&not_found()).unwrap_or_default()) })
    }

    /// Runs because the alarm does.
    fn alarm(self: Rc<Self>) -> LocalBoxFuture<'static, Result<()>>;
}
