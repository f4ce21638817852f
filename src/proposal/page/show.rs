//! `GET /{id}/` in a browser: the page of whoever is to answer, or of whoever organises.

use askama::Template;
use whittle_domain::proposal::Phase;
use worker::Env;

use super::act::path;
use super::{Page, organiser, read, read_again, respond};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::say;

/// The page: the organiser's for those who have its rights, but where they ask to answer themselves.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = match read(id, context, env).await {
        Err(error) if is_expired(&error) => return expired(id, context),
        Err(Error::Gone(_)) => return closed(id, context, env).await,
        other => other?,
    };
    if organises(&read, context) {
        return organiser::page(&read, &organiser::Typed::default(), context, env).await;
    }
    match read.reader.view.state {
        Phase::Open => respond::page(&read, &respond::Typed::asked(context), context),
        _ => respond::over(&read, context, env).await,
    }
}

/// Whether a link was authentic and is too old.
fn is_expired(error: &Error) -> bool {
    matches!(error, Error::Unauthorized(body) if body.get("expires").is_some())
}

#[derive(Template)]
#[template(path = "page/proposal/expired.html")]
struct ExpiredPage {
    page: Layout,
    /// The path of what the link opens.
    base: String,
}

fn expired(id: u64, context: &RequestContext) -> Result<Reply> {
    Reply::html(401, &ExpiredPage { page: Layout::new(&context.page, say("expired-title")), base: path(id) })
}

#[derive(Template)]
#[template(path = "page/proposal/closed.html")]
struct ClosedPage {
    page: Layout,
    id: u64,
}

/// The page of a proposal that was closed: its log stays.
async fn closed(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read_again(id, context, env).await?;
    let title = read.reader.view.title.as_str();
    Reply::html(410, &ClosedPage { page: Layout::new(&context.page, title), id })
}

/// Whether the organiser's page is the one to show.
pub fn organises(read: &Page, context: &RequestContext) -> bool {
    let answers = context.shows("answer") && read.reader.view.state == Phase::Open;
    read.reader.you.organiser && !answers
}
