//! Time zones by name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A zone's name in the IANA time zone database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

/// Knows the names of the database: the platform's own is always current (docs/decisions/0001-time-zones.md).
pub type Zones<'a> = &'a dyn Fn(&str) -> bool;

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl Zone {
    /// The zone of this name, where it looks like one and `known` knows it.
    #[must_use]
    pub fn named(name: &str, known: Zones<'_>) -> Option<Self> {
        let like_one = name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        (like_one && known(name)).then(|| Self(name.to_owned()))
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
    fn what_does_not_look_like_a_name_is_not_even_asked_for() {
        for good in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"] {
            assert_eq!(Zone::named(good, &|_| true).map(|z| z.to_string()).as_deref(), Some(good));
            assert_eq!(Zone::named(good, &|_| false), None);
        }
        for bad in ["", "+02:00", "Europe/Berlin\n", "../etc/passwd", "Ä", &"A".repeat(65)] {
            assert_eq!(Zone::named(bad, &|_| true), None, "{bad}");
        }
    }
}
