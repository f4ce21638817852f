//! Calendars (*One-to-ones*): the shell around [`whittle_domain::calendar`].

pub mod account_part;
pub mod api;
mod bodies;
mod caller;
pub mod client;
mod contacts;
pub mod create;
pub mod dispatch;
mod home;
mod hosted;
mod live;
mod log;
mod meetings;
pub mod object;
mod page;
mod projection;
mod refusal;
pub mod respond;
pub mod suggest;
mod tasks;
pub mod unfinished;
pub mod wire;
