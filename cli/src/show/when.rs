//! Times for people: in the local zone, with the offset, so that none is there twice.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;

/// A point in time as the API writes it, told in a zone. `None` if the text is none.
#[must_use]
pub fn when(text: &str, zone: &TimeZone) -> Option<String> {
    // Only texts in full: a title such as "2030-03-01" stays what it is.
    let full = text.len() >= 17 && text.as_bytes().get(10) == Some(&b'T');
    let clock = text.get(11..).filter(|_| full)?;
    if !clock.contains(['Z', '+', '-']) {
        return None;
    }
    let zoned = local(Instant::parse(text)?, zone)?;
    Some(format!("{} {}", day_and_time(&zoned), zoned.strftime("%:z")))
}

/// A slot, or a busy time, told in a zone. `None` if the value is none.
#[must_use]
pub fn slot(value: &Value, zone: &TimeZone) -> Option<String> {
    let text = |name| value.get(name).and_then(Value::as_str);
    let begin = Instant::parse(text("begin")?)?;
    let end = begin.checked_add(Duration::parse(text("duration")?)?)?;
    if value.as_object().is_some_and(|members| members.len() > 2) {
        return None;
    }
    span(begin, end, zone)
}

fn span(begin: Instant, end: Instant, zone: &TimeZone) -> Option<String> {
    let (begin, end) = (local(begin, zone)?, local(end, zone)?);
    let until = if begin.date() == end.date() { time(&end) } else { day_and_time(&end) };
    Some(format!("{} - {until} {}", day_and_time(&begin), begin.strftime("%:z")))
}

fn local(instant: Instant, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_microsecond(instant.micros()).ok()?.to_zoned(zone.clone()))
}

fn day_and_time(zoned: &Zoned) -> String {
    format!("{} {}", zoned.strftime("%a %Y-%m-%d"), time(zoned))
}

/// Hours and minutes, and seconds where they are not zero.
fn time(zoned: &Zoned) -> String {
    let seconds = zoned.second() != 0 || zoned.subsec_nanosecond() != 0;
    zoned.strftime(if seconds { "%H:%M:%S%.f" } else { "%H:%M" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_told_in_the_zone_with_its_offset() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let told = |text| when(text, &zone);
        assert_eq!(told("2030-03-01T09:00:00Z").as_deref(), Some("Fri 2030-03-01 10:00 +01:00"));
        assert_eq!(told("2030-10-27T00:30:00Z").as_deref(), Some("Sun 2030-10-27 02:30 +02:00"));
        assert_eq!(told("2030-10-27T01:30:00Z").as_deref(), Some("Sun 2030-10-27 02:30 +01:00"));
        assert_eq!(told("2030-03-01T09:00:00.020000Z").as_deref(), Some("Fri 2030-03-01 10:00:00.02 +01:00"));
        for text in ["2030-03-01", "2030-03-01T09:00", "x", "99999-03-01T09:00:00Z", "2030-03-01T99:00:00Z"] {
            assert_eq!(told(text), None, "{text}");
        }
        let told = |begin, duration| slot(&json!({"begin": begin, "duration": duration}), &zone);
        assert_eq!(
            told("2030-03-01T09:00:00Z", "01:00:00").as_deref(),
            Some("Fri 2030-03-01 10:00 - 11:00 +01:00")
        );
        assert_eq!(
            told("2030-03-01T09:00:00Z", "1 00:00:00").as_deref(),
            Some("Fri 2030-03-01 10:00 - Sat 2030-03-02 10:00 +01:00")
        );
        assert_eq!(told("9999-12-30T21:59:59Z", "99999 00:00:00"), None);
    }
}
