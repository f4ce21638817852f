//! What the Worker asks the proposal's object, so that the two cannot disagree. The object answers with the very
//! status, ETag and body that the caller gets.

use serde::{Deserialize, Serialize};
use whittle_domain::address::Address;
use whittle_domain::meeting::Meeting;
use whittle_domain::proposal::{Act, Caller, Creator, New, Undeliverable, Via};

use crate::dev::Dev;
use crate::mail::unsubscribe::Scope;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What is asked.
    pub ask: Ask,
    /// What development asks for.
    #[serde(default)]
    pub dev: Dev,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To become a proposal. 201; asked again with the same id, 409, but 200 for a next round.
    Create {
        /// Its id, which is the object's name.
        id: u64,
        /// Who proposes.
        creator: Creator,
        /// How the creator came.
        via: Via,
        /// What.
        new: Box<New>,
    },
    /// To do, or to look.
    Act(Act),
    /// The log.
    Log {
        /// Who asks.
        caller: Caller,
        /// As an export that can be verified, or as the API's list.
        jsonl: bool,
    },
    /// Whether the caller may act here at all: 200, or the refusal.
    Admit {
        /// Who asks.
        caller: Caller,
        /// Whether it is for an act that a closed proposal takes, too.
        closed_too: bool,
        /// Whether it is for an act of the organiser's.
        organiser: bool,
    },
    /// To show itself to its other rounds; this leaves no entry.
    Shown,
    /// What was agreed: 200 with [`Agreement`], 404 before.
    Agreement {
        /// Who asks.
        caller: Caller,
    },
    /// To send no more mail to whom this was mailed: 204.
    Leave {
        /// The party, 0 for the creator.
        party: u16,
        /// The generation of the mail's links.
        generation: u32,
        /// How much mail is meant.
        scope: Scope,
    },
    /// To note that mail does not reach an address: 204.
    Undeliverable {
        /// The address.
        address: Address,
        /// Why.
        why: Undeliverable,
    },
    /// To send what it holds for an account that is verified now: 204.
    Release {
        /// The account.
        account: u64,
    },
    /// Whether objects work.
    Ping,
}

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The meeting as it was then.
    pub meeting: Meeting,
    /// The party that asks; none for who has the organiser's rights.
    pub party: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::proposal::{Command, Narrowing, NewDeadline};

    #[test]
    fn the_format_is_pinned() {
        let act = Act {
            caller: Caller::Link { party: 2, generation: 1 },
            via: Via::Link,
            command: Command::Narrow(Narrowing {
                deadline: Some(NewDeadline { to: None }),
                ..Narrowing::default()
            }),
        };
        let message = Message { ask: Ask::Act(act), dev: Dev::default() };
        let text = serde_json::to_string(&message).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"ask":{"act":{"caller":{"link":{"party":2,"generation":1}},"via":"link","command":{"narrow":{"slots":null,"#,
                r#""title":null,"deadline":{"to":null},"note":null,"if_match":null}}}},"dev":{"offset":null,"failpoint":null,"id":null}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message);
    }
}
