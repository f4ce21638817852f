//! Request bodies and query parameters about booking pages, offers, and what guests book.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::calendar::parse_integer;
use super::fields::{
    message, missing, optional, parse_address, parse_boolean, parse_instant, parse_line, parse_list,
    parse_optional_text, parse_text, parse_zone, required,
};
use super::{Body, FieldErrors};
use crate::address::Address;
use crate::booking::offer::{Answer, MAX_QUESTIONS, Offer, is_page_name, is_reserved, is_slug};
use crate::booking::starts;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::text::{Description, Name};
use crate::weekly::Day;
use crate::zone::Zone;

/// For how many minutes before it begins a meeting cannot be booked, where an offer does not say it: an hour.
const DEFAULT_NOTICE: i64 = 60;
/// How many days ahead a meeting can be booked, where an offer does not say it.
const DEFAULT_HORIZON: i64 = 60;
/// The most days whose free times are listed at once: a month.
const MOST_DAYS: u16 = 31;

/// Reads the body of `POST /api/user/offers/`, or what `PATCH` changes of an offer. What is new and has no `slug` has an empty one.
///
/// # Errors
/// All errors of all fields.
pub fn parse_offer(body: &Body, before: Option<&Offer>) -> Result<Offer, FieldErrors> {
    let mut errors = FieldErrors::default();
    let number = |errors: &mut FieldErrors, name: &str, least: u16, most: u16, old: Option<i64>| {
        let read = match (body.get(name), old) {
            (Some(value), _) => parse_integer(value, least, most).map(i64::from),
            (None, Some(old)) => Ok(old),
            (None, None) => Err(missing()),
        };
        errors.check(name, read).unwrap_or_default()
    };
    let flag = |errors: &mut FieldErrors, name: &str, old: bool| {
        let read = body.get(name).map_or(Ok(old), parse_boolean);
        errors.check(name, read).unwrap_or_default()
    };
    let old = |of: fn(&Offer) -> i64, default: i64| Some(before.map_or(default, of));
    let title = match (body.get("title"), before) {
        (Some(value), _) => parse_line(value),
        (None, Some(before)) => Ok(before.title.clone()),
        (None, None) => Err(missing()),
    };
    let title = errors.check("title", title);
    let description = match body.get("description") {
        Some(value) => parse_optional_text(value),
        None => Ok(before.map(|o| o.description.clone()).unwrap_or_default()),
    };
    let description = errors.check("description", description);
    let location = match body.get("location") {
        Some(value) => parse_optional_text(value),
        None => Ok(before.map(|o| o.location.clone()).unwrap_or_default()),
    };
    let location = errors.check("location", location);
    let minutes = number(&mut errors, "minutes", 5, 480, before.map(|o| o.minutes));
    let daily_cap = match body.get("daily_cap") {
        None => Ok(before.and_then(|o| o.daily_cap)),
        Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(value) => parse_integer(value, 1, 100).map(|cap| Some(i64::from(cap))),
    };
    let questions = match body.get("questions") {
        None => Ok(before.map(|o| o.questions.clone()).unwrap_or_default()),
        Some(value) => parse_list(value, MAX_QUESTIONS, &json!([]), parse_line),
    };
    let slug = match body.get("slug") {
        None => Ok(before.map(|o| o.slug.clone()).unwrap_or_default()),
        Some(value) => parse_slug(value),
    };
    let slug = errors.check("slug", slug).unwrap_or_default();
    let daily_cap = errors.check("daily_cap", daily_cap).flatten();
    let questions = errors.check("questions", questions).unwrap_or_default();
    let step = number(&mut errors, "step", 5, 480, old(|o| o.step, minutes));
    let buffer_before = number(&mut errors, "buffer_before", 0, 240, old(|o| o.buffer_before, 0));
    let buffer_after = number(&mut errors, "buffer_after", 0, 240, old(|o| o.buffer_after, 0));
    let notice = number(&mut errors, "notice", 0, 43_200, old(|o| o.notice, DEFAULT_NOTICE));
    let horizon_days = number(&mut errors, "horizon_days", 1, 365, old(|o| o.horizon_days, DEFAULT_HORIZON));
    let approval = flag(&mut errors, "approval", before.is_some_and(|o| o.approval));
    let paused = flag(&mut errors, "paused", before.is_some_and(|o| o.paused));
    errors.into_result()?;
    Ok(Offer {
        slug,
        title: title.ok_or_else(FieldErrors::default)?,
        description: description.unwrap_or_default(),
        location: location.unwrap_or_default(),
        minutes,
        step,
        buffer_before,
        buffer_after,
        notice,
        horizon_days,
        daily_cap,
        questions,
        approval,
        paused,
        version: before.map_or(1, |o| o.version),
    })
}

