//! Instants: how the API reads and writes them, and how mails and pages show them.

use std::fmt;

use jiff::civil::{DateTime, Time};
use jiff::fmt::temporal::{DateTimeParser, PiecesOffset};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, from 0001-01-01T00:00:00Z to 9999-12-30T22:00:00Z.
///
/// [`Instant::parse`] reads ISO 8601 as the spec lists it (1.3). `Display` writes UTC with `Z`, such as
/// `2022-10-31T23:11:22Z`, and adds six fractional digits if the seconds are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

/// 0001-01-01T00:00:00Z in microseconds.
const FIRST: i64 = -62_135_596_800_000_000;
/// 9999-12-30T22:00:00Z in microseconds. It is jiff's last timestamp: with every UTC offset its year has four digits.
const LAST: i64 = 253_402_207_200_000_000;

impl Instant {
    /// The instant this many microseconds after 1970-01-01T00:00:00Z. `None` if that is outside the range of the type.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < FIRST || micros > LAST { None } else { Some(Self(micros)) }
    }

    /// The instant this many milliseconds after 1970-01-01T00:00:00Z, clamped to the range of the type.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000).clamp(FIRST, LAST))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant plus a duration. `None` if the sum is outside the range of the type.
    #[must_use]
    pub fn checked_add(self, by: Duration) -> Option<Self> {
        Self::from_micros(self.0.checked_add(by.micros())?)
    }

    /// This instant plus a duration, clamped to the range of the type.
    #[must_use]
    pub fn saturating_add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.micros()).clamp(FIRST, LAST))
    }

    fn civil_utc(self) -> Option<DateTime> {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).ok()?;
        Some(Offset::UTC.to_datetime(timestamp))
    }

    /// Reads ISO 8601 in the spellings of the spec (1.3): extended or compact, with `T` or a blank between date and
    /// time. Time, seconds, fraction and offset are optional. Without an offset the text is UTC. Fractional digits after
    /// the sixth are cut off.
    ///
    /// `None` if the text is not in this format or is outside the range of the type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (civil, offset) = pieces(text)?;
        let timestamp = offset.unwrap_or(Offset::UTC).to_timestamp(civil).ok()?;
        Self::from_micros(timestamp.as_microsecond())
    }
}

/// The date and time of day of a text that [`Instant::parse`] reads, and its UTC offset, if it has one.
pub(crate) fn pieces(text: &str) -> Option<(DateTime, Option<Offset>)> {
    // jiff also reads RFC 9557 annotations such as `[Europe/Paris]` and lower-case `t` and `z`; the spec does not.
    if text.bytes().any(|b| matches!(b, b'[' | b't' | b'z')) {
        return None;
    }
    let text = truncate_fraction(text);
    let pieces = DateTimeParser::new().parse_pieces(&text).ok()?;
    let offset = match pieces.offset() {
        None => None,
        Some(PiecesOffset::Zulu) => Some(Offset::UTC),
        Some(PiecesOffset::Numeric(offset)) => Some(offset.offset()),
        Some(_) => return None,
    };
    Some((pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight())), offset))
}

/// Writes a UTC offset as `+01:00`, or as `+00:53:28` for local mean times of before 1900.
pub(crate) fn format_offset(offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let all = offset.seconds().unsigned_abs();
    let part = |unit: u32, modulo: u32| all.div_euclid(unit).rem_euclid(modulo);
    let seconds = match part(1, 60) {
        0 => String::new(),
        some => format!(":{some:02}"),
    };
    format!("{sign}{:02}:{:02}{seconds}", part(3600, 100), part(60, 60))
}

/// Cuts the fraction of a second to six digits, because jiff's parser refuses more than nine.
fn truncate_fraction(text: &str) -> String {
    let mut digits: Option<u8> = None;
    text.chars()
        .filter(|c| {
            if matches!(c, '.' | ',') {
                digits = Some(0);
                return true;
            }
            match (c.is_ascii_digit(), &mut digits) {
                (true, Some(n)) => {
                    *n = n.saturating_add(1);
                    *n <= 6
                }
                (false, _) => {
                    digits = None;
                    true
                }
                (true, None) => true,
            }
        })
        .collect()
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(t) = self.civil_utc() else { return Err(fmt::Error) };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )?;
        match self.0.rem_euclid(1_000_000) {
            0 => f.write_str("Z"),
            micros => write!(f, ".{micros:06}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(text: &str) -> Option<String> {
        Instant::parse(text).map(|i| i.to_string())
    }

    #[test]
    fn every_spelling_of_the_spec_is_read() {
        for (given, echoed) in [
            ("2022-11-01T01:11:22.02", "2022-11-01T01:11:22.020000Z"),
            ("2022-11-01T01:11:22+02", "2022-10-31T23:11:22Z"),
            ("2022-11-01T01:11:22+0200", "2022-10-31T23:11:22Z"),
            ("2022-11-01T01:11:22-02:00", "2022-11-01T03:11:22Z"),
            ("2022-11-01 01:11:22", "2022-11-01T01:11:22Z"),
            ("2022-11-01T01:11", "2022-11-01T01:11:00Z"),
            ("2022-11-01", "2022-11-01T00:00:00Z"),
            ("20220101T000000Z", "2022-01-01T00:00:00Z"),
            ("2022-11-01T01:11:22.1234567891234Z", "2022-11-01T01:11:22.123456Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
        ] {
            assert_eq!(echo(given).as_deref(), Some(echoed), "{given}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_time_is_refused() {
        for given in [
            "",
            "soon",
            "2022-13-01",
            "2022-02-30T00:00",
            "24:00",
            "2022-11-01T25:00",
            "2022-11-01T01:11:22+99",
            "2022-11-01T01:11:22[Europe/Paris]",
            "10000-01-01T00:00:00Z",
            "9999-12-30T22:00:00.000001Z",
            "0001-01-01T00:00:00+02",
            "-000001-01-01",
        ] {
            assert_eq!(echo(given), None, "{given}");
        }
    }
}
