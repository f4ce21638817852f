//! `GET /{id}/` in a browser: the page of whoever is to answer, or of whoever organises.

use whittle_domain::proposal::Phase;
use worker::Env;

use super::{Page, organiser, read, respond};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The page: the organiser's for those who have its rights, but where they ask to answer themselves.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read(id, context, env).await?;
    if organises(&read, context) {
        return organiser::page(&read, &organiser::Typed::default(), context, env).await;
    }
    match read.reader.view.state {
        Phase::Open => respond::page(&read, &respond::Typed::asked(context), context),
        _ => respond::over(&read, context, env).await,
    }
}

/// Whether the organiser's page is the one to show.
pub fn organises(read: &Page, context: &RequestContext) -> bool {
    let answers = context.query("show") == Some("answer") && read.reader.view.state == Phase::Open;
    read.reader.you.organiser && !answers
}
