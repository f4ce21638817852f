//! The form of somebody who is asked: how well each time of the owner suits.
//!
//! The owner's time is cut into rows ([`whittle_domain::calendar::rows`]), and each row is a radio group. Where an earlier answer
//! has other edges than the rows, the group has one choice more, which leaves that answer as it is.

use std::collections::BTreeMap;

use askama::Template;
use whittle_domain::calendar::InviteeView;
use whittle_domain::calendar::rows::{self, Mark};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use super::common::{self, Common};
use crate::error::Result;
use crate::http::form::{Faults, Form, parse_slot, slot_value};
use crate::http::layout::Layout;
use crate::http::page::PageRequest;
use crate::http::reply::Reply;
use crate::texts::{Said, say, when};

/// The begin of the names of a form's radio groups; the row's time follows.
const ROW: &str = "at ";
/// The value of the choice that leaves a row as it was answered.
const KEEP: &str = "keep";

/// What is chosen for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A preference, or that the reader cannot.
    Level(Option<Preference>),
    /// As it was answered.
    Keep,
}

impl Choice {
    fn parse(value: &str) -> Option<Self> {
        match value {
            KEEP => Some(Self::Keep),
            "0" => Some(Self::Level(None)),
            _ => Some(Self::Level(Some(Preference::new(value.parse().ok()?)?))),
        }
    }

    const fn value(self) -> &'static str {
        match self {
            Self::Keep => KEEP,
            Self::Level(None) => "0",
            Self::Level(Some(preference)) => match preference.level() {
                1 => "1",
                2 => "2",
                _ => "3",
            },
        }
    }
}

/// What was typed into the form.
#[derive(Default)]
pub struct Typed {
    /// The rows with what is chosen for them; none where the form was not sent.
    pub choices: Option<Vec<(Slot, Choice)>>,
    /// What is said at the head of a form that was not saved.
    pub said: Option<String>,
    /// What the owner changed since the form was opened.
    pub meanwhile: Vec<String>,
    /// The rows that the form did not have.
    pub came: Vec<Slot>,
    pub faults: Faults,
}

impl Typed {
    /// What a form carries.
    pub fn of(form: &Form) -> Self {
        let row = |(name, value): &(String, String)| {
            Some((parse_slot(name.strip_prefix(ROW)?)?, Choice::parse(value)?))
        };
        Self { choices: Some(form.fields().iter().filter_map(row).collect()), ..Self::default() }
    }

    pub fn choices(&self) -> &[(Slot, Choice)] {
        self.choices.as_deref().unwrap_or_default()
    }

    /// The answer that comes of it.
    pub fn answer(&self, before: &[PreferredSlot]) -> Vec<PreferredSlot> {
        let level = |(row, choice): &(Slot, Choice)| match choice {
            Choice::Level(level) => Some((*row, *level)),
            Choice::Keep => None,
        };
        rows::marked(before, &self.choices().iter().filter_map(level).collect::<Vec<_>>())
    }

    /// Gives all rows of a day, or all at all, the same choice.
    pub fn set_all(&mut self, choice: Choice, of: impl Fn(&Slot) -> bool) {
        for (_, chosen) in self.choices.iter_mut().flatten().filter(|(row, _)| of(row)) {
            *chosen = choice;
        }
    }
}

/// A day of the reader's zone with its rows.
struct Day {
    /// `Tuesday 24 November 2026`
    heading: String,
    /// `2026-11-24`
    date: String,
    rows: Vec<Row>,
}

/// A time to be asked about.
struct Row {
    begin: Instant,
    /// As forms carry it.
    value: String,
    /// `10:00 to 10:30`
    clock: String,
    /// `Tuesday 24 November 2026, 10:00 to 10:30`
    long: String,
    /// The same in the calendar's zone, where that shows something else.
    origin: Option<String>,
    /// The value of what is chosen.
    chosen: &'static str,
    /// What was answered within it, where that is not one thing.
    before: Option<String>,
    /// Whether it was not asked about before.
    is_new: bool,
    /// Whether time lies between it and the row before.
    is_apart: bool,
}

#[derive(Template)]
#[template(path = "page/calendar/answer.html")]
struct AnswerPage<'a> {
    page: Layout,
    common: Common,
    days: Vec<Day>,
    typed: &'a Typed,
    lead: String,
    /// What a meeting needs, where it is longer than a row.
    long: Option<String>,
    /// What was answered before, and what follows.
    answered: Option<String>,
    /// Whether the owner has added times since.
    added: bool,
    levels: [(&'static str, String); 4],
}

impl AnswerPage<'_> {
    /// What the button says.
    fn button(&self) -> Said<'static> {
        if self.answered.is_some() { say("availability-send-again") } else { say("availability-send") }
    }
}

