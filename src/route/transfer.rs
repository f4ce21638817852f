//! The routes of moving a deployment.

use super::policy::Policy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Transfer {
    /// `GET /transfer/`: the tables that there are.
    TransferTables,
    /// `GET /transfer/tables/{name}/`: rows.
    TransferRows,
    /// `POST /transfer/tables/{name}/`: rows from another deployment.
    AddTransferRows,
    /// `GET /transfer/objects/{kind}/{id}/`: all that an object stores.
    TransferObject,
    /// `PUT /transfer/objects/{kind}/{id}/`: an object from another deployment.
    PutTransferObject,
}

impl Transfer {
    pub const fn policy(self) -> Policy {
        match self {
            Self::TransferTables
            | Self::TransferRows
            | Self::AddTransferRows
            | Self::TransferObject
            | Self::PutTransferObject => Policy::KEY,
        }
    }
}
