//! Contacts: the people that an account knows, in groups, and their import and export as CSV.

pub mod csv;
pub mod import;
pub mod people;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::text::{Line, PersonName};

/// The maximum number of contacts of one account. It is more than most companies have staff, and one export can carry it.
pub const MAX_CONTACTS: u32 = 5_000;
/// The number of contacts in one page of the list, as for proposals.
pub const PAGE_SIZE: usize = 50;

/// The character that separates group names in a text. No group name contains it.
const SEPARATOR: char = ';';

/// Folds the case of a text. Contacts are searched, and group names compared, by their folded texts.
#[must_use]
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// The groups of a contact: names of one line, compared without regard to case, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Groups(Vec<Line<60>>);

/// Why a list of group names is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupsError {
    /// There are more than [`Groups::MAX`] different names.
    TooMany,
    /// The name at this index of the list is invalid; the text is the message of the API.
    Name(usize, String),
}

impl Groups {
    /// The maximum number of groups that one contact is in.
    pub const MAX: usize = 20;

    /// Makes the groups of these names. If two names differ only in case, the first one counts.
    ///
    /// # Errors
    /// See [`GroupsError`].
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, GroupsError> {
        let mut groups: Vec<Line<60>> = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let name = Line::parse(name).map_err(|error| GroupsError::Name(index, error.to_string()))?;
            if name.as_str().contains(SEPARATOR) {
                return Err(GroupsError::Name(index, "A group's name has no semicolon.".to_owned()));
            }
            let found =
                groups.binary_search_by_key(&fold_case(name.as_str()), |group| fold_case(group.as_str()));
            if let Err(position) = found {
                groups.insert(position, name);
            }
            if groups.len() > Self::MAX {
                return Err(GroupsError::TooMany);
            }
        }
        Ok(Self(groups))
    }

    /// Reads the groups from a text such as `Team; Friends`.
    ///
    /// # Errors
    /// See [`GroupsError`].
    pub fn parse(text: &str) -> Result<Self, GroupsError> {
        Self::new(text.split(SEPARATOR).map(str::trim).filter(|name| !name.is_empty()))
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Line::as_str)
    }

    /// Writes the groups as one text, which [`Groups::parse`] reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.names().collect::<Vec<_>>().join("; ")
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::new(names.iter().map(String::as_str)).map_err(|_| serde::de::Error::custom("invalid groups"))
    }
}

/// A contact that is to be added, or one row of an imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The first name.
    pub first_name: PersonName,
    /// The last name.
    pub last_name: PersonName,
    /// The mail address. An account has at most one contact with it, by [`Address::key`].
    pub email: Address,
    /// The groups. `None` if the request or the file does not mention groups; an existing contact then keeps its own.
    pub groups: Option<Groups>,
}

/// A change of a contact. A field that is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The new first name.
    pub first_name: Option<PersonName>,
    /// The new last name.
    pub last_name: Option<PersonName>,
    /// The new mail address.
    pub email: Option<Address>,
    /// The new groups, which replace all groups of the contact.
    pub groups: Option<Groups>,
}

/// A contact as the API shows it. Its texts were checked when they were written.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredContact {
    /// The first name.
    #[serde(rename = "first_Name")]
    pub first_name: String,
    /// The last name.
    #[serde(rename = "last_Name")]
    pub last_name: String,
    /// The mail address as it was written.
    pub email: String,
    /// The groups.
    pub groups: Groups,
}

/// A contact as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: u64,
    /// The first name, spelled as the document has it.
    #[serde(rename = "first_Name")]
    pub first_name: String,
    /// The last name.
    #[serde(rename = "last_Name")]
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
    fn group_names_are_compared_without_case() {
        let groups = Groups::new(["team", "Älter", "TEAM", " Friends ", "älter"]).unwrap();
        assert_eq!(groups.names().collect::<Vec<_>>(), ["Friends", "team", "Älter"]);
        assert_eq!(Groups::parse(&groups.to_text()), Ok(groups));
        assert_eq!(Groups::parse(" ; ;"), Ok(Groups::default()));
    }

    #[test]
    fn groups_refuse_too_many_names_and_invalid_ones() {
        let many: Vec<String> = (0..21).map(|n| format!("g{n}")).collect();
        assert_eq!(Groups::new(many.iter().map(String::as_str)), Err(GroupsError::TooMany));
        assert!(Groups::new(many.iter().skip(1).map(String::as_str)).is_ok());
        for bad in ["", " ", "a;b", "a\nb", &"x".repeat(61)] {
            assert!(matches!(Groups::new(["good", bad]), Err(GroupsError::Name(1, _))), "{bad}");
        }
    }
}
