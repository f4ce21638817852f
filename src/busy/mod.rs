//! When an account is busy: its meetings, and what it imports from a calendar file or reads from
//! calendars elsewhere.

pub mod account_part;
mod api;
pub mod dispatch;
mod import;
mod page;
mod reader;
mod store;
pub mod subscription;
pub mod waiting;
pub mod week;
