//! Weekly hours in a request's body, and the slots that they make between two dates.

use serde_json::{Value, json};

use super::fields::{message, missing, parse_list, parse_text, required};
use super::{Body, FieldErrors};
use crate::instant::Instant;
use crate::schedule::{Preference, PreferredSlot};
use crate::weekly::{ClockChange, Day, Expanded, Weekday, Weekly, WeeklyError, WeeklyHours};
use crate::zone::Zone;

/// The preference of hours that say none: the best, for whoever offers them likes them all the same.
const DEFAULT_PREFERENCE: u8 = 3;

/// What weekly hours of a body make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklySlots {
    /// The slots, in order; at least one.
    pub slots: Vec<PreferredSlot>,
    /// What was left out or changed because of the clocks, or because it has begun already: a sentence for each.
    pub notes: Vec<String>,
}

/// Reads `weekly`, a list of hours, with the first and the last day in `from` and `until`: the slots that the hours make in
/// this zone and that begin after `now`. `None` if the body has no `weekly`.
///
/// # Errors
/// All errors of the three fields.
pub fn parse_weekly(body: &Body, zone: &Zone, now: Instant) -> Result<Option<WeeklySlots>, FieldErrors> {
    let Some(value) = body.get("weekly").filter(|value| !value.is_null()) else { return Ok(None) };
    let mut errors = FieldErrors::default();
    let weekly = errors.check("weekly", parse_hours(value));
    let first = errors.check("from", required(body, "from", parse_day));
    let last = errors.check("until", required(body, "until", parse_day));
    if let (Some(weekly), Some(first), Some(last)) = (weekly, first, last) {
        match weekly.expand(zone, first, last, now) {
            Ok(expanded) if expanded.hours.is_empty() => {
                errors.add("weekly", "These hours make no time that is still to come.");
            }
            Ok(expanded) => return Ok(Some(slots(&expanded, zone))),
            Err(WeeklyError::Order) => errors.add("until", "The last day must not be before the first."),
            Err(WeeklyError::TooLong) => errors.add(
                "until",
                &format!("Weekly hours are for {} weeks at most.", Weekly::MAX_DAYS.div_euclid(7)),
            ),
            Err(WeeklyError::OutOfRange) => errors.add("until", "This day is out of range."),
        }
    }
    Err(errors)
}

fn slots(expanded: &Expanded, zone: &Zone) -> WeeklySlots {
    let default = Preference::ALL.into_iter().find(|preference| preference.level() == DEFAULT_PREFERENCE);
    let slots = expanded.hours.iter().filter_map(|hours| {
        Some(PreferredSlot { slot: hours.slot, preference: hours.preference.or(default)? })
    });
    WeeklySlots { slots: slots.collect(), notes: notes(expanded, zone) }
}

/// What was left out or changed, a sentence for each.
fn notes(expanded: &Expanded, zone: &Zone) -> Vec<String> {
    let mut notes = Vec::new();
    match expanded.passed {
        0 => {}
        1 => notes.push("One time is left out, because it has begun already.".to_owned()),
        many => notes.push(format!("{many} times are left out, because they have begun already.")),
    }
    for begin in &expanded.skipped {
        notes.push(format!(
            "The time at {begin} is left out: clocks in {zone} are put forward then and skip all of it."
        ));
    }
    for hours in &expanded.hours {
        let (from, to) = (hours.from, hours.to);
        notes.extend(hours.change.map(|change| match change {
            ClockChange::Shorter => format!(
                "The time from {from} to {to} is shorter: clocks in {zone} are put forward then and skip a part of it."
            ),
            ClockChange::Longer => format!(
                "The time from {from} to {to} is longer: clocks in {zone} are put back then and show a part of it twice."
            ),
            ClockChange::Twice => format!(
                "The time from {from} to {to} begins or ends at a time that clocks in {zone} show twice: the first is meant."
            ),
        }));
    }
    notes
}

fn parse_hours(value: &Value) -> Result<Weekly, Value> {
    let hours = parse_list(value, Weekly::MAX, &json!({}), parse_one)?;
    if hours.is_empty() {
        return Err(message("This list may not be empty."));
    }
    Weekly::new(hours).map_err(|error| message(&error.to_string()))
}

fn parse_one(value: &Value) -> Result<WeeklyHours, Value> {
    let Value::Object(item) = value else { return Err(message("Expected a dictionary of items.")) };
    let mut errors = FieldErrors::default();
    let weekday = errors.check("weekday", required(item, "weekday", parse_weekday));
    let from = errors.check("start_time", required(item, "start_time", parse_minutes));
    let to = errors.check("end_time", required(item, "end_time", parse_minutes));
    let preference = item.get("preference_level").or_else(|| item.get("preference"));
    let preference = preference.filter(|value| !value.is_null()).map(parse_preference).transpose();
    let preference = errors.check("preference_level", preference);
    if let (Some(weekday), Some(from), Some(to), Some(preference)) = (weekday, from, to, preference) {
        match WeeklyHours::new(weekday, from, to, preference) {
            Some(hours) => return Ok(hours),
            None => errors.add("end_time", "End time must be after start time."),
        }
    }
    Err(serde_json::to_value(errors).unwrap_or_else(|_| missing()))
}

pub(super) fn parse_weekday(value: &Value) -> Result<Weekday, Value> {
    let name = parse_text(value)?;
    Weekday::parse(name.trim()).ok_or_else(|| message("Must be a day of the week, from monday to sunday."))
}

