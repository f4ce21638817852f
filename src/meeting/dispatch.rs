//! Which handler a meeting's route has.

use worker::Env;

use super::{api, feed, feed_page, guest, page};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Meeting;

pub async fn dispatch(route: Meeting, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html
        && let Some(page) = page::dispatch(route, &context, env).await?
    {
        return Ok(page);
    }
    match route {
        Meeting::Meeting(id) => api::show(id, context, env).await,
        Meeting::Update(id) => api::update(id, context, env).await,
        Meeting::Cancel(id) => api::cancel(id, context, env).await,
        Meeting::Decline(id) => api::decline(id, context, env).await,
        Meeting::Accept(id) => api::accept(id, context, env).await,
        Meeting::ForgetMeeting(id) => page::forget(id, &context, env).await,
        Meeting::MeetingFile(id) => feed::of_meeting(id, &context, env).await,
        Meeting::FeedLink if context.html => feed_page::show(&context, env).await,
        Meeting::RotateFeed if context.html => feed_page::rotate(&context, env).await,
        Meeting::FeedLink => feed::show(&context, env).await,
        Meeting::RotateFeed => feed::rotate(&context, env).await,
        Meeting::Feed => feed::calendar(&context, env).await,
        Meeting::Confirm(id) => api::confirm(id, context, env).await,
        Meeting::Approve(id) => api::approve(id, context, env).await,
        Meeting::OtherTimes(id) => guest::show_times(id, &context, env).await,
    }
}
