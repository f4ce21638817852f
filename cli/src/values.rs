//! What people type: points in time, lengths, slots. A time without an offset is wall time of the zone in which times are told.

use std::str::FromStr as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;

/// A point in time, as the API writes it.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn instant(text: &str, zone: &TimeZone) -> Result<String, String> {
    let text = text.trim();
    let clock = text.split_once(['T', ' ']).map_or("", |(_, clock)| clock);
    let wrong =
        || format!("`{text}` is not a time such as 2030-03-01T10:00 (here) or 2030-03-01T10:00Z (UTC).");
    if clock.contains(['Z', '+', '-']) {
        return Instant::parse(text).map(|instant| instant.to_string()).ok_or_else(wrong);
    }
    let civil = DateTime::from_str(&text.replacen(' ', "T", 1)).map_err(|_| wrong())?;
    let zoned = zone.to_ambiguous_zoned(civil).unambiguous().map_err(|_| {
        format!("`{text}`: clocks are changed at that time, so it is there twice or not at all. Write it with its offset, such as {civil}+01:00.")
    })?;
    let instant = Instant::from_micros(zoned.timestamp().as_microsecond()).ok_or_else(wrong)?;
    Ok(instant.to_string())
}

/// A length of time, as the API writes it.
///
/// # Errors
/// What is wrong with it.
pub fn length(text: &str) -> Result<String, String> {
    let text = text.trim();
    let words = || {
        jiff::SignedDuration::from_str(text).ok().and_then(|length| i64::try_from(length.as_micros()).ok())
    };
    let parsed = Duration::parse(text)
        .or_else(|| words().map(Duration::from_micros))
        .filter(|length| length.micros() > 0);
    parsed.map(|length| length.to_string()).ok_or_else(|| {
        format!("`{text}` is not a length such as 30m, 1h30m or 01:30:00 (00:10 is ten seconds).")
    })
}

/// A slot, `BEGIN LENGTH`.
///
/// # Errors
/// What is wrong with it.
pub fn slot(text: &str, zone: &TimeZone) -> Result<Value, String> {
    let text = text.trim();
    let blank = text.find(' ');
    // Between date and time there may be a blank, too.
    let from = if text.get(..blank.unwrap_or(text.len())).is_some_and(|first| first.contains('T')) {
        blank
    } else {
        blank.and_then(|at| text.get(at.checked_add(1)?..)?.find(' ')?.checked_add(at)?.checked_add(1))
    };
    let parts = text.split_once('/').or_else(|| text.split_at_checked(from?));
    let (begin, rest) =
        parts.ok_or_else(|| format!("`{text}` is not a slot such as \"2030-03-01T10:00 1h\"."))?;
    Ok(json!({ "begin": instant(begin, zone)?, "duration": length(rest)? }))
}

/// A day, the ends of a time on it, and what it is worth: `DATE FROM-TO [PREFERENCE]`, in wall time of a calendar.
struct Wall {
    day: String,
    from: String,
    to: String,
    preference: i64,
}

fn wall(text: &str) -> Result<Wall, String> {
    let wrong = || {
        format!("`{text}` is not a time such as \"2030-03-12 13:00-15:00 3\", whose last number is 1 to 3.")
    };
    let mut words = text.split_whitespace();
    let (day, hours) = (words.next().ok_or_else(wrong)?, words.next().ok_or_else(wrong)?);
    let (from, to) = hours.split_once('-').ok_or_else(wrong)?;
    let preference = words.next().map_or(Ok(3), |word| word.parse::<i64>().map_err(|_| wrong()))?;
    if words.next().is_some() || !(1..=3).contains(&preference) {
        return Err(wrong());
    }
    Ok(Wall {
        day: day.to_owned(),
        from: clock(from).ok_or_else(wrong)?,
        to: clock(to).ok_or_else(wrong)?,
        preference,
    })
}

/// A time of day, as the API writes it.
fn clock(text: &str) -> Option<String> {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
    let number = |text: &str, most: u8| text.parse::<u8>().ok().filter(|n| *n <= most && text.len() <= 2);
    Some(format!("{:02}:{:02}:00", number(hours, 24)?, number(minutes, 59)?))
}

/// A time that a calendar's owner offers.
///
/// # Errors
/// What is wrong with it.
pub fn time(text: &str) -> Result<Value, String> {
    let Wall { day, from, to, preference } = wall(text)?;
    Ok(json!({ "date": day, "start_time": from, "end_time": to, "preference_level": preference }))
}

