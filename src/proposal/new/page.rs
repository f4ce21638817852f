//! The page and its preview, as their templates read them.

use askama::Template;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::proposal::series::Times;
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::zone::Zone;

use super::check::{Ready, said};
use super::draft::Draft;
use super::preview::Mail;
use super::store::{Known, SHOWN};
use super::times::{EMPTY_ROWS, Row, Wrong};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::http::viewer::Source;
use crate::texts::{Said, say, when};

/// The times of a day.
pub struct Day {
    pub name: String,
    pub times: Vec<Time>,
}

/// A time, as a box to tick or a line.
pub struct Time {
    pub value: String,
    pub clock: String,
    pub keep: bool,
}

/// A row of inputs for a time.
pub struct RowView {
    /// The beginning of the names of its fields.
    pub name: String,
    pub legend: String,
    /// What its time of day is called.
    pub clock: String,
    pub row: Row,
    pub fault: Option<String>,
    /// The offsets of both times, where clocks show it twice.
    pub twice: Option<(String, String)>,
}

/// What is wrong, for the head of the page: where it is, and what.
pub struct Problem {
    pub anchor: String,
    pub said: String,
}

/// What a series makes.
pub struct SeriesView {
    pub count: usize,
    pub days: Vec<Day>,
    pub missing: Vec<String>,
    pub passed: usize,
}

/// What the page is made of, beside what was typed.
pub struct Shown<'a> {
    pub known: &'a Known,
    pub rows: &'a [(Row, Wrong)],
    pub faults: &'a Faults,
    pub series: Option<&'a Times>,
    /// Which part of the page a button was pressed in.
    pub part: &'a str,
    /// Whether the page is opened, and nothing was typed into it yet.
    pub opened: bool,
}

#[derive(Template)]
#[template(path = "page/new/compose.html")]
struct ComposePage<'a> {
    page: Layout,
    draft: &'a Draft,
    known: &'a Known,
    faults: &'a Faults,
    problems: Vec<Problem>,
    days: Vec<Day>,
    kept: usize,
    rows: Vec<RowView>,
    deadline: RowView,
    series: Option<SeriesView>,
    zones: Vec<String>,
    zone_is_guess: bool,
    opened: bool,
    kept_as: String,
    shows_contacts: bool,
    shows_series: bool,
    shows_optional: bool,
}

impl ComposePage<'_> {
    fn weekdays(&self) -> [(i8, Said<'static>); 7] {
        [1, 2, 3, 4, 5, 6, 7].map(|number| (number, when::weekday(number)))
    }

    /// Where its buttons lead.
    const fn here(&self) -> &'static str {
        "/new/"
    }

    const fn has_optional(&self) -> bool {
        true
    }

    /// Whether times that are painted can be split into several.
    const fn splits(&self) -> bool {
        true
    }

    fn on_day(&self, number: &i8) -> bool {
        self.draft.series.days.contains(number)
    }

    fn ticks(&self, id: &u64) -> bool {
        self.draft.contacts.contains(id)
    }

    fn ticks_optional(&self, id: &u64) -> bool {
        self.draft.optional_contacts.contains(id)
    }

    fn names_group(&self, name: &str) -> bool {
        self.draft.groups.iter().any(|group| group == name)
    }

    fn names_optional_group(&self, name: &str) -> bool {
        self.draft.optional_groups.iter().any(|group| group == name)
    }

    /// How many contacts are not shown.
    fn hidden(&self) -> usize {
        self.known.total.saturating_sub(self.known.contacts.len())
    }

    /// Whether there are more than the page shows, so that one has to search.
    fn is_searched(&self) -> bool {
        usize::try_from(SHOWN).is_ok_and(|shown| self.known.total > shown)
    }
}

/// The fields in the order of the page, for the head of the page.
const FIELDS: [&str; 17] = [
    "title",
    "location",
    "description",
    "people",
    "optional",
    "name",
    "zone",
    "times",
    "series-day",
    "series-first-day",
    "series-to",
    "series-minutes",
    "series-every",
    "series-weeks",
    "series",
    "deadline",
    "shortest",
];

