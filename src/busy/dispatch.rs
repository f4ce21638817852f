//! Which handler a route of engagements has.

use worker::Env;

use super::{api, import, page, subscription};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Busy;

pub async fn dispatch(route: Busy, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html {
        return page::answer(route, &context, env).await;
    }
    match route {
        Busy::ListBusy => api::list(&context, env).await,
        Busy::ImportBusy => import::run(&context, env).await,
        Busy::ForgetBusy => api::forget(&context, env).await,
        Busy::Subscriptions => subscription::api::list(&context, env).await,
        Busy::Subscribe => subscription::api::subscribe(&context, env).await,
        Busy::ReadSubscription(id) => subscription::api::read_now(id, &context, env).await,
        Busy::EndSubscription(id) => subscription::api::end(id, &context, env).await,
    }
}
