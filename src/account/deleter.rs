//! `AccountDeleter`, the Durable Object that carries the deletion of one account through, named by the account's id.
//!
//! Stores nothing but its alarm: what is left to do is read from D1, where the account is marked as leaving.
//!
//! Takes one message, [`Wake`]: to run within so many milliseconds. It is asked before the account is marked, so
//! that it runs whatever becomes of that request, and again after it where something is left.
//!
//! Why its operation is atomic: each run ends some of what the account has under way, by acts that do nothing when they are done
//! again, and deletes the account in one batch of D1 that holds only once nothing is left. The alarm is set again before
//! each run, because the platform drops an alarm that fails six times.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::{Env, console_error};

use super::delete::{self, Progress};
use crate::clock::{self, Offset};
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::object::host::{Host, Hosting};
use crate::object::rpc::{Message, Rpc};
use crate::object::{alarm, rpc};

/// The message: to run within so many milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wake {
    within: i64,
}

impl Rpc for Wake {
    const BINDING: &'static str = "ACCOUNT_DELETER";
    type Request = Self;
    type Output = ();
}

/// Has the object of an account run within so many milliseconds.
pub async fn wake(env: &Env, account: u64, within: i64) -> Result<()> {
    rpc::call(env, &account.to_string(), Wake { within }, &Dev::default()).await
}

/// See the module.
pub struct AccountDeleter {
    host: Host,
}

impl Hosting for AccountDeleter {
    fn answer(self: Rc<Self>, message: String) -> LocalBoxFuture<'static, JsValue> {
        Box::pin(async move {
            let result = match rpc::receive::<Wake>(&message) {
                Ok(Message { request, .. }) => {
                    alarm::set_by(&self.host, clock::real_millis().saturating_add(request.within)).await
                }
                Err(error) => Err(error),
            };
            rpc::answer::<Wake>(result)
        })
    }

    fn alarm(self: Rc<Self>) -> LocalBoxFuture<'static, Result<()>> {
        Box::pin(async move {
            alarm::again_soon(&self.host);
            match self.run().await {
                Ok(Progress::Done) => alarm::delete(&self.host),
                Ok(Progress::More) => alarm::set(&self.host, clock::real_millis()),
                Ok(Progress::Stuck) => {}
                Err(error) => {
                    console_error!("{}", json!({ "alarm": "account deleter", "fault": error.fault() }));
                }
            }
            Ok(())
        })
    }
}

impl AccountDeleter {
    /// The object on its platform.
    pub const fn new(host: Host) -> Self {
        Self { host }
    }

    async fn run(&self) -> Result<Progress> {
        let account = self.host.name.as_ref().and_then(|name| name.parse().ok());
        let account =
            account.ok_or_else(|| Error::Internal("an account deleter without an account".to_owned()))?;
        delete::finish(&self.host.env, account, clock::now(Offset::default())).await
    }
}
