//! What the mail service keeps of an account: who is to mail it no more, and mail that waits for it.

use crate::account_part::{AccountPart, ExportList};
use crate::d1::{Param, Statement, instant};

pub struct Mail;

impl AccountPart for Mail {
    /// Who is to mail one no more: a sender, or nobody at all.
    fn exports(&self, _origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select at || '.' || place || ' ' || json_object('reason', reason, 'at', {}) as json from (
               select reason, at, 0 as place from suppressions
                 where address_key = (select address_key from me where verified = 1)
               union all select 'sender', at, account from optouts
                 where address_key = (select address_key from me where verified = 1))
             where (at, place) > (:after_time, :after_id) order by at, place limit :most",
            instant("at")
        );
        vec![ExportList { name: "unsubscribed", page: Statement::new(page) }]
    }

    fn delete(&self, account: u64, gone: &Statement) -> Vec<Statement> {
        [
            "delete from mail_counts where kind = 'held' and about = :account and :gone",
            "delete from optouts where account = :account and :gone",
            "delete from outbox where account = :account and status = 'held' and :gone",
            "delete from outbox where status = 'dead' and body ->> 'account' = :account
               and body ->> 'kind' = 'account' and :gone",
            "delete from mail_failures where account = :account and :gone",
        ]
        .map(|delete| Statement::new(delete).bind("account", Param::id(account)).embed("gone", gone.clone()))
        .into()
    }
}