/// The rows that are asked about: those that are not over.
pub fn rows_to_ask(view: &InviteeView, now: Instant) -> Vec<Slot> {
    let rows = rows::rows(&view.owner_slots, view.step_minutes);
    rows.into_iter().filter(|row| row.end() > now).collect()
}

/// The page as long as answers are taken.
pub fn page(view: &InviteeView, typed: &Typed, asked: &PageRequest, now: Instant) -> Result<Reply> {
    let shown = common::shown(view, asked);
    let rows = rows_to_ask(view, now);
    let longest = rows.iter().map(|row| row.duration()).max();
    let meeting = Duration::from_seconds(i64::from(view.meeting_minutes).saturating_mul(60));
    let template = AnswerPage {
        page: Layout::new(asked, view.name.as_str()),
        lead: lead(view),
        long: longest
            .filter(|longest| *longest < meeting)
            .map(|_| say("availability-help-long").with("length", common::length(view)).to_string()),
        answered: view.answer.as_deref().map(|answer| answered(view, answer, &shown.zone)),
        added: !view.added.is_empty(),
        days: days(view, typed, &rows, &shown.zone),
        common: Common::new(view, &shown, now),
        typed,
        levels: levels(),
    };
    Reply::html(typed.faults.status(), &template)
}

/// The choices of a row: values with words.
fn levels() -> [(&'static str, String); 4] {
    let [one, two, three] = Preference::ALL.map(|level| (Choice::Level(Some(level)).value(), word(level)));
    [("0", say("availability-level-no").to_string()), one, two, three]
}

/// How well a time suits, in words.
pub fn word(level: Preference) -> String {
    match level.level() {
        1 => say("availability-level-1"),
        2 => say("availability-level-2"),
        _ => say("availability-level-3"),
    }
    .to_string()
}

fn lead(view: &InviteeView) -> String {
    let (name, length) = (common::name(&view.owner), common::length(view));
    match view.invitees.len() {
        0 | 1 => say("availability-lead").with("name", name).with("length", length).to_string(),
        count => say("availability-lead-many")
            .with("name", name)
            .with("count", count)
            .with("length", length)
            .to_string(),
    }
}

/// What was answered, until when it can be changed, and when one hears of it.
fn answered(view: &InviteeView, answer: &[PreferredSlot], zone: &Zone) -> String {
    let what = if answer.is_empty() {
        say("availability-answered-none").to_string()
    } else {
        let counted = rows::common(answer, &view.owner_slots);
        let micros = counted.iter().map(|slot| slot.duration().micros()).fold(0, i64::saturating_add);
        let mut days: Vec<_> = counted.iter().map(|slot| LocalTime::of(slot.begin(), zone).date()).collect();
        days.dedup();
        say("availability-answered")
            .with("days", days.len())
            .with("length", when::length(Duration::from_micros(micros)))
            .to_string()
    };
    let until = when::moment(view.deadline, zone);
    let next = say("availability-next").with("name", common::name(&view.owner)).to_string();
    format!("{what} {} {next}", say("availability-change-until").with("deadline", until))
}

fn days(view: &InviteeView, typed: &Typed, asked: &[Slot], zone: &Zone) -> Vec<Day> {
    let before = view.answer.as_deref().unwrap_or_default();
    let after = typed.answer(before);
    let mut days: BTreeMap<LocalTime, Vec<Row>> = BTreeMap::new();
    let mut end = None;
    for slot in asked {
        let local = LocalTime::of(slot.begin(), zone);
        let midnight = LocalTime { hour: 0, minute: 0, second: 0, offset: 0, ..local };
        let uneven = rows::mark(before, slot) == Mark::Uneven;
        let typed_as = typed.choices().iter().find(|(row, _)| row == slot).map(|(_, choice)| *choice);
        let chosen = match (typed_as, rows::mark(&after, slot)) {
            (Some(choice), _) if uneven || choice != Choice::Keep => choice,
            (_, Mark::Even(level)) => Choice::Level(level),
            (_, Mark::Uneven) if uneven => Choice::Keep,
            // What was typed for rows with other edges, which only the owner's change of the times can make.
            (_, Mark::Uneven) => Choice::Level(None),
        };
        let is_new = view.added.iter().chain(&typed.came).any(|added| overlaps(added, slot));
        days.entry(midnight).or_default().push(Row {
            begin: slot.begin(),
            value: slot_value(slot),
            clock: when::clock_range(slot, zone),
            long: when::slot(slot, zone),
            origin: when::origin(slot, zone, &view.timezone),
            chosen: chosen.value(),
            before: uneven.then(|| in_words(&rows::pieces(before, slot), zone)),
            is_new,
            is_apart: end.replace(slot.end()).is_some_and(|end| end != slot.begin()),
        });
    }
    let day = |(day, rows): (LocalTime, Vec<Row>)| Day { heading: when::day(&day), date: day.date(), rows };
    days.into_iter().map(day).collect()
}

fn overlaps(one: &Slot, other: &Slot) -> bool {
    one.begin() < other.end() && other.begin() < one.end()
}

/// `As you answered: 10:00 to 10:10 Best, 10:20 to 10:30 Good`
fn in_words(pieces: &[PreferredSlot], zone: &Zone) -> String {
    let piece = |piece: &PreferredSlot| {
        let time = when::clock_range(&piece.slot, zone);
        say("availability-piece").with("time", time).with("level", word(piece.preference)).to_string()
    };
    let pieces: Vec<String> = pieces.iter().map(piece).collect();
    say("availability-as-before").with("pieces", pieces.join(", ")).to_string()
}

#[derive(Template)]
#[template(path = "page/calendar/answer_confirm.html")]
struct ConfirmPage {
    page: Layout,
    common: Common,
    /// What is asked.
    lead: String,
    /// What the button says.
    button: String,
    /// Which button of the form was pressed.
    act: &'static str,
    /// What the form carried: names with values.
    carried: Vec<(String, &'static str)>,
    /// Where the form is sent.
    again: bool,
}

/// Why an answer is asked about before it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The reader can at none of the times.
    None,
    /// Nothing that is marked is as long as a meeting.
    Short,
}

/// Asks before an answer by which no meeting is possible.
pub fn confirm(
    view: &InviteeView,
    typed: &Typed,
    doubt: Doubt,
    asked: &PageRequest,
    now: Instant,
) -> Result<Reply> {
    let shown = common::shown(view, asked);
    let name = common::name(&view.owner);
    let (title, lead, button) = match doubt {
        Doubt::None => {
            let deadline = when::moment(view.deadline, &shown.zone);
            let lead = say("availability-none-lead").with("name", name).with("deadline", deadline);
            (say("availability-none-title"), lead, say("availability-none-button"))
        }
        Doubt::Short => {
            let lead = say("availability-short-lead").with("name", name).with("length", common::length(view));
            (say("availability-short-title"), lead, say("availability-short-button"))
        }
    };
    let template = ConfirmPage {
        page: Layout::new(asked, title),
        lead: lead.to_string(),
        button: button.to_string(),
        act: if doubt == Doubt::None { "none" } else { "send" },
        carried: typed
            .choices()
            .iter()
            .map(|(row, choice)| (format!("{ROW}{}", slot_value(row)), choice.value()))
            .collect(),
        again: view.answer.is_some(),
        common: Common::new(view, &shown, now),
    };
    Reply::html(200, &template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::calendar::{PersonView, Phase};
    use whittle_domain::ledger::Digest;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn slot(from: &str, to: &str) -> Slot {
        let (from, to) = (at(&format!("2026-12-{from}:00Z")), at(&format!("2026-12-{to}:00Z")));
        Slot::new(from, Duration::from_micros(to.micros().saturating_sub(from.micros()))).unwrap()
    }

    fn given(from: &str, to: &str, level: u8) -> PreferredSlot {
        PreferredSlot { slot: slot(from, to), preference: Preference::new(level).unwrap() }
    }

    fn person(id: u64, first_name: &str, last_name: &str) -> PersonView {
        PersonView { id, first_name: first_name.to_owned(), last_name: last_name.to_owned() }
    }

    fn view(answer: Option<Vec<PreferredSlot>>) -> InviteeView {
        InviteeView {
            calendar_id: 7,
            version: 3,
            phase: Phase::Open,
            name: "Interviews".to_owned(),
            description: "About your work in the second phase.\nPlease bring your notes.".to_owned(),
            timezone: Zone::parse("Europe/Berlin").unwrap(),
            deadline: at("2026-11-27T17:00:00Z"),
            meeting_minutes: 60,
            step_minutes: 15,
            owner: person(1, "Ana", "Lee"),
            invitees: vec![
                person(1, "Bea", "Marini"),
                person(2, "Cyd", "Park"),
                person(3, "Dan", "Sørensen"),
            ],
            you: person(1, "Bea", "Marini"),
            address: "bea@example.org".to_owned(),
            label: "i1".to_owned(),
            owner_slots: vec![
                given("01T08:00", "01T11:00", 3),
                given("01T13:00", "01T15:30", 2),
                given("02T08:00", "02T11:00", 3),
                given("03T08:00", "03T10:00", 1),
                given("03T10:00", "03T11:00", 3),
                given("08T08:00", "08T11:00", 3),
            ],
            answered_at: answer.as_ref().map(|_| at("2026-11-22T10:00:00Z")),
            answer,
            added: Vec::new(),
            meeting: None,
            head: Digest::sha256(b"head"),
        }
    }

    /// What is chosen for each row of a page, in order.
    fn chosen(view: &InviteeView, typed: &Typed, now: Instant) -> Vec<String> {
        let rows = rows_to_ask(view, now);
        let days = days(view, typed, &rows, &view.timezone);
        days.iter().map(|day| day.rows.iter().map(|row| row.chosen).collect::<Vec<_>>().join("")).collect()
    }

    fn typed(rows: &[(Slot, &str)]) -> Typed {
        let fields =
            rows.iter().map(|(row, value)| (format!("{ROW}{}", slot_value(row)), (*value).to_owned()));
        Typed::of(&Form::new(fields.collect()))
    }

    #[test]
    fn a_page_shows_the_answer_by_rows_and_leaves_what_has_other_edges() {
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(
            chosen(&view(None), &Typed::default(), now),
            ["00000000000", "000000", "000000", "000000"],
            "who has not answered begins with nothing"
        );
        let answer = vec![
            given("01T08:00", "01T09:40", 3),
            given("01T13:00", "01T14:30", 2),
            given("20T08:00", "20T09:00", 1),
        ];
        let view = view(Some(answer.clone()));
        assert_eq!(chosen(&view, &Typed::default(), now), ["333keep0022200", "000000", "000000", "000000"]);
        assert_eq!(
            chosen(&view, &Typed::default(), at("2026-12-01T09:30:00Z")),
            ["keep0022200", "000000", "000000", "000000"],
            "what is over is not asked about"
        );
        // What is sent as it was shown changes nothing, and a row that is set changes that row alone.
        let uneven = slot("01T09:30", "01T10:00");
        let sent = typed(&[
            (slot("01T08:00", "01T08:30"), "3"),
            (slot("01T08:30", "01T09:00"), "3"),
            (slot("01T09:00", "01T09:30"), "3"),
            (uneven, "keep"),
            (slot("01T10:00", "01T10:30"), "0"),
        ]);
        assert_eq!(sent.answer(&answer), answer);
        let mut set = answer.clone();
        set[0] = given("01T08:00", "01T10:00", 3);
        assert_eq!(typed(&[(uneven, "3")]).answer(&answer), set, "what no row shows stays");
        assert_eq!(chosen(&view, &typed(&[(uneven, "1")]), now)[0], "33310022200");
        assert_eq!(chosen(&view, &typed(&[(uneven, "keep")]), now)[0], "333keep0022200");
    }

    #[test]
    fn what_a_form_may_carry_beside_rows_is_left_out() {
        let form = Form::new(
            [
                ("at 2026-12-01T08:00:00Z|00:30:00", "4"),
                ("at 2026-12-01T08:00:00Z", "1"),
                ("at", "1"),
                ("2026-12-01T08:00:00Z|00:30:00", "1"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        );
        assert!(Typed::of(&form).choices().is_empty());
    }

    #[test]
    fn a_page_tells_what_was_sent_and_what_is_new() {
        let asked = PageRequest::default();
        let now = at("2026-11-22T10:00:00Z");
        let mut view = view(Some(vec![given("01T07:00", "01T09:40", 3), given("02T08:00", "02T09:00", 1)]));
        view.added = vec![slot("08T08:00", "08T11:00")];
        let page = page(&view, &Typed::default(), &asked, now).unwrap();
        let page = page.text();
        assert!(
            page.contains("You marked 2 hours 40 minutes on 2 days."),
            "only what lies within is counted: {page}"
        );
        assert!(page.contains("until Friday 27 November 2026, 18:00"), "{page}");
        assert_eq!(page.matches("class=\"is-new").count(), 6);
        assert!(page.contains("action=\"/schedules/calendars/7/respond/?_method=PUT\""));
    }
}
