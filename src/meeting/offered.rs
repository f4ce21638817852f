//! When an offer can be booked, read in one statement: by guests before they book, and to move what they have booked.
//!
//! Nothing of the owner is in it beside what is published: of what is busy a guest learns that it cannot be booked, and nothing else.

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::address::Address;
use whittle_domain::booking::hours::WorkingHours;
use whittle_domain::booking::offer::Offer;
use whittle_domain::booking::starts::{Bookable, Taken};
use whittle_domain::duration::Duration;
use whittle_domain::input::{BookingPage, Days};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;

use crate::auth::account::Account;
use crate::d1::{Param, Statement};
use crate::error::{Error, Result, bad_request, not_found};

/// An offer `o` as the domain reads it.
pub const OFFER: &str = "json_object('slug', o.slug, 'title', o.title, 'description', o.description, 'location', o.location,
    'minutes', o.minutes, 'step', o.step, 'buffer_before', o.buffer_before, 'buffer_after', o.buffer_after,
    'notice', o.notice, 'horizon_days', o.horizon_days, 'daily_cap', o.daily_cap, 'questions', json(o.questions),
    'approval', json(iif(o.approval, 'true', 'false')), 'paused', json(iif(o.paused, 'true', 'false')), 'version', o.version)";

/// A booking page `p` as the domain reads it.
pub const PAGE: &str = "json_object('name', p.name, 'title', p.title, 'description', p.description,
    'published', json(iif(p.published, 'true', 'false')))";

const DAY: i64 = 86_400_000;
/// How far around a range engagements are read: another zone's days, the longest meeting and the longest buffers.
const AROUND: i64 = 3 * DAY;

/// Begin, end, and both guards of a meeting, in milliseconds.
type Engagement = (i64, i64, Option<(i64, i64)>);

/// What decides when an offer can be booked, as it is stored.
#[derive(Debug, Deserialize)]
pub struct Published {
    /// The owner.
    pub account: u64,
    pub address: Address,
    pub zone: Zone,
    hours: Option<WorkingHours>,
    pub hours_version: i64,
    pub page: BookingPage,
    /// The offer's own number.
    pub id: u64,
    pub offer: Offer,
    busy: Vec<Engagement>,
    full: Vec<String>,
    /// The same start, booked with the same address before: the meeting, and when it was first asked for.
    pub same: Option<(u64, i64)>,
}

impl Published {
    /// Asks the domain when it can be booked.
    pub fn bookable<T>(&self, now: Instant, ask: impl FnOnce(Bookable<'_>) -> T) -> T {
        let taken = |(begin, end, guard): &Engagement| Taken { begin: *begin, end: *end, guard: *guard };
        let taken: Vec<Taken> = self.busy.iter().map(taken).collect();
        let always = WorkingHours::default();
        let hours = self.hours.as_ref().unwrap_or(&always);
        ask(Bookable { offer: &self.offer, hours, zone: &self.zone, taken: &taken, full: &self.full, now })
    }
}

/// Which offer is meant.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The one of this slug on the page of this name.
    Named { name: &'a str, slug: &'a str },
    /// The one that a meeting was booked by; the meeting's own time is free.
    Of(u64),
}

const READ: &str = "select json_object('account', a.id, 'address', a.address, 'zone', a.timezone, 'hours', json(a.hours),
    'hours_version', a.hours_version, 'page', :page, 'id', o.id, 'offer', :offer,
    'busy', (select json_group_array(json_array(b.starts_at, b.ends_at,
        json(iif(b.kind = 'meeting', json_array(b.guard_start, b.guard_end), 'null')))) from busy b
      where b.account = a.id and b.starts_at < :to and b.ends_at > :from and (b.expires_at is null or b.expires_at > :now)
        and not (b.kind = 'meeting' and b.source = :own)),
    'full', (select json_group_array(day) from (select k.day from bookings k
      where k.offer = o.id and k.ended = 0 and k.day >= :today and (k.expires_at is null or k.expires_at > :now)
        and k.meeting <> :own group by k.day having count(*) >= o.daily_cap)),
    'same', (select json_array(m.id, m.created_at) from bookings k join meetings m on m.id = k.meeting
      where k.offer = o.id and k.ended = 0 and k.day between :before and :after and k.starts_at = :start
        and k.address_hash = :address_hash and (k.expires_at is null or k.expires_at > :now) limit 1)) as json
  from booking_pages p join accounts a on a.id = p.account and a.active = 1 and a.leaving = 0
    join offers o on o.account = a.id
  where p.published = 1 and o.paused = 0 and :which";

/// The query for an offer, if it is published and not paused, with the owner's engagements around a range. `asked` is a start with the
/// keyed hash of the guest's address.
pub fn read(which: Which<'_>, range: Slot, asked: Option<(Instant, &str)>, now: Instant) -> Statement {
    let date = |millis: i64| LocalTime::of(Instant::from_millis(millis), &Zone::default()).date();
    let (start, address_hash) = asked.map_or((0, ""), |(start, hash)| (start.millis(), hash));
    let (own, condition) = match which {
        Which::Named { name, slug } => {
            let named =
                Statement::new("p.name = :name and o.slug = :slug").bind("name", name).bind("slug", slug);
            (0, named)
        }
        Which::Of(meeting) => {
            let by = "o.id = (select offer from bookings where meeting = :meeting)";
            (meeting, Statement::new(by).bind("meeting", Param::id(meeting)))
        }
    };
    Statement::new(READ)
        .embed("page", PAGE)
        .embed("offer", OFFER)
        .bind("from", range.begin().millis().saturating_sub(AROUND))
        .bind("to", range.end().millis().saturating_add(AROUND))
        .bind("now", now.millis())
        .bind("own", Param::id(own))
        .bind("today", date(now.millis().saturating_sub(DAY)))
        .bind("before", date(start.saturating_sub(DAY)))
        .bind("after", date(start.saturating_add(DAY)))
        .bind("start", start)
        .bind("address_hash", address_hash)
        .embed("which", condition)
}

