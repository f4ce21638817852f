//! What a page on which people are chosen reads of the account, in the transaction that authenticates it: its name, its contacts and
//! groups, and the zones of people who know it.

use std::collections::BTreeMap;

use serde_json::json;
use whittle_domain::contact::{View as Contact, fold_case};
use whittle_domain::order;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::auth::account::{Account, authenticate_and_query};
use crate::contact::store::shown;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::platform::Rows;

/// How many contacts a page shows, beside those that are ticked.
pub const SHOWN: i64 = 40;
/// The most members of groups that are read: four times what a proposal can have.
const MOST_MEMBERS: i64 = 200;

/// What is chosen on the page.
#[derive(Default)]
pub struct Wanted<'a> {
    /// The ids of the contacts that are ticked.
    pub contacts: Vec<u64>,
    /// The names of the groups that are ticked.
    pub groups: Vec<&'a str>,
    /// What is sought among the contacts.
    pub find: &'a str,
    /// The keys of addresses that were typed.
    pub keys: Vec<String>,
    /// Whether contacts with these addresses are read, too.
    pub with_keys: bool,
}

/// What was read.
pub struct Known {
    pub account: Account,
    /// First and last name of the account.
    pub name: String,
    /// Those that are ticked, and the first of those that are sought.
    pub contacts: Vec<Contact>,
    /// How many there are in all.
    pub total: usize,
    pub groups: Vec<Group>,
    /// The members of the groups that are ticked, by the group's folded name.
    pub members: Vec<(String, Contact)>,
    /// The zones of people, by the keys of their addresses.
    pub zones: BTreeMap<String, Zone>,
}

/// A group of contacts.
#[derive(serde::Deserialize)]
pub struct Group {
    pub name: String,
    /// How many are in it.
    pub contacts: usize,
}

const NAME: &str = "select trim(first_name || ' ' || last_name) as json from me";

const CONTACTS: &str = ", chosen as (
    select value as id from json_each(:ids)
    union select id from contacts where owner = (select id from me)
      and :with_keys and email_key in (select value from json_each(:keys))
    union select id from (
      select c.id from contacts c where c.owner = (select id from me)
        and not exists (select 1 from json_each(:words) w
          where instr(c.first_folded || ' ' || c.last_folded || char(10) || c.email_folded, w.value) = 0)
      order by c.first_folded, c.last_folded, c.id limit :most))
  select :shown as json from chosen join contacts c on c.id = chosen.id
  where c.owner = (select id from me) order by c.first_folded, c.last_folded, c.id";

const TOTAL: &str = "select cast(count(*) as text) as json from contacts where owner = (select id from me)";

const GROUPS: &str = "select json_object('name', min(g.value ->> 1), 'contacts', count(*)) as json
  from contacts c, json_each(c.in_groups) g where c.owner = (select id from me)
  group by g.value ->> 0 order by g.value ->> 0";

const MEMBERS: &str = "select json_array(g.value ->> 0, :shown) as json
  from contacts c, json_each(c.in_groups) g
  where c.owner = (select id from me) and g.value ->> 0 in (select value from json_each(:groups))
  order by c.first_folded, c.last_folded, c.id limit :most";

/// Of people who are asked: the zone of who has an account, and whoever asks among the contacts of that account. Nobody else
/// learns from it that somebody has an account.
const ZONES: &str = ", asked as (
    select value as key from json_each(:keys)
    union select c.email_key from contacts c where c.owner = (select id from me)
      and (c.id in (select value from json_each(:ids))
        or exists (select 1 from json_each(c.in_groups) where value ->> 0 in (select value from json_each(:groups)))))
  select json_array(a.address_key, a.timezone) as json
  from me cross join asked cross join accounts a on a.address_key = asked.key and a.verified = 1
  where me.verified and a.active = 1 and a.timezone <> 'UTC' and a.id <> me.id
    and exists (select 1 from contacts k where k.owner = a.id and k.email_key = me.address_key)";

/// Reads all of it, and what `more` reads for the account.
pub async fn load(
    wanted: &Wanted<'_>,
    context: &RequestContext,
    env: &Env,
    more: Vec<Statement>,
) -> Result<(Known, Vec<Rows>)> {
    let groups: Vec<String> = wanted.groups.iter().map(|name| fold_case(name)).collect();
    let words: Vec<String> = wanted.find.split_whitespace().map(fold_case).collect();
    let (ids, groups) = (json!(wanted.contacts).to_string(), json!(groups).to_string());
    let keys = json!(wanted.keys).to_string();
    let contacts = Statement::new(CONTACTS)
        .embed("shown", Statement::new(shown("id")))
        .bind("ids", ids.as_str())
        .bind("keys", keys.as_str())
        .bind("with_keys", i64::from(wanted.with_keys))
        .bind("words", json!(words).to_string())
        .bind("most", SHOWN);
    let members = Statement::new(MEMBERS)
        .embed("shown", Statement::new(shown("id")))
        .bind("groups", groups.as_str())
        .bind("most", MOST_MEMBERS);
    let zones = Statement::new(ZONES).bind("keys", keys).bind("ids", ids).bind("groups", groups);
    let own = [NAME.into(), contacts, TOTAL.into(), GROUPS.into(), members, zones];
    let queries = own.into_iter().chain(more).collect();
    let (account, read) = authenticate_and_query(context, env, queries).await?;
    let mut read = read.into_iter();
    let mut texts = || read.next().map(|rows| rows.texts()).unwrap_or_default();
    let known = Known {
        account,
        name: texts().pop().unwrap_or_default(),
        contacts: parse(&texts())?,
        total: texts().pop().and_then(|count| count.parse().ok()).unwrap_or_default(),
        groups: parse(&texts())?,
        members: parse(&texts())?,
        zones: order::map(parse::<(String, Zone)>(&texts())?),
    };
    Ok((known, read.collect()))
}

fn parse<T: serde::de::DeserializeOwned>(rows: &[String]) -> Result<Vec<T>> {
    Ok(rows.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?)
}
