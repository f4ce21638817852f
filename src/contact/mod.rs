//! Contacts: whom an account meets. Nobody sees another's, staff neither.

pub mod api;
pub mod import;
pub mod store;
