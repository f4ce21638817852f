//! What guests and owners do with a booking: confirm it, approve of it, and look for another time. Moving and cancelling are those of
//! any meeting ([`super::act`]), which asks here whether a time can be had.

use serde_json::{Value, json};
use whittle_domain::booking::starts::{Bookable, NotBookable};
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Act, Caller, Command, Meeting};
use worker::Env;

use super::offered::{self, Found, Published, Which, body};
use super::refusal::refused;
use super::{Outcome, api};
use crate::config;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::{Error, Refusal, Result, conflict, forbidden};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// `GET /meetings/{id}/times/`: to which times it can be moved.
pub async fn show_times(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = other_times(id, context, env).await?;
    let url = format!("{}/meetings/{id}/times/", config::origin(env)?);
    Ok(Reply::json(200, body(&found, &url).to_string()))
}

/// When what a guest has booked can be instead, on the days that the query asks for; its own time is free.
pub async fn other_times(id: u64, context: &RequestContext, env: &Env) -> Result<Found> {
    let (meeting, ..) = api::find(id, context, env).await?;
    if meeting.booking.is_none() {
        return Err(forbidden());
    }
    let days = input::parse_days(|name| context.query(name))?;
    let range = offered::around(&days, context.now)?;
    let query = offered::read(Which::Of(id), range, None, context.now);
    let row = offered::found(&Directory::of(env).all(query).await?)?.ok_or_else(gone)?;
    offered::times(row, &days, None, context.now)
}

/// 409: existing bookings stay, and have no other times.
fn gone() -> Error {
    conflict("This kind of meeting is not offered any more. It can be cancelled, and not moved.")
}

async fn read(directory: &Directory, meeting: &Meeting, now: Instant) -> Result<Option<Published>> {
    let range = offered::around_start(meeting.begin)?;
    offered::found(&directory.all(offered::read(Which::Of(meeting.id), range, None, now)).await?)
}

/// Judges a guest's move: 400 and 409 as for a new booking. Gives the version of the working hours that it was judged by.
pub(super) async fn judge_move(
    directory: &Directory,
    before: &Meeting,
    after: &Meeting,
    now: Instant,
) -> Result<Option<Value>> {
    let by_guest = after.booking.as_ref().filter(|booking| booking.strict);
    let Some(booking) = by_guest.filter(|_| before.begin != after.begin) else { return Ok(None) };
    let row = read(directory, after, now).await?.ok_or_else(gone)?;
    judge(&row, after.begin, "begin", &booking.timezone, now)?;
    Ok(Some(json!([[row.account, row.hours_version]])))
}

/// Refuses a start that cannot be booked: 400 where it never could, 409 with alternatives where it is taken.
pub fn judge(
    row: &Published,
    start: Instant,
    field: &str,
    zone: &whittle_domain::zone::Zone,
    now: Instant,
) -> Result<()> {
    let offer = &row.offer;
    let fault = |text: &str| Err(FieldErrors::one(field, text).into());
    match row.bookable(now, |bookable: Bookable<'_>| bookable.judge(start)) {
        Ok(()) => Ok(()),
        Err(NotBookable::NoStart) => fault("This is not one of the times that are offered."),
        Err(NotBookable::TooSoon) => {
            fault(&format!("This must be booked {} minutes before it begins, or earlier.", offer.notice))
        }
        Err(NotBookable::TooFar) => {
            fault(&format!("This can be booked {} days ahead at most.", offer.horizon_days))
        }
        Err(NotBookable::Taken) => Err(offered::taken(row, start, offered::around_start(start)?, zone, now)),
    }
}

/// Whether the database has refused a guest's booking for want of time.
pub(super) fn is_taken(error: &Error) -> bool {
    match error {
        Error::Database(Refusal::Busy { .. }) => true,
        Error::Database(Refusal::Constraint(text)) => text.contains("booking:cap"),
        _ => false,
    }
}

/// Why a booking cannot be had, and when it can be instead; none where it could be by now.
pub(super) async fn taken(directory: &Directory, meeting: &Meeting, now: Instant) -> Result<Option<Error>> {
    let Some(booking) = &meeting.booking else { return Ok(None) };
    let none = || Error::Taken { clashes: vec![offered::TAKEN.to_owned()], alternatives: Vec::new() };
    let Some(row) = read(directory, meeting, now).await? else { return Ok(Some(none())) };
    if row.bookable(now, |bookable: Bookable<'_>| bookable.judge(meeting.begin)).is_ok() {
        return Ok(None);
    }
    let range = offered::around_start(meeting.begin)?;
    Ok(Some(offered::taken(&row, meeting.begin, range, &booking.timezone, now)))
}

/// Gives up what was not confirmed in time.
pub async fn expire(id: u64, env: &Env, now: Instant, dev: &Dev) -> Result<()> {
    let act = Act { caller: Caller::Source, command: Command::Expire };
    match super::act(env, id, &act, super::Asked::default(), now, dev).await? {
        Some(Outcome::Refused(rejection, _)) => Err(refused(rejection)),
        _ => Ok(()),
    }
}
