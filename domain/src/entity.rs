//! What an object's machine asks of the domain. Proposals and calendars are entities; whatever the machine does
//! (one transaction, one order of acts, mail, tasks, the alarm) is the same for both.
//!
//! ```text
//! create(id, New, now)        -> Decision                       what begins an entity
//! decide(&self, &Act, now)    -> Result<Decision, Rejection>    what an act causes
//! apply(before, &Event)       -> Option<Self>                   the only way in which state changes
//! next_wakeup(&self, now)     -> Option<Instant>                when time itself causes something
//! record(&self, &Event, ...)  -> Recorded                       the ledger entry that an event leaves
//! letters(before, after, ...) -> Vec<Outgoing>                  the mails that an event sends
//! ```

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::instant::Instant;
use crate::ledger::{Digest, LedgerKind, Recorded, Salts};

/// Something that has one history: acts on it have one order, and each leaves its entries in one ledger.
///
/// Time is an argument of every function (UTC, in microseconds), and so are ids and random bytes: whatever is decided can
/// be replayed.
pub trait Entity: Clone + Serialize + DeserializeOwned + 'static {
    /// Its ledger.
    type Ledger: LedgerKind;
    /// What an entity is made of.
    type New;
    /// What somebody asks of it.
    type Act;
    /// What happens to it.
    type Event;
    /// Why an act is refused. Nothing has changed then.
    type Rejection;
    /// Who acts, as the entity knows the caller by now.
    type Cause;
    /// A mail about it.
    type Letter;

    /// Its id: a positive integer below 2^53, which is also the name of its object.
    fn id(&self) -> u64;

    /// The events that begin the entity `id`.
    fn create(id: u64, new: Self::New, now: Instant) -> Decision<Self>;

    /// What an act causes.
    ///
    /// # Errors
    /// [`Entity::Rejection`]; rights are judged before state, state before content.
    fn decide(&self, act: &Self::Act, now: Instant) -> Result<Decision<Self>, Self::Rejection>;

    /// The act of time itself: it does what is due.
    fn tick() -> Self::Act;

    /// The state after an event; `None` only for an event before the first.
    fn apply(before: Option<Self>, event: &Self::Event) -> Option<Self>;

    /// When the machine must call [`Entity::tick`] next, never before `now`.
    fn next_wakeup(&self, now: Instant) -> Option<Instant>;

    /// The ledger entry of an event that led to this state.
    fn record(
        &self,
        event: &Self::Event,
        prev: Digest,
        salts: &Salts,
    ) -> Recorded<<Self::Ledger as LedgerKind>::Body>;

    /// The mails of an event, which led from `before` to `after` and to the ledger's `head`. Their links are good for
    /// `link_days`.
    fn letters(
        before: Option<&Self>,
        after: &Self,
        event: &Self::Event,
        cause: &Self::Cause,
        head: Digest,
        link_days: i64,
    ) -> Vec<Outgoing<Self::Letter>>;

    /// Whether it was ended by somebody: mail that is still held then is never sent.
    fn is_closed(&self) -> bool;

    /// Whether a queued mail is still to be sent, by what has become of the entity since.
    fn still_wanted(&self, letter: &Self::Letter) -> bool;

    /// The act by which the entity takes note that a mail was not sent; `None` where that concerns nobody.
    fn not_sent(&self, letter: &Self::Letter, why: NotSent) -> Option<Self::Act>;
}

/// What was decided of an act.
#[derive(Debug)]
pub struct Decision<E: Entity> {
    /// What happens, in order; nothing where the act changes nothing.
    pub events: Vec<E::Event>,
    /// Who acts.
    pub cause: E::Cause,
    /// The mail that the act causes and that counts against budgets.
    pub counted: CountedMail,
}

/// Mail that people cause: it counts against the budgets of its sender and of its recipients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountedMail {
    /// Who is counted as the sender.
    pub sender: Sender,
    /// Who is mailed: the number of a participant of the entity, and its address.
    pub recipients: Vec<(u16, Address)>,
    /// The account that the mail is held for: until it is released, it counts for nobody else.
    pub held_for: Option<u64>,
}

/// Whom mail counts for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sender {
    /// Nobody: time itself causes it.
    #[default]
    System,
    /// Whoever reads the mail of this address.
    Address(Address),
    /// An account that has proven no address: it counts for itself, so that it uses up nobody's budget.
    Account(u64),
}

/// A mail to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing<L> {
    /// What it is made of.
    pub letter: L,
    /// The participant that is mailed, if it is one: its [`CountedMail::recipients`] are matched by this number.
    pub recipient: Option<u16>,
    /// The account whose address must be verified before the mail is sent.
    pub held_for: Option<u64>,
}

/// Why a mail was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// Mail does not reach the address.
    Undeliverable(Undeliverable),
    /// Its reader has unsubscribed.
    Unsubscribed,
    /// Its reader wants less mail of this kind.
    Unwanted,
}

/// How a caller was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A mailed link.
    Link,
    /// User name and password with the request (RFC 7617).
    Basic,
    /// An account's token.
    Token,
    /// An account's access token (RFC 6750).
    Bearer,
    /// A browser's session.
    Session,
    /// Not at all: the system itself acts.
    System,
}

impl Via {
    /// The word in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Basic => "basic",
            Self::Token => "token",
            Self::Bearer => "bearer",
            Self::Session => "session",
            Self::System => "system",
        }
    }
}

/// Why mail does not reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undeliverable {
    /// The mail provider reports a lasting bounce.
    Bounced,
    /// The recipient reported our mail as spam.
    Complained,
}

impl Undeliverable {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}
