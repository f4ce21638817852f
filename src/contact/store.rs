//! Contacts in D1. Each act is one statement, and what comes of it is read in the same batch, so that nothing lies between.

use crate::auth::account::query_as_account;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use whittle_domain::address::Address;
use whittle_domain::contact::{Changes, Contact, Groups, MAX_CONTACTS, StoredContact, fold_case};
use whittle_domain::instant::Instant;
use worker::Env;

use crate::d1::{Directory, Param, Statement};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::cursor::{self, Cursor};
use crate::random;

/// A contact `c` as the API shows it, under this name of its id. This is the only place that writes it.
pub fn shown(id: &str) -> String {
    format!(
        "json_object('{id}', c.id, 'first_Name', c.first_name, 'last_Name', c.last_name, 'email', c.email,
           'groups', (select json_group_array(value ->> 1) from json_each(c.in_groups)))"
    )
}

/// What is looked for among contacts.
pub struct Wanted<'a> {
    /// Words of a name or an address.
    pub search: Option<&'a str>,
    /// A group.
    pub group: Option<&'a str>,
    pub after: Cursor,
}

/// A row is its place in the list, a blank, and the contact's JSON. Each word that is sought must be in a name or in the
/// address: `instr` knows no wildcards, and patterns of LIKE are 50 bytes at most in D1.
const PAGE: &str = "select c.created_at || '.' || c.id || ' ' || :shown as json
  from contacts c
  where c.owner = (select id from me) and (c.created_at, c.id) > (:after_time, :after_id)
    and not exists (select 1 from json_each(:words) w
      where instr(c.first_folded || ' ' || c.last_folded || char(10) || c.email_folded, w.value) = 0)
    and (:group is null or exists (select 1 from json_each(c.in_groups) where value ->> 0 = :group))
  order by c.created_at, c.id limit :most";

/// A page of contacts in the order in which they were added, and one more where there is a next page.
pub fn page(wanted: &Wanted<'_>) -> Statement {
    let words: Vec<String> =
        wanted.search.into_iter().flat_map(str::split_whitespace).map(fold_case).collect();
    let Cursor { at, id } = wanted.after;
    Statement::new(PAGE)
        .embed("shown", Statement::new(shown("id")))
        .bind("after_time", at)
        .bind("after_id", id)
        .bind("words", json!(words).to_string())
        .bind("group", wanted.group.map(fold_case))
        .bind("most", cursor::ROWS)
}

const GROUPS: &str = "select json_object('name', min(g.value ->> 1), 'contacts', count(*)) as json
  from contacts c, json_each(c.in_groups) g where c.owner = (select id from me)
  group by g.value ->> 0 order by g.value ->> 0";

/// The groups with how many are in each.
pub fn groups() -> Statement {
    Statement::new(GROUPS)
}

/// The query for one contact of the account that asks.
pub fn one(id: u64) -> Statement {
    let one = "select :shown as json from contacts c where c.id = :id and c.owner = (select id from me)";
    Statement::new(one).embed("shown", Statement::new(shown("id"))).bind("id", Param::id(id))
}

/// All contacts, in the order of the list.
pub async fn all(context: &RequestContext, env: &Env) -> Result<Vec<StoredContact>> {
    let all = "select :shown as json from contacts c where c.owner = (select id from me) order by c.created_at, c.id";
    let rows =
        query_as_account(context, env, Statement::new(all).embed("shown", Statement::new(shown("id"))))
            .await?;
    Ok(rows.texts().iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?)
}

/// What became of a contact that was to be added.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    /// It is added: as the API shows it.
    Done(String),
    /// There is one with this address.
    Taken,
    /// There are as many as there may be.
    Full,
}

/// The database's own guard judges the address: of two at once, one is added.
const ADD: &str =
    "insert into contacts (id, owner, first_name, last_name, email, email_key, first_folded, last_folded,
    email_folded, in_groups, created_at, updated_at)
  select :id, :owner, :first_name, :last_name, :email, :key, :first_folded, :last_folded, :email_folded, :groups, :now, :now
  where (select count(*) from contacts where owner = :owner) < :most
  on conflict (owner, email_key) do nothing";
