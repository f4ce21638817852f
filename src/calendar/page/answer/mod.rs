//! The pages of somebody who is asked, by a mailed link and without an account: when can you?

mod act;
mod common;
mod form;
mod over;

pub use act::{act, resend, show};
