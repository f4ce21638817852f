//! When an account is busy: its meetings, and what it imports from a calendar file.

pub mod account_part;
mod api;
pub mod dispatch;
mod import;
mod page;
mod reader;
mod store;
mod waiting;
pub mod week;