const ADDED: &str = "select iif(c.id = :id, :shown, 'taken') as json
  from contacts c where c.owner = :owner and c.email_key = :key";

/// Adds a contact.
pub async fn add(
    directory: &Directory,
    owner: u64,
    id: u64,
    contact: &Contact,
    now: Instant,
) -> Result<Added> {
    let (first, last, email) = (&contact.first_name, &contact.last_name, &contact.email);
    let groups = contact.groups.clone().unwrap_or_default();
    let add = Statement::new(ADD)
        .bind("id", Param::id(id))
        .bind("owner", Param::id(owner))
        .bind("first_name", first.as_str())
        .bind("last_name", last.as_str())
        .bind("email", email.as_str())
        .bind("key", email.key())
        .bind("first_folded", fold_case(first.as_str()))
        .bind("last_folded", fold_case(last.as_str()))
        .bind("email_folded", fold_case(email.as_str()))
        .bind("groups", pairs(&groups).to_string())
        .bind("now", now.millis())
        .bind("most", i64::from(MAX_CONTACTS));
    let added = Statement::new(ADDED)
        .embed("shown", Statement::new(shown("id")))
        .bind("id", Param::id(id))
        .bind("owner", Param::id(owner))
        .bind("key", email.key());
    let statements = vec![add, added];
    let rows = directory.batch(statements).await?.pop().unwrap_or_default();
    Ok(match rows.into_iter().next() {
        None => Added::Full,
        Some(text) if text == "taken" => Added::Taken,
        Some(shown) => Added::Done(shown),
    })
}

/// A contact of anybody's.
#[derive(Deserialize)]
pub struct Found {
    pub owner: u64,
    pub email: String,
    /// As the API shows it that was changed.
    pub shown: String,
}

/// Where another contact has the address, the row is left as it is.
const CHANGE: &str = "update or ignore contacts set
    first_name = coalesce(:first_name, first_name), first_folded = coalesce(:first_folded, first_folded),
    last_name = coalesce(:last_name, last_name), last_folded = coalesce(:last_folded, last_folded),
    email = coalesce(:email, email), email_key = coalesce(:key, email_key),
    email_folded = coalesce(:email_folded, email_folded),
    in_groups = coalesce(:groups, in_groups), updated_at = :now
  where id = :id and owner = :owner";

/// Changes a contact of this owner's, where there is something to change; gives it as it is afterwards, whoever's it is.
pub async fn change(
    directory: &Directory,
    owner: u64,
    id: u64,
    changes: Option<&Changes>,
    now: Instant,
) -> Result<Option<Found>> {
    let mut statements = Vec::new();
    if let Some(changes) = changes {
        let first = changes.first_name.as_ref().map(|name| name.as_str());
        let last = changes.last_name.as_ref().map(|name| name.as_str());
        let email = changes.email.as_ref().map(Address::as_str);
        let change = Statement::new(CHANGE)
            .bind("id", Param::id(id))
            .bind("owner", Param::id(owner))
            .bind("first_name", first)
            .bind("first_folded", first.map(fold_case))
            .bind("last_name", last)
            .bind("last_folded", last.map(fold_case))
            .bind("email", email)
            .bind("key", changes.email.as_ref().map(Address::key))
            .bind("email_folded", email.map(fold_case))
            .bind("groups", changes.groups.as_ref().map(|groups| pairs(groups).to_string()))
            .bind("now", now.millis());
        statements.push(change);
    }
    statements.push(found(id));
    first(directory.batch(statements).await?.pop())
}

/// Removes a contact of this owner's; gives it as it was, whoever's it is.
pub async fn remove(directory: &Directory, owner: u64, id: u64) -> Result<Option<Found>> {
    let delete = Statement::new("delete from contacts where id = :id and owner = :owner")
        .bind("id", Param::id(id))
        .bind("owner", Param::id(owner));
    let statements = vec![found(id), delete];
    first(directory.batch(statements).await?.into_iter().next())
}

/// What an account has when a file comes in.
pub struct Existing {
    /// The contacts that have the addresses of the file, by key.
    pub same: HashMap<String, StoredContact>,
    /// How many more there may be.
    pub free: usize,
}

