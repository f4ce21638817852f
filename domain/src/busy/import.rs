//! Which busy times a calendar file says.

use crate::order::sort_by_key;
use std::collections::{BTreeMap, BTreeSet};

use super::MAX_INSTANCES;
use super::file::{CalendarFile, Event, Moment, Trouble, Unclear, Zones};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::zone::Zone;

/// The days for which rules are expanded, counted from today: a year, and the day on which it is full.
const DAYS: i64 = 366;
const DAY_MICROS: i64 = 86_400_000_000;
/// The most characters of a title or a zone that a message quotes.
const MOST_QUOTED: usize = 60;

/// From when to when busy times count: whole days of UTC, so that a file that is sent twice on a day says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The number of the first day, counted from 1970-01-01.
    pub first: i64,
    /// The number of the day after the last.
    pub end: i64,
}

impl Range {
    /// A year from the day of `now` on.
    #[must_use]
    pub const fn from(now: Instant) -> Self {
        let first = now.micros().div_euclid(DAY_MICROS);
        Self { first, end: first.saturating_add(DAYS) }
    }

    fn contains(self, slot: &Slot) -> bool {
        slot.end().micros() > self.first.saturating_mul(DAY_MICROS)
            && slot.begin().micros() < self.end.saturating_mul(DAY_MICROS)
    }
}

/// The busy times of all events with one UID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedEvent {
    /// The UID. Events without one are told apart by when they begin.
    pub uid: String,
    /// The times within the range, ordered, each once; none where all of it is past, free or cancelled.
    pub slots: Vec<Slot>,
}

/// What a file brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Its events, ordered by UID, each UID once.
    pub events: Vec<ImportedEvent>,
    /// How many events take no time: they are free or cancelled.
    pub free: usize,
}

impl Import {
    /// The number of busy times, at most [`MAX_INSTANCES`].
    #[must_use]
    pub fn instances(&self) -> usize {
        self.events.iter().map(|event| event.slots.len()).sum()
    }
}

/// Why a file is not imported. `Display` says it to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// It is no calendar file.
    Broken,
    /// There are more busy times than [`MAX_INSTANCES`]; an event that repeats that often, if it is one.
    Often(String),
    /// This event repeats every second or minute.
    Fine(String),
    /// An event is in this zone, which neither the IANA database nor the file defines.
    Zone(String),
    /// A time of this event is none.
    Time(String),
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken => f.write_str("This is not a calendar file (iCalendar)."),
            Self::Often(title) if title.is_empty() => write!(
                f,
                "The file has more than {MAX_INSTANCES} busy times within the next year, which is the most that can be imported."
            ),
            Self::Often(title) => write!(
                f,
                "With “{title}” the file has more than {MAX_INSTANCES} busy times within the next year, which is the most that can be imported."
            ),
            Self::Fine(title) if title.is_empty() => {
                f.write_str("An event repeats every second or every minute. That cannot be imported.")
            }
            Self::Fine(title) => {
                write!(f, "“{title}” repeats every second or every minute. That cannot be imported.")
            }
            Self::Zone(name) => {
                write!(f, "The time zone “{name}” is not known, and the file does not define it.")
            }
            Self::Time(title) if title.is_empty() => f.write_str("An event has a date or time that is none."),
            Self::Time(title) => write!(f, "“{title}” has a date or time that is none."),
        }
    }
}

/// The busy times that the file says for the account with this zone.
///
/// Times of day without a zone are in the account's. A date lasts all day: in the zone of the file as a whole, or else in the
/// account's. Of an instance that has a component of its own that one counts.
///
/// # Errors
/// See [`ImportError`].
pub fn plan_import(file: &CalendarFile, account: &Zone, range: Range) -> Result<Import, ImportError> {
    match file.trouble {
        Some(Trouble::Broken) => return Err(ImportError::Broken),
        Some(Trouble::Often) => return Err(ImportError::Often(quoted(&file.title))),
        Some(Trouble::Fine) => return Err(ImportError::Fine(quoted(&file.title))),
        None => {}
    }
    let of_file = file.timezone.as_deref().and_then(|name| Zone::parse(name.trim()));
    let zones = Zones { of_times: account, of_days: of_file.as_ref().unwrap_or(account) };
    let mut by_uid: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
    for event in &file.events {
        by_uid.entry(uid(event)).or_default().push(event);
    }
    let mut import =
        Import { free: file.events.iter().filter(|event| !event.busy).count(), ..Import::default() };
    let mut left = MAX_INSTANCES;
    for (uid, events) in by_uid {
        let slots = Series::of(&events, &zones)?.slots(range, left)?;
        left = left.saturating_sub(slots.len());
        import.events.push(ImportedEvent { uid, slots });
    }
    Ok(import)
}

