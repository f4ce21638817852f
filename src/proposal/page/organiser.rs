//! The page of whoever organises: what is left, who cut what, who is missing, and what can be done.

use askama::Template;
use whittle_domain::local::LocalTime;
use whittle_domain::proposal::{AnswerState, Person, Phase, ReaderView, Undeliverable};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::agreed::{self, Agreed};
use super::common::Common;
use super::rows::{self, Day, Times};
use super::{Page, and, name};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::proposal::api::PassedOn;
use crate::texts::{Said, say, when};
use whittle_domain::meeting::PartStat;

/// What was typed into one of the page's forms, and why it was refused.
#[derive(Default)]
pub struct Typed {
    pub form: Form,
    pub faults: Faults,
    /// The link that was just made: the number of whom it is for, and the link.
    pub passed_on: Option<(u16, PassedOn)>,
}

/// A link that the page shows once, to be passed on.
struct LinkShown {
    name: String,
    url: String,
    until: String,
}

/// A row of the matrix: somebody, and what became of each time by it.
struct MatrixRow {
    name: String,
    cells: Vec<Cell>,
}

/// What somebody says to a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Kept,
    Cut,
    /// It was gone when this person answered.
    Gone,
    Open,
}

impl Cell {
    const fn class(self) -> &'static str {
        match self {
            Self::Kept => "yes",
            Self::Cut => "no",
            Self::Gone | Self::Open => "",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Kept => "✓",
            Self::Cut => "✕",
            Self::Gone => "·",
            Self::Open => "",
        }
    }

    fn said<'a>(self) -> Said<'a> {
        match self {
            Self::Kept => say("cell-kept"),
            Self::Cut => say("cell-cut"),
            Self::Gone => say("cell-gone"),
            Self::Open => say("cell-open"),
        }
    }
}

/// Somebody who is asked, with what can be done.
struct PersonRow {
    number: u16,
    name: String,
    /// The address, where the name is shown.
    address: Option<String>,
    state: String,
    badge: &'static str,
    note: Option<String>,
    /// Whether the mail that can be sent is the first.
    first_mail: bool,
    /// Whether mail can be sent.
    can_mail: bool,
    /// Whether the address can be another one: as long as nobody has opened it.
    can_replace: bool,
    /// Whether the person can be taken off, its links made void, and one made to pass on.
    can_change: bool,
    /// Whether the answer can be made optional or required.
    can_set_optional: bool,
    /// Whether the person is asked again when the answer becomes required.
    is_asked_again: bool,
    is_organiser: bool,
    optional: bool,
}

#[derive(Template)]
#[template(path = "page/proposal/organiser.html")]
struct OrganiserPage<'a> {
    page: Layout,
    common: Common,
    typed: &'a Typed,
    /// How it stands, in a sentence.
    lead: String,
    passed_on: Option<LinkShown>,
    days: Vec<Day>,
    agreed: Option<Agreed>,
    /// The times as the matrix heads them.
    times: Vec<(String, String)>,
    matrix: Vec<MatrixRow>,
    people: Vec<PersonRow>,
    open: bool,
    /// Whether a time can be fixed now.
    can_fix: bool,
    /// The times that can be fixed: as forms carry them, and in words.
    choices: Vec<(String, String)>,
    /// Whether another round can be opened.
    can_ask_again: bool,
    /// Whether somebody was never mailed.
    uninvited: Vec<u16>,
    predecessor: Option<u64>,
    successor: Option<u64>,
    title: String,
    location: String,
    description: String,
    zone: String,
    deadline: (String, String),
    can_answer: bool,
}

impl OrganiserPage<'_> {
    /// What was typed into a field of the details, else what is stored.
    fn value<'a>(&'a self, name: &str, stored: &'a str) -> &'a str {
        let typed = self.typed.form.fields().iter().find(|(key, _)| key == name);
        typed.map_or(stored, |(_, value)| value.as_str())
    }
}

