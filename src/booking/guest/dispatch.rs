//! Which handler a route of the public booking page has.

use worker::Env;

use super::{api, book, page};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Booking;

pub async fn dispatch(route: Booking, context: RequestContext, env: &Env) -> Result<Reply> {
    let page = if context.html { page::dispatch(route, &context, env).await? } else { None };
    let reply = match route {
        _ if page.is_some() => page.ok_or_else(not_found),
        Booking::PublicPage => api::show_page(&context, env).await,
        Booking::FreeTimes => api::show_times(&context, env).await,
        Booking::Hold => book::hold(context, env).await,
        _ => Err(not_found()),
    };
    // No search engine is to list what is told to those alone who are given its address.
    reply.map(|reply| reply.with("X-Robots-Tag", "noindex"))
}
