//! What the screen keeps of the service's answers. What is missing or odd in an answer is left out; nothing of it makes reading fail
//! but an answer of another kind.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::error::Error;
use crate::show::{at, clean};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The proposal's id.
    pub id: u64,
    /// Its state.
    pub state: String,
    /// What for.
    pub title: String,
}

/// A proposal as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: u64,
    /// Its version.
    pub version: u64,
    /// The same as `If-Match` takes it.
    pub etag: Option<String>,
    /// The slots that are offered.
    pub slots: Vec<Value>,
    /// The parties.
    pub parties: Vec<String>,
    /// All of it.
    pub value: Value,
}

/// A step of a day in a painted week: the day, and the how manieth step of it.
pub type Cell = (Date, u16);

/// What is known of a week, or of all days of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// What the week is for.
    pub title: String,
    /// The zone of its wall times.
    pub zone: String,
    /// The first day that is shown.
    pub monday: Date,
    /// Minutes of a step.
    pub step: u16,
    /// What is painted already, with its preference.
    pub painted: BTreeMap<Cell, u8>,
    /// What can be painted; `None` is all that is not taken.
    pub offered: Option<BTreeMap<Cell, u8>>,
    /// What is taken otherwise.
    pub taken: BTreeMap<Cell, u8>,
    /// Whether there is an answer that painting changes.
    pub answered: bool,
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

impl Times {
    /// Steps of a day.
    #[must_use]
    pub const fn steps(&self) -> u16 {
        match DAY.checked_div(self.step) {
            Some(steps) if steps > 0 => steps,
            _ => 1,
        }
    }
}

fn unreadable(what: &str) -> Error {
    Error::Unreadable(format!(
        "The server's answer is no {what}. Is this address that of Whittle? `whittle doctor` says more."
    ))
}

fn text(value: &Value, path: &str) -> String {
    at(value, path).and_then(Value::as_str).map(clean).unwrap_or_default()
}

/// The rows of a list.
///
/// # Errors
/// [`Error::Unreadable`] if it is none.
pub fn rows(value: &Value) -> Result<Vec<Row>, Error> {
    let items = value.as_array().ok_or_else(|| unreadable("list of proposals"))?;
    Ok(items.iter().filter_map(row).collect())
}

/// The row of a proposal.
#[must_use]
pub fn row(value: &Value) -> Option<Row> {
    Some(Row { id: value.get("id")?.as_u64()?, state: text(value, "state"), title: text(value, "title") })
}

/// A proposal.
///
/// # Errors
/// [`Error::Unreadable`] if it is none.
pub fn proposal(value: Value, etag: Option<&str>) -> Result<Proposal, Error> {
    let id = value.get("id").and_then(Value::as_u64).ok_or_else(|| unreadable("proposal"))?;
    let list = |name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(Proposal {
        id,
        version: value.get("version").and_then(Value::as_u64).unwrap_or(0),
        etag: etag.map(str::to_owned),
        slots: list("slots"),
        parties: list("parties").iter().filter_map(|party| party.as_str().map(str::to_owned)).collect(),
        value,
    })
}

/// The Monday on or before a day.
#[must_use]
pub fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

/// So many days later.
#[must_use]
pub fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The longest time that is split into steps: what is longer is odd, and would take long.
const LONGEST_DAYS: i64 = 62;

/// The steps that a time in wall time touches.
fn cells(from: DateTime, to: DateTime, step: u16) -> Vec<Cell> {
    let step = step.max(1);
    let minutes = |time: DateTime| {
        u16::from(time.hour().unsigned_abs())
            .saturating_mul(60)
            .saturating_add(u16::from(time.minute().unsigned_abs()))
    };
    let mut all = Vec::new();
    let mut day = from.date();
    let mut days = 0;
    while day <= to.date() && days < LONGEST_DAYS {
        let first = if day == from.date() { minutes(from) } else { 0 };
        let last = if day == to.date() { minutes(to) } else { DAY };
        let mut at = first.checked_div(step).unwrap_or(0);
        while at.saturating_mul(step) < last {
            all.push((day, at));
            at = at.saturating_add(1);
        }
        day = later(day, 1);
        days = days.saturating_add(1);
    }
    all
}

