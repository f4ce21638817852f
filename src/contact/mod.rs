//! Contacts: whom an account meets. Nobody sees another's, staff neither.

pub mod account_part;
pub mod api;
pub mod dispatch;
pub mod import;
mod page;
pub mod store;
