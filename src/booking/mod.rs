//! Bookings: events that an account books, blocked and working hours, and the booking page that it publishes to guests. An event is
//! a meeting; what may be booked is judged by [`whittle_domain::booking`], and nobody is booked twice by the guards of the schema.

pub mod account_part;
pub mod dispatch;
mod event;
pub mod guest;
mod hours;
mod offer;
