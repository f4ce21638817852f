//! Events: the meetings that an account books with others.

pub mod api;
mod change;
pub mod dispatch;
mod page;
mod store;
mod suggest;
