//! *Find a time*: the shell around [`whittle_domain::proposal`].

pub mod account_part;
pub mod api;
pub mod caller;
pub mod client;
pub mod dispatch;
pub mod home;
mod hosted;
pub mod list;
mod live;
pub mod new;
pub mod object;
mod page;
mod projection;
mod refusal;
mod tasks;
pub mod wire;

pub use page::demo::show as demo;
