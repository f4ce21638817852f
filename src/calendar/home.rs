//! `GET /schedules/home/`: the calendars of an account, and the meetings that came of them. One D1 batch, authentication joined into
//! it. All of it comes from the directory: nothing is decided by it.

use serde::{Deserialize, Serialize};
use whittle_domain::calendar::wall::NaiveSlot;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

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

/// The answer. Where the next page of a list is, is said where there is one.
#[derive(Serialize)]
struct Home {
    finalized_meetings: Vec<MeetingItem>,
    unfinalized_meetings: Vec<CalendarItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finalized_next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinalized_next: Option<String>,
}

/// A meeting. `id` is the meeting's here, as the document has it.
#[derive(Serialize)]
struct MeetingItem {
    id: i64,
    calendar_id: u64,
    name: String,
    description: String,
    #[serde(flatten)]
    times: NaiveSlot,
    contact: Option<ContactItem>,
}

#[derive(Serialize)]
struct ContactItem {
    id: u64,
    first_name: String,
    last_name: String,
    email: String,
}

#[derive(Serialize)]
struct CalendarItem {
    id: i64,
    name: String,
    description: String,
    deadline: String,
}

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
    let (finalized_meetings, finalized_next) = rows(made, &MEETINGS, &origin, meeting)?;
    let (unfinalized_meetings, unfinalized_next) = rows(open, &CALENDARS, &origin, calendar)?;
    let home = Home { finalized_meetings, unfinalized_meetings, finalized_next, unfinalized_next };
    Ok(Reply::json(200, serde_json::to_string(&home)?))
}

/// The rows of a list, and where the next page of it is.
fn rows<F: for<'a> Deserialize<'a>, T>(
    rows: Option<Rows>,
    list: &List,
    origin: &str,
    write: impl Fn(F) -> (Cursor, Option<T>),
) -> Result<(Vec<T>, Option<String>)> {
    let texts = rows.map(|rows| rows.texts()).unwrap_or_default();
    let is_last = texts.len() <= MOST;
    let found: Vec<F> =
        texts.iter().map(|text| whittle_json::from_str(text)).collect::<serde_json::Result<_>>()?;
    let (cursors, items): (Vec<Cursor>, Vec<Option<T>>) = found.into_iter().take(MOST).map(write).unzip();
    let last = cursors.last().filter(|_| !is_last);
    let next = last.map(|Cursor { at, id }| list.next(&format!("{at}.{id}"), origin, &[])).transpose()?;
    Ok((items.into_iter().flatten().collect(), next))
}

fn meeting(found: FoundMeeting) -> (Cursor, Option<MeetingItem>) {
    let FoundMeeting(at, id, ends_at, calendar_id, name, description, zone, with) = found;
    let length = Duration::from_micros(ends_at.saturating_sub(at).saturating_mul(1_000));
    let times = Slot::new(Instant::from_millis(at), length).map(|slot| NaiveSlot::of(&slot, &zone));
    let contact =
        with.map(|(_, id, first_name, last_name, email)| ContactItem { id, first_name, last_name, email });
    let item = times.ok().map(|times| MeetingItem { id, calendar_id, name, description, times, contact });
    (Cursor { at, id }, item)
}

fn calendar(found: FoundCalendar) -> (Cursor, Option<CalendarItem>) {
    let FoundCalendar(at, id, name, description, deadline) = found;
    let deadline = Instant::from_millis(deadline).to_string();
    (Cursor { at, id }, Some(CalendarItem { id, name, description, deadline }))
}
