//! The routes of staff.

use super::policy::{Formats, Policy};
use super::{Miss, Route, id, methods};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Admin {
    /// `GET /admin/`: numbers of the last 30 days.
    AdminOverview,
    /// `GET /admin/{list}/`
    AdminList(List),
    /// `GET /admin/ledger/`: what staff have done.
    StaffLedger,
    /// `GET /admin/health/`: what is wrong, and how to mend it.
    AdminHealth,
    /// `GET /admin/accounts/{id}/`
    AdminAccount(u64),
    /// `POST /admin/accounts/{id}/`
    ActOnAccount(u64),
    /// `POST /admin/outbox/retry/`: a dead letter is sent again.
    RetryMail,
    /// `POST /admin/suppressions/release/`: an address gets mail again.
    ReleaseAddress,
    /// `POST /admin/health/mail/`: a mail to whoever asks.
    TestMail,
}

/// What is listed for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Proposals,
    Calendars,
    Meetings,
    Bookings,
    Accounts,
    Logs,
    Outbox,
    Suppressions,
}

impl List {
    pub const ALL: [Self; 8] = [
        Self::Proposals,
        Self::Calendars,
        Self::Meetings,
        Self::Bookings,
        Self::Accounts,
        Self::Logs,
        Self::Outbox,
        Self::Suppressions,
    ];

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Proposals => "/admin/proposals/",
            Self::Calendars => "/admin/calendars/",
            Self::Meetings => "/admin/meetings/",
            Self::Bookings => "/admin/bookings/",
            Self::Accounts => "/admin/accounts/",
            Self::Logs => "/admin/logs/",
            Self::Outbox => "/admin/outbox/",
            Self::Suppressions => "/admin/suppressions/",
        }
    }
}

impl Admin {
    pub const fn policy(self) -> Policy {
        match self {
            Self::StaffLedger => Policy::ACCOUNT.formats(Formats::JsonOrLines),
            Self::AdminOverview
            | Self::AdminList(_)
            | Self::AdminHealth
            | Self::AdminAccount(_)
            | Self::ActOnAccount(_)
            | Self::RetryMail
            | Self::ReleaseAddress => Policy::ACCOUNT,
            Self::TestMail => Policy::ACCOUNT.idempotent(),
        }
    }
}

/// The route of a path below `/admin/`.
pub fn route(method: &str, segments: &[&str]) -> Result<Route, Miss> {
    match segments {
        [] => methods(method, &[("GET", Admin::AdminOverview)]),
        ["ledger"] => methods(method, &[("GET", Admin::StaffLedger)]),
        ["health"] => methods(method, &[("GET", Admin::AdminHealth)]),
        ["health", "mail"] => methods(method, &[("POST", Admin::TestMail)]),
        ["outbox", "retry"] => methods(method, &[("POST", Admin::RetryMail)]),
        ["suppressions", "release"] => methods(method, &[("POST", Admin::ReleaseAddress)]),
        ["accounts", text] => {
            let id = id(text)?;
            methods(method, &[("GET", Admin::AdminAccount(id)), ("POST", Admin::ActOnAccount(id))])
        }
        [word] => {
            let named = |list: &List| super::segment(list.path(), 1) == *word;
            let list = List::ALL.into_iter().find(named).ok_or(Miss::NotFound)?;
            methods(method, &[("GET", Admin::AdminList(list))])
        }
        _ => Err(Miss::NotFound),
    }
}
