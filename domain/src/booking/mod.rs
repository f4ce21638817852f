//! Bookings: when somebody can be booked, what a booking makes of a meeting, and what guests may book. Times are instants; hours are
//! wall time of an account's zone.

pub mod day;
pub mod event;
pub mod event_view;
pub mod freebusy;
pub mod guest;
pub mod hours;
pub mod judge;
pub mod offer;
pub mod starts;
pub mod suggest;
