//! Accounts: how one signs up and in, and what one can do about one's own.

pub mod address;
pub mod api;
pub mod delete;
pub mod dispatch;
pub mod export;
mod form;
pub mod me;
pub mod reset;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
