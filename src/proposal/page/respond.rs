//! The page of whoever is asked: keep or cut each time, and what comes of it.

use askama::Template;
use whittle_domain::meeting::PartStat;
use whittle_domain::proposal::{CutTime, Person, Phase, ReaderView};
use whittle_domain::slot::Slot;
use worker::Env;

use super::common::Common;
use super::rows::{self, Day, Row, Times};
use super::{Page, and, name};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{Said, say, when};

/// What was typed into the form.
#[derive(Default)]
pub struct Typed {
    /// The ticked times; none where the form was not sent.
    pub kept: Option<Vec<Slot>>,
    /// The clock times of the parts, by slot.
    pub parts: Vec<(Slot, String, String)>,
    pub note: String,
    /// Whether the fields for parts are shown.
    pub shows_parts: bool,
    pub faults: Faults,
    /// What others cut since the form was opened.
    pub meanwhile: Vec<String>,
    /// What a demo says.
    pub demo: Option<String>,
    /// Whether the demo's form was sent.
    pub demo_is_done: bool,
}

impl Typed {
    /// Nothing: the page as it is asked for.
    pub fn asked(context: &RequestContext) -> Self {
        Self { shows_parts: context.shows("parts"), ..Self::default() }
    }

    /// Presses a button that changes the page and saves nothing; tells whether it is one.
    pub fn press(&mut self, button: Option<&str>, offered: &[Slot]) -> bool {
        match button {
            Some("all") => self.kept = Some(offered.to_vec()),
            Some("clear") => self.kept = Some(Vec::new()),
            Some("parts") => self.shows_parts = true,
            _ => return false,
        }
        true
    }

    /// What a form carries.
    pub fn of(form: &Form) -> Self {
        let part = |(name, _): &(String, String)| {
            let slot = rows::parse(name.strip_prefix("from ")?)?;
            let value = rows::value(&slot);
            let field = |end: &str| form.get(&format!("{end} {value}")).unwrap_or_default().to_owned();
            Some((slot, field("from"), field("to")))
        };
        Self {
            kept: Some(form.all("keep").filter_map(rows::parse).collect()),
            parts: form.fields().iter().filter_map(part).collect(),
            note: form.get("note").unwrap_or_default().to_owned(),
            shows_parts: form.fields().iter().any(|(name, _)| name.starts_with("from ")),
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "page/proposal/respond.html")]
struct RespondPage<'a> {
    page: Layout,
    common: Common,
    days: Vec<Day>,
    typed: &'a Typed,
    /// What this is, in a sentence.
    lead: String,
    /// What one does here, in a sentence.
    help: Said<'a>,
    /// What was answered before.
    answered: Option<String>,
    /// Whether answers are taken.
    open: bool,
    /// What happens next.
    next: String,
}

impl RespondPage<'_> {
    /// How the organiser asks for this page, who has another one by itself.
    const fn again(&self) -> &'static str {
        if self.common.organises { "?show=answer" } else { "" }
    }
}

/// The name by which the faults of a part go.
fn part_field(row: &Row) -> String {
    format!("part {}", row.value)
}

/// The page as long as nothing is agreed.
pub fn page(read: &Page, typed: &Typed, context: &RequestContext) -> Result<Reply> {
    let reader = &read.reader;
    let shown = read.shown(context);
    let own = own(reader);
    let kept = |slot: &Slot| match (&typed.kept, own.and_then(|person| person.kept.as_ref())) {
        (Some(typed), _) => typed.contains(slot),
        (None, Some(answered)) => answered.iter().any(|kept| kept.is_within(slot)),
        (None, None) => true,
    };
    let parts = |slot: &Slot| {
        let typed = typed.parts.iter().find(|(of, _, _)| of == slot);
        typed.map(|(_, from, to)| (from.clone(), to.clone()))
    };
    let days = Times { reader, zone: &shown.zone, kept: &kept, parts: &parts }.days();
    let open = reader.view.state == Phase::Open && reader.deadline.is_none_or(|at| at > context.now);
    let optional = own.is_some_and(|person| person.optional);
    let page = Layout::new(&context.page, reader.view.title.as_str());
    let template = RespondPage {
        lead: lead(reader),
        help: match (open, optional) {
            (false, _) => say("respond-help-late"),
            (true, true) => say("respond-help-optional"),
            (true, false) => say("respond-help"),
        },
        answered: own.and_then(answered),
        next: next(reader, own),
        page,
        common: Common::new(read, &shown, context),
        days,
        typed,
        open,
    };
    Reply::html(typed.faults.status(), &template)
}

/// The reader as one of those who are asked.
pub fn own(reader: &ReaderView) -> Option<&Person> {
    reader.people.iter().find(|person| Some(person.shown.number) == reader.you.party)
}

