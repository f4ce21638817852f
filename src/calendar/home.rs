//! `GET /schedules/home/`: the calendars of an account, and the meetings that came of them. One D1 batch, authentication joined into
//! it. All of it comes from the directory: nothing is decided by it.

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::calendar::wall::NaiveSlot;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::bodies::with_times;
use crate::auth::account::authenticate_and_query;
use crate::config;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::cursor::{Cursor, List};
use crate::http::reply::Reply;
use crate::platform::Rows;

/// The most rows of a list.
const MOST: usize = 100;
const PATH: &str = "/schedules/home/";

/// Meetings that take place, the first one first.
const MEETINGS: List = List { path: PATH, parameter: "finalized_after", start: Cursor { at: -1, id: 0 } };
/// Calendars without meetings, newest first.
const CALENDARS: List =
    List { path: PATH, parameter: "unfinalized_before", start: Cursor { at: (1 << 53) - 1, id: 0 } };

/// A meeting belongs to a calendar by its source; with whom it is, the calendar's row says.
const SELECT_MEETINGS: &str =
    "select json_array(m.starts_at, m.id, m.ends_at, c.id, m.title, m.description, c.timezone,
    (select s.value from json_each(c.scheduled) s where s.value ->> 0 = m.id)) as json
  from me cross join meetings m on m.organiser = me.id cross join calendars c on c.id = m.source_id
  where m.source = 'calendar' and m.status = 'confirmed' and (m.starts_at, m.id) > (:at, :id)
  order by m.starts_at, m.id limit :most";
const SELECT_CALENDARS: &str =
    "select json_array(c.created_at, c.id, c.name, c.description, c.deadline) as json
  from me cross join calendars c on c.owner = me.id
  where c.state in ('open', 'finalizing') and (c.created_at, c.id) < (:at, :id)
  order by c.created_at desc, c.id desc limit :most";

/// A meeting as D1 gives it: its place in the list, its end, its calendar, and with whom it is: the meeting, the contact, and the
/// contact's names and address.
#[derive(Deserialize)]
struct FoundMeeting(i64, i64, i64, u64, String, String, Zone, Option<(u64, u64, String, String, String)>);

#[derive(Deserialize)]
struct FoundCalendar(i64, i64, String, String, i64);

/// 1. the cursors must parse; 2. account and lists come in one batch; 3. the account must be admitted; 4. the rows are written.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let page = |sql: &'static str, list: &List| -> Result<Statement> {
        let Cursor { at, id } = list.cursor(context)?;
        let most = i64::try_from(MOST.saturating_add(1)).unwrap_or_default();
        Ok(Statement::new(sql).bind("at", at).bind("id", id).bind("most", most))
    };
    let queries = vec![page(SELECT_MEETINGS, &MEETINGS)?, page(SELECT_CALENDARS, &CALENDARS)?];
    let (_, mut found) = authenticate_and_query(context, env, queries).await?;
    let (open, made) = (found.pop(), found.pop());
    let origin = config::origin(env)?;
    let (meetings, next_meetings) = rows(made, &MEETINGS, &origin, meeting)?;
    let (calendars, next_calendars) = rows(open, &CALENDARS, &origin, calendar)?;
    let mut body = json!({ "finalized_meetings": meetings, "unfinalized_meetings": calendars });
    for (name, next) in [("finalized_next", next_meetings), ("unfinalized_next", next_calendars)] {
        if let Some(next) = next {
            body[name] = json!(next);
        }
    }
    Ok(Reply::json(200, body.to_string()))
}

/// The rows of a list, and where the next page of it is.
fn rows<F: for<'a> Deserialize<'a>>(
    rows: Option<Rows>,
    list: &List,
    origin: &str,
    write: impl Fn(F) -> (Cursor, Value),
) -> Result<(Vec<Value>, Option<String>)> {
    let texts = rows.map(|rows| rows.texts()).unwrap_or_default();
    let is_last = texts.len() <= MOST;
    let found: Vec<F> =
        texts.iter().map(|text| serde_json::from_str(text)).collect::<serde_json::Result<_>>()?;
    let (cursors, items): (Vec<Cursor>, Vec<Value>) = found.into_iter().take(MOST).map(write).unzip();
    let last = cursors.last().filter(|_| !is_last);
    let next = last.map(|Cursor { at, id }| list.next(&format!("{at}.{id}"), origin, &[])).transpose()?;
    Ok((items, next))
}

/// `id` is the meeting's here, as the document has it.
fn meeting(found: FoundMeeting) -> (Cursor, Value) {
    let FoundMeeting(at, id, ends_at, calendar, name, description, zone, with) = found;
    let contact = with.map(|(_, id, first, last, email)| {
        json!({ "id": id, "first_name": first, "last_name": last, "email": email })
    });
    let mut row = json!({
        "id": id, "calendar_id": calendar, "name": name, "description": description, "contact": contact,
    });
    let length = Duration::from_micros(ends_at.saturating_sub(at).saturating_mul(1_000));
    if let Ok(slot) = Slot::new(Instant::from_millis(at), length) {
        with_times(&mut row, &NaiveSlot::of(&slot, &zone));
    }
    (Cursor { at, id }, row)
}

fn calendar(found: FoundCalendar) -> (Cursor, Value) {
    let FoundCalendar(at, id, name, description, deadline) = found;
    let deadline = Instant::from_millis(deadline).to_string();
    let row = json!({ "id": id, "name": name, "description": description, "deadline": deadline });
    (Cursor { at, id }, row)
}
