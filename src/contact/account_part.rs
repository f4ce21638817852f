//! An account's contacts. They are deleted with its row, by the schema.

use super::store::shown;
use crate::account_part::{AccountPart, ExportList};
use crate::d1::Statement;

pub struct Contacts;

impl AccountPart for Contacts {
    fn exports(&self, _origin: &str) -> Vec<ExportList> {
        let page = "select c.created_at || '.' || c.id || ' ' || :shown as json from contacts c
          where c.owner = (select id from me) and (c.created_at, c.id) > (:after_time, :after_id)
          order by c.created_at, c.id limit :most";
        vec![ExportList {
            name: "contacts",
            page: Statement::new(page).embed("shown", Statement::new(shown("id"))),
        }]
    }
}
