//! The pages of calendars: which page a route has, and what the pages share.

use worker::Env;

use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Calendar;

/// The page of a route; none where the API's answer is shown as it is, such as a file.
pub async fn dispatch(_: Calendar, _: &RequestContext, _: &Env) -> Result<Option<Reply>> {
    Ok(None)
}
