//! The page and its preview, as their templates read them.

use askama::Template;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::zone::Zone;

use super::check::{Ready, room, said};
use super::draft::Draft;
use super::times::{EMPTY_ROWS, Offered, Pattern, SpanRow};
use crate::calendar::page::common::{Levels, level_word};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::http::viewer::Source;
use crate::proposal::new::page::{Day, Problem, RowView, Time, clock};
use crate::proposal::new::preview::Mail;
use crate::proposal::new::store::{Known, SHOWN};
use crate::proposal::new::times::{Row, Wrong};
use crate::texts::{Said, say, when};

/// The times of a day, with how much the owner likes each.
pub struct OfferedDay {
    pub name: String,
    pub times: Vec<OfferedTime>,
}

/// A time, as a box to tick.
pub struct OfferedTime {
    pub value: String,
    pub clock: String,
    pub level: u8,
    pub keep: bool,
}

/// A row of inputs for a time from when to when.
pub struct SpanView {
    pub at: RowView,
    pub to: String,
    pub level: u8,
}

/// What a pattern makes.
pub struct PatternView {
    pub count: usize,
    pub days: Vec<Day>,
    pub missing: Vec<String>,
    pub passed: usize,
}

/// What the page is made of, beside what was typed.
pub struct Shown<'a> {
    pub known: &'a Known,
    pub rows: &'a [(SpanRow, Wrong)],
    pub faults: &'a Faults,
    pub pattern: Option<&'a Pattern>,
    /// Which part of the page a button was pressed in.
    pub part: &'a str,
    /// Whether the page is opened, and nothing was typed into it yet.
    pub opened: bool,
}

#[derive(Template)]
#[template(path = "page/calendar/compose.html")]
struct ComposePage<'a> {
    page: Layout,
    draft: &'a Draft,
    known: &'a Known,
    faults: &'a Faults,
    problems: Vec<Problem>,
    days: Vec<OfferedDay>,
    kept: usize,
    rows: Vec<SpanView>,
    deadline: RowView,
    series: Option<PatternView>,
    zones: Vec<String>,
    zone_is_guess: bool,
    opened: bool,
    kept_as: String,
    shows_contacts: bool,
    shows_series: bool,
    levels: Levels,
}

