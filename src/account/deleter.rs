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

use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, State, console_error, durable_object};

use super::delete::{self, Progress};
use crate::clock::{self, Offset};
use crate::dev::Dev;
use crate::error::{Error, Result};
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

#[durable_object(alarm)]
pub struct AccountDeleter {
    state: State,
    env: Env,
}

impl DurableObject for AccountDeleter {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let result = match rpc::receive::<Wake>(&mut request).await {
            Ok(Message { request, .. }) => self.set_alarm(request).await,
            Err(error) => Err(error),
        };
        rpc::answer::<Wake>(result)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let storage = self.state.storage();
        alarm::again_soon(&storage).await?;
        match self.run().await {
            Ok(Progress::Done) => storage.delete_alarm().await?,
            Ok(Progress::More) => alarm::set(&storage, clock::real_millis()).await?,
            Ok(Progress::Stuck) => {}
            Err(error) => {
                console_error!("{}", json!({ "alarm": "account deleter", "fault": error.fault() }));
            }
        }
        Response::empty()
    }
}

impl AccountDeleter {
    async fn set_alarm(&self, wake: Wake) -> Result<()> {
        let storage = self.state.storage();
        let at = clock::real_millis().saturating_add(wake.within);
        if storage.get_alarm().await?.is_none_or(|set| set > at) {
            alarm::set(&storage, at).await?;
        }
        Ok(())
    }

    async fn run(&self) -> Result<Progress> {
        let account = self.state.id().name().and_then(|name| name.parse().ok());
        let account =
            account.ok_or_else(|| Error::Internal("an account deleter without an account".to_owned()))?;
        delete::finish(&self.env, account, clock::now(Offset::default())).await
    }
}
