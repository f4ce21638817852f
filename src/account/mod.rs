//! Accounts: how one signs up and in, and what one can do about one's own.

pub mod address;
pub mod api;
mod asked;
pub mod delete;
pub mod deleter;
pub mod dispatch;
pub mod export;
pub mod me;
mod page;
pub mod reset;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
mod store;

use crate::account_part::AccountPart;
use crate::{booking, busy, calendar, contact, mail, meeting, proposal};

pub use store::address_change::delete_old as delete_old_address_changes;

/// What each capability keeps of an account, in the order of the export.
const PARTS: [&dyn AccountPart; 8] = [
    &contact::account_part::Contacts,
    &proposal::account_part::Proposals,
    &calendar::account_part::Calendars,
    &meeting::account_part::Meetings,
    &busy::account_part::ImportedBusy,
    &booking::account_part::Bookings,
    &store::address_change::AddressChanges,
    &mail::account_part::Mail,
];