impl ComposePage<'_> {
    fn weekdays(&self) -> [(i8, Said<'static>); 7] {
        [1, 2, 3, 4, 5, 6, 7].map(|number| (number, when::weekday(number)))
    }

    /// Where its buttons lead.
    const fn here(&self) -> &'static str {
        "/schedules/calendars/compose/"
    }

    /// In a calendar nobody's answer is optional.
    const fn has_optional(&self) -> bool {
        false
    }

    /// Whether times that are painted are split into several: here one time has room for many meetings.
    const fn splits(&self) -> bool {
        false
    }

    fn on_day(&self, number: &i8) -> bool {
        self.draft.pattern.days.contains(number)
    }

    fn ticks(&self, id: &u64) -> bool {
        self.draft.contacts.contains(id)
    }

    const fn ticks_optional(&self, _: &u64) -> bool {
        false
    }

    fn names_group(&self, name: &str) -> bool {
        self.draft.groups.iter().any(|group| group == name)
    }

    const fn names_optional_group(&self, _: &str) -> bool {
        false
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
const FIELDS: [&str; 14] = [
    "name",
    "description",
    "minutes",
    "step",
    "people",
    "zone",
    "times",
    "series-day",
    "series-to",
    "series-first-day",
    "series-last-day",
    "series",
    "deadline",
    "deadline-clock",
];

/// The page with what was typed.
pub fn compose(draft: &Draft, shown: &Shown<'_>, context: &RequestContext) -> Result<Reply> {
    let zone = draft.zone().unwrap_or_else(|| shown.known.account.timezone.clone());
    let wrong = shown.rows.iter().map(|(row, wrong)| (row.clone(), Some(wrong)));
    let empty = (0..EMPTY_ROWS).map(|_| (SpanRow::default(), None));
    let rows: Vec<SpanView> = (0_usize..)
        .zip(wrong.chain(empty))
        .map(|(at, (row, wrong))| span_view(at, row, wrong, &zone))
        .collect();
    let deadline = deadline_view(draft, shown.faults, &zone, context.now);
    let problems = problems(shown.faults, &rows);
    let status = match (problems.is_empty(), shown.faults.status()) {
        (false, 200) => 400,
        (_, status) => status,
    };
    let series_faults =
        FIELDS.iter().any(|field| field.starts_with("series") && !shown.faults.field(field).is_empty());
    let few = !shown.known.contacts.is_empty();
    let page = ComposePage {
        page: Layout::new(&context.page, say("cal-new-title")),
        days: listed(draft, &zone, context.now),
        kept: draft.times.iter().filter(|offered| offered.time.keep).count(),
        zones: Zone::names(),
        zone_is_guess: guessed(draft, shown.known, context),
        opened: shown.opened,
        kept_as: kept_as(draft, shown.known),
        // Contacts are what one chooses from, here: they are folded only where there are none.
        shows_contacts: few,
        shows_series: series_faults
            || shown.pattern.is_some()
            || draft.times.is_empty()
            || shown.part == "series",
        series: shown.pattern.map(|pattern| pattern_view(pattern, &zone, context.now)),
        draft,
        known: shown.known,
        faults: shown.faults,
        problems,
        rows,
        deadline,
        levels: Levels,
    };
    Reply::html(status, &page)
}

fn problems(faults: &Faults, rows: &[SpanView]) -> Vec<Problem> {
    let of_fields = FIELDS.into_iter().flat_map(|field| {
        faults.field(field).iter().map(move |said| Problem { anchor: field.to_owned(), said: said.clone() })
    });
    let of_rows = rows.iter().filter_map(|row| {
        Some(Problem { anchor: format!("{}-date", row.at.name), said: row.at.fault.clone()? })
    });
    let general = faults.general.iter().map(|said| Problem { anchor: String::new(), said: said.clone() });
    general.chain(of_fields).chain(of_rows).collect()
}

/// The name by which the browser keeps what was typed: it belongs to one account, and to one copy.
fn kept_as(draft: &Draft, known: &Known) -> String {
    let username = &known.account.username;
    draft.copy.map_or_else(|| format!("calendar {username}"), |id| format!("copy {id} {username}"))
}

/// Whether nothing but the network's guess says where the owner is.
fn guessed(draft: &Draft, known: &Known, context: &RequestContext) -> bool {
    let shown = context.page.viewer.zone(Some(&known.account.timezone), &Zone::default());
    shown.source == Source::Guess && draft.zone == shown.zone.to_string()
}

fn span_view(at: usize, row: SpanRow, wrong: Option<&Wrong>, zone: &Zone) -> SpanView {
    let twice = match wrong {
        Some(Wrong::Twice { first, second, .. }) => Some((first.clone(), second.clone())),
        _ => None,
    };
    SpanView {
        level: super::times::level(&row.level),
        to: row.to,
        at: RowView {
            name: format!("t{at}"),
            legend: say("new-row").with("number", at.saturating_add(1)).to_string(),
            clock: say("cal-new-from").to_string(),
            row: row.at,
            fault: wrong.map(|wrong| said(wrong, zone)),
            twice,
        },
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

fn listed(draft: &Draft, zone: &Zone, now: Instant) -> Vec<OfferedDay> {
    let mut days: Vec<OfferedDay> = Vec::new();
    for offered in &draft.times {
        let Ok(slot) = offered.slot(zone, now) else { continue };
        let name = when::day(&LocalTime::of(slot.begin(), zone));
        let time = OfferedTime {
            value: offered.to_string(),
            clock: clock(&slot, zone),
            level: offered.level,
            keep: offered.time.keep,
        };
        match days.last_mut().filter(|day| day.name == name) {
            Some(day) => day.times.push(time),
            None => days.push(OfferedDay { name, times: vec![time] }),
        }
    }
    days
}

/// Times by day, to read, each with its preference.
fn read_days<'a>(times: impl Iterator<Item = &'a Offered>, zone: &Zone, now: Instant) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for offered in times {
        let Ok(slot) = offered.slot(zone, now) else { continue };
        let name = when::day(&LocalTime::of(slot.begin(), zone));
        let words = say("cal-time-and-level")
            .with("clock", clock(&slot, zone))
            .with("level", level_word(offered.level).to_string());
        let time = Time { value: String::new(), clock: words.to_string(), keep: true };
        match days.last_mut().filter(|day| day.name == name) {
            Some(day) => day.times.push(time),
            None => days.push(Day { name, times: vec![time] }),
        }
    }
    days
}

fn pattern_view(pattern: &Pattern, zone: &Zone, now: Instant) -> PatternView {
    PatternView {
        count: pattern.times.len(),
        days: read_days(pattern.times.iter(), zone, now),
        missing: pattern.missing.iter().map(|wall| when::wall(*wall)).collect(),
        passed: pattern.passed,
    }
}

#[derive(Template)]
#[template(path = "page/calendar/preview.html")]
struct PreviewPage<'a> {
    page: Layout,
    fields: Vec<(String, String)>,
    once: &'a str,
    faults: Vec<&'a str>,
    draft: &'a Draft,
    ready: &'a Ready,
    days: Vec<Day>,
    zone: String,
    deadline: String,
    room: usize,
    warnings: Vec<String>,
    mail: Option<Mail>,
    verified: bool,
    address: String,
    kept_as: String,
}

/// What the preview shows beside the calendar.
pub struct Previewed<'a> {
    pub once: &'a str,
    pub warnings: Vec<String>,
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
    let kept = draft.times.iter().filter(|offered| offered.time.keep);
    let page = PreviewPage {
        page: Layout::new(&context.page, say("new-preview-title")),
        fields: draft.fields(),
        once: previewed.once,
        faults: previewed.faults.beside(&[]),
        draft,
        ready,
        days: read_days(kept, &ready.zone, context.now),
        zone: ready.zone.to_string(),
        deadline: when::moment_with_zone(ready.deadline, &ready.zone),
        room: room(&ready.slots, ready.minutes),
        warnings: previewed.warnings,
        mail: previewed.mail,
        verified: known.account.verified,
        address: known.account.address.to_string(),
        kept_as: kept_as(draft, known),
    };
    Reply::html(previewed.faults.status(), &page)
}
