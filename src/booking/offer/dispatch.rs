//! Which handler a route of the owner's booking page has.

use worker::Env;

use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Booking;

pub async fn dispatch(_: Booking, _: RequestContext, _: &Env) -> Result<Reply> {
    Err(not_found())
}
