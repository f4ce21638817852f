//! Events: the meetings that an account books with others.

pub mod api;
mod change;
pub mod dispatch;
mod store;
mod suggest;
