//! The mail that everybody will get, by the rules and templates that will make it.

use worker::Env;

use super::check::Ready;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::proposal::new::preview::Mail;
use crate::proposal::new::store::Known;

/// The invitation of the first person who is asked.
pub fn mail(_ready: &Ready, _known: &Known, _context: &RequestContext, _env: &Env) -> Result<Option<Mail>> {
    Ok(None)
}
