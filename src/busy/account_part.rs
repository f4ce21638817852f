//! What an account has imported. With its row the imports are deleted, and by trigger their busy times, by the schema.

use crate::account_part::{AccountPart, ExportList};
use crate::d1::{Statement, instant};

pub struct ImportedBusy;

impl AccountPart for ImportedBusy {
    fn exports(&self, _origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select b.starts_at || '.' || b.id || ' ' || json_object('from', {from}, 'to', {to}) as json
               from busy b where b.account = (select id from me) and b.kind = 'import'
                 and (b.starts_at, b.id) > (:after_time, :after_id)
               order by b.starts_at, b.id limit :most",
            from = instant("b.starts_at"),
            to = instant("b.ends_at"),
        );
        vec![ExportList { name: "imported_busy_times", page: Statement::new(page) }]
    }
}
