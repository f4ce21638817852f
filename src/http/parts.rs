//! Pages that are made of parts: a heading, sentences, rows, a form, days with hours. Many pages are nothing else, so one template
//! renders them all, and each of them is data.

use askama::Template;

use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::layout::Layout;
use crate::texts::say;

/// A page. It is rendered by [`crate::http::reply::Reply::html`].
#[derive(Template)]
#[template(path = "page/parts.html")]
pub struct Parts {
    pub page: Layout,
    /// The pages of the same subject: what each is called, and where it is.
    pub tabs: Vec<(String, &'static str)>,
    pub lead: String,
    /// What is wrong with what was sent as a whole.
    pub general: Vec<String>,
    pub parts: Vec<Part>,
}

/// A part of a page. What is empty is not there.
#[derive(Default)]
pub struct Part {
    pub id: &'static str,
    pub title: String,
    pub texts: Vec<String>,
    pub rows: Vec<Row>,
    /// The heads of the columns of a table, and its rows.
    pub heads: Vec<String>,
    pub table: Vec<TableRow>,
    /// Where else one can go: what it is called, and where.
    pub links: Vec<(String, String)>,
    /// A link to hand on: what it is called, and what it is.
    pub copy: Option<(String, String)>,
    /// A picture that the Worker has made (SVG).
    pub picture: String,
    pub form: Option<Form>,
    /// Days to read.
    pub days: Vec<Day>,
    /// Whether it cannot be undone.
    pub danger: bool,
}

/// A row of a table. Its first cell names it.
pub struct TableRow {
    /// Where it is told in full.
    pub href: String,
    pub cells: Vec<String>,
}

/// Something that there is, and what can be done with it at once.
#[derive(Default)]
pub struct Row {
    pub title: String,
    pub href: String,
    pub line: String,
    /// What distinguishes it, and the class of that.
    pub badge: Option<(String, &'static str)>,
    pub acts: Vec<Act>,
}

/// A button that is a form by itself.
pub struct Act {
    pub label: String,
    pub action: String,
    /// What goes with it.
    pub fields: Vec<(&'static str, String)>,
    pub class: &'static str,
}

/// A form.
#[derive(Default)]
pub struct Form {
    pub action: String,
    /// Whether it asks and changes nothing; any other is posted.
    pub asks: bool,
    pub hidden: Vec<(&'static str, String)>,
    pub groups: Vec<Group>,
    pub buttons: Vec<Button>,
    /// What can be chosen below the buttons.
    pub days: Vec<Day>,
    /// The button at the end of the days, which stays in sight.
    pub foot: String,
    /// Whether its days are hours that can be painted, too.
    pub paints: bool,
}

/// Fields that belong together.
#[derive(Default)]
pub struct Group {
    /// Empty: they need no name.
    pub legend: String,
    pub hint: String,
    /// Whether they are shown when asked for.
    pub folded: bool,
    pub lines: Vec<Line>,
    pub choices: Vec<Choice>,
}

/// Fields side by side, and what is wrong with them together.
#[derive(Default)]
pub struct Line {
    pub fields: Vec<Field>,
    pub faults: Vec<String>,
}

/// A box to tick.
pub struct Choice {
    pub name: &'static str,
    pub value: String,
    pub label: String,
    pub small: String,
    pub ticked: bool,
}

/// A button of a form.
pub struct Button {
    pub name: &'static str,
    pub value: &'static str,
    pub label: String,
    pub class: &'static str,
}

/// A day: what is in it, and its hours. It is a template of its own, so that it is compiled once. Its rows are told and have no acts.
#[derive(Default, Template)]
#[template(path = "page/day.html")]
pub struct Day {
    /// `2026-11-24`
    pub date: String,
    pub title: String,
    pub note: String,
    pub rows: Vec<Row>,
    /// What its hours are shown by, where they are shown when asked for.
    pub fold: String,
    pub hours: Vec<Hour>,
}

/// An hour of a day.
#[derive(Default)]
pub struct Hour {
    pub kind: HourKind,
    /// The name of its field, and what is sent.
    pub name: &'static str,
    pub value: String,
    /// `10:00`
    pub clock: String,
    /// What else is said of it.
    pub note: String,
    /// Its name for those who cannot see where it stands, where that is another.
    pub said: String,
    pub class: &'static str,
    pub ticked: bool,
}

/// What one can do with an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HourKind {
    /// It is to read.
    #[default]
    Closed,
    /// It can be ticked.
    Box,
    /// It is chosen by pressing it.
    Button,
    /// It leads somewhere: its value is where.
    Link,
}

/// The pages of bookings.
pub fn booking_tabs() -> Vec<(String, &'static str)> {
    let tabs = [
        (say("book-tab"), "/api/event/suggest/"),
        (say("week-tab"), "/api/user/busy/"),
        (say("hours-tab"), "/api/user/working_hours/"),
        (say("kinds-tab"), "/api/user/offers/"),
        (say("calendars-tab"), "/api/user/busy/subscriptions/"),
    ];
    tabs.into_iter().map(|(label, path)| (label.to_string(), path)).collect()
}

impl Parts {
    /// A page of bookings.
    pub fn booking(context: &RequestContext, title: impl ToString) -> Self {
        let page = Layout::new(&context.page, title);
        Self { page, tabs: booking_tabs(), lead: String::new(), general: Vec::new(), parts: Vec::new() }
    }
}

impl Part {
    /// A part with a heading.
    pub fn titled(title: impl ToString) -> Self {
        Self { title: title.to_string(), ..Self::default() }
    }

    /// With one more sentence.
    pub fn text(mut self, text: impl ToString) -> Self {
        self.texts.push(text.to_string());
        self
    }

    /// With one more way elsewhere.
    pub fn link(mut self, label: impl ToString, href: impl Into<String>) -> Self {
        self.links.push((label.to_string(), href.into()));
        self
    }
}

impl Form {
    /// A form with fields one below the other, and one button.
    pub fn simple(action: impl Into<String>, fields: Vec<Field>, label: impl ToString) -> Self {
        let lines = fields.into_iter().map(|field| Line { fields: vec![field], faults: Vec::new() });
        let groups = vec![Group { lines: lines.collect(), ..Group::default() }];
        Self { action: action.into(), groups, buttons: vec![Button::send(label)], ..Self::default() }
    }
}

impl Button {
    /// The button that sends the form.
    pub fn send(label: impl ToString) -> Self {
        Self { name: "", value: "", label: label.to_string(), class: "" }
    }

    /// Another button, which sends what it means.
    pub fn quiet(value: &'static str, label: impl ToString) -> Self {
        Self { name: "do", value, label: label.to_string(), class: "quiet" }
    }
}

impl Act {
    /// A button that sends nothing else.
    pub fn new(label: impl ToString, action: impl Into<String>, class: &'static str) -> Self {
        Self { label: label.to_string(), action: action.into(), fields: Vec::new(), class }
    }
}
