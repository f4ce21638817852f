//! What every Durable Object shares: its SQLite, outbox, alarm clock, failpoints, and the call to it.

pub mod alarm;
pub mod failpoint;
pub mod outbox;
pub mod rpc;
pub mod sql;
