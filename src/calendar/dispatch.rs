//! Which handler a calendar's route has.

use worker::Env;

use super::{page, suggest};
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Calendar;

pub async fn dispatch(route: Calendar, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html
        && let Some(page) = page::dispatch(route, &context, env).await?
    {
        return Ok(page);
    }
    match route {
        Calendar::Suggest(id) => suggest::show(id, &context, env).await,
        Calendar::ComposeCalendar | Calendar::ComposeMoreCalendar => page::told(&context, env).await,
        _ => Err(not_found()),
    }
}
