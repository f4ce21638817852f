//! What a guest books: the meeting that comes of it, first held until the guest has confirmed it.

use crate::address::Address;
use crate::input::BookingPage;
use crate::instant::Instant;
use crate::meeting::{Attendee, Awaits, Booking, HOLD, Meeting, Organiser, PartStat, Source, Status};
use crate::proposal::Visibility;
use crate::text::Name;
use crate::zone::Zone;

use super::offer::{Answer, Offer};

/// Who books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// As the guest is called.
    pub name: Name,
    /// Where the guest's mail goes.
    pub address: Address,
    /// The zone in which the guest reads times.
    pub zone: Zone,
    /// One for each question, in order; those that are left out are empty.
    pub answers: Vec<Answer>,
}

/// Whose offer is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The account.
    pub account: u64,
    /// Its address.
    pub address: &'a Address,
    /// Its zone.
    pub zone: &'a Zone,
    /// What it publishes.
    pub page: &'a BookingPage,
}

/// The meeting that a guest books: held until [`HOLD`] is over. Its guest is attendee 1. It shows nothing of the owner beside what
/// is published: addresses are for nobody's eyes but their own, and the organiser has the page's title for a name.
#[must_use]
pub fn held(
    id: u64,
    owner: Owner<'_>,
    (offer_id, offer): (u64, &Offer),
    guest: &Guest,
    begin: Instant,
    now: Instant,
) -> Meeting {
    let answer = |at: usize| guest.answers.get(at).map(Answer::as_str).unwrap_or_default().to_owned();
    let answers =
        offer.questions.iter().enumerate().map(|(at, asked)| (asked.as_str().to_owned(), answer(at)));
    let millis = |instant: Instant| Instant::from_millis(instant.millis());
    Meeting {
        id,
        uid: format!("event-{id}@whittle"),
        title: offer.title.clone(),
        location: offer.location.clone(),
        description: offer.description.clone(),
        begin: millis(begin),
        end: millis(begin).saturating_add(super::starts::minutes(offer.minutes)),
        timezone: owner.zone.clone(),
        status: Status::Held,
        sequence: 0,
        version: 1,
        visibility: Visibility::Names,
        organiser: Organiser {
            account: owner.account,
            address: owner.address.clone(),
            name: Some(owner.page.title.clone()),
            opted_out: false,
            generation: 0,
        },
        attendees: vec![Attendee {
            number: 1,
            address: guest.address.clone(),
            name: Some(guest.name.clone()),
            optional: false,
            partstat: PartStat::NeedsAction,
            generation: 0,
            opted_out: false,
            asked: true,
            over_budget: false,
        }],
        source: Source::Event(id),
        receipt: None,
        updated_at: millis(now),
        booking: Some(Booking {
            offer: offer_id,
            awaits: Some(Awaits::Guest),
            expires: Some(millis(now.saturating_add(HOLD))),
            approval: offer.approval,
            buffers: (offer.buffer_before, offer.buffer_after),
            notice: offer.notice,
            timezone: guest.zone.clone(),
            answers: answers.collect(),
            strict: true,
        }),
    }
}
