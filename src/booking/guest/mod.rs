//! What guests see and do: free times, holds, and the bookings that come of them.

pub mod dispatch;
