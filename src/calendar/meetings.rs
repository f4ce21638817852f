//! The meetings that came of a calendar: D1 is the truth for them, and who may see them together the calendar says.

use serde::Deserialize;
use whittle_domain::calendar::{Calendar, Caller, Scheduled};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::Source;
use whittle_domain::order::sort_by_key;
use whittle_domain::slot::Slot;
use worker::Env;

use super::api::whole;
use super::bodies::{self, MeetingRow};
use crate::auth::account::{authenticate, authenticate_and_query};
use crate::d1::{Param, Statement};
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::meeting::{api, feed};

/// They are looked up by the ids in the calendar's row, as the account that asks may see it.
const SELECT: &str = "select json_array(m.id, m.starts_at, m.ends_at, m.status) as json
  from me cross join calendars c cross join json_each(c.scheduled) s cross join meetings m
  where c.id = :id and (c.owner = me.id or me.staff) and m.id = s.value ->> 0 and m.status in ('confirmed', 'cancelled')";

#[derive(Deserialize)]
struct Found(u64, i64, i64, String);

/// `GET /schedules/calendars/{id}/meetings/`: its meetings as they are now, by time; the owner and staff. `id` is the contact's.
pub async fn list(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let query = Statement::new(SELECT).bind("id", Param::id(id));
    let (account, mut found) = authenticate_and_query(context, env, vec![query]).await?;
    let calendar = whole(id, Caller::from(account), context, env).await?;
    let texts = found.pop().map(|rows| rows.texts()).unwrap_or_default();
    let found: Vec<Found> =
        texts.iter().map(|text| whittle_json::from_str(text)).collect::<serde_json::Result<_>>()?;
    let mut rows = rows(&calendar, &found);
    sort_by_key(&mut rows, |(begin, _)| *begin);
    let rows: Vec<MeetingRow<'_>> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(Reply::json(200, serde_json::to_string(&rows)?).etag(calendar.version))
}

/// The meetings with their begins. One that the directory does not have yet takes place as it was finalised.
fn rows<'a>(calendar: &'a Calendar, found: &'a [Found]) -> Vec<(Instant, MeetingRow<'a>)> {
    let row = |one: &Scheduled| {
        let current = found.iter().find(|found| found.0 == one.meeting);
        let moved = current.and_then(|Found(_, starts_at, ends_at, _)| {
            let length = Duration::from_micros(ends_at.saturating_sub(*starts_at).saturating_mul(1_000));
            Slot::new(Instant::from_millis(*starts_at), length).ok()
        });
        let slot = moved.unwrap_or(one.slot);
        let status = Some(current.map_or("confirmed", |found| found.3.as_str()));
        let mut row = bodies::meeting(calendar, &Scheduled { slot, ..*one })?;
        row.status = status;
        Some((slot.begin(), row))
    };
    calendar.scheduled.iter().filter_map(row).collect()
}

/// `GET /schedules/calendars/{id}/calendar.ics`: its meetings for a calendar; the owner and staff.
pub async fn file(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let calendar = whole(id, account.into(), context, env).await.map_err(super::refusal::hidden)?;
    if calendar.scheduled.is_empty() {
        return Err(Error::NotFound("This calendar has no meetings yet.".into()));
    }
    let meetings: Vec<u64> = calendar.scheduled.iter().map(|one| one.meeting).collect();
    feed::of_meetings(&meetings, env).await
}

/// Refuses a meeting that is none of this calendar's, as if there were none.
pub async fn require(id: u64, meeting: u64, context: &RequestContext, env: &Env) -> Result<()> {
    let (found, ..) = api::find(meeting, context, env).await?;
    if found.source == Source::Calendar(id) { Ok(()) } else { Err(not_found()) }
}
