//! What staff look through: the rows of the directory, a page at a time, found by an address or an id. Whose texts they are is
//! not shown beyond the title by which one knows a thing.

use whittle_domain::input;
use whittle_domain::staff::LEDGER_ID;
use worker::Env;

use super::query_as_staff;
use crate::config;
use crate::d1::{Param, Statement};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::cursor::{self, Cursor, List as Pages};
use crate::http::negotiation::quality;
use crate::http::reply::Reply;
use crate::route::admin::List;

/// The place before the first row of a list that begins with the newest.
const NEWEST: Cursor = Cursor { at: (1 << 53) - 1, id: (1 << 53) - 1 };
/// The place before the first row of a list in the order of ids, or of one whose rows are counted.
const FIRST: Cursor = Cursor { at: -1, id: 0 };

/// How instants are written.
macro_rules! at {
    ($millis:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%SZ', ", $millis, " / 1000, 'unixepoch')")
    };
}

// Each is `select {cursor} || ' ' || {JSON} as json ...`. A row's `url` is where one sees all of it.

const PROPOSALS: &str = concat!(
    "select '0.' || p.id || ' ' || json_object('id', p.id, 'title', p.title,
    'parties', (select json_group_array(iif(type = 'object', value ->> 'email', value)) from json_each(p.shown, '$.parties')),
    'slots', json_array_length(p.shown, '$.slots'), 'state', p.state,
    'creator', (select username from accounts where id = p.creator), 'created_at', ",
    at!("p.created_at"),
    ", 'url', '/' || p.id || '/') as json
  from proposals p
  where (select staff from me) = 1 and (0, p.id) > (:after_time, :after_id)
    and (:search is null or cast(p.id as text) = :search
      or exists (select 1 from json_each(p.shown, '$.parties') where instr(lower(iif(type = 'object', value ->> 'email', value)), :search)))
  order by p.id limit :most"
);

const CALENDARS: &str = concat!(
    "select c.created_at || '.' || c.id || ' ' || json_object('id', c.id, 'title', c.name,
    'creator', (select username from accounts where id = c.owner), 'state', c.state, 'invited', c.invited,
    'answered', c.answered, 'deadline', ",
    at!("c.deadline"),
    ", 'created_at', ",
    at!("c.created_at"),
    ", 'url', '/schedules/calendars/' || c.id || '/log/') as json
  from calendars c
  where (select staff from me) = 1 and (c.created_at, c.id) < (:after_time, :after_id)
    and (:search is null or cast(c.id as text) = :search
      or exists (select 1 from calendar_invitees i where i.calendar = c.id and instr(i.address_key, :search)))
  order by c.created_at desc, c.id desc limit :most"
);

const MEETINGS: &str = concat!(
    "select m.created_at || '.' || m.id || ' ' || json_object('id', m.id, 'source', m.source, 'state', m.status, 'begin', ",
    at!("m.starts_at"),
    ", 'minutes', (m.ends_at - m.starts_at) / 60000, 'organiser', m.organiser_address,
    'attendees', (select json_group_array(address) from meeting_attendees where meeting = m.id), 'created_at', ",
    at!("m.created_at"),
    ", 'url', '/meetings/' || m.id || '/') as json
  from meetings m
  where (select staff from me) = 1 and (m.created_at, m.id) < (:after_time, :after_id)
    and (:search is null or cast(m.id as text) = :search or instr(lower(m.organiser_address), :search)
      or exists (select 1 from meeting_attendees t where t.meeting = m.id and instr(t.address_key, :search)))
  order by m.created_at desc, m.id desc limit :most"
);

const BOOKINGS: &str = concat!(
    "select b.made_at || '.' || b.meeting || ' ' || json_object('id', b.meeting,
    'page', (select name from booking_pages where account = b.owner), 'title', (select title from offers where id = b.offer),
    'state', m.status, 'awaits', b.awaits, 'begin', ",
    at!("b.starts_at"),
    ", 'guest', (select address from meeting_attendees where meeting = b.meeting), 'created_at', ",
    at!("b.made_at"),
    ", 'url', '/meetings/' || b.meeting || '/') as json
  from bookings b join meetings m on m.id = b.meeting
  where (select staff from me) = 1 and (b.made_at, b.meeting) < (:after_time, :after_id)
    and (:search is null or cast(b.meeting as text) = :search
      or exists (select 1 from booking_pages where account = b.owner and name = :search)
      or exists (select 1 from meeting_attendees t where t.meeting = b.meeting and instr(t.address_key, :search)))
  order by b.made_at desc, b.meeting desc limit :most"
);

