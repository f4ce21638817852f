//! The objects that do what is due of what D1 keeps.

pub mod mail;
pub mod subscriptions;
