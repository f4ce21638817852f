//! What a meeting has beside if a guest has booked it: by which offer, whose word it waits for, and until when the guest may change
//! it.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::zone::Zone;

/// For how long a booking waits for the guest to confirm it.
pub const HOLD: Duration = Duration::from_seconds(30 * 60);
/// For how long a booking waits for the owner to answer, at most: it does not outlast the time that was asked for.
pub const APPROVAL: Duration = Duration::from_seconds(48 * 3_600);

/// Whose word a booking waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Awaits {
    /// That the guest confirms it, by the link that was mailed.
    Guest,
    /// That the owner approves of it.
    Owner,
}

/// A guest's booking, beside the meeting. What is said of the offer is what it said when it was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The offer, which may be gone by now.
    pub offer: u64,
    /// Whose word it waits for, or has waited for until it expired.
    pub awaits: Option<Awaits>,
    /// Until when its time is held; `None` where it is firm.
    pub expires: Option<Instant>,
    /// Whether the owner has to approve of it.
    pub approval: bool,
    /// The buffers before and after it, in minutes.
    pub buffers: (i64, i64),
    /// Until how many minutes before it begins the guest may move or cancel it.
    pub notice: i64,
    /// The zone in which the guest reads times.
    pub timezone: Zone,
    /// The questions with the guest's answers.
    pub answers: Vec<(String, String)>,
    /// Whether its time is to be judged as a guest's: by soft engagements, buffers and the daily cap, too. It says so of the act at
    /// hand, and is not stored.
    #[serde(skip)]
    pub strict: bool,
}

impl Booking {
    /// Whether the guest may still move or cancel it, where it begins then.
    #[must_use]
    pub fn may_change(&self, begin: Instant, now: Instant) -> bool {
        now < begin && self.last_change(begin) >= now
    }

    /// Until when the guest may move or cancel it, where it begins then.
    #[must_use]
    pub fn last_change(&self, begin: Instant) -> Instant {
        begin.saturating_add(Duration::from_seconds(self.notice.saturating_mul(-60)))
    }

    /// Whether its time is not held any more.
    #[must_use]
    pub fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }
}
