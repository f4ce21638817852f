//! The import as a page: a file or a pasted text, what would come of it, and the button that does it. The text goes with the
//! page from step to step, so that a file is chosen once; nothing is stored before the last step.

use askama::Template;
use serde_json::Value;
use whittle_domain::contact::import::{Outcome, PlannedRow, Report};
use worker::Env;

use super::PATH;
use crate::contact::import;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, sentences};
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::texts::say;

/// A line of the file in words.
struct Line {
    number: usize,
    email: String,
    outcome: String,
    /// How the outcome looks: `yes`, `no`, or nothing.
    mark: &'static str,
    faults: Vec<String>,
}

#[derive(Template)]
#[template(path = "page/import.html")]
struct ImportPage {
    page: Layout,
    csv: String,
    /// What is wrong with the file as a whole.
    faults: Vec<String>,
    /// What would come of it, where it can be read.
    summary: Vec<String>,
    lines: Vec<Line>,
    /// Whether it can be imported as it is.
    ready: bool,
}

impl ImportPage {
    /// Whether a line is wrong.
    fn has_faults(&self) -> bool {
        self.lines.iter().any(|line| !line.faults.is_empty())
    }
}

/// What is imported is the file that was chosen, or else the text that was typed.
pub fn take_file(context: &mut RequestContext) {
    let Some(form) = &context.form else { return };
    let text = form.all("csv").next().or_else(|| form.get("text")).unwrap_or_default();
    context.body.insert("csv".to_owned(), Value::String(text.to_owned()));
}

/// The preview of an import, or what was done.
pub async fn run(context: &RequestContext, env: &Env) -> Result<Reply> {
    let csv = context.body.get("csv").and_then(Value::as_str).unwrap_or_default();
    match import::report(context, env).await {
        Ok((_, false)) if context.query("preview").is_none() => {
            Ok(Reply::saved(PATH, Notice::ContactsImported))
        }
        Ok((report, refused)) => preview(context, csv, &report, if refused { 400 } else { 200 }),
        Err(error @ Error::Invalid(_)) => {
            let faults = Faults::of(error)?;
            let mut said = faults.field("csv").to_vec();
            said.extend(faults.beside(&["csv"]).into_iter().map(ToOwned::to_owned));
            let page = ImportPage { faults: said, ..page(context, csv) };
            Reply::html(faults.status(), &page)
        }
        Err(error) => Err(error),
    }
}

fn page(context: &RequestContext, csv: &str) -> ImportPage {
    ImportPage {
        page: Layout::new(&context.page, say("import-title")),
        csv: csv.to_owned(),
        faults: Vec::new(),
        summary: Vec::new(),
        lines: Vec::new(),
        ready: false,
    }
}

fn preview(context: &RequestContext, csv: &str, report: &Report, status: u16) -> Result<Reply> {
    let summary = [
        (report.added, say("import-added").with("count", report.added)),
        (report.updated, say("import-updated").with("count", report.updated)),
        (report.unchanged, say("import-unchanged").with("count", report.unchanged)),
        (report.refused, say("import-refused").with("count", report.refused)),
    ];
    let page = ImportPage {
        summary: summary.iter().filter(|(count, _)| *count > 0).map(|(_, said)| said.to_string()).collect(),
        lines: report.rows.iter().map(line).collect(),
        ready: report.refused == 0 && report.added.saturating_add(report.updated) > 0,
        ..page(context, csv)
    };
    Reply::html(status, &page)
}

fn line(row: &PlannedRow) -> Line {
    let (outcome, mark) = match row.outcome {
        Outcome::Added => (say("import-line-added"), "yes"),
        Outcome::Updated => (say("import-line-updated"), "yes"),
        Outcome::Unchanged => (say("import-line-unchanged"), ""),
        Outcome::Refused => (say("import-line-refused"), "no"),
    };
    Line {
        number: row.line,
        email: row.email.clone().unwrap_or_default(),
        outcome: outcome.to_string(),
        mark,
        faults: row.errors.as_ref().map(faults).unwrap_or_default(),
    }
}

/// What is wrong with a line: each fault with the column that it is in.
fn faults(errors: &whittle_domain::input::FieldErrors) -> Vec<String> {
    let errors = serde_json::to_value(errors).unwrap_or_default();
    let Value::Object(columns) = errors else { return Vec::new() };
    let mut said = Vec::new();
    for (column, wrong) in &columns {
        let column = match column.as_str() {
            "first_Name" => say("first-name-label"),
            "last_Name" => say("last-name-label"),
            "email" => say("email-label"),
            "groups" => say("contact-groups-label"),
            _ => say("import-whole-line"),
        };
        let column = column.to_string();
        said.extend(sentences(wrong).into_iter().map(|fault| {
            say("import-fault").with("column", column.clone()).with("fault", fault).to_string()
        }));
    }
    said
}
