//! What the pages of calendars share: in whose zone, as whom one reads, how preferences are called.

use whittle_domain::calendar::{Calendar, Invitee, Phase};
use whittle_domain::zone::Zone;

use super::Owned;
use crate::http::context::RequestContext;
use crate::http::viewer::Source;
use crate::texts::{Said, say};

/// The preferences, best first, as forms offer them.
pub struct Levels;

impl Levels {
    pub fn all(&self) -> [(u8, Said<'static>); 3] {
        [3, 2, 1].map(|level| (level, level_word(level)))
    }
}

/// How a preference is called.
pub const fn level_word<'a>(level: u8) -> Said<'a> {
    match level {
        3 => say("cal-level-3"),
        2 => say("cal-level-2"),
        _ => say("cal-level-1"),
    }
}

/// How a page calls an invitee.
pub fn name(invitee: &Invitee) -> String {
    format!("{} {}", invitee.first_name, invitee.last_name)
}

/// The path of a calendar, below which its pages are.
pub fn base(id: u64) -> String {
    format!("/schedules/calendars/{id}/")
}

/// What the templates of the owner's pages share. The names are those of proposals' pages, whose parts are used here, too.
pub struct Common {
    pub id: u64,
    pub base: String,
    /// As whom the page acts: forms carry it.
    pub label: String,
    /// As whom the page acts, for its reader.
    pub me: String,
    pub organises: bool,
    pub signed_in: bool,
    pub zone: Zone,
    pub zone_line: String,
    /// Where the zone is chosen.
    pub here: String,
    pub zones: Vec<String>,
    /// The version that the page shows.
    pub version: u32,
    /// How it stands: pages of another state are other pages.
    pub state: &'static str,
    pub head: String,
}

impl Common {
    pub fn new(read: &Owned, page: &str, context: &RequestContext) -> Self {
        let calendar = &read.calendar;
        let shown = read.shown(context);
        let base = base(calendar.id);
        let owner = &calendar.owner;
        let own_name = format!("{} {}", owner.first_name, owner.last_name).trim().to_owned();
        Self {
            id: calendar.id,
            here: format!("{base}{page}"),
            base,
            label: read.label.clone(),
            me: if own_name.is_empty() { owner.address.to_string() } else { own_name },
            organises: true,
            signed_in: context.session.is_some(),
            zone_line: match shown.source {
                Source::Origin => say("cal-zone-origin").with("zone", shown.zone.to_string()).to_string(),
                _ => shown.line(say("cal-zone-origin").with("zone", shown.zone.to_string())),
            },
            zone: shown.zone,
            zones: Zone::names(),
            version: calendar.version,
            state: state(calendar),
            head: read.head.to_string(),
        }
    }
}

/// How it stands, as pages are told apart.
pub const fn state(calendar: &Calendar) -> &'static str {
    match (calendar.phase, calendar.deadline_passed) {
        (Phase::Open, false) => "open",
        (Phase::Open, true) => "late",
        (Phase::Finalizing, _) => "finalizing",
        (Phase::Finalized, _) => "finalized",
        (Phase::Closed, _) => "closed",
    }
}
