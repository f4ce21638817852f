//! Time zones of the IANA time zone database, from the year 2000 on: `build.rs` leaves out what was before. An earlier instant is
//! told in the standard time of the zone at that time (docs/decisions/0017-time-zones-from-2000.md).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The name of a time zone in the IANA database, such as `Europe/Berlin`, in the spelling of the database. The default is
/// `UTC`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl Zone {
    /// Finds the time zone of this name, without regard to case. `None` if the database does not have it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let looks_like_a_name = name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        if !looks_like_a_name {
            return None;
        }
        find(name)?.iana_name().map(|name| Self(name.to_owned()))
    }

    /// The names of all zones in the database that people live by, sorted: those of a region, such as
    /// `Europe/Berlin`, and `UTC`. Old spellings, `Etc/GMT+5` and the like are left out; they still parse.
    #[must_use]
    pub fn names() -> Vec<String> {
        const REGIONS: [&str; 10] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Arctic/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        let all = ZONES.iter().flat_map(|(names, _)| names.split(' '));
        let mut names: Vec<String> = all
            .filter(|&name| name == "UTC" || REGIONS.iter().any(|region| name.starts_with(region)))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names
    }

    /// The rules of the time zone: its UTC offset at every instant, right from 2000 on. A stored name can be missing from a later version of
    /// the database; such a zone has the rules of UTC.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        find(&self.0).unwrap_or(TimeZone::UTC)
    }
}

/// From when on the rules hold, in seconds since 1970: 2000-01-01T00:00:00Z, as in `build.rs`.
pub(crate) const FROM: i64 = 946_684_800;

/// The names of zones whose rules are the same, with a space between them, and these rules as a TZif file (RFC 9636).
static ZONES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/zones.rs"));

thread_local! {
    /// The zones that were found, by the name that was asked for. jiff would parse their rules each time.
    static FOUND: RefCell<BTreeMap<String, TimeZone>> = const { RefCell::new(BTreeMap::new()) };
}

/// The most names that are kept: all of the database's are some 600, and each can be spelt in many ways.
const MOST_FOUND: usize = 1_000;

/// The rules of the zone of this name in the database.
fn find(name: &str) -> Option<TimeZone> {
    FOUND.with_borrow_mut(|found| {
        if let Some(zone) = found.get(name) {
            return Some(zone.clone());
        }
        let zone = read(name)?;
        if found.len() < MOST_FOUND {
            found.insert(name.to_owned(), zone.clone());
        }
        Some(zone)
    })
}

/// Reads the rules of the zone of this name.
fn read(name: &str) -> Option<TimeZone> {
    let (name, rules) = ZONES.iter().find_map(|(names, rules)| {
        names.split(' ').find(|known| known.eq_ignore_ascii_case(name)).map(|name| (name, rules))
    })?;
    // jiff knows UTC without rules, and is quick with it.
    if name == "UTC" { Some(TimeZone::UTC) } else { TimeZone::tzif(name, rules).ok() }
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
            assert_eq!(Zone::parse(given).map(|z| z.to_string()).as_deref(), Some(spelt), "{given}");
        }
    }

    #[test]
    fn the_names_are_those_that_people_live_by() {
        let names = Zone::names();
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        assert!(names.len() > 300 && names.iter().all(|name| Zone::parse(name).is_some()), "{}", names.len());
        assert!(!names.iter().any(|name| name.starts_with("Etc/")));
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
            assert_eq!(Zone::parse(bad), None, "{bad}");
        }
    }

    /// The name of a proposal's zone is stored for years, while releases of the Worker bring new versions of the database.
    #[test]
    fn a_name_that_was_dropped_has_the_rules_of_utc() {
        assert_eq!(Zone("Mars/Base".to_owned()).time_zone(), TimeZone::UTC);
        assert_eq!(Zone::default().time_zone(), TimeZone::UTC);
    }
}