/// The page with what was typed.
pub fn compose(draft: &Draft, shown: &Shown<'_>, context: &RequestContext) -> Result<Reply> {
    let zone = draft.zone().unwrap_or_else(|| shown.known.account.timezone.clone());
    let wrong = shown.rows.iter().map(|(row, wrong)| (row.clone(), Some(wrong)));
    let empty = Row { minutes: usual_minutes(draft), ..Row::default() };
    let empty = (0..EMPTY_ROWS).map(|_| (empty.clone(), None));
    let rows: Vec<RowView> = (0_usize..)
        .zip(wrong.chain(empty))
        .map(|(at, (row, wrong))| row_view(format!("t{at}"), at.saturating_add(1), row, wrong, &zone))
        .collect();
    let deadline = deadline_view(draft, shown.faults, &zone, context.now);
    let of_fields = FIELDS.into_iter().flat_map(|field| {
        shown
            .faults
            .field(field)
            .iter()
            .map(move |said| Problem { anchor: field.to_owned(), said: said.clone() })
    });
    let of_rows = rows
        .iter()
        .filter_map(|row| Some(Problem { anchor: format!("{}-date", row.name), said: row.fault.clone()? }));
    let general =
        shown.faults.general.iter().map(|said| Problem { anchor: String::new(), said: said.clone() });
    let problems: Vec<Problem> = general.chain(of_fields).chain(of_rows).collect();
    let status = match (problems.is_empty(), shown.faults.status()) {
        (false, 200) => 400,
        (_, status) => status,
    };
    let series_faults =
        FIELDS.iter().any(|field| field.starts_with("series") && !shown.faults.field(field).is_empty());
    let page = ComposePage {
        page: Layout::new(&context.page, say("new-title")),
        days: listed(draft, &zone, context.now),
        kept: draft.times.iter().filter(|time| time.keep).count(),
        zones: Zone::names(),
        zone_is_guess: guessed(draft, shown.known, context),
        opened: shown.opened,
        kept_as: kept_as(draft, shown.known),
        shows_contacts: shown.part == "find"
            || !(draft.contacts.is_empty()
                && draft.optional_contacts.is_empty()
                && draft.groups.is_empty()
                && draft.optional_groups.is_empty()),
        shows_series: series_faults || shown.series.is_some() || shown.part == "series",
        shows_optional: !draft.optional.is_empty(),
        series: shown.series.map(|times| series_view(times, &zone)),
        draft,
        known: shown.known,
        faults: shown.faults,
        problems,
        rows,
        deadline,
    };
    Reply::html(status, &page)
}

/// The name by which the browser keeps what was typed: it belongs to one account, and to one next round.
fn kept_as(draft: &Draft, known: &Known) -> String {
    let username = &known.account.username;
    draft.again.map_or_else(|| format!("new {username}"), |id| format!("round {id} {username}"))
}

/// New rows last as long as the last time that was typed.
fn usual_minutes(draft: &Draft) -> String {
    draft.times.last().map_or_else(|| "60".to_owned(), |time| time.minutes.to_string())
}

/// Whether nothing but the network's guess says where whoever asks is.
fn guessed(draft: &Draft, known: &Known, context: &RequestContext) -> bool {
    let shown = context.page.viewer.zone(Some(&known.account.timezone), &Zone::default());
    shown.source == Source::Guess && draft.zone == shown.zone.to_string()
}

fn row_view(name: String, number: usize, row: Row, wrong: Option<&Wrong>, zone: &Zone) -> RowView {
    let twice = match wrong {
        Some(Wrong::Twice { first, second, .. }) => Some((first.clone(), second.clone())),
        _ => None,
    };
    RowView {
        name,
        legend: say("new-row").with("number", number).to_string(),
        clock: say("new-clock").to_string(),
        row,
        fault: wrong.map(|wrong| said(wrong, zone)),
        twice,
    }
}

/// The deadline. Which of two equal times is meant can be changed for as long as it comes twice.
fn deadline_view(draft: &Draft, faults: &Faults, zone: &Zone, now: Instant) -> RowView {
    let open = Row { fold: String::new(), ..draft.deadline.clone() };
    let twice = match open.moment(zone, now) {
        Err(Wrong::Twice { first, second, .. }) => Some((first, second)),
        _ => None,
    };
    RowView {
        name: "deadline".to_owned(),
        legend: say("new-deadline").to_string(),
        clock: say("new-deadline-clock").to_string(),
        row: draft.deadline.clone(),
        fault: faults.field("deadline").first().cloned(),
        twice,
    }
}

