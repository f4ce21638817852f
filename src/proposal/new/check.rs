//! What is typed becomes a proposal, or faults beside the fields.

use serde_json::{Value, json};
use whittle_domain::contact::people::MAX_PEOPLE;
use whittle_domain::input::{self, Body};
use whittle_domain::instant::Instant;
use whittle_domain::order::sort_by_key;
use whittle_domain::proposal::New;
use whittle_domain::proposal::series::{MAX_WEEKS, SeriesError, Times};
use whittle_domain::slot::{Slot, Slots, WrittenSlot};
use whittle_domain::text::{Name, generated_title};
use whittle_domain::zone::Zone;

use super::draft::Draft;
use super::store::Known;
use super::times::{Listed, Row, Wrong};
use super::who::{self, Asked};
use crate::error::Result;
use crate::http::form::Faults;
use crate::texts::{say, when};

/// A proposal that can be made.
pub struct Ready {
    pub new: New,
    /// Everybody who is asked but whoever asks.
    pub asked: Vec<Asked>,
    pub zone: Zone,
}

/// Takes over the times that were typed, in order. What is no time stays a row, with why.
pub fn settle(draft: &mut Draft, zone: &Zone, now: Instant) -> Vec<(Row, Wrong)> {
    let mut wrong = Vec::new();
    let mut times: Vec<Listed> = Vec::new();
    for time in draft.times.drain(..) {
        match time.slot(zone, now) {
            Ok(_) => add(&mut times, time),
            // What is not wanted any more needs no mending.
            Err(why) if time.keep => wrong.push((time.row(), why)),
            Err(_) => {}
        }
    }
    for row in draft.rows.drain(..) {
        match row.time(zone, now) {
            Ok(time) => add(&mut times, time),
            Err(why) => wrong.push((row, why)),
        }
    }
    sort_by_key(&mut times, |time| (time.begin, time.fold, time.minutes));
    draft.times = times;
    draft.rows = wrong.iter().map(|(row, _)| row.clone()).collect();
    wrong
}

/// Adds a time, once: what is added again is ticked again.
fn add(times: &mut Vec<Listed>, time: Listed) {
    let same = |other: &&mut Listed| {
        (other.begin, other.minutes, other.fold) == (time.begin, time.minutes, time.fold)
    };
    match times.iter_mut().find(same) {
        Some(other) => other.keep |= time.keep,
        None => times.push(time),
    }
}

/// Adds the times of a series, unless there would be more than a proposal can have.
pub fn add_series(draft: &mut Draft, series: &Times) -> Faults {
    let mut times = draft.times.clone();
    for time in &series.times {
        let minutes = time.slot.duration().micros().div_euclid(60_000_000);
        let fold = time.is_twice.then_some(whittle_domain::wall::Fold::First);
        let minutes = u32::try_from(minutes).unwrap_or_default();
        add(&mut times, Listed { begin: time.begin, minutes, fold, keep: true });
    }
    let kept = times.iter().filter(|time| time.keep).count();
    if kept > Slots::MAX {
        return Faults::default()
            .with("series", say("new-fault-series-sum").with("count", kept).with("most", Slots::MAX));
    }
    sort_by_key(&mut times, |time| (time.begin, time.fold, time.minutes));
    draft.times = times;
    Faults::default()
}

/// What is wrong with a series.
pub fn series_faults(errors: &[SeriesError]) -> Faults {
    errors.iter().fold(Faults::default(), |faults, error| match error {
        SeriesError::NoWeekday => faults.with("series-day", say("new-fault-weekday")),
        SeriesError::FirstDay => faults.with("series-first-day", say("new-fault-first-day")),
        SeriesError::Hours => faults.with("series-to", say("new-fault-hours")),
        SeriesError::Length => faults.with("series-minutes", say("new-fault-series-length")),
        SeriesError::Every => faults.with("series-every", say("new-fault-every")),
        SeriesError::Weeks => faults.with("series-weeks", say("new-fault-weeks").with("most", MAX_WEEKS)),
        SeriesError::Empty => faults.with("series", say("new-fault-series-empty")),
        SeriesError::TooMany(count) => {
            faults.with("series", say("new-fault-series-many").with("count", *count).with("most", Slots::MAX))
        }
    })
}

/// Why a row is no time, in words.
pub fn said(wrong: &Wrong, zone: &Zone) -> String {
    match wrong {
        Wrong::Incomplete => say("new-fault-incomplete").to_string(),
        Wrong::Unreadable => say("new-fault-unreadable").to_string(),
        Wrong::Passed => say("new-fault-passed").to_string(),
        Wrong::Length => say("new-fault-minutes").to_string(),
        Wrong::Gap { at, before, after } => say("new-fault-gap")
            .with("time", when::wall(*at))
            .with("zone", zone.to_string())
            .with("before", when::wall(*before))
            .with("after", when::wall(*after))
            .to_string(),
        Wrong::Twice { at, .. } => {
            say("new-fault-twice").with("time", when::wall(*at)).with("zone", zone.to_string()).to_string()
        }
    }
}

