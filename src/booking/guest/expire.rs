//! Bookings that were not confirmed in time are given up by the clock of their shard. No right depends on when it runs: a row past
//! its hold refuses nothing.

use whittle_domain::instant::Instant;
use worker::Env;

use super::store;
use crate::d1::Statement;
use crate::dev::Dev;
use crate::error::Result;
use crate::meeting::guest;

/// How many are given up in one run: each is a batch of its own.
const MOST: i64 = 20;

/// The query for what has expired in a shard.
pub fn due(shard: u8, now: Instant) -> Statement {
    store::expired(shard, now, MOST)
}

/// Gives up what has expired.
pub async fn expire_all(rows: &[String], env: &Env, now: Instant) -> Result<()> {
    for id in rows.iter().filter_map(|id| id.parse().ok()) {
        guest::expire(id, env, now, &Dev::default()).await?;
    }
    Ok(())
}