/// The UID of an event, or what stands for it.
fn uid(event: &Event) -> String {
    if !event.uid.is_empty() {
        return event.uid.clone();
    }
    let first = event.start.as_ref().or(event.also.first());
    first.map_or_else(String::new, |first| {
        format!("{} {}", first.at, first.zone.as_deref().unwrap_or_default())
    })
}

/// The components with one UID: events that repeat, and instances that were changed.
struct Series<'a> {
    events: Vec<&'a Event>,
    /// When the instances would have begun that have a component of their own.
    replaced: BTreeSet<Begin>,
    /// How all instances from one on changed, ordered by that one.
    shifted: Vec<(Instant, &'a Event)>,
    zones: &'a Zones<'a>,
}

/// What tells an instance from the others: the instant, or for what lasts all day the date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Begin {
    At(Instant),
    On(String),
}

impl<'a> Series<'a> {
    fn of(events: &[&'a Event], zones: &'a Zones<'a>) -> Result<Self, ImportError> {
        let mut series =
            Self { events: events.to_vec(), replaced: BTreeSet::new(), shifted: Vec::new(), zones };
        for event in events {
            let Some(instead) = &event.instead else { continue };
            series.replaced.insert(series.begin(instead, event)?);
            if event.onward {
                series.shifted.push((series.instant(instead, 0, event)?, event));
            }
        }
        sort_by_key(&mut series.shifted, |(from, _)| *from);
        Ok(series)
    }

    /// The busy times within the range.
    fn slots(&self, range: Range, most: usize) -> Result<Vec<Slot>, ImportError> {
        let mut slots: BTreeSet<Slot> = BTreeSet::new();
        for event in &self.events {
            for slot in self.of_event(event)?.into_iter().flatten().filter(|slot| range.contains(slot)) {
                slots.insert(slot);
                if slots.len() > most {
                    return Err(ImportError::Often(quoted(&event.title)));
                }
            }
        }
        Ok(slots.into_iter().collect())
    }

    /// The busy times of a component; those that are none are `None`.
    fn of_event(&self, event: &Event) -> Result<Vec<Option<Slot>>, ImportError> {
        if event.instead.is_some() {
            let start = event.start.as_ref().filter(|_| event.busy);
            return start
                .map(|start| self.slot(start, event, Duration::from_micros(0)))
                .into_iter()
                .collect();
        }
        let mut without: BTreeSet<Begin> = self.replaced.clone();
        for moment in &event.without {
            without.insert(self.begin(moment, event)?);
        }
        let mut times: Vec<&Moment> = event.start.iter().chain(&event.also).collect();
        for rule in &event.rules {
            let until = rule.until.as_ref().map(|until| self.last(until, event)).transpose()?;
            for time in &rule.times {
                if until.is_none_or(|until| self.instant(time, 0, event).is_ok_and(|at| at <= until)) {
                    times.push(time);
                }
            }
        }
        let mut slots = Vec::new();
        for time in times {
            // What a day takes out, it takes out at whatever time of that day.
            let day = time.at.get(..10).unwrap_or_default().to_owned();
            if without.contains(&self.begin(time, event)?) || without.contains(&Begin::On(day)) {
                continue;
            }
            slots.push(self.shifted_slot(time, event)?);
        }
        Ok(slots)
    }

    /// The time of an instance, after what all later instances were changed to.
    fn shifted_slot(&self, time: &Moment, event: &Event) -> Result<Option<Slot>, ImportError> {
        let none = Duration::from_micros(0);
        if self.shifted.is_empty() {
            return if event.busy { self.slot(time, event, none) } else { Ok(None) };
        }
        let at = self.instant(time, 0, event)?;
        match self.shifted.iter().rev().find(|(from, _)| *from <= at) {
            None if event.busy => self.slot(time, event, none),
            Some((from, changed)) if changed.busy => {
                let start =
                    changed.start.as_ref().map(|start| self.instant(start, 0, changed)).transpose()?;
                let by = start.unwrap_or(*from).micros().saturating_sub(from.micros());
                self.slot(time, changed, Duration::from_micros(by))
            }
            _ => Ok(None),
        }
    }

    /// The time that begins then and is as long as the event, so much later.
    fn slot(&self, time: &Moment, event: &Event, later: Duration) -> Result<Option<Slot>, ImportError> {
        let begin = self.instant(time, 0, event)?;
        let end = match (time.seconds, &event.start, &event.end, event.duration) {
            (Some(seconds), ..) => begin.checked_add(Duration::from_seconds(seconds)),
            // A day lasts until the next one begins, whatever the clocks do meanwhile.
            (None, Some(start), Some(end), _) if start.is_date() => {
                let days = start.wall().zip(end.wall()).map(|(start, end)| end.seconds_since(start));
                let days = days.map_or(1, |seconds| seconds.div_euclid(86_400)).max(1);
                Some(self.instant(time, i32::try_from(days).unwrap_or(i32::MAX), event)?)
            }
            // What says when it ends lasts equally long each time (RFC 5545, 3.8.5.3).
            (None, Some(start), Some(end), _) => {
                let (from, to) = (self.instant(start, 0, event)?, self.instant(end, 0, event)?);
                begin.checked_add(Duration::from_micros(to.micros().saturating_sub(from.micros())))
            }
            // A length in days is one of the calendar.
            (None, _, None, Some((days, seconds))) => {
                self.instant(time, days, event)?.checked_add(Duration::from_seconds(seconds))
            }
            (None, Some(start), None, None) if start.is_date() => Some(self.instant(time, 1, event)?),
            (None, ..) => None,
        };
        let slot = |end: Instant| {
            let length = end.micros().checked_sub(begin.micros())?;
            Slot::new(begin.checked_add(later)?, Duration::from_micros(length)).ok()
        };
        Ok(end.and_then(slot))
    }

    /// The last instant of a rule: of a date the end of that day.
    fn last(&self, until: &Moment, event: &Event) -> Result<Instant, ImportError> {
        let days = i32::from(until.is_date());
        let last = self.instant(until, days, event)?;
        Ok(if until.is_date() { last.saturating_add(Duration::from_micros(-1)) } else { last })
    }

    fn begin(&self, moment: &Moment, event: &Event) -> Result<Begin, ImportError> {
        match moment.is_date() {
            true => Ok(Begin::On(moment.at.clone())),
            false => Ok(Begin::At(self.instant(moment, 0, event)?)),
        }
    }

    fn instant(&self, moment: &Moment, days: i32, event: &Event) -> Result<Instant, ImportError> {
        moment.instant(days, self.zones).map_err(|unclear| match unclear {
            Unclear::Zone(name) => ImportError::Zone(quoted(&name)),
            Unclear::Time => ImportError::Time(quoted(&event.title)),
        })
    }
}

/// What a message may quote of a file.
fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    clean.trim().chars().take(MOST_QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};
    use proptest::sample::select;
    use serde_json::{Value, json};

