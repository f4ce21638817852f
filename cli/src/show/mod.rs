//! Answers become text for people: lists as tables, everything else as a record. Times are told in the local zone. What the server
//! says has no control characters when it reaches a terminal.

pub mod calendar;
pub mod proposal;
pub mod template;
mod when;

use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

pub use when::{slot, when};

/// How an answer is shown.
#[derive(Clone, Copy, Debug)]
pub enum Show {
    /// A list, which is the answer itself or the member at this path, as a table.
    Rows(&'static str, &'static [Column]),
    /// An object, member by member; what stands at this path within the answer, where it is told.
    Record,
    /// Text, such as a file, as it is.
    Text,
    /// This text, where the answer has none of its own.
    Done(&'static str),
    /// In its own way.
    Own(fn(&Value, &Look<'_>) -> String),
}

/// How text for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// In which times are told.
    pub zone: &'a TimeZone,
    /// Whether there is colour.
    pub color: bool,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    title: &'static str,
    path: &'static str,
    kind: Cell,
}

/// What a cell shows.
#[derive(Clone, Copy, Debug)]
enum Cell {
    /// The value.
    Plain,
    /// Begin and end of a slot.
    Slot,
    /// How many there are.
    Count,
}

impl Column {
    /// The value at this path; a time is told in the local zone, a list with commas.
    pub const fn plain(title: &'static str, path: &'static str) -> Self {
        Self { title, path, kind: Cell::Plain }
    }

    /// The slot at this path.
    pub const fn slot(title: &'static str, path: &'static str) -> Self {
        Self { title, path, kind: Cell::Slot }
    }

    /// How many are in the list at this path.
    pub const fn count(title: &'static str, path: &'static str) -> Self {
        Self { title, path, kind: Cell::Count }
    }
}

impl Look<'_> {
    /// The text in a style, where there is colour.
    #[must_use]
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A heading.
    #[must_use]
    pub fn heading(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// A heading on a line of its own.
    #[must_use]
    pub fn heading_line(&self, text: &str) -> String {
        format!("{}\n", self.heading(text))
    }

    /// What stands for a value.
    #[must_use]
    pub fn cell(&self, value: &Value) -> String {
        match value {
            Value::Null => "-".to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::String(text) => when(text, self.zone).unwrap_or_else(|| clean(text)),
            Value::Array(all) if all.is_empty() => "-".to_owned(),
            Value::Array(all) => all.iter().map(|value| self.cell(value)).collect::<Vec<_>>().join(", "),
            Value::Object(_) => slot(value, self.zone).unwrap_or_else(|| clean(&value.to_string())),
            Value::Number(number) => number.to_string(),
        }
    }
}

/// The value at a path such as `slots.0.begin`.
#[must_use]
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, name| match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The rows of an answer: those of its list, or the answer itself.
#[must_use]
pub fn rows<'a>(value: &'a Value, show: &Show) -> Vec<&'a Value> {
    let list = match show {
        Show::Rows(path, _) => at(value, path).unwrap_or(value),
        _ => value,
    };
    match list {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

/// An answer for people.
#[must_use]
pub fn human(value: &Value, show: &Show, look: &Look<'_>) -> String {
    match show {
        Show::Rows(_, columns) => table(&rows(value, show), columns, look),
        Show::Own(own) => own(value, look),
        Show::Record | Show::Text => record(value, look),
        Show::Done(text) => match value.get("detail").or_else(|| value.get("message")) {
            Some(Value::String(detail)) => format!("{}\n", clean(detail)),
            _ => format!("{text}\n"),
        },
    }
}

/// A table with a heading; without rows a word that says so.
#[must_use]
pub fn table(rows: &[&Value], columns: &[Column], look: &Look<'_>) -> String {
    if rows.is_empty() {
        return "Nothing is there.\n".to_owned();
    }
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| column.cell(row, look)).collect()).collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.width());
            cells.chain([column.title.width()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let pad =
            |cell: &str, width: usize| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())));
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut text = look.heading(&line(&mut columns.iter().map(|column| column.title)));
    text.push('\n');
    for row in &cells {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
        text.push('\n');
    }
    text
}

impl Column {
    fn cell(&self, row: &Value, look: &Look<'_>) -> String {
        let value = at(row, self.path).unwrap_or(&Value::Null);
        match (self.kind, value) {
            (Cell::Count, Value::Array(all)) => all.len().to_string(),
            (Cell::Slot, value) => slot(value, look.zone).unwrap_or_else(|| "-".to_owned()),
            (_, value) => look.cell(value),
        }
    }
}

/// An object member by member, or a list item by item.
#[must_use]
pub fn record(value: &Value, look: &Look<'_>) -> String {
    let mut text = String::new();
    put(value, 0, look, &mut text);
    text
}

/// The deepest level that is told apart; what is deeper stands in one line.
const DEEPEST: usize = 6;

fn put(value: &Value, depth: usize, look: &Look<'_>, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) if depth < DEEPEST => {
            for (name, value) in members {
                let name = look.paint(AnsiColor::Cyan.on_default(), &clean(name));
                if is_leaf(value, look) {
                    text.push_str(&format!("{indent}{name}: {}\n", look.cell(value)));
                } else {
                    text.push_str(&format!("{indent}{name}:\n"));
                    put(value, depth.saturating_add(1), look, text);
                }
            }
        }
        Value::Array(items) if depth < DEEPEST => {
            for (at, item) in items.iter().enumerate() {
                let number = at.saturating_add(1);
                if is_leaf(item, look) {
                    text.push_str(&format!("{indent}{number}. {}\n", look.cell(item)));
                } else {
                    text.push_str(&format!("{indent}{number}.\n"));
                    put(item, depth.saturating_add(1), look, text);
                }
            }
        }
        other => text.push_str(&format!("{indent}{}\n", look.cell(other))),
    }
}

/// Whether a value stands on the line of its name.
fn is_leaf(value: &Value, look: &Look<'_>) -> bool {
    match value {
        Value::Object(members) => members.is_empty() || slot(value, look.zone).is_some(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

/// The text in one line, without what a terminal would take for a command or for another direction.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect()
}

/// The same of several lines, which stay apart.
#[must_use]
pub fn clean_lines(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' || is_harmless(c) { c } else { '\u{fffd}' }).collect()
}

fn is_harmless(c: char) -> bool {
    // Marks of direction and line separators could make a text look like another one.
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
