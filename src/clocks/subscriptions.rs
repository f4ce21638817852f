//! `SubscriptionClock`, the Durable Object that reads subscribed calendars, a shard of them, every hour. It is not the clock of mail, so
//! that no server elsewhere, however slow, delays a mail.
//!
//! Stores nothing but its alarm: what is to be read, and when, is in D1.
//!
//! Takes one message, [`Wake`]: to run within so many milliseconds. Whoever adds a subscription asks it, and cron, as a net, where
//! something is due.
//!
//! Why its operation is atomic: a subscription is claimed by one statement, read, and written by one batch, which holds whatever
//! another reader has written meanwhile. A run that dies between leaves the claim to run out. The alarm is set before each run,
//! because the platform drops an alarm that fails six times.

use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, join_all};
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::console_error;

use crate::busy::subscription::api::refresh;
use crate::busy::subscription::store;
use crate::busy::subscription::wake::Wake;
use crate::clock::{self, Offset};
use crate::d1::Directory;
use crate::error::{Error, Result};
use crate::object::host::{Host, Hosting};
use crate::object::rpc::Message;
use crate::object::{alarm, rpc};

/// Calendars that are read at once: workerd allows six connections.
const AT_ONCE: i64 = 4;
/// Rounds of one run: a calendar of 1 MiB takes some tenths of a second of CPU.
const ROUNDS: usize = 10;

/// See the module.
pub struct SubscriptionClock {
    host: Host,
}

impl Hosting for SubscriptionClock {
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
            if let Err(error) = self.run().await {
                console_error!("{}", json!({ "alarm": "subscription clock", "fault": error.fault() }));
            }
            Ok(())
        })
    }
}

impl SubscriptionClock {
    /// The object on its platform.
    pub const fn new(host: Host) -> Self {
        Self { host }
    }

    async fn run(&self) -> Result<()> {
        let env = &self.host.env;
        let shard = self.host.name.as_ref().and_then(|name| name.parse().ok());
        let shard =
            shard.ok_or_else(|| Error::Internal("a subscription clock without a shard".to_owned()))?;
        let directory = Directory::of(env);
        for _ in 0..ROUNDS {
            let now = clock::now(Offset::default());
            let claimed = store::claim(&directory, shard, AT_ONCE, now).await?;
            for done in join_all(claimed.iter().map(|known| refresh(env, known, now))).await {
                // One that fails keeps no other waiting; its claim runs out.
                if let Err(error) = done {
                    console_error!("{}", json!({ "alarm": "subscription", "fault": error.fault() }));
                }
            }
            if i64::try_from(claimed.len()).is_ok_and(|claimed| claimed < AT_ONCE) {
                break;
            }
        }
        match store::next_due(&directory, shard).await? {
            Some(at) => alarm::set(&self.host, at.millis()),
            None => alarm::delete(&self.host),
        }
        Ok(())
    }
}
