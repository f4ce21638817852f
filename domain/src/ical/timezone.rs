//! When a meeting is, in words of a calendar, and the zones that these words need (RFC 5545, section 3.6.5).
//!
//! A VTIMEZONE here has no recurrence rules: an observance for each transition around the meetings, as jiff tells them.
//! That is right for rules of any kind (Ramadan in Morocco, Samoa's lost day) and for any year.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Dst, Offset, TimeZone};

use super::content::{Lines, date_time, text};
use crate::instant::Instant;
use crate::zone::{self, Zone};

/// The longest meeting, in seconds, that is told in local times: ten years, some 20 observances. A longer one would
/// bring hundreds, and to whoever reads it they mean nothing.
const LONGEST_LOCAL: i64 = 10 * 366 * 86_400;

/// From when until when in whole seconds, as calendars know no fractions: the begin rounded down, the end up, so that
/// no meeting is empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    begin: Timestamp,
    end: Timestamp,
}

impl Span {
    pub(super) fn new(begin: Instant, end: Instant) -> Self {
        let end = end.micros().saturating_add(999_999).div_euclid(1_000_000);
        Self { begin: second(begin.seconds()), end: second(end) }
    }

    /// The rules by which both ends are told in local time; `None` where they are told in UTC: that is the zone, or
    /// 1. the meeting is very long;
    /// 2. an end is in the hour that comes twice: there a local time means the first of the two (RFC 5545, section
    ///    3.3.5), and not every calendar knows;
    /// 3. an end is before 2000, where our rules begin: a calendar may know what held earlier.
    pub(super) fn told_in(self, zone: &Zone) -> Option<TimeZone> {
        let rules = zone.time_zone();
        let is_utc = matches!(rules.iana_name(), None | Some("UTC" | "Etc/UTC"));
        let short = self.end.as_second().saturating_sub(self.begin.as_second()) <= LONGEST_LOCAL;
        let clear = |at| {
            let offset = rules.to_offset(at);
            let once = !rules.to_ambiguous_timestamp(offset.to_datetime(at)).is_ambiguous();
            once && at.as_second() >= zone::FROM
        };
        (!is_utc && short && clear(self.begin) && clear(self.end)).then_some(rules)
    }

    /// Both ends as a period in UTC (RFC 5545, section 3.3.9).
    pub(super) fn period(self) -> String {
        format!("{}/{}", utc(self.begin), utc(self.end))
    }

    /// `DTSTART` and `DTEND`, in the local time of these rules or in UTC.
    pub(super) fn push_to(self, lines: &mut Lines, rules: Option<&TimeZone>) {
        for (property, at) in [("DTSTART", self.begin), ("DTEND", self.end)] {
            match rules.and_then(|rules| Some((rules, rules.iana_name()?))) {
                Some((rules, name)) => {
                    lines.push(&format!("{property};TZID={name}:{}", date_time(rules.to_datetime(at))));
                }
                None => lines.push(&format!("{property}:{}", utc(at))),
            }
        }
    }
}

/// An instant, rounded down to the second, in UTC.
pub(super) fn utc_second(at: Instant) -> String {
    utc(second(at.seconds()))
}

fn utc(at: Timestamp) -> String {
    format!("{}Z", date_time(Offset::UTC.to_datetime(at)))
}

/// Every [`Instant`] has its timestamp, so the fallback is never seen.
fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// A stretch of time with one offset.
#[derive(Debug)]
struct Observance {
    /// When it begins, told in the offset before it.
    onset: DateTime,
    from: Offset,
    to: Offset,
    dst: Dst,
    abbreviation: String,
}

/// The zones an object names, each with its observances by their begin; `None` for what held before all transitions.
#[derive(Debug, Default)]
pub(super) struct Timezones(BTreeMap<String, BTreeMap<Option<Timestamp>, Observance>>);

impl Timezones {
    /// Adds what `span` needs: the observance in force at its begin, those until its end, and the one that follows.
    /// Between the meetings of a feed some can be left out: no event is there.
    pub(super) fn cover(&mut self, rules: &TimeZone, span: Span) {
        let Some(name) = rules.iana_name() else { return };
        let observances = self.0.entry(name.to_owned()).or_default();
        let just_after = second(span.begin.as_second().saturating_add(1));
        let in_force = rules.preceding(just_after).next().map(|t| t.timestamp());
        if in_force.is_none() {
            observances.entry(None).or_insert_with(|| first_observance(rules, span.begin));
        }
        let later = rules.following(in_force.unwrap_or(span.begin)).map(|t| t.timestamp());
        for at in in_force.into_iter().chain(later) {
            observances.entry(Some(at)).or_insert_with(|| observance(rules, at));
            if at > span.end {
                break;
            }
        }
    }

