//! The meetings of a calendar that is being finalised: *reserved*, then *confirmed*, or *void*.
//!
//! Each step is one batch, which may run late, twice, and out of order. Its statements look at what a meeting is when they run:
//!
//! * *reserve* adds what is not there, and takes time for what is reserved. The database's own guard refuses the batch as a whole
//!   where an organiser's time is taken ([`crate::error::Refusal::Busy`]).
//! * *confirm* makes what is reserved take place, and mails it; whatever is confirmed or void stays as it is.
//! * *void* takes back what is reserved, and leaves a row where there is none: a reservation that comes after it finds that row
//!   and takes no time. The ids of meetings belong to one intent to finalise, so the row is in nobody's way.

use serde_json::{Value, json};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Meeting, Status, agreed};
use worker::Env;

use super::store::{attendees, mail, queue, row_id, word};
use crate::d1::{Compile as _, Compiled, Directory, Statement};
use crate::dev::Dev;
use crate::error::Result;
use crate::mail::scheduler;

/// For how long a void meeting is kept: no batch of ours is on its way for longer.
const VOID_MILLIS: i64 = 2 * 86_400_000;

const ADD: &str = "insert into meetings (id, uid, title, starts_at, ends_at, timezone, status, sequence, version, act,
    visibility, organiser, organiser_address, organiser_name, organiser_opted_out, source, source_id, receipt,
    created_at, updated_at, organiser_generation, location, description)
  select value ->> 'id', value ->> 'uid', value ->> 'title', value ->> 'begin', value ->> 'end', value ->> 'timezone',
    :status, 0, value ->> 'version', :seed, value ->> 'visibility', value ->> 'organiser', value ->> 'organiser_address',
    value ->> 'organiser_name', value ->> 'organiser_opted_out', value ->> 'source', value ->> 'source_id',
    value ->> 'receipt', :now, :now, value ->> 'organiser_generation', value ->> 'location', value ->> 'description'
  from json_each(:meetings) where true";
const ADD_ATTENDEES: &str = "insert into meeting_attendees
    (meeting, number, address, address_key, name, optional, partstat, generation, opted_out, asked, over_budget)
  select r.id, a.value ->> 'number', a.value ->> 'address', a.value ->> 'key', a.value ->> 'name', a.value ->> 'optional',
    a.value ->> 'partstat', a.value ->> 'generation', a.value ->> 'opted_out', a.value ->> 'asked', a.value ->> 'over_budget'
  from json_each(:meetings) m cross join meetings r on r.id = m.value ->> 'id' and r.status = 'reserved'
    cross join json_each(m.value, '$.attendees') a
  where true on conflict (meeting, number) do nothing";
/// The organiser's time is hard.
const TAKE_ORGANISER: &str = "insert into busy
    (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source)
  select o.id, r.starts_at, r.ends_at, r.starts_at, r.ends_at, 1, :now, 'meeting', r.id
  from json_each(:meetings) m cross join meetings r on r.id = m.value ->> 'id' and r.status = 'reserved'
    cross join accounts o on o.id = r.organiser
  where not exists (select 1 from busy b where b.kind = 'meeting' and b.source = r.id and b.account = o.id)";
/// An attendee who has an account is shown as busy, and nothing of its own is refused for that.
const TAKE_ATTENDEES: &str = "insert into busy
    (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source)
  select a.id, r.starts_at, r.ends_at, r.starts_at, r.ends_at, 0, :now, 'meeting', r.id
  from json_each(:meetings) m cross join meetings r on r.id = m.value ->> 'id' and r.status = 'reserved'
    cross join meeting_attendees t on t.meeting = r.id
    cross join accounts a on a.address_key = t.address_key and a.verified = 1
  where not exists (select 1 from busy b where b.kind = 'meeting' and b.source = r.id and b.account = a.id)";
const CONFIRM: &str = "update meetings set status = 'confirmed'
  where id in (select value ->> 'id' from json_each(:meetings)) and status = 'reserved'";
/// What it said goes; only that it is void is of use.
const MAKE_VOID: &str = " on conflict (id) do update set status = 'void', title = '', description = '',
    updated_at = excluded.updated_at where status = 'reserved'";
const FREE: &str = "delete from busy where kind = 'meeting' and source in
    (select id from meetings where id in (select value ->> 'id' from json_each(:meetings)) and status = 'void')";
const FORGET_ATTENDEES: &str = "delete from meeting_attendees where meeting in
    (select id from meetings where id in (select value ->> 'id' from json_each(:meetings)) and status = 'void')";

