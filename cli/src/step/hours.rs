//! Weeks and working hours.

use std::str::FromStr as _;

use clap::ArgMatches;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::read;
use crate::args::{text, texts};
use crate::call::Call;
use crate::context::Context;
use crate::error::Error;
use crate::values;

/// The week of a day, from its Monday to the next one, in the zone in which times are told.
pub fn week(context: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let day = match text(matches, "day") {
        Some(day) => Date::from_str(day)
            .map_err(|_| Error::Usage(format!("`{day}` is not a day such as 2030-03-01.")))?,
        None => jiff::Timestamp::now().to_zoned(context.zone.clone()).date(),
    };
    let wrong = |_| Error::Usage(format!("{day} is too far away."));
    let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).map_err(wrong)?;
    let next = monday.checked_add(7.days()).map_err(wrong)?;
    for (name, day) in [("from", monday), ("to", next)] {
        let begin = day.to_zoned(context.zone.clone()).map_err(wrong)?.timestamp();
        call.ask.query.push((name.to_owned(), begin.to_string()));
    }
    Ok(())
}

/// The working hours as they are, with those of some days replaced.
pub fn hours(_: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let (on, off, except) = (texts(matches, "on"), texts(matches, "off"), texts(matches, "except"));
    let whole = call.body.contains_key("weekly");
    if whole && (!on.is_empty() || !off.is_empty()) {
        return Err(Error::Usage(
            "--body with `weekly` says all hours of the week: it does not go with --on and --off.".to_owned(),
        ));
    }
    let now = read(call)?.json()?;
    let list = |name: &str| now.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut weekly = list("weekly");
    let mut days: Vec<String> = off.iter().map(|day| day.trim().to_lowercase()).collect();
    let mut new = Vec::new();
    for hours in on {
        let (day, mut hours) = values::hours(hours).map_err(Error::Usage)?;
        if let Some(members) = hours.as_object_mut() {
            members.insert("weekday".to_owned(), Value::from(day.as_str()));
        }
        days.push(day);
        new.push(hours);
    }
    weekly.retain(|hours| {
        !hours.get("weekday").and_then(Value::as_str).is_some_and(|day| days.iter().any(|other| other == day))
    });
    weekly.extend(new);
    if !whole {
        let none = weekly.is_empty() && days.is_empty();
        let value =
            if none { now.get("weekly").cloned().unwrap_or(Value::Null) } else { Value::Array(weekly) };
        call.body.insert("weekly".to_owned(), value);
    }
    if !call.body.contains_key("exceptions") {
        call.body.insert("exceptions".to_owned(), exceptions(list("exceptions"), &except)?);
    }
    Ok(())
}

/// The exceptions as they are, with those of some dates replaced.
fn exceptions(mut all: Vec<Value>, except: &[&str]) -> Result<Value, Error> {
    let mut new: Vec<(String, Vec<Value>)> = Vec::new();
    for text in except {
        let (date, hours) = match text.trim().split_once(' ') {
            Some(_) => values::hours(text).map(|(date, hours)| (date, vec![hours])).map_err(Error::Usage)?,
            None => ((*text).to_owned(), Vec::new()),
        };
        match new.iter_mut().find(|(other, _)| *other == date) {
            Some((_, all)) => all.extend(hours),
            None => new.push((date, hours)),
        }
    }
    all.retain(|one| {
        !one.get("date")
            .and_then(Value::as_str)
            .is_some_and(|date| new.iter().any(|(other, _)| other == date))
    });
    all.extend(new.into_iter().map(|(date, hours)| json!({ "date": date, "hours": hours })));
    Ok(Value::Array(all))
}
