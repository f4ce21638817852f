//! Time zones by name.

use std::fmt;

use jiff::tz::{self, TimeZone};
use serde::{Deserialize, Serialize};

/// A zone's name in the IANA time zone database, in the database's spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl Zone {
    /// The zone of this name, in any case, where it looks like a name and jiff's database has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let like_one = name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        if !like_one {
            return None;
        }
        // `Etc/Unknown` is found but has no name: it is no zone.
        tz::db().get(name).ok()?.iana_name().map(|name| Self(name.to_owned()))
    }

    /// Its rules. A stored name that a later database dropped has those of UTC.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        tz::db().get(&self.0).unwrap_or(TimeZone::UTC)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_the_database_spells_it() {
        for (given, spelt) in [
            ("UTC", "UTC"),
            ("utc", "UTC"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/BERLIN", "Europe/Berlin"),
            ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("Etc/GMT+5", "Etc/GMT+5"),
        ] {
            assert_eq!(Zone::named(given).map(|z| z.to_string()).as_deref(), Some(spelt), "{given}");
        }
    }

    #[test]
    fn what_the_database_does_not_have_is_refused() {
        for bad in [
            "",
            "+02:00",
            "Europe/Berlin\n",
            "../etc/passwd",
            "Ä",
            "Mars/Base",
            "Etc/Unknown",
            "Europe",
            &"A".repeat(65),
        ] {
            assert_eq!(Zone::named(bad), None, "{bad}");
        }
    }

    /// A proposal's zone is stored; the database is newer after every upgrade.
    #[test]
    fn a_name_that_was_dropped_has_the_rules_of_utc() {
        assert_eq!(Zone("Mars/Base".to_owned()).time_zone(), TimeZone::UTC);
        assert_eq!(Zone::default().time_zone(), TimeZone::UTC);
    }
}