/// The week of an account: blocked hours are painted, all else is taken.
///
/// # Errors
/// [`Error::Unreadable`] if the answers are of another kind.
pub fn busy(account: &Value, items: &[Value], monday: Date) -> Result<Times, Error> {
    let name = text(account, "timezone");
    let zone = TimeZone::get(&name).map_err(|_| unreadable("account"))?;
    let mut times = Times {
        title: "Your week".to_owned(),
        zone: name,
        monday,
        step: 60,
        painted: BTreeMap::new(),
        offered: None,
        taken: BTreeMap::new(),
        answered: false,
    };
    for item in items {
        let wall = |name: &str| {
            let instant: Timestamp = item.get(name)?.as_str()?.parse().ok()?;
            Some(instant.to_zoned(zone.clone()).datetime())
        };
        let (Some(from), Some(to)) = (wall("from"), wall("to")) else { continue };
        let is_block = item.get("kind").and_then(Value::as_str) == Some("block");
        let all = if is_block { &mut times.painted } else { &mut times.taken };
        all.extend(cells(from, to, 60).into_iter().map(|cell| (cell, 1)));
    }
    // What is taken cannot be unblocked; a block that a meeting touches stays as it is.
    times.painted.retain(|cell, _| !times.taken.contains_key(cell));
    Ok(times)
}

/// What an invitee is asked: the owner's times can be painted.
///
/// # Errors
/// [`Error::Unreadable`] if it is of another kind.
pub fn invitation(value: &Value) -> Result<Times, Error> {
    let owner = value.get("owner_availability").and_then(Value::as_array);
    let owner = owner.ok_or_else(|| unreadable("calendar"))?;
    let step = value.get("step_minutes").and_then(Value::as_u64).and_then(|step| u16::try_from(step).ok());
    // A step that no day can be divided by would not be the same every day.
    let step = step.filter(|step| (5..=60).contains(step) && DAY.is_multiple_of(*step)).unwrap_or(15);
    let spans = |rows: &[Value]| {
        let mut all = BTreeMap::new();
        for row in rows {
            let wall = |day: &str, time: &str| {
                let (day, time) = (row.get(day)?.as_str()?, row.get(time)?.as_str()?);
                let (day, time) = if time.starts_with("24:") {
                    (later(day.parse().ok()?, 1).to_string(), "00:00:00")
                } else {
                    (day.to_owned(), time)
                };
                format!("{day}T{time}").parse::<DateTime>().ok()
            };
            let end_day = if row.get("end_date").is_some_and(Value::is_string) { "end_date" } else { "date" };
            let (Some(from), Some(to)) = (wall("date", "start_time"), wall(end_day, "end_time")) else {
                continue;
            };
            let level = row.get("preference_level").or_else(|| row.get("preference")).and_then(Value::as_u64);
            let level = level.and_then(|level| u8::try_from(level).ok()).unwrap_or(3).clamp(1, 3);
            all.extend(cells(from, to, step).into_iter().map(|cell| (cell, level)));
        }
        all
    };
    let offered = spans(owner);
    let answer = value.get("availability").and_then(Value::as_array);
    let first = offered.keys().next().map(|(day, _)| *day);
    Ok(Times {
        title: format!(
            "When can you meet? {}, answers until {}",
            text(value, "name"),
            text(value, "deadline")
        ),
        zone: text(value, "timezone"),
        monday: monday_of(first.ok_or_else(|| unreadable("calendar with times"))?),
        step,
        painted: answer.map(|rows| spans(rows)).unwrap_or_default(),
        offered: Some(offered),
        taken: BTreeMap::new(),
        answered: answer.is_some(),
    })
}

/// Painted steps as an answer has them: what touches and is worth the same is one time.
#[must_use]
pub fn spans(painted: &BTreeMap<Cell, u8>, step: u16) -> Vec<Value> {
    let wall = |(day, at): Cell| {
        let minutes = i64::from(at).saturating_mul(i64::from(step));
        day.at(0, 0, 0, 0).checked_add(SignedDuration::from_mins(minutes)).ok()
    };
    let mut all: Vec<(DateTime, DateTime, u8)> = Vec::new();
    for (cell, level) in painted {
        let (Some(from), Some(to)) = (wall(*cell), wall((cell.0, cell.1.saturating_add(1)))) else {
            continue;
        };
        match all.last_mut() {
            Some((_, end, worth)) if *end == from && worth == level => *end = to,
            _ => all.push((from, to, *level)),
        }
    }
    let told = |time: DateTime| time.strftime("%Y/%m/%d %H:%M:%S").to_string();
    all.into_iter()
        .map(|(from, to, level)| json!({ "start_time": told(from), "end_time": told(to), "preference_level": level }))
        .collect()
}

