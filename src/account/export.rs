//! `GET /accounts/export/`: everything that an account has, as JSON, or its meetings as a calendar.

use crate::auth::account::authenticate;
use crate::auth::account::query_all_as_account;
use whittle_domain::ical;
use worker::Env;

use super::{me, sessions};
use crate::auth::account::Part;
use crate::config;
use crate::contact;
use crate::d1::instant;
use crate::error::{Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::negotiation::quality;
use crate::http::reply::Reply;
use crate::meeting::feed;
use crate::proposal::list;

fn contacts() -> Part {
    let sql = format!(
        "select {} as json from contacts c where c.owner = (select id from me) order by c.created_at, c.id",
        contact::store::SHOWN
    );
    (sql, Vec::new())
}

/// As the list has them, closed ones too; their logs are at `log_url`.
fn proposals(origin: &str) -> Part {
    let sql = format!(
        "select {} as json from proposals p, me where p.creator = me.id or (me.verified and p.id in
           (select proposal from proposal_parties where address_key = me.address_key))
         order by p.created_at, p.id",
        list::shown("p", "p.creator = me.id", "?3")
    );
    (sql, vec![origin.into()])
}

/// What one organises with all who come; of others' meetings one's own part.
fn meetings(origin: &str) -> Part {
    let sql = format!(
        "select json_object('url', ?3 || '/meetings/' || m.id || '/', 'uid', m.uid, 'title', m.title,
           'begin', {begin}, 'end', {end}, 'timezone', m.timezone, 'status', m.status,
           'organiser', json(iif(m.organiser = me.id, 'true', 'false')),
           'attendees', (select json_group_array(json_object('email', a.address, 'name', a.name, 'partstat', a.partstat))
             from meeting_attendees a where a.meeting = m.id
               and (m.organiser = me.id or a.address_key = me.address_key))) as json
         from meetings m, me where m.status in ('confirmed', 'cancelled') and (m.organiser = me.id
           or (me.verified and m.id in (select meeting from meeting_attendees where address_key = me.address_key)))
         order by m.starts_at, m.id",
        begin = instant("m.starts_at"),
        end = instant("m.ends_at"),
    );
    (sql, vec![origin.into()])
}

fn changes() -> Part {
    let sql = format!(
        "select json_object('from', c.old_address, 'to', c.new_address, 'state', c.state, 'asked_at', {}) as json
         from address_changes c, me where c.account = me.id order by c.asked_at",
        instant("c.asked_at")
    );
    (sql, Vec::new())
}

/// Who is to mail one no more: a sender, or nobody at all.
fn unsubscribed() -> Part {
    let sql = format!(
        "select json_object('reason', reason, 'at', {}) as json from (
           select reason, at from suppressions where address_key = (select address_key from me where verified = 1)
           union all select 'sender', at from optouts where address_key = (select address_key from me where verified = 1))
         order by at",
        instant("at")
    );
    (sql, Vec::new())
}

/// The export: JSON, or a calendar where that is asked for.
pub async fn export(context: &RequestContext, env: &Env) -> Result<Reply> {
    let calendars = quality(&context.accept, "text/calendar") > quality(&context.accept, "application/json");
    if context.query("format") == Some("ics") || (context.query("format").is_none() && calendars) {
        let account = authenticate(&context.credential, env, context.now).await?;
        let coming = feed::of_account(env, &account).await?;
        let reply = feed::reply(env, |service| ical::feed(&coming, &[], service));
        return Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.ics\""));
    }
    let origin = config::origin(env)?;
    let lists = [
        ("contacts", contacts()),
        ("proposals", proposals(&origin)),
        ("meetings", meetings(&origin)),
        ("address_changes", changes()),
        ("unsubscribed", unsubscribed()),
        ("sessions", sessions::part(context)),
    ];
    let (names, parts): (Vec<&str>, Vec<Part>) = lists.into_iter().unzip();
    // All as it is at one moment.
    let mut found = query_all_as_account(context, env, [vec![me::part()], parts].concat()).await?.into_iter();
    let account = found.next().and_then(|rows| rows.into_iter().next()).ok_or_else(no_credentials)?;
    let lists = names.iter().zip(found).map(|(name, rows)| format!(",\"{name}\":[{}]", rows.join(",")));
    let reply = Reply::json(200, format!("{{\"account\":{account}{}}}", lists.collect::<String>()));
    Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.json\""))
}
