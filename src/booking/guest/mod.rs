//! What guests see and do: free times, holds, and the bookings that come of them.

pub mod api;
pub mod book;
pub mod booked;
pub mod dispatch;
pub mod expire;
mod frame;
pub mod page;
mod store;
