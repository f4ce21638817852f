//! Whom the ids of contacts in a body name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::address::Address;
use whittle_domain::calendar::NewInvitee;
use whittle_domain::input::{Body, FoundContact};
use whittle_domain::text::PersonName;

use crate::d1::Statement;
use crate::error::Result;
use crate::platform::Rows;

/// The most ids that are looked up: no body with more is taken.
const MOST: usize = 1_000;

/// Of others' contacts nothing is read but that they are there.
const SELECT: &str = "select json_array(c.id, c.owner = me.id, iif(c.owner = me.id, c.first_name, null),
    iif(c.owner = me.id, c.last_name, null), iif(c.owner = me.id, c.email, null)) as json
  from me cross join contacts c where c.id in (select value from json_each(:ids))";

/// What was found of them.
#[derive(Default)]
pub struct Contacts(BTreeMap<u64, Row>);

#[derive(Clone, Deserialize)]
struct Row(u64, u8, Option<PersonName>, Option<PersonName>, Option<Address>);

/// The query for the contacts that a body names, of the account that asks: those in these values.
pub fn query<'a>(values: impl Iterator<Item = &'a Value>) -> Statement {
    let id = |value: &Value| match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let ids: Vec<u64> = values.take(MOST).filter_map(id).filter(|id| *id < 1 << 53).collect();
    Statement::new(SELECT).bind("ids", json!(ids).to_string())
}

/// The items of a list in a body.
pub fn items<'a>(body: &'a Body, field: &str) -> impl Iterator<Item = &'a Value> {
    body.get(field).and_then(Value::as_array).into_iter().flatten()
}

/// The rows of [`query`].
pub fn read(rows: Option<Rows>) -> Result<Contacts> {
    let texts = rows.map(|rows| rows.texts()).unwrap_or_default();
    let rows = texts.iter().map(|text| serde_json::from_str(text).map(|row: Row| (row.0, row)));
    Ok(Contacts(rows.collect::<serde_json::Result<_>>()?))
}

impl Contacts {
    /// What was found of an id.
    pub fn find(&self, id: u64) -> FoundContact {
        match self.0.get(&id).cloned() {
            None => FoundContact::Unknown,
            Some(Row(contact, 1, Some(first_name), Some(last_name), Some(address))) => {
                FoundContact::Own(Box::new(NewInvitee { contact, first_name, last_name, address }))
            }
            Some(_) => FoundContact::Foreign,
        }
    }

    /// Whether it is a contact of the account that asks.
    pub fn is_own(&self, id: u64) -> bool {
        matches!(self.find(id), FoundContact::Own(_))
    }
}
