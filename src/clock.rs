//! The only place that reads the time, and that waits for something only so long.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use whittle_domain::instant::Instant;
use worker::Delay;

/// Milliseconds by which a test has moved the clock; zero without `DEV=1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset(pub i64);

/// Now, as the service sees it.
pub fn now(offset: Offset) -> Instant {
    Instant::from_millis(real_millis().saturating_add(offset.0))
}

/// The real point in time, in milliseconds since the epoch, at which the service's clock shows `at`: alarms are set in
/// logical time and kept by a real clock.
pub const fn real_millis_of(at: Instant, offset: Offset) -> i64 {
    at.millis().saturating_sub(offset.0)
}

/// What `work` gives within `deadline`; `None` where it takes longer, and then it is dropped.
pub async fn within<T>(deadline: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(Delay::from(deadline))).await {
        Either::Left((given, _)) => Some(given),
        Either::Right(_) => None,
    }
}

/// Real milliseconds since the epoch, for measuring a request.
pub fn real_millis() -> i64 {
    #[allow(clippy::disallowed_methods, reason = "the one place")]
    let now = worker::Date::now();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
