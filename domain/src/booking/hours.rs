//! Working hours: weekly hours in wall time, with exceptions for single dates, and the stretches of time that they make.
//!
//! What clocks do to them is as in [`crate::weekly`]: hours that begin or end in a time that clocks skip begin or end where clocks go
//! on, and of a time that clocks show twice the first is meant.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::freebusy::{clipped, merged};
use crate::input;
use crate::instant::Instant;
use crate::slot::Slot;
use crate::weekly::{DAY_MINUTES, Day, Weekly};
use crate::zone::Zone;

/// Hours of a date, in minutes from its midnight: from 0 to 1439, and until 1 to 1440, which is later.
pub type Minutes = (u16, u16);

/// When an account can be booked by others. The default is always.
///
/// It is stored as the API writes it: `{"weekly": [{"weekday": "monday", "from": "09:00", "to": "17:00"}], "exceptions":
/// [{"date": "2026-12-24", "hours": []}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct WorkingHours {
    /// The hours of every week. `None`: they are not set, and all day is free.
    pub weekly: Option<Weekly>,
    /// The hours of single dates, in place of the weekly ones; none are a day off. Ordered by date, each once.
    pub exceptions: Vec<(Day, Vec<Minutes>)>,
}

impl TryFrom<Map<String, Value>> for WorkingHours {
    type Error = &'static str;
    fn try_from(stored: Map<String, Value>) -> Result<Self, Self::Error> {
        input::parse_working_hours(&stored).map_err(|_| "these are no working hours")
    }
}

impl WorkingHours {
    /// The most exceptions: two years of a day off a week.
    pub const MAX_EXCEPTIONS: usize = 100;
    /// The most hours of one date.
    pub const MAX_OF_DATE: usize = 7;

