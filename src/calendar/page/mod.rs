//! The pages of calendars: which page a route has, and what the pages share.

mod act;
mod answer;
mod common;
mod compose;
mod heat;
mod list;
mod log;
mod manage;
mod meetings;
mod owned;
mod people;
mod plan;
#[cfg(test)]
mod sample;
mod schedules;

use worker::Env;

use self::owned::read_owned;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Calendar;

/// The page of a route; none where the API's answer is shown as it is, such as a file.
pub async fn dispatch(route: Calendar, context: &RequestContext, env: &Env) -> Result<Option<Reply>> {
    match (route, &context.form) {
        (Calendar::OpenInvitation(id), _) => answer::show(id, context, env).await.map(Some),
        (Calendar::Respond(id), Some(form)) => answer::act(id, form, false, context, env).await.map(Some),
        (Calendar::ChangeAnswer(id), Some(form)) => answer::act(id, form, true, context, env).await.map(Some),
        (Calendar::ResendInvitation(id), Some(_)) => answer::resend(id, context, env).await.map(Some),
        (Calendar::Calendars, _) => list::show(context, env).await.map(Some),
        (Calendar::Details(id), _) => {
            let read = read_owned(id, true, context, env).await?;
            manage::page(&read, &manage::Typed::default(), context, env).await.map(Some)
        }
        (Calendar::CalendarLog(id), _) if context.query("format").is_none() => {
            log::show(id, context, env).await.map(Some)
        }
        (Calendar::Suggest(id), _) => schedules::show(id, context, env).await.map(Some),
        (Calendar::Finalize(id), Some(form)) => schedules::submit(id, form, context, env).await.map(Some),
        (Calendar::Edit(id), Some(form)) => act::edit(id, form, context, env).await.map(Some),
        (Calendar::Remind(id, contact), Some(_)) => act::remind(id, contact, context, env).await.map(Some),
        (Calendar::RemindByGet(id, contact), _) => {
            act::ask_to_remind(id, contact, context, env).await.map(Some)
        }
        (Calendar::CloseCalendar(id), Some(_)) => act::close(id, context, env).await.map(Some),
        (Calendar::CreateCalendar, Some(form)) if form.has("once") => {
            compose::create::create(form, context, env).await.map(Some)
        }
        // The meetings stand on the calendar's page, and each of them has a page of its own.
        (Calendar::Meetings(id), _) => Ok(Some(Reply::see_other(&act::path(id)))),
        (Calendar::CalendarMeeting(id, meeting), _) => {
            super::meetings::require(id, meeting, context, env).await?;
            Ok(Some(Reply::see_other(&format!("/meetings/{meeting}/"))))
        }
        (Calendar::ComposeCalendar, _) => compose::api::show(context, env).await.map(Some),
        (Calendar::ComposeMoreCalendar, Some(form)) => {
            compose::api::compose(form, context, env).await.map(Some)
        }
        _ => Ok(None),
    }
}

pub use compose::api::told;