/// What that query found.
pub fn found(rows: &[String]) -> Result<Option<Published>> {
    Ok(rows.first().map(|row| whittle_json::from_str(row)).transpose()?)
}

/// How many days around a start alternatives are looked for.
const ALTERNATIVES: i64 = 14;

/// What is read around a start: where its alternatives are.
pub fn around_start(start: Instant) -> Result<Slot> {
    let days = Duration::from_seconds(ALTERNATIVES.saturating_mul(86_400));
    let far = start.saturating_add(Duration::from_micros(days.micros().saturating_neg()));
    Slot::between(far, start.saturating_add(days)).ok_or_else(not_found)
}

/// 409: the time is taken, and when it is free instead.
pub fn taken(row: &Published, start: Instant, range: Slot, zone: &Zone, now: Instant) -> Error {
    let nearest = row.bookable(now, |bookable: Bookable<'_>| bookable.nearest(start, range));
    Error::Taken {
        clashes: vec![TAKEN.to_owned()],
        alternatives: nearest.into_iter().map(|at| rfc3339(at, zone)).collect(),
    }
}

/// What a guest is told, whatever takes the time.
pub const TAKEN: &str = "This time is taken.";

/// When an offer can be booked.
pub struct Found {
    pub page: BookingPage,
    pub offer: Offer,
    /// The owner's zone.
    pub zone: Zone,
    /// The zone whose days they are: the one that was asked for, else the owner's.
    pub shown: Zone,
    pub from: Day,
    pub days: u16,
    pub starts: Vec<Instant>,
    /// The first days of the ranges before and after, where there can be free starts.
    pub earlier: Option<String>,
    pub later: Option<String>,
    /// Whether the days are those of a month.
    pub month: bool,
    /// The account that is signed in.
    pub account: Option<Account>,
}

/// The days that are asked for, as far as they are known before the owner's zone is.
pub fn around(days: &Days, now: Instant) -> Result<Slot> {
    days.range(&days.zone.clone().unwrap_or_default(), now).ok_or_else(beyond)
}

fn beyond() -> Error {
    bad_request(json!({ "from": ["The calendar ends before that."] }))
}

/// The free starts of these days.
pub fn times(row: Published, days: &Days, account: Option<Account>, now: Instant) -> Result<Found> {
    let shown = days.zone.clone().unwrap_or_else(|| row.zone.clone());
    let range = days.range(&shown, now).ok_or_else(beyond)?;
    let from = days.first(&shown, now).ok_or_else(beyond)?;
    let (starts, beyond) =
        row.bookable(now, |bookable: Bookable<'_>| (bookable.starts(range), bookable.beyond()));
    let month = days.month;
    let earlier = if month { from.plus_days(-1) } else { from.plus_days(days.days.saturating_neg()) };
    let earlier = earlier.filter(|_| range.begin() > now);
    let later = from.plus_days(days.days).filter(|_| beyond.is_none_or(|beyond| range.end() < beyond));
    let written = |day: Day| {
        let text = day.to_string();
        if month { text.get(..7).unwrap_or_default().to_owned() } else { text }
    };
    Ok(Found {
        page: row.page,
        offer: row.offer,
        zone: row.zone,
        shown,
        from,
        days: u16::try_from(days.days).unwrap_or_default(),
        starts,
        earlier: earlier.map(written),
        later: later.map(written),
        month,
        account,
    })
}

/// The free times as the API shows them, with the neighbouring days at this URL.
pub fn body(found: &Found, url: &str) -> Value {
    let Found { page, offer, shown, .. } = found;
    let starts: Vec<Value> = found.starts.iter().map(|at| rfc3339(*at, shown).into()).collect();
    let at = |first: &Option<String>| {
        let zone = shown.to_string().replace('+', "%2B");
        first.as_ref().map(|first| match found.month {
            true => format!("{url}?month={first}&zone={zone}"),
            false => format!("{url}?from={first}&days={}&zone={zone}", found.days),
        })
    };
    json!({
        "name": page.name, "title": page.title,
        "offer": {
            "slug": offer.slug, "title": offer.title, "description": offer.description, "location": offer.location,
            "minutes": offer.minutes, "questions": offer.questions, "approval": offer.approval, "notice": offer.notice,
        },
        "timezone": shown, "from": found.from.to_string(), "days": found.days, "starts": starts,
        "earlier": at(&found.earlier), "later": at(&found.later),
    })
}

/// An instant as clocks of a zone show it, with its offset (RFC 3339).
pub fn rfc3339(at: Instant, zone: &Zone) -> String {
    let local = LocalTime::of(at, zone);
    let (date, time, offset) = (local.date(), local.hour_and_minute(), local.utc_offset());
    format!("{date}T{time}:{:02}{offset}", local.second)
}
