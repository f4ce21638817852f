//! The contacts of an account: people by name and address, in groups, and their way in and out as CSV.

pub mod csv;
pub mod import;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::text::{Line, PersonName};

/// Contacts of one account: some more than a large company has people to meet, and few enough for one answer to carry.
pub const MOST: u32 = 5_000;
/// Contacts a page, as proposals in their list.
pub const PAGE: usize = 50;

/// What groups stand apart by in a text: no name has it.
const SEPARATOR: char = ';';

/// What two spellings of a name have in common: what is searched, and what groups are told apart by.
#[must_use]
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The groups that a contact is in: names of one line, compared without regard to case, in the order of the alphabet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Groups(Vec<Line<60>>);

/// Why a list of groups is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupsFault {
    /// More than [`Groups::MOST`].
    TooMany,
    /// The name at this place is none: why.
    Name(usize, String),
}

impl Groups {
    /// The most groups of one contact.
    pub const MOST: usize = 20;

    /// The groups of these names; of spellings of one name the first counts.
    ///
    /// # Errors
    /// See [`GroupsFault`].
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, GroupsFault> {
        let mut groups: Vec<Line<60>> = Vec::new();
        for (place, name) in names.into_iter().enumerate() {
            let name = Line::parse(name).map_err(|fault| GroupsFault::Name(place, fault.to_string()))?;
            if name.as_str().contains(SEPARATOR) {
                return Err(GroupsFault::Name(place, "A group's name has no semicolon.".to_owned()));
            }
            let place = groups.binary_search_by_key(&folded(name.as_str()), |known| folded(known.as_str()));
            if let Err(place) = place {
                groups.insert(place, name);
            }
            if groups.len() > Self::MOST {
                return Err(GroupsFault::TooMany);
            }
        }
        Ok(Self(groups))
    }

    /// The groups of a text such as `Team; Friends`.
    ///
    /// # Errors
    /// See [`GroupsFault`].
    pub fn parse(text: &str) -> Result<Self, GroupsFault> {
        Self::new(text.split(SEPARATOR).map(str::trim).filter(|name| !name.is_empty()))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Line::as_str)
    }

    /// As one text: what [`Groups::parse`] reads.
    #[must_use]
    pub fn joined(&self) -> String {
        self.names().collect::<Vec<_>>().join("; ")
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::new(names.iter().map(String::as_str)).map_err(|_| serde::de::Error::custom("no groups"))
    }
}

/// A contact as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The first name.
    pub first_name: PersonName,
    /// The last name.
    pub last_name: PersonName,
    /// The address: one account has it once, without regard to case.
    pub email: Address,
    /// The groups; none given, where nothing was said of them.
    pub groups: Option<Groups>,
}

/// What is to change of a contact; what is not there stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The first name.
    pub first_name: Option<PersonName>,
    /// The last name.
    pub last_name: Option<PersonName>,
    /// The address.
    pub email: Option<Address>,
    /// The groups.
    pub groups: Option<Groups>,
}

/// A contact as the directory has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Stored {
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The address.
    pub email: String,
    /// The groups.
    pub groups: Groups,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_one_however_they_are_spelled() {
        let groups = Groups::new(["team", "Älter", "TEAM", " Friends ", "älter"]).unwrap();
        assert_eq!(groups.names().collect::<Vec<_>>(), ["Friends", "team", "Älter"]);
        assert_eq!(Groups::parse(&groups.joined()), Ok(groups));
        assert_eq!(Groups::parse(" ; ;"), Ok(Groups::default()));
    }

    #[test]
    fn groups_hold_their_limits() {
        let many: Vec<String> = (0..21).map(|n| format!("g{n}")).collect();
        assert_eq!(Groups::new(many.iter().map(String::as_str)), Err(GroupsFault::TooMany));
        assert!(Groups::new(many.iter().skip(1).map(String::as_str)).is_ok());
        for bad in ["", " ", "a;b", "a\nb", &"x".repeat(61)] {
            assert!(matches!(Groups::new(["good", bad]), Err(GroupsFault::Name(1, _))), "{bad}");
        }
    }
}
