//! Calendars (*One-to-ones*): the shell around [`whittle_domain::calendar`].

pub mod client;
pub mod dispatch;
mod page;
pub mod suggest;
pub mod unfinished;
pub mod wire;
