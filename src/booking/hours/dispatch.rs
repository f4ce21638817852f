//! Which handler a route of hours has.

use worker::Env;

use super::{blocks, look, page, working};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Booking;

pub async fn dispatch(route: Booking, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html
        && let Some(page) = page::dispatch(route, &context, env).await?
    {
        return Ok(page);
    }
    let body = match route {
        Booking::BlockHours => blocks::change(&context, true, env).await?,
        Booking::UnblockHours => blocks::change(&context, false, env).await?,
        Booking::AvailableHours => look::available(&context, env).await?,
        Booking::FreeBusy => return look::answer(&context, env).await,
        Booking::WorkingHours => return Ok(working::reply(&working::show(&context, env).await?)),
        Booking::SetWorkingHours => return Ok(working::reply(&working::set(&context, env).await?)),
        _ => return Err(not_found()),
    };
    Ok(Reply::json(200, body.to_string()))
}
