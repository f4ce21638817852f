//! How much mail somebody wants no more of, who unsubscribes.

use serde::{Deserialize, Serialize};
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use worker::Env;

use super::suppression;
use crate::d1::Directory;
use crate::error::{Result, bad_request};

/// How much mail is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// About this proposal, meeting or calendar.
    Proposal,
    /// Of whoever proposed it, or called it.
    Sender,
    /// All of it.
    Everything,
    /// None, after all: what was said before is taken back.
    None,
}

impl Scope {
    pub fn parse(text: Option<&str>) -> Result<Self> {
        match text {
            None | Some("" | "proposal") => Ok(Self::Proposal),
            Some("sender") => Ok(Self::Sender),
            Some("everything") => Ok(Self::Everything),
            Some("none") => Ok(Self::None),
            Some(_) => {
                let choices =
                    "Value is not a valid choice: \"proposal\", \"sender\", \"everything\" or \"none\".";
                Err(bad_request(json!({ "scope": [choices] })))
            }
        }
    }

    /// Notes what goes beyond the proposal.
    pub async fn note(self, env: &Env, address: &Address, account: u64, now: Instant) -> Result<()> {
        let directory = Directory::of(env);
        match self {
            Self::Proposal => Ok(()),
            Self::Sender => suppression::opt_out(&directory, address, account, now).await,
            Self::Everything => suppression::unsubscribe(&directory, address, now).await,
            Self::None => suppression::welcome(&directory, address, account).await,
        }
    }
}
