//! What the Worker asks the object of a proposal.

use serde::{Deserialize, Serialize};
use whittle_domain::address::Address;
use whittle_domain::link::Link;
use whittle_domain::meeting::Meeting;
use whittle_domain::proposal::{self, Caller, Proposed, Undeliverable};

use crate::mail::scope::Scope;
use crate::object::rpc::{Json, Representation, Rpc, requests};

/// The binding of the objects.
pub const BINDING: &str = "PROPOSAL";

requests! {
    /// To become a proposal. Asked again with the same id it is a conflict, but for a next round, which is shown.
    Create { pub id: u64, pub proposed: Proposed } -> Representation;
    /// To do something, or to look. The answer is the proposal after it, as the caller may see it.
    Perform {
        pub act: proposal::Act,
        /// As whom a form says that it acts: `p2`. Where that is somebody else by now, nothing is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
        /// The versions that the caller has seen, where that is a condition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub if_match: Option<Vec<u32>>,
    } -> Representation;
    /// To tell all that a page shows. With `looks` it is a look, which leaves a VIEW; without, a closed one is told of, too.
    Read { pub act: proposal::Act, pub looks: bool } -> Representation;
    /// To mail parties: an act, whose answer names the recipients.
    Notify {
        pub act: proposal::Act,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
    } -> Representation;
    /// To make a link of a party for the organiser to pass on: an act, whose answer is what the link's token is made of.
    MakeLink {
        pub act: proposal::Act,
        pub party: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
    } -> Json<Link>;
    /// To open the next round: an act, whose answer is the id of the proposal that follows, once that is there.
    OpenRound {
        pub act: proposal::Act,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
    } -> Json<u64>;
    /// To tell the log, as an export that can be verified or as the API's list.
    Log { pub caller: Caller, pub jsonl: bool } -> Representation;
    /// To tell whether the caller may act here at all: before the faults of a body are told.
    Admit { pub caller: Caller, pub closed_too: bool, pub organiser: bool } -> ();
    /// To show the proposal as its creator sees it; this leaves no entry.
    Show {} -> Representation;
    /// To tell what was agreed.
    GetAgreement { pub caller: Caller } -> Json<Agreement>;
    /// To tell which attendee of the meeting that was agreed on the caller is.
    GetAttendee { pub caller: Caller } -> Json<u16>;
    /// To send no more mail to whom a mail with this link was sent: a party, or the creator (0).
    Unsubscribe { pub party: u16, pub generation: u32, pub scope: Scope } -> ();
    /// To note that mail does not reach an address.
    NoteUndeliverable { pub address: Address, pub why: Undeliverable } -> ();
    /// To send the mail that is held for an account that is verified now; tells whether none is held any more.
    Release { pub account: u64 } -> Json<bool>;
    /// To tell where it goes on, and with which address the caller is asked here.
    GetSuccessor { pub caller: Caller } -> Json<Successor>;
    /// To tell which party has this address, with the generation of its links.
    FindParty { pub address: Address } -> Json<Option<(u16, u32)>>;
    /// To send a dead mail again, by an act of staff as JSON; tells whether there was one of this id.
    RetryMail { pub mail: String, pub act: String } -> Json<bool>;
    /// To answer: whether objects work.
    Ping {} -> ();
}

/// Where a proposal goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// The next round, if there is one.
    pub id: Option<u64>,
    /// The address of the party that asks.
    pub address: Option<Address>,
}

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The meeting as it was then.
    pub meeting: Meeting,
    /// The party that asks; none for a caller with the organiser's rights.
    pub party: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev::Dev;
    use crate::object::rpc::Message;
    use whittle_domain::detail::Detail;
    use whittle_domain::proposal::{Command, Narrowing, NewDeadline, Via};
    use whittle_domain::text::Location;

    #[test]
    fn the_format_is_pinned() {
        let act = proposal::Act {
            caller: Caller::Link { party: 2, generation: 1 },
            via: Via::Link,
            command: Command::Narrow(Narrowing {
                details: vec![Detail::Location(Location::parse("Room 5").unwrap())],
                deadline: Some(NewDeadline { to: None }),
                ..Narrowing::default()
            }),
        };
        let message = Message {
            request: Request::from(Perform { act, expected: None, if_match: None }),
            dev: Dev::default(),
        };
        let text = serde_json::to_string(&message).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"request":{"perform":{"act":{"caller":{"link":{"party":2,"generation":1}},"via":"link","command":{"narrow":{"slots":null,"#,
                r#""details":[{"location":"Room 5"}],"deadline":{"to":null},"note":null,"if_match":null}}}}},"dev":{"offset":null,"failpoint":null,"id":null}}"#
            )
        );
        assert_eq!(whittle_json::from_str::<Message<Request>>(&text).unwrap(), message);
    }
}
