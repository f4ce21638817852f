//! The routes of calendars (*One-to-ones*). The paths are those of the document.

use super::policy::{Formats, Policy};
use super::{Miss, Route, id, methods};

#[allow(clippy::enum_variant_names, reason = "log lines tell routes by these names alone")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// `GET /schedules/home/`: the caller's calendars and the meetings that came of them.
    Calendars,
    /// `GET /schedules/calendars/compose/`: the page on which a calendar is composed; `?copy={id}` begins with another one.
    ComposeCalendar,
    /// `POST /schedules/calendars/compose/`: the same page with what was typed, and more of it; nothing is kept.
    ComposeMoreCalendar,
    /// `POST /schedules/calendars/create/`
    CreateCalendar,
    /// `POST /schedules/calendars/{id}/copy/`: a new calendar like this one, later.
    CopyCalendar(u64),
    /// `DELETE /schedules/calendars/{id}/`: close it without meetings.
    CloseCalendar(u64),
    /// `GET /schedules/calendars/{id}/details/`
    Details(u64),
    /// `PUT /schedules/calendars/{id}/details/`, and `PATCH`
    Edit(u64),
    /// `GET /schedules/calendars/remind/{id}/{contact}/`: acts with an Authorization header, and shows a form otherwise.
    RemindByGet(u64, u64),
    /// `POST /schedules/calendars/remind/{id}/{contact}/`
    Remind(u64, u64),
    /// `GET /schedules/calendars/{id}/confirm/`: suggested schedules.
    Suggest(u64),
    /// `POST /schedules/calendars/{id}/confirm/`: finalise; with `?dry_run=true` only say what is wrong.
    Finalize(u64),
    /// `GET /schedules/calendars/{id}/respond/{token}/`
    OpenInvitation(u64),
    /// `POST /schedules/calendars/{id}/respond/{token}/`
    Respond(u64),
    /// `PUT /schedules/calendars/{id}/respond/{token}/`
    ChangeAnswer(u64),
    /// `POST /schedules/calendars/{id}/resend/`: a new link in place of an expired one.
    ResendInvitation(u64),
    /// `POST /schedules/calendars/{id}/forget/`: the browser forgets its link.
    ForgetInvitation(u64),
    /// `GET /schedules/calendars/{id}/log/`
    CalendarLog(u64),
    /// `GET /schedules/calendars/{id}/live/`: a WebSocket that tells the version.
    CalendarLive(u64),
    /// `GET /schedules/calendars/{id}/answers.csv`
    Answers(u64),
    /// `GET /schedules/calendars/{id}/calendar.ics`: the meetings of a finalised calendar.
    CalendarFile(u64),
    /// `GET /schedules/calendars/{id}/meetings/`
    Meetings(u64),
    /// `GET /schedules/calendars/{id}/meetings/{meeting}/`: as `GET /meetings/{meeting}/`.
    CalendarMeeting(u64, u64),
    /// `PATCH /schedules/calendars/{id}/meetings/{meeting}/`
    UpdateCalendarMeeting(u64, u64),
    /// `DELETE /schedules/calendars/{id}/meetings/{meeting}/`
    CancelCalendarMeeting(u64, u64),
}

impl Calendar {
    pub const fn policy(self) -> Policy {
        match self {
            Self::Calendars
            | Self::ComposeCalendar
            | Self::ComposeMoreCalendar
            | Self::Details(_)
            | Self::RemindByGet(..)
            | Self::Suggest(_)
            | Self::Meetings(_)
            | Self::CalendarMeeting(..) => Policy::ACCOUNT,
            Self::CreateCalendar | Self::CopyCalendar(_) | Self::Remind(..) | Self::Finalize(_) => {
                Policy::ACCOUNT.idempotent()
            }
            Self::Edit(_)
            | Self::CloseCalendar(_)
            | Self::UpdateCalendarMeeting(..)
            | Self::CancelCalendarMeeting(..) => Policy::ACCOUNT.if_match(),
            Self::OpenInvitation(_)
            | Self::Respond(_)
            | Self::ChangeAnswer(_)
            | Self::ResendInvitation(_)
            | Self::ForgetInvitation(_) => Policy::LINK,
            Self::CalendarLog(_) => Policy::ACCOUNT.formats(Formats::JsonOrLines),
            Self::CalendarLive(_) => Policy::ACCOUNT_OR_LINK.socket(),
            Self::Answers(_) => Policy::ACCOUNT.formats(Formats::Csv),
            Self::CalendarFile(_) => Policy::ACCOUNT.formats(Formats::Calendar),
        }
    }
}

