//! Which handler a calendar's route has.

use worker::Env;

use super::{api, create, home, live, meetings, page, respond, suggest};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::meeting::api as meeting_api;
use crate::route::Calendar;

pub async fn dispatch(route: Calendar, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html
        && let Some(page) = page::dispatch(route, &context, env).await?
    {
        return Ok(page);
    }
    match route {
        Calendar::Calendars => home::show(&context, env).await,
        Calendar::CreateCalendar => create::create(&context, env).await,
        Calendar::CopyCalendar(id) => create::copy(id, &context, env).await,
        Calendar::Answers(id) => api::answers(id, &context, env).await,
        Calendar::CloseCalendar(id) => api::close(id, &context, env).await,
        Calendar::Details(id) => api::details(id, &context, env).await,
        Calendar::Edit(id) => api::edit(id, &context, env).await,
        Calendar::RemindByGet(id, contact) => api::remind_by_get(id, contact, &context, env).await,
        Calendar::Remind(id, contact) => api::remind(id, contact, &context, env).await,
        Calendar::Suggest(id) => suggest::show(id, &context, env).await,
        Calendar::Finalize(id) if suggest::is_dry_run(&context) => suggest::dry_run(id, &context, env).await,
        Calendar::ComposeCalendar | Calendar::ComposeMoreCalendar => page::told(&context, env).await,
        Calendar::Finalize(id) => api::finalize(id, &context, env).await,
        Calendar::OpenInvitation(id) => respond::show(id, &context, env).await,
        Calendar::Respond(id) => respond::answer(id, false, &context, env).await,
        Calendar::ChangeAnswer(id) => respond::answer(id, true, &context, env).await,
        Calendar::ResendInvitation(id) => respond::resend(id, &context, env).await,
        Calendar::ForgetInvitation(id) => respond::forget(id, &context, env).await,
        Calendar::CalendarLog(id) => api::log(id, &context, env).await,
        Calendar::CalendarLive(id) => live::open(id, &context, env).await,
        Calendar::CalendarFile(id) => meetings::file(id, &context, env).await,
        Calendar::Meetings(id) => meetings::list(id, &context, env).await,
        Calendar::CalendarMeeting(id, meeting) => {
            meetings::require(id, meeting, &context, env).await?;
            meeting_api::show(meeting, context, env).await
        }
        Calendar::UpdateCalendarMeeting(id, meeting) => {
            meetings::require(id, meeting, &context, env).await?;
            meeting_api::update(meeting, context, env).await
        }
        Calendar::CancelCalendarMeeting(id, meeting) => {
            meetings::require(id, meeting, &context, env).await?;
            meeting_api::cancel(meeting, context, env).await
        }
    }
}
