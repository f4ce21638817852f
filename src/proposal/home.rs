//! What an account has under way: what needs it, what waits for others, and what is agreed. One D1 batch, authentication joined
//! into it.
//!
//! * *Needs you*: open proposals that wait for the account's own answer; its own proposals that wait for its decision, because all
//!   required parties have answered, the deadline has passed, or nothing is left and there is no next round.
//! * *Waiting*: all other open proposals of the account, as creator or as party.
//! * *Agreed*: the meetings that it organises or attends and that have not ended.
//!
//! An account is a party by its verified address alone. All of this comes from the projection: nothing is decided by it.

use serde::{Deserialize, Serialize};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::PartStat;
use whittle_domain::proposal::{Phase, View};
use worker::Env;

use super::list::shown;
use crate::auth::account::{Account, authenticate_and_query};
use crate::config;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::cursor::{Cursor, List};
use crate::http::reply::Reply;
use crate::platform::Rows;

/// The most rows of one part.
const MOST: usize = 20;

/// What an account has under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Home {
    /// What waits for the account itself, newest first.
    pub needs_you: Part<ProposalRow>,
    /// What waits for others, newest first.
    pub waiting: Part<ProposalRow>,
    /// Meetings that have not ended, the next one first.
    pub agreed: Part<MeetingRow>,
}

/// One of the parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part<T> {
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page of this part is, with the first pages of the others.
    pub next: Option<String>,
    /// This page.
    pub items: Vec<T>,
}

/// A proposal that is open, or that is exhausted and has no next round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposalRow {
    /// What the account can do.
    pub todo: Option<Todo>,
    /// Whether the account made it.
    pub mine: bool,
    /// Whether the account has answered; none where it is no party, or where the proposal takes no answers.
    pub answered: Option<bool>,
    /// How many required people have not answered.
    pub required_left: u32,
    /// The proposal as the list shows it.
    pub proposal: View,
}

/// The one thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Todo {
    /// To answer.
    Answer,
    /// To fix one of the times that are left.
    Fix,
    /// To open the next round, because nothing is left.
    Round,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeetingRow {
    /// Its id, which is that of the proposal it came of.
    pub id: u64,
    /// `{origin}/meetings/{id}/`
    pub url: String,
    /// What for.
    pub title: String,
    /// Where; empty where that is not said.
    pub location: String,
    /// UTC.
    pub begin: String,
    /// How long it lasts.
    pub duration: String,
    /// IANA name.
    pub timezone: String,
    /// Whether the account organises it.
    pub mine: bool,
    /// Whether the account comes; none where it does not attend.
    pub partstat: Option<PartStat>,
}

/// A row as D1 gives it: its place in the list, whether it is the account's own, and the rest.
#[derive(Deserialize)]
struct FoundProposal(i64, i64, u8, Option<Answer>, u32, View);
#[derive(Deserialize)]
struct FoundMeeting(i64, i64, u8, Option<PartStat>, i64, String, String, String);

/// `answer` of the table `proposal_parties`.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Required,
    Optional,
    Given,
}

/// What waits for the account, and what for others. In both, SQLite reads the rows of the account alone.
const PROPOSALS: &str = ", needs as materialized (
    select p.id, p.created_at from me cross join proposal_parties q cross join proposals p on p.id = q.proposal
      where me.verified and q.address_key = me.address_key and q.answer in ('required', 'optional')
        and p.state = 'open' and (p.deadline is null or p.deadline > :now)
    union
    select p.id, p.created_at from me cross join proposals p on p.creator = me.id
      where p.state in ('open', 'exhausted')
        and iif(p.state = 'open', p.required_left = 0 or p.deadline <= :now, p.successor is null)),
  waiting as materialized (
    select p.id, p.created_at from me cross join proposal_parties q cross join proposals p on p.id = q.proposal
      where me.verified and q.address_key = me.address_key and q.answer is not null and p.state = 'open'
    union
    select p.id, p.created_at from me cross join proposals p on p.creator = me.id
      where p.state in ('open', 'exhausted') and p.state = 'open'
    except select id, created_at from needs)";

const MEETINGS: &str = ", agreed as materialized (
    select m.id, m.starts_at from me cross join meetings m on m.organiser = me.id
      where m.status = 'confirmed' and m.ends_at > :now
    union
    select m.id, m.starts_at from me cross join meeting_attendees a cross join meetings m on m.id = a.meeting
      where me.verified and a.address_key = me.address_key and m.status = 'confirmed' and m.ends_at > :now)
  select cast(count(*) as text) as json from agreed
  union all select * from (
    select json_array(m.starts_at, m.id, m.organiser = me.id,
      (select partstat from meeting_attendees where address_key = me.address_key and meeting = m.id and me.verified),
      m.ends_at, m.title, m.location, m.timezone)
    from agreed g cross join me cross join meetings m on m.id = g.id
    where (g.starts_at, g.id) > (:at, :id) order by g.starts_at, g.id limit :most)";

/// The first row is how many there are, the others are a page of them.
fn proposals(name: &str) -> String {
    format!(
        "{PROPOSALS}
  select cast(count(*) as text) as json from {name}
  union all select * from (
    select json_array(p.created_at, p.id, p.creator = me.id,
      (select answer from proposal_parties where address_key = me.address_key and proposal = p.id and me.verified),
      p.required_left, json({shown}))
    from {name} g cross join me cross join proposals p on p.id = g.id
    where (g.created_at, g.id) < (:at, :id) order by g.created_at desc, g.id desc limit :most)",
        shown = shown("p", "me.staff or p.creator = me.id", ":origin")
    )
}