/// The token in a path such as `/schedules/calendars/{id}/respond/{token}/`, where it has one.
pub fn link_token(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/respond/")?;
    let token = rest.strip_suffix('/').unwrap_or(rest);
    (!token.is_empty()).then_some(token)
}

/// The route of a method and the segments below `/schedules/calendars/`.
pub fn route(method: &str, segments: &[&str]) -> Result<Route, Miss> {
    match segments {
        ["create"] => methods(method, &[("POST", Calendar::CreateCalendar)]),
        ["compose"] => {
            methods(method, &[("GET", Calendar::ComposeCalendar), ("POST", Calendar::ComposeMoreCalendar)])
        }
        ["remind", calendar, contact] => {
            let (id, contact) = (id(calendar)?, id(contact)?);
            methods(
                method,
                &[("GET", Calendar::RemindByGet(id, contact)), ("POST", Calendar::Remind(id, contact))],
            )
        }
        [calendar, rest @ ..] => of_calendar(method, id(calendar)?, rest),
        [] => Err(Miss::NotFound),
    }
}

/// The route of a method and the segments below `/schedules/calendars/{id}/`.
fn of_calendar(method: &str, calendar: u64, segments: &[&str]) -> Result<Route, Miss> {
    match segments {
        [] => methods(method, &[("DELETE", Calendar::CloseCalendar(calendar))]),
        ["copy"] => methods(method, &[("POST", Calendar::CopyCalendar(calendar))]),
        ["details"] => methods(
            method,
            &[
                ("GET", Calendar::Details(calendar)),
                ("PUT", Calendar::Edit(calendar)),
                ("PATCH", Calendar::Edit(calendar)),
            ],
        ),
        ["confirm"] => {
            methods(method, &[("GET", Calendar::Suggest(calendar)), ("POST", Calendar::Finalize(calendar))])
        }
        ["respond", ""] => Err(Miss::NotFound),
        ["respond"] | ["respond", _] => methods(
            method,
            &[
                ("GET", Calendar::OpenInvitation(calendar)),
                ("POST", Calendar::Respond(calendar)),
                ("PUT", Calendar::ChangeAnswer(calendar)),
            ],
        ),
        ["resend"] => methods(method, &[("POST", Calendar::ResendInvitation(calendar))]),
        ["forget"] => methods(method, &[("POST", Calendar::ForgetInvitation(calendar))]),
        ["log"] => methods(method, &[("GET", Calendar::CalendarLog(calendar))]),
        ["live"] => methods(method, &[("GET", Calendar::CalendarLive(calendar))]),
        ["answers.csv"] => methods(method, &[("GET", Calendar::Answers(calendar))]),
        ["calendar.ics"] => methods(method, &[("GET", Calendar::CalendarFile(calendar))]),
        ["meetings"] => methods(method, &[("GET", Calendar::Meetings(calendar))]),
        ["meetings", meeting] => {
            let meeting = id(meeting)?;
            methods(
                method,
                &[
                    ("GET", Calendar::CalendarMeeting(calendar, meeting)),
                    ("PATCH", Calendar::UpdateCalendarMeeting(calendar, meeting)),
                    ("DELETE", Calendar::CancelCalendarMeeting(calendar, meeting)),
                ],
            )
        }
        _ => Err(Miss::NotFound),
    }
}