/// The proposal that is typed. `rows` are those that [`settle`] has left.
///
/// 1. who is asked; 2. the times; 3. the deadline; 4. the rest is judged by the API's own reader.
pub fn check(
    draft: &Draft,
    rows: &[(Row, Wrong)],
    known: &Known,
    now: Instant,
) -> Result<std::result::Result<Ready, Faults>> {
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let asked = who::everybody(draft, known);
    let mut faults = people_faults(draft, &asked);
    if draft.title.is_empty() {
        faults = faults.with("title", say("new-fault-title"));
    }
    if draft.zone().is_none() {
        faults = faults.with("zone", say("new-fault-zone"));
    }
    if draft.joins && Name::parse(&draft.name).is_err() {
        faults = faults.with("name", say("new-fault-name"));
    }
    let slots: Vec<Slot> =
        draft.times.iter().filter(|time| time.keep).filter_map(|time| time.slot(&zone, now).ok()).collect();
    if slots.len() > Slots::MAX {
        faults = faults
            .with("times", say("new-fault-many-times").with("count", slots.len()).with("most", Slots::MAX));
    } else if slots.is_empty() && rows.is_empty() {
        faults = faults.with("times", say("new-fault-no-times"));
    }
    let deadline = match draft.deadline.date.is_empty() {
        true => None,
        false => match draft.deadline.moment(&zone, now) {
            Ok((_, instant)) => Some(instant),
            Err(why) => {
                faults = faults.with("deadline", said(&why, &zone));
                None
            }
        },
    };
    let shortest = shortest(draft);
    if shortest.is_none()
        || shortest.flatten().is_some_and(|least| slots.iter().any(|slot| minutes(slot) < least))
    {
        faults = faults.with("shortest", say("new-fault-shortest"));
    }
    let mut parties: Vec<Value> = asked.iter().map(party).collect();
    if draft.joins {
        parties.insert(0, json!({ "email": known.account.address, "name": draft.name }));
    }
    let body = json!({
        "title": if draft.title.is_empty() { "-" } else { &draft.title },
        "location": draft.location,
        "description": draft.description,
        "timezone": zone,
        "slots": slots.iter().map(WrittenSlot::from).collect::<Vec<_>>(),
        "parties": parties,
        "deadline": deadline.map(|deadline| deadline.to_string()),
        "min_duration": shortest.flatten().map(|minutes| minutes.saturating_mul(60)),
        "visibility": if draft.open { "open" } else { "names" },
    });
    let Value::Object(body) = body else { return Ok(Err(faults)) };
    match read(&body, &zone, now) {
        Ok(new) if faults.is_empty() && rows.is_empty() => Ok(Ok(Ready { new, asked, zone })),
        Ok(_) => Ok(Err(faults)),
        Err(error) => Ok(Err(beside(faults, &Faults::of(error.into())?, !rows.is_empty()))),
    }
}

fn read(body: &Body, zone: &Zone, now: Instant) -> std::result::Result<New, input::FieldErrors> {
    // The page asks for a title of its own.
    input::parse_new_proposal(body, generated_title([0; 6]), zone.clone(), now)
}

fn party(asked: &Asked) -> Value {
    let Asked { person, optional } = asked;
    let name = person.name.as_ref().map(ToString::to_string);
    json!({ "email": person.address, "name": name, "optional": optional })
}

fn people_faults(draft: &Draft, asked: &[Asked]) -> Faults {
    let mut faults = Faults::default();
    for (field, text) in [("people", &draft.people), ("optional", &draft.optional)] {
        for piece in who::unread(text) {
            faults = faults.with(field, say("new-fault-unread").with("piece", piece));
        }
    }
    let most = if draft.joins { MAX_PEOPLE.saturating_sub(1) } else { MAX_PEOPLE };
    if asked.is_empty() && faults.is_empty() {
        faults.with("people", say("new-fault-nobody"))
    } else if asked.len() > most {
        faults.with("people", say("new-fault-many-people").with("count", asked.len()).with("most", most))
    } else if !asked.is_empty() && asked.iter().all(|asked| asked.optional) {
        faults.with("people", say("new-fault-all-optional"))
    } else {
        faults
    }
}

/// The shortest length in minutes: none where nothing is typed, and `None` where that is no number.
fn shortest(draft: &Draft) -> Option<Option<i64>> {
    match draft.shortest.as_str() {
        "" => Some(None),
        text => text.parse().ok().filter(|minutes| (1..=20_160).contains(minutes)).map(Some),
    }
}

const fn minutes(slot: &Slot) -> i64 {
    slot.duration().micros().div_euclid(60_000_000)
}

/// The fields of the API with the fields of the page. What the page has found out itself is told once.
const FIELDS: [(&str, &str); 9] = [
    ("title", "title"),
    ("location", "location"),
    ("description", "description"),
    ("parties", "people"),
    ("slots", "times"),
    ("timezone", "zone"),
    ("deadline", "deadline"),
    ("min_duration", "shortest"),
    ("visibility", "visibility"),
];

/// What the API refuses, beside the fields of the page. Where rows are faulty, it misses the times that they would be: their own
/// faults say it.
fn beside(faults: Faults, refused: &Faults, rows_are_faulty: bool) -> Faults {
    let is_told =
        |faults: &Faults, ours: &str| !faults.field(ours).is_empty() || (ours == "times" && rows_are_faulty);
    FIELDS.into_iter().fold(faults, |faults, (theirs, ours)| match is_told(&faults, ours) {
        false => refused.field(theirs).iter().fold(faults, |faults, text| faults.with(ours, text)),
        true => faults,
    })
}
