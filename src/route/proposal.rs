//! The routes of proposals.

use super::policy::{Formats, Policy};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// `GET /`: the caller's proposals.
    List,
    /// `GET /api/home/`: what needs the caller, what waits for others, what is agreed.
    Home,
    /// `POST /`: propose.
    Propose,
    /// `GET /new/`: the page on which a proposal is composed.
    Compose,
    /// `POST /new/`: the same page with what was typed, and more of it; nothing is kept.
    ComposeMore,
    /// `GET /{id}/`
    Show(u64),
    /// `PATCH /{id}/`
    Narrow(u64),
    /// `DELETE /{id}/`
    Close(u64),
    /// `POST /{id}/notify/`
    Notify(u64),
    /// `POST /{id}/revoke/`
    Revoke(u64),
    /// `GET /{id}/log/`
    Log(u64),
    /// `GET /{id}/live/`: a WebSocket that tells the version.
    Live(u64),
    /// `POST /{id}/resend/`
    Resend(u64),
    /// `DELETE /{id}/parties/{party}/`
    Withdraw(u64, u16),
    /// `PUT /{id}/parties/{party}/`
    Replace(u64, u16),
    /// `PATCH /{id}/parties/{party}/`
    SetOptional(u64, u16),
    /// `POST /{id}/parties/{party}/link/`
    MakeLink(u64, u16),
    /// `POST /{id}/fix/`
    Fix(u64),
    /// `POST /{id}/round/`
    Round(u64),
    /// `GET /{id}/calendar.ics`
    Calendar(u64),
    /// `POST /{id}/follow/`: to the next round, with the same party's link there.
    Follow(u64),
    /// `POST /{id}/forget/`: the browser forgets its link.
    Forget(u64),
    /// `POST /{id}/decline/`: as `POST /meetings/{id}/decline/`, by the proposal's link.
    DeclineAgreed(u64),
    /// `POST /{id}/accept/`: as `POST /meetings/{id}/accept/`, by the proposal's link.
    AcceptAgreed(u64),
}

impl Proposal {
    pub const fn policy(self) -> Policy {
        match self {
            Self::List | Self::Home | Self::Compose | Self::ComposeMore => Policy::ACCOUNT,
            Self::Propose => Policy::ACCOUNT.idempotent(),
            // Sent again, declining and accepting do nothing by themselves.
            Self::Follow(_)
            | Self::Forget(_)
            | Self::Show(_)
            | Self::Revoke(_)
            // The answer is a secret, so no key keeps it.
            | Self::MakeLink(..)
            | Self::DeclineAgreed(_)
            | Self::AcceptAgreed(_) => Policy::ACCOUNT_OR_LINK,
            Self::Narrow(_) | Self::Close(_) | Self::Withdraw(..) | Self::Replace(..) | Self::SetOptional(..) => {
                Policy::ACCOUNT_OR_LINK.if_match()
            }
            Self::Fix(_) => Policy::ACCOUNT_OR_LINK.idempotent().if_match(),
            Self::Notify(_) | Self::Resend(_) | Self::Round(_) => {
                Policy::ACCOUNT_OR_LINK.idempotent()
            }
            Self::Log(_) => Policy::ACCOUNT_OR_LINK.formats(Formats::JsonOrLines),
            Self::Live(_) => Policy::ACCOUNT_OR_LINK.socket(),
            Self::Calendar(_) => Policy::ACCOUNT_OR_LINK.formats(Formats::Calendar),
        }
    }
}
