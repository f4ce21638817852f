//! What a capability keeps of an account. Each capability implements [`AccountPart`] for what is its own; the export and the
//! deletion of accounts ask them in turn (src/account/{export,delete}.rs).

use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use worker::Env;

use crate::d1::Statement;
use crate::error::Result;

/// A list of an account's export, which is read page by page.
#[derive(Clone)]
pub struct ExportList {
    /// The member of the export that it is.
    pub name: &'static str,
    /// The query for a page, of the account `me` ([`crate::auth::account::query_as_account`]). A row is its place (a time, a
    /// point, an id), a blank, and JSON. The names `:after_time`, `:after_id` and `:most` are bound for each page.
    pub page: Statement,
}

/// An account that is being deleted.
#[derive(Clone, Debug, Deserialize)]
pub struct Leaving {
    pub id: u64,
    pub address: Address,
    pub verified: u8,
}

pub trait AccountPart {
    /// Its lists of an export, with URLs that begin with `origin`.
    fn exports(&self, origin: &str) -> Vec<ExportList>;

    /// The query for the ids of what would go on without the account, and has to end before that can be deleted.
    fn unfinished(&self, _account: u64, _now: Instant) -> Option<Statement> {
        None
    }

    /// Ends one of these as if the account had ended it. Ending it again does nothing.
    fn end<'a>(
        &'a self,
        _env: &'a Env,
        _leaving: &'a Leaving,
        _id: u64,
        _now: Instant,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// The statements that delete its rows where `gone` holds: the account is deleted.
    fn delete(&self, _account: u64, _gone: &Statement) -> Vec<Statement> {
        Vec::new()
    }
}