/// Reserves these meetings and the time that they take; refused where an organiser has other engagements then. `seed` names the
/// intent.
pub async fn reserve(directory: &Directory, meetings: &[Meeting], seed: &str, now: Instant) -> Result<()> {
    let rows = rows(meetings, row);
    let bound = |sql: &str| bound(sql, &rows, now);
    let add = bound(&format!("{ADD} on conflict (id) do nothing"));
    let add = add.bind("status", word(&Status::Reserved)).bind("seed", seed);
    let take = [ADD_ATTENDEES, TAKE_ORGANISER, TAKE_ATTENDEES].map(bound);
    directory.unread([add].into_iter().chain(take).collect()).await.map(|_| ())
}

/// Has these meetings take place, and sends each of them to its attendee and its organiser. They are of one calendar.
pub async fn confirm(
    env: &Env,
    meetings: &[Meeting],
    (seed, key_id): (&str, &str),
    link_days: i64,
    now: Instant,
    dev: &Dev,
) -> Result<()> {
    let Some(first) = meetings.first() else { return Ok(()) };
    let calendar = first.source.id();
    let mut rows_of_mails = Vec::new();
    for meeting in meetings {
        // As it is once it takes place.
        let meeting = Meeting { status: Status::Confirmed, ..meeting.clone() };
        let seed = format!("{seed}-{}", meeting.id);
        rows_of_mails.extend(
            agreed(&meeting, now, link_days).iter().map(|letter| mail(&row_id(&seed, letter), letter)),
        );
    }
    let guard = "exists (select 1 from meetings r where r.id = j.value -> 1 ->> '$.meeting.id' and r.status = 'reserved')";
    let mut statements: Vec<Compiled> = queue(first, &rows_of_mails, guard, key_id, now);
    let ids = rows(meetings, |meeting| json!({ "id": meeting.id }));
    statements.push(Statement::new(CONFIRM).bind("meetings", ids.as_str()).compile()?);
    // Should this end between the batch and the last line, the clock looks by itself.
    scheduler::wake(env, calendar, scheduler::GRACE_MILLIS, dev).await?;
    Directory::of(env).unread(statements).await?;
    scheduler::wake(env, calendar, 0, &Dev { failpoint: None, ..dev.clone() }).await
}

/// Takes back these meetings, as far as they are no more than reserved, and frees their time.
pub async fn void(directory: &Directory, meetings: &[Meeting], seed: &str, now: Instant) -> Result<()> {
    let unsaid = |meeting: &Meeting| {
        let mut row = row(meeting);
        if let Value::Object(members) = &mut row {
            members.extend(["title", "description"].map(|said| (said.to_owned(), json!(""))));
        }
        row
    };
    let rows = rows(meetings, unsaid);
    let bound = |sql: &str| bound(sql, &rows, now);
    let add = bound(&format!("{ADD}{MAKE_VOID}")).bind("status", word(&Status::Void)).bind("seed", seed);
    directory.unread(vec![add, bound(FREE), bound(FORGET_ATTENDEES)]).await.map(|_| ())
}

/// The statement that forgets meetings that have been void for so long that no reservation of theirs can come.
pub fn forgetting(now: Instant) -> Statement {
    Statement::new("delete from meetings where status = 'void' and updated_at <= :before")
        .bind("before", now.millis().saturating_sub(VOID_MILLIS))
}

fn bound(sql: &str, rows: &str, now: Instant) -> Statement {
    let bound = Statement::new(sql.to_owned()).bind("meetings", rows);
    if sql.contains(":now") { bound.bind("now", now.millis()) } else { bound }
}

fn rows(meetings: &[Meeting], row: impl Fn(&Meeting) -> Value) -> String {
    Value::from_iter(meetings.iter().map(row)).to_string()
}

fn row(meeting: &Meeting) -> Value {
    let organiser = &meeting.organiser;
    json!({
        "id": meeting.id, "uid": meeting.uid, "title": meeting.title, "location": meeting.location,
        "description": meeting.description, "begin": meeting.begin.millis(), "end": meeting.end.millis(),
        "timezone": meeting.timezone, "version": meeting.version, "visibility": meeting.visibility,
        "organiser": organiser.account, "organiser_address": organiser.address, "organiser_name": organiser.name,
        "organiser_opted_out": u8::from(organiser.opted_out), "organiser_generation": organiser.generation,
        "source": meeting.source.kind(), "source_id": meeting.source.id(), "receipt": meeting.receipt,
        "attendees": attendees(meeting),
    })
}
