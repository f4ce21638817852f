//! *Find a time*, by a browser: the page on which a proposal is composed, its preview, and its creation.
//!
//! `/new/` keeps nothing: whatever was typed goes back and forth between the browser and this page ([`draft`]), each button makes
//! something of it (more times, a series of times, people found), and the preview carries all of it in hidden fields. Only
//! `POST /` with the form of the preview makes the proposal, by the API's own handler ([`create`]).

pub mod api;
pub mod check;
pub mod create;
pub mod draft;
pub mod page;
pub mod preview;
pub mod store;
pub mod times;
mod who;
