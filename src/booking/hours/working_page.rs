//! The page of the working hours. It has a row of fields for each stretch of hours, and one more; what is empty is none.

use serde_json::{Value, json};
use whittle_domain::input::Body;
use whittle_domain::weekly::Weekday;
use worker::Env;

use super::working;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form, sentences};
use crate::http::members::{list, text};
use crate::http::notice::Notice;
use crate::http::parts::{self, Button, Group, Line, Part, Parts};
use crate::http::reply::Reply;
use crate::texts::{and, say, when};

const PATH: &str = "/api/user/working_hours/";
/// The fields of each day of the week, of which there are as many as it has rows.
const FIELDS: [(&str, &str); 7] = [
    ("monday-from", "monday-to"),
    ("tuesday-from", "tuesday-to"),
    ("wednesday-from", "wednesday-to"),
    ("thursday-from", "thursday-to"),
    ("friday-from", "friday-to"),
    ("saturday-from", "saturday-to"),
    ("sunday-from", "sunday-to"),
];
/// The days that have the hours of Monday where these are copied.
const COPIED: std::ops::RangeInclusive<usize> = 1..=4;

/// A time of day from and to, as it is typed.
type Span = (String, String);

/// The hours as the page has them.
#[derive(Default)]
struct Typed {
    /// Whether no hours are set.
    always: bool,
    /// Of each day of the week.
    weekly: [Vec<Span>; 7],
    /// A date with its hours; a day off has none.
    exceptions: Vec<(String, Span)>,
}

/// `GET /api/user/working_hours/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let stored = working::show(context, env).await?;
    page(context, Typed::of_stored(&stored), text(&stored, "timezone"), &Faults::default(), &Value::Null)
}

/// `PUT /api/user/working_hours/`, or the page with the hours of Monday copied.
pub async fn set(form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut typed = Typed::of_form(form);
    let zone = form.get("zone").unwrap_or_default();
    if form.get("do") == Some("copy") {
        let [monday, others @ ..] = &mut typed.weekly;
        others.iter_mut().take(COPIED.count()).for_each(|day| day.clone_from(monday));
        typed.always = false;
        return page(context, typed, zone, &Faults::default(), &Value::Null);
    }
    match working::set(&context.with_body(typed.body()), env).await {
        Ok(_) => Ok(Reply::saved(PATH, Notice::HoursSaved)),
        Err(error) if error.is_about_the_reader() => Err(error),
        Err(error) => {
            let wrong = if let Error::Invalid(wrong) = &error { wrong.clone() } else { Value::Null };
            page(context, typed, zone, &Faults::of(error)?, &wrong)
        }
    }
}

impl Typed {
    fn of_stored(stored: &Value) -> Self {
        let span = |hours: &Value| -> Span {
            // A field for a time of day knows no 24:00.
            let to = if text(hours, "to") == "24:00" { "00:00" } else { text(hours, "to") };
            (text(hours, "from").to_owned(), to.to_owned())
        };
        let mut typed = Self { always: stored.get("weekly").is_none_or(Value::is_null), ..Self::default() };
        for hours in list(stored, "weekly") {
            let number = Weekday::ALL.into_iter().position(|day| day.name() == text(hours, "weekday"));
            if let Some(day) = number.and_then(|number| typed.weekly.get_mut(number)) {
                day.push(span(hours));
            }
        }
        for exception in list(stored, "exceptions") {
            let date = text(exception, "date");
            let hours = list(exception, "hours");
            typed.exceptions.extend(hours.iter().map(|hours| (date.to_owned(), span(hours))));
            if hours.is_empty() {
                typed.exceptions.push((date.to_owned(), Span::default()));
            }
        }
        typed
    }

    fn of_form(form: &Form) -> Self {
        let values = |name: &str| {
            let values = form.fields().iter().filter(move |(key, _)| key == name);
            values.map(|(_, value)| value.trim().to_owned()).collect::<Vec<_>>()
        };
        let spans =
            |(from, to): (&str, &str)| -> Vec<Span> { values(from).into_iter().zip(values(to)).collect() };
        let exceptions = values("date").into_iter().zip(spans(("date-from", "date-to")));
        let is_typed = |(from, to): &Span| !(from.is_empty() && to.is_empty());
        Self {
            always: form.has("always"),
            weekly: FIELDS.map(|names| spans(names).into_iter().filter(is_typed).collect()),
            exceptions: exceptions.filter(|(date, span)| !date.is_empty() || is_typed(span)).collect(),
        }
    }

    /// The body of the API. A date that comes several times has all of its hours.
    fn body(&self) -> Body {
        let until = |to: &str| if to == "00:00" { "24:00".to_owned() } else { to.to_owned() };
        let mut weekly = Vec::new();
        for (day, spans) in Weekday::ALL.into_iter().zip(&self.weekly) {
            let hours = |(from, to): &Span| json!({ "weekday": day.name(), "from": from, "to": until(to) });
            weekly.extend(spans.iter().map(hours));
        }
        let mut exceptions: Vec<(&str, Vec<Value>)> = Vec::new();
        for (date, (from, to)) in &self.exceptions {
            let hours =
                (!(from.is_empty() && to.is_empty())).then(|| json!({ "from": from, "to": until(to) }));
            match exceptions.iter_mut().find(|(known, _)| known == date) {
                Some((_, known)) => known.extend(hours),
                None => exceptions.push((date, hours.into_iter().collect())),
            }
        }
        let exceptions: Vec<Value> =
            exceptions.into_iter().map(|(date, hours)| json!({ "date": date, "hours": hours })).collect();
        let weekly = if self.always { Value::Null } else { json!(weekly) };
        Body::from_iter([("weekly".to_owned(), weekly), ("exceptions".to_owned(), json!(exceptions))])
    }

