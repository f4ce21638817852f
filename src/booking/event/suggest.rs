//! `GET /api/event/suggest/`: at which hours several people could meet.

use serde_json::{Value, json};
use whittle_domain::booking::judge::{Person, naive};
use whittle_domain::booking::suggest::{self, DEFAULT_DAYS, MOST_DAYS};
use whittle_domain::input::{FieldErrors, unknown_address};
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;
use worker::Env;

use super::store;
use crate::auth::account::{Account, authenticate_and_query};
use crate::booking::hours::look::unverified;
use crate::booking::hours::store::widened;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::rate_limit::RateLimit;
use crate::http::reply::Reply;
use crate::meeting::people::{self, Asker};

/// How many people can be asked about at once: as many as an event has.
const MOST_PEOPLE: usize = 100;

/// An hour at which all can come.
pub struct SuggestedHour {
    /// In the zone of the account that asks: `2026-11-24 14:00:00`.
    pub time_slot: String,
    /// The addresses of those who have something soft then.
    pub soft: Vec<String>,
}

/// Hours at which several people could meet.
pub struct Suggested {
    /// Whom the query names, as it was typed.
    pub participants: Vec<String>,
    pub from: Day,
    pub days: i32,
    /// Best first.
    pub hours: Vec<SuggestedHour>,
}

/// `GET /api/event/suggest/?participants=&from=&days=`
pub async fn answer(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, found) = suggested(context, env).await?;
    let hour = |hour: &SuggestedHour| json!({ "time_slot": hour.time_slot, "soft": hour.soft });
    let hours: Vec<Value> = found.hours.iter().map(hour).collect();
    let body = json!({
        "participants": found.participants, "from": found.from.to_string(), "days": found.days,
        "suggestions": hours,
    });
    Ok(Reply::json(200, body.to_string()))
}

/// The hours at which the account that asks and those whom the query names could meet: from a date, or today, for so many days.
pub async fn suggested(context: &RequestContext, env: &Env) -> Result<(Account, Suggested)> {
    let named: Vec<String> = context
        .query
        .iter()
        .filter(|(name, _)| name == "participants")
        .flat_map(|(_, value)| value.split(','))
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    let mut errors = FieldErrors::default();
    if named.len() > MOST_PEOPLE {
        errors.add("participants", &format!("Ensure this field has no more than {MOST_PEOPLE} elements."));
    }
    let from = context.query("from").map(str::trim).filter(|text| !text.is_empty());
    let first = from.map(Day::parse);
    if first == Some(None) {
        errors.add("from", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.");
    }
    let days = match context.query("days").map(str::trim).filter(|text| !text.is_empty()) {
        None => Some(DEFAULT_DAYS),
        Some(text) => text.parse::<i32>().ok(),
    };
    let days = days.filter(|days| (1..=MOST_DAYS).contains(days)).unwrap_or_else(|| {
        errors.add("days", &format!("Must be a number from 1 to {MOST_DAYS}."));
        DEFAULT_DAYS
    });
    let utc = Zone::default();
    let today = |zone: &Zone| Day::of(context.now, zone);
    // The zone is read with the people: what is read is a day wider.
    let wide = first.flatten().or_else(|| today(&utc)).and_then(|day| suggest::range(day, days, &utc));
    let wide = wide.map_or((0, 0), |range| widened((range.begin().millis(), range.end().millis())));
    let keys: Vec<String> =
        named.iter().take(MOST_PEOPLE).map(|address| address.to_ascii_lowercase()).collect();
    let query = store::people(&keys, None, Some(wide), context.now);
    let (account, rows) = authenticate_and_query(context, env, vec![query]).await?;
    if !account.verified {
        return Err(unverified());
    }
    if named.iter().any(|address| *address != account.address.key()) {
        RateLimit::Place.check(env, format!("look-up {}", account.id)).await?;
    }
    let people = people::parse(&rows.first().map(crate::platform::Rows::texts).unwrap_or_default())?;
    let is_known = |address: &str| people.iter().any(|p| p.address.key() == address.to_ascii_lowercase());
    let unknown = named.iter().enumerate().filter(|(_, address)| !is_known(address));
    let unknown = unknown.map(|(at, address)| (at.to_string(), json!([unknown_address(address)])));
    let unknown: serde_json::Map<String, Value> = unknown.collect();
    if !unknown.is_empty() {
        errors.insert("participants", Value::Object(unknown));
    }
    errors.into_result()?;
    let zone = &account.timezone;
    let from = first.flatten().or_else(|| today(zone));
    let range = from.and_then(|from| Some((from, suggest::range(from, days, zone)?)));
    let Some((from, range)) = range else {
        return Err(FieldErrors::one("from", "This day is out of range.").into());
    };
    let asker = Asker { account: account.id, address: None, zone: zone.clone() };
    let asking = asker.about(None, context.now);
    let asked: Vec<&Person> = people.iter().collect();
    let address = |id: &u64| people.iter().find(|p| p.account == *id).map(|p| p.address.to_string());
    let hours = suggest::suggest(&asked, range, &asking).into_iter().map(|found| SuggestedHour {
        time_slot: naive(found.begin, zone),
        soft: found.soft.iter().filter_map(address).collect(),
    });
    let hours = hours.collect();
    Ok((account, Suggested { participants: named, from, days, hours }))
}
