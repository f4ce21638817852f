//! What the Worker asks the object of a calendar.

use serde::{Deserialize, Serialize};
use whittle_domain::address::Address;
use whittle_domain::calendar::{self, Calendar, Caller, Composed, Reading};
use whittle_domain::entity::Undeliverable;

use crate::mail::scope::Scope;
use crate::object::rpc::{Json, Representation, Rpc, requests};

/// The binding of the objects.
pub const BINDING: &str = "CALENDAR";

requests! {
    /// To become a calendar. Asked again with the same id it is a conflict.
    Create { pub id: u64, pub composed: Composed } -> ();
    /// To do something. The answer is the calendar after it, as the caller may see it.
    Perform {
        pub act: calendar::Act,
        /// As whom a form says that it acts: `i2`. Where that is somebody else by now, nothing is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
        /// The versions that the caller has seen, where that is a condition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub if_match: Option<Vec<u32>>,
    } -> Json<Reading>;
    /// To read it. With `looks` it is a look, which leaves a VIEW; without, it leaves nothing.
    Read { pub act: calendar::Act, pub looks: bool } -> Json<Reading>;
    /// To remind a contact: an act, whose answer says what came of it.
    Remind {
        pub act: calendar::Act,
        pub contact: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
    } -> Json<Reminded>;
    /// To finalise: an act, whose answer is the finalised calendar.
    Finalize {
        pub act: calendar::Act,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
    } -> Json<Box<Calendar>>;
    /// To tell the log, as an export that can be verified or as it is stored.
    Log { pub caller: Caller, pub jsonl: bool } -> Representation;
    /// To tell the log as the API shows it.
    ShowLog { pub caller: Caller } -> Representation;
    /// To tell whether the act would be refused whatever its content: before the faults of a body are told.
    Admit { pub act: calendar::Act } -> ();
    /// To tell whether there is such a calendar.
    Exists {} -> ();
    /// To send no more mail to whom a mail was sent: an invitee, or the owner (0).
    Unsubscribe { pub invitee: u16, pub scope: Scope } -> ();
    /// To note that mail does not reach an address.
    NoteUndeliverable { pub address: Address, pub why: Undeliverable } -> ();
    /// To send the mail that is held for an account that is verified now; tells whether none is held any more.
    Release { pub account: u64 } -> Json<bool>;
    /// To send a dead mail again, by an act of staff as JSON; tells whether there was one of this id.
    RetryMail { pub mail: String, pub act: String } -> Json<bool>;
    /// To answer: whether objects work.
    Ping {} -> ();
}

/// What came of a reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Whether a mail was sent.
    pub mailed: bool,
    /// Whether the contact has answered.
    pub answered: bool,
    pub first_name: String,
    pub last_name: String,
}
