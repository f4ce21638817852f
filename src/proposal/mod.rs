//! *Find a time*: the shell around [`whittle_domain::proposal`].

pub mod api;
pub mod caller;
mod commit;
pub mod list;
pub mod object;
mod refusal;
mod store;
mod tasks;
mod wire;

pub use wire::Agreement;

/// The message that asks an object whether objects work.
pub const fn ping(dev: crate::dev::Dev) -> impl serde::Serialize {
    wire::Message { ask: wire::Ask::Ping, dev }
}