    /// The hours that are stored as a JSON object; `null`, where none are.
    ///
    /// # Errors
    /// The value was not written by [`Self::to_value`].
    pub fn stored(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::Object(stored) => stored.clone().try_into(),
            _ => Err("these are no working hours"),
        }
    }

    /// The hours as they are stored, and as the API shows them: `weekly` and `exceptions`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let weekly = self.weekly.as_ref().map(|weekly| {
            let one = |h: &crate::weekly::WeeklyHours| json!({ "weekday": h.weekday().name(), "from": clock(h.from()), "to": clock(h.to()) });
            weekly.iter().map(one).collect::<Vec<Value>>()
        });
        let exception = |(day, hours): &(Day, Vec<Minutes>)| {
            let hours = hours.iter().map(|(from, to)| json!({ "from": clock(*from), "to": clock(*to) }));
            json!({ "date": day.to_string(), "hours": hours.collect::<Vec<Value>>() })
        };
        let exceptions: Vec<Value> = self.exceptions.iter().map(exception).collect();
        json!({ "weekly": weekly, "exceptions": exceptions })
    }

    /// Whether all time is open.
    #[must_use]
    pub const fn is_always(&self) -> bool {
        self.weekly.is_none() && self.exceptions.is_empty()
    }

    /// The same without exceptions of before this day.
    #[must_use]
    pub fn since(mut self, today: Day) -> Self {
        self.exceptions.retain(|(day, _)| *day >= today);
        self
    }

    /// The hours of a date in wall time, ordered; those that overlap or meet are one.
    #[must_use]
    pub fn minutes(&self, day: Day) -> Vec<Minutes> {
        let exception = self.exceptions.iter().find(|(date, _)| *date == day);
        let mut hours: Vec<Minutes> = match (exception, &self.weekly) {
            (Some((_, hours)), _) => hours.clone(),
            (None, None) => vec![(0, DAY_MINUTES)],
            (None, Some(weekly)) => {
                let weekday = day.weekday();
                weekly.iter().filter(|h| h.weekday() == weekday).map(|h| (h.from(), h.to())).collect()
            }
        };
        hours.sort_unstable();
        hours.dedup_by(|next, last| {
            let joins = next.0 <= last.1;
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        hours
    }

    /// The stretches of one date, ordered: what clocks skip altogether is none. The steps of an offer count from the begin of each.
    #[must_use]
    pub fn of_day(&self, day: Day, zone: &Zone) -> Vec<Slot> {
        let instant = |minutes: u16| -> Option<Instant> { day.at(minutes)?.resolve_forward(zone) };
        let stretch = |(from, to): Minutes| Slot::between(instant(from)?, instant(to)?);
        self.minutes(day).into_iter().filter_map(stretch).collect()
    }

    /// The stretches within a range of instants, ordered; those that meet, as at midnight, are one.
    #[must_use]
    pub fn open(&self, range: Slot, zone: &Zone) -> Vec<Slot> {
        if self.is_always() {
            return vec![range];
        }
        // Where clocks were put back over midnight, a date goes on after the next one has begun.
        let first = Day::of(range.begin(), zone).and_then(|day| day.plus_days(-1));
        let last = Day::of(range.end(), zone);
        let days = std::iter::successors(first, |day| day.plus_days(1));
        let days = days.take_while(|day| last.is_some_and(|last| *day <= last));
        let all: Vec<Slot> = days.flat_map(|day| self.of_day(day, zone)).collect();
        merged(clipped(all, range))
    }

    /// Whether all of a slot is within the hours.
    #[must_use]
    pub fn covers(&self, slot: Slot, zone: &Zone) -> bool {
        self.open(slot, zone) == [slot]
    }
}

/// Minutes from midnight as `09:00`; the end of a day is `24:00`.
fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::LocalTime;
    use crate::weekly::Weekday;
    use proptest::prelude::{prop, prop_assert_eq, proptest};
    use proptest::sample::select;

    fn hours(value: Value) -> WorkingHours {
        WorkingHours::stored(&value).unwrap()
    }

    fn slot(from: &str, to: &str) -> Slot {
        Slot::between(Instant::parse(from).unwrap(), Instant::parse(to).unwrap()).unwrap()
    }

    fn told(slots: Vec<Slot>) -> Vec<String> {
        slots.into_iter().map(|slot| format!("{} {}", slot.begin(), slot.end())).collect()
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn mondays() -> WorkingHours {
        hours(json!({
            "weekly": [
                { "weekday": "monday", "from": "09:00", "to": "12:00" },
                { "weekday": "monday", "from": "11:00", "to": "13:00" },
                { "weekday": "monday", "from": "14:00", "to": "17:00" },
            ],
            "exceptions": [
                { "date": "2026-12-07", "hours": [] },
                { "date": "2026-12-08", "hours": [{ "from": "22:00", "to": "24:00" }] },
                { "date": "2026-12-09", "hours": [{ "from": "00:00", "to": "01:00" }] },
            ],
        }))
    }

    #[test]
    fn without_hours_all_time_is_open() {
        let range = slot("2026-03-28", "2026-04-01");
        assert_eq!(WorkingHours::default().open(range, &zone("Europe/Berlin")), [range]);
        assert!(WorkingHours::default().covers(range, &zone("Asia/Kathmandu")));
        let day_off = hours(json!({ "weekly": null, "exceptions": [{ "date": "2026-03-30", "hours": [] }] }));
        assert_eq!(
            told(day_off.open(range, &zone("Europe/Berlin"))),
            ["2026-03-28T00:00:00Z 2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z 2026-04-01T00:00:00Z"]
        );
    }

    #[test]
    fn stretches_are_merged_and_exceptions_stand_in_place_of_the_week() {
        assert_eq!(
            told(mondays().open(slot("2026-11-29", "2026-12-15"), &zone("Asia/Kathmandu"))),
            [
                "2026-11-30T03:15:00Z 2026-11-30T07:15:00Z",
                "2026-11-30T08:15:00Z 2026-11-30T11:15:00Z",
                // The end of one date and the begin of the next.
                "2026-12-08T16:15:00Z 2026-12-08T19:15:00Z",
                "2026-12-14T03:15:00Z 2026-12-14T07:15:00Z",
                "2026-12-14T08:15:00Z 2026-12-14T11:15:00Z",
            ]
        );
        let day = |text| mondays().of_day(Day::parse(text).unwrap(), &Zone::default());
        assert_eq!(told(day("2026-12-08")), ["2026-12-08T22:00:00Z 2026-12-09T00:00:00Z"]);
        assert_eq!(day("2026-12-07"), []);
        assert_eq!(day("2026-12-01"), []);
        assert_eq!(mondays().since(Day::parse("2026-12-08").unwrap()).exceptions.len(), 2);
    }

    #[test]
    fn a_slot_is_covered_if_all_of_it_is_within_the_hours() {
        let utc = Zone::default();
        for (from, to, covered) in [
            ("2026-11-30T09:00", "2026-11-30T13:00", true),
            ("2026-11-30T09:00", "2026-11-30T13:01", false),
            ("2026-11-30T08:59", "2026-11-30T10:00", false),
            ("2026-11-30T12:30", "2026-11-30T14:30", false),
            ("2026-12-08T23:30", "2026-12-09T00:30", true),
            ("2026-12-08T23:30", "2026-12-09T01:30", false),
        ] {
            assert_eq!(mondays().covers(slot(from, to), &utc), covered, "{from} {to}");
        }
    }

    #[test]
    fn hours_are_what_clocks_show() {
        let sundays = |from: &str, to: &str| {
            hours(json!({ "weekly": [{ "weekday": "sunday", "from": from, "to": to }], "exceptions": [] }))
        };
        let of = |hours: WorkingHours, date, name| told(hours.of_day(Day::parse(date).unwrap(), &zone(name)));
        assert_eq!(
            of(sundays("01:00", "04:00"), "2026-03-29", "Europe/Berlin"),
            ["2026-03-29T00:00:00Z 2026-03-29T02:00:00Z"]
        );
        assert_eq!(
            of(sundays("01:00", "04:00"), "2026-10-25", "Europe/Berlin"),
            ["2026-10-24T23:00:00Z 2026-10-25T03:00:00Z"]
        );
        assert_eq!(of(sundays("02:00", "03:00"), "2026-03-29", "Europe/Berlin"), [""; 0]);
        assert_eq!(
            of(sundays("00:00", "24:00"), "2026-10-25", "Europe/Berlin"),
            ["2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"]
        );
        assert_eq!(
            of(sundays("00:00", "24:00"), "2026-04-05", "Australia/Lord_Howe"),
            ["2026-04-04T13:00:00Z 2026-04-05T13:30:00Z"]
        );
    }

    proptest! {
        /// Minute by minute, on days without a change of the clocks: an instant is open if the clock shows one of the hours.
        #[test]
        fn a_minute_is_open_if_the_clock_shows_one_of_the_hours(
            drawn in prop::collection::vec((0usize..7, 0u16..96, 1u16..40), 0..12),
            zone_name in select(&["UTC", "Asia/Kathmandu", "Asia/Tokyo", "America/Phoenix"][..]),
        ) {
            let zone = zone(zone_name);
            let all: Vec<(Weekday, u16, u16)> = drawn.into_iter().filter_map(|(day, from, length)| {
                let to = (from + length).min(96) * 15;
                Some((*Weekday::ALL.get(day)?, from * 15, to))
            }).collect();
            let weekly = all.iter().map(|(day, from, to)| crate::weekly::WeeklyHours::new(*day, *from, *to, None).unwrap());
            let made = WorkingHours { weekly: Some(Weekly::new(weekly).unwrap()), exceptions: Vec::new() };
            let range = slot("2026-11-20T10:07", "2026-11-28T17:22");
            let open = made.open(range, &zone);
            for minute in (0..8 * 1440).step_by(15) {
                let at = Instant::from_micros(range.begin().micros() + minute * 60_000_000).unwrap();
                let local = LocalTime::of(at, &zone);
                let expected = all.iter().any(|(day, from, to)| {
                    day.number() == local.weekday && (*from..*to).contains(&local.minute_of_day())
                });
                let found = open.iter().any(|slot| slot.begin() <= at && at < slot.end());
                prop_assert_eq!(found, expected, "{} in {}", at, zone);
            }
        }
    }
}
