//! Places at which a test can cut an act in two: the object notes that it got there and never goes on, until the
//! process is killed. Dead without `DEV=1`.

use std::time::Duration;

use worker::{Delay, Env, SqlStorage};

use super::host::Host;
use super::sql;
use crate::clock::Offset;
use crate::config;
use crate::dev::Dev;
use crate::error::Result;

const TABLE: &str =
    "create table if not exists dev (key text primary key, value text not null) strict, without rowid";
const HITS: &str = "create table if not exists dev_hits (name text not null) strict";

/// Keeps what a request of development asked for; an offset holds until the next one.
pub fn keep(store: &SqlStorage, env: &Env, dev: &Dev) -> Result<()> {
    let wanted = [("offset", dev.offset.map(|o| o.to_string())), ("failpoint", dev.failpoint.clone())];
    if !config::is_dev(env) || wanted.iter().all(|(_, value)| value.is_none()) {
        return Ok(());
    }
    sql::run(store, TABLE, &[])?;
    for (key, value) in wanted {
        if let Some(value) = value {
            sql::run(store, "insert or replace into dev values (?, ?)", &[key.into(), value.into()])?;
        }
    }
    Ok(())
}

fn kept(store: &SqlStorage, key: &str) -> Option<String> {
    sql::text(store, "select name from sqlite_master where name = 'dev'", &[]).ok()??;
    sql::text(store, "select value from dev where key = ?", &[key.into()]).ok()?
}

/// By how much the clock is moved here.
pub fn offset(store: &SqlStorage, env: &Env) -> Offset {
    if !config::is_dev(env) {
        return Offset::default();
    }
    Offset(kept(store, "offset").and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// What is passed on to the clock that sends a meeting's mail: the offset, and a failpoint that is its own.
pub fn passed_on(store: &SqlStorage, env: &Env) -> Dev {
    if !config::is_dev(env) {
        return Dev::default();
    }
    let failpoint = kept(store, "failpoint").filter(|name| name.starts_with("clock_"));
    Dev { offset: kept(store, "offset").and_then(|text| text.parse().ok()), failpoint, ..Dev::default() }
}

/// Stops here for ever if this is the failpoint that was asked for; once.
pub async fn reach(host: &Host, name: &str) -> Result<()> {
    let store = &host.sql;
    if !config::is_dev(&host.env) || kept(store, "failpoint").as_deref() != Some(name) {
        return Ok(());
    }
    sql::run(store, HITS, &[])?;
    sql::run(store, "delete from dev where key = 'failpoint'", &[])?;
    sql::run(store, "insert into dev_hits values (?)", &[name.into()])?;
    host.storage.sync().await?;
    stop(name).await
}

/// As [`reach`], in the Worker itself, for the request that asks for it.
pub async fn here(dev: &Dev, env: &Env, name: &str) {
    if config::is_dev(env) && dev.failpoint.as_deref() == Some(name) {
        stop(name).await
    }
}

/// Waits here for three seconds, for the request that asks for it: something else is to happen meanwhile.
pub async fn pause(dev: &Dev, env: &Env, name: &str) {
    if config::is_dev(env) && dev.failpoint.as_deref() == Some(name) {
        worker::console_log!("{{\"failpoint\":\"{name}\"}}");
        Delay::from(Duration::from_secs(3)).await;
    }
}

async fn stop(name: &str) -> ! {
    worker::console_log!("{{\"failpoint\":\"{name}\"}}");
    loop {
        Delay::from(Duration::from_secs(3600)).await;
    }
}
