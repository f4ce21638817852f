//! When somebody can be booked, as far as others learn it: the free hours of a day, and free and busy time.
//!
//! Others are looked up by verified accounts alone, which are counted; who may not book somebody gets what an unknown address gets.

use serde_json::{Value, json};
use whittle_domain::booking::day::DayHours;
use whittle_domain::booking::freebusy;
use whittle_domain::ical::{self, Service};
use whittle_domain::input::{self, FieldErrors};
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;
use worker::Env;

use super::store::{self, Person, Who};
use crate::auth::account::{Account, authenticate, authenticate_and_query};
use crate::error::{Error, Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::negotiation::quality;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::meeting::feed;

/// 403, for an account whose address is not verified, before anybody is looked up.
pub fn unverified() -> Error {
    let said = "Verify your address first: then you can see when others are free, and book them.";
    Error::Forbidden(json!({ "err_message": [said] }))
}

/// 400, for an address that no account has, or none that the caller may book.
pub fn unknown(address: &str) -> Error {
    let said = format!("Invalid email \"{address}\" - object does not exist.");
    FieldErrors::one("user", &said).into()
}

/// The account that asks, and whose times the query asks for: those of `?user=`, or its own.
async fn find(
    context: &RequestContext,
    day: Option<Day>,
    range: store::Range,
    env: &Env,
) -> Result<(Account, Person)> {
    let user = context.query("user").map(str::trim).filter(|user| !user.is_empty());
    let query = |who| vec![store::read(who, day, range, context.now)];
    let (account, found) =
        authenticate_and_query(context, env, query(user.map_or(Who::Own, Who::Of))).await?;
    let Some(user) = user else {
        let own = Person::found(found.first())?.ok_or_else(no_credentials)?;
        return Ok((account, own));
    };
    let is_own = account.address.key() == user.to_lowercase();
    if !account.verified && is_own {
        let (account, found) = authenticate_and_query(context, env, query(Who::Own)).await?;
        let own = Person::found(found.first())?.ok_or_else(no_credentials)?;
        return Ok((account, own));
    }
    if !account.verified {
        return Err(unverified());
    }
    if !is_own {
        RateLimit::Place.check(env, format!("look-up {}", account.id)).await?;
    }
    let person = Person::found(found.first())?.ok_or_else(|| unknown(user))?;
    Ok((account, person))
}

/// `GET /api/user/get_available_slots/?date=&user=`: the hours of a date, of the caller's zone, at which somebody is free.
pub async fn available(context: &RequestContext, env: &Env) -> Result<Value> {
    let day = match input::parse_query_date(context.query("date")) {
        Ok(day) => day,
        Err(errors) => {
            authenticate(&context.credential, env, context.now).await?;
            return Err(errors.into());
        }
    };
    let (account, person) = find(context, Some(day), store::around(day), env).await?;
    let day = DayHours::new(day, &account.timezone);
    let occupied = person.occupied(&day, person.id != account.id);
    Ok(person.shown(&day, occupied, &account.timezone, context.now))
}

/// Somebody's free and busy time in a range: who it is, and when it is busy, merged, in order.
pub struct FreeBusy {
    pub address: String,
    pub range: Slot,
    pub busy: Vec<Slot>,
}

/// What `GET /api/user/freebusy/?user=&from=&to=` tells.
pub async fn free_busy(context: &RequestContext, env: &Env) -> Result<FreeBusy> {
    let parse = |zone: &Zone| {
        input::parse_free_busy_range(context.query("from"), context.query("to"), context.now, zone)
    };
    // Times without an offset are the caller's, whose zone is read with them: what is read is a day wider.
    let wide = match parse(&Zone::default()) {
        Ok(range) => range,
        Err(_) => parse(&authenticate(&context.credential, env, context.now).await?.timezone)?,
    };
    let wide = store::widened((wide.begin().millis(), wide.end().millis()));
    let (account, person) = find(context, None, wide, env).await?;
    let range = parse(&account.timezone)?;
    let open = (person.id != account.id).then(|| person.hours.open(range, &person.zone));
    let engagements = person.busy.iter().map(|row| row.slot).collect();
    Ok(FreeBusy { busy: freebusy::busy(range, engagements, open), address: person.address, range })
}

/// The answer to it, as JSON or as a calendar.
pub async fn answer(context: &RequestContext, env: &Env) -> Result<Reply> {
    let told = free_busy(context, env).await?;
    let calendar = quality(&context.accept, "text/calendar") > quality(&context.accept, "application/json");
    if context.query("format").map_or(calendar, |format| format == "ics") {
        let written = |service: &Service<'_>| {
            ical::free_busy(&told.address, told.range, &told.busy, context.now, service)
        };
        return Ok(feed::reply(env, written));
    }
    let interval = |slot: &Slot| json!({ "from": slot.begin().to_string(), "to": slot.end().to_string() });
    let busy: Vec<Value> = told.busy.iter().map(interval).collect();
    let (from, to) = (told.range.begin().to_string(), told.range.end().to_string());
    let body = json!({ "user": told.address, "from": from, "to": to, "busy": busy });
    Ok(Reply::json(200, body.to_string()))
}