/// The parts as lists of pages below `path`.
const fn lists(path: &'static str) -> [List; 3] {
    let newest = Cursor { at: (1 << 53) - 1, id: 0 };
    [
        List { path, parameter: "needs_you_before", start: newest },
        List { path, parameter: "waiting_before", start: newest },
        List { path, parameter: "agreed_after", start: Cursor { at: -1, id: 0 } },
    ]
}

/// `GET /api/home/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (_, home, _) = home(context, env, "/api/home/", Vec::new()).await?;
    Ok(Reply::json(200, serde_json::to_string(&home)?))
}

/// The account that asks and what it has under way, and what `more` reads for the account. The pages of the parts are chosen by the
/// query, and are at `path`.
/// 1. the cursors must parse; 2. account and parts come in one batch; 3. the account must be admitted; 4. the rows are read.
pub async fn home(
    context: &RequestContext,
    env: &Env,
    path: &'static str,
    more: Vec<Statement>,
) -> Result<(Account, Home, Vec<Rows>)> {
    let lists = lists(path);
    let origin = config::origin(env)?;
    let [needs, waiting, agreed] = &lists;
    let proposals = |name| Statement::new(proposals(name)).bind("origin", &*origin);
    let parts = [(proposals("needs"), needs), (proposals("waiting"), waiting), (MEETINGS.into(), agreed)];
    let mut queries = Vec::new();
    for (query, list) in parts {
        let Cursor { at, id } = list.cursor(context)?;
        let query = query.bind("now", context.now.millis()).bind("at", at).bind("id", id);
        queries.push(query.bind("most", rows_to_ask_for()));
    }
    let own = queries.len();
    queries.extend(more);
    let (account, mut found) = authenticate_and_query(context, env, queries).await?;
    let more = found.split_off(own.min(found.len()));
    let (coming, others, own) = (found.pop(), found.pop(), found.pop());
    let now = context.now;
    let home = Home {
        needs_you: part(own, needs, &origin, |found| proposal(found, now))?,
        waiting: part(others, waiting, &origin, |found| proposal(found, now))?,
        agreed: part(coming, agreed, &origin, |found| meeting(found, &origin))?,
    };
    Ok((account, home, more))
}

/// One row more than a page has tells whether there is a next one.
fn rows_to_ask_for() -> i64 {
    i64::try_from(MOST.saturating_add(1)).unwrap_or(i64::MAX)
}

/// A part, of the rows that [`proposals`] and [`MEETINGS`] give.
fn part<F: for<'a> Deserialize<'a>, T>(
    rows: Option<Rows>,
    list: &List,
    origin: &str,
    read: impl Fn(F) -> (Cursor, T),
) -> Result<Part<T>> {
    let texts = rows.map(|rows| rows.texts()).unwrap_or_default();
    let mut texts = texts.iter();
    let total = texts.next().map(|text| whittle_json::from_str(text)).transpose()?.unwrap_or(0);
    let rows: Vec<F> = texts.map(|text| whittle_json::from_str(text)).collect::<serde_json::Result<_>>()?;
    let is_last = rows.len() <= MOST;
    let (cursors, items): (Vec<Cursor>, Vec<T>) = rows.into_iter().take(MOST).map(read).unzip();
    let last = cursors.last().filter(|_| !is_last);
    let next = last.map(|Cursor { at, id }| list.next(&format!("{at}.{id}"), origin, &[])).transpose()?;
    Ok(Part { total, next, items })
}

fn proposal(found: FoundProposal, now: Instant) -> (Cursor, ProposalRow) {
    let FoundProposal(at, id, mine, answer, required_left, proposal) = found;
    let mine = mine == 1;
    let is_open = proposal.state == Phase::Open;
    let answered = answer.filter(|_| is_open).map(|answer| answer == Answer::Given);
    let deadline = proposal.deadline.as_deref().and_then(Instant::parse);
    let is_over = deadline.is_some_and(|deadline| deadline <= now);
    let todo = match (is_open, mine) {
        (false, _) => (mine && proposal.successor.is_none()).then_some(Todo::Round),
        (true, true) if is_over || required_left == 0 => Some(Todo::Fix),
        (true, _) => (answered == Some(false) && !is_over).then_some(Todo::Answer),
    };
    (Cursor { at, id }, ProposalRow { todo, mine, answered, required_left, proposal })
}

fn meeting(found: FoundMeeting, origin: &str) -> (Cursor, MeetingRow) {
    let FoundMeeting(at, id, mine, partstat, ends_at, title, location, timezone) = found;
    let duration = Duration::from_micros(ends_at.saturating_sub(at).saturating_mul(1_000));
    let row = MeetingRow {
        id: u64::try_from(id).unwrap_or_default(),
        url: format!("{origin}/meetings/{id}/"),
        title,
        location,
        begin: Instant::from_millis(at).to_string(),
        duration: duration.to_string(),
        timezone,
        mine: mine == 1,
        partstat,
    };
    (Cursor { at, id }, row)
}
