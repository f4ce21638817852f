//! What every Durable Object shares: its SQLite, outbox, alarm clock, failpoints, and the hop to it.

pub mod alarm;
pub mod failpoint;
pub mod hop;
pub mod outbox;
pub mod sql;
