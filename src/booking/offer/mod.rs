//! What an account publishes to guests: its booking page, and the kinds of meeting on it.

pub mod api;
pub mod dispatch;
pub mod store;
