//! Times and lengths for people: the one formatter of pages and mails. A time is told in a zone, and a time that stands
//! alone names its zone and the UTC offset that the zone has then.

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::slot::Slot;
use whittle_domain::wall::WallTime;
use whittle_domain::zone::Zone;

use super::{Said, say};

/// The shortest length that a range of clock times shows well. Something shorter is told by its length: `00:10` of the API
/// is ten seconds, and nobody expects that.
const SHORTEST_RANGE: Duration = Duration::from_seconds(300);
/// A minute, as instants count it.
const MINUTE_MICROS: i64 = 60_000_000;

/// `Tuesday`
pub fn weekday<'a>(number: i8) -> Said<'a> {
    match number {
        1 => say("weekday-1"),
        2 => say("weekday-2"),
        3 => say("weekday-3"),
        4 => say("weekday-4"),
        5 => say("weekday-5"),
        6 => say("weekday-6"),
        _ => say("weekday-7"),
    }
}

/// `Tue`
pub fn short_weekday<'a>(number: i8) -> Said<'a> {
    match number {
        1 => say("weekday-short-1"),
        2 => say("weekday-short-2"),
        3 => say("weekday-short-3"),
        4 => say("weekday-short-4"),
        5 => say("weekday-short-5"),
        6 => say("weekday-short-6"),
        _ => say("weekday-short-7"),
    }
}

fn month<'a>(number: i8) -> Said<'a> {
    match number {
        1 => say("month-1"),
        2 => say("month-2"),
        3 => say("month-3"),
        4 => say("month-4"),
        5 => say("month-5"),
        6 => say("month-6"),
        7 => say("month-7"),
        8 => say("month-8"),
        9 => say("month-9"),
        10 => say("month-10"),
        11 => say("month-11"),
        _ => say("month-12"),
    }
}

fn short_month<'a>(number: i8) -> Said<'a> {
    match number {
        1 => say("month-short-1"),
        2 => say("month-short-2"),
        3 => say("month-short-3"),
        4 => say("month-short-4"),
        5 => say("month-short-5"),
        6 => say("month-short-6"),
        7 => say("month-short-7"),
        8 => say("month-short-8"),
        9 => say("month-short-9"),
        10 => say("month-short-10"),
        11 => say("month-short-11"),
        _ => say("month-short-12"),
    }
}

/// `Tuesday 24 November 2026`
pub fn day(time: &LocalTime) -> String {
    say("day-long")
        .with("weekday", weekday(time.weekday).to_string())
        .with("day", time.day)
        .with("month", month(time.month).to_string())
        .with("year", time.year)
        .to_string()
}

/// `Tue 24 Nov`
pub fn short_day(time: &LocalTime) -> String {
    say("day-short")
        .with("weekday", short_weekday(time.weekday).to_string())
        .with("day", time.day)
        .with("month", short_month(time.month).to_string())
        .to_string()
}

/// `1 Dec`
pub fn day_of_month(time: &LocalTime) -> String {
    let month = short_month(time.month).to_string();
    say("day-of-month").with("day", time.day).with("month", month).to_string()
}

/// `Sunday 29 March 2026, 02:30`: what clocks show, where there may be no such instant.
pub fn wall(time: WallTime) -> String {
    // Every wall time exists in UTC, with the same day of the week.
    let local = time.resolve(&Zone::default(), None).map(|instant| LocalTime::of(instant, &Zone::default()));
    local.map_or_else(
        |_| time.to_string(),
        |local| say("day-and-clock").with("day", day(&local)).with("clock", local.clock()).to_string(),
    )
}

/// `Sun 29 Mar, 02:30`: the same in short.
pub fn wall_short(time: WallTime) -> String {
    let local = time.resolve(&Zone::default(), None).map(|instant| LocalTime::of(instant, &Zone::default()));
    local.map_or_else(
        |_| time.to_string(),
        |local| say("day-and-clock").with("day", short_day(&local)).with("clock", local.clock()).to_string(),
    )
}

/// `10:00 to 10:45`, `23:30 to 00:30 the next day`, or `01:11:22, 10 seconds`.
pub fn clock_range(slot: &Slot, zone: &Zone) -> String {
    let from = LocalTime::of(slot.begin(), zone);
    let to = LocalTime::of(slot.end(), zone);
    let whole_minutes = from.second == 0 && to.second == 0 && slot.duration().micros() % 60_000_000 == 0;
    // Where the clocks are put back, the two ends can read wrong: a length cannot.
    if slot.duration() < SHORTEST_RANGE || !whole_minutes || from.offset != to.offset {
        return say("clock-length")
            .with("from", from.clock())
            .with("length", length(slot.duration()))
            .to_string();
    }
    if from.date() == to.date() {
        return say("clock-range").with("from", from.clock()).with("to", to.clock()).to_string();
    }
    let next = slot.begin().saturating_add(Duration::from_seconds(86_400));
    if LocalTime::of(next, zone).date() == to.date() {
        return say("clock-range-next-day").with("from", from.clock()).with("to", to.clock()).to_string();
    }
    say("clock-range-until-day")
        .with("from", from.clock())
        .with("to", to.clock())
        .with("day", short_day(&to))
        .to_string()
}

