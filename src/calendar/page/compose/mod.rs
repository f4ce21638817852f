//! *One-to-ones*, by a browser: the page on which a calendar is composed, its preview, and its creation.
//!
//! The page keeps nothing, as `/new/` of proposals: what was typed goes back and forth between the browser and this page ([`draft`]),
//! each button makes something of it, and the preview carries all of it in hidden fields. Only `POST /schedules/calendars/create/` with
//! the form of the preview makes the calendar ([`create`]).

pub mod api;
pub mod check;
pub mod create;
pub mod draft;
mod preview;
pub mod store;
pub mod times;
mod view;
