//! The routes of contacts.

use super::policy::{File, Formats, Policy};

/// The largest import, in bytes: a thousand rows of 256 bytes.
const MOST_IMPORTED: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Contact {
    /// `GET /schedules/contacts/`
    Contacts,
    /// `POST /schedules/contacts/`
    AddContact,
    /// `PATCH /schedules/contacts/`
    ChangeContact,
    /// `PUT /schedules/contacts/`: as `PATCH`.
    PutContact,
    /// `DELETE /schedules/contacts/`
    RemoveContact,
    /// `GET /schedules/contacts/groups/`
    ContactGroups,
    /// `POST /schedules/contacts/import/`
    ImportContacts,
    /// `GET /schedules/contacts/export/`
    ExportContacts,
}

impl Contact {
    pub const fn policy(self) -> Policy {
        match self {
            Self::AddContact => Policy::ACCOUNT.idempotent(),
            Self::ImportContacts => Policy::ACCOUNT.file(MOST_IMPORTED, File::CSV).idempotent(),
            Self::Contacts
            | Self::ChangeContact
            | Self::PutContact
            | Self::RemoveContact
            | Self::ContactGroups => Policy::ACCOUNT,
            Self::ExportContacts => Policy::ACCOUNT.formats(Formats::Csv),
        }
    }
}