fn listed(draft: &Draft, zone: &Zone, now: Instant) -> Vec<Day> {
    let slots = draft.times.iter().filter_map(|time| {
        let slot = time.slot(zone, now).ok()?;
        Some((slot, time.to_string(), time.keep))
    });
    days(slots, zone)
}

/// Times by day. A time that clocks show twice says which one it is by its offset.
fn days(slots: impl Iterator<Item = (Slot, String, bool)>, zone: &Zone) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (slot, value, keep) in slots {
        let name = when::day(&LocalTime::of(slot.begin(), zone));
        let time = Time { value, clock: clock(&slot, zone), keep };
        match days.last_mut().filter(|day| day.name == name) {
            Some(day) => day.times.push(time),
            None => days.push(Day { name, times: vec![time] }),
        }
    }
    days
}

pub fn clock(slot: &Slot, zone: &Zone) -> String {
    let clock = when::clock_range(slot, zone);
    let begin = whittle_domain::wall::WallTime::at(slot.begin(), zone);
    match begin.is_some_and(|(wall, _)| wall.resolve(zone, None).is_err()) {
        true => {
            let offset = LocalTime::of(slot.begin(), zone).utc_offset();
            say("new-clock-offset").with("clock", clock).with("offset", offset).to_string()
        }
        false => clock,
    }
}

fn series_view(times: &Times, zone: &Zone) -> SeriesView {
    SeriesView {
        count: times.times.len(),
        days: days(times.times.iter().map(|time| (time.slot, String::new(), true)), zone),
        missing: times.missing.iter().map(|wall| when::wall(*wall)).collect(),
        passed: times.passed,
    }
}

#[derive(Template)]
#[template(path = "page/new/preview.html")]
struct PreviewPage<'a> {
    page: Layout,
    fields: Vec<(String, String)>,
    once: &'a str,
    faults: Vec<&'a str>,
    draft: &'a Draft,
    ready: &'a Ready,
    days: Vec<Day>,
    zone: String,
    deadline: Option<String>,
    shortest: Option<String>,
    nights: Vec<String>,
    mail: Option<Mail>,
    verified: bool,
    address: String,
    kept_as: String,
}

/// What the preview shows beside the proposal.
pub struct Previewed<'a> {
    pub once: &'a str,
    pub nights: Vec<String>,
    pub mail: Option<Mail>,
    pub faults: &'a Faults,
}

/// The preview.
pub fn preview(
    draft: &Draft,
    ready: &Ready,
    known: &Known,
    previewed: Previewed<'_>,
    context: &RequestContext,
) -> Result<Reply> {
    let slots = &ready.new.slots;
    let page = PreviewPage {
        page: Layout::new(&context.page, say("new-preview-title")),
        fields: draft.fields(),
        once: previewed.once,
        faults: previewed.faults.beside(&[]),
        draft,
        ready,
        days: days(slots.iter().map(|slot| (*slot, String::new(), true)), &ready.zone),
        zone: zone_of(slots, &ready.zone),
        deadline: ready.new.deadline.map(|deadline| when::moment_with_zone(deadline, &ready.zone)),
        shortest: ready.new.min_duration.map(when::length),
        nights: previewed.nights,
        mail: previewed.mail,
        verified: known.account.verified,
        address: known.account.address.to_string(),
        kept_as: kept_as(draft, known),
    };
    Reply::html(previewed.faults.status(), &page)
}

/// The zone with its UTC offset, where all times have the same one.
fn zone_of(slots: &Slots, zone: &Zone) -> String {
    let mut zones = slots.iter().map(|slot| when::zone_at(slot.begin(), zone));
    let first = zones.next().unwrap_or_default();
    if zones.all(|other| other == first) { first } else { zone.to_string() }
}

#[derive(Template)]
#[template(path = "page/new/unsent.html")]
struct UnsentPage<'a> {
    page: Layout,
    id: u64,
    why: Vec<&'a str>,
    fields: Vec<(String, String)>,
    once: &'a str,
}

/// The proposal is made, and its mails could not be sent.
pub fn unsent(
    id: u64,
    draft: &Draft,
    once: &str,
    faults: &Faults,
    context: &RequestContext,
) -> Result<Reply> {
    let page = Layout::new(&context.page, say("new-unsent-title"));
    Reply::html(
        faults.status(),
        &UnsentPage { page, id, why: faults.beside(&[]), fields: draft.fields(), once },
    )
}