fn parse_slug(value: &Value) -> Result<String, Value> {
    let slug = parse_text(value)?.trim().to_ascii_lowercase();
    let fault = || message("Enter 1 to 40 characters of a to z, 0 to 9 and hyphens.");
    if is_slug(&slug) { Ok(slug) } else { Err(fault()) }
}

/// What an account publishes: its booking page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingPage {
    /// Its place below `/book/`.
    pub name: String,
    /// Whose page it is, in the owner's words: guests are told this name and no other.
    pub title: Name,
    /// What it is for; empty where that is not said.
    pub description: Description,
    /// Whether guests can see it.
    pub published: bool,
}

/// Reads the body of `PUT /api/user/booking_page/`.
///
/// # Errors
/// All errors of all fields.
pub fn parse_page(body: &Body) -> Result<BookingPage, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.check("name", required(body, "name", parse_page_name));
    let title = errors.check("title", required(body, "title", parse_line));
    let description = errors.check("description", optional(body, "description", parse_optional_text));
    let published = errors.check("published", optional(body, "published", parse_boolean));
    errors.into_result()?;
    // Each value is present if there was no error.
    let page = || {
        Some(BookingPage {
            name: name?,
            title: title?,
            description: description?.unwrap_or_default(),
            published: published?.unwrap_or(true),
        })
    };
    page().ok_or_else(FieldErrors::default)
}

fn parse_page_name(value: &Value) -> Result<String, Value> {
    let name = parse_text(value)?.trim().to_ascii_lowercase();
    if !is_page_name(&name) {
        return Err(message(
            "Enter 3 to 40 characters of a to z, 0 to 9 and hyphens, with no hyphen at an end.",
        ));
    }
    if is_reserved(&name) { Err(message("This name is taken.")) } else { Ok(name) }
}

/// What a guest sends to book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBooking {
    /// The start.
    pub start: Instant,
    /// As the guest is called.
    pub name: Option<Name>,
    /// Where the guest's mail goes.
    pub email: Option<Address>,
    /// One for each question, in order; those that are left out are empty.
    pub answers: Vec<Answer>,
    /// The zone in which the guest reads times.
    pub zone: Option<Zone>,
}

/// Reads the body of `POST /book/{name}/{slug}/`, of an offer with so many questions. `known` is whether the guest's name and
/// address are known already.
///
/// # Errors
/// All errors of all fields.
pub fn parse_new_booking(body: &Body, questions: usize, known: bool) -> Result<NewBooking, FieldErrors> {
    let mut errors = FieldErrors::default();
    let start = errors.check("start", required(body, "start", parse_instant));
    let is_blank = |name: &str| match body.get(name) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|text| text.trim().is_empty()),
    };
    let given = |name: &str| !(known && is_blank(name));
    let name = given("name").then(|| required(body, "name", parse_line)).transpose();
    let email = given("email").then(|| required(body, "email", parse_address)).transpose();
    let (name, email) = (errors.check("name", name), errors.check("email", email));
    let answers =
        optional(body, "answers", |value| parse_list(value, questions, &json!([]), parse_optional_text));
    let answers = errors.check("answers", answers);
    let zone = errors.check("zone", optional(body, "zone", parse_zone));
    errors.into_result()?;
    Ok(NewBooking {
        start: start.ok_or_else(FieldErrors::default)?,
        name: name.flatten(),
        email: email.flatten(),
        answers: answers.flatten().unwrap_or_default(),
        zone: zone.flatten(),
    })
}

/// The start that a body asks for, where it can be read: what is around it is read before the rest of the body is judged.
#[must_use]
pub fn parse_start(body: &Body) -> Option<Instant> {
    body.get("start").and_then(|value| parse_instant(value).ok())
}

/// The days whose free times are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first; today where that is not said.
    pub from: Option<Day>,
    /// How many: 1 to 31.
    pub days: i32,
    /// Whether a month was asked for, whose first day `from` is.
    pub month: bool,
    /// The zone whose days they are; the owner's where that is not said.
    pub zone: Option<Zone>,
}

impl Days {
    /// The first day.
    #[must_use]
    pub fn first(&self, zone: &Zone, now: Instant) -> Option<Day> {
        self.from.or_else(|| Day::of(now, zone))
    }

    /// The range that these days are in this zone. `None` where the calendar ends.
    #[must_use]
    pub fn range(&self, zone: &Zone, now: Instant) -> Option<Slot> {
        starts::days(self.first(zone, now)?, self.days, zone)
    }
}

