//! What the pages of calendars share: in whose zone, as whom one reads, how preferences are called.

use whittle_domain::calendar::{Calendar, Phase, Progress};
use whittle_domain::ledger::{Digest, Stored};
use whittle_domain::zone::Zone;

use super::log;
use crate::http::context::RequestContext;
use crate::texts::chronicle::{Day, by_day};
use crate::texts::{Said, say};

/// How many sentences of the log a page shows that is about something else.
const RECENT: usize = 8;

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
    /// The last sentences of the log by day, the newest first.
    pub recent: Vec<Day>,
    /// How many sentences the whole log has.
    pub sentences: usize,
}

/// Who reads what.
pub struct Reader<'a> {
    pub calendar: &'a Calendar,
    pub label: &'a str,
    /// The time zone of the account.
    pub zone: &'a Zone,
    pub log: &'a [Stored<Progress>],
    /// The ledger's head, where the page shows it.
    pub head: Option<&'a Digest>,
}

impl<'a> Reader<'a> {
    /// The owner, on a page without the log.
    pub const fn of_owner(calendar: &'a Calendar, zone: &'a Zone) -> Self {
        Self { calendar, label: "owner", zone, log: &[], head: None }
    }
}

impl Common {
    pub fn new(read: &Reader<'_>, page: &str, context: &RequestContext) -> Self {
        let calendar = read.calendar;
        let shown = context.page.viewer.zone(Some(read.zone), &calendar.timezone);
        let base = base(calendar.id);
        let sentences = log::sentences(calendar, read.log, &shown.zone);
        Self {
            id: calendar.id,
            here: format!("{base}{page}"),
            base,
            label: read.label.to_owned(),
            me: calendar.owner.shown(),
            organises: true,
            signed_in: context.session.is_some(),
            zone_line: shown.line(say("cal-zone-origin").with("zone", shown.zone.to_string())),
            zone: shown.zone,
            zones: Zone::names(),
            version: calendar.version,
            state: state(calendar),
            head: read.head.map(ToString::to_string).unwrap_or_default(),
            sentences: sentences.len(),
            recent: by_day(sentences.into_iter().rev().take(RECENT)),
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
