//! The way in and out: what a request is, what an answer is, and what lies between the two.

pub mod body;
pub mod context;
pub mod cookies;
pub mod credential;
pub mod cursor;
pub mod error_page;
pub mod field;
pub mod form;
pub mod head;
pub mod idempotency;
pub mod layout;
pub mod members;
pub mod negotiation;
pub mod notice;
pub mod page;
pub mod parts;
pub mod precondition;
pub mod rate_limit;
mod refusal;
pub mod reply;
pub mod same_origin;
pub mod serve;
pub mod sign_in;
pub mod viewer;
