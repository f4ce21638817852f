//! The times of a proposal as its pages list them: by day of the reader's zone, what is offered among what was cut.

use std::collections::BTreeMap;
use whittle_domain::order::sort_by_key;

use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::proposal::{CutTime, ReaderView};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use super::name;
pub use crate::http::form::{parse_slot as parse, slot_value as value};
use crate::texts::{say, when};

/// A day of the reader's zone with its times.
pub struct Day {
    /// `Tuesday 24 November 2026`
    pub heading: String,
    pub rows: Vec<Row>,
}

/// A time.
pub struct Row {
    pub slot: Slot,
    /// As forms carry it.
    pub value: String,
    /// `10:00 to 10:45`
    pub clock: String,
    /// The same in the zone of the proposal, where that shows something else.
    pub origin: Option<String>,
    /// Whether the reader keeps it.
    pub kept: bool,
    /// Who cut it and when, where it is not offered any more.
    pub cut: Option<String>,
    /// The name of whoever else cut it.
    pub cut_by: Option<String>,
    /// How it was longer before, and who shortened it.
    pub shortened: Option<String>,
    /// The clock times that limit the part of it that the reader keeps, as they were typed.
    pub part: (String, String),
}

impl Row {
    /// The beginning in UTC, for machines.
    pub fn begin(&self) -> Instant {
        self.slot.begin()
    }
}

/// What the rows need to know.
pub struct Times<'a> {
    pub reader: &'a ReaderView,
    /// The reader's zone.
    pub zone: &'a Zone,
    /// What the reader keeps.
    pub kept: &'a dyn Fn(&Slot) -> bool,
    /// What was typed of the parts that the reader keeps.
    pub parts: &'a dyn Fn(&Slot) -> Option<(String, String)>,
}

impl Times<'_> {
    /// The days, in order.
    pub fn days(&self) -> Vec<Day> {
        let offered = self.reader.offered.iter().map(|slot| self.offered(slot));
        let cut = self.reader.cuts.iter().filter(|cut| !self.is_shortened(cut)).map(|cut| self.cut(cut));
        let mut days: BTreeMap<LocalTime, Vec<Row>> = BTreeMap::new();
        for row in offered.chain(cut) {
            let local = LocalTime::of(row.slot.begin(), self.zone);
            let midnight = LocalTime { hour: 0, minute: 0, second: 0, offset: 0, ..local };
            days.entry(midnight).or_default().push(row);
        }
        let day = |(day, mut rows): (LocalTime, Vec<Row>)| {
            sort_by_key(&mut rows, |row| row.slot);
            Day { heading: when::day(&day), rows }
        };
        days.into_iter().map(day).collect()
    }

    fn row(&self, slot: &Slot) -> Row {
        Row {
            slot: *slot,
            value: value(slot),
            clock: when::clock_range(slot, self.zone),
            origin: when::origin(slot, self.zone, &self.reader.zone),
            kept: false,
            cut: None,
            cut_by: None,
            shortened: None,
            part: self.whole(slot),
        }
    }

    fn offered(&self, slot: &Slot) -> Row {
        let longer = self.reader.cuts.iter().find(|cut| slot.is_within(&cut.slot) && cut.slot != *slot);
        let shortened = longer.map(|cut| {
            say("time-shortened")
                .with("time", when::clock_range(&cut.slot, self.zone))
                .with("name", name(&cut.by))
                .to_string()
        });
        let part = (self.parts)(slot).unwrap_or_else(|| self.whole(slot));
        Row { kept: (self.kept)(slot), shortened, part, ..self.row(slot) }
    }

    fn cut(&self, cut: &CutTime) -> Row {
        let own =
            Some(cut.by.number) == self.reader.you.party || (cut.by.number == 0 && self.reader.you.creator);
        let name = name(&cut.by);
        let cut_by = (!own).then(|| name.clone());
        let said = match cut.at {
            Some(at) => {
                let local = LocalTime::of(at, self.zone);
                say("time-cut-by-at")
                    .with("name", name)
                    .with("day", when::short_day(&local))
                    .with("clock", local.hour_and_minute())
                    .to_string()
            }
            None => say("time-cut-by").with("name", name).to_string(),
        };
        Row { cut: Some(said), cut_by, ..self.row(&cut.slot) }
    }

    /// Whether a part of this time is still offered: then it stands there.
    fn is_shortened(&self, cut: &CutTime) -> bool {
        self.reader.offered.iter().any(|slot| slot.is_within(&cut.slot))
    }

    /// The clock times between which the whole slot lies.
    fn whole(&self, slot: &Slot) -> (String, String) {
        let clock = |at| LocalTime::of(at, self.zone).hour_and_minute();
        (clock(slot.begin()), clock(slot.end()))
    }
}
