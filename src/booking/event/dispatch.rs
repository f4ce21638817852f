//! Which handler a route of events has.

use whittle_domain::input::EventBody;
use worker::Env;

use super::{api, change, page, suggest};
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
    match route {
        Booking::Events => api::list(&context, env).await,
        Booking::BookEvent => change::book(&context, env).await,
        Booking::SuggestEvents => suggest::answer(&context, env).await,
        Booking::Event(id) => api::show(id, &context, env).await,
        Booking::PutEvent(id) => change::change(id, EventBody::Whole, &context, env).await,
        Booking::ChangeEvent(id) => change::change(id, EventBody::Part, &context, env).await,
        _ => Err(not_found()),
    }
}
