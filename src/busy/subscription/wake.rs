//! How a `SubscriptionClock` is asked to wake (src/clocks/subscriptions.rs): sixteen shards, named `0` to `15`, by the id of the
//! subscription.

use serde::{Deserialize, Serialize};
use whittle_domain::instant::Instant;
use worker::Env;

use super::store;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::Result;
use crate::object::rpc::{self, Rpc};

/// The shard of a subscription.
pub fn shard(id: u64) -> u8 {
    u8::try_from(id.rem_euclid(store::SHARDS)).unwrap_or(0)
}

/// To wake, and read what is due.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Wake {
    /// In so many milliseconds at the latest.
    pub within: i64,
}

impl Rpc for Wake {
    const BINDING: &'static str = "SUBSCRIPTION_CLOCK";
    type Request = Self;
    type Output = ();
}

/// Has one shard wake.
pub async fn wake(env: &Env, shard: u8, within: i64) -> Result<()> {
    rpc::call(env, &shard.to_string(), Wake { within }, &Dev::default()).await
}

/// Has the shards wake in which something is due; one that fails keeps no other from it.
pub async fn wake_due(env: &Env, now: Instant) -> Result<()> {
    let mut done = Ok(());
    for shard in store::due_shards(&Directory::of(env), now).await? {
        done = wake(env, shard, 0).await.and(done);
    }
    done
}
