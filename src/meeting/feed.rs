//! The calendar feed of an account, and the calendar part of a proposal.
//!
//! A feed's link has a purpose of its own and names the account and its feed's generation: raising that voids it. It opens
//! nothing but the feed, and never expires, for calendars ask for it as long as they are.

use crate::proposal::caller::caller;
use serde::Deserialize;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::ical::{self, Recipient, Service, Tentative};
use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use whittle_domain::meeting::{Attendee, Meeting, PartStat};
use whittle_domain::slot::Slot;
use worker::Env;

use super::{api, store};
use crate::auth::account::{Account, authenticate};
use crate::config;
use crate::d1::{Directory, Param};
use crate::error::{Result, bad_link, forbidden_because};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::mail;
use crate::proposal::client::call;
use crate::proposal::wire::{Agreement, GetAgreement};

/// The media type of calendars.
const CALENDAR: &str = "text/calendar; charset=utf-8";
/// 2200-01-01: a feed's link has no end but its generation's.
const FOR_EVER: i64 = 7_258_118_400;
/// The most of each kind in a feed; the latest count.
const MOST: i64 = 1_000;
/// The most meetings in an export; the latest count.
const MOST_EXPORTED: i64 = 10_000;

/// `GET /feed/`: the link of the caller's feed. An address that is not verified has none: it proves nothing.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    address_of(env, account.id, account.verified, false).await
}

/// `POST /feed/`: a new link; the old one is void.
pub async fn rotate(context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    address_of(env, account.id, account.verified, true).await
}

async fn address_of(env: &Env, account: u64, verified: bool, rotated: bool) -> Result<Reply> {
    if !verified {
        return Err(forbidden_because("Your address is not verified."));
    }
    let directory = Directory::of(env);
    let sql = match rotated {
        true => {
            "update accounts set feed_generation = feed_generation + 1 where id = ?1
             returning cast(feed_generation as text) as json"
        }
        false => "select cast(feed_generation as text) as json from accounts where id = ?1",
    };
    let generation = directory.row(sql, &[Param::id(account)]).await?;
    let generation = generation.and_then(|n| n.parse().ok()).unwrap_or(0);
    let link = Link { purpose: Purpose::Feed, subject: account, party: 0, generation, expires: FOR_EVER };
    let keys = config::keys(env)?;
    let token = link.token(&keys, keys.newest_id()).unwrap_or_default();
    let url = format!("{}/feed/{token}.ics", config::origin(env)?);
    Ok(Reply::json(200, json!({ "url": url }).to_string()))
}

const MINE: &str = "with me as (select id, address_key, verified from accounts
  where id = ?1 and feed_generation = ?2 and active = 1 and verified = 1)";
/// The meetings of `me` that it organises or, its address proven, attends; the latest count.
const MEETINGS: &str = "and m.status = 'confirmed' and m.id in (
    select id from meetings where organiser = (select id from me)
    union select meeting from meeting_attendees
      where address_key = (select address_key from me where verified = 1))
  order by m.starts_at desc limit ?3";

/// `GET /feed/<token>.ics`: the account's meetings, and, as TENTATIVE, the times that are still held open.
pub async fn calendar(context: &RequestContext, env: &Env) -> Result<Reply> {
    let keys = config::keys(env)?;
    let token = context.token.strip_suffix(".ics").ok_or_else(bad_link)?;
    let link = Link::verify(token, Purpose::Feed, &keys, context.now).map_err(|_| bad_link())?;
    let directory = Directory::of(env);
    let params = [Param::id(link.subject), i64::from(link.generation).into()];
    let limited = [params[0].clone(), params[1].clone(), MOST.into()];
    let statements = vec![
        Directory::statement(&format!("{MINE} select json_array(address_key, id) as json from me"), &params),
        Directory::statement(&format!("{MINE} {} {MEETINGS}", store::SELECT), &limited),
        Directory::statement(
            &format!(
                "{MINE} select json_array(p.id, p.title, p.updated_at, json_extract(p.shown, '$.slots'),
                   p.shown ->> '$.location', p.shown ->> '$.description') as json
                 from proposals p where p.state = 'open' and p.id in (
                   select proposal from proposal_parties where address_key = (select address_key from me))
                 order by p.created_at desc limit ?3"
            ),
            &limited,
        ),
    ];
    let mut rows = directory.batch(statements).await?;
    let (open, meetings, me) = (rows.pop(), rows.pop(), rows.pop());
    let me = me.and_then(|rows| rows.into_iter().next()).ok_or_else(bad_link)?;
    let (address, account): (String, u64) = whittle_json::from_str(&me)?;
    let coming = coming(meetings.unwrap_or_default(), account, &address)?;
    let open = open.unwrap_or_default();
    let open: Vec<Open> =
        open.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?;
    let tentative: Vec<Tentative<'_>> = open.iter().flat_map(Open::slots).collect();
    Ok(reply(env, |service| ical::feed(&coming, &tentative, service)))
}

