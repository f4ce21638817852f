//! Random histories of calendars, and a model of what must come of them.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod history;
pub mod model;
pub mod scenario;
