//! A guest books a time.
//!
//! * One read: the page, the offer, when the owner is busy, and whether the same was booked before. The domain judges. One batch
//!   writes meeting, attendee, the owner's time and the booking, with the mail that asks the guest to confirm; the database judges
//!   the time, the daily cap and how many holds there are.
//! * What was free when it was read and is refused when it is written is read again, once more: then it says who was faster, or that
//!   it was this guest.
//! * Whoever is signed in with a verified address has proven it: nothing is held, and the booking is real at once.

use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::booking::guest::{Guest, Owner, held};
use whittle_domain::booking::offer::Offer;
use whittle_domain::duration::Duration;
use whittle_domain::hex;
use whittle_domain::input::{self, FieldErrors, NewBooking};
use whittle_domain::instant::Instant;
use whittle_domain::keyring::KeyRing;
use whittle_domain::meeting::{
    Act, Awaits, Caller, Change, Command, HOLD, Letter, Meeting, Status, Template, decide, letters_about,
};
use whittle_domain::text::Name;
use whittle_domain::zone::Zone;
use worker::Env;

use super::api::{names, read_as_anybody};
use super::store::{self, Hashes, OFFER_HAS_CHANGED};
use crate::auth::account::Account;
use crate::config;
use crate::d1::{Compile as _, Directory};
use crate::error::{Error, Refusal, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::mail::budget::{About, Count, Counted};
use crate::mail::scheduler;
use crate::meeting::guest::judge;
use crate::meeting::offered::{self, Published, TAKEN, Which, rfc3339};
use crate::meeting::store::{book, row_id, written_by};
use crate::random;

/// How often a booking is judged anew that others were faster than.
const TRIES: u8 = 4;
/// The purpose of the key by which addresses and places are hashed.
const PURPOSE: &str = "whittle/booking/1";
/// How far off a start can be so that it is looked at, in seconds: beyond every horizon.
const FARTHEST: u64 = 2 * 366 * 86_400;

/// What a guest has booked.
pub struct Booked {
    pub meeting: u64,
    pub status: &'static str,
    pub awaits: Option<Awaits>,
    pub begin: Instant,
    pub end: Instant,
    /// Until when the guest is to confirm it, where it waits for that.
    pub confirm_by: Option<Instant>,
}

/// `POST /book/{name}/{slug}/`: 201.
pub async fn hold(context: RequestContext, env: &Env) -> Result<Reply> {
    let (booked, zone) = place(&context, env).await?;
    let body = json!({
        "meeting": booked.meeting, "url": format!("{}/meetings/{}/", config::origin(env)?, booked.meeting),
        "status": booked.status, "awaits": booked.awaits,
        "start": rfc3339(booked.begin, &zone), "end": rfc3339(booked.end, &zone),
        "confirm_by": booked.confirm_by.map(|at| at.to_string()),
    });
    Ok(Reply::json(201, body.to_string()))
}

/// A keyed hash: what it is of cannot be guessed without the key.
fn hash(keys: &KeyRing, of: &str) -> String {
    let mac = keys.key(keys.newest_id(), PURPOSE).map(|key| key.mac(of.as_bytes()).into_bytes());
    hex::encode(mac.as_ref().map_or(&[][..], |mac| &mac[..]))
}

/// Books a time: what came of it, and the zone in which the guest reads times.
/// 1. brakes; 2. one read; 3. the body must parse, and the domain judges the start; 4. one batch.
async fn place(context: &RequestContext, env: &Env) -> Result<(Booked, Zone)> {
    let (name, slug) = names(context);
    let (keys, now) = (config::keys(env)?, context.now);
    let id = context.dev.id.map_or_else(random::id, Ok)?;
    let hashed = |address: &Address| hash(&keys, &address.key());
    let is_nobody =
        matches!(context.credential, Credential::None | Credential::Link(_) | Credential::OpenedLink(_));
    if is_nobody {
        RateLimit::Mail.check(env, context.place.clone()).await?;
    }
    // What is nowhere near cannot be booked, whatever is there then.
    let near = |start: &Instant| start.seconds().abs_diff(now.seconds()) < FARTHEST;
    let start = input::parse_start(&context.body).filter(near);
    let around = offered::around_start(start.unwrap_or(now))?;
    let sent = context.body.get("email").and_then(|email| email.as_str()?.parse().ok());
    let mut address_hash = sent.as_ref().map(hashed);
    let place_hash = hash(&keys, &format!("place {}", context.place));
    let mut refused = None;
    for tried in 0..TRIES {
        let asked = start.zip(address_hash.as_deref());
        let query = offered::read(Which::Named { name, slug }, around, asked, now);
        let (account, rows) = read_as_anybody(context, env, query).await?;
        let row = offered::found(&rows)?.ok_or_else(not_found)?;
        let new = input::parse_new_booking(&context.body, row.offer.questions.len(), account.is_some())?;
        let own_zone = account.as_ref().map_or(&row.zone, |account| &account.timezone);
        let zone = new.zone.clone().unwrap_or_else(|| own_zone.clone());
        let start = new.start;
        let (guest, proven) = guest(new, account.as_ref(), &zone)?;
        if let Some((meeting, made)) = row.same {
            return Ok((before(meeting, made, &row.offer, start, proven), zone));
        }
        let own_hash = hashed(&guest.address);
        if let Err(refusal) = judge(&row, start, "start", &zone, now) {
            // It may be taken by this very booking, of an account that has not said its address.
            if address_hash.as_ref() != Some(&own_hash) && matches!(refusal, Error::Taken { .. }) {
                address_hash = Some(own_hash);
                continue;
            }
            return Err(refusal);
        }
        // A session that has ended brakes nobody.
        if !is_nobody && !proven && tried == 0 {
            RateLimit::Mail.check(env, context.place.clone()).await?;
        }
        let hashes = Hashes { address: &own_hash, place: &place_hash };
        match write(id, &row, &guest, proven, start, &hashes, context, env).await {
            Ok(Some(meeting)) => return Ok((booked(&meeting, now), zone)),
            Ok(None) | Err(Error::Database(Refusal::Busy { .. })) => {}
            Err(Error::Database(Refusal::Constraint(text))) if text.contains(OFFER_HAS_CHANGED) => {}
            Err(Error::Database(Refusal::Constraint(text))) => {
                let refusal = limit(&text).ok_or(Error::Database(Refusal::Constraint(text)))?;
                // What is in the way may be this very booking, sent twice.
                if let Some(refusal) = refused.replace(refusal) {
                    return Err(refusal);
                }
            }
            Err(error) => return Err(error),
        }
        address_hash = Some(own_hash);
    }
    Err(refused.unwrap_or_else(|| Error::Unavailable("bookings that change all the time".to_owned())))
}

/// Who books, and whether the address is proven: it is that of the account which is signed in.
fn guest(new: NewBooking, account: Option<&Account>, zone: &Zone) -> Result<(Guest, bool)> {
    let own = account.map(|account| account.address.clone());
    let proven = account.is_some_and(|account| {
        account.verified && new.email.as_ref().is_none_or(|email| *email == account.address)
    });
    let username = || Name::parse(&account?.username).ok();
    let name = new.name.or_else(|| account?.name.clone()).or_else(username);
    let missing = |field| FieldErrors::one(field, "This field is required.");
    let address = new.email.or(own).ok_or_else(|| missing("email"))?;
    let guest = Guest {
        name: name.ok_or_else(|| missing("name"))?,
        address,
        zone: zone.clone(),
        answers: new.answers,
    };
    Ok((guest, proven))
}

/// What the limits of the table of bookings say (schema.sql); none where it was another constraint.
fn limit(text: &str) -> Option<Error> {
    let (_, which) = text.split_once("booking:")?;
    let waiting = |text: &'static str| Error::TooMany {
        detail: text.into(),
        retry_after: HOLD.micros().div_euclid(1_000_000),
    };
    Some(match which {
        "cap" => Error::Taken { clashes: vec![TAKEN.to_owned()], alternatives: Vec::new() },
        "address" => Error::Clash(json!({
            "err_message": ["A booking with this address waits to be confirmed. Confirm it by the link in the mail, or wait until it ends."],
        })),
        "place" => waiting("Too many bookings from here wait to be confirmed."),
        _ => waiting("Too many bookings of this kind wait to be confirmed."),
    })
}