/// The page.
pub async fn page(read: &Page, typed: &Typed, context: &RequestContext, env: &Env) -> Result<Reply> {
    let reader = &read.reader;
    let shown = read.shown(context);
    let zone = &shown.zone;
    let open = reader.view.state == Phase::Open;
    let late = reader.deadline.is_some_and(|at| at <= context.now);
    let can_fix = open && !reader.offered.is_empty() && (reader.all_answered || late);
    let deadline = reader.deadline.map(|at| LocalTime::of(at, &reader.zone));
    let template = OrganiserPage {
        page: Layout::new(&context.page, reader.view.title.as_str()).wide(),
        lead: lead(reader, late, zone),
        passed_on: typed.passed_on.as_ref().map(|(number, made)| link_shown(reader, *number, made, zone)),
        days: Times { reader, zone, kept: &|_| true, parts: &|_| None }.days(),
        agreed: agreed::find(reader, zone, env).await?,
        times: times(reader).iter().map(|slot| heading(slot, zone)).collect(),
        matrix: matrix(reader),
        people: people(reader, open),
        open,
        can_fix,
        choices: reader.offered.iter().map(|slot| (rows::value(slot), when::slot(slot, zone))).collect(),
        can_ask_again: reader.view.successor.is_none()
            && matches!(reader.view.state, Phase::Open | Phase::Exhausted),
        uninvited: uninvited(reader),
        predecessor: reader.view.predecessor,
        successor: reader.view.successor,
        title: reader.view.title.clone(),
        location: reader.view.location.clone(),
        description: reader.view.description.clone(),
        zone: reader.zone.to_string(),
        deadline: deadline.map_or_else(Default::default, |at| (at.date(), at.hour_and_minute())),
        can_answer: open && !late,
        common: Common::new(read, &shown, context),
        typed,
    };
    Reply::html(typed.faults.status(), &template)
}

fn link_shown(reader: &ReaderView, number: u16, made: &PassedOn, zone: &Zone) -> LinkShown {
    let person = reader.people.iter().find(|person| person.shown.number == number);
    LinkShown {
        name: person.map(|person| name(&person.shown)).unwrap_or_default(),
        url: made.url.clone(),
        until: when::moment_with_zone(when::minute(made.expires), zone),
    }
}

/// How it stands.
fn lead(reader: &ReaderView, late: bool, zone: &Zone) -> String {
    let left = reader.offered.len();
    let missing: Vec<String> =
        reader.people.iter().filter(|p| waits(p)).map(|person| name(&person.shown)).collect();
    match (reader.view.state, reader.view.successor, reader.deadline) {
        (Phase::Agreed, ..) => say("lead-agreed").to_string(),
        (_, Some(_), _) => say("lead-next-round").to_string(),
        (Phase::Exhausted, ..) => say("lead-exhausted").to_string(),
        (Phase::Closed, ..) => say("lead-closed").to_string(),
        (Phase::Open, ..) if reader.all_answered => say("lead-all-answered").with("count", left).to_string(),
        (Phase::Open, ..) if late => say("lead-late").with("count", left).to_string(),
        (Phase::Open, _, Some(at)) if missing.len() <= 3 => say("lead-missing-until")
            .with("names", and(&missing))
            .with("count", missing.len())
            .with("left", left)
            .with("time", when::moment(at, zone))
            .to_string(),
        (Phase::Open, ..) if missing.len() <= 3 => say("lead-missing")
            .with("names", and(&missing))
            .with("count", missing.len())
            .with("left", left)
            .to_string(),
        (Phase::Open, ..) => {
            say("lead-missing-many").with("count", missing.len()).with("left", left).to_string()
        }
    }
}

fn waits(person: &Person) -> bool {
    person.kept.is_none() && !person.optional && !person.withdrawn
}

