//! `GET /accounts/export/`: everything that an account has, as JSON, or its meetings as a calendar.
//!
//! The first page of each list is read in the transaction that authenticates. What has no more than that is exported as it is
//! at one moment; of longer lists the rest is read page by page while the answer is sent, so that no export is too large for
//! the memory of the Worker or for one answer of D1.

use std::collections::VecDeque;

use futures_util::stream::{self, Stream};
use whittle_domain::ical;
use worker::{Env, Response};

use super::store::{settings, sign_ins};
use super::{PARTS, sessions};
use crate::account_part::ExportList;
use crate::auth::account::{Account, authenticate, authenticate_and_query};
use crate::auth::lookup::Lookup;
use crate::config;
use crate::d1::{Directory, Statement};
use crate::error::{Error, Result, no_credentials};
use crate::http::context::RequestContext;
use crate::http::negotiation::quality;
use crate::http::reply::Reply;
use crate::meeting::feed;

/// Rows of a page.
const PAGE_ROWS: usize = 500;

/// The place before all rows: no time of ours comes before the first integer that JSON can carry.
const BEGIN: (i64, i64) = (-(1 << 53), 0);

fn lists(context: &RequestContext, origin: &str) -> Vec<ExportList> {
    let mut lists: Vec<ExportList> = PARTS.iter().flat_map(|part| part.exports(origin)).collect();
    lists.push(sign_ins::export(&sessions::current_key(&context.credential), context.now));
    lists
}

/// The export: JSON, or a calendar where that is asked for.
pub async fn export(context: &RequestContext, env: &Env) -> Result<Reply> {
    let calendars = quality(&context.accept, "text/calendar") > quality(&context.accept, "application/json");
    if context.query("format") == Some("ics") || (context.query("format").is_none() && calendars) {
        let account = authenticate(&context.credential, env, context.now).await?;
        let coming = feed::of_account(env, &account).await?;
        let reply = feed::reply(env, |service| ical::feed(&coming, &[], service));
        return Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.ics\""));
    }
    let lists = lists(context, &config::origin(env)?);
    let mut queries = vec![settings::show()];
    queries.extend(lists.iter().map(|list| page(list, BEGIN)));
    let (account, found) = authenticate_and_query(context, env, queries).await?;
    let mut found = found.into_iter();
    let shown = found.next().and_then(|rows| rows.texts().into_iter().next()).ok_or_else(no_credentials)?;
    let first_pages: Vec<Vec<String>> = found.map(|rows| rows.texts()).collect();
    let is_whole = first_pages.iter().all(|rows| rows.len() < PAGE_ROWS);
    let mut export = Export {
        env: env.clone(),
        account,
        lists: lists.into(),
        first_pages: first_pages.into(),
        after: None,
        text: format!("{{\"account\":{shown}"),
        is_done: false,
    };
    let reply = match is_whole {
        true => {
            let mut text = String::new();
            while let Some(chunk) = export.next_chunk().await? {
                text.push_str(&chunk);
            }
            Reply::json(200, text)
        }
        false => Reply::platform(Response::from_stream(export.stream())?, "application/json"),
    };
    Ok(reply.with("Content-Disposition", "attachment; filename=\"whittle.json\""))
}

fn page(list: &ExportList, (time, id): (i64, i64)) -> Statement {
    let most = i64::try_from(PAGE_ROWS).unwrap_or_default();
    list.page.clone().bind("after_time", time).bind("after_id", id).bind("most", most)
}

/// An export that is being written.
struct Export {
    env: Env,
    account: Account,
    /// The lists that are not written yet, with their first pages; of the first one a part may be.
    lists: VecDeque<ExportList>,
    first_pages: VecDeque<Vec<String>>,
    /// The place of the last row that is written of the first list.
    after: Option<(i64, i64)>,
    /// What is to be written before the next page.
    text: String,
    is_done: bool,
}

impl Export {
    /// The next piece of text: a page.
    async fn next_chunk(&mut self) -> Result<Option<String>> {
        let mut text = std::mem::take(&mut self.text);
        let Some(list) = self.lists.front() else {
            text.push('}');
            let is_first = !std::mem::replace(&mut self.is_done, true);
            return Ok(is_first.then_some(text));
        };
        let rows = match self.after {
            None => {
                text.push_str(&format!(",\"{}\":[", list.name));
                self.first_pages.pop_front().unwrap_or_default()
            }
            Some(after) => {
                let lookup = Lookup::by_account(&self.account);
                let read = lookup.read(&Directory::of(&self.env), vec![page(list, after)]).await?;
                let (Some(_), mut results) = read else {
                    return Err(Error::Unavailable("the account of an export has changed".to_owned()));
                };
                text.push(',');
                results.pop().map(|rows| rows.texts()).unwrap_or_default()
            }
        };
        let rows: Vec<(&str, &str)> = rows.iter().filter_map(|row| row.split_once(' ')).collect();
        let bodies: Vec<&str> = rows.iter().map(|(_, body)| *body).collect();
        text.push_str(&bodies.join(","));
        let last = rows.last().filter(|_| rows.len() == PAGE_ROWS);
        self.after = last.and_then(|(place, _)| {
            let (time, id) = place.split_once('.')?;
            Some((time.parse().ok()?, id.parse().ok()?))
        });
        if self.after.is_none() {
            text.push(']');
            self.lists.pop_front();
        }
        Ok(Some(text))
    }

    /// The pieces, each read when the one before has been taken. Where one cannot be read, the answer breaks off.
    fn stream(self) -> impl Stream<Item = std::result::Result<Vec<u8>, worker::Error>> {
        stream::try_unfold(self, |mut export| async move {
            let chunk = export.next_chunk().await;
            let chunk = chunk.map_err(|error| {
                worker::Error::RustError(error.fault().unwrap_or("an export broke off").to_owned())
            })?;
            Ok(chunk.map(|text| (text.into_bytes(), export)))
        })
    }
}
