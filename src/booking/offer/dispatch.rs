//! Which handler a route of the owner's booking page has.

use worker::Env;

use super::{api, code, page};
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
        Booking::BookingPage => api::show_page(&context, env).await,
        Booking::SetBookingPage => api::set_page(&context, env).await,
        Booking::WithdrawBookingPage => api::withdraw_page(&context, env).await,
        Booking::Offers => api::list(&context, env).await,
        Booking::AddOffer => api::add(&context, env).await,
        Booking::Offer => api::show(&context, env).await,
        Booking::ChangeOffer => api::change(&context, env).await,
        Booking::RemoveOffer => api::remove(&context, env).await,
        Booking::OfferCode => code::show(&context, env).await,
        _ => Err(not_found()),
    }
}