/// A time that suits an invitee.
///
/// # Errors
/// What is wrong with it.
pub fn span(text: &str) -> Result<Value, String> {
    let Wall { day, from, to, preference } = wall(text)?;
    let day = day.replace('-', "/");
    Ok(
        json!({ "start_time": format!("{day} {from}"), "end_time": format!("{day} {to}"), "preference_level": preference }),
    )
}

/// Hours of a week.
///
/// # Errors
/// What is wrong with them.
pub fn weekly(text: &str) -> Result<Value, String> {
    let Wall { day, from, to, preference } = wall(text)?;
    Ok(
        json!({ "weekday": day.to_lowercase(), "start_time": from, "end_time": to, "preference_level": preference }),
    )
}

/// Working hours: a weekday or a date, from when to when.
///
/// # Errors
/// What is wrong with them.
pub fn hours(text: &str) -> Result<(String, Value), String> {
    let Wall { day, from, to, .. } = wall(text)?;
    let minutes = |clock: String| clock.get(..5).unwrap_or_default().to_owned();
    Ok((day.to_lowercase(), json!({ "from": minutes(from), "to": minutes(to) })))
}

/// A meeting of a schedule: `CONTACT DATE FROM-TO`.
///
/// # Errors
/// What is wrong with it.
pub fn placed(text: &str) -> Result<Value, String> {
    let wrong = || format!("`{text}` is not a meeting such as \"7 2030-03-12 13:00-13:30\".");
    let (contact, rest) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let contact = crate::link::id(contact).ok_or_else(wrong)?;
    let Wall { day, from, to, .. } = wall(rest)?;
    let day = day.replace('-', "/");
    Ok(
        json!({ "contact_id": contact, "start_time": format!("{day} {from}"), "end_time": format!("{day} {to}") }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    fn berlin() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    #[test]
    fn a_time_without_an_offset_is_of_the_zone() {
        for (text, wanted) in [
            ("2030-03-01T10:00", "2030-03-01T09:00:00Z"),
            ("2030-07-01 10:00", "2030-07-01T08:00:00Z"),
            ("2030-07-01", "2030-06-30T22:00:00Z"),
            ("2030-03-01T10:00Z", "2030-03-01T10:00:00Z"),
            ("2030-03-01T10:00-02", "2030-03-01T12:00:00Z"),
        ] {
            assert_eq!(instant(text, &berlin()).as_deref(), Ok(wanted), "{text}");
        }
        // Clocks skip the first, and show the second twice.
        for text in
            ["2030-03-31T02:30", "2030-10-27T02:30", "x", "", "2030-13-01T10:00", "2030-03-01T10:00+99"]
        {
            assert!(instant(text, &berlin()).is_err(), "{text}");
        }
        assert_eq!(instant("2030-10-27T02:30+01:00", &berlin()).as_deref(), Ok("2030-10-27T01:30:00Z"));
    }

    #[test]
    fn a_slot_has_a_begin_and_a_length() {
        for (text, begin, length) in [
            ("2030-03-01T10:00 1h", "2030-03-01T09:00:00Z", "01:00:00"),
            ("2030-03-01 10:00 00:10", "2030-03-01T09:00:00Z", "00:00:10"),
            ("2030-03-01T10:00Z/PT1H30M", "2030-03-01T10:00:00Z", "01:30:00"),
            ("2030-03-01T10:00Z 1 00:00:00", "2030-03-01T10:00:00Z", "1 00:00:00"),
            ("2030-03-01T10:00Z 90m", "2030-03-01T10:00:00Z", "01:30:00"),
        ] {
            assert_eq!(slot(text, &berlin()), Ok(json!({"begin": begin, "duration": length})), "{text}");
        }
        for text in [
            "",
            " ",
            "/",
            "2030-03-01",
            "2030-03-01T10:00",
            "2030-03-01T10:00 0",
            "2030-03-01T10:00 -1h",
            "ä ä ä",
        ] {
            assert!(slot(text, &berlin()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(text in "\\PC*", other in "[0-9TZ:+ /ä-]*") {
            for text in [text, other] {
                let _ = (slot(&text, &berlin()), instant(&text, &berlin()), length(&text));
                let _ = (time(&text), span(&text), weekly(&text), hours(&text), placed(&text));
            }
        }
    }
}