/// Reads `from` and `days`, or `month`, and `zone` from a query.
///
/// # Errors
/// All errors of all of them.
pub fn parse_days<'a>(query: impl Fn(&str) -> Option<&'a str>) -> Result<Days, FieldErrors> {
    let mut errors = FieldErrors::default();
    let wrong = || message("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.");
    let from = query("from").map(|text| Day::parse(text).ok_or_else(wrong)).transpose();
    let days = query("days").map(|text| parse_integer(&json!(text), 1, MOST_DAYS)).transpose();
    let zone = query("zone").map(|text| parse_zone(&json!(text))).transpose();
    let wrong = || message("Month has wrong format. Use this format instead: YYYY-MM.");
    let month = query("month").map(|text| parse_month(text).ok_or_else(wrong)).transpose();
    let (from, days) = (errors.check("from", from).flatten(), errors.check("days", days).flatten());
    let (zone, month) = (errors.check("zone", zone).flatten(), errors.check("month", month).flatten());
    if month.is_some() && (from.is_some() || days.is_some()) {
        errors.add("month", "Ask for a month, or for days from a date.");
    }
    errors.into_result()?;
    Ok(match month {
        Some((from, days)) => Days { from: Some(from), days, month: true, zone },
        None => Days { from, days: i32::from(days.unwrap_or(MOST_DAYS)), month: false, zone },
    })
}

