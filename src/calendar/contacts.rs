//! Whom the ids of contacts in a body name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::address::Address;
use whittle_domain::calendar::NewInvitee;
use whittle_domain::contact::{Groups, fold_case};
use whittle_domain::input::{Body, FoundContact};
use whittle_domain::text::PersonName;

use crate::d1::{Directory, Param, Statement};
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
    let rows = texts.iter().map(|text| whittle_json::from_str(text).map(|row: Row| (row.0, row)));
    Ok(Contacts(rows.collect::<serde_json::Result<_>>()?))
}

/// The contacts in groups, with those of the groups in which each is.
const SELECT_GROUPS: &str = "select json_array(json_array(c.id, 1, c.first_name, c.last_name, c.email),
    (select json_group_array(g.value ->> 0) from json_each(c.in_groups) g
      where g.value ->> 0 in (select value from json_each(:groups)))) as json
  from contacts c where c.owner = (select id from me)
    and exists (select 1 from json_each(c.in_groups) g where g.value ->> 0 in (select value from json_each(:groups)))
  order by c.created_at, c.id";

/// What was found of groups.
#[derive(Default)]
pub struct Grouped {
    pub contacts: Contacts,
    /// The ids in each group, by its folded name, in the order of the list of contacts.
    groups: BTreeMap<String, Vec<u64>>,
}

impl Grouped {
    /// The contacts in a group.
    pub fn ids(&self, name: &str) -> Vec<u64> {
        self.groups.get(&fold_case(name)).cloned().unwrap_or_default()
    }
}

/// The query for the contacts in these groups of the account that asks.
pub fn query_groups(groups: &Groups) -> Statement {
    let names: Vec<String> = groups.names().map(fold_case).collect();
    Statement::new(SELECT_GROUPS).bind("groups", json!(names).to_string())
}

/// The rows of [`query_groups`].
pub fn read_grouped(rows: Option<Rows>) -> Result<Grouped> {
    let mut found = Grouped::default();
    for text in rows.map(|rows| rows.texts()).unwrap_or_default() {
        let (row, names): (Row, Vec<String>) = whittle_json::from_str(&text)?;
        for name in names {
            found.groups.entry(name).or_default().push(row.0);
        }
        found.contacts.0.insert(row.0, row);
    }
    Ok(found)
}

/// Those of an account among these contacts.
pub async fn of(account: u64, ids: &[u64], directory: &Directory) -> Result<Contacts> {
    let select = "select json_array(c.id, 1, c.first_name, c.last_name, c.email) as json from contacts c
      where c.id in (select value from json_each(:ids)) and c.owner = :account";
    let select =
        Statement::new(select).bind("ids", json!(ids).to_string()).bind("account", Param::id(account));
    let rows = directory.all(select).await?;
    let rows = rows.iter().map(|text| whittle_json::from_str(text).map(|row: Row| (row.0, row)));
    Ok(Contacts(rows.collect::<serde_json::Result<_>>()?))
}

impl Contacts {
    /// These and those.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

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
