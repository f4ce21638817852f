//! The sign-ins that an account has open: sessions, tokens and token families alike.

use whittle_domain::instant::Instant;

use crate::account_part::ExportList;
use crate::auth::jwt::REFRESH_MILLIS;
use crate::auth::lookup::Secret;
use crate::d1::{Directory, Param, Statement, instant};
use crate::error::Result;

/// A table of sign-ins: its kind, what a row is known by, and when it was used last.
struct Table {
    kind: &'static str,
    name: &'static str,
    key: &'static str,
    used_at: &'static str,
    idle_millis: i64,
}

const TABLES: [Table; 3] = [
    Table {
        kind: "session",
        name: "sessions",
        key: "hash",
        used_at: "used_at",
        idle_millis: Secret::Session.idle_millis(),
    },
    Table {
        kind: "token",
        name: "tokens",
        key: "hash",
        used_at: "used_at",
        idle_millis: Secret::Token.idle_millis(),
    },
    Table { kind: "pair", name: "families", key: "id", used_at: "rotated_at", idle_millis: REFRESH_MILLIS },
];

/// The sign-ins of the account that asks, the latest used first, of which each is called by the first 16 digits of its key;
/// `current` is the key of the one that asks.
fn open(current: &str, now: Instant) -> Statement {
    let [sessions, tokens, families] = TABLES.map(|Table { kind, name, key, used_at, idle_millis }| {
        Statement::new(format!(
            "select '{kind}' as kind, w.{key} as key, w.agent, w.created_at, w.{used_at} as used_at
             from {name} w, me where w.account = me.id and w.epoch = me.epoch and w.{used_at} > :unused_since"
        ))
        .bind("unused_since", now.millis().saturating_sub(idle_millis))
    });
    Statement::new(format!(
        "open as (
           select row_number() over (order by used_at desc, key) as place,
             json_object('id', substr(key, 1, 16), 'kind', kind, 'agent', agent, 'created_at', {created_at},
               'used_at', {used_at}, 'current', json(iif(key = :current, 'true', 'false'))) as shown
           from (:sessions union all :tokens union all :families))",
        created_at = instant("created_at"),
        used_at = instant("used_at"),
    ))
    .embed("sessions", sessions)
    .embed("tokens", tokens)
    .embed("families", families)
    .bind("current", current)
}

/// The query for the sign-ins of the account that asks.
pub fn list(current: &str, now: Instant) -> Statement {
    Statement::new(", :open select shown as json from open order by place").embed("open", open(current, now))
}

/// The sign-ins in the export.
pub fn export(current: &str, now: Instant) -> ExportList {
    let page = ", :open select '0.' || place || ' ' || shown as json from open
      where (0, place) > (:after_time, :after_id) order by place limit :most";
    ExportList { name: "sessions", page: Statement::new(page).embed("open", open(current, now)) }
}

/// Which sign-ins are to end.
#[derive(Clone, Copy)]
pub enum Ended<'a> {
    /// The one that is called this.
    One(&'a str),
    /// All but the one with this key.
    AllBut(&'a str),
}

/// Ends sign-ins of an account, and gives how many.
pub async fn end(directory: &Directory, account: u64, ended: Ended<'_>) -> Result<usize> {
    let statements = TABLES.map(|Table { name, key, .. }| {
        let (condition, value) = match ended {
            Ended::One(id) => (format!("substr({key}, 1, 16) = :value"), id),
            Ended::AllBut(current) => (format!("{key} <> :value"), current),
        };
        let delete =
            format!("delete from {name} where account = :account and {condition} returning 'gone' as json");
        Statement::new(delete).bind("account", Param::id(account)).bind("value", value)
    });
    Ok(directory.batch(statements.into()).await?.iter().map(Vec::len).sum())
}
