//! Bookings that were not confirmed in time are given up by the clock of their shard. No right depends on when it runs: a row past
//! its hold refuses nothing.

use whittle_domain::instant::Instant;
use worker::Env;

use super::store;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::Result;
use crate::meeting::guest;

/// How many are given up in one run: each is a batch of its own.
const MOST: i64 = 20;

/// Gives up what has expired in this shard.
pub async fn expire_due(env: &Env, shard: u8, now: Instant) -> Result<()> {
    let due = Directory::of(env).all(store::expired(shard, now, MOST)).await?;
    for id in due.iter().filter_map(|id| id.parse().ok()) {
        guest::expire(id, env, now, &Dev::default()).await?;
    }
    Ok(())
}
