//! When an account can be booked: its working hours, the hours it has blocked, and what others learn of them.

pub mod blocks;
pub mod dispatch;
pub mod look;
mod page;
pub mod store;
pub mod working;
mod working_page;
