//! The routes of mail.

use super::policy::Policy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Mail {
    /// `GET /unsubscribe/{token}/`
    Unsubscribe,
    /// `POST /unsubscribe/{token}/`
    UnsubscribeNow,
    /// `POST /mail/events`
    MailEvents,
    /// `GET /outbox/`, in development alone.
    Outbox,
}

impl Mail {
    pub const fn policy(self) -> Policy {
        match self {
            Self::Unsubscribe => Policy::IN_REQUEST,
            // One click in a mail program (RFC 8058), from whatever page that shows the mail.
            Self::UnsubscribeNow => Policy::IN_REQUEST.cross_site(),
            Self::MailEvents => Policy::SIGNED,
            Self::Outbox => Policy::PUBLIC,
        }
    }
}
