//! The rules of Whittle, without any platform: no input or output, no clock, no randomness. Time, ids, random bytes
//! and keys are arguments; whatever is decided here can be replayed.
//!
//! * [`slot`], [`instant`], [`duration`], [`address`], [`text`], [`zone`]: the values.
//! * [`proposal`]: *Find a time*: what may be done, what follows, who hears of it.
//! * [`account`]: who can sign in.
//! * [`meeting`]: what agreeing ends in, its parts for calendars.
//! * [`contact`]: the people of an account, their way in and out as CSV.
//! * [`schedule`]: *One-to-ones*: the best schedule, its proof, what else there is, and why.
//! * [`ledger`]: the log that cannot be bent, its export and its verifier.
//! * [`link`]: the tokens in mailed links. [`keyring`]: the keys behind them.
//! * [`webhook`]: the signature of what the mail provider tells us.
//! * [`input`]: request bodies into commands, with the error shapes of the API.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test may panic"))]

pub mod account;
pub mod address;
pub mod contact;
pub mod duration;
pub mod hex;
pub mod input;
pub mod instant;
pub mod keyring;
pub mod ledger;
pub mod link;
pub mod meeting;
pub mod proposal;
pub mod schedule;
pub mod slot;
pub mod text;
pub mod webhook;
pub mod zone;