fn lead(reader: &ReaderView) -> String {
    let count = reader.offered.len();
    let first = count.saturating_add(reader.cuts.len());
    let name = name(&reader.organiser);
    match reader.cuts.is_empty() {
        true => say("respond-lead").with("name", name).with("count", count).to_string(),
        false => {
            say("respond-lead-left").with("name", name).with("count", count).with("of", first).to_string()
        }
    }
}

/// What the reader has answered before.
fn answered(person: &Person) -> Option<String> {
    let kept = person.kept.as_ref()?;
    Some(match kept.len() {
        0 => say("answered-none").to_string(),
        count => say("answered-kept").with("count", count).with("of", person.of.unwrap_or(count)).to_string(),
    })
}

/// Who still has to answer, and when one hears of it.
fn next(reader: &ReaderView, own: Option<&Person>) -> String {
    let own = own.map(|person| person.shown.number);
    let waits = |person: &&Person| {
        person.kept.is_none() && !person.optional && !person.withdrawn && Some(person.shown.number) != own
    };
    let missing: Vec<String> = reader.people.iter().filter(waits).map(|person| name(&person.shown)).collect();
    match missing.len() {
        0 => say("next-all-answered").to_string(),
        1..=3 => say("next-missing").with("names", and(&missing)).with("count", missing.len()).to_string(),
        count => say("next-missing-many").with("count", count).to_string(),
    }
}

#[derive(Template)]
#[template(path = "page/proposal/confirm.html")]
struct ConfirmPage<'a> {
    page: Layout,
    common: Common,
    /// The times that would be kept, as forms carry them and in words.
    kept: Vec<(String, String)>,
    note: &'a str,
    /// What is asked.
    question: Said<'a>,
    /// What the button says.
    button: Said<'a>,
}

/// Asks before an answer that leaves one time or none.
pub fn confirm(read: &Page, kept: &[Slot], note: &str, context: &RequestContext) -> Result<Reply> {
    let shown = read.shown(context);
    let (title, question, button) = match kept {
        [] => (say("confirm-none-title"), say("confirm-none"), say("confirm-none-button")),
        _ => (say("confirm-one-title"), say("confirm-one"), say("confirm-one-button")),
    };
    let template = ConfirmPage {
        page: Layout::new(&context.page, title),
        common: Common::new(read, &shown, context),
        kept: kept.iter().map(|slot| (rows::value(slot), when::slot_with_zone(slot, &shown.zone))).collect(),
        note,
        question,
        button,
    };
    Reply::html(200, &template)
}

/// The times that were kept and that others have cut meanwhile, in words.
pub fn cut_meanwhile(read: &Page, kept: &[Slot], context: &RequestContext) -> Vec<String> {
    let (reader, zone) = (&read.reader, read.shown(context).zone);
    let offered = |slot: &Slot| reader.offered.iter().any(|other| slot.is_within(other));
    let gone = kept.iter().filter(|slot| !offered(slot));
    let by = |slot: &Slot| -> Option<&CutTime> { reader.cuts.iter().find(|cut| slot.is_within(&cut.slot)) };
    gone.map(|slot| {
        let time = when::slot(slot, &zone);
        match by(slot) {
            Some(cut) => say("meanwhile-by").with("time", time).with("name", name(&cut.by)).to_string(),
            None => say("meanwhile").with("time", time).to_string(),
        }
    })
    .collect()
}

#[derive(Template)]
#[template(path = "page/proposal/over.html")]
struct OverPage {
    page: Layout,
    common: Common,
    /// What came of it, in a sentence.
    lead: String,
    /// The agreed time.
    agreed: Option<super::agreed::Agreed>,
    /// Where it goes on.
    successor: Option<u64>,
    days: Vec<Day>,
}

/// The page of whoever was asked, once answers are over.
pub async fn over(read: &Page, context: &RequestContext, env: &Env) -> Result<Reply> {
    let reader = &read.reader;
    let shown = read.shown(context);
    let agreed = super::agreed::find(reader, &shown.zone, env).await?;
    let name = name(&reader.organiser);
    let lead = match (reader.view.state, reader.view.successor) {
        (Phase::Agreed, _) => say("over-agreed").to_string(),
        (_, Some(_)) => say("over-next-round").with("name", name).to_string(),
        _ => say("over-exhausted").with("name", name).to_string(),
    };
    let days = Times { reader, zone: &shown.zone, kept: &|_| true, parts: &|_| None }.days();
    let template = OverPage {
        page: Layout::new(&context.page, reader.view.title.as_str()),
        common: Common::new(read, &shown, context),
        lead,
        agreed,
        successor: reader.view.successor,
        days,
    };
    Reply::html(200, &template)
}
