//! What an account has imported, and the calendars that it has subscribed to. With its row both are deleted, and by trigger their busy times, by the schema.

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
        // Whoever has the address reads the calendar, and an export may lie about: it says the host alone.
        let subscriptions = format!(
            "select s.created_at || '.' || s.id || ' ' || json_object(
               'url', substr(s.url, 1, instr(substr(s.url, 9), '/') + 8) || '…', 'instances', s.instances,
               'created_at', {created}, 'read_at', {read}, 'failures', s.failures, 'error', s.error) as json
             from subscriptions s where s.account = (select id from me) and (s.created_at, s.id) > (:after_time, :after_id)
             order by s.created_at, s.id limit :most",
            created = instant("s.created_at"),
            read = instant("s.read_at"),
        );
        vec![
            ExportList { name: "imported_busy_times", page: Statement::new(page) },
            ExportList { name: "subscribed_calendars", page: Statement::new(subscriptions) },
        ]
    }
}