const ACCOUNTS: &str = concat!(
    "select a.created_at || '.' || a.id || ' ' || json_object('id', a.id, 'username', a.username, 'email', a.address,
    'verified', json(iif(a.verified, 'true', 'false')), 'active', json(iif(a.active, 'true', 'false')),
    'staff', json(iif(a.staff, 'true', 'false')), 'created_at', ",
    at!("a.created_at"),
    ", 'url', '/admin/accounts/' || a.id || '/') as json
  from accounts a
  where (select staff from me) = 1 and (a.created_at, a.id) < (:after_time, :after_id)
    and (:search is null or cast(a.id as text) = :search or instr(a.address_key, :search) or instr(lower(a.username), :search))
  order by a.created_at desc, a.id desc limit :most"
);

const LOGS: &str = concat!(
    "select l.updated_at || '.' || l.id || ' ' || json_object('id', l.id, 'kind', l.kind, 'title', l.title, 'entries', l.entries,
    'updated_at', ",
    at!("l.updated_at"),
    ", 'url', iif(l.kind = 'proposal', '/', '/schedules/calendars/') || l.id || '/log/') as json
  from (select 'proposal' as kind, id, title, entries, updated_at from proposals
    union all select 'calendar', id, name, entries, updated_at from calendars) l
  where (select staff from me) = 1 and (l.updated_at, l.id) < (:after_time, :after_id)
    and (:search is null or cast(l.id as text) = :search or instr(lower(l.title), :search))
  order by l.updated_at desc, l.id desc limit :most"
);

/// What has died comes first, then what waits for its next attempt.
const OUTBOX: &str = concat!(
    "select '0.' || (cast(:after_id as integer) + row_number() over ()) || ' ' || json_object('id', o.id, 'source', o.source,
    'kind', o.template, 'to', o.recipient, 'state', o.status, 'attempts', o.attempts, 'error', o.error, 'due_at', ",
    at!("o.due_at"),
    ", 'created_at', ",
    at!("o.created_at"),
    ", 'url', '/admin/outbox/?search=' || o.id) as json
  from (select id, 'directory' as source, body ->> 'kind' || ' ' || coalesce(body ->> 'template', '') as template,
      body ->> 'to' as recipient, status, attempts, error, due_at, created_at from outbox
    union all select mail, kind || '/' || subject, kind || ' ' || coalesce(template, ''), recipient, status, attempts, error, next_at, first_at
      from mail_failures) o
  where (select staff from me) = 1 and :after_time is not null and (:search is null or o.id = :search or o.status = :search or instr(lower(o.recipient), :search))
  order by o.status = 'dead' desc, o.due_at, o.id limit :most offset :after_id"
);

const SUPPRESSIONS: &str = concat!(
    "select '0.' || (cast(:after_id as integer) + row_number() over ()) || ' ' || json_object('email', s.address_key,
    'reason', s.reason, 'created_at', ",
    at!("s.at"),
    ", 'url', '/admin/suppressions/?search=' || s.address_key) as json
  from suppressions s
  where (select staff from me) = 1 and :after_time is not null and (:search is null or instr(s.address_key, :search))
  order by s.at desc, s.address_key, s.reason limit :most offset :after_id"
);

const LEDGER: &str = "select '0.' || l.seq || ' ' || json_object('id', l.seq, 'act', l.entry ->> 'act',
    'subject', l.entry ->> 'subject', 'about', l.openings ->> '$[#-2].value.email', 'staff', l.openings ->> '$[#-1].value.email',
    'via', l.entry ->> 'via', 'created_at', l.entry ->> 'at', 'hash', l.hash) as json
  from staff_ledger l
  where (select staff from me) = 1 and (0, l.seq) < (:after_time, :after_id)
    and (:search is null or l.entry ->> 'act' = :search or l.entry ->> 'subject' = :search
      or instr(l.openings ->> '$[#-1].value.email', :search))
  order by l.seq desc limit :most";