    /// The VTIMEZONEs, by name.
    pub(super) fn push_to(&self, lines: &mut Lines) {
        for (name, observances) in &self.0 {
            lines.push("BEGIN:VTIMEZONE");
            lines.push(&format!("TZID:{}", text(name)));
            for observance in observances.values() {
                let kind = if observance.dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
                lines.push(&format!("BEGIN:{kind}"));
                lines.push(&format!("DTSTART:{}", date_time(observance.onset)));
                lines.push(&format!("TZOFFSETFROM:{}", utc_offset(observance.from)));
                lines.push(&format!("TZOFFSETTO:{}", utc_offset(observance.to)));
                lines.push(&format!("TZNAME:{}", text(&observance.abbreviation)));
                lines.push(&format!("END:{kind}"));
            }
            lines.push("END:VTIMEZONE");
        }
    }
}

/// The observance that begins with the transition at `at`.
fn observance(rules: &TimeZone, at: Timestamp) -> Observance {
    let from = rules.to_offset(second(at.as_second().saturating_sub(1)));
    let info = rules.to_offset_info(at);
    Observance {
        onset: from.to_datetime(at),
        from,
        to: info.offset(),
        dst: info.dst(),
        abbreviation: info.abbreviation().to_owned(),
    }
}

/// What held before all transitions. It begins in 1970.
fn first_observance(rules: &TimeZone, begin: Timestamp) -> Observance {
    let mut first = observance(rules, begin);
    first.onset = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    first.from = first.to;
    first
}

