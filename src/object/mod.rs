//! What every Durable Object shares: the machine of one transaction, its tables, the outbox, tasks, the alarm, calls, sockets.

pub mod alarm;
mod common_tasks;
pub mod failpoint;
pub mod host;
mod known;
pub mod live;
pub mod machine;
mod memory;
pub mod outbox;
mod release;
mod retry;
pub mod rpc;
pub mod sql;
pub mod store;
pub mod tasks;
mod wake;
