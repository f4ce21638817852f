//! Durations as the API reads and writes them: the format of Django's `DurationField`, in which `"00:10"` is ten
//! *seconds*.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A length of time in microseconds. It may be zero or negative; a slot accepts neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(i64);

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Duration {
    /// The duration of this many microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The duration of this many seconds, clamped to the range of the type (292,000 years).
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// The length in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads what Django's `parse_duration` reads (spec 1.3): `[DD] [HH:[MM:]]ss[.uuuuuu]`, whose last number is always
    /// seconds; the same with `1 day, ` or `2 days, ` in front; or ISO 8601 such as `PT1H30M`. The empty string is zero.
    ///
    /// `None` if the text has another format or is outside the range of the type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let micros = match text {
            "" => Some(0),
            _ => parse_clock(text).or_else(|| parse_iso(text)),
        }?;
        i64::try_from(micros).ok().map(Self)
    }
}

/// Reads a decimal number as millionths. Fractional digits after the sixth are cut off.
fn parse_millionths(text: &str) -> Option<i128> {
    let (whole, fraction) = match text.find(['.', ',']) {
        Some(at) => {
            let (whole, rest) = text.split_at(at);
            (whole, rest.get(1..).filter(|f| !f.is_empty())?)
        }
        None => (text, ""),
    };
    let digits = |s: &str| s.len() <= 18 && s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let whole: i128 = whole.parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(six.parse().ok()?)
}

fn parse_integer(text: &str) -> Option<i128> {
    if text.contains(['.', ',']) { None } else { parse_millionths(text)?.checked_div(1_000_000) }
}

/// Reads `[DD] [HH:[MM:]]ss[.uuuuuu]` into microseconds.
fn parse_clock(text: &str) -> Option<i128> {
    let (days, clock) = match text.split_once(' ') {
        Some((days, rest)) => {
            let magnitude = parse_integer(days.strip_prefix('-').unwrap_or(days))?;
            let days = if days.starts_with('-') { magnitude.checked_neg()? } else { magnitude };
            (days, rest.strip_prefix("days, ").or_else(|| rest.strip_prefix("day, ")).unwrap_or(rest))
        }
        None => (0, text),
    };
    let negative = clock.starts_with('-');
    let clock = clock.strip_prefix('-').unwrap_or(clock);
    let mut parts = clock.rsplit(':');
    let seconds = parse_millionths(parts.next()?)?;
    let minutes = parts.next().map_or(Some(0), parse_integer)?;
    let hours = parts.next().map_or(Some(0), parse_integer)?;
    if parts.next().is_some() {
        return None;
    }
    let clock = seconds
        .checked_add(minutes.checked_mul(i128::from(MINUTE))?)?
        .checked_add(hours.checked_mul(i128::from(HOUR))?)?;
    let clock = if negative { clock.checked_neg()? } else { clock };
    days.checked_mul(i128::from(DAY))?.checked_add(clock)
}

/// Reads `[-]P[nD][T[nH][nM][nS]]` into microseconds. Each number may have a fraction.
fn parse_iso(text: &str) -> Option<i128> {
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['-', '+']).unwrap_or(text).strip_prefix('P')?;
    let (date, time) = match body.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (body, None),
    };
    let mut total = match date {
        "" => 0,
        _ => parse_millionths(date.strip_suffix('D')?)?.checked_mul(i128::from(DAY / SECOND))?,
    };
    let mut rest = time.unwrap_or("");
    for (designator, unit) in [('H', HOUR), ('M', MINUTE), ('S', SECOND)] {
        if let Some((number, after)) = rest.split_once(designator) {
            total = total.checked_add(parse_millionths(number)?.checked_mul(i128::from(unit / SECOND))?)?;
            rest = after;
        }
    }
    match (rest, negative) {
        ("", false) => Some(total),
        ("", true) => total.checked_neg(),
        _ => None,
    }
}

impl fmt::Display for Duration {
    /// Writes `[D ]HH:MM:SS[.ffffff]` as Django does: only the days are ever negative, so minus ten seconds is
    /// `-1 23:59:50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(DAY);
        let rest = self.0.rem_euclid(DAY);
        if days != 0 {
            write!(f, "{days} ")?;
        }
        let part = |unit: i64, modulo: i64| rest.div_euclid(unit).rem_euclid(modulo);
        write!(f, "{:02}:{:02}:{:02}", part(HOUR, 24), part(MINUTE, 60), part(SECOND, 60))?;
        match part(1, SECOND) {
            0 => Ok(()),
            micros => write!(f, ".{micros:06}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn echo(text: &str) -> Option<String> {
        Duration::parse(text).map(|d| d.to_string())
    }

    #[test]
    fn every_spelling_of_the_spec_is_read() {
        for (given, echoed) in [
            ("00:10", "00:00:10"),
            ("10", "00:00:10"),
            ("1:2", "00:01:02"),
            ("01:01", "00:01:01"),
            ("01:00:00", "01:00:00"),
            ("90:00", "01:30:00"),
            ("100:00:00", "4 04:00:00"),
            ("1 00:00:00", "1 00:00:00"),
            ("1 day, 1:00:00", "1 01:00:00"),
            ("2 days, 0:0:1.5", "2 00:00:01.500000"),
            ("PT10M", "00:10:00"),
            ("P1D", "1 00:00:00"),
            ("PT1H30M", "01:30:00"),
            ("P0.5DT0.5S", "12:00:00.500000"),
            ("", "00:00:00"),
            ("-00:10", "-1 23:59:50"),
            ("-1 23:59:50", "-1 23:59:50"),
            ("0.1234567", "00:00:00.123456"),
        ] {
            assert_eq!(echo(given).as_deref(), Some(echoed), "{given}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_duration_is_refused() {
        for given in [
            "x",
            "1:2:3:4",
            ":",
            "1:",
            "PT10",
            "P1W",
            "1h",
            "--1",
            "99999999999999999999",
            "1.",
            "PT1S1M",
            "٣",
        ] {
            assert_eq!(echo(given), None, "{given}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(micros in any::<i64>()) {
            let length = Duration::from_micros(micros);
            prop_assert_eq!(Duration::parse(&length.to_string()), Some(length));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Duration::parse(&text);
            let _ = crate::instant::Instant::parse(&text);
        }
    }
}
