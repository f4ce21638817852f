//! The routes of an account's engagements.

use super::policy::{File, Policy};

/// The largest calendar file, in bytes: some thousand events as calendars write them.
const MOST_IMPORTED: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Busy {
    /// `GET /api/user/busy/`
    ListBusy,
    /// `POST /api/user/busy/import/`
    ImportBusy,
    /// `DELETE /api/user/busy/import/`: what was imported is forgotten.
    ForgetBusy,
    /// `GET /api/user/busy/subscriptions/`
    Subscriptions,
    /// `POST /api/user/busy/subscriptions/`
    Subscribe,
    /// `POST /api/user/busy/subscriptions/{id}/`: it is read now.
    ReadSubscription(u64),
    /// `DELETE /api/user/busy/subscriptions/{id}/`
    EndSubscription(u64),
}

impl Busy {
    pub const fn policy(self) -> Policy {
        match self {
            Self::ListBusy
            | Self::ForgetBusy
            | Self::Subscriptions
            | Self::Subscribe
            | Self::ReadSubscription(_)
            | Self::EndSubscription(_) => Policy::ACCOUNT,
            Self::ImportBusy => Policy::ACCOUNT.file(MOST_IMPORTED, File::CALENDAR).idempotent(),
        }
    }
}