/// All meetings of an account, for its export.
pub async fn of_account(env: &Env, account: &Account) -> Result<Vec<(Meeting, Recipient)>> {
    let directory = Directory::of(env);
    let me = "with me as (select id, address_key, verified from accounts where id = ?1 and ?2)";
    let params = [Param::id(account.id), 1.into(), MOST_EXPORTED.into()];
    let rows = directory.rows(&format!("{me} {} {MEETINGS}", store::SELECT), &params).await?;
    coming(rows, account.id, &account.address.key())
}

/// Meetings, with whom an account is in each; without what it has declined.
fn coming(rows: Vec<String>, account: u64, address: &str) -> Result<Vec<(Meeting, Recipient)>> {
    let mut coming: Vec<(Meeting, Recipient)> = Vec::new();
    for row in rows {
        let meeting: Meeting = whittle_json::from_str(&row)?;
        let own = |a: &Attendee| a.address.key() == address;
        let to = match meeting.attendees.iter().find(|a| own(a)) {
            _ if meeting.organiser.account == account => Recipient::Organiser,
            Some(attendee) => Recipient::Attendee(attendee.number),
            None => continue,
        };
        let declined = |a: &Attendee| own(a) && a.partstat == PartStat::Declined;
        if !meeting.attendees.iter().any(declined) {
            coming.push((meeting, to));
        }
    }
    Ok(coming)
}

/// An open proposal, as the projection has it.
#[derive(Deserialize)]
struct Open(u64, String, i64, Vec<Written>, String, String);

/// A slot of the API.
#[derive(Deserialize)]
struct Written {
    begin: String,
    duration: String,
}

impl Open {
    fn slots(&self) -> impl Iterator<Item = Tentative<'_>> {
        let Self(proposal, title, updated_at, slots, location, description) = self;
        slots.iter().filter_map(|slot| {
            let begin = Instant::parse(&slot.begin)?;
            let duration = whittle_domain::duration::Duration::parse(&slot.duration)?;
            let slot = Slot::new(begin, duration).ok()?;
            Some(Tentative {
                proposal: *proposal,
                title,
                location,
                description,
                slot,
                updated_at: Instant::from_millis(*updated_at),
            })
        })
    }
}

/// `GET /{id}/calendar.ics`: the meeting of an agreed proposal, from its object as long as the directory does not have it,
/// and where it does not answer.
pub async fn of_proposal(id: u64, context: RequestContext, env: &Env) -> Result<Reply> {
    let caller = caller(&context.credential, id, env, context.now).await?;
    let Agreement { meeting, party } = call(id, GetAgreement { caller }, &context.dev, env).await?.0;
    let current = store::load(&Directory::of(env), meeting.id).await.ok().flatten();
    let meeting = current.unwrap_or(meeting);
    Ok(file(&meeting, party, env))
}

/// `GET /meetings/{id}/calendar.ics`: the meeting for a calendar.
pub async fn of_meeting(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let (meeting, standing, _) = api::find(id, context, env).await?;
    // Whoever has the organiser's rights sees all, an attendee or not.
    let attendee = if standing.organiser { None } else { standing.attendee };
    Ok(file(&meeting, attendee, env))
}

/// These meetings for a calendar, as far as they take place, as their organiser sees them.
pub async fn of_meetings(ids: &[u64], env: &Env) -> Result<Reply> {
    let select = format!(
        "{} and m.status = 'confirmed' and m.id in (select value from json_each(?1)) order by m.starts_at, m.id",
        store::SELECT
    );
    let rows = Directory::of(env).rows(&select, &[json!(ids).to_string().into()]).await?;
    let meetings: Vec<Meeting> =
        rows.iter().map(|row| whittle_json::from_str(row)).collect::<serde_json::Result<_>>()?;
    let coming: Vec<_> = meetings.into_iter().map(|meeting| (meeting, Recipient::Organiser)).collect();
    Ok(reply(env, |service| ical::feed(&coming, &[], service)))
}

/// The meeting as its organiser, or else this attendee, may see it.
fn file(meeting: &Meeting, attendee: Option<u16>, env: &Env) -> Reply {
    let own: Option<&Address> = attendee.and_then(|n| meeting.attendee(n)).map(|a| &a.address);
    let to = match attendee {
        Some(_) if own == Some(&meeting.organiser.address) => Recipient::Organiser,
        Some(number) => Recipient::Attendee(number),
        None => Recipient::Organiser,
    };
    reply(env, |service| ical::publish(meeting, to, service))
}

/// A calendar, in which the service is called as in its mails.
pub fn reply(env: &Env, written: impl FnOnce(&Service<'_>) -> String) -> Reply {
    let from = mail::sender(env).unwrap_or_default();
    let (name, address) = mail::mailbox(&from);
    Reply::json(200, written(&Service { name, address })).media(CALENDAR)
}
