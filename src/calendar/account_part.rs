//! An account's calendars.

use futures_util::future::LocalBoxFuture;
use whittle_domain::calendar::{Act, Caller, Command};
use whittle_domain::entity::Via;
use whittle_domain::instant::Instant;
use worker::Env;

use super::client::call;
use super::wire::Perform;
use crate::account_part::{AccountPart, ExportList, Leaving};
use crate::d1::{Directory, Param, Statement, instant};
use crate::dev::Dev;
use crate::error::Result;

pub struct Calendars;

impl AccountPart for Calendars {
    /// As the lists have them, closed ones too. Times and answers are in the details, what happened is in the log.
    fn exports(&self, origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select c.created_at || '.' || c.id || ' ' || json_object(
               'url', :origin || '/schedules/calendars/' || c.id || '/details/',
               'log_url', :origin || '/schedules/calendars/' || c.id || '/log/',
               'id', c.id, 'name', c.name, 'description', c.description, 'deadline', {deadline}, 'state', c.state,
               'timezone', c.timezone, 'invited', c.invited, 'answered', c.answered, 'created_at', {created},
               'meetings', (select json_group_array(json_object('id', s.value ->> 0, 'contact', s.value ->> 1,
                 'first_name', s.value ->> 2, 'last_name', s.value ->> 3, 'email', s.value ->> 4))
                 from json_each(c.scheduled) s)) as json
             from me cross join calendars c on c.owner = me.id
             where (c.created_at, c.id) > (:after_time, :after_id)
             order by c.created_at, c.id limit :most",
            deadline = instant("c.deadline"),
            created = instant("c.created_at"),
        );
        vec![ExportList { name: "calendars", page: Statement::new(page).bind("origin", origin) }]
    }

    /// What is finalised and whose meetings do not take place yet is about to have them.
    fn unfinished(&self, account: u64, _now: Instant) -> Option<Statement> {
        let select = "select c.id from calendars c
          where c.owner = :account and c.state in ('open', 'finalizing')";
        Some(Statement::new(select).bind("account", Param::id(account)))
    }

    fn end<'a>(
        &'a self,
        env: &'a Env,
        leaving: &'a Leaving,
        id: u64,
        _now: Instant,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Leaving { id: account, address, verified } = leaving;
            let caller = Caller::Account {
                id: *account,
                address: address.clone(),
                verified: *verified == 1,
                staff: false,
            };
            let act = Act { caller, via: Via::System, command: Command::Close };
            match call(id, Perform { act, expected: None, if_match: None }, &Dev::default(), env)
                .await
                .map(|_| ())
            {
                // It is closed or finalised already, or is not there: the projection is behind, and asking again would change
                // nothing.
                Err(error) if error.is_refusal() => note_ended(env, *account, id).await,
                other => other,
            }
        })
    }

    /// What has ended stays as a tombstone, without what it said.
    fn delete(&self, account: u64, gone: &Statement) -> Vec<Statement> {
        let tombstone = "update calendars set name = '', description = '', scheduled = '[]', invitee_keys = '[]', holds_mail = 0
          where owner = :account and state in ('finalized', 'closed') and :gone";
        let suggestions = "delete from suggestions
          where calendar in (select id from calendars where owner = :account) and :gone";
        [tombstone, suggestions]
            .into_iter()
            .map(|sql| Statement::new(sql).bind("account", Param::id(account)).embed("gone", gone.clone()))
            .collect()
    }
}

async fn note_ended(env: &Env, account: u64, id: u64) -> Result<()> {
    let update = "update calendars set state = 'closed'
      where id = :id and owner = :account and state in ('open', 'finalizing')";
    let update = Statement::new(update).bind("id", Param::id(id)).bind("account", Param::id(account));
    Directory::of(env).execute(update).await
}
