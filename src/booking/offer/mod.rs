//! What an account publishes to guests: its booking page, and the kinds of meeting on it.

pub mod api;
mod code;
pub mod dispatch;
mod page;
pub mod store;
