//! An account's proposals.

use futures_util::future::LocalBoxFuture;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Act, Caller, Command, Via};
use worker::Env;

use super::client::call;
use super::list;
use super::wire::Perform;
use crate::account_part::{AccountPart, ExportList, Leaving};
use crate::d1::{Directory, Param, Statement};
use crate::dev::Dev;
use crate::error::Result;

pub struct Proposals;

impl AccountPart for Proposals {
    /// As the list has them, closed ones too; their logs are at `log_url`.
    fn exports(&self, origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select p.created_at || '.' || p.id || ' ' || {} as json from proposals p, me
             where (p.creator = me.id or (me.verified and p.id in
               (select proposal from proposal_parties where address_key = me.address_key)))
               and (p.created_at, p.id) > (:after_time, :after_id)
             order by p.created_at, p.id limit :most",
            list::shown("p", "p.creator = me.id", ":origin")
        );
        vec![ExportList { name: "proposals", page: Statement::new(page).bind("origin", origin) }]
    }

    /// What is agreed and has no meeting yet is about to have one.
    fn unfinished(&self, account: u64, _now: Instant) -> Option<Statement> {
        let select =
            "select p.id from proposals p where p.creator = :account and (p.state in ('open', 'exhausted')
          or (p.state = 'agreed' and not exists (select 1 from meetings where id = p.id)))";
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
                // Nothing is there to be closed: the projection is wrong, and asking again would change nothing.
                Err(error) if error.is_refusal() => note_closed(env, *account, id).await,
                other => other,
            }
        })
    }

    /// What is closed stays as a tombstone, without what it said.
    fn delete(&self, account: u64, gone: &Statement) -> Vec<Statement> {
        let update = "update proposals set shown = '{}', masked = null, holds_mail = 0
          where creator = :account and state = 'closed' and :gone";
        vec![Statement::new(update).bind("account", Param::id(account)).embed("gone", gone.clone())]
    }
}

async fn note_closed(env: &Env, account: u64, id: u64) -> Result<()> {
    let update =
        Statement::new("update proposals set state = 'closed' where id = :id and creator = :account");
    let update = update.bind("id", Param::id(id)).bind("account", Param::id(account));
    Directory::of(env).execute(update).await
}