/// `Europe/Berlin (UTC+01:00)`: the zone with its offset at this instant.
pub fn zone_at(instant: Instant, zone: &Zone) -> String {
    match *zone == Zone::default() {
        true => say("zone-utc").to_string(),
        false => say("zone-name")
            .with("name", zone.to_string())
            .with("offset", LocalTime::of(instant, zone).utc_offset())
            .to_string(),
    }
}

/// `Tuesday 24 November 2026, 10:00 to 10:45`: for a page that names the zone once.
pub fn slot(slot: &Slot, zone: &Zone) -> String {
    let day = day(&LocalTime::of(slot.begin(), zone));
    say("day-and-clock").with("day", day).with("clock", clock_range(slot, zone)).to_string()
}

/// `Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)`
pub fn slot_with_zone(wanted: &Slot, zone: &Zone) -> String {
    let time = slot(wanted, zone);
    say("with-zone").with("time", time).with("zone", zone_at(wanted.begin(), zone)).to_string()
}

/// How a slot reads in the zone that it comes from, where that shows something else than the zone of the reader:
/// `04:00 to 04:45 in America/New_York`.
pub fn origin(slot: &Slot, zone: &Zone, own: &Zone) -> Option<String> {
    let (here, there) = (LocalTime::of(slot.begin(), zone), LocalTime::of(slot.begin(), own));
    if here.offset == there.offset {
        return None;
    }
    let clock = clock_range(slot, own);
    let said = if here.date() == there.date() {
        say("time-origin").with("time", clock).with("zone", own.to_string())
    } else {
        say("time-origin-day")
            .with("time", clock)
            .with("day", short_day(&there))
            .with("zone", own.to_string())
    };
    Some(said.to_string())
}

/// `Friday 27 November 2026, 18:00`: for a page that names the zone once.
pub fn moment(instant: Instant, zone: &Zone) -> String {
    let local = LocalTime::of(instant, zone);
    say("day-and-clock").with("day", day(&local)).with("clock", local.clock()).to_string()
}

/// `Friday 27 November 2026, 18:00, Europe/Berlin (UTC+01:00)`
pub fn moment_with_zone(instant: Instant, zone: &Zone) -> String {
    say("with-zone").with("time", moment(instant, zone)).with("zone", zone_at(instant, zone)).to_string()
}

/// The minute in which an instant lies: what works until some seconds past a minute still works at that minute.
pub fn minute(instant: Instant) -> Instant {
    let minute = instant.micros().div_euclid(MINUTE_MICROS).saturating_mul(MINUTE_MICROS);
    Instant::from_micros(minute).unwrap_or(instant)
}

/// `1 hour 30 minutes`, `10 seconds`. A fraction of a second is rounded up.
pub fn length(duration: Duration) -> String {
    let micros = duration.micros();
    let seconds = micros.div_euclid(1_000_000).saturating_add(i64::from(micros.rem_euclid(1_000_000) > 0));
    let part = |unit: i64, modulo: i64| seconds.div_euclid(unit).rem_euclid(modulo);
    let parts = [
        (part(86_400, i64::MAX), say("length-days").with("count", part(86_400, i64::MAX))),
        (part(3_600, 24), say("length-hours").with("count", part(3_600, 24))),
        (part(60, 60), say("length-minutes").with("count", part(60, 60))),
        (part(1, 60), say("length-seconds").with("count", part(1, 60))),
    ];
    let words = parts.into_iter().filter(|(count, _)| *count != 0).map(|(_, said)| said.to_string());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_slot_is_told_in_the_readers_zone() {
        for (begin, duration, zone, words) in [
            (
                "2026-11-24T09:00:00Z",
                "00:45:00",
                "Europe/Berlin",
                "Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)",
            ),
            ("2026-11-24T09:00:00Z", "00:45:00", "UTC", "Tuesday 24 November 2026, 09:00 to 09:45, UTC"),
            ("2026-11-24T22:30:00Z", "01:00:00", "UTC", "Tuesday 24 November 2026, 22:30 to 23:30, UTC"),
            (
                "2026-11-24T22:30:00Z",
                "01:00:00",
                "Europe/Berlin",
                "Tuesday 24 November 2026, 23:30 to 00:30 the next day, Europe/Berlin (UTC+01:00)",
            ),
            (
                "2026-11-24T09:00:00Z",
                "2 01:00:00",
                "UTC",
                "Tuesday 24 November 2026, 09:00 to 10:00 on Thu 26 Nov, UTC",
            ),
            ("2022-11-01T01:11:22Z", "00:10", "UTC", "Tuesday 1 November 2022, 01:11:22, 10 seconds, UTC"),
            (
                "2026-10-25T00:30:00Z",
                "01:00:00",
                "Europe/Berlin",
                "Sunday 25 October 2026, 02:30, 1 hour, Europe/Berlin (UTC+02:00)",
            ),
        ] {
            let slot = Slot::new(at(begin), Duration::parse(duration).unwrap()).unwrap();
            assert_eq!(slot_with_zone(&slot, &Zone::parse(zone).unwrap()), words);
        }
    }

    #[test]
    fn a_length_is_told_in_units() {
        for (given, words) in [
            ("00:10", "10 seconds"),
            ("01:30:00", "1 hour 30 minutes"),
            ("1 01:00:01", "1 day 1 hour 1 second"),
            ("0.5", "1 second"),
        ] {
            assert_eq!(length(Duration::parse(given).unwrap()), words);
        }
    }
}
