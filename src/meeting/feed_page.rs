//! The page of an account's calendar feed: its link, how to use it, and how to make it void.

use askama::Template;
use serde::Deserialize;
use worker::Env;

use super::feed;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::texts::say;

#[derive(Deserialize)]
struct Feed {
    url: String,
}

#[derive(Template)]
#[template(path = "page/feed.html")]
struct FeedPage {
    page: Layout,
    /// The link; none where the account's address is not confirmed.
    url: Option<String>,
    /// The link as calendar programs of a computer take it over with a click.
    subscribe: String,
}

/// The link.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (status, url) = match feed::show(context, env).await {
        Ok(reply) => (200, Some(whittle_json::from_str::<Feed>(&reply.text())?.url)),
        Err(Error::Forbidden(_)) => (403, None),
        Err(error) => return Err(error),
    };
    let rest = url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
    let subscribe = rest.map(|rest| format!("webcal://{rest}")).unwrap_or_default();
    Reply::html(status, &FeedPage { page: Layout::new(&context.page, say("feed-title")), url, subscribe })
}

/// Another link.
pub async fn rotate(context: &RequestContext, env: &Env) -> Result<Reply> {
    feed::rotate(context, env).await.map(|_| Reply::saved("/feed/", Notice::FeedRenewed))
}