    /// What it means, in a sentence.
    fn meaning(&self) -> String {
        if self.always {
            return say("hours-always").to_string();
        }
        let span = |(from, to): &Span| {
            say("clock-range").with("from", from.as_str()).with("to", to.as_str()).to_string()
        };
        let hours: Vec<String> =
            self.weekly.iter().map(|spans| and(&spans.iter().map(span).collect::<Vec<_>>())).collect();
        // Days in a row with the same hours are told at once: the first and the last of them, and their hours.
        let mut told: Vec<(i8, i8, &String)> = Vec::new();
        for (hours, number) in hours.iter().zip(1_i8..).filter(|(hours, _)| !hours.is_empty()) {
            match told
                .last_mut()
                .filter(|(_, last, known)| last.checked_add(1) == Some(number) && *known == hours)
            {
                Some((_, last, _)) => *last = number,
                None => told.push((number, number, hours)),
            }
        }
        let stretch = |(first, last, hours): &(i8, i8, &String)| {
            let (first_day, last_day) = (when::weekday(*first).to_string(), when::weekday(*last).to_string());
            let said = if first == last {
                say("hours-day").with("day", first_day)
            } else {
                say("hours-days").with("first", first_day).with("last", last_day)
            };
            format!("{said} {hours}")
        };
        match told.is_empty() {
            true => say("hours-never").to_string(),
            false => say("hours-meaning")
                .with("hours", and(&told.iter().map(stretch).collect::<Vec<_>>()))
                .to_string(),
        }
    }
}

/// What a list of the refusal says of the item at this place.
fn said_of(wrong: &Value, name: &str, place: usize) -> Vec<String> {
    wrong.get(name).and_then(|list| list.get(place)).map(sentences).unwrap_or_default()
}

fn page(context: &RequestContext, typed: Typed, zone: &str, faults: &Faults, wrong: &Value) -> Result<Reply> {
    let time = |name: &'static str, label: String, value: &str, row: usize, said: &[String]| {
        Field::of_kind("time", name, label)
            .within(&format!("r{row}"))
            .value(value)
            .typed_but(None, said.to_vec())
    };
    // The refusal counts what was sent, which is what is not empty.
    let mut sent = 0_usize;
    let mut groups = Vec::new();
    for ((names, spans), number) in FIELDS.into_iter().zip(&typed.weekly).zip(1_i8..) {
        let day = when::weekday(number).to_string();
        let empty = Span::default();
        let lines = spans.iter().chain([&empty]).enumerate().map(|(row, (from, to))| {
            let is_sent = row < spans.len();
            let said = if is_sent { said_of(wrong, "weekly", sent) } else { Vec::new() };
            sent = sent.saturating_add(usize::from(is_sent));
            let field =
                |name, label: String, value: &str, said: &[String]| time(name, label, value, row, said);
            let fields = vec![
                field(names.0, say("hours-from").with("day", day.as_str()).to_string(), from, &said),
                field(names.1, say("hours-to").with("day", day.as_str()).to_string(), to, &[]),
            ];
            Line { fields, faults: Vec::new() }
        });
        groups.push(Group { lines: lines.collect(), legend: day.clone(), ..Group::default() });
    }
    let mut dates: Vec<&str> = Vec::new();
    let empty = (String::new(), Span::default());
    let exceptions = typed.exceptions.iter().chain([&empty]).enumerate().map(|(row, (date, (from, to)))| {
        let is_first = !dates.contains(&date.as_str());
        let said = if is_first { said_of(wrong, "exceptions", dates.len()) } else { Vec::new() };
        dates.extend(is_first.then_some(date.as_str()));
        let day = Field::of_kind("date", "date", say("field-date")).within(&format!("x{row}")).value(date);
        let fields = vec![
            day.typed_but(None, said),
            time("date-from", say("hours-date-from").to_string(), from, row, &[]),
            time("date-to", say("hours-date-to").to_string(), to, row, &[]),
        ];
        Line { fields, faults: Vec::new() }
    });
    let exceptions = Group {
        lines: exceptions.collect(),
        legend: say("hours-exceptions").to_string(),
        hint: say("hours-exceptions-hint").to_string(),
        ..Group::default()
    };
    let always = Field::of_kind("checkbox", "always", say("hours-any")).hint(say("hours-any-hint"));
    let always = always.value(if typed.always { "true" } else { "" });
    groups.insert(
        0,
        Group { lines: vec![Line { fields: vec![always], faults: Vec::new() }], ..Group::default() },
    );
    groups.push(exceptions);
    let form = parts::Form {
        action: format!("{PATH}?_method=PUT"),
        hidden: vec![("zone", zone.to_owned())],
        groups,
        buttons: vec![Button::send(say("hours-save")), Button::quiet("copy", say("hours-copy"))],
        ..parts::Form::default()
    };
    let mut page = Parts::booking(context, say("hours-title"));
    page.lead = typed.meaning();
    let general = if wrong.is_null() { faults.beside(&[]) } else { faults.beside(&["weekly", "exceptions"]) };
    page.general = general.into_iter().map(ToOwned::to_owned).collect();
    for name in ["weekly", "exceptions"] {
        // What is wrong with a list as a whole, such as a date that comes twice.
        page.general.extend(
            wrong
                .get(name)
                .filter(|list| !list.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
                .map(sentences)
                .unwrap_or_default(),
        );
    }
    let part = Part { id: "hours", form: Some(form), ..Part::default() };
    page.parts.push(
        part.text(say("hours-zone").with("zone", zone.to_owned()))
            .link(say("hours-change-zone"), "/accounts/me/"),
    );
    Reply::html(faults.status(), &page)
}
