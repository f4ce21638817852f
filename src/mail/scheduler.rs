//! How a `MailClock` is asked to wake (src/clocks/mail.rs): sixteen shards, named `0` to `15`. The mail of a meeting, and that about
//! an account, is in the shard of its id.

use serde::{Deserialize, Serialize};
use worker::Env;

use crate::dev::Dev;
use crate::error::Result;
use crate::object::rpc::{self, Rpc};

/// How many shards there are.
pub const SHARDS: u8 = 16;
/// How long an act may take at most to write its batch, in milliseconds: D1 has eight seconds for each.
pub const GRACE_MILLIS: i64 = 20_000;

/// The shard of a meeting, or of an account.
pub fn shard(id: u64) -> u8 {
    u8::try_from(id.rem_euclid(u64::from(SHARDS))).unwrap_or(0)
}

/// To wake, and do what is due.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wake {
    /// In so many milliseconds at the latest.
    pub within: i64,
}

impl Rpc for Wake {
    const BINDING: &'static str = "MAIL_CLOCK";
    type Request = Self;
    type Output = ();
}

/// Has the shard of a meeting, or of an account, wake within so many milliseconds. A test reaches its failpoints by `clock_` before their names.
pub async fn wake(env: &Env, meeting: u64, within: i64, dev: &Dev) -> Result<()> {
    wake_shard(env, shard(meeting), within, dev).await
}

/// Has all shards wake; one that fails keeps no other from it.
pub async fn wake_all(env: &Env) -> Result<()> {
    let mut done = Ok(());
    for shard in 0..SHARDS {
        done = wake_shard(env, shard, 0, &Dev::default()).await.and(done);
    }
    done
}

/// Has one shard wake.
pub async fn wake_shard(env: &Env, shard: u8, within: i64, dev: &Dev) -> Result<()> {
    let failpoint = dev.failpoint.as_deref().and_then(|name| name.strip_prefix("clock_"));
    let dev = Dev { offset: dev.offset, failpoint: failpoint.map(ToOwned::to_owned), ..Dev::default() };
    rpc::call(env, &shard.to_string(), Wake { within }, &dev).await
}
