//! The routes of meetings and of an account's calendar feed.

use super::policy::{Formats, Policy};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Meeting {
    /// `GET /meetings/{id}/`
    Meeting(u64),
    /// `PATCH /meetings/{id}/`
    Update(u64),
    /// `DELETE /meetings/{id}/`
    Cancel(u64),
    /// `POST /meetings/{id}/decline/`
    Decline(u64),
    /// `POST /meetings/{id}/accept/`
    Accept(u64),
    /// `POST /meetings/{id}/confirm/`: a guest's booking, by the mailed link.
    Confirm(u64),
    /// `POST /meetings/{id}/approve/`: a guest's booking, by its organiser.
    Approve(u64),
    /// `GET /meetings/{id}/times/`: to which a guest's booking can be moved.
    OtherTimes(u64),
    /// `POST /meetings/{id}/forget/`: the browser forgets its link.
    ForgetMeeting(u64),
    /// `GET /meetings/{id}/calendar.ics`
    MeetingFile(u64),
    /// `GET /feed/`
    FeedLink,
    /// `POST /feed/`
    RotateFeed,
    /// `GET /feed/{token}.ics`
    Feed,
}

impl Meeting {
    pub const fn policy(self) -> Policy {
        match self {
            // Sent again, declining and accepting do nothing by themselves.
            Self::ForgetMeeting(_)
            | Self::Meeting(_)
            | Self::Decline(_)
            | Self::Confirm(_)
            | Self::OtherTimes(_)
            | Self::Accept(_) => Policy::ACCOUNT_OR_LINK,
            Self::MeetingFile(_) => Policy::ACCOUNT_OR_LINK.formats(Formats::Calendar),
            Self::Update(_) | Self::Cancel(_) => Policy::ACCOUNT_OR_LINK.if_match(),
            // The answer of a rotation is a secret, which is not kept.
            Self::FeedLink | Self::RotateFeed | Self::Approve(_) => Policy::ACCOUNT,
            Self::Feed => Policy::IN_REQUEST.formats(Formats::Calendar),
        }
    }
}
