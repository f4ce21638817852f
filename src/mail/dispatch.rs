//! Which handler a route of mail has.

use worker::Env;

use super::{dev_outbox, events, unsubscribe};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Mail;

pub async fn dispatch(route: Mail, context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Mail::Unsubscribe => unsubscribe::show(&context, env),
        Mail::UnsubscribeNow if context.html => unsubscribe::act_as_page(context, env).await,
        Mail::UnsubscribeNow => unsubscribe::act(context, env).await,
        Mail::MailEvents => events::take(&context, env).await,
        Mail::Outbox => dev_outbox::show(&context, env).await,
    }
}
