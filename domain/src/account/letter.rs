//! The mail about an account: nobody can opt out of it, for it is about who may sign in.

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::link::Link;

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Template {
    /// To prove an address, to who signed up with it.
    Verify,
    /// Somebody signed up with an address that is another account's already, or wants to change to it, to its owner.
    Taken,
    /// To choose a new password, to who asked for it.
    Reset,
    /// The password was changed.
    Changed,
    /// To prove an address, to who wants to change to it.
    Move,
    /// The address is to be another, to the old one, which can undo it.
    Leaving,
    /// The address is another now, to the old one, which can undo it.
    Left,
    /// The account was deleted.
    Gone,
    /// That mail arrives, to who of staff asked for it.
    Test,
    /// To nobody: what is written where an address has no account, so that asking costs the same. It is never sent.
    Nobody,
}

/// What a mail about an account is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which mail.
    pub template: Template,
    /// To whom.
    pub to: Address,
    /// The account.
    pub account: u64,
    /// What it signs in with.
    pub username: String,
    /// The link to act by, where there is one.
    pub link: Option<Link>,
    /// The other address, where it is about one.
    pub other: Option<Address>,
}
