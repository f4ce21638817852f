//! What every page of a proposal has: what it is about, in whose zone, as whom one reads it, what happened so far.

use whittle_domain::proposal::{Phase, ReaderView, Visibility};
use whittle_domain::zone::Zone;

use super::log;
use super::{Page, name};
use crate::http::context::RequestContext;
use crate::http::viewer::{Shown, Source};
use crate::texts::chronicle::{Day, by_day};
use crate::texts::{say, when};

/// How many sentences of the log a page shows that is about something else.
const RECENT: usize = 8;

/// What the templates of a proposal's pages share.
pub struct Common {
    pub id: u64,
    /// Its path, below which its forms are sent.
    pub base: String,
    /// As whom the page acts: forms carry it.
    pub label: String,
    /// As whom the page acts, for its reader.
    pub me: String,
    /// Whether the reader has the organiser's rights.
    pub organises: bool,
    /// Whether that is by the session, and not by a link.
    pub signed_in: bool,
    /// Where, what for, by when: labels with lines.
    pub facts: Vec<(String, Vec<String>)>,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// Whether the reader has chosen it.
    pub zone_is_chosen: bool,
    /// The proposal's own zone.
    pub origin: Zone,
    /// Why it is that zone.
    pub zone_line: String,
    /// Where the zone is chosen: the page itself, or the proposal's where this answers a form.
    pub here: String,
    /// All zones to choose from.
    pub zones: Vec<String>,
    /// The last sentences of the log by day, the newest first.
    pub recent: Vec<Day>,
    /// How many sentences the whole log has.
    pub sentences: usize,
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
    pub fn new(read: &Page, shown: &Shown, context: &RequestContext) -> Self {
        let reader = &read.reader;
        let all = log::sentences(read, &shown.zone);
        let own = reader.people.iter().find(|person| Some(person.shown.number) == reader.you.party);
        let me = match (own, &reader.you.address) {
            (Some(person), _) if person.shown.name.is_some() => name(&person.shown),
            _ if reader.you.creator && reader.organiser.name.is_some() => name(&reader.organiser),
            (_, Some(address)) => address.clone(),
            (Some(person), None) => name(&person.shown),
            (None, None) => say("the-organiser").to_string(),
        };
        Self {
            id: reader.view.id,
            base: super::act::path(reader.view.id),
            version: reader.view.version,
            state: match reader.view.successor {
                Some(_) => "succeeded",
                None => reader.view.state.word(),
            },
            label: reader.you.label.clone(),
            organises: reader.you.organiser,
            me,
            signed_in: context.session.is_some() && !acts_by_link(reader, context),
            facts: facts(reader, &shown.zone),
            zone: shown.zone.clone(),
            zone_is_chosen: shown.source == Source::Chosen,
            origin: reader.zone.clone(),
            zone_line: shown.line(say("zone-origin").with("zone", shown.zone.to_string())),
            here: match context.form {
                Some(_) => super::act::path(reader.view.id),
                None => context.page.path.clone(),
            },
            zones: Zone::names(),
            sentences: all.len(),
            recent: by_day(all.into_iter().rev().take(RECENT)),
            privacy: match (reader.view.visibility, reader.you.organiser) {
                (_, true) => say("privacy-organiser").to_string(),
                (Visibility::Open, false) => say("privacy-open").to_string(),
                (Visibility::Names, false) => say("privacy-names").to_string(),
            },
            head: reader.head.to_string(),
        }
    }
}

/// Whether the reader reads by a link alone, whoever is signed in beside it.
fn acts_by_link(reader: &ReaderView, context: &RequestContext) -> bool {
    use crate::http::credential::Credential;
    match context.credential {
        Credential::OpenedLink(_) | Credential::Link(_) => true,
        // The session counts where it has any standing; a session's reader is the organiser, or owns the address.
        Credential::SessionOrLink { .. } => {
            !reader.you.organiser && reader.you.party.is_some() && !reader.you.creator
        }
        _ => false,
    }
}

fn facts(reader: &ReaderView, zone: &Zone) -> Vec<(String, Vec<String>)> {
    let view = &reader.view;
    let lines = |text: &str| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
    let mut facts = Vec::new();
    if !view.location.is_empty() {
        facts.push((say("fact-where").to_string(), lines(&view.location)));
    }
    if !view.description.is_empty() {
        facts.push((say("fact-what-for").to_string(), lines(&view.description)));
    }
    if let Some(deadline) = reader.deadline.filter(|_| view.state == Phase::Open) {
        facts.push((say("fact-by-when").to_string(), vec![when::moment_with_zone(deadline, zone)]));
    }
    if let Some(shortest) = reader.min_duration.filter(|_| view.state == Phase::Open) {
        facts.push((say("fact-shortest").to_string(), vec![when::length(shortest)]));
    }
    facts
}
