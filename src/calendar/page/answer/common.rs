//! What every page of somebody who is asked has: whom one meets, for how long, by when, in whose zone, and as whom one answers.

use whittle_domain::calendar::{InviteeView, PersonView, Phase};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;

pub use crate::calendar::page::common::base;
use crate::http::page::PageRequest;
use crate::http::viewer::{Shown, Source};
use crate::texts::{say, when};

/// The path of the page on which one answers.
pub fn path(id: u64) -> String {
    format!("{}respond/", base(id))
}

/// Whether answers are taken.
pub fn is_open(view: &InviteeView, now: Instant) -> bool {
    view.phase == Phase::Open && view.deadline > now
}

/// The zone to show times in.
pub fn shown(view: &InviteeView, asked: &PageRequest) -> Shown {
    asked.viewer.zone(None, &view.timezone)
}

/// How a page calls somebody.
pub fn name(person: &PersonView) -> String {
    let name = format!("{} {}", person.first_name, person.last_name);
    match name.trim() {
        "" => say("the-organiser").to_string(),
        name => name.to_owned(),
    }
}

/// The length of a meeting in words.
pub fn length(view: &InviteeView) -> String {
    when::length(Duration::from_seconds(i64::from(view.meeting_minutes).saturating_mul(60)))
}

/// What the templates share. The parts of a proposal's pages read the same fields.
pub struct Common {
    pub base: String,
    /// As whom the page acts: forms carry it.
    pub label: String,
    /// As whom the page acts, for its reader.
    pub me: String,
    /// Whom one meets.
    pub owner: String,
    pub organises: bool,
    pub signed_in: bool,
    /// What for, how long, by when: labels with lines.
    pub facts: Vec<(String, Vec<String>)>,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// Whether the reader has chosen it.
    pub zone_is_chosen: bool,
    /// The calendar's own zone.
    pub origin: Zone,
    /// Why it is that zone.
    pub zone_line: String,
    /// Where the zone is chosen.
    pub here: String,
    /// All zones to choose from.
    pub zones: Vec<String>,
    /// The version that the page shows.
    pub version: u32,
    /// How it stands: pages of another state are other pages, whose parts are no news of these.
    pub state: &'static str,
    /// Who sees what.
    pub privacy: String,
    /// The ledger's head.
    pub head: String,
}

impl Common {
    pub fn new(view: &InviteeView, shown: &Shown, now: Instant) -> Self {
        let owner = name(&view.owner);
        let origin =
            say("availability-zone-origin").with("zone", shown.zone.to_string()).with("name", owner.as_str());
        Self {
            base: base(view.calendar_id),
            label: view.label.clone(),
            me: format!("{} ({})", name(&view.you), view.address),
            organises: false,
            signed_in: false,
            facts: facts(view, &shown.zone),
            zone: shown.zone.clone(),
            zone_is_chosen: shown.source == Source::Chosen,
            origin: view.timezone.clone(),
            zone_line: shown.line(origin),
            here: path(view.calendar_id),
            zones: Zone::names(),
            version: view.version,
            state: match view.phase {
                Phase::Open if is_open(view, now) && view.answer.is_some() => "answered",
                Phase::Open if is_open(view, now) => "open",
                Phase::Open => "late",
                Phase::Finalizing => "finalizing",
                Phase::Finalized => "finalized",
                Phase::Closed => "closed",
            },
            privacy: say("availability-privacy").with("name", owner.as_str()).to_string(),
            head: view.head.to_string(),
            owner,
        }
    }
}

fn facts(view: &InviteeView, zone: &Zone) -> Vec<(String, Vec<String>)> {
    let mut facts = Vec::new();
    if !view.description.is_empty() {
        let lines = view.description.lines().map(ToOwned::to_owned).collect();
        facts.push((say("fact-what-for").to_string(), lines));
    }
    let length = say("availability-fact-each").with("length", length(view)).to_string();
    facts.push((say("availability-fact-length").to_string(), vec![length]));
    if view.phase == Phase::Open {
        facts.push((say("fact-by-when").to_string(), deadline(view, zone)));
    }
    facts
}

/// The deadline in the reader's zone, and in the calendar's where that shows something else.
fn deadline(view: &InviteeView, zone: &Zone) -> Vec<String> {
    let here = when::moment_with_zone(view.deadline, zone);
    let there = when::moment_with_zone(view.deadline, &view.timezone);
    let differs = when::moment(view.deadline, zone) != when::moment(view.deadline, &view.timezone);
    if differs { vec![here, there] } else { vec![here] }
}
