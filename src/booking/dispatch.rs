//! Which part of bookings a route belongs to.

use worker::Env;

use super::{event, guest, hours, offer};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Booking;

pub async fn dispatch(route: Booking, context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Booking::Events
        | Booking::BookEvent
        | Booking::SuggestEvents
        | Booking::Event(_)
        | Booking::PutEvent(_)
        | Booking::ChangeEvent(_) => event::dispatch::dispatch(route, context, env).await,
        Booking::BlockHours
        | Booking::UnblockHours
        | Booking::AvailableHours
        | Booking::FreeBusy
        | Booking::WorkingHours
        | Booking::SetWorkingHours => hours::dispatch::dispatch(route, context, env).await,
        Booking::BookingPage
        | Booking::SetBookingPage
        | Booking::WithdrawBookingPage
        | Booking::Offers
        | Booking::AddOffer
        | Booking::Offer
        | Booking::ChangeOffer
        | Booking::RemoveOffer
        | Booking::OfferCode => offer::dispatch::dispatch(route, context, env).await,
        Booking::PublicPage | Booking::FreeTimes | Booking::Hold => {
            guest::dispatch::dispatch(route, context, env).await
        }
    }
}
