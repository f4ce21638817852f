//! The routes of bookings: events, blocked and working hours, and what guests can book.

use super::policy::{Formats, Policy};
use super::{Miss, Route, id, methods};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::enum_variant_names,
    reason = "a name is one among all routes: the log and the tests go by it"
)]
pub enum Booking {
    /// `GET /api/event/`
    Events,
    /// `POST /api/event/`
    BookEvent,
    /// `GET /api/event/suggest/`; its page is the one on which people are booked.
    SuggestEvents,
    /// `GET /api/event/{id}/`
    Event(u64),
    /// `PUT /api/event/{id}/`
    PutEvent(u64),
    /// `PATCH /api/event/{id}/`
    ChangeEvent(u64),
    /// `POST /api/user/block_slots/`
    BlockHours,
    /// `DELETE /api/user/block_slots/`
    UnblockHours,
    /// `GET /api/user/get_available_slots/`
    AvailableHours,
    /// `GET /api/user/freebusy/`
    FreeBusy,
    /// `GET /api/user/working_hours/`
    WorkingHours,
    /// `PUT /api/user/working_hours/`
    SetWorkingHours,
    /// `GET /api/user/booking_page/`: its name, its words, whether it is published.
    BookingPage,
    /// `PUT /api/user/booking_page/`
    SetBookingPage,
    /// `DELETE /api/user/booking_page/`: it is withdrawn, and its name stays the account's.
    WithdrawBookingPage,
    /// `GET /api/user/offers/`
    Offers,
    /// `POST /api/user/offers/`
    AddOffer,
    /// `GET /api/user/offers/{slug}/`
    Offer,
    /// `PATCH /api/user/offers/{slug}/`
    ChangeOffer,
    /// `DELETE /api/user/offers/{slug}/`
    RemoveOffer,
    /// `GET /api/user/offers/{slug}/qr.svg`: the address of its page as a QR code.
    OfferCode,
    /// `GET /book/{name}/`
    PublicPage,
    /// `GET /book/{name}/{slug}/`: the free times.
    FreeTimes,
    /// `POST /book/{name}/{slug}/`
    Hold,
}

impl Booking {
    pub const fn policy(self) -> Policy {
        match self {
            Self::BookEvent => Policy::ACCOUNT.idempotent(),
            Self::PutEvent(_)
            | Self::ChangeEvent(_)
            | Self::SetWorkingHours
            | Self::SetBookingPage
            | Self::WithdrawBookingPage
            | Self::ChangeOffer
            | Self::RemoveOffer => Policy::ACCOUNT.if_match(),
            Self::FreeBusy => Policy::ACCOUNT.formats(Formats::JsonOrCalendar),
            Self::PublicPage => Policy::PUBLIC,
            // Whoever is signed in books as an account, anybody else as a guest.
            Self::FreeTimes | Self::Hold => Policy::ACCOUNT,
            Self::Events
            | Self::SuggestEvents
            | Self::Event(_)
            | Self::BlockHours
            | Self::UnblockHours
            | Self::AvailableHours
            | Self::WorkingHours
            | Self::BookingPage
            | Self::Offers
            | Self::AddOffer
            | Self::Offer
            | Self::OfferCode => Policy::ACCOUNT,
        }
    }
}

/// The routes below `/api/event/`.
pub fn events(method: &str, rest: &[&str]) -> Result<Route, Miss> {
    match rest {
        [] => methods(method, &[("GET", Booking::Events), ("POST", Booking::BookEvent)]),
        ["suggest"] => methods(method, &[("GET", Booking::SuggestEvents)]),
        [text] => {
            let id = id(text)?;
            methods(
                method,
                &[
                    ("GET", Booking::Event(id)),
                    ("PUT", Booking::PutEvent(id)),
                    ("PATCH", Booking::ChangeEvent(id)),
                ],
            )
        }
        _ => Err(Miss::NotFound),
    }
}

/// The routes of bookings below `/api/user/`.
pub fn user(method: &str, rest: &[&str]) -> Result<Route, Miss> {
    match rest {
        ["block_slots"] => {
            methods(method, &[("POST", Booking::BlockHours), ("DELETE", Booking::UnblockHours)])
        }
        ["get_available_slots"] => methods(method, &[("GET", Booking::AvailableHours)]),
        ["freebusy"] => methods(method, &[("GET", Booking::FreeBusy)]),
        ["working_hours"] => {
            methods(method, &[("GET", Booking::WorkingHours), ("PUT", Booking::SetWorkingHours)])
        }
        ["booking_page"] => methods(
            method,
            &[
                ("GET", Booking::BookingPage),
                ("PUT", Booking::SetBookingPage),
                ("DELETE", Booking::WithdrawBookingPage),
            ],
        ),
        ["offers"] => methods(method, &[("GET", Booking::Offers), ("POST", Booking::AddOffer)]),
        ["offers", _] => methods(
            method,
            &[("GET", Booking::Offer), ("PATCH", Booking::ChangeOffer), ("DELETE", Booking::RemoveOffer)],
        ),
        ["offers", _, "qr.svg"] => methods(method, &[("GET", Booking::OfferCode)]),
        _ => Err(Miss::NotFound),
    }
}

/// The routes below `/book/`.
pub fn public(method: &str, rest: &[&str]) -> Result<Route, Miss> {
    match rest {
        [_] => methods(method, &[("GET", Booking::PublicPage)]),
        [_, _] => methods(method, &[("GET", Booking::FreeTimes), ("POST", Booking::Hold)]),
        _ => Err(Miss::NotFound),
    }
}