/// Hours of each day that are in one painting and not in the other.
#[must_use]
pub fn hours_beyond(painted: &BTreeMap<Cell, u8>, other: &BTreeMap<Cell, u8>) -> BTreeMap<Date, Vec<u16>> {
    let mut all: BTreeMap<Date, Vec<u16>> = BTreeMap::new();
    for (day, hour) in painted.keys().filter(|cell| !other.contains_key(cell)) {
        all.entry(*day).or_default().push(*hour);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_is_one_time_and_what_is_worth_less_another() {
        let day: Date = "2030-03-12".parse().unwrap();
        let painted = [((day, 94), 3), ((day, 95), 3), ((later(day, 1), 0), 3), ((later(day, 1), 1), 2)];
        assert_eq!(
            spans(&painted.into_iter().collect(), 15),
            [
                json!({"start_time": "2030/03/12 23:30:00", "end_time": "2030/03/13 00:15:00", "preference_level": 3}),
                json!({"start_time": "2030/03/13 00:15:00", "end_time": "2030/03/13 00:30:00", "preference_level": 2}),
            ]
        );
    }

    #[test]
    fn an_answer_comes_back_as_it_was_given() {
        let value = json!({
            "name": "Talks", "deadline": "2030-01-01T00:00:00Z", "timezone": "Europe/Berlin", "step_minutes": 30,
            "owner_availability": [{"date": "2030-03-12", "start_time": "13:00:00", "end_time": "15:00:00", "preference": 3}],
            "availability": [{"date": "2030-03-12", "start_time": "13:30:00", "end_time": "14:30:00", "preference_level": 2}],
        });
        let times = invitation(&value).unwrap();
        assert_eq!(times.monday.to_string(), "2030-03-11");
        assert_eq!(times.offered.unwrap().len(), 4);
        assert_eq!(
            spans(&times.painted, times.step),
            [
                json!({"start_time": "2030/03/12 13:30:00", "end_time": "2030/03/12 14:30:00", "preference_level": 2})
            ]
        );
    }

    #[test]
    fn a_week_tells_blocks_from_what_is_taken_in_the_zone_of_the_account() {
        let items = [
            json!({"kind": "block", "from": "2030-05-06T07:00:00Z", "to": "2030-05-06T08:00:00Z"}),
            json!({"kind": "meeting", "from": "2030-05-06T08:30:00Z", "to": "2030-05-06T09:30:00Z"}),
            json!({"kind": "block"}),
        ];
        let monday: Date = "2030-05-06".parse().unwrap();
        let times = busy(&json!({"timezone": "Europe/Berlin"}), &items, monday).unwrap();
        assert_eq!(times.painted.into_keys().collect::<Vec<_>>(), [(monday, 9)]);
        assert_eq!(times.taken.into_keys().collect::<Vec<_>>(), [(monday, 10), (monday, 11)]);
    }

    #[test]
    fn odd_answers_are_refused_or_left_out() {
        for odd in
            [json!(null), json!(7), json!({}), json!({"id": -1}), json!({"owner_availability": [7, {}]})]
        {
            assert!(rows(&odd).is_err() && proposal(odd.clone(), None).is_err() && invitation(&odd).is_err());
            assert!(busy(&odd, std::slice::from_ref(&odd), Date::MAX).is_err());
        }
        assert_eq!(rows(&json!([7, {"id": "x"}, {"id": 3}])).unwrap().len(), 1);
        let long = json!({"owner_availability": [{"date": "0001-01-01", "start_time": "00:00:00", "end_date": "9999-12-31", "end_time": "00:00:00"}]});
        assert!(invitation(&long).unwrap().offered.unwrap().len() <= 62 * 96);
    }
}
