//! An account's meetings.

use futures_util::future::LocalBoxFuture;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Act, Caller, Command};
use worker::Env;

use crate::account_part::{AccountPart, ExportList, Leaving};
use crate::d1::{Param, Statement, instant};
use crate::dev::Dev;
use crate::error::Result;

pub struct Meetings;

impl AccountPart for Meetings {
    /// What one organises with all who come; of others' meetings one's own part.
    fn exports(&self, origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select m.starts_at || '.' || m.id || ' ' || json_object('url', :origin || '/meetings/' || m.id || '/',
               'uid', m.uid, 'title', m.title, 'location', m.location,
               'description', m.description, 'begin', {begin}, 'end', {end}, 'timezone', m.timezone,
               'status', m.status, 'organiser', json(iif(m.organiser = me.id, 'true', 'false')),
               'attendees', (select json_group_array(json_object('email', a.address, 'name', a.name, 'partstat', a.partstat))
                 from meeting_attendees a where a.meeting = m.id
                   and (m.organiser = me.id or a.address_key = me.address_key))) as json
             from meetings m, me where m.status in ('confirmed', 'cancelled') and (m.organiser = me.id
               or (me.verified and m.id in (select meeting from meeting_attendees where address_key = me.address_key)))
               and (m.starts_at, m.id) > (:after_time, :after_id)
             order by m.starts_at, m.id limit :most",
            begin = instant("m.starts_at"),
            end = instant("m.ends_at"),
        );
        vec![ExportList { name: "meetings", page: Statement::new(page).bind("origin", origin) }]
    }

    fn unfinished(&self, account: u64, now: Instant) -> Option<Statement> {
        let select = "select m.id from meetings m
          where m.organiser = :account and m.status in ('confirmed', 'held') and m.starts_at > :now";
        Some(Statement::new(select).bind("account", Param::id(account)).bind("now", now.millis()))
    }

    fn end<'a>(
        &'a self,
        env: &'a Env,
        leaving: &'a Leaving,
        id: u64,
        now: Instant,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let proven = (leaving.verified == 1).then(|| leaving.address.clone());
            let caller = Caller::Account { id: leaving.id, proven, staff: false };
            let act = Act { caller, command: Command::Cancel };
            super::act(env, id, &act, super::Asked::default(), now, &Dev::default()).await.map(|_| ())
        })
    }

    fn delete(&self, account: u64, gone: &Statement) -> Vec<Statement> {
        let delete = Statement::new("delete from busy where account = :account and :gone");
        vec![delete.bind("account", Param::id(account)).embed("gone", gone.clone())]
    }
}
