//! The rules of Whittle, without any platform. This crate does no input or output and reads no clock: time, ids, random
//! bytes and keys are arguments, so every decision can be tested and repeated.
//!
//! Values:
//! * [`slot`], [`instant`], [`duration`], [`address`], [`text`], [`zone`]: what the API reads and writes.
//! * [`wall`]: wall time becomes instants.
//! * [`order`]: sorting, small.
//! * [`weekly`]: hours of a week, in wall time, and the slots that they make.
//! * [`night`]: which slots are at night for somebody.
//! * [`hex`], [`keyring`], [`link`], [`webhook`]: keys, the tokens of mailed links, the signature of the provider's webhooks.
//!
//! Capabilities:
//! * [`proposal`]: *Find a time*. What a caller may do, what follows from it, and which mails it causes.
//! * [`meeting`]: the agreed time, its changes, its mails and its iCalendar parts.
//! * [`schedule`]: *One-to-ones*. The best schedule, its certificate, alternatives and explanations.
//! * [`booking`]: *Book*. Working hours, the hours of a date, free and busy time, and what may be booked.
//! * [`busy`]: the engagements that an account imports from a calendar file.
//! * [`contact`]: an account's contacts, with import and export as CSV.
//! * [`account`]: user names, passwords and settings.
//! * [`staff`]: the ledger of what staff do.
//!
//! Shared:
//! * [`input`]: request bodies become commands, with the error shapes of the API.
//! * [`entity`]: what the machine of Durable Objects asks of a proposal, and of every other kind of object.
//! * [`ledger`]: the hash-chained log, its export and its verifier.

#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test may panic"))]

pub mod account;
pub mod address;
pub mod booking;
pub mod busy;
pub mod calendar;
pub mod contact;
pub mod detail;
pub mod duration;
pub mod entity;
pub mod hex;
pub mod ical;
pub mod input;
pub mod instant;
pub mod keyring;
pub mod ledger;
pub mod link;
pub mod local;
pub mod meeting;
pub mod night;
pub mod order;
pub mod proposal;
pub mod schedule;
pub mod slot;
pub mod staff;
pub mod text;
pub mod wall;
pub mod webhook;
pub mod weekly;
pub mod zone;