/// An entry with its openings, in the lines of the export (docs/log.md).
const LINES: &str = "select '{\"entry\":' || entry || '}' || char(10)
    || (select group_concat('{\"opening\":' || value || '}' || char(10), '') from json_each(openings)) as json
  from staff_ledger where (select staff from me) = 1
  union all select '{\"head\":{\"entries\":' || seq || ',\"hash\":\"' || hash || '\"}' || '}' || char(10)
  from (select seq, hash from staff_ledger order by seq desc limit 1) where (select staff from me) = 1";

const ACCOUNT: &str = concat!(
    "select json_object('id', a.id, 'username', a.username, 'email', a.address,
    'verified', json(iif(a.verified, 'true', 'false')), 'active', json(iif(a.active, 'true', 'false')),
    'staff', json(iif(a.staff, 'true', 'false')), 'leaving', json(iif(a.leaving, 'true', 'false')),
    'timezone', a.timezone, 'created_at', ",
    at!("a.created_at"),
    ", 'proposals', (select count(*) from proposals where creator = a.id),
    'calendars', (select count(*) from calendars where owner = a.id),
    'meetings', (select count(*) from meetings where organiser = a.id),
    'bookings', (select count(*) from bookings where owner = a.id),
    'sign_ins', (select count(*) from sessions where account = a.id and epoch = a.epoch)
      + (select count(*) from tokens where account = a.id and epoch = a.epoch)
      + (select count(*) from families where account = a.id and epoch = a.epoch),
    'mails', (select count(*) from mail_counts where sender in (a.address_key, 'account ' || a.id) and kind <> 'held'
      and at > :now - 86400000)) as json
  from accounts a where a.id = :id"
);

const fn sql(list: List) -> (&'static str, Cursor) {
    match list {
        List::Proposals => (PROPOSALS, FIRST),
        List::Calendars => (CALENDARS, NEWEST),
        List::Meetings => (MEETINGS, NEWEST),
        List::Bookings => (BOOKINGS, NEWEST),
        List::Accounts => (ACCOUNTS, NEWEST),
        List::Logs => (LOGS, NEWEST),
        List::Outbox => (OUTBOX, FIRST),
        List::Suppressions => (SUPPRESSIONS, FIRST),
    }
}

/// `GET /admin/{list}/`: a page of the list, with `?search=` what fits.
pub async fn show(list: List, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (sql, start) = sql(list);
    page(sql, Pages { path: list.path(), parameter: "after", start }, context, env).await
}

/// `GET /admin/ledger/`: what staff have done, the newest first; `?format=jsonl`: all of it, to be verified.
pub async fn ledger(context: &RequestContext, env: &Env) -> Result<Reply> {
    let lines = context.query("format") == Some("jsonl")
        || quality(&context.accept, "application/jsonl") > quality(&context.accept, "application/json");
    if !lines {
        let pages = Pages { path: "/admin/ledger/", parameter: "after", start: NEWEST };
        return page(LEDGER, pages, context, env).await;
    }
    let (_, rows) = query_as_staff(context, env, Statement::new(LINES)).await?;
    let mut text = format!("{{\"ledger\":{{\"format\":\"whittle-ledger/1\",\"staff\":{LEDGER_ID}}}}}\n");
    text.extend(rows.texts());
    Ok(Reply::json(200, text).media("application/jsonl"))
}

async fn page(sql: &'static str, pages: Pages, context: &RequestContext, env: &Env) -> Result<Reply> {
    let search = input::parse_search("search", context.query("search"))?;
    let Cursor { at, id } = pages.cursor(context)?;
    let query = Statement::new(sql)
        .bind("after_time", at)
        .bind("after_id", id)
        .bind("search", search.map(str::to_lowercase))
        .bind("most", cursor::ROWS);
    let (_, rows) = query_as_staff(context, env, query).await?;
    pages.page(&rows, &config::origin(env)?, &[("search", search)])
}

/// The statement that reads an account as staff see it.
pub fn reading_account(id: u64, now: i64) -> Statement {
    Statement::new(ACCOUNT).bind("id", Param::id(id)).bind("now", now)
}

/// `GET /admin/accounts/{id}/`
pub async fn account(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let query = reading_account(id, context.now.millis());
    let (_, rows) = query_as_staff(context, env, query).await?;
    let found = rows.texts().pop().ok_or_else(not_found)?;
    Ok(Reply::json(200, found))
}