/// The first day of a month that is written `2026-11`, and how many it has.
fn parse_month(text: &str) -> Option<(Day, i32)> {
    let first = Day::parse(&format!("{text}-01"))?;
    let next = (28..=31).find(|days| {
        let day = first.plus_days(*days).map(|day| day.to_string());
        day.is_none_or(|day| day.ends_with("-01"))
    })?;
    Some((first, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn body(value: Value) -> Map<String, Value> {
        let Value::Object(body) = value else { panic!() };
        body
    }

    fn faults(value: Value) -> Value {
        json!(parse_offer(&body(value), None).unwrap_err())
    }

    #[test]
    fn an_offer_needs_a_title_and_a_length_and_has_defaults() {
        let offer = parse_offer(&body(json!({ "title": " Call ", "minutes": 45 })), None).unwrap();
        assert_eq!((offer.title.as_str(), offer.minutes, offer.step), ("Call", 45, 45));
        assert_eq!(
            (offer.buffer_before, offer.buffer_after, offer.notice, offer.horizon_days),
            (0, 0, 60, 60)
        );
        assert_eq!(
            (offer.daily_cap, offer.questions.len(), offer.approval, offer.paused),
            (None, 0, false, false)
        );
        let required = json!(["This field is required."]);
        assert_eq!(faults(json!({})), json!({ "title": required, "minutes": required }));
    }

    #[test]
    fn all_faults_of_an_offer_are_told_at_once() {
        let most = |n: u32| json!([format!("Ensure this value is less than or equal to {n}.")]);
        let least = |n: u32| json!([format!("Ensure this value is greater than or equal to {n}.")]);
        let told = faults(json!({
            "title": "", "description": "x".repeat(2_001), "location": "a\nb", "minutes": 4, "step": 481,
            "buffer_before": 241, "buffer_after": -1, "notice": 43_201, "horizon_days": 0, "daily_cap": 101,
            "questions": ["", "x".repeat(201), "fine"], "approval": "perhaps", "paused": null, "slug": "A b",
        }));
        let told = told.as_object().unwrap();
        assert_eq!(told.len(), 14, "{told:?}");
        for (field, fault) in [
            ("minutes", least(5)),
            ("step", most(480)),
            ("buffer_before", most(240)),
            ("buffer_after", least(0)),
            ("notice", most(43_200)),
            ("horizon_days", least(1)),
            ("daily_cap", most(100)),
            ("title", json!(["This field may not be blank."])),
            ("paused", json!(["This field may not be null."])),
            (
                "questions",
                json!([
                    ["This field may not be blank."],
                    ["Ensure this field has no more than 200 characters."],
                    []
                ]),
            ),
        ] {
            assert_eq!(told[field], fault, "{field}");
        }
        let four = faults(json!({ "title": "x", "minutes": 5, "questions": ["a", "b", "c", "d"] }));
        assert_eq!(
            four["questions"]["non_field_errors"][0],
            "Ensure this field has no more than 3 elements."
        );
        for bad in [json!("five"), json!(5.5), json!(null), json!([5]), json!(true)] {
            assert_eq!(
                faults(json!({ "title": "x", "minutes": bad }))["minutes"][0],
                "A valid integer is required."
            );
        }
    }

    #[test]
    fn the_edges_of_every_number_are_taken() {
        for (least, value) in [(true, [5, 5, 0, 0, 0, 1, 1]), (false, [480, 480, 240, 240, 43_200, 365, 100])]
        {
            let [minutes, step, before, after, notice, horizon, cap] = value;
            let offer = parse_offer(
                &body(json!({
                    "title": "x", "minutes": minutes, "step": step, "buffer_before": before, "buffer_after": after,
                    "notice": notice, "horizon_days": horizon, "daily_cap": cap,
                })),
                None,
            );
            assert!(offer.is_ok(), "{least}");
        }
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let before = parse_offer(
            &body(json!({ "title": "Call", "minutes": 45, "daily_cap": 2, "questions": ["Why?"] })),
            None,
        )
        .unwrap();
        let after = parse_offer(&body(json!({ "minutes": 30, "paused": true })), Some(&before)).unwrap();
        assert_eq!(after, Offer { minutes: 30, paused: true, ..before.clone() });
        let after = parse_offer(&body(json!({ "daily_cap": null, "questions": [] })), Some(&before)).unwrap();
        assert_eq!((after.daily_cap, after.questions.len()), (None, 0));
    }

    #[test]
    fn a_page_has_a_name_that_can_be_had() {
        let page = parse_page(&body(json!({ "name": "Ana-2", "title": "Ana" }))).unwrap();
        assert_eq!((page.name.as_str(), page.published, page.description.as_str()), ("ana-2", true, ""));
        for (name, fault) in [
            ("api", "This name is taken."),
            ("an", "Enter 3 to 40 characters of a to z, 0 to 9 and hyphens, with no hyphen at an end."),
        ] {
            let faults = parse_page(&body(json!({ "name": name, "title": "Ana" }))).unwrap_err();
            assert_eq!(json!(faults), json!({ "name": [fault] }));
        }
        assert_eq!(json!(parse_page(&Map::new()).unwrap_err()).as_object().unwrap().len(), 2);
    }

    #[test]
    fn days_are_from_a_date_or_of_a_month() {
        let read = |pairs: &'static [(&'static str, &'static str)]| {
            parse_days(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value))
        };
        let days = read(&[("from", "2026-11-24"), ("days", "7"), ("zone", "europe/berlin")]).unwrap();
        assert_eq!(
            (days.from.unwrap().to_string().as_str(), days.days, days.month),
            ("2026-11-24", 7, false)
        );
        assert_eq!(days.zone.unwrap().to_string(), "Europe/Berlin");
        for (month, length) in [("2026-02", 28), ("2028-02", 29), ("2026-11", 30), ("2026-12", 31)] {
            let found = parse_month(month).unwrap();
            assert_eq!((found.0.to_string(), found.1), (format!("{month}-01"), length));
        }
        let plain = read(&[]).unwrap();
        assert_eq!((plain.from, plain.days, plain.zone), (None, 31, None));
        for (pair, field) in [
            (&[("month", "2026-13")], "month"),
            (&[("month", "2026-1")], "month"),
            (&[("month", "")], "month"),
            (&[("month", "2026-11-01")], "month"),
            (&[("from", "2026-02-30")], "from"),
            (&[("from", "24.11.2026")], "from"),
            (&[("from", "")], "from"),
            (&[("days", "0")], "days"),
            (&[("days", "32")], "days"),
            (&[("days", "x")], "days"),
            (&[("days", "")], "days"),
            (&[("days", "-1")], "days"),
            (&[("zone", "Mars/Base")], "zone"),
            (&[("zone", "")], "zone"),
        ] {
            let faults = json!(read(pair).unwrap_err());
            assert!(faults[field].is_array(), "{pair:?} {faults}");
        }
        assert!(json!(read(&[("month", "2026-11"), ("days", "3")]).unwrap_err())["month"].is_array());
    }

    #[test]
    fn a_booking_needs_a_name_and_an_address_unless_they_are_known() {
        let sent =
            json!({ "start": "2026-11-24T09:00:00+01:00", "answers": ["because"], "zone": "Asia/Tokyo" });
        let known = parse_new_booking(&body(sent.clone()), 1, true).unwrap();
        assert_eq!((known.name, known.email, known.answers.len()), (None, None, 1));
        let faults = json!(parse_new_booking(&body(sent), 1, false).unwrap_err());
        assert_eq!(
            faults,
            json!({ "name": ["This field is required."], "email": ["This field is required."] })
        );
        let faults = json!(
            parse_new_booking(
                &body(json!({
                    "start": "soon", "name": "", "email": "x", "answers": ["a", "b"], "zone": "Mars",
                })),
                1,
                false
            )
            .unwrap_err()
        );
        assert_eq!(faults.as_object().unwrap().len(), 5, "{faults}");
    }
}