/// All times that were ever offered, in order: what was shortened stands as it is now.
fn times(reader: &ReaderView) -> Vec<Slot> {
    let shortened = |slot: &Slot| reader.offered.iter().any(|left| left.is_within(slot));
    let cut = reader.cuts.iter().map(|cut| cut.slot).filter(|slot| !shortened(slot));
    let mut times: Vec<Slot> = reader.offered.iter().copied().chain(cut).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Day and clock of a column.
fn heading(slot: &Slot, zone: &Zone) -> (String, String) {
    let local = LocalTime::of(slot.begin(), zone);
    (when::short_day(&local), local.clock())
}

fn matrix(reader: &ReaderView) -> Vec<MatrixRow> {
    let times = times(reader);
    let cell = |person: &Person, slot: &Slot| {
        let cut = reader.cuts.iter().any(|cut| cut.slot == *slot && cut.by.number == person.shown.number);
        match &person.kept {
            _ if cut && person.shown.number > 0 => Cell::Cut,
            None => Cell::Open,
            Some(kept) if kept.iter().any(|k| k.is_within(slot) || slot.is_within(k)) => Cell::Kept,
            Some(_) if person.optional => Cell::Cut,
            Some(_) => Cell::Gone,
        }
    };
    let row = |person: &Person| MatrixRow {
        name: name(&person.shown),
        cells: times.iter().map(|slot| cell(person, slot)).collect(),
    };
    let cut_something = |person: &&Person| reader.cuts.iter().any(|cut| cut.by.number == person.shown.number);
    reader.people.iter().filter(|person| !person.withdrawn || cut_something(person)).map(row).collect()
}

fn people(reader: &ReaderView, open: bool) -> Vec<PersonRow> {
    let required = reader.people.iter().filter(|person| !person.optional && !person.withdrawn).count();
    let row = |person: &Person| {
        let named = person.shown.name.is_some();
        PersonRow {
            number: person.shown.number,
            name: name(&person.shown),
            address: person.shown.address.clone().filter(|_| named),
            state: state(person),
            badge: match person.state {
                AnswerState::Kept => "yes",
                AnswerState::Nothing => "no",
                _ if person.mail.is_some() => "no",
                _ => "",
            },
            note: person.note.clone(),
            first_mail: !person.invited,
            can_mail: open
                && !person.is_organiser
                && person.state != AnswerState::OptedOut
                && person.mail.is_none(),
            can_replace: open && !person.opened && person.kept.is_none() && !person.is_organiser,
            can_change: open && !person.is_organiser,
            can_set_optional: open && (person.optional || required > 1),
            is_asked_again: person.answered_as_optional,
            is_organiser: person.is_organiser,
            optional: person.optional,
        }
    };
    reader.people.iter().filter(|person| !person.withdrawn).map(row).collect()
}

fn state(person: &Person) -> String {
    match (person.mail, person.state) {
        (Some(Undeliverable::Bounced), _) => say("state-bounced").to_string(),
        (Some(Undeliverable::Complained), _) => say("state-complained").to_string(),
        (None, AnswerState::OptedOut) => say("state-opted-out").to_string(),
        (None, AnswerState::Kept) => say("state-kept")
            .with("count", person.kept.as_ref().map_or(0, Vec::len))
            .with("of", person.of.unwrap_or_default())
            .to_string(),
        (None, AnswerState::Nothing) => say("state-none").to_string(),
        (None, AnswerState::Opened) => say("state-opened").to_string(),
        (None, AnswerState::Invited) if person.invited => say("state-invited").to_string(),
        (None, AnswerState::Invited) => say("state-uninvited").to_string(),
    }
}

/// Those who were never mailed, as the form that mails them names them.
fn uninvited(reader: &ReaderView) -> Vec<u16> {
    let never = |person: &&Person| {
        !person.invited
            && !person.withdrawn
            && !person.is_organiser
            && person.mail.is_none()
            && person.state != AnswerState::OptedOut
    };
    reader.people.iter().filter(never).map(|person| person.shown.number).collect()
}
