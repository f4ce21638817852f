//! Which handler a route of the public booking page has.

use worker::Env;

use super::{api, book};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Booking;

pub async fn dispatch(route: Booking, context: RequestContext, env: &Env) -> Result<Reply> {
    let reply = match route {
        Booking::PublicPage => api::show_page(&context, env).await,
        Booking::FreeTimes => api::show_times(&context, env).await,
        Booking::Hold => book::hold(context, env).await,
        _ => Err(not_found()),
    };
    // No search engine is to list what is told to those alone who are given its address.
    reply.map(|reply| reply.with("X-Robots-Tag", "noindex"))
}
