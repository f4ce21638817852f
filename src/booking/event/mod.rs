//! Events: the meetings that an account books with others.

pub mod dispatch;
