//! Events in D1. They are meetings, written by [`crate::meeting::store`]; here is what is read of them.

use serde_json::json;
use whittle_domain::booking::event::EventStatus;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::Meeting;

use crate::d1::{Param, Statement};
use crate::meeting::people;
use crate::meeting::store::SELECT;

/// Events on a page of the list (spec/bookings.md, part 0).
pub const PAGE: i64 = 10;

/// A row is `[meeting, when it was made]`, of the meeting `e`.
fn row() -> Statement {
    Statement::new(format!("json_array(json(({SELECT} and m.id = e.id)), e.created_at)"))
}

/// Which events are listed.
pub struct Listed {
    /// Only those that begin after this.
    pub after: Option<Instant>,
    /// Only those of this status, as the account has it.
    pub status: Option<EventStatus>,
    /// The page, from 1 on; 0 for the last.
    pub page: i64,
}

/// The events of an account in the order of their begins: how many there are, and those of a page.
const LIST: &str = ", listed as (
    select m.id, m.starts_at, m.status, null as partstat from me join meetings m on m.organiser = me.id
      where m.starts_at > :after and m.source = 'event' and m.status in ('confirmed', 'cancelled')
        and not exists (select 1 from meeting_attendees t
          where t.meeting = m.id and t.address_key = me.address_key and me.verified = 1)
    union all
    select m.id, m.starts_at, m.status, t.partstat
      from me cross join meeting_attendees t on t.address_key = me.address_key and me.verified = 1
        cross join meetings m on m.id = t.meeting
      where m.starts_at > :after and m.source = 'event' and m.status in ('confirmed', 'cancelled')),
  wanted as (select id, starts_at from listed
    where :status is null or :status =
      iif(status = 'cancelled', status, iif(partstat is 'declined', partstat, 'active'))),
  counted as (select count(*) as n from wanted)
  select json_object('count', n, 'rows', (select json_group_array(json(row)) from (
    select :row as row from
      (select id from wanted order by starts_at, id limit :size
        offset iif(:page = 0, cast(max((select n from counted) - 1, 0) / :size as integer), :page - 1) * :size) w
      cross join meetings e on e.id = w.id order by e.starts_at, e.id))) as json
  from counted";

/// The query for a page of the list of the account that asks.
pub fn list(listed: &Listed) -> Statement {
    Statement::new(LIST)
        .embed("row", row())
        .bind("after", listed.after.map_or(-(1 << 53), Instant::millis))
        .bind("status", listed.status.map(EventStatus::word))
        .bind("size", PAGE)
        .bind("page", listed.page)
}

/// The query for one event.
pub fn find(id: u64) -> Statement {
    let select = "select :row as json from meetings e
      where e.id = :id and e.source = 'event' and e.status in ('confirmed', 'cancelled')";
    Statement::new(select).embed("row", row()).bind("id", Param::id(id))
}

/// Whom the account that asks may book is found by address; who belongs to the event already, and the account itself, in any case.
const WHO: &str = ", who as (
    select a.id from json_each(:keys) j join accounts a on a.address_key = j.value and a.verified = 1 cross join me
      where me.verified = 1 and a.active = 1 and a.leaving = 0 and (a.bookable_by = 'anyone'
        or (a.bookable_by = 'contacts'
          and exists (select 1 from contacts c where c.owner = a.id and c.email_key = me.address_key)))
    union
    select a.id from meeting_attendees t join accounts a on a.address_key = t.address_key and a.verified = 1
        cross join me
      where t.meeting = :event and me.verified = 1
    union select id from me where verified = 1)
  select :person as json from who w cross join accounts a on a.id = w.id";

/// The query for the people of an event: those with these addresses whom the account that asks may book, those of the event `event`
/// and the account itself; with their engagements of `range`, in milliseconds, or of the time of the event.
pub fn people(keys: &[String], event: Option<u64>, range: Option<(i64, i64)>, now: Instant) -> Statement {
    let of_event = |sql: &'static str| Statement::new(sql).bind("id", event.map_or(Param::Null, Param::id));
    let at = |millis: i64| Statement::new(":at").bind("at", millis);
    let (from, to) = match range {
        Some((from, to)) => (at(from), at(to)),
        None => (
            of_event("(select starts_at from meetings where id = :id)"),
            of_event("(select starts_at from meetings where id = :id)"),
        ),
    };
    // An event can have been made longer than an hour.
    let length = "(:to + coalesce((select ends_at - starts_at from meetings where id = :id), 3600000))";
    let to = of_event(length).embed("to", to);
    Statement::new(WHO)
        .embed("person", people::person(from, to, now))
        .bind("keys", json!(keys).to_string())
        .bind("event", event.map_or(Param::Null, Param::id))
}

/// The query for the same event, booked before by the same account.
pub fn same(event: &Meeting) -> Statement {
    let select = "select :row as json from meetings e
      where e.organiser = :organiser and e.starts_at = :at and e.ends_at = :end and e.source = 'event'
        and e.status = 'confirmed' and e.visibility = 'open' and e.title = :title and e.description = :description
        and :keys = (select json_group_array(address_key) from
          (select address_key from meeting_attendees t where t.meeting = e.id order by address_key))";
    let mut keys: Vec<String> = event.attendees.iter().map(|attendee| attendee.address.key()).collect();
    keys.sort_unstable();
    Statement::new(select)
        .embed("row", row())
        .bind("organiser", Param::id(event.organiser.account))
        .bind("at", event.begin.millis())
        .bind("end", event.end.millis())
        .bind("title", event.title.as_str())
        .bind("description", event.description.as_str())
        .bind("keys", json!(keys).to_string())
}
