//! What an account publishes, and the bookings of guests, beside their meetings.

use serde_json::json;
use whittle_domain::booking::offer::Offer;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::{Booking, Meeting};

use crate::d1::{Param, Statement};
use crate::meeting::offered::{OFFER, PAGE};
use crate::meeting::store::{word, written_by};

/// The query for a page that is published, with its offers that are not paused.
pub fn page(name: &str) -> Statement {
    let select = format!(
        "select json_array({PAGE}, (select json_group_array({OFFER}) from
             (select * from offers o where o.account = p.account and o.paused = 0 order by o.created_at, o.id) o)) as json
           from booking_pages p join accounts a on a.id = p.account and a.active = 1 and a.leaving = 0
           where p.name = :name and p.published = 1"
    );
    Statement::new(select).bind("name", name)
}

/// Who books, as far as it is kept.
pub struct Hashes<'a> {
    pub address: &'a str,
    pub place: &'a str,
}

/// Without an offer that is as it was when the booking was judged there is no number to insert, and the database refuses the batch.
const ADD: &str = "insert into bookings (meeting, owner, offer, day, cap, address_hash, place_hash, starts_at, awaits, approval, made_at,
    expires_at, guard_before, guard_after, notice, timezone, answers)
  select :meeting, :owner, (select o.id from offers o join booking_pages p on p.account = o.account and p.published = 1
      where o.id = :offer and o.version = :version and o.paused = 0),
    :day, :cap, :address_hash, :place_hash, :starts_at, :awaits, :approval, :now, :expires_at, :before, :after, :notice, :timezone, :answers
  where :guard";

/// The words of the database where the offer is not what it was any more.
pub const OFFER_HAS_CHANGED: &str = "bookings.offer";

/// The statement that adds a booking beside its meeting, which `seed` has written: its trigger judges it.
pub fn add(
    meeting: &Meeting,
    booking: &Booking,
    offer: &Offer,
    hashes: &Hashes<'_>,
    seed: &str,
    now: Instant,
) -> Statement {
    Statement::new(ADD)
        .bind("meeting", Param::id(meeting.id))
        .bind("owner", Param::id(meeting.organiser.account))
        .bind("offer", Param::id(booking.offer))
        .bind("version", i64::from(offer.version))
        .bind("day", LocalTime::of(meeting.begin, &meeting.timezone).date())
        .bind("cap", offer.daily_cap)
        .bind("address_hash", hashes.address)
        .bind("place_hash", hashes.place)
        .bind("starts_at", meeting.begin.millis())
        .bind("awaits", booking.awaits.as_ref().map_or(Param::Null, word))
        .bind("approval", i64::from(booking.approval))
        .bind("now", now.millis())
        .bind("expires_at", booking.expires.map(Instant::millis))
        .bind("before", booking.buffers.0)
        .bind("after", booking.buffers.1)
        .bind("notice", booking.notice)
        .bind("timezone", booking.timezone.to_string())
        .bind("answers", json!(booking.answers).to_string())
        .embed("guard", Statement::new(written_by(seed, meeting.id)))
}

/// The query for bookings of a shard whose hold has ended.
pub fn expired(shard: u8, now: Instant, most: i64) -> Statement {
    let due = "select cast(meeting as text) as json from bookings
      where expires_at <= :now and ended = 0 and meeting % 16 = :shard order by expires_at limit :most";
    Statement::new(due).bind("shard", i64::from(shard)).bind("now", now.millis()).bind("most", most)
}