    fn plan(file: &Value) -> Result<Import, ImportError> {
        let file: CalendarFile = serde_json::from_value(file.clone()).unwrap();
        let now = Instant::parse("2026-10-20T08:00:00Z").unwrap();
        plan_import(&file, &Zone::parse("Europe/Berlin").unwrap(), Range::from(now))
    }

    fn told(file: &Value) -> Vec<String> {
        let slots = plan(file).unwrap().events.into_iter().flat_map(|event| event.slots);
        slots.map(|slot| format!("{} {}", slot.begin(), slot.end())).collect()
    }

    fn berlin(at: &str) -> Value {
        json!({ "at": at, "zone": "Europe/Berlin" })
    }

    fn weekly(more: Value) -> Value {
        let times: Vec<Value> = ["20", "27"].map(|day| berlin(&format!("2026-10-{day}T09:00:00"))).to_vec();
        let mut event = json!({
            "uid": "a", "busy": true, "start": times[0], "end": berlin("2026-10-20T10:00:00"),
            "rules": [{ "times": times }],
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    }

    #[test]
    fn what_repeats_by_the_clock_keeps_its_hour_when_clocks_change() {
        assert_eq!(
            told(&json!({ "events": [weekly(json!({}))] })),
            ["2026-10-20T07:00:00Z 2026-10-20T08:00:00Z", "2026-10-27T08:00:00Z 2026-10-27T09:00:00Z"]
        );
    }

    #[test]
    fn an_instance_is_left_out_moved_or_cancelled() {
        let second = "2026-10-27T08:00:00Z 2026-10-27T09:00:00Z";
        for without in [json!({ "at": "2026-10-20T07:00:00", "zone": "UTC" }), json!({ "at": "2026-10-20" })]
        {
            assert_eq!(told(&json!({ "events": [weekly(json!({ "without": [without] }))] })), [second]);
        }
        let instead = json!({
            "uid": "a", "busy": true, "instead": { "at": "2026-10-20T07:00:00", "zone": "UTC" },
            "start": berlin("2026-10-21T12:00:00"), "duration": [0, 900],
        });
        assert_eq!(
            told(&json!({ "events": [weekly(json!({})), instead] })),
            ["2026-10-21T10:00:00Z 2026-10-21T10:15:00Z", second]
        );
        let mut cancelled = instead.clone();
        cancelled["busy"] = json!(false);
        assert_eq!(told(&json!({ "events": [weekly(json!({})), cancelled] })), [second]);
        let onward = json!({
            "uid": "a", "busy": true, "onward": true, "instead": berlin("2026-10-20T09:00:00"),
            "start": berlin("2026-10-20T11:00:00"), "end": berlin("2026-10-20T13:00:00"),
        });
        assert_eq!(
            told(&json!({ "events": [onward, weekly(json!({}))] })),
            ["2026-10-20T09:00:00Z 2026-10-20T11:00:00Z", "2026-10-27T10:00:00Z 2026-10-27T12:00:00Z"]
        );
    }

    #[test]
    fn a_rule_ends_with_its_last_moment_included() {
        for (until, count) in [
            (json!({ "at": "2026-10-27T08:00:00", "zone": "UTC" }), 2),
            (json!({ "at": "2026-10-27T07:59:59", "zone": "UTC" }), 1),
            (berlin("2026-10-27T09:00:00"), 2),
            (json!({ "at": "2026-10-27" }), 2),
            (json!({ "at": "2026-10-26" }), 1),
        ] {
            let times = [berlin("2026-10-20T09:00:00"), berlin("2026-10-27T09:00:00")];
            let rules = json!({ "rules": [{ "until": until, "times": times }] });
            assert_eq!(told(&json!({ "events": [weekly(rules)] })).len(), count, "{until}");
        }
    }

    #[test]
    fn days_are_those_of_the_file_or_the_account_and_times_without_a_zone_the_accounts() {
        let day = json!({ "uid": "d", "busy": true, "start": { "at": "2026-10-25" } });
        // A day of 25 hours.
        assert_eq!(told(&json!({ "events": [day] })), ["2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"]);
        let file = json!({ "timezone": "America/New_York", "events": [day] });
        assert_eq!(told(&file), ["2026-10-25T04:00:00Z 2026-10-26T04:00:00Z"]);
        let days = json!({ "uid": "d", "busy": true, "start": { "at": "2026-10-24" }, "end": { "at": "2026-10-27" } });
        assert_eq!(told(&json!({ "events": [days] })), ["2026-10-23T22:00:00Z 2026-10-26T23:00:00Z"]);
        let floating = json!({ "uid": "f", "busy": true, "start": { "at": "2026-10-25T12:00:00" }, "duration": [1, 60] });
        let file = json!({ "timezone": "America/New_York", "events": [floating] });
        assert_eq!(told(&file), ["2026-10-25T11:00:00Z 2026-10-26T11:01:00Z"]);
    }

    #[test]
    fn a_zone_is_the_databases_the_files_or_none() {
        let at = |zone: &str, offset: Option<i32>| {
            let start = json!({ "at": "2026-11-24T09:00:00", "zone": zone, "offset": offset });
            json!({ "events": [{ "uid": "z", "busy": true, "start": start, "duration": [0, 60] }] })
        };
        assert_eq!(told(&at("Europe/Berlin", Some(0))), ["2026-11-24T08:00:00Z 2026-11-24T08:01:00Z"]);
        assert_eq!(told(&at("Ours", Some(7200))), ["2026-11-24T07:00:00Z 2026-11-24T07:01:00Z"]);
        assert_eq!(plan(&at("Ours\n", None)), Err(ImportError::Zone("Ours".to_owned())));
        assert!(matches!(plan(&at("Ours", Some(i32::MAX))), Err(ImportError::Time(_))));
    }

    #[test]
    fn what_is_free_past_far_off_or_takes_no_time_is_not_busy() {
        let free =
            json!({ "uid": "f", "busy": false, "start": berlin("2026-10-21T09:00:00"), "duration": [0, 60] });
        let moment = json!({ "uid": "m", "busy": true, "start": berlin("2026-10-21T09:00:00") });
        let backwards = json!({ "uid": "b", "busy": true, "start": berlin("2026-10-21T09:00:00"), "end": berlin("2026-10-21T08:00:00") });
        let on = |uid: &str, at: &str| json!({ "uid": uid, "busy": true, "start": { "at": at, "zone": "UTC" }, "duration": [0, 60] });
        let file = json!({ "events": [
            free, moment, backwards, on("1", "2026-10-19T23:59:00"), on("2", "2026-10-19T23:59:01"),
            on("3", "2027-10-20T23:59:59"), on("4", "2027-10-21T00:00:00"),
        ] });
        assert_eq!(
            told(&file),
            ["2026-10-19T23:59:01Z 2026-10-20T00:00:01Z", "2027-10-20T23:59:59Z 2027-10-21T00:00:59Z"]
        );
        assert_eq!(plan(&file).unwrap().free, 1);
    }

    #[test]
    fn a_file_brings_so_many_times_and_one_more_is_refused() {
        let times = |count: usize| -> Vec<Value> {
            let at = |n: usize| format!("2026-11-{:02}T{:02}:{:02}:00", n / 1440 + 1, n / 60 % 24, n % 60);
            (0..count).map(|n| json!({ "at": at(n), "zone": "UTC", "seconds": 60 })).collect()
        };
        let file = |count: usize| {
            let half = times(count);
            let (first, second) = half.split_at(count / 2);
            json!({ "events": [{ "uid": "a", "busy": true, "also": first }, { "uid": "b", "title": "Many", "busy": true, "also": second }] })
        };
        assert_eq!(plan(&file(1_000)).unwrap().instances(), 1_000);
        assert_eq!(plan(&file(1_001)), Err(ImportError::Often("Many".to_owned())));
        // The same time counts once.
        let twice = [times(1_000), times(1_000)].concat();
        let file = json!({ "events": [{ "uid": "a", "busy": true, "also": twice }] });
        assert_eq!(plan(&file).unwrap().instances(), 1_000);
    }

    #[test]
    fn trouble_is_told() {
        for (trouble, said) in [
            ("broken", "This is not a calendar file (iCalendar)."),
            ("fine", "“Tick” repeats every second or every minute. That cannot be imported."),
            (
                "often",
                "With “Tick” the file has more than 1000 busy times within the next year, which is the most that can be imported.",
            ),
        ] {
            let error = plan(&json!({ "trouble": trouble, "title": "Ti\u{7}ck" })).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
        let bad = json!({ "events": [{ "uid": "t", "title": "Odd", "busy": true, "start": { "at": "2026-13-45T99:00:00" } }] });
        assert_eq!(plan(&bad).unwrap_err().to_string(), "“Odd” has a date or time that is none.");
    }

    fn any_moment() -> impl Strategy<Value = Moment> {
        let at = select(vec![
            "2026-10-25T02:30:00",
            "2027-03-28T02:30:00",
            "2026-10-25",
            "2026-12-31T23:59:59",
            "9999-12-31T23:00:00",
            "0001-01-01",
            "x",
            "2026-99-99",
        ]);
        let zone = prop::option::of(select(vec!["Europe/Berlin", "UTC", "Ours", "", "Pacific/Apia"]));
        (at, zone, any::<Option<i32>>(), any::<Option<i64>>()).prop_map(|(at, zone, offset, seconds)| {
            Moment { at: at.to_owned(), zone: zone.map(ToOwned::to_owned), offset, seconds }
        })
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let moments = || prop::collection::vec(any_moment(), 0..3);
        let ends =
            (prop::option::of(any_moment()), prop::option::of(any_moment()), any::<Option<(i32, i64)>>());
        let rule =
            (prop::option::of(any_moment()), moments()).prop_map(|(until, times)| Rule { until, times });
        (
            ends,
            moments(),
            moments(),
            prop::option::of(any_moment()),
            any::<[bool; 2]>(),
            prop::collection::vec(rule, 0..2),
            0..2_u8,
        )
            .prop_map(
                |((start, end, duration), also, without, instead, [busy, onward], rules, uid)| Event {
                    uid: uid.to_string(),
                    title: "T".to_owned(),
                    busy,
                    start,
                    end,
                    duration,
                    also,
                    without,
                    instead,
                    onward,
                    rules,
                },
            )
    }

    use super::super::file::Rule;

    proptest! {
        #[test]
        fn whatever_the_library_gives_nothing_panics_and_each_time_is_in_the_range(events in prop::collection::vec(any_event(), 0..4)) {
            let range = Range::from(Instant::parse("2026-10-20T08:00:00Z").unwrap());
            let file = CalendarFile { events, ..CalendarFile::default() };
            if let Ok(import) = plan_import(&file, &Zone::default(), range) {
                for event in &import.events {
                    prop_assert!(event.slots.iter().all(|slot| range.contains(slot)));
                    prop_assert!(event.slots.windows(2).all(|pair| pair[0] < pair[1]));
                }
                prop_assert!(import.instances() <= MAX_INSTANCES);
            }
        }
    }
}