/// All rows or, where there would be more than there may be, none. What nothing is changed of keeps its row; groups that
/// nothing is said of stay.
const IMPORT: &str = "insert into contacts (id, owner, first_name, last_name, email, email_key, first_folded, last_folded,
    email_folded, in_groups, created_at, updated_at)
  select r.value ->> 0, :owner, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
    r.value ->> 7, iif(r.value ->> 8 is null, '[]', r.value -> 8), :now, :now
  from json_each(:rows) r
  where (select count(*) from contacts where owner = :owner) + (select count(*) from json_each(:rows) n
    where not exists (select 1 from contacts where owner = :owner and email_key = n.value ->> 4)) <= :most
  on conflict (owner, email_key) do update set first_name = excluded.first_name, last_name = excluded.last_name,
    email = excluded.email, first_folded = excluded.first_folded, last_folded = excluded.last_folded,
    email_folded = excluded.email_folded, in_groups = iif(:grouped, excluded.in_groups, in_groups), updated_at = :now
  where (first_name, last_name, email, iif(:grouped, in_groups, '')) is not
    (excluded.first_name, excluded.last_name, excluded.email, iif(:grouped, excluded.in_groups, ''))";

/// Reads what is there and, if it is to be, writes the rows, in one batch.
pub async fn import(
    directory: &Directory,
    owner: u64,
    rows: &[&Contact],
    write: bool,
    now: Instant,
) -> Result<Existing> {
    let keys: Vec<String> = rows.iter().map(|contact| contact.email.key()).collect();
    let same = "select json_array(c.email_key, :shown) as json from contacts c
      where c.owner = :owner and c.email_key in (select value from json_each(:keys))";
    let same = Statement::new(same)
        .embed("shown", Statement::new(shown("id")))
        .bind("owner", Param::id(owner))
        .bind("keys", json!(keys).to_string());
    let count = "select cast(count(*) as text) as json from contacts where owner = :owner";
    let mut statements = vec![same, Statement::new(count).bind("owner", Param::id(owner))];
    if write {
        // One header holds for all rows: they speak of groups, or none does.
        let grouped = rows.iter().any(|contact| contact.groups.is_some());
        // In the order of their ids they are in the order of the file: they are added in one millisecond.
        let mut ids = rows.iter().map(|_| random::id()).collect::<Result<Vec<u64>>>()?;
        ids.sort_unstable();
        let rows: Value = ids.into_iter().zip(rows).map(|(id, contact)| row(id, contact)).collect();
        let import = Statement::new(IMPORT)
            .bind("owner", Param::id(owner))
            .bind("rows", rows.to_string())
            .bind("now", now.millis())
            .bind("most", i64::from(MAX_CONTACTS))
            .bind("grouped", i64::from(grouped));
        statements.push(import);
    }
    let mut found = directory.batch(statements).await?.into_iter();
    let same = found.next().unwrap_or_default();
    let same = same.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?;
    let count = found.next().and_then(|rows| rows.first()?.parse().ok()).unwrap_or(usize::MAX);
    let free = usize::try_from(MAX_CONTACTS).unwrap_or_default().saturating_sub(count);
    Ok(Existing { same, free })
}

fn row(id: u64, contact: &Contact) -> Value {
    let (first, last, email) = (&contact.first_name, &contact.last_name, &contact.email);
    let (first, last, key) = (first.as_str(), last.as_str(), email.key());
    let email = email.as_str();
    json!([
        id,
        first,
        last,
        email,
        key,
        fold_case(first),
        fold_case(last),
        fold_case(email),
        contact.groups.as_ref().map(pairs)
    ])
}

fn found(id: u64) -> Statement {
    let sql = "select json_object('owner', c.owner, 'email', c.email, 'shown', :shown || '') as json from contacts c where c.id = :id";
    Statement::new(sql).embed("shown", Statement::new(shown("contact_id"))).bind("id", Param::id(id))
}

fn first(rows: Option<Vec<String>>) -> Result<Option<Found>> {
    Ok(rows.unwrap_or_default().first().map(|row| whittle_json::from_str(row)).transpose()?)
}

/// Groups as they are stored: by what they are told apart by.
fn pairs(groups: &Groups) -> Value {
    groups.names().map(|name| json!([fold_case(name), name])).collect()
}