/// `+0100`, with seconds where there are some (RFC 5545, section 3.3.14).
fn utc_offset(offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let all = offset.seconds().unsigned_abs();
    let (hours, minutes, seconds) =
        (all.div_euclid(3600), all.div_euclid(60).rem_euclid(60), all.rem_euclid(60));
    match seconds {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// What a meeting of this zone says of its time and its zone, a line a property, observances on one line.
    fn told(zone: &str, begin: &str, end: &str) -> (Vec<String>, Vec<String>) {
        let zone = Zone::parse(zone).unwrap();
        let span = Span::new(instant(begin), instant(end));
        let rules = span.told_in(&zone);
        let (mut times, mut zones) = (Lines::default(), Lines::default());
        span.push_to(&mut times, rules.as_ref());
        let mut timezones = Timezones::default();
        if let Some(rules) = &rules {
            timezones.cover(rules, span);
        }
        timezones.push_to(&mut zones);
        let short = zones
            .into_string()
            .replace("DTSTART:", "")
            .replace("\r\nTZOFFSETFROM:", " ")
            .replace("\r\nTZOFFSETTO:", " ")
            .replace("\r\nTZNAME:", " ")
            .replace("BEGIN:STANDARD\r\n", "S ")
            .replace("BEGIN:DAYLIGHT\r\n", "D ");
        let times = times.into_string().lines().map(str::to_owned).collect();
        let observances = short.lines().filter(|l| l.starts_with("S ") || l.starts_with("D "));
        (times, observances.map(str::to_owned).collect())
    }

    #[test]
    fn observances_are_told_in_the_offset_before_them() {
        for (zone, begin, end, observances) in [
            (
                "Europe/Berlin",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["D 20260329T020000 +0100 +0200 CEST", "S 20261025T030000 +0200 +0100 CET"],
            ),
            (
                "Australia/Lord_Howe",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["S 20260405T020000 +1100 +1030 +1030", "D 20261004T020000 +1030 +1100 +11"],
            ),
            (
                "America/St_Johns",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["D 20260308T020000 -0330 -0230 NDT", "S 20261101T020000 -0230 -0330 NST"],
            ),
            // The last transition there ever was.
            (
                "Asia/Kathmandu",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["S 19860101T000000 +0530 +0545 +0545"],
            ),
            // A Friday that was not.
            (
                "Pacific/Apia",
                "2011-12-30T09:00Z",
                "2011-12-30T11:00Z",
                vec![
                    "D 20110924T030000 -1100 -1000 -10",
                    "D 20111230T000000 -1000 +1400 +14",
                    "S 20120401T040000 +1400 +1300 +13",
                ],
            ),
            // By law winter is the exception there. jiff's database tells it the other way round, as calendars expect.
            (
                "Europe/Dublin",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["D 20260329T010000 +0000 +0100 IST", "S 20261025T020000 +0100 +0000 GMT"],
            ),
            // No transition ever.
            (
                "Etc/GMT+5",
                "2026-07-01T10:00Z",
                "2026-07-01T11:00Z",
                vec!["S 19700101T000000 -0500 -0500 -05"],
            ),
            // By the rule that holds on after the table's end.
            (
                "America/New_York",
                "2099-07-01T10:00Z",
                "2099-07-01T11:00Z",
                vec!["D 20990308T020000 -0500 -0400 EDT", "S 20991101T020000 -0400 -0500 EST"],
            ),
        ] {
            assert_eq!(told(zone, begin, end).1, observances, "{zone}");
        }
    }

    #[test]
    fn the_hour_that_comes_twice_is_told_in_utc() {
        for (begin, end, local) in [
            ("2026-10-24T23:00Z", "2026-10-24T23:59:59Z", true),
            ("2026-10-24T23:00Z", "2026-10-25T00:00Z", false),
            ("2026-10-25T00:00Z", "2026-10-25T03:00Z", false),
            ("2026-10-25T01:59:59Z", "2026-10-25T03:00Z", false),
            ("2026-10-24T20:00Z", "2026-10-25T03:00Z", true),
            ("2026-10-25T02:00Z", "2026-10-25T03:00Z", true),
        ] {
            let (times, observances) = told("Europe/Berlin", begin, end);
            assert_eq!(times.iter().all(|t| t.contains(";TZID=Europe/Berlin:")), local, "{begin}");
            assert_eq!(times.iter().all(|t| t.ends_with('Z')), !local, "{begin}");
            assert_eq!(observances.is_empty(), !local, "{begin}");
        }
    }

    #[test]
    fn what_was_before_2000_is_told_in_utc() {
        let told = |begin, end| told("Europe/Berlin", begin, end).0;
        let times = told("1999-12-31T23:59:59Z", "2000-01-01T01:00Z");
        assert_eq!(times, ["DTSTART:19991231T235959Z", "DTEND:20000101T010000Z"]);
        let times = told("2000-01-01T00:00Z", "2000-01-01T01:00Z");
        assert_eq!(
            times,
            ["DTSTART;TZID=Europe/Berlin:20000101T010000", "DTEND;TZID=Europe/Berlin:20000101T020000"]
        );
    }

    #[test]
    fn no_meeting_is_empty_and_the_ends_of_time_are_told() {
        let (times, _) = told("UTC", "2026-07-01T10:00:00.4Z", "2026-07-01T10:00:00.5Z");
        assert_eq!(times, ["DTSTART:20260701T100000Z", "DTEND:20260701T100001Z"]);
        let (times, _) = told("Etc/UTC", "9999-12-30T21:59:59.9Z", "9999-12-30T22:00:00Z");
        assert_eq!(times, ["DTSTART:99991230T215959Z", "DTEND:99991230T220000Z"]);
        let (times, observances) = told("Europe/Berlin", "0001-01-01T00:00Z", "9999-12-30T22:00Z");
        assert_eq!(times, ["DTSTART:00010101T000000Z", "DTEND:99991230T220000Z"]);
        assert!(observances.is_empty());
        assert!(!told("Etc/GMT+5", "9999-12-30T21:00Z", "9999-12-30T22:00Z").1.is_empty());
        assert!(!told("America/New_York", "9999-12-30T21:00Z", "9999-12-30T22:00Z").1.is_empty());
    }

    /// Each observance ends where the next begins: what one says it comes to is what the next says it comes from.
    #[test]
    fn observances_of_all_zones_join() {
        for name in jiff::tz::TimeZoneDatabase::bundled().available() {
            let zone = Zone::parse(name.as_str()).unwrap();
            let span = Span::new(instant("2022-01-01"), instant("2026-12-31"));
            let Some(rules) = span.told_in(&zone) else { continue };
            let mut timezones = Timezones::default();
            timezones.cover(&rules, span);
            let observances: Vec<_> = timezones.0.values().flat_map(BTreeMap::values).collect();
            assert!(!observances.is_empty(), "{name}");
            assert!(observances.windows(2).all(|w| w[0].to == w[1].from), "{name}");
        }
    }
}
