//! An instant as a clock on the wall of some time zone shows it, for people to read.

use jiff::tz::{Offset, TimeZone};

use crate::instant::Instant;
use crate::zone::Zone;

/// What the calendar and the clock of a time zone show at an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// The year of the proleptic Gregorian calendar.
    pub year: i16,
    /// 1 for January.
    pub month: i8,
    /// 1 for the first day of the month.
    pub day: i8,
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// 0 to 59.
    pub second: i8,
    /// 1 for Monday, 7 for Sunday (ISO 8601).
    pub weekday: i8,
    /// Seconds that the zone is ahead of UTC at this instant.
    pub offset: i32,
}

impl LocalTime {
    /// What is shown at this instant in this zone. The last instants of the type, whose local date would be beyond year 9999,
    /// are shown in UTC.
    #[must_use]
    pub fn of(instant: Instant, zone: &Zone) -> Self {
        let timestamp = jiff::Timestamp::from_microsecond(instant.micros()).unwrap_or_default();
        let zone: TimeZone = zone.time_zone();
        let offset = zone.to_offset(timestamp);
        let shown = offset.to_datetime(timestamp);
        Self {
            year: shown.year(),
            month: shown.month(),
            day: shown.day(),
            hour: shown.hour(),
            minute: shown.minute(),
            second: shown.second(),
            weekday: shown.weekday().to_monday_one_offset(),
            offset: offset.seconds(),
        }
    }

    /// The date as `2026-11-24`.
    #[must_use]
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The time of day as `09:30`, or `09:30:15` where it is not a full minute.
    #[must_use]
    pub fn clock(&self) -> String {
        match self.second {
            0 => self.hour_and_minute(),
            second => format!("{}:{second:02}", self.hour_and_minute()),
        }
    }

    /// The time of day as `09:30`, whatever the seconds: as fields for a time of day have it.
    #[must_use]
    pub fn hour_and_minute(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// The UTC offset as `+01:00`, or as `-00:16:08` for local mean times.
    #[must_use]
    pub fn utc_offset(&self) -> String {
        let offset = Offset::from_seconds(self.offset).unwrap_or(Offset::UTC);
        crate::instant::format_offset(offset)
    }

    /// The hour of the day counted in minutes from midnight, 0 to 1439.
    #[must_use]
    pub fn minute_of_day(&self) -> u16 {
        let hours = u16::try_from(self.hour).unwrap_or(0).saturating_mul(60);
        hours.saturating_add(u16::try_from(self.minute).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_the_zones_own_time() {
        for (given, zone, date, clock, weekday, offset) in [
            ("2022-10-31T22:11:22Z", "Europe/Berlin", "2022-10-31", "23:11:22", 1, "+01:00"),
            ("2022-07-31T22:30:00Z", "Europe/Berlin", "2022-08-01", "00:30", 1, "+02:00"),
            ("2022-12-31T20:00:00Z", "America/St_Johns", "2022-12-31", "16:30", 6, "-03:30"),
            ("1911-01-01T00:00:00Z", "Africa/Abidjan", "1910-12-31", "23:43:52", 6, "-00:16:08"),
            ("2022-10-30T00:30:00Z", "Europe/Berlin", "2022-10-30", "02:30", 7, "+02:00"),
            ("2022-10-30T01:30:00Z", "Europe/Berlin", "2022-10-30", "02:30", 7, "+01:00"),
        ] {
            let shown = LocalTime::of(Instant::parse(given).unwrap(), &Zone::parse(zone).unwrap());
            assert_eq!((shown.date().as_str(), shown.clock().as_str()), (date, clock), "{given} {zone}");
            assert_eq!((shown.weekday, shown.utc_offset().as_str()), (weekday, offset), "{given} {zone}");
        }
    }
}