/// The same booking as it was answered the first time.
fn before(meeting: u64, made: i64, offer: &Offer, begin: Instant, proven: bool) -> Booked {
    let end = begin.saturating_add(Duration::from_seconds(offer.minutes.saturating_mul(60)));
    let (status, awaits) = match (proven, offer.approval) {
        (true, false) => ("confirmed", None),
        (true, true) => ("held", Some(Awaits::Owner)),
        (false, _) => ("held", Some(Awaits::Guest)),
    };
    let confirm_by = (!proven).then(|| Instant::from_millis(made).saturating_add(HOLD));
    Booked { meeting, status, awaits, begin, end, confirm_by }
}

fn booked(meeting: &Meeting, now: Instant) -> Booked {
    let awaits = meeting.booking.as_ref().and_then(|booking| booking.awaits);
    let confirm_by =
        (awaits == Some(Awaits::Guest)).then(|| Instant::from_millis(now.millis()).saturating_add(HOLD));
    let status = if meeting.status == Status::Confirmed { "confirmed" } else { "held" };
    Booked { meeting: meeting.id, status, awaits, begin: meeting.begin, end: meeting.end, confirm_by }
}

/// Writes a booking; none where it is not what it was when it was judged.
#[allow(clippy::too_many_arguments, reason = "all that a booking is")]
async fn write(
    id: u64,
    row: &Published,
    guest: &Guest,
    proven: bool,
    start: Instant,
    hashes: &Hashes<'_>,
    context: &RequestContext,
    env: &Env,
) -> Result<Option<Meeting>> {
    let now = context.now;
    let owner = Owner { account: row.account, address: &row.address, zone: &row.zone, page: &row.page };
    let meeting = held(id, owner, (row.id, &row.offer), guest, start, now);
    let days = config::link_days(env);
    let act = Act { caller: Caller::Link { attendee: 1, generation: 0 }, command: Command::Confirm };
    let confirmed = if proven { decide(&meeting, &act, now, days).ok().flatten() } else { None };
    let is_held = confirmed.is_none();
    let change = confirmed.unwrap_or_else(|| {
        let letters = letters_about(&meeting, Template::Held, now, days);
        Change { meeting, letters }
    });
    let meeting = &change.meeting;
    let Some(booking) = &meeting.booking else { return Ok(None) };
    let seed = random::name()?;
    let directory = Directory::of(env);
    let mut more = vec![store::add(meeting, booking, &row.offer, hashes, &seed, now).compile()?];
    // Strangers cause a hold: it counts for the place that it comes from, and for its recipient.
    let (sender, about) = match is_held {
        true => (format!("place {}", hashes.place), About::Hold),
        false => (guest.address.counting_key(), About::Own(id)),
    };
    let counted =
        |letter: &Letter| Counted { id: row_id(&seed, letter), recipient: letter.to.counting_key() };
    let mails: Vec<Counted> = change.letters.iter().map(counted).collect();
    let count = Count::new(env, &mails, &sender, about, now);
    more.push(count.statement(&written_by(&seed, id))?);
    let hours = json!([[row.account, row.hours_version]]).to_string();
    let keys = config::keys(env)?;
    scheduler::wake(env, id, scheduler::GRACE_MILLIS, &context.dev).await?;
    let written = book(&directory, &change, (&seed, more), &hours, keys.newest_id(), now).await;
    let written = count.judge(&directory, written, now).await;
    if !written? {
        return Ok(None);
    }
    scheduler::wake(env, id, 0, &context.dev).await?;
    Ok(Some(change.meeting))
}
