//! The routes of the service itself.

use super::policy::{Formats, Policy};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// `GET /openapi`
    OpenApi,
    /// `GET /docs/`: the same description, operation by operation, for people.
    Docs,
    /// `GET /healthz`
    Health,
    /// `GET /demo/`: a proposal for strangers to try.
    Demo,
    /// `POST /demo/`: what would come of an answer.
    TryDemo,
}

impl Service {
    pub const fn policy(self) -> Policy {
        match self {
            Self::OpenApi | Self::Docs => Policy::PUBLIC.formats(Formats::Description),
            Self::Health => Policy::PUBLIC,
            Self::Demo | Self::TryDemo => Policy::PUBLIC_FORM,
        }
    }
}
