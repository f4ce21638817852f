//! The page of a meeting.

use askama::Template;
use whittle_domain::meeting::{AttendeeView, PartStat, Status, View};

use crate::http::page::{Shown, length, time_in};

#[derive(Template)]
#[template(path = "page/meeting.html")]
struct MeetingPage<'a> {
    title: &'a str,
    meeting: &'a View,
    link: &'a str,
    csrf: &'a str,
}

/// One meeting.
pub fn meeting(shown: &Shown<'_>) -> askama::Result<String> {
    let meeting: View = shown.parse()?;
    let (link, csrf) = (&shown.asked.link_query(), &shown.asked.csrf);
    MeetingPage { title: &meeting.title, meeting: &meeting, link, csrf }.render()
}

impl MeetingPage<'_> {
    fn cancelled(&self) -> bool {
        self.meeting.status == Status::Cancelled
    }

    /// Whether the reader may say whether it comes.
    fn can_answer(&self) -> bool {
        !self.cancelled() && self.meeting.you.is_some()
    }
}

/// How a row calls its attendee.
fn called(attendee: &AttendeeView) -> &str {
    attendee.name.as_deref().or(attendee.email.as_deref()).unwrap_or(&attendee.attendee)
}

/// Whether an attendee comes, in words.
const fn comes(attendee: &AttendeeView) -> &'static str {
    match attendee.partstat {
        PartStat::Accepted => "comes",
        PartStat::Declined => "cannot come",
        PartStat::NeedsAction => "has not said",
    }
}
