//! The pages of somebody who is asked, where answers are not taken: too late, decided, closed, or no link that works.

use askama::Template;
use whittle_domain::calendar::{InviteeView, Phase};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::zone::Zone;

use super::common::{self, Common};
use super::form::word;
use crate::error::Result;
use crate::http::layout::Layout;
use crate::http::page::PageRequest;
use crate::http::reply::Reply;
use crate::texts::{Said, say, when};

#[derive(Template)]
#[template(path = "page/calendar/answer_over.html")]
struct OverPage {
    page: Layout,
    common: Common,
    /// What came of it.
    lead: String,
    /// What was sent and not saved.
    lost: Option<Said<'static>>,
    /// The reader's own meeting: in the reader's zone, in the calendar's where that shows something else, and when it begins.
    meeting: Option<(String, Option<String>, Instant)>,
    /// What the reader answered: days with lines.
    answered: Vec<(String, Vec<Line>)>,
    /// Whether the reader has said that no time suits.
    answered_none: bool,
}

/// A time that the reader marked.
struct Line {
    begin: Instant,
    clock: String,
    level: String,
}

/// The page of a calendar that takes no answers. `lost`: an answer came too late.
pub fn page(view: &InviteeView, lost: bool, asked: &PageRequest, now: Instant) -> Result<Reply> {
    let shown = common::shown(view, asked);
    let name = common::name(&view.owner);
    let answer = view.answer.as_deref();
    let lead = match (view.phase, answer, view.meeting) {
        (Phase::Open, Some(_), _) => say("availability-late").with("name", name),
        (Phase::Open, None, _) => say("availability-late-unanswered").with("name", name),
        (Phase::Finalizing, ..) => say("availability-finalizing").with("name", name),
        (Phase::Finalized, _, Some(_)) => say("availability-meeting").with("name", name),
        (Phase::Finalized, _, None) => say("availability-no-meeting").with("name", name),
        (Phase::Closed, ..) => say("availability-closed").with("name", name),
    };
    let template = OverPage {
        page: Layout::new(asked, view.name.as_str()),
        lead: lead.to_string(),
        lost: lost.then(|| say("availability-too-late")),
        meeting: view.meeting.map(|(_, slot)| {
            let there = when::slot_with_zone(&slot, &view.timezone);
            let differs = when::origin(&slot, &shown.zone, &view.timezone).is_some();
            (when::slot_with_zone(&slot, &shown.zone), differs.then_some(there), slot.begin())
        }),
        answered: lines(answer.unwrap_or_default(), &shown.zone),
        answered_none: answer.is_some_and(<[PreferredSlot]>::is_empty),
        common: Common::new(view, &shown, now),
    };
    Reply::html(if lost { 409 } else { 200 }, &template)
}

/// An answer by day, as it was given.
fn lines(answer: &[PreferredSlot], zone: &Zone) -> Vec<(String, Vec<Line>)> {
    let mut days: Vec<(String, Vec<Line>)> = Vec::new();
    for given in answer {
        let heading = when::day(&LocalTime::of(given.slot.begin(), zone));
        let line = Line {
            begin: given.slot.begin(),
            clock: when::clock_range(&given.slot, zone),
            level: word(given.preference),
        };
        match days.last_mut() {
            Some((day, lines)) if *day == heading => lines.push(line),
            _ => days.push((heading, vec![line])),
        }
    }
    days
}

#[derive(Template)]
#[template(path = "page/calendar/answer_link.html")]
struct LinkPage {
    page: Layout,
    lead: Said<'static>,
}

/// Why somebody cannot answer by what this browser has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// No link was opened.
    NoLink,
    /// The link is void: it was never ours, or its holder is not asked any more.
    Void,
    /// There is no such calendar.
    Gone,
}

/// The page of a link that opens nothing.
pub fn dead(why: Dead, asked: &PageRequest) -> Result<Reply> {
    let (status, title, lead) = match why {
        Dead::NoLink => (401, say("availability-no-link-title"), say("availability-no-link")),
        Dead::Void => (401, say("availability-void-title"), say("availability-void")),
        Dead::Gone => (404, say("availability-gone-title"), say("availability-gone")),
    };
    Reply::html(status, &LinkPage { page: Layout::new(asked, title), lead })
}

#[derive(Template)]
#[template(path = "page/proposal/expired.html")]
struct ExpiredPage {
    page: Layout,
    base: String,
}

/// The page of a link that was authentic and is too old: it offers a new one.
pub fn expired(id: u64, asked: &PageRequest) -> Result<Reply> {
    let page = Layout::new(asked, say("expired-title"));
    Reply::html(401, &ExpiredPage { page, base: common::base(id) })
}
