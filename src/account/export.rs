//! `GET /accounts/export/`: everything that an account has, as JSON, or its meetings as a calendar.

use whittle_domain::meeting::calendar;
use worker::Env;

use super::store::Find;
use super::{me, sign_ins};
use crate::config;
use crate::error::{Result, no_credentials};
use crate::meeting::feed;
use crate::reply::Reply;
use crate::serve::{Asked, quality};

/// The rows of a part, each as JSON: a text of all could outgrow what D1 returns.
async fn part(asked: &Asked, env: &Env, sql: &str) -> Result<Vec<String>> {
    let origin = config::origin(env)?;
    let sql = |find: &Find| {
        format!(
            "with me as (select id, address_key, verified from accounts where (?2 or true) and {}) {sql}",
            find.condition()
        )
    };
    super::read(asked, env, sql, vec![origin.into()]).await
}

const CONTACTS: &str = "select json_object('id', c.id, 'first_Name', c.first_name, 'last_Name', c.last_name,
    'email', c.email, 'groups', (select json_group_array(value ->> 1) from json_each(c.in_groups))) as json
  from contacts c where c.owner = (select id from me) and ?3 is not null order by c.created_at, c.id";
/// As the list has them; their logs are at `log_url`.
const PROPOSALS: &str = "select json_replace(
    iif(p.masked is null or p.creator = me.id, p.shown, p.masked), '$.url', ?3 || '/' || p.id || '/',
    '$.log_url', ?3 || '/' || p.id || '/log/', '$.notify_url', ?3 || '/' || p.id || '/notify/',
    '$.meeting_url', ?3 || '/meetings/' || p.id || '/') as json
  from proposals p, me where p.creator = me.id or (me.verified and p.id in
    (select proposal from proposal_parties where address_key = me.address_key))
  order by p.created_at, p.id";
/// What one organises with all who come; of others' meetings one's own part.
const MEETINGS: &str = "select json_object('url', ?3 || '/meetings/' || m.id || '/', 'uid', m.uid, 'title', m.title,
    'begin', strftime('%Y-%m-%dT%H:%M:%SZ', m.starts_at / 1000, 'unixepoch'),
    'end', strftime('%Y-%m-%dT%H:%M:%SZ', m.ends_at / 1000, 'unixepoch'),
    'timezone', m.timezone, 'status', m.status, 'organiser', json(iif(m.organiser = me.id, 'true', 'false')),
    'attendees', (select json_group_array(json_object('email', a.address, 'name', a.name, 'partstat', a.partstat))
      from meeting_attendees a where a.meeting = m.id
        and (m.organiser = me.id or a.address_key = me.address_key))) as json
  from meetings m, me where m.status in ('confirmed', 'cancelled') and (m.organiser = me.id
    or (me.verified and m.id in (select meeting from meeting_attendees where address_key = me.address_key)))
  order by m.starts_at, m.id";
/// Who is to mail one no more: a sender, or nobody at all.
const OPTOUTS: &str = "select json_object('reason', reason, 'at',
    strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000, 'unixepoch')) as json from (
      select reason, at from suppressions where address_key = (select address_key from me where verified = 1)
      union all select 'sender', at from optouts where address_key = (select address_key from me where verified = 1))
  where ?3 is not null order by at";
const CHANGES: &str = "select json_object('from', c.old_address, 'to', c.new_address, 'state', c.state,
    'asked_at', strftime('%Y-%m-%dT%H:%M:%SZ', c.asked_at / 1000, 'unixepoch')) as json
  from address_changes c, me where c.account = me.id and ?3 is not null order by c.asked_at";

/// The export: JSON, or a calendar where that is asked for.
pub async fn export(asked: &Asked, env: &Env) -> Result<Reply> {
    let calendars = quality(&asked.accept, "text/calendar") > quality(&asked.accept, "application/json");
    if asked.query("format") == Some("ics") || (asked.query("format").is_none() && calendars) {
        let account = super::of(&asked.credential, env, asked.now).await?;
        let coming = feed::of_account(env, &account).await?;
        let reply = feed::reply(env, |service| calendar::feed(&coming, &[], service));
        return Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.ics\""));
    }
    let sql = |find: &Find| {
        format!("select {} as json from accounts where (?2 or true) and {}", me::SHOWN, find.condition())
    };
    let account = super::read(asked, env, sql, vec![me::levels()]).await?.into_iter().next();
    let mut parts = vec![("account", account.ok_or_else(no_credentials)?)];
    for (name, sql) in [
        ("contacts", CONTACTS),
        ("proposals", PROPOSALS),
        ("meetings", MEETINGS),
        ("address_changes", CHANGES),
        ("unsubscribed", OPTOUTS),
    ] {
        parts.push((name, format!("[{}]", part(asked, env, sql).await?.join(","))));
    }
    parts.push(("sessions", format!("[{}]", sign_ins::rows(asked, env).await?.join(","))));
    let members: Vec<String> = parts.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
    let reply = Reply::json(200, format!("{{{}}}", members.join(",")));
    Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.json\""))
}
