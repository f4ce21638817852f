//! The page of a meeting.

use askama::Template;
use whittle_domain::meeting::{AttendeeView, PartStat, Status, View};

use crate::http::layout::Layout;
use crate::http::page::{Shown, length, time_in};

#[derive(Template)]
#[template(path = "page/meeting.html")]
struct MeetingPage<'a> {
    page: Layout,
    meeting: &'a View,
}

/// One meeting.
pub fn meeting(shown: &Shown<'_>) -> askama::Result<String> {
    let meeting: View = shown.parse()?;
    MeetingPage { page: Layout::new(shown.asked, &meeting.title), meeting: &meeting }.render()
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
