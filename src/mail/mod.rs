//! Mail: letters into messages, messages to whoever sends them, within budgets and to nobody who wants none.

pub mod account;
pub mod account_part;
pub mod budget;
pub mod dev_outbox;
pub mod dispatch;
pub mod dispatcher;
pub mod events;
pub mod held;
mod letter;
mod page;
pub mod queue;
pub mod render;
pub mod retry;
pub mod scheduler;
pub mod scope;
pub mod suppression;
pub mod transport;
pub mod unsubscribe;

pub use letter::Letter;
pub use render::mailbox;
pub use transport::{sender, transport};
