//! A calendar file as the library reads it: wall times and names of zones, nothing resolved.

use serde::Deserialize;

use crate::instant::Instant;
use crate::wall::WallTime;
use crate::zone::Zone;

/// A date, or a date and a time of day, as a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Moment {
    /// `2026-11-24`, or `2026-11-24T09:00:00`.
    pub at: String,
    /// The zone that the file names; `None` for a date and for a time that is the same wherever one is.
    pub zone: Option<String>,
    /// The UTC offset in seconds by the file's own definition of that zone, if it has one.
    pub offset: Option<i32>,
    /// How long what begins then lasts, in seconds, where that is said with it.
    pub seconds: Option<i64>,
}

/// When an event repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// The last moment at which it may begin.
    pub until: Option<Moment>,
    /// When it begins.
    pub times: Vec<Moment>,
}

/// A component of a calendar file: an event, or a list of busy times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Event {
    /// The UID; empty where the file has none.
    pub uid: String,
    /// What it is called, for messages alone.
    pub title: String,
    /// Whether it takes time: neither transparent nor cancelled.
    pub busy: bool,
    /// When it begins first; `None` for a list of busy times.
    pub start: Option<Moment>,
    /// When it ends first.
    pub end: Option<Moment>,
    /// How long it lasts, in days of the calendar and seconds.
    pub duration: Option<(i32, i64)>,
    /// When it begins as well.
    pub also: Vec<Moment>,
    /// When it does not begin although it repeats then.
    pub without: Vec<Moment>,
    /// Of which instance of the event with the same UID it takes the place.
    pub instead: Option<Moment>,
    /// Whether it says how all later instances changed, too.
    pub onward: bool,
    /// When it repeats.
    pub rules: Vec<Rule>,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// It is no calendar.
    Broken,
    /// Its events repeat too often.
    Often,
    /// An event repeats every second or minute.
    Fine,
}

/// A calendar file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CalendarFile {
    /// The zone of the file as a whole (`X-WR-TIMEZONE`).
    pub timezone: Option<String>,
    /// Its events, in order.
    pub events: Vec<Event>,
    /// Why it could not be read.
    pub trouble: Option<Trouble>,
    /// The event with which that came up.
    pub title: String,
}

/// Which zones are meant where a file names none.
pub(super) struct Zones<'a> {
    /// Of a time of day.
    pub(super) of_times: &'a Zone,
    /// Of a date.
    pub(super) of_days: &'a Zone,
}

/// Why a moment is no instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    /// Nobody knows the zone.
    Zone(String),
    /// It is no date or time, or is out of range.
    Time,
}

impl Moment {
    /// Whether it is a date without a time of day.
    pub(super) fn is_date(&self) -> bool {
        !self.at.contains('T')
    }

    pub(super) fn wall(&self) -> Option<WallTime> {
        WallTime::parse(&self.at)
    }

    /// The instant, so many days of the calendar later. A zone of the IANA database has its rules there; any other the ones of
    /// the file.
    pub(super) fn instant(&self, days: i32, zones: &Zones<'_>) -> Result<Instant, Unclear> {
        let wall = self.wall().and_then(|wall| wall.plus_days(days)).ok_or(Unclear::Time)?;
        let instant = match &self.zone {
            None if self.is_date() => wall.resolve_as_calendar(zones.of_days),
            None => wall.resolve_as_calendar(zones.of_times),
            Some(name) => match (Zone::parse(name), self.offset) {
                (Some(zone), _) => wall.resolve_as_calendar(&zone),
                (None, Some(offset)) => wall.resolve_by_offset(offset),
                (None, None) => return Err(Unclear::Zone(name.clone())),
            },
        };
        instant.ok_or(Unclear::Time)
    }
}
