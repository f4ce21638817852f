//! Engagements that an account brings from elsewhere: a calendar file becomes the times at which the account is busy.
//!
//! The file's grammar and its rules are read by a library outside this crate (js/ics.js); [`CalendarFile`] is what that gives.
//! It is judged here like any input: which instances count, and what they are in UTC.

mod feed;
mod file;
mod import;

pub use feed::{FeedAddress, FeedFault, MAX_FEED_BYTES, MAX_FEED_URL, MAX_FEEDS, MAX_REDIRECTS, judge_feed};
pub use file::{CalendarFile, Event, Moment, Rule, Trouble};
pub use import::{Import, ImportError, ImportedEvent, Range, plan_import};

/// The most busy times of one file. A person with ten engagements on each working day has 2,500 a year, but a file of 256 KiB
/// that has more than this is a mistake rather than somebody's calendar.
pub const MAX_INSTANCES: usize = 1_000;
/// The most imported busy times of an account: of five such files.
pub const MAX_IMPORTED: usize = 5_000;
