//! Calendars elsewhere that an account has subscribed to: their busy times are read every hour.
//!
//! The address is a secret of the account, as whoever has it reads the calendar: no log says it, and an export its host alone.

pub mod api;
mod read;
pub mod store;
pub mod wake;