/// Reads a time of day in whole minutes: `09:00`, `09:00:00`, or `24:00` for the end of a day.
pub(super) fn parse_minutes(value: &Value) -> Result<u16, Value> {
    let wrong = || message("Must be a time of day in whole minutes: HH:MM or HH:MM:SS.");
    let text = value.as_str().ok_or_else(wrong)?;
    let mut pieces = text.trim().split(':');
    let mut number = |most: u16| {
        let piece = pieces.next()?;
        let looks_right = piece.len() == 2 && piece.bytes().all(|byte| byte.is_ascii_digit());
        piece.parse::<u16>().ok().filter(|number| looks_right && *number <= most)
    };
    let (hour, minute) = number(24).zip(number(59)).ok_or_else(wrong)?;
    let minutes = hour.saturating_mul(60).saturating_add(minute);
    match (pieces.next(), pieces.next()) {
        (None | Some("00"), None) if minutes <= crate::weekly::DAY_MINUTES => Ok(minutes),
        _ => Err(wrong()),
    }
}

fn parse_preference(value: &Value) -> Result<Preference, Value> {
    let level = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let level = level.ok_or_else(|| message("Preference level must be an integer."))?;
    let preference = u8::try_from(level).ok().and_then(Preference::new);
    preference
        .ok_or_else(|| message("Preference level must be either 1, 2, or 3 (3 being highest preference)."))
}

fn parse_day(value: &Value) -> Result<Day, Value> {
    let day = value.as_str().and_then(|text| Day::parse(text.trim()));
    day.ok_or_else(|| message("Date must be in a valid date format YYYY-MM-DD."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Option<WeeklySlots>, Value> {
        let Value::Object(body) = body else { panic!() };
        let now = Instant::parse("2026-03-20").unwrap();
        parse_weekly(&body, &Zone::parse("Europe/Berlin").unwrap(), now)
            .map_err(|errors| serde_json::to_value(errors).unwrap())
    }

    #[test]
    fn weekly_hours_become_slots_and_what_clocks_do_is_told() {
        let tuesday = json!({ "weekday": "tuesday", "start_time": "09:00:00", "end_time": "17:00", "preference_level": 2 });
        let sunday = json!({ "weekday": "Sunday", "start_time": "02:30", "end_time": "24:00" });
        let body = json!({ "weekly": [tuesday, sunday], "from": "2026-03-23", "until": "2026-04-05" });
        let made = read(body).unwrap().unwrap();
        let told = made.slots.iter().map(|s| format!("{} {}", s.slot.begin(), s.preference.level()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "2026-03-24T08:00:00Z 2",
                "2026-03-29T01:00:00Z 3",
                "2026-03-31T07:00:00Z 2",
                "2026-04-05T00:30:00Z 3"
            ]
        );
        assert_eq!(
            made.notes,
            [
                "The time from 2026-03-29T02:30 to 2026-03-30T00:00 is shorter: clocks in Europe/Berlin are put forward then and skip a part of it."
            ]
        );
        assert_eq!(read(json!({ "weekly": null, "from": 1 })), Ok(None));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let bad =
            json!({ "weekday": "mon", "start_time": "9:00", "end_time": "24:01", "preference_level": 4 });
        let backwards = json!({ "weekday": "monday", "start_time": "09:00", "end_time": "09:00:00" });
        let time = json!(["Must be a time of day in whole minutes: HH:MM or HH:MM:SS."]);
        assert_eq!(
            read(json!({ "weekly": [bad, {}, 7, backwards], "until": "2026-02-30" })),
            Err(json!({
                "weekly": [
                    {
                        "weekday": ["Must be a day of the week, from monday to sunday."], "start_time": time, "end_time": time,
                        "preference_level": ["Preference level must be either 1, 2, or 3 (3 being highest preference)."],
                    },
                    {
                        "weekday": ["This field is required."], "start_time": ["This field is required."],
                        "end_time": ["This field is required."],
                    },
                    ["Expected a dictionary of items."],
                    { "end_time": ["End time must be after start time."] },
                ],
                "from": ["This field is required."],
                "until": ["Date must be in a valid date format YYYY-MM-DD."],
            }))
        );
        let good = json!([{ "weekday": "monday", "start_time": "09:00", "end_time": "10:00" }]);
        for (from, until, field, text) in [
            ("2026-04-01", "2026-03-31", "until", "The last day must not be before the first."),
            ("2026-04-01", "2026-06-24", "until", "Weekly hours are for 12 weeks at most."),
            ("2026-03-16", "2026-03-20", "weekly", "These hours make no time that is still to come."),
        ] {
            let body = json!({ "weekly": good, "from": from, "until": until });
            assert_eq!(read(body), Err(json!({ field: [text] })));
        }
        for bad in [json!("x"), json!([]), json!({}), json!(vec![good[0].clone(); 50])] {
            assert!(read(json!({ "weekly": bad, "from": "2026-04-01", "until": "2026-04-02" })).is_err());
        }
        for time in ["", "09", "09:60", "25:00", "09:00:30", "09:00:00:00", "0９:00", "-1:00", " : "] {
            let hours = json!([{ "weekday": "monday", "start_time": time, "end_time": "23:00" }]);
            let body = json!({ "weekly": hours, "from": "2026-04-01", "until": "2026-04-20" });
            assert!(read(body).is_err(), "{time}");
        }
    }
}
